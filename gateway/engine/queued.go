package engine

import (
	"context"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// prepareYielding prepares a cancel that is taken although another operation is unresolved: it withdraws
// what is only queued, and waits for a create or an authorize whose outcome is not known.
func (e *Engine) prepareYielding(it *intent, ask Ask) error {
	open := *it.order.Hidden.Open
	if open.State == canonical.Queued {
		it.takes.withdraws = open.ID
		free := it.order.Clone()
		free.Hidden.Open = nil
		free.Refresh()
		it.order.Totals = free.Totals
		amount, err := askedAmount(&free, ask)
		if err != nil {
			return err
		}
		it.op.Amount = &amount
		prepared := *it
		prepared.order = free
		err = e.prepareSteps(&prepared, ask, []canonical.Step{{Kind: canonical.OpCancel, Amount: amount}})
		it.op, it.commands, it.requests = prepared.op, prepared.commands, prepared.requests
		return err
	}
	it.takes.waits = true
	it.op.State = canonical.Queued
	return nil
}

// reschedule puts an operation's timer where its state wants it.
func (e *Engine) reschedule(ctx context.Context, opID string) error {
	return e.store.Update(ctx, func(tx state.Tx) error {
		op, err := tx.Operations().Get(opID)
		if err != nil {
			return err
		}
		return e.schedule(tx, &op, e.rt.Now())
	})
}

// workWaiting carries out a cancel that was taken while another operation was unresolved, once that is known.
func (e *Engine) workWaiting(ctx context.Context, s settlement) (settlement, error) {
	if s.order.Hidden.Waiting == s.op.ID {
		return s, e.reschedule(ctx, s.op.ID)
	}
	provider, err := e.providers.For(s.op.Provider, s.op.Merchant)
	if err != nil {
		return s, err
	}
	free := s.order.Clone()
	free.Hidden.Open = nil
	free.Refresh()
	it := &intent{order: free, op: s.op, provider: provider}
	most := free.Most(canonical.OpCancel)
	if free.Blocked(canonical.OpCancel) != nil || most.IsZero() {
		return e.nothingLeft(ctx, s)
	}
	amount := free.Amount.With(*most)
	if err := e.prepareSteps(it, Ask{Kind: canonical.OpCancel}, []canonical.Step{{Kind: canonical.OpCancel, Amount: amount}}); err != nil {
		return s, err
	}
	if err := e.beginWaiting(ctx, it); err != nil {
		return s, err
	}
	return e.run(ctx, it)
}

// nothingLeft ends a cancel for which nothing was reserved: it succeeded without a call.
func (e *Engine) nothingLeft(ctx context.Context, s settlement) (settlement, error) {
	err := e.store.Update(ctx, func(tx state.Tx) (err error) {
		if s.op, err = tx.Operations().Get(s.op.ID); err != nil || !s.op.State.Unresolved() {
			return err
		}
		if s.order, err = tx.Orders().Get(s.op.Order); err != nil {
			return err
		}
		now := e.rt.Now()
		s.op.State, s.op.FinishedAt, s.op.FoundBy = canonical.Succeeded, &now, canonical.ByReply
		s.order.Hold(&s.op)
		touch(&s.order, &s.op, now)
		if err := e.record(tx, &s.order, &s.op, canonical.OrderCanceled, "nothing was reserved"); err != nil {
			return err
		}
		if err := e.schedule(tx, &s.op, now); err != nil {
			return err
		}
		if err := tx.Operations().Replace(s.op.ID, s.op); err != nil {
			return err
		}
		return tx.Orders().Replace(s.order.ID, s.order)
	})
	return s, err
}

// beginWaiting writes the attempts of an operation that was queued without any.
func (e *Engine) beginWaiting(ctx context.Context, it *intent) error {
	now := e.rt.Now()
	return e.store.Update(ctx, func(tx state.Tx) error {
		op, err := tx.Operations().Get(it.op.ID)
		if err != nil {
			return err
		}
		if len(op.Attempts) > 0 || !op.State.Unresolved() {
			return errStale
		}
		order, err := tx.Orders().Get(op.Order)
		if err != nil {
			return err
		}
		op.Attempts = it.op.Attempts
		startFirst(&op, it.requests, now, e.set.CallMargin)
		op.State = canonical.StateOfPlan(op.Attempts)
		return e.startQueued(tx, it, &order, &op, true)
	})
}

// startQueued writes that what was queued is on its way.
func (e *Engine) startQueued(tx state.Tx, it *intent, order *canonical.Order, op *canonical.Operation, requests bool) error {
	now := e.rt.Now()
	for i := range it.requests {
		if !requests {
			break
		}
		if err := tx.Requests().Insert(op.Attempts[i].ID, it.requests[i]); err != nil {
			return err
		}
	}
	order.Hold(op)
	touch(order, op, now)
	if err := e.record(tx, order, op, canonical.OperationStarted, ""); err != nil {
		return err
	}
	if err := e.schedule(tx, op, now); err != nil {
		return err
	}
	if err := tx.Operations().Replace(op.ID, *op); err != nil {
		return err
	}
	it.order, it.op = *order, *op
	return tx.Orders().Replace(order.ID, *order)
}

// sendQueued sends an attempt that could not be sent when it was asked for.
func (e *Engine) sendQueued(ctx context.Context, d *doubt) (settlement, error) {
	it := &intent{order: d.order, op: d.op, provider: d.provider}
	err := e.store.Update(ctx, func(tx state.Tx) error {
		op, err := tx.Operations().Get(d.op.ID)
		if err != nil {
			return err
		}
		attempt, open := op.Current()
		if !open || attempt.ID != d.attempt.ID || attempt.State != canonical.Queued {
			return errStale
		}
		order, err := tx.Orders().Get(op.Order)
		if err != nil {
			return err
		}
		startAttempt(attempt, d.request.Timeout, e.rt.Now(), e.set.CallMargin)
		op.State = canonical.StateOfPlan(op.Attempts)
		return e.startQueued(tx, it, &order, &op, false)
	})
	if err == errStale {
		return e.standing(ctx, d.op.ID)
	}
	if err != nil {
		return d.settlement, err
	}
	return e.goOn(ctx, settlement{order: it.order, op: it.op})
}
