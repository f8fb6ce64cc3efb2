package creditkey

import (
	"cmp"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// Settings say which credentials the lender accepts and which documented variants it plays.
type Settings struct {
	ClientID      string
	ClientSecret  string
	TokenLife     time.Duration // one hour when zero
	Prefix        string        // "/v1" when empty; "/v2"; "/" for paths without a version
	RefundMethod  string        // "PATCH" when empty; "POST"
	CancelAfter   time.Duration // how long an order waits to be captured; 30 days when zero
	PublicKey     string        // with SharedSecret: opens the look-up by merchant_order_id
	SharedSecret  string
	WebhookSecret string // no notifications when empty
	WebhookHeader string // "X-CreditKey-Signature" when empty
	Seed          string // other seeds make other keys
}

func (s Settings) withDefaults() Settings {
	s.TokenLife = cmp.Or(s.TokenLife, time.Hour)
	s.Prefix = cmp.Or(s.Prefix, "/v1")
	s.RefundMethod = cmp.Or(s.RefundMethod, "PATCH")
	s.CancelAfter = cmp.Or(s.CancelAfter, 30*24*time.Hour)
	s.WebhookHeader = cmp.Or(s.WebhookHeader, "X-CreditKey-Signature")
	return s
}

// Lender is one simulated Credit Key.
type Lender struct {
	settings Settings
	dialect  dialect
	routes   []route
	ids      lender.IDs
	book     lender.Book
	orders   []*order // oldest first
	byKey    map[string]*order
	lapsed   int // so many of the oldest orders can lapse no more
	notices  []lender.Notice
}

var (
	_ lender.Lender   = (*Lender)(nil)
	_ lender.Timed    = (*Lender)(nil)
	_ lender.Liar     = (*Lender)(nil)
	_ lender.Forger   = (*Lender)(nil)
	_ lender.Rewinder = (*Lender)(nil)
)

// New opens a lender without orders.
func New(s Settings) *Lender {
	s = s.withDefaults()
	return &Lender{
		settings: s,
		dialect:  dialectOf(s.Prefix),
		routes:   routesOf(s),
		ids:      lender.IDs{Seed: "creditkey/" + s.Seed},
		byKey:    map[string]*order{},
	}
}

// Name is the path segment the lender is mounted under.
func (l *Lender) Name() string { return "creditkey" }

// Rewound is the lender without orders.
func (l *Lender) Rewound() lender.Lender { return New(l.settings) }

// Book is the lender's ledger of truth.
func (l *Lender) Book() *lender.Book { return &l.book }

// Orders lists what the lender knows, oldest first.
func (l *Lender) Orders() []lender.Order {
	list := make([]lender.Order, 0, len(l.orders))
	for _, o := range l.orders {
		list = append(list, lender.Order{
			Lender:    l.Name(),
			ID:        o.key,
			Reference: o.merchantOrderID,
			Status:    o.status,
			Currency:  currency,
			Amount:    o.amount.StringFixed(2),
			Captured:  o.captured.StringFixed(2),
			Refunded:  o.refunded.StringFixed(2),
			Canceled:  o.canceled.StringFixed(2),
		})
	}
	return list
}

func (l *Lender) add(at time.Time, o *order) {
	o.key = l.newKey()
	l.orders = append(l.orders, o)
	l.byKey[o.key] = o
	l.enter(at, order{}, *o)
	l.notify(at, "order.created", *o)
}

// save is the only way an order changes: it writes the book and tells the merchant.
func (l *Lender) save(at time.Time, o *order, next order) {
	before := *o
	*o = next
	l.enter(at, before, next)
	if before.looksOther(next) {
		l.notify(at, "order.updated", next)
	}
}

func (l *Lender) enter(at time.Time, before, after order) {
	for _, m := range movements {
		moved := m.total(after).Sub(m.total(before))
		if moved.IsPositive() {
			l.book.Enter(lender.Effect{
				Lender: l.Name(), Order: after.key, Kind: m.kind, Amount: moved, Currency: currency, At: at,
			})
		}
	}
}

// Due is when the next order will not have been captured in time. Orders wait equally long, so they
// lapse in the order they were created.
func (l *Lender) Due() (at time.Time, waiting bool) {
	for ; l.lapsed < len(l.orders); l.lapsed++ {
		if o := l.orders[l.lapsed]; o.open() {
			return o.createdAt.Add(l.settings.CancelAfter), true
		}
	}
	return time.Time{}, false
}

// Wake cancels what was not captured in time.
func (l *Lender) Wake(now time.Time) {
	for {
		due, waiting := l.Due()
		if !waiting || now.Before(due) {
			return
		}
		o := l.orders[l.lapsed]
		l.lapsed++
		next := *o
		if next.move(canceled, due) == nil {
			l.save(due, o, next)
		}
	}
}

// newestWith finds the last order a merchant gave this number: numbers need not be unique.
func (l *Lender) newestWith(merchantOrderID string) *order {
	for i := len(l.orders) - 1; i >= 0 && merchantOrderID != ""; i-- {
		if l.orders[i].merchantOrderID == merchantOrderID {
			return l.orders[i]
		}
	}
	return nil
}
