package lender

import (
	"net/http"
	"time"
)

// Lender is one simulated lender. Its methods are never called at the same time.
type Lender interface {
	// Name is the path segment the lender is mounted under, such as "ecster".
	Name() string
	// Serve handles one request as the lender's contract says. Path is relative to the mount.
	// A GET that changes something shows it by an effect in the Book or by a Notice: the others
	// are not journaled.
	Serve(now time.Time, r Request) Reply
	// Operation names what a request asks for in canonical words (create, authorize, capture,
	// cancel, refund, update, authenticate, read, token, offers) and the amount it is about as a
	// decimal string in major units, "" where it names none. Faults are chosen by the two.
	// It changes nothing and answers for malformed requests too.
	Operation(r Request) (operation, amount string)
	// Act plays a person at the lender: the customer, or staff in the lender's dashboard.
	// It returns an error that says what is possible when the order or the act does not fit.
	Act(now time.Time, a Act) error
	// Orders lists what the lender knows, oldest first, for people and tests.
	Orders() []Order
	// Book is the lender's ledger of truth.
	Book() *Book
	// Notices returns the notifications that came up since the last call, signed as the lender
	// signs them, in the order they came up. A lender without notifications returns nil.
	Notices(now time.Time) []Notice
}

// Request is one HTTP request as the lender sees it.
type Request struct {
	Method      string
	Path        string // as sent: percent-encoded, below the lender's mount, with its leading slash
	MountedPath string // the whole path as sent, for lenders that sign it
	RawQuery    string
	Header      http.Header
	Body        []byte
	ClientCert  string // subject common name of the verified client certificate; "" without one
	TLS         bool
}

// Reply is one HTTP reply.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Act is something a person does at the lender.
type Act struct {
	Order  string `json:"order"`  // the lender's id, the cart key, or the reference we gave
	Do     string `json:"do"`     // complete, leave, decline, ... : each lender documents its own
	Amount string `json:"amount"` // where the act needs one, major units
}

// Order is one order as the lender sees it, in words a person can compare.
type Order struct {
	Lender    string `json:"lender"`
	ID        string `json:"id"`
	Reference string `json:"reference"`
	Status    string `json:"status"` // the lender's own word
	Currency  string `json:"currency"`
	Amount    string `json:"amount"`
	Captured  string `json:"captured"`
	Refunded  string `json:"refunded"`
	Canceled  string `json:"canceled"`
}

// Notice is a notification on its way to whoever listens.
type Notice struct {
	URL    string // "" where the lender has one address for all, registered out of band
	Header http.Header
	Body   []byte

	// Filled in by the world, for whoever delivers it; a receiver sees none of it.
	Lender string
	Forged bool // somebody else made it: it must change nothing
	Early  bool // to be delivered before the answer to the request that caused it
}
