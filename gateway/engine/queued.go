package engine

import (
	"context"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// prepareYielding prepares a cancel that is taken although another operation is unresolved: it withdraws
// what is only queued, gives up an order on which nothing can be reserved yet, and waits for any other
// create or authorize until its outcome is known.
func (e *Engine) prepareYielding(it *intent, ask Ask) error {
	open := it.order.Hidden.Open
	traits := it.provider.Describe().Traits
	switch {
	case open.State == canonical.Queued:
		it.takes.withdraws = open.ID
		return e.prepareInstead(it, ask)
	case ask.Amount != nil && !ask.Amount.Equal(it.order.Amount):
		return canonical.Invalid("/amount", "while the "+string(open.Kind)+" is "+string(open.State)+" only the whole order can be canceled")
	case open.Kind == canonical.OpCreate && traits.CreateReservesNothing:
		now := e.rt.Now()
		it.takes.gives = true
		it.op.State, it.op.FinishedAt, it.op.FoundBy = canonical.Succeeded, &now, canonical.ByReply
	case !has(it.provider, canonical.OpCancel):
		return canonical.Errorf(canonical.OperationUnsupported, "this provider has no cancel")
	default:
		it.takes.waits = true
		it.op.State = canonical.Queued
	}
	return nil
}

// prepareInstead prepares a cancel on the order as it is without the operation it withdraws.
func (e *Engine) prepareInstead(it *intent, ask Ask) error {
	free := it.order.Clone()
	free.Hidden.Open, free.InDoubt = nil, nil
	free.Refresh()
	amount, err := askedAmount(&free, ask)
	if err != nil {
		return err
	}
	it.op.Amount = &amount
	order := it.order
	it.order = free
	err = e.prepareSteps(it, ask, []canonical.Step{{Kind: canonical.OpCancel, Amount: amount}})
	it.order = order
	return err
}

// reschedule puts an operation's timer where its state wants it.
func (e *Engine) reschedule(ctx context.Context, opID string) error {
	return e.commit(ctx, func(tx state.Tx) error {
		op, err := tx.Operations().Get(opID)
		if err != nil {
			return err
		}
		return e.schedule(tx, &op, e.rt.Now())
	})
}

// waitOut leaves an operation alone that the provider's quarantine keeps from being sent.
func (e *Engine) waitOut(ctx context.Context, opID string) error {
	return e.commit(ctx, func(tx state.Tx) error {
		return e.put(tx, state.Timer{ID: timerID(opID), Kind: recoveryTimer, Subject: opID, Due: e.rt.Now().Add(waitingPause)})
	})
}

// sendQueued sends an attempt that could not be sent when it was asked for. What the lender would take
// too late is never sent.
func (e *Engine) sendQueued(ctx context.Context, d *doubt) (settlement, error) {
	deadline := d.order.Deadlines.AuthorizationExpiresAt
	if deadline != nil && !e.rt.Now().Before(*deadline) && needsAuthorization(d.attempt.Kind) {
		late := canonical.Errorf(canonical.OperationNotAllowed, "the authorization ended before the lender could be reached: nothing was sent")
		return e.settle(ctx, d, finding{err: late, by: canonical.ByRecovery})
	}
	return e.sendAnew(ctx, d)
}

// needsAuthorization: a refund gives back what was captured, whatever became of the authorization.
func needsAuthorization(kind canonical.OperationKind) bool { return kind != canonical.OpRefund }

// sendAnew writes that an attempt of which nothing has left, or nothing that matters, is on its way, and
// sends it and what follows it.
func (e *Engine) sendAnew(ctx context.Context, d *doubt) (settlement, error) {
	started, err := e.startAnew(ctx, d)
	if err == errStale {
		return e.standing(ctx, d.op.ID)
	}
	if err != nil {
		return d.settlement, err
	}
	if d, err = e.doubtOf(ctx, started); err != nil {
		return started, err
	}
	return e.carryOut(ctx, d, canonical.ByRecovery)
}

// startAnew gives the attempt a new call, and takes the order from a cancel that would withdraw it.
func (e *Engine) startAnew(ctx context.Context, d *doubt) (s settlement, err error) {
	now, sender := e.rt.Now(), e.rt.NewID("snd")
	err = e.alter(ctx, func(tx state.Tx) (*change, error) {
		if s, err = stored(tx, d.op.ID); err != nil {
			return nil, err
		}
		attempt := attemptOf(&s.op, d.attempt.ID)
		switch {
		case attempt == nil:
			return nil, errStale
		case attempt.State == canonical.Started && s.op.Recovery.Sender == sender:
			return nil, nil // an earlier try wrote it, and its answer was lost
		case attempt.State != d.attempt.State:
			return nil, errStale
		}
		if attempt.State == canonical.Started { // it may have left: nobody knows
			attempt.Sends = max(attempt.Sends, 1)
		}
		startAttempt(attempt, d.request.Timeout, now, e.set.CallMargin)
		s.op.Recovery.Sender = sender
		s.op.State = canonical.StateOfPlan(s.op.Attempts)
		c := e.change(&s.order, d.provider)
		if open := s.order.Hidden.Open; open != nil && open.ID == s.op.ID {
			s.order.Hold(&s.op)
		}
		c.write(&s.op)
		return c, nil
	})
	return s, err
}
