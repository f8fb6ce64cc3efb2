package iwocapay

import (
	"cmp"
	"fmt"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/shopspring/decimal"
)

// Settings say which credentials the lender accepts and which documented variants it plays.
type Settings struct {
	SellerToken    string
	SupplierUUID   string
	SellerName     string // "Sandbox Supplies Ltd" when empty
	CheckoutURL    string // what every order_url begins with; "https://iwocapay.example" when empty
	ForgetCanceled bool   // a canceled order answers 404 instead of UNSUCCESSFUL
	LegacyWebhooks bool   // the older dialect: unsigned, for all orders, to one registered address
	Seed           string // other seeds make other ids
}

// Lender is one simulated iwocaPay.
type Lender struct {
	settings Settings
	ids      lender.IDs
	book     lender.Book
	orders   []*order // oldest first
	byID     map[string]*order
	notices  []lender.Notice
}

var (
	_ lender.Lender   = (*Lender)(nil)
	_ lender.Liar     = (*Lender)(nil)
	_ lender.Sealer   = (*Lender)(nil)
	_ lender.Forger   = (*Lender)(nil)
	_ lender.Rewinder = (*Lender)(nil)
)

// New opens a lender without orders.
func New(s Settings) *Lender {
	s.SellerName = cmp.Or(s.SellerName, "Sandbox Supplies Ltd")
	s.CheckoutURL = cmp.Or(s.CheckoutURL, "https://iwocapay.example")
	return &Lender{settings: s, ids: lender.IDs{Seed: "iwocapay/" + s.Seed}, byID: map[string]*order{}}
}

// Name is the path segment the lender is mounted under.
func (l *Lender) Name() string { return "iwocapay" }

// Rewound is the lender without orders.
func (l *Lender) Rewound() lender.Lender { return New(l.settings) }

// Book is the lender's ledger of truth.
func (l *Lender) Book() *lender.Book { return &l.book }

// Notices returns the webhooks since the last call.
func (l *Lender) Notices(time.Time) []lender.Notice {
	waiting := l.notices
	l.notices = nil
	return waiting
}

// Orders lists what the lender knows, oldest first, also what it no longer shows the merchant.
func (l *Lender) Orders() []lender.Order {
	list := make([]lender.Order, 0, len(l.orders))
	for _, o := range l.orders {
		list = append(list, lender.Order{
			Lender:    l.Name(),
			ID:        o.id,
			Reference: o.reference,
			Status:    o.status,
			Currency:  currency,
			Amount:    o.amount.StringFixed(2),
			Captured:  o.captured().StringFixed(2),
			Refunded:  decimal.Zero.StringFixed(2),
			Canceled:  decimal.Zero.StringFixed(2),
		})
	}
	return list
}

// Act plays a person at the lender. Its error says what is possible.
func (l *Lender) Act(now time.Time, a lender.Act) error {
	o := l.find(a.Order)
	if o == nil {
		return fmt.Errorf("iwocapay knows no order %q", a.Order)
	}
	chosen, possible := o.choose(a.Do)
	if !possible {
		return fmt.Errorf("order %s is %s: %q is not possible, only: %s", o.id, o.status, a.Do, o.possible())
	}
	if a.Amount != "" {
		return fmt.Errorf("%s order %s: takes no amount", a.Do, o.id)
	}
	for _, to := range chosen.through {
		if o.refused(to) {
			l.become(now, o, unsuccessful)
			return nil
		}
		l.become(now, o, to)
	}
	return nil
}

// find takes an id, or a reference: of several orders with one reference the newest, which is the
// one whose order_url the merchant has.
func (l *Lender) find(name string) *order {
	if o := l.byID[name]; o != nil {
		return o
	}
	for i := len(l.orders) - 1; i >= 0; i-- {
		if l.orders[i].reference == name {
			return l.orders[i]
		}
	}
	return nil
}

// become is the only way an order gets a status: it writes the book and tells the merchant.
func (l *Lender) become(at time.Time, o *order, status string) {
	o.status = status
	if status == successful {
		l.book.Enter(lender.Effect{
			Lender: l.Name(), Order: o.id, Reference: o.reference, Kind: "capture",
			Amount: o.amount, Currency: currency, At: at,
		})
	}
	l.notify(o)
}
