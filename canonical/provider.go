package canonical

import (
	"strings"
	"time"
)

// Provider describes one configured lender: what it is and what it can do. It is computed from the
// style's definition and the configuration; nobody writes it by hand.
type Provider struct {
	ID           string        `json:"id"`
	Style        string        `json:"style" doc:"One that is built in, or declared: by a contract."`
	Title        string        `json:"title"`
	Mode         Mode          `json:"mode"`
	Docs         string        `json:"docs,omitempty"`
	Accepts      Acceptance    `json:"accepts"`
	Capabilities []Capability  `json:"capabilities"`
	Words        []Word        `json:"vocabulary,omitempty"`
	Options      []Option      `json:"options,omitempty" doc:"What provider_options may hold."`
	Details      []Option      `json:"details,omitempty" doc:"What provider_details may hold."`
	Traits       Traits        `json:"traits"`
	Reference    ReferenceForm `json:"-"`
	Credential   string        `json:"-"` // names the set of credentials in use; "" is the one all merchants share
	Config       string        `json:"config" doc:"Hash of the configuration in force."`
	Lender       string        `json:"-"` // digests of what says at which lender, and as whom, its orders stand
	Polling      Polling       `json:"-"`
	CloseAfter   time.Duration `json:"-"` // an order that no customer has finished by then is canceled at the lender; 0: never
}

// Polling says when orders that wait are read: first after After, then ever more seldom, and from Until on daily.
type Polling struct{ After, Until time.Duration }

// Acceptance is what may be sent to a provider. Empty lists accept all.
type Acceptance struct {
	Currencies []string `json:"currencies"`
	Countries  []string `json:"countries,omitempty"`
	Customers  []string `json:"customers,omitempty"`
	Min        *Amount  `json:"min,omitempty"`
	Max        *Amount  `json:"max,omitempty"`
}

// Capability is one operation or read a provider knows.
type Capability struct {
	Operation string     `json:"operation"`
	Partial   bool       `json:"partial,omitempty"`
	By        Party      `json:"by,omitempty" doc:"customer or lender where it happens there, without a request of ours."`
	Local     bool       `json:"local,omitempty" doc:"Recorded here, nothing is sent."`
	Lost      []Recovery `json:"lost,omitempty" doc:"What settles a lost reply, in order."`
	Fresh     bool       `json:"-"` // the order is read just before a request of this kind
}

// Recovery is a way to learn the truth of an attempt in doubt.
type Recovery string

// The ways. Each is used while it can be, in the order a definition lists them.
const (
	RepeatSameKey   Recovery = "repeat_same_key"
	ReadAndCompare  Recovery = "read_and_compare"
	FindByReference Recovery = "find_by_reference"
	CompareTotals   Recovery = "compare_totals"
	SendAgain       Recovery = "send_again"
	AskAPerson      Recovery = "ask_a_person"
)

// Recoveries lists every Recovery once.
var Recoveries = []Recovery{RepeatSameKey, ReadAndCompare, FindByReference, CompareTotals, SendAgain, AskAPerson}

// FinalCapture is how a capture gives back the rest.
type FinalCapture string

// The ways to end an order with a capture of less than all.
const (
	FinalNot        FinalCapture = ""             // the lender cannot
	FinalInOne      FinalCapture = "in_one"       // the capture itself closes the rest
	FinalAlways     FinalCapture = "always"       // any capture closes the rest: one of a part must say so
	FinalThenCancel FinalCapture = "then_cancel"  // capture, then cancel of the rest
	FinalByUpdate   FinalCapture = "update_first" // lower the amount, then capture it whole
)

// Traits is how a lender behaves beyond its exchanges.
type Traits struct {
	CreateReservesNothing bool         `json:"create_reserves_nothing,omitempty"`
	RefundNamesCapture    bool         `json:"refund_names_capture,omitempty" doc:"A refund is split over captures, oldest first."`
	Final                 FinalCapture `json:"final_capture,omitempty"`
	Unreadable            bool         `json:"unreadable,omitempty" doc:"The lender has no read: our ledger is all there is."`
	ForgetsCanceled       bool         `json:"forgets_canceled,omitempty" doc:"An order that was canceled may not be shown any more."`
}

// ReferenceForm is what a lender takes as the number of an order.
type ReferenceForm struct {
	Max      int    // characters, at least 12
	Alphabet string // allowed characters; "" is letters, digits, - and _
}

// Option is something one style takes or shows beyond the canonical model.
type Option struct {
	Name       string          `json:"name"`
	Type       OptionType      `json:"type"`
	Help       string          `json:"help"`
	Values     []string        `json:"values,omitempty" doc:"The words it may be, where they are fixed."`
	Operations []OperationKind `json:"operations,omitempty" doc:"The operations it may be given with."`
	Offers     bool            `json:"offers,omitempty" doc:"May be given when asking for offers."`
	Secret     bool            `json:"secret,omitempty" doc:"Belongs to one call and is never shown again."`
}

// OptionType is the JSON type of an option's value.
type OptionType string

// The types.
const (
	TextOption    OptionType = "text"
	BooleanOption OptionType = "boolean"
	IntegerOption OptionType = "integer"
	ListOption    OptionType = "list"
	AnyOption     OptionType = "any" // of details alone: shown as the lender wrote it
)

// Word is one word of a lender's vocabulary and what it means here.
type Word struct {
	Word       string  `json:"word"`
	Phase      Phase   `json:"phase"`
	EndedBy    EndedBy `json:"ended_by,omitempty"`
	WaitingFor Party   `json:"waiting_for,omitempty"`
	Captured   bool    `json:"captured_in_full,omitempty"`
	Refunded   bool    `json:"refunded_in_full,omitempty"`
	Note       string  `json:"note,omitempty"`
}

// Ability is what a provider can do with one order as it stands.
type Ability struct {
	Kind    OperationKind
	Partial bool
	By      Party    // customer or lender: it happens there
	Needs   []string // pointers to what is missing
}

// LenderReference is the number we give a lender for an order: the merchant's reference cut to the
// lender's alphabet and length, a dash where the alphabet has one, and the last 8 characters of our
// order id.
func LenderReference(reference, orderID string, form ReferenceForm) string {
	tail := orderID[max(0, len(orderID)-8):]
	if form.allows('-') {
		tail = "-" + tail
	}
	kept := make([]byte, 0, form.Max)
	for i := range len(reference) {
		if form.allows(reference[i]) && len(kept) < form.Max-len(tail) {
			kept = append(kept, reference[i])
		}
	}
	if len(kept) == 0 {
		return strings.TrimPrefix(tail, "-")
	}
	return string(kept) + tail
}

func (f ReferenceForm) allows(c byte) bool {
	if f.Alphabet == "" {
		return c == '-' || c == '_' || isDigit(c) || (c|0x20 >= 'a' && c|0x20 <= 'z')
	}
	for i := range len(f.Alphabet) {
		if f.Alphabet[i] == c {
			return true
		}
	}
	return false
}
