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
	if err := checkChange(order, change, it.provider.Describe()); err != nil {
		return err
	}
	if err := checkOptions(it.provider.Describe(), canonical.OpUpdate, ask.Options); err != nil {
		return err
	}
	it.op.Recovery.Change = change
	it.takes.reference = changedReference(order, change)
	here, err := e.changesHere(it, ask)
	if err != nil {
		return withAlternatives(err, order, ask, it.provider)
	}
	if here {
		e.updateHere(it, change)
		return nil
	}
	if blocked := order.Blocked(canonical.OpUpdate); blocked != nil {
		return withAlternatives(blocked, order, ask, it.provider)
	}
	if change.Amount != nil {
		it.op.Amount = change.Amount
	}
	return nil
}

// changesHere says whether no lender has to hear of a change; else it has the request built.
func (e *Engine) changesHere(it *intent, ask Ask) (bool, error) {
	change := ask.Change
	if onlyMetadata(change) && len(ask.Options) == 0 {
		return true, nil
	}
	err := e.prepareSteps(it, ask, []canonical.Step{{Kind: canonical.OpUpdate, Amount: wantedAmount(&it.order, change), Change: change}})
	switch {
	case err == nil:
		return it.requests[0].Local, nil
	case change.Amount == nil && unfit(err):
		return true, nil
	}
	return false, err
}

func unfit(err error) bool {
	kind := canonical.KindOf(err)
	return kind == canonical.OperationUnsupported || kind == canonical.OperationNotAllowed
}

// updateHere makes a change that no lender has to hear of.
func (e *Engine) updateHere(it *intent, change *canonical.Change) {
	now := e.rt.Now()
	it.op.Attempts, it.requests, it.commands = nil, nil, nil
	it.op.State, it.op.FinishedAt, it.op.FoundBy = canonical.Succeeded, &now, canonical.ByReply
	it.takes.here = change
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
func checkChange(order *canonical.Order, change *canonical.Change, p canonical.Provider) error {
	if change.Amount != nil {
		if err := checkMoney("/amount", *change.Amount, order.Amount.Currency); err != nil {
			return err
		}
		if wrong := outsideLimits(*change.Amount, p.Accepts); wrong != "" {
			return canonical.Invalid("/amount/value", wrong)
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
