package engine

import (
	"context"
	"errors"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// finding is what is now known of an attempt.
type finding struct {
	outcome canonical.Outcome
	err     error // certainly nothing moved
	by      canonical.FoundBy
	call    bool  // it is how a call ended, not what was found out later
	word    *word // of an operator, where that is all there is
	sought  bool  // whoever found it goes on looking, and keeps others away
}

// settlement is an operation and its order as they stand.
type settlement struct {
	order canonical.Order
	op    canonical.Operation
	heard bool // the lender answered, and that settled nothing
	sends bool // the plan's next attempt was started for whoever has this: nobody else sends it
}

// settle writes what became known of an attempt in one commit: outcome, ledger, history, timers, and
// the start of the plan's next attempt. An attempt that was settled already stays as it is: of several who
// settle it, one sends the next.
func (e *Engine) settle(ctx context.Context, d *doubt, f finding) (s settlement, err error) {
	ctx, span := e.tracer.Start(ctx, "settle commit")
	defer func() {
		stands(span, &s.op, err)
		span.End()
	}()
	sender := ""
	if !f.outcome.State.Unresolved() && d.op.Plans() {
		sender = e.rt.NewID("snd")
	}
	err = e.alter(ctx, func(tx state.Tx) (*change, error) {
		s, err = stored(tx, d.op.ID)
		if err != nil {
			return nil, err
		}
		attempt := attemptOf(&s.op, d.attempt.ID)
		switch {
		case attempt == nil:
			return nil, errors.New("operation " + s.op.ID + " has no attempt " + d.attempt.ID)
		case !attempt.State.Unresolved():
			return e.second(&s, attempt, d.provider, f), nil
		case f.stale(attempt):
			return nil, nil
		}
		c := e.change(&s.order, d.provider)
		c.sender, c.leased = sender, f.sought
		return c, e.settleIn(tx, c, &s.op, attempt, f)
	})
	s.sends = s.op.State == canonical.Started && sender != "" && s.op.Recovery.Sender == sender
	return s, err
}

func stored(tx state.Tx, opID string) (s settlement, err error) {
	if s.op, err = tx.Operations().Get(opID); err != nil {
		return s, err
	}
	s.order, err = tx.Orders().Get(s.op.Order)
	return s, err
}

func attemptOf(op *canonical.Operation, id string) *canonical.Attempt {
	for i := range op.Attempts {
		if op.Attempts[i].ID == id {
			return &op.Attempts[i]
		}
	}
	return nil
}

// stale says that a finding adds nothing: the attempt is in doubt already, or another process took the
// call for lost meanwhile and may have sent it again, so that this one's failure proves nothing.
func (f finding) stale(attempt *canonical.Attempt) bool {
	if f.err != nil {
		return f.call && attempt.State != canonical.Started
	}
	return f.outcome.State == attempt.State || (f.outcome.State == canonical.Doubtful && attempt.State == canonical.HandedOver)
}

// second: a finding about an attempt that was settled before. An equal one does nothing; one that
// contradicts it is drift until the lender is read.
func (e *Engine) second(s *settlement, attempt *canonical.Attempt, provider Provider, f finding) *change {
	if f.err != nil || f.outcome.State.Unresolved() || f.outcome.State == attempt.State {
		return nil
	}
	c := e.change(&s.order, provider)
	c.drift("a second answer to the " + string(attempt.Kind) + " says " + string(f.outcome.State) + ", after it was known as " + string(attempt.State))
	if !c.drifted {
		return nil
	}
	return c
}

func (e *Engine) settleIn(tx state.Tx, c *change, op *canonical.Operation, attempt *canonical.Attempt, f finding) error {
	was, known := op.State, c.order.ProviderOrder.ID
	names := references(c.order, op)
	if f.call { // what left before, of a call that was lost, counts too
		attempt.Sends += f.outcome.Sends
	}
	attempt.Sends = max(attempt.Sends, f.outcome.Sends)
	leftover := decide(c, op, attempt, f)
	ours, err := e.claimLearned(tx, c, known)
	if err != nil {
		return err
	}
	if leftover != nil && ours {
		c.own(leftover, f.outcome.Sighting.Seen, f.by)
	}
	if attempt.State == canonical.Succeeded {
		if err := e.startNext(tx, op, c); err != nil {
			return err
		}
	}
	op.State = canonical.StateOfPlan(op.Attempts)
	if !op.State.Unresolved() {
		op.FinishedAt, op.FoundBy = &c.at, f.by
	}
	if open := c.order.Hidden.Open; open != nil && open.ID == op.ID {
		c.order.Hold(op)
	}
	c.tellSettled(op, attempt, was, f.word)
	c.order.Hidden.Resolved = c.order.Hidden.Resolved || f.word != nil
	if f.word != nil || c.order.Hidden.Restored != nil {
		c.hint() // what was kept waiting by it can be read now
	}
	c.write(op)
	if err := e.wake(tx, c, f.outcome.Sighting); err != nil {
		return err
	}
	op.Next = canonical.NextOf(op, op.Recovery.Problem, !c.order.Totals.Authorized.IsZero())
	c.order.Next = op.Next
	if op.State.Unresolved() {
		names = nil
	}
	return e.letGoReferences(tx, c.order, names...)
}

// references are the numbers an update may have to let go of once it is settled: the one it claimed,
// or the one the order had.
func references(order *canonical.Order, op *canonical.Operation) []string {
	change := op.Recovery.Change
	if change == nil || change.Reference == nil {
		return nil
	}
	return []string{*change.Reference, order.Reference}
}

// claimLearned makes a lender's order that has become known belong to this one. Where it belongs to
// another, what was said of it is not about this order.
func (e *Engine) claimLearned(tx state.Tx, c *change, known string) (ours bool, err error) {
	if c.order.ProviderOrder.ID == known {
		return true, nil
	}
	err = e.claimProviderOrder(tx, c)
	var taken *canonical.Error
	if errors.As(err, &taken) {
		c.order.ProviderOrder.ID = known
		c.drift("the lender's order is another's: " + taken.Detail)
		return false, nil
	}
	return true, err
}

// tellSettled tells what became of the attempt, and of the doubt where there was one.
func (c *change) tellSettled(op *canonical.Operation, attempt *canonical.Attempt, was canonical.OperationState, word *word) {
	if attempt.State == canonical.Queued && op.Recovery.Tries > 1 {
		return // it was queued before, and is again
	}
	if was.Uncertain() && (word != nil || !op.State.Uncertain()) {
		c.tellBy(word, op)
	}
	c.tell(settledEvent(c.order, attempt), op, op.Recovery.Detail)
}

func settledEvent(order *canonical.Order, attempt *canonical.Attempt) canonical.EventType {
	switch attempt.State {
	case canonical.Succeeded:
		if attempt.Kind == canonical.OpCancel && order.Phase == canonical.Ended {
			return standing[order.Position().Standing().Status]
		}
		return happened(attempt.Kind)
	case canonical.Doubtful:
		return canonical.OperationInDoubt
	case canonical.Queued:
		return canonical.OperationQueued
	case canonical.Waiting:
		return canonical.OperationPending
	}
	if order.Phase == canonical.Ended && order.Totals.Captured.IsZero() {
		return standing[order.Position().Standing().Status]
	}
	return canonical.OperationFailed
}

// startNext starts the plan's next attempt: its intent was written when the operation began. Where others
// have taken its room at the lender meanwhile, the rest of the plan is certainly not done.
func (e *Engine) startNext(tx state.Tx, op *canonical.Operation, c *change) error {
	next, more := op.Current()
	if !more || next.State != canonical.Planned {
		return nil
	}
	if err := c.fits(op, next); err != nil {
		endRest(op, c.at)
		op.Recovery.Problem, op.Recovery.Detail = canonical.OperationNotAllowed, err.Error()
		return nil
	}
	request, err := tx.Requests().Get(next.ID)
	if err != nil {
		return err
	}
	startAttempt(next, request.Timeout, c.at, e.set.CallMargin)
	op.Recovery.Sender, op.Recovery.Taken = c.sender, false
	return nil
}

// fits says why the books have no room for an attempt; nil: they have.
func (c *change) fits(op *canonical.Operation, next *canonical.Attempt) error {
	books := c.order.Clone()
	movement, moves := movementOf(&books, next, op.Recovery.Change)
	if !moves {
		return nil
	}
	return books.Book(movement, canonical.Entry{Operation: op.ID, Attempt: next.ID, Capture: next.Capture})
}
