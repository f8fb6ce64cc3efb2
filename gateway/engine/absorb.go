package engine

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// absorb takes over what a lender says of an order that no operation is unresolved on: what goes
// forward becomes operations of origin provider, what goes backward is drift, and what changes
// nothing writes nothing. errStale: the order changed after it was read.
func (e *Engine) absorb(ctx context.Context, seen canonical.Order, report canonical.Report, provider Provider, by canonical.FoundBy) (order canonical.Order, err error) {
	err = e.alter(ctx, func(tx state.Tx) (*change, error) {
		if order, err = tx.Orders().Get(seen.ID); err != nil {
			return nil, err
		}
		if order.Version != seen.Version || order.Hidden.Open != nil {
			return nil, errStale
		}
		before := order.Clone()
		c := e.change(&order, provider)
		if err := e.absorbIn(tx, c, report.Sighting, by); err != nil {
			return nil, err
		}
		shown := order.Hidden.Watch != nil && order.Hidden.Watch.Absent != nil
		if shown {
			order.Hidden.Watch.Absent = nil
		}
		unchanged := len(c.lines) == 0 && !c.drifted && same(before, order)
		switch {
		case unchanged && !shown:
			return nil, nil
		case !unchanged && len(c.lines) == 0:
			c.tell(canonical.OrderUpdated, nil, "")
		}
		return c, nil
	})
	return order, err
}

func (e *Engine) absorbIn(tx state.Tx, c *change, s *canonical.Sighting, by canonical.FoundBy) error {
	known, drift := c.order.ProviderOrder.ID, c.order.Drift
	if !s.Unknown && s.Phase != "" {
		c.order.Drift, c.order.Hidden.Restored = nil, nil
	}
	movements := c.differ(*s)
	if c.order.Hidden.Resolved && (len(movements) > 0 || c.drifted) {
		c.alarm("the lender says otherwise than the operator who resolved an operation")
	}
	c.learn(s)
	ours, err := e.claimLearned(tx, c, known)
	if err != nil {
		return err
	}
	if c.drifted && drift != nil { // it lasts, and has been told
		movements = append(movements, c.lasting(*s, drift)...)
	}
	if ours {
		c.own(movements, s.Seen, by)
	}
	if known != c.order.ProviderOrder.ID {
		if err := e.takeUpLeft(tx, c.order.Hidden.Left); err != nil {
			return err
		}
	}
	if err := e.wake(tx, c, s); err != nil {
		return err
	}
	return e.letGoReferences(tx, c.order)
}

// lasting is what a report that contradicts our books comes to when it says the same again some time later.
func (c *change) lasting(s canonical.Sighting, drift *canonical.Drift) []canonical.Movement {
	same := c.order.Drift.Seen == drift.Seen && !c.at.Before(drift.Since.Add(absentGap))
	c.order.Drift, c.drifted, c.alarms = drift, false, nil
	raised := canonical.Raised(c.order.Position(), s)
	if !same || raised == nil {
		return nil
	}
	c.order.Drift = nil
	return raised
}

// takeUpLeft has a create that was given up settled now that its order has turned up.
func (e *Engine) takeUpLeft(tx state.Tx, left string) error {
	if left == "" {
		return nil
	}
	op, err := tx.Operations().Get(left)
	if err != nil || !op.State.Unresolved() {
		return err
	}
	return e.put(tx, state.Timer{ID: timerID(left), Kind: recoveryTimer, Subject: left, Due: e.rt.Now()})
}

// same says whether an order would be stored as it was before, but for when it is looked after.
func same(before, after canonical.Order) bool {
	before.Hidden.Watch, after.Hidden.Watch = nil, nil
	after.Refresh()
	return bytes.Equal(asStored(&before), asStored(&after))
}

func asStored(o *canonical.Order) []byte {
	text, err := json.Marshal([]any{o, o.Hidden})
	if err != nil {
		return nil
	}
	return text
}
