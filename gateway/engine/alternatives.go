package engine

import (
	"errors"

	"github.com/lendgate/lendgate/canonical"
)

// withAlternatives adds to a refusal the requests that reach the same end at this provider.
func withAlternatives(err error, order *canonical.Order, ask Ask, provider Provider) error {
	var e *canonical.Error
	if !errors.As(err, &e) {
		return err
	}
	if e.Order == "" {
		e.Order, e.Provider = order.ID, order.Provider
	}
	if e.Kind == canonical.OperationUnsupported || (e.Kind == canonical.OperationNotAllowed && e.Next == nil && order.Drift == nil) {
		e.Alternatives = append(e.Alternatives, alternatives(order, ask, provider)...)
	}
	if e.Kind == canonical.OperationNotAllowed && e.Next == nil && provider.Describe().Traits.Unreadable {
		e.Next = &canonical.Next{Action: canonical.NextNone}
	}
	return e
}

// happensThere: what the customer or the lender does need not be asked for. Before it is done the caller
// waits, afterwards there is nothing left to do.
func happensThere(blocked *canonical.Error, order *canonical.Order, kind canonical.OperationKind, provider Provider) *canonical.Error {
	if blocked.Kind != canonical.OperationNotAllowed || order.Drift != nil {
		return blocked
	}
	for _, ability := range provider.Able(*order) {
		if ability.Kind != kind || ability.By == "" {
			continue
		}
		blocked.Next = &canonical.Next{Action: canonical.NextNone}
		if order.Phase != canonical.Open && order.Phase != canonical.Ended {
			blocked.Next = &canonical.Next{Action: canonical.NextWait, After: 5}
		}
		blocked.Detail = string(kind) + " is done by the " + string(ability.By) + " at this provider"
	}
	return blocked
}

func alternatives(order *canonical.Order, ask Ask, provider Provider) []canonical.Alternative {
	path, final := "/v1/orders/"+order.ID, provider.Describe().Traits.Final
	capture := canonical.Alternative{Method: "POST", Path: path + "/capture", Body: map[string]any{"amount": ask.Amount, "final": true}}
	capturable := !order.Totals.Capturable.IsZero()
	part := ask.Kind == canonical.OpCapture && ask.Amount != nil && !ask.Final && capturable
	switch {
	case part && final == canonical.FinalByUpdate:
		update := canonical.Alternative{Method: "PATCH", Path: path, Body: map[string]any{"amount": ask.Amount}, Why: "lowers the order to this amount; then capture without an amount"}
		return []canonical.Alternative{update, why(capture, "captures this and gives back the rest, in one operation")}
	case part && final == canonical.FinalAlways:
		return []canonical.Alternative{why(capture, "a capture gives back the rest at this provider")}
	case ask.Kind == canonical.OpCancel && capturable && (final == canonical.FinalInOne || final == canonical.FinalAlways):
		return []canonical.Alternative{why(capture, "a last capture with `final` gives back the rest")}
	case ask.Kind == canonical.OpRefund && !has(provider, canonical.OpRefund) && !order.Totals.Refundable.IsZero():
		body := map[string]any{"kind": "refund", "reason": "paid back outside the lender"}
		if ask.Amount != nil {
			body["amount"] = ask.Amount
		}
		return []canonical.Alternative{{Method: "POST", Path: path + "/record", Body: body, Why: "pay the customer back yourself, then record it"}}
	}
	return nil
}

func why(a canonical.Alternative, because string) canonical.Alternative {
	a.Why = because
	return a
}
