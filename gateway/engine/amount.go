package engine

import (
	"github.com/google/uuid"

	"github.com/lendgate/lendgate/canonical"
)

// keySpace makes the idempotency keys that lenders get from the ids of our attempts.
var keySpace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://lendgate.dev/attempts"))

// keyFor derives the lender's idempotency key of an attempt.
func keyFor(attempt string) string { return uuid.NewSHA1(keySpace, []byte(attempt)).String() }

// askedAmount fills in what a caller left out, and checks what they said, before any lender is asked.
func askedAmount(order *canonical.Order, ask Ask) (canonical.Money, error) {
	most := order.Most(ask.Kind)
	if most == nil {
		return order.Amount, nil
	}
	room, err := roomFor(order, ask, *most)
	if err != nil {
		return room, err
	}
	amount, err := namedAmount(order, ask)
	switch {
	case err != nil:
		return amount, err
	case amount.IsZero() && ask.Amount == nil && ask.Lines == nil:
		amount = room
	case amount.IsZero():
		return amount, canonical.Invalid("/amount/value", "must be more than zero")
	}
	if ask.Kind == canonical.OpAuthorize && !amount.Equal(order.Amount) {
		return amount, canonical.Invalid("/amount", "an order is authorized as a whole: change its amount first")
	}
	if room.Value.Less(amount.Value) {
		return amount, &canonical.Error{Kind: canonical.AmountExceeded, Order: order.ID, Remaining: &room,
			Detail: string(ask.Kind) + " of " + amount.String() + " is more than the " + room.String() + " that is left"}
	}
	if err := feesStay(order, ask, amount); err != nil {
		return amount, err
	}
	return amount, nil
}

// roomFor is the most an ask may take: of the order, or of the capture it names.
func roomFor(order *canonical.Order, ask Ask, most canonical.Amount) (canonical.Money, error) {
	room := order.Amount.With(most)
	if ask.Kind != canonical.OpRefund || ask.Capture == "" {
		return room, nil
	}
	capture, known := order.Capture(ask.Capture)
	if !known {
		return room, canonical.Invalid("/capture", "the order has no capture "+ask.Capture)
	}
	left := capture.Amount.Value.Sub(capture.Refunded.Value)
	return order.Amount.With(left.Least(most)), nil
}

// namedAmount is the amount given, or the sum of the lines given, which must agree where both are.
func namedAmount(order *canonical.Order, ask Ask) (canonical.Money, error) {
	zero := canonical.Zero(order.Amount.Currency)
	if ask.Amount != nil {
		if err := checkMoney("/amount", *ask.Amount, order.Amount.Currency); err != nil {
			return zero, err
		}
		if err := canonical.CheckLines(ask.Lines, *ask.Amount); err != nil {
			return zero, canonical.Invalid("/lines", err.Error())
		}
		return *ask.Amount, nil
	}
	if ask.Lines == nil {
		return zero, nil
	}
	sum, err := canonical.LinesTotal(ask.Lines, order.Amount.Currency)
	if err != nil {
		return zero, canonical.Invalid("/lines", err.Error())
	}
	return sum, nil
}

func checkMoney(pointer string, m canonical.Money, currency string) error {
	if currency != "" && m.Currency != currency {
		return canonical.Invalid(pointer+"/currency", "the order is in "+currency)
	}
	if err := m.Check(); err != nil {
		return canonical.Invalid(pointer+"/value", err.Error())
	}
	return nil
}

// feesStay refuses a capture that would leave exactly what the lender added for itself.
func feesStay(order *canonical.Order, ask Ask, amount canonical.Money) error {
	fees := order.Totals.LenderFees
	if ask.Kind != canonical.OpCapture || ask.Final || fees.IsZero() {
		return nil
	}
	if left := order.Totals.Capturable.Sub(amount.Value); !left.Equal(fees) {
		return nil
	}
	remaining := order.Amount.With(order.Totals.Capturable)
	path := "/v1/orders/" + order.ID + "/capture"
	return &canonical.Error{Kind: canonical.AmountExceeded, Order: order.ID, Remaining: &remaining,
		Detail: "the capture would leave exactly the lender's fee of " + order.Amount.With(fees).String(),
		Alternatives: []canonical.Alternative{
			{Method: "POST", Path: path, Body: map[string]any{}, Why: "captures everything, the lender's fee included"},
			{Method: "POST", Path: path, Body: map[string]any{"amount": amount, "final": true}, Why: "captures this and gives back the fee"},
		}}
}
