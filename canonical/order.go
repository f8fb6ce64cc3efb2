package canonical

import (
	"time"
)

// Mode keeps real and test money apart.
type Mode string

// The modes.
const (
	Live Mode = "live"
	Test Mode = "test"
)

// Order is what a customer buys and one provider finances. Its JSON is the public API's.
type Order struct {
	ID                string         `json:"id" doc:"ord_ and a time-ordered id."`
	Mode              Mode           `json:"mode" enum:"live,test"`
	Merchant          string         `json:"merchant"`
	Reference         string         `json:"reference,omitempty" doc:"The merchant's own number, held by one order at a time."`
	Previous          string         `json:"previous,omitempty" doc:"The order that had this reference before."`
	Provider          string         `json:"provider"`
	Status            Status         `json:"status" doc:"Read off phase and totals."`
	Phase             Phase          `json:"phase"`
	EndedBy           EndedBy        `json:"ended_by,omitempty"`
	Reason            string         `json:"reason,omitempty" doc:"Why it was declined, failed or ended, in canonical words."`
	WaitingFor        Party          `json:"waiting_for,omitempty" doc:"Who must act next; absent: nobody."`
	Amount            Money          `json:"amount" doc:"What is to be financed now."`
	Totals            Totals         `json:"totals"`
	Customer          Customer       `json:"customer"`
	Lines             []Line         `json:"lines,omitempty"`
	Shipping          *Shipping      `json:"shipping,omitempty"`
	ReturnURL         string         `json:"return_url,omitempty"`
	CancelURL         string         `json:"cancel_url,omitempty"`
	Plan              *Plan          `json:"plan,omitempty" doc:"The chosen terms."`
	Offer             string         `json:"offer,omitempty"`
	Action            *Action        `json:"action,omitempty" doc:"What the customer must do."`
	ProviderOrder     ProviderOrder  `json:"provider_order"`
	Deadlines         Deadlines      `json:"deadlines"`
	Captures          []CaptureEntry `json:"captures,omitempty"`
	Refunds           []RefundEntry  `json:"refunds,omitempty"`
	Settlements       []Settlement   `json:"settlements,omitempty" doc:"What the lender says it paid out, in the lender's own digits."`
	ProviderOptions   Values         `json:"provider_options,omitempty" doc:"What this provider's style takes beyond the model; GET /v1/providers/{id} lists them."`
	ProviderDetails   Values         `json:"provider_details,omitempty"`
	InDoubt           *InDoubt       `json:"in_doubt" doc:"The operation whose outcome is not known, or null."`
	Drift             *Drift         `json:"drift" doc:"Set while the lender's report contradicts our books, or null."`
	AllowedOperations []Allowed      `json:"allowed_operations,omitempty" doc:"What may be asked now."`
	Next              Next           `json:"next" doc:"The next safe action after the last operation."`
	Metadata          Metadata       `json:"metadata,omitempty"`
	Version           int            `json:"version"`
	CreatedAt         time.Time      `json:"created_at"`
	UpdatedAt         time.Time      `json:"updated_at"`

	Hidden Hidden `json:"-"`
}

// Metadata is the merchant's own strings, untouched.
type Metadata map[string]string

// Hidden is what the gateway remembers of an order and never shows.
type Hidden struct {
	Kept       map[string]string `json:"kept,omitempty"`       // what later requests to the lender need
	Open       *OpenOperation    `json:"open,omitempty"`       // the unresolved operation
	Waiting    string            `json:"waiting,omitempty"`    // a cancel taken while another operation is unresolved
	Left       string            `json:"left,omitempty"`       // the unresolved create that a cancel gave up
	WaitedFor  Party             `json:"waited_for,omitempty"` // who had to act before an operator had to
	Events     int               `json:"events"`               // how many history events the order has
	LastHash   string            `json:"last_hash"`            // hash of the last of them
	PersonSalt string            `json:"person_salt"`          // keys the digests of personal fields in the history
	Watch      *Watch            `json:"watch,omitempty"`      // when the order is looked after next
	Resolved   bool              `json:"resolved,omitempty"`   // an operator said how an operation ended: what the lender says against it is an alarm
	Restored   *time.Time        `json:"restored,omitempty"`   // the backup the order comes from, until it has been compared with the lender
	Origin     string            `json:"origin,omitempty"`     // trace and span of the last request that asked for something: what later traces link to
}

// Watch is what the gateway remembers of the time that passes on an order.
type Watch struct {
	Due     *time.Time `json:"due,omitempty"`     // of the order's one timer; nil: nothing waits
	For     string     `json:"for,omitempty"`     // what is waited for; when that changes the wait begins anew
	Since   time.Time  `json:"since"`             // when it began
	Looked  *time.Time `json:"looked,omitempty"`  // when the lender was last read for it
	Hinted  *time.Time `json:"hinted,omitempty"`  // something said that the lender should be read, and no read has followed yet
	Lender  string     `json:"lender,omitempty"`  // what a notification says the lender calls the order, where our books do not know
	Absent  *time.Time `json:"absent,omitempty"`  // the first of two reads that did not show the order, and may end it
	Failure int        `json:"failure,omitempty"` // reads in a row that failed
	Retry   *time.Time `json:"retry,omitempty"`   // after a failure the lender is left alone until then
	Warned  bool       `json:"warned,omitempty"`  // that the authorization is about to end has been told
	Overdue bool       `json:"overdue,omitempty"` // that it ended at a lender that cannot be read has been told
	Tidied  int        `json:"tidied,omitempty"`  // the version at which the bodies of the order's calls were thrown away
}

