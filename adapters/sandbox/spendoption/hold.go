package spendoption

import (
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/shopspring/decimal"
)

// hold is one authorisation: a part of the customer's credit limit, until settled or reversed.
// It does not lapse: the lender states no period.
type hold struct {
	id, customer, reference string
	declined                bool
	amount, reversed        decimal.Decimal
	transactions            []*transaction
}

// transaction is one settlement; refunds are made against it.
type transaction struct {
	id               string
	hold             *hold
	amount, refunded decimal.Decimal
}

func (t *transaction) rest() decimal.Decimal { return t.amount.Sub(t.refunded) }

func (h *hold) settled() decimal.Decimal {
	sum := decimal.Zero
	for _, t := range h.transactions {
		sum = sum.Add(t.amount)
	}
	return sum
}

func (h *hold) refunded() decimal.Decimal {
	sum := decimal.Zero
	for _, t := range h.transactions {
		sum = sum.Add(t.refunded)
	}
	return sum
}

// held is what is neither settled nor reversed: the lender calls it the remaining float.
func (h *hold) held() decimal.Decimal {
	if h.declined {
		return decimal.Zero
	}
	return h.amount.Sub(h.reversed).Sub(h.settled())
}

// status is read off the sums: the lender keeps no status.
func (h *hold) status() string {
	settled, refunded, open := h.settled(), h.refunded(), h.held().IsPositive()
	switch {
	case h.declined:
		return "DECLINED"
	case refunded.IsPositive() && refunded.Equal(settled) && !open:
		return "REFUNDED"
	case refunded.IsPositive():
		return "PART_REFUNDED"
	case settled.IsPositive() && !open:
		return "SETTLED"
	case settled.IsPositive():
		return "PART_SETTLED"
	case !open:
		return "REVERSED"
	case h.reversed.IsPositive():
		return "PART_REVERSED"
	}
	return "AUTHORISED"
}

func (h *hold) row() (lender.Order, bool) {
	return lender.Order{
		Lender: "spendoption", ID: h.id, Reference: h.reference, Status: h.status(), Currency: currency,
		Amount: h.amount.StringFixed(2), Captured: h.settled().StringFixed(2),
		Refunded: h.refunded().StringFixed(2), Canceled: h.reversed.StringFixed(2),
	}, true
}

// holdOf finds the authorisation in the path, if it is that customer's.
func (l *Lender) holdOf(c call) *hold {
	if h := l.holds[c.id]; h != nil && h.customer == c.customer {
		return h
	}
	return nil
}

func (l *Lender) transactionOf(c call) *transaction {
	if t := l.transactions[c.id]; t != nil && t.hold.customer == c.customer {
		return t
	}
	return nil
}
