package engine

import (
	"strconv"

	"github.com/lendgate/lendgate/canonical"
)

// prepareUpdate prepares a change of an order. What the lender keeps too is a request to the lender;
// what it does not keep changes here only, at any time.
func (e *Engine) prepareUpdate(it *intent, ask Ask) error {
	order, change := &it.order, ask.Change
	if ask.Version != 0 && ask.Version != order.Version {
		return &canonical.Error{Kind: canonical.VersionMismatch, Order: order.ID, Detail: "the order is at version " + strconv.Itoa(order.Version)}
	}
	if err := checkChange(order, change); err != nil {
		return err
	}
	it.op.Recovery.Change = change
	it.takes.reference = changedReference(order, change)
	steps := []canonical.Step{{Kind: canonical.OpUpdate, Amount: wantedAmount(order, change), Change: change}}
	local := onlyMetadata(change)
	if !local {
		err := e.prepareSteps(it, ask, steps)
		local = err != nil && change.Amount == nil && unfit(err)
		if err != nil && !local {
			return withAlternatives(err, order, ask, it.provider)
		}
	}
	if local {
		return e.updateHere(it, change)
	}
	if blocked := order.Blocked(canonical.OpUpdate); blocked != nil {
		return withAlternatives(blocked, order, ask, it.provider)
	}
	if change.Amount != nil {
		it.op.Amount = change.Amount
	}
	return nil
}

func unfit(err error) bool {
	kind := canonical.KindOf(err)
	return kind == canonical.OperationUnsupported || kind == canonical.OperationNotAllowed
}

// updateHere makes a change that no lender has to hear of.
func (e *Engine) updateHere(it *intent, change *canonical.Change) error {
	now := e.rt.Now()
	it.op.Attempts, it.requests, it.commands = nil, nil, nil
	it.op.State, it.op.FinishedAt, it.op.FoundBy = canonical.Succeeded, &now, canonical.ByReply
	it.takes.here = change
	return nil
}

func wantedAmount(order *canonical.Order, change *canonical.Change) canonical.Money {
	if change.Amount != nil {
		return *change.Amount
	}
	return order.Amount
}

func onlyMetadata(c *canonical.Change) bool {
	return c.Reference == nil && c.Amount == nil && c.Plan == nil && c.Lines == nil && c.Shipping == nil
}

func changedReference(order *canonical.Order, change *canonical.Change) string {
	if change.Reference == nil || *change.Reference == order.Reference {
		return ""
	}
	return *change.Reference
}

// checkChange checks amount and lines against each other as the order will have them.
func checkChange(order *canonical.Order, change *canonical.Change) error {
	if change.Amount != nil {
		if err := checkMoney("/amount", *change.Amount, order.Amount.Currency); err != nil {
			return err
		}
		if change.Amount.IsZero() {
			return canonical.Invalid("/amount/value", "must be more than zero")
		}
	}
	lines := order.Lines
	if change.Lines != nil {
		lines = change.Lines
	}
	if change.Amount != nil && change.Lines == nil && len(order.Lines) > 0 && !change.Amount.Equal(order.Amount) {
		return canonical.Invalid("/lines", "the order has lines: give those that sum to the new amount")
	}
	if err := canonical.CheckLines(lines, wantedAmount(order, change)); err != nil {
		return canonical.Invalid("/lines", err.Error())
	}
	return nil
}

// applyChange takes over a change.
func applyChange(order *canonical.Order, c canonical.Change) {
	if c.Reference != nil {
		order.Reference = *c.Reference
	}
	if c.Amount != nil {
		order.Amount = *c.Amount
	}
	if c.Plan != nil {
		order.Plan = c.Plan
	}
	if c.Lines != nil {
		order.Lines = c.Lines
	}
	if c.Shipping != nil {
		order.Shipping = c.Shipping
	}
	if c.Metadata != nil {
		order.Metadata = c.Metadata
	}
}
