package ecster

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

const invoiceFee = 29_00

// checkouts are the ways out of a cart: how it was paid, and the status the order starts in and
// the one it reaches at once. Card and Swish are announced as PENDING_PAYMENT first.
var checkouts = []struct {
	do, method, starts, reaches string
	fee                         int64
}{
	{"complete", methodInvoice, ready, "", 0},
	{"complete_with_fee", methodInvoice, ready, "", invoiceFee},
	{"complete_part_payment", methodPartPayment, ready, "", 0},
	{"complete_card", methodCard, pendingPayment, ready, 0},
	{"complete_swish", methodSwish, pendingPayment, fullyDelivered, 0},
	{"await_payment", methodCard, pendingPayment, "", 0},
	{"await_decision", methodInvoice, pendingDecision, "", 0},
	{"await_signature", methodPartPayment, pendingSignature, "", 0},
	{"await_processing", methodInvoice, pendingProcessing, "", 0},
	{"await_staff", methodInvoice, manualProcessing, "", 0},
	{"deny", methodInvoice, denied, "", 0},
	{"leave", methodInvoice, aborted, "", 0},
	{"expire", "", cartExpired, "", 0},
}

// turns are what can happen to an order that exists, other than transactions.
var turns = []struct {
	do       string
	from     []string
	to, says string
}{
	{"complete", pending, ready, "READY"},
	{"pay", []string{pendingPayment}, ready, "READY"},
	{"approve", []string{pendingDecision}, ready, "READY"},
	{"sign", []string{pendingSignature}, ready, "READY"},
	{"deny", pending, denied, "DENIED"},
	{"fail", pending, failed, "FAILED"},
	{"block", pending, blocked, "BLOCKED"},
	{"leave", pending, aborted, "ABORTED"},
	{"expire", append([]string{ready}, pending...), expired, "EXPIRED"},
}

// staffActs are done in the merchant's dashboard.
var staffActs = []struct {
	do string
	to func(*Lender, time.Time, *order, string) error
}{
	{"debit", (*Lender).staffDebit},
	{"credit", (*Lender).staffCredit},
	{"annul", (*Lender).staffAnnul},
	{"finish_refund", (*Lender).staffFinish},
	{"fail_refund", (*Lender).staffFail},
}

// Act plays the customer in the checkout, or staff in the dashboard.
func (l *Lender) Act(now time.Time, a lender.Act) error {
	o := l.named(a.Order)
	if o == nil {
		return fmt.Errorf("ecster knows no cart or order %q", a.Order)
	}
	if o.status == inCart {
		return l.checkOut(now, o, a.Do)
	}
	for _, staff := range staffActs {
		if staff.do != a.Do {
			continue
		}
		if err := staff.to(l, now, o, a.Amount); err != nil {
			return fmt.Errorf("%w; possible: %s", err, strings.Join(o.possible(), ", "))
		}
		return nil
	}
	return l.turn(now, o, a.Do)
}

// named finds by id, cart key or reference; a reference finds the newest.
func (l *Lender) named(name string) *order {
	for _, o := range slices.Backward(l.orders) {
		if name != "" && (o.id == name || o.cart == name || o.reference == name) {
			return o
		}
	}
	return nil
}

func (l *Lender) checkOut(now time.Time, o *order, do string) error {
	var possible []string
	for _, way := range checkouts {
		possible = append(possible, way.do)
		if way.do != do {
			continue
		}
		if way.starts == cartExpired {
			o.status = cartExpired
			return nil
		}
		l.open(now, o, way.method, way.fee)
		starts, reaches := way.starts, way.reaches
		if o.saysNo() && strings.HasPrefix(do, "complete") {
			starts, reaches = denied, ""
		}
		l.become(now, o, starts, "CREATED")
		l.settleCheckout(now, o, reaches)
		return nil
	}
	return fmt.Errorf("a cart does not %q; possible: %s", do, strings.Join(possible, ", "))
}

func (l *Lender) settleCheckout(now time.Time, o *order, reaches string) {
	switch reaches {
	case ready:
		l.become(now, o, ready, "READY")
	case fullyDelivered:
		l.charge(now, o)
	}
}

