package cryptopay

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/shopspring/decimal"
)

// act is one thing a person does, and the statuses it fits; none for any.
type act struct {
	do string
	on []string
	by func(l *Lender, o *order, now time.Time, amount decimal.Decimal) error
}

var acts = []act{
	{"seen", []string{created}, (*Lender).seen},
	{"confirmed", []string{pending}, (*Lender).confirmed},
	{"pay", []string{created, pending}, (*Lender).payNow},
	{"underpay", []string{created, pending}, (*Lender).underpay},
	{"leave", []string{created, pending}, (*Lender).leave},
	{"fail", []string{created, pending}, (*Lender).failNow},
	{"late_pay", []string{expired}, (*Lender).payNow},
	{"refund", []string{paid, partiallyRefunded}, (*Lender).refundByStaff},
	{"resend", nil, (*Lender).resend},
}

func (a act) fits(status string) bool { return len(a.on) == 0 || slices.Contains(a.on, status) }

// Act plays the payer, staff of the merchant's portal, or the processor's own delivery.
func (l *Lender) Act(now time.Time, a lender.Act) error {
	l.heard(now)
	o := l.named(a.Order)
	if o == nil {
		return fmt.Errorf("no order %q: name its id or its merchant_order_id", a.Order)
	}
	amount := decimal.Zero
	if a.Amount != "" {
		if !amountForm.MatchString(a.Amount) {
			return fmt.Errorf("amount %q is not a decimal", a.Amount)
		}
		amount = decimal.RequireFromString(a.Amount)
	}
	status := o.status(now)
	i := slices.IndexFunc(acts, func(known act) bool { return known.do == a.Do && known.fits(status) })
	if i < 0 {
		return fmt.Errorf("%q is not possible on an order that is %s: %s", a.Do, status, possible(status))
	}
	return acts[i].by(l, o, now, amount)
}

func possible(status string) string {
	var names []string
	for _, a := range acts {
		if a.fits(status) {
			names = append(names, a.do)
		}
	}
	return strings.Join(names, ", ")
}

func (l *Lender) named(name string) *order {
	if o := l.byID[name]; o != nil {
		return o
	}
	return l.byMerchant[name]
}

func (l *Lender) seen(o *order, _ time.Time, _ decimal.Decimal) error {
	l.receive(o, o.amount)
	return nil
}

// receive notes a payment on chain that is not yet confirmed.
func (l *Lender) receive(o *order, total decimal.Decimal) {
	o.standing, o.received = pending, total
	if o.paymentRef == "" {
		o.paymentRef = "0x" + l.ids.Hex(64)
	}
}

func (l *Lender) confirmed(o *order, now time.Time, _ decimal.Decimal) error {
	if o.received.LessThan(o.amount) {
		return fmt.Errorf("only %s of %s was received: pay tops it up", write(o.received), o.sent)
	}
	l.pay(o, now)
	return nil
}

func (l *Lender) payNow(o *order, now time.Time, _ decimal.Decimal) error {
	l.receive(o, o.amount)
	l.pay(o, now)
	return nil
}

// underpay sends less than is due. ASSUMED: the order waits for the rest until it expires.
func (l *Lender) underpay(o *order, _ time.Time, amount decimal.Decimal) error {
	if amount.IsZero() {
		amount = o.amount.Div(decimal.NewFromInt(2)).Truncate(2)
	}
	total := o.received.Add(amount)
	if !amount.IsPositive() || total.GreaterThanOrEqual(o.amount) {
		return fmt.Errorf("%s of %s would be received: underpay takes less than is due", write(total), o.sent)
	}
	l.receive(o, total)
	return nil
}

// ASSUMED: leaving the checkout cancels the order.
func (l *Lender) leave(o *order, _ time.Time, _ decimal.Decimal) error {
	o.standing = canceled
	return nil
}

func (l *Lender) failNow(o *order, _ time.Time, _ decimal.Decimal) error {
	l.fail(o)
	return nil
}

func (l *Lender) refundByStaff(o *order, now time.Time, amount decimal.Decimal) error {
	if no := l.giveBack(o, amount, "", now); no != nil {
		return fmt.Errorf("%s: %s", no.code, no.message)
	}
	return nil
}

// resend repeats what was told: deliveries are documented as at least once and in no order.
func (l *Lender) resend(o *order, _ time.Time, _ decimal.Decimal) error {
	for _, e := range slices.Backward(o.told) {
		l.outbox = append(l.outbox, e)
	}
	return nil
}

// Orders lists all orders, oldest first, as of the latest time the processor heard of.
func (l *Lender) Orders() []lender.Order {
	var listed []lender.Order
	for _, o := range l.orders {
		captured := decimal.Zero
		if !o.paidAt.IsZero() {
			captured = o.amount
		}
		listed = append(listed, lender.Order{
			Lender: "cryptopay", ID: o.id, Reference: o.merchantID, Status: o.status(l.now), Currency: o.currency,
			Amount: o.sent, Captured: write(captured), Refunded: write(o.refunded), Canceled: "0",
		})
	}
	return listed
}
