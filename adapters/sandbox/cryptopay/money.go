package cryptopay

import (
	"bytes"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/shopspring/decimal"
)

// centsDecline ends the amount of an order that fails where it would have been paid.
const centsDecline = 13

func cents(amount decimal.Decimal) int64 {
	return amount.Shift(2).Truncate(0).Mod(decimal.NewFromInt(100)).IntPart()
}

// pay takes the whole amount: there is no hold before it.
func (l *Lender) pay(o *order, now time.Time) {
	if cents(o.amount) == centsDecline {
		l.fail(o)
		return
	}
	o.standing, o.paidAt, o.received = paid, now, o.amount
	s := settlement{
		ID: "stl_" + l.ids.Hex(8), Status: "confirmed",
		Amount: write(o.amount.Sub(fee(o.amount))), Fee: write(fee(o.amount)),
	}
	if on := o.channel.chain; o.channel.Settlement == direct {
		s.ToAddress, s.TxHash = on.addressPrefix+l.ids.Hex(on.addressLength), "0x"+l.ids.Hex(64)
	}
	o.settlements = append(o.settlements, s)
	l.enter(o, lender.Effect{Kind: "capture", Amount: o.amount, Reference: o.merchantID, At: now})
	l.tell(o, "payment.succeeded")
	l.tell(o, "settlement.completed")
}

func (l *Lender) fail(o *order) {
	o.standing = failed
	l.tell(o, "payment.failed")
}

func (l *Lender) enter(o *order, e lender.Effect) {
	e.Lender, e.Order, e.Currency = "cryptopay", o.id, o.currency
	l.book.Enter(e)
}

// refund gives money back that the processor still holds. The body may be missing.
func (l *Lender) refund(c call) (int, any, *refusal) {
	body := c.request.Body
	if len(bytes.TrimSpace(body)) == 0 {
		body = []byte("{}") // ASSUMED: an empty object asks for the same
	}
	f := readBody(body)
	_, amount := f.amount(false)
	reason := f.text("reason")
	if no := f.refused(); no != nil {
		return 0, nil, no
	}
	o := l.byID[c.id]
	if o == nil {
		return 0, nil, notFound("no such order")
	}
	if no := l.giveBack(o, amount, reason, c.now); no != nil {
		return 0, nil, no
	}
	return 200, struct {
		Order wireOrder `json:"order"`
	}{o.brief(c.now)}, nil
}

// giveBack refunds an amount, or the rest for zero. ASSUMED: 409 for both refusals of the order.
func (l *Lender) giveBack(o *order, amount decimal.Decimal, reason string, now time.Time) *refusal {
	if amount.IsZero() {
		amount = o.rest()
	}
	switch {
	case !o.refundable():
		return &refusal{409, "refund_unsupported", "the money was settled directly to the merchant"}
	case o.standing != paid && o.standing != partiallyRefunded:
		return conflict("the order is " + o.status(now))
	case !fits(amount, o.currency):
		return invalid("amount has more decimals than the currency")
	case amount.GreaterThan(o.rest()):
		return invalid("amount is above the rest of " + write(o.rest()))
	}
	o.refunded = o.refunded.Add(amount)
	o.standing = partiallyRefunded
	if o.rest().IsZero() {
		o.standing = refunded
	}
	l.enter(o, lender.Effect{Kind: "refund", Amount: amount, Reference: reason, At: now})
	l.tell(o, "payment.refunded")
	return nil
}