// charge is Swish: reserved and taken in one.
func (l *Lender) charge(now time.Time, o *order) {
	l.enter(now, o, movement{kind: "authorize", amount: o.amount, reference: o.reference})
	o.status = ready
	// The whole residual of a READY order can always be debited.
	_, _ = l.debit(now, o, movement{amount: o.amount, rows: o.rows})
}

// saysNo is the amount that asks for a refusal.
func (o *order) saysNo() bool { return o.asked%100 == 13 }

func (l *Lender) turn(now time.Time, o *order, do string) error {
	for _, t := range turns {
		if t.do != do || !slices.Contains(t.from, o.status) {
			continue
		}
		to, says := t.to, t.says
		if to == ready && o.saysNo() {
			to, says = denied, "DENIED"
		}
		l.become(now, o, to, says)
		return nil
	}
	return fmt.Errorf("an order in %s does not %q; possible: %s", o.status, do, strings.Join(o.possible(), ", "))
}

// possible lists the acts that fit the order as it is.
func (o *order) possible() []string {
	var can []string
	for _, t := range turns {
		if slices.Contains(t.from, o.status) {
			can = append(can, t.do)
		}
	}
	if o.residual() > 0 {
		can = append(can, "debit")
	}
	if o.status == ready {
		can = append(can, "annul")
	}
	if o.debited > o.credited {
		can = append(can, "credit")
	}
	if o.refund != nil && o.refund.status == refundOngoing {
		can = append(can, "finish_refund", "fail_refund")
	}
	if can == nil {
		can = []string{"nothing"}
	}
	return can
}

// minorOf reads an act's amount in kronor; without one it is all there is.
func minorOf(amount string, all int64) (int64, error) {
	if amount == "" {
		return all, nil
	}
	kronor, err := decimal.NewFromString(amount)
	if err != nil {
		return 0, fmt.Errorf("amount: %w", err)
	}
	minor := kronor.Shift(2)
	if !minor.IsInteger() || !minor.IsPositive() || minor.GreaterThan(decimal.NewFromInt(all)) {
		return 0, fmt.Errorf("amount: at most %s, with two decimals", inMajor(all))
	}
	return minor.IntPart(), nil
}

func (l *Lender) staffDebit(now time.Time, o *order, amount string) error {
	minor, err := minorOf(amount, o.residual())
	if err != nil {
		return err
	}
	_, err = l.debit(now, o, movement{amount: minor, rows: []row{oneRow("Delivery", minor, false)}})
	return err
}

// staffCredit gives back, from the oldest debit on. For Swish it starts one refund.
func (l *Lender) staffCredit(now time.Time, o *order, amount string) error {
	left, err := minorOf(amount, o.debited-o.credited)
	if err != nil {
		return err
	}
	if left == 0 {
		return wrongState("nothing is left to credit")
	}
	for _, debit := range o.debits() {
		part := min(left, debit.creditable)
		if part == 0 {
			continue
		}
		m := movement{amount: part, debit: debit.ID, rows: []row{oneRow("Return", part, false)}}
		if o.method == methodSwish {
			return l.begin(o, m)
		}
		if _, err := l.credit(now, o, m); err != nil {
			return err
		}
		left -= part
	}
	return nil
}

// debits are a copy: crediting adds to the order's transactions.
func (o *order) debits() []*transaction {
	var found []*transaction
	for _, t := range o.transactions {
		if t.Type == typeDebit {
			found = append(found, t)
		}
	}
	return found
}

func (l *Lender) staffAnnul(now time.Time, o *order, _ string) error {
	_, err := l.annul(now, o, movement{})
	return err
}

func (l *Lender) staffFinish(now time.Time, o *order, _ string) error {
	if o.refund == nil || o.refund.status != refundOngoing {
		return wrongState("no refund is ongoing")
	}
	l.finish(now, o)
	return nil
}

func (l *Lender) staffFail(_ time.Time, o *order, _ string) error {
	if o.refund == nil || o.refund.status != refundOngoing {
		return wrongState("no refund is ongoing")
	}
	o.refund.status = refundFailed
	return nil
}
