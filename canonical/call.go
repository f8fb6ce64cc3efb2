package canonical

import (
	"net/url"
	"time"
)

// Command is all a pure encoder may know of one attempt.
type Command struct {
	Kind      OperationKind
	Order     Order // with kept ids
	Attempt   string
	Amount    Money // of this attempt; of a create or an update: the order's new amount
	Capture   *CaptureEntry
	Final     bool // what is left is given back by the same request
	Lines     []Line
	Reference string // what the lender shall call this movement, or the order where it is a create
	Message   string
	Reason    string
	Shipping  *Shipping
	Change    *Change // of an update
	Key       string
	Options   Values // of this call, secret ones included
	NotifyURL string
}

// Request is one HTTP request to a lender, stored with the intent and sent byte for byte on every repeat.
// What proves who we are (token, signature, keys) is not in it: it is added when it leaves.
type Request struct {
	Exchange string            `json:"exchange"` // the row that built it and reads its reply, also after a restart
	Method   string            `json:"method,omitempty"`
	Path     string            `json:"path,omitempty"` // escaped, below the base URL, with its query
	Header   map[string]string `json:"header,omitempty"`
	Sealed   []string          `json:"sealed,omitempty"` // headers that carry something secret of one call: stored encrypted
	Body     []byte            `json:"body,omitempty"`
	Timeout  time.Duration     `json:"timeout,omitempty"`
	Local    bool              `json:"local,omitempty"`    // recorded, nothing is sent
	Repeat   bool              `json:"-"`                  // it may have been sent before
	Harmless bool              `json:"harmless,omitempty"` // a second one reserves and owes nothing
}

// Outcome is what a provider's reply, or its silence, means.
type Outcome struct {
	State     OperationState // succeeded, declined, pending, in_doubt
	Moved     *Money         // this movement's amount, where the reply names it
	Reference string         // the lender's id of this movement
	Reason    string         // canonical words
	Code      string         // the lender's
	Sighting  *Sighting      // what the reply says of the order
	Alarm     string         // the lender broke its contract: what it did
	ReadBack  bool           // in doubt, but a read now may settle it
	Existed   bool           // the lender says that it had this request before
	Sends     int            // requests that may have left
}

// Sighting is what a lender says of one order, in canonical words. Nil means it did not say.
type Sighting struct {
	ID         string
	Reference  string // the number we gave the lender
	Word       string // verbatim
	Unknown    bool   // the word is in no vocabulary: nothing of the order may change
	Phase      Phase  // "": it did not say
	EndedBy    EndedBy
	WaitingFor Party
	Reason     string
	Amount     *Money  // what the lender calls the amount of the order
	Net        *Amount // authorized - canceled
	Captured   *Amount
	Refunded   *Amount
	Fees       *Amount // what the lender added; Net includes it
	Seen       []Seen  // single movements, where the lender lists them
	Action     *Action
	Plan       *Plan
	Deadlines  Deadlines
	Settled    []Settlement
	Details    Values
	Kept       map[string]string
	CreatedAt  *time.Time
}

// Seen is one movement a lender lists.
type Seen struct {
	Kind            OperationKind
	Amount          Money
	Reference       string // ours
	LenderReference string
	Capture         string // the lender's reference of the capture a refund belongs to
}

// Query asks a provider for a read. Read names the row: sync, find, list, offers, customer_offers, probe.
type Query struct {
	Read     string
	Order    Order
	Attempt  *Attempt // of find: the movement looked for
	Amount   Money    // of offers
	Customer Customer // of offers
	Options  Values
	Status   string
	Limit    int
	Cursor   string
}

// Finding is what a read gives as evidence.
type Finding string

// The findings. Mute: the lender does not say, or says what cannot be compared. Contrary: it says
// something that fits neither that the attempt happened nor that it did not.
const (
	Found    Finding = "found"
	Absent   Finding = "absent"
	Mute     Finding = "mute"
	Contrary Finding = "contrary"
)

// Report is the answer to a Query.
type Report struct {
	Finding  Finding
	Sighting *Sighting
	Seen     *Seen // of find: the movement itself
	Orders   []Sighting
	Offers   []Offer
	Cursor   string
	AsOf     time.Time
}

// Message is a notification as it arrived.
type Message struct {
	Secret string // the last segment of the path, where the address carries one
	Query  url.Values
	Header map[string][]string
	Body   []byte
	At     time.Time
}

// Notice is a verified notification: a hint which order to read, never a change by itself.
type Notice struct {
	ID         string // what makes it the same message again
	ProviderID string
	Reference  string
	Event      string
}

// Evidence is what a definition declares about one exchange: how the truth of a lost reply is learned.
type Evidence struct {
	Lost    []Recovery    // in order, each used while it can be
	KeyLife time.Duration // how long the lender remembers the key; 0: as long as the order
	Horizon time.Duration // how late a sent request may still take effect
}
