package engine

import (
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// giveUp carries out a cancel while the create is unresolved, at a lender where a create reserves
// nothing: the order is over at once, and its number free. The cancel keeps watch, because the order
// may still turn up at the lender.
func (c *change) giveUp(cancel *canonical.Operation) {
	c.end(canonical.ByCancel)
	c.order.Hidden.Left = c.order.Hidden.Open.ID
	c.order.Hidden.Open, c.order.InDoubt, c.order.Hidden.Waiting = nil, nil, cancel.ID
}

// givenUp says whether a cancel keeps watch over the order.
func (c *change) givenUp() bool {
	return c.order.Hidden.Waiting != "" && c.order.Phase == canonical.Ended && c.order.EndedBy == canonical.ByCancel
}

// wake turns to the cancel that was taken while another operation was unresolved, now that the order is free.
func (e *Engine) wake(tx state.Tx, c *change, s *canonical.Sighting) error {
	if c.order.Hidden.Waiting == "" || c.order.Hidden.Open != nil {
		return nil
	}
	cancel, err := c.standing(tx, c.order.Hidden.Waiting)
	if err != nil {
		return err
	}
	if !cancel.State.Unresolved() {
		e.unwanted(c, s)
		return nil
	}
	c.order.Hidden.Waiting = ""
	e.cancelNow(c, &cancel)
	return nil
}

// standing is an operation as this change leaves it, or as it is stored.
func (c *change) standing(tx state.Tx, id string) (canonical.Operation, error) {
	for _, entry := range c.entries {
		if entry.op.ID == id {
			return *entry.op, nil
		}
	}
	return tx.Operations().Get(id)
}

// cancelNow carries out a cancel that has waited: without a call where nothing is reserved, else as one
// that is queued and due.
func (e *Engine) cancelNow(c *change, op *canonical.Operation) {
	it, err := e.cancelOf(c, c.order.Clone(), *op)
	reserved := !c.order.Totals.Authorized.IsZero()
	switch {
	case err == nil:
		*op = it.op
		c.order.Hold(op)
		c.entries = append(c.entries, entry{op: op, requests: it.requests})
		return
	case c.order.Phase == canonical.Ended || (!reserved && c.order.Drift == nil && unfit(err)):
		c.end(canonical.ByCancel)
		op.State = canonical.Succeeded
		c.tell(canonical.OrderCanceled, op, "nothing was reserved")
	default:
		op.State, op.Recovery.Problem, op.Recovery.Detail = canonical.Failed, canonical.KindOf(err), detailOf(err)
		c.tell(canonical.OperationFailed, op, op.Recovery.Detail)
	}
	op.FinishedAt, op.FoundBy = &c.at, canonical.ByReply
	op.Next = canonical.NextOf(op, op.Recovery.Problem, reserved)
	c.write(op)
}

// cancelOf prepares the cancel of all that remains of an order, queued and due at once.
func (e *Engine) cancelOf(c *change, order canonical.Order, op canonical.Operation) (*intent, error) {
	order.Refresh()
	if blocked := order.Blocked(canonical.OpCancel); blocked != nil {
		return nil, blocked
	}
	amount := order.Amount.With(*order.Most(canonical.OpCancel))
	it := &intent{order: order, op: op, provider: c.provider}
	it.op.Amount = &amount
	if err := e.prepareSteps(it, Ask{Kind: canonical.OpCancel}, []canonical.Step{{Kind: canonical.OpCancel, Amount: amount}}); err != nil {
		return nil, err
	}
	it.op.State, it.op.Attempts[0].State = canonical.Queued, canonical.Queued
	return it, nil
}

// unwanted cancels what turned up at the lender after the merchant had canceled the order. What the
// lender cannot cancel yet stays watched.
func (e *Engine) unwanted(c *change, s *canonical.Sighting) {
	there := c.order.Clone()
	if there.Phase == canonical.Ended {
		if s == nil || s.Unknown || s.Phase == "" || moneyed(*s) {
			return
		}
		there.Phase, there.EndedBy = s.Phase, ""
	}
	it, err := e.cancelOf(c, there, c.operation(canonical.OpCancel, canonical.FromEngine))
	if err != nil || it.requests[0].Local {
		return
	}
	c.order.Hidden.Waiting = ""
	c.order.Hold(&it.op)
	it.op.Next = canonical.NextOf(&it.op, "", true)
	c.tell(canonical.OperationQueued, &it.op, "the order was canceled before it turned up at the lender")
	c.add(&it.op, it.requests)
}

// stillUnwanted: a cancel that nobody asked for by name was not done. It is tried again where the lender
// still shows the order, unless the lender refused it.
func (c *change) stillUnwanted(op *canonical.Operation, problem canonical.Kind) {
	if problem != canonical.NotDone {
		c.alarm("an order that nobody wants stands at the lender and was not canceled")
		return
	}
	c.order.Hidden.Waiting = op.ID
	c.hint()
}