// OpenOperation is the unresolved operation that holds an order.
type OpenOperation struct {
	ID     string         `json:"id"`
	Kind   OperationKind  `json:"kind"`
	State  OperationState `json:"state"`
	Held   Amount         `json:"held"`             // of its attempts that are not settled
	Closes bool           `json:"closes,omitempty"` // one of them would give back all the rest
	Since  time.Time      `json:"since"`
	Amount *Money         `json:"amount,omitempty"`
}

// Customer is the borrower. Name, email, phone, company and addresses are personal.
type Customer struct {
	Reference string    `json:"reference,omitempty" doc:"The lender's or merchant's id of the borrower."`
	Type      string    `json:"type,omitempty" enum:"person,company"`
	Name      string    `json:"name,omitempty"`
	Email     string    `json:"email,omitempty"`
	Phone     string    `json:"phone,omitempty"`
	Company   string    `json:"company,omitempty"`
	Addresses []Address `json:"addresses,omitempty"`
	Country   string    `json:"country,omitempty" doc:"ISO 3166 two-letter code."`
	Locale    string    `json:"locale,omitempty" example:"sv-SE"`
}

// Address is a postal address.
type Address struct {
	Kind       string `json:"kind,omitempty" enum:"billing,shipping"`
	Name       string `json:"name,omitempty"`
	Company    string `json:"company,omitempty"`
	Line1      string `json:"line1,omitempty"`
	Line2      string `json:"line2,omitempty"`
	City       string `json:"city,omitempty"`
	Region     string `json:"region,omitempty"`
	PostalCode string `json:"postal_code,omitempty"`
	Country    string `json:"country,omitempty"`
	Phone      string `json:"phone,omitempty"`
	Email      string `json:"email,omitempty"`
}

// Shipping says where and how the goods travel. The address is personal.
type Shipping struct {
	Address  *Address `json:"address,omitempty"`
	Carrier  string   `json:"carrier,omitempty"`
	Tracking string   `json:"tracking,omitempty"`
}

// Plan is the terms of repayment.
type Plan struct {
	Installments      int    `json:"installments,omitempty" minimum:"1" maximum:"600"`
	Interval          string `json:"interval,omitempty" enum:"month,week"`
	InterestRate      string `json:"interest_rate,omitempty" doc:"Percent a year, decimal string." example:"14.9"`
	InstallmentAmount *Money `json:"installment_amount,omitempty"`
	TotalPayable      *Money `json:"total_payable,omitempty"`
}

// Action is what the customer must do.
type Action struct {
	Kind      string     `json:"kind" enum:"redirect,widget,transfer"`
	URL       string     `json:"url,omitempty"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	Details   Values     `json:"details,omitempty"`
}

// ProviderOrder is the lender's side of an order.
type ProviderOrder struct {
	ID        string     `json:"id,omitempty"`
	Reference string     `json:"reference,omitempty" doc:"The number we gave the lender."`
	Status    string     `json:"status,omitempty" doc:"The lender's own word."`
	UpdatedAt *time.Time `json:"updated_at,omitempty"`
}

// Deadlines are the lender's, where known.
type Deadlines struct {
	AuthorizationExpiresAt *time.Time `json:"authorization_expires_at,omitempty"`
	OrderExpiresAt         *time.Time `json:"order_expires_at,omitempty"`
}

// CaptureEntry is one capture. Its ID is the id of the operation that made it.
type CaptureEntry struct {
	ID        string    `json:"id"`
	Amount    Money     `json:"amount"`
	Refunded  Money     `json:"refunded"`
	Reference string    `json:"reference,omitempty" doc:"The lender's reference of this capture."`
	At        time.Time `json:"at"`
}

// RefundEntry is one refund of one capture; a refund split over captures makes several.
type RefundEntry struct {
	ID        string    `json:"id"`
	Operation string    `json:"operation"`
	Capture   string    `json:"capture,omitempty"`
	Amount    Money     `json:"amount"`
	Reference string    `json:"reference,omitempty" doc:"The lender's reference of this refund."`
	At        time.Time `json:"at"`
}

// Settlement is a pay-out the lender reported.
type Settlement struct {
	ID        string `json:"id"`
	Status    string `json:"status,omitempty"`
	Amount    string `json:"amount,omitempty"`
	Fee       string `json:"fee,omitempty"`
	Reference string `json:"reference,omitempty"`
}

// InDoubt names the operation whose outcome is not known.
type InDoubt struct {
	Operation string        `json:"operation"`
	Kind      OperationKind `json:"kind"`
	Amount    *Money        `json:"amount,omitempty"`
	Since     time.Time     `json:"since"`
}

// Drift is a report of the lender that contradicts our books.
type Drift struct {
	Seen  string    `json:"seen"`
	Since time.Time `json:"since"`
}

// Position is what the lifecycle sees of the order.
func (o *Order) Position() Position { return Position{o.Phase, o.EndedBy, o.Totals.Ledger} }

// Final says whether nothing but sync and record can be asked any more.
func (o *Order) Final() bool { return o.Position().Standing().Final }

// HoldsReference says whether the order keeps its merchant reference from others: one that ended
// with nothing captured and nothing unresolved lets it go.
func (o *Order) HoldsReference() bool {
	ended := o.Phase == Ended && o.Totals.Captured.IsZero()
	return !ended || o.Hidden.Open != nil
}

// Capture returns the capture with this id.
func (o *Order) Capture(id string) (*CaptureEntry, bool) {
	for i := range o.Captures {
		if o.Captures[i].ID == id {
			return &o.Captures[i], true
		}
	}
	return nil, false
}
