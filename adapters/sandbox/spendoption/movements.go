package spendoption

import (
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/shopspring/decimal"
)

const (
	authorised = "Authorised"
	declined   = "Declined"
)

type authorized struct {
	AuthorisationID *string `json:"authorisationId"`
	Result          string  `json:"result,omitempty"`
	DeclineReason   string  `json:"declineReason,omitempty"`
}

func (l *Lender) authorize(c call) (any, *refusal) {
	f := readBody(c.request.Body)
	amount, reference, picked := f.money("amount"), f.text("orderReference", true, 50), l.readChoice(f)
	f.text("description", false, 500)
	f.text("verificationId", false, 100)
	if no := f.refused(); no != nil {
		return nil, no
	}
	if no := picked.refused(c, amount); no != nil {
		return nil, no
	}
	proof, no := l.proven(c, reference, amount)
	if no != nil {
		return nil, no
	}
	if proof != nil {
		proof.used = true
	}
	h := &hold{id: l.ids.UUID(), customer: c.customer, reference: reference, amount: amount, declined: cents(amount) == centsDecline}
	l.rows = append(l.rows, h)
	if !h.declined {
		l.holds[h.id] = h
		l.enter(c, h, lender.Effect{Kind: "authorize", Amount: amount, Reference: reference})
	}
	return l.verdict(h), nil
}

// verdict is the answer to an authorisation. Both outcomes are a 201.
func (l *Lender) verdict(h *hold) authorized {
	switch {
	case h.declined && l.settings.Legacy:
		return authorized{} // ASSUMED: the older dialect has no result, only an id that is missing
	case h.declined:
		return authorized{Result: declined, DeclineReason: "Credit limit"}
	case l.settings.Legacy:
		return authorized{AuthorisationID: &h.id}
	}
	// The portal's sample shows a declineReason beside Authorised: it is no decline.
	return authorized{AuthorisationID: &h.id, Result: authorised, DeclineReason: "None"}
}

func (l *Lender) settle(c call) (any, *refusal) {
	f := readBody(c.request.Body)
	amount, description := f.money("amount"), f.text("description", false, 500)
	if no := f.refused(); no != nil {
		return nil, no
	}
	h := l.holdOf(c)
	if no := h.refuses(amount, l.settings.RefusesPartSettle); no != nil {
		return nil, no
	}
	t := &transaction{id: l.ids.UUID(), hold: h, amount: amount}
	l.transactions[t.id], h.transactions = t, append(h.transactions, t)
	l.enter(c, h, lender.Effect{Kind: "capture", Amount: amount, Reference: description})
	if rest := h.held(); l.settings.SettleReleasesRest && rest.IsPositive() {
		h.reversed = h.reversed.Add(rest)
		l.enter(c, h, lender.Effect{Kind: "cancel", Amount: rest})
	}
	return struct {
		TransactionID string `json:"transactionId"`
	}{t.id}, nil
}

func (l *Lender) reverse(c call) (any, *refusal) {
	f := readBody(c.request.Body)
	amount := f.money("amount")
	if no := f.refused(); no != nil {
		return nil, no
	}
	h := l.holdOf(c)
	if no := h.refuses(amount, l.settings.RefusesPartReverse); no != nil {
		return nil, no
	}
	h.reversed = h.reversed.Add(amount)
	l.enter(c, h, lender.Effect{Kind: "cancel", Amount: amount})
	return struct {
		ReversalID     string `json:"authorisationReversalId"`
		RemainingFloat money  `json:"remainingFloat"`
	}{l.ids.UUID(), pounds(h.held())}, nil
}

func (l *Lender) refund(c call) (any, *refusal) {
	f := readBody(c.request.Body)
	amount, description := f.money("amount"), f.text("description", false, 500)
	if no := f.refused(); no != nil {
		return nil, no
	}
	t := l.transactionOf(c)
	if no := t.refuses(amount, l.settings.RefusesPartRefund); no != nil {
		return nil, no
	}
	t.refunded = t.refunded.Add(amount)
	l.enter(c, t.hold, lender.Effect{Kind: "refund", Amount: amount, Reference: description})
	return struct {
		RefundID string `json:"refundTransactionId"`
	}{l.ids.UUID()}, nil
}

// ASSUMED statuses: 409 once nothing is held, 400 above the float and where parts are not configured.
func (h *hold) refuses(amount decimal.Decimal, wholeOnly bool) *refusal {
	switch {
	case h == nil:
		return notFound("authorisationId")
	case h.held().IsZero():
		return &refusal{status: 409, title: "Authorisation closed", detail: "the authorisation is settled or reversed in full"}
	case amount.GreaterThan(h.held()):
		return &refusal{status: 400, title: "Amount exceeds remaining float", detail: exceeded(amount, h.held())}
	case wholeOnly && !amount.Equal(h.held()):
		return &refusal{status: 400, title: "Part amount not configured", detail: exceeded(amount, h.held())}
	}
	return nil
}

// ASSUMED statuses: 409 once all is refunded, 422 above the transaction's rest.
func (t *transaction) refuses(amount decimal.Decimal, wholeOnly bool) *refusal {
	switch {
	case t == nil:
		return notFound("transactionId")
	case t.rest().IsZero():
		return &refusal{status: 409, title: "Transaction refunded", detail: "the transaction is refunded in full"}
	case amount.GreaterThan(t.rest()):
		return &refusal{status: 422, title: "Amount exceeds the transaction", detail: exceeded(amount, t.rest())}
	case wholeOnly && !amount.Equal(t.rest()):
		return &refusal{status: 400, title: "Part amount not configured", detail: exceeded(amount, t.rest())}
	}
	return nil
}

func exceeded(asked, rest decimal.Decimal) string {
	return "Requested " + asked.StringFixed(2) + ", remaining " + rest.StringFixed(2)
}

func (l *Lender) enter(c call, h *hold, e lender.Effect) {
	e.Lender, e.Order, e.Currency, e.At, e.Key = "spendoption", h.id, currency, c.now, c.key()
	l.book.Enter(e)
}
