package engine

import (
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// elsewhere is a movement that happened without us, on its way into the books.
type elsewhere struct {
	movement canonical.Movement
	entry    canonical.Entry
}

// prepareRecord prepares to book a movement made elsewhere. No lender is called, and drift is no obstacle:
// recording is how books are put right.
func (e *Engine) prepareRecord(call Call, it *intent, ask Ask) error {
	if err := mayRecord(call, it.provider, ask); err != nil {
		return err
	}
	order := it.order.Clone()
	order.Drift = nil
	if blocked := order.Blocked(ask.Kind); blocked != nil {
		return blocked
	}
	amount, err := askedAmount(&order, ask)
	if err != nil {
		return err
	}
	now := e.rt.Now()
	movement, moves := movementOf(&order, &canonical.Attempt{Kind: ask.Kind, Amount: &amount}, nil)
	if !moves {
		return canonical.Errorf(canonical.OperationNotAllowed, "there is nothing to book")
	}
	it.takes.elsewhere = &elsewhere{movement, canonical.Entry{Operation: it.op.ID, Attempt: it.op.ID, Capture: ask.Capture, Reference: ask.Reference, At: now}}
	it.op.State, it.op.FinishedAt, it.op.Amount, it.op.Reason = canonical.Succeeded, &now, &amount, ask.Reason
	if call.Role == state.RoleOperator {
		it.op.FoundBy = canonical.ByOperator
	}
	return nil
}

// mayRecord: an operator may book anything, a merchant a refund where the style has none.
func mayRecord(call Call, provider Provider, ask Ask) error {
	if ask.Reason == "" {
		return canonical.Invalid("/reason", "say why this is booked")
	}
	switch ask.Kind {
	case canonical.OpCapture, canonical.OpCancel, canonical.OpRefund:
	default:
		return canonical.Invalid("/kind", "must be capture, cancel or refund")
	}
	switch {
	case call.Role == state.RoleOperator:
		return nil
	case ask.Kind != canonical.OpRefund:
		return canonical.Errorf(canonical.Forbidden, "only an operator books a "+string(ask.Kind)+" made elsewhere")
	case has(provider, canonical.OpRefund):
		return &canonical.Error{Kind: canonical.OperationNotAllowed, Detail: "this provider refunds by itself: ask it to", Next: &canonical.Next{Action: canonical.NextNone}}
	}
	return nil
}

// has says whether a provider knows an operation at all.
func has(provider Provider, kind canonical.OperationKind) bool {
	for _, capability := range provider.Describe().Capabilities {
		if capability.Operation == string(kind) {
			return true
		}
	}
	return false
}
