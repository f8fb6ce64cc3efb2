package adapters

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/lendgate/lendgate/canonical"
)

// Adapter is one style of lender.
type Adapter struct {
	Name     string // as providers.yaml spells it in `style`
	Title    string
	Docs     string // the lender's public documentation
	Settings []Setting
	Define   func(Values) (Definition, error) // pure; an error names the setting that is wrong
}

// Definition is everything the client needs to know of one configured lender.
type Definition struct {
	Currencies    []string
	Amounts       AmountForm
	Digits        map[string]int // decimals this lender takes, where fewer than the currency has
	Reference     canonical.ReferenceForm
	Traits        canonical.Traits
	Exchanges     []Exchange
	Words         []canonical.Word
	FoldWords     bool // the lender's words are compared without regard to case
	Options       []canonical.Option
	Details       []canonical.Option
	Headers       []Header // on every request: what proves who we are
	Token         *Token
	Sign          Sign
	Refusal       func(Reply) (code, message string) // reads the lender's error body; never fails
	Notifications *Notifications
	TLS           *TLS
	OfferLife     time.Duration // how long an offer can be chosen, where it does not end sooner; 0: as it says
	HoldLife      time.Duration // how long an authorization stands where the lender names no end; 0: not known
}

// Exchange is one request and its reply: a row of the definition.
type Exchange struct {
	Name    string
	Kind    canonical.OperationKind // "" for reads
	Class   Class
	When    func(canonical.Command) bool // nil: always
	By      canonical.Party              // customer or lender: it happens there, no request of ours
	Local   bool                         // recorded here, nothing is sent
	Partial bool                         // takes less than all there is
	Fresh   bool                         // names what only a read tells: the order is read just before

	Method  string
	Path    string // template, see expand.go
	Query   func(canonical.Query) string
	Headers []Header
	Needs   []Need
	Encode  func(canonical.Command) (any, error) // nil: no body; an error is the caller's mistake
	Timeout time.Duration                        // 0: the provider's own for the class

	Key      KeyPlace
	Lost     []canonical.Recovery // in order, each used while it can be
	Horizon  time.Duration        // how late a sent request may still take effect
	Before   []int                // statuses this lender answers before it acts
	Bare     bool                 // a 2xx alone is the lender's yes: no body, or one that Decode calls silent
	Failures []Failure            // first row that fits
	Yes      []string             // the words that confirm this movement; empty: any known word does

	Decode  func(canonical.Command, Reply) (canonical.Outcome, error) // of operations; an error is an unreadable reply
	Read    func(canonical.Query, Reply) (canonical.Report, error)    // of reads with one request
	Collect Collect                                                   // of reads with several; never for money
}

// ErrSilent is the error of a Decode whose reply can be read and says nothing of the order, neither for
// the movement nor against it.
var ErrSilent = errors.New("the reply says nothing of the order")

// Collect is a read that takes several requests, made through call.
type Collect func(ctx context.Context, call Caller, q canonical.Query) (canonical.Report, error)

// Caller sends one read request and returns a reply with status 2xx, or 404, or an error. A path that
// is a whole address goes to that host, without what proves who we are.
type Caller func(ctx context.Context, method, path string) (Reply, error)

// Class says what a request can do.
type Class string

// The classes. Only money is ever in doubt.
const (
	MoneyCall Class = "money"    // may reserve, move or owe something
	Harmless  Class = "harmless" // a second one reserves and owes nothing
	ReadCall  Class = "read"
	TokenCall Class = "token" // the client's own, for the gate
)

// Header is a request header whose value is a template. One whose value comes out empty is left out
// when it is Optional, and is a mistake otherwise.
type Header struct {
	Name     string
	Value    string
	Optional bool
	Sealed   bool // carries something secret of one call
}

// Need is something a caller must have given before the request can be built.
type Need struct {
	Pointer string // RFC 6901, into the order or the request
	Help    string
	Missing func(canonical.Command) bool
}

// KeyPlace says where a lender takes an idempotency key and how far it can be trusted.
type KeyPlace struct {
	Header          string        // header it travels in; "" where it is in the body, or there is none
	InBody          bool          // the body holds it already
	TTL             time.Duration // how long the lender remembers it; 0: as long as the order
	ReplaysRefusals bool          // a refusal of the first request is what the repeat gets
}

// Honored says whether the lender has idempotency keys for this request at all.
func (k KeyPlace) Honored() bool { return k.Header != "" || k.InBody }

// Failure says what a refusal means. Status 0 fits any status outside 2xx, an empty Code any code.
type Failure struct {
	Status int
	Code   string // compared without case; with a trailing * as a beginning, with a leading * as a part
	Means  Meaning
	Reason string // canonical word for Declined and Refused
	Note   string // source, or why it is assumed
}

// Meaning is what a row of failures says about the request.
type Meaning string

// The meanings.
const (
	MeansDeclined      Meaning = "declined"      // the lender says no to the customer
	MeansRefused       Meaning = "refused"       // the request as such; nothing moved
	MeansState         Meaning = "state"         // the order does not allow it at the lender; nothing moved
	MeansBusy          Meaning = "busy"          // nothing moved, later it may
	MeansMisconfigured Meaning = "misconfigured" // our credentials; nothing moved
	MeansAlreadyDone   Meaning = "already_done"  // read back
	MeansInDoubt       Meaning = "in_doubt"
	MeansAbsent        Meaning = "absent" // of reads: there is no such order
)

// Token is a token that is fetched, sent with every call and renewed.
type Token struct {
	Path   string
	Header http.Header // of the request for it
	Body   func() any  // url.Values are sent as a form, anything else as JSON
	Scheme string      // before the token in Authorization; "" is Bearer
	Decode func(Reply, time.Time) (token string, expires time.Time, err error)
	Lead   time.Duration // renewed this long before it expires
}

// Sign returns the headers that prove a request. No two calls get the same time for the same bytes.
type Sign func(w Wire, at time.Time) http.Header

// Notifications is how a lender's messages are verified and read. Both are pure.
type Notifications struct {
	Verify func(canonical.Message) bool
	Read   func(canonical.Message) (canonical.Notice, error)
}

// Sole is the value of a header that stands in a message once; "" where it is missing, or stands twice.
func Sole(header http.Header, name string) string {
	values := header.Values(name)
	if len(values) != 1 {
		return ""
	}
	return values[0]
}

// TLS is what the connection to a lender needs beyond the usual: PEM texts, "" for none.
type TLS struct{ Certificate, Key, RootCA string }
