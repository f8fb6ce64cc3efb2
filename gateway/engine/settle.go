package engine

import (
	"context"
	"errors"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// finding is what is now known of an attempt.
type finding struct {
	outcome canonical.Outcome
	err     error // certainly nothing moved
	by      canonical.FoundBy
}

// settlement is the state of things after a settle.
type settlement struct {
	order  canonical.Order
	op     canonical.Operation
	before string // the order's reference as it was
}

// settle writes what became known of an attempt in one commit: outcome, ledger, history, timers, and
// the start of the plan's next attempt. An attempt that was settled already stays as it is.
func (e *Engine) settle(ctx context.Context, opID, attemptID string, f finding) (settled settlement, err error) {
	for {
		err = e.store.Update(ctx, func(tx state.Tx) error {
			settled, err = e.settleIn(tx, opID, attemptID, f)
			return err
		})
		if err != state.ErrUncertain {
			return settled, err
		}
	}
}

func (e *Engine) settleIn(tx state.Tx, opID, attemptID string, f finding) (s settlement, err error) {
	if s.op, err = tx.Operations().Get(opID); err != nil {
		return s, err
	}
	if s.order, err = tx.Orders().Get(s.op.Order); err != nil {
		return s, err
	}
	s.before = s.order.Reference
	attempt := attemptOf(&s.op, attemptID)
	if attempt == nil || !attempt.State.Unresolved() {
		e.notice(&s.op, attempt, f)
		return s, nil
	}
	provider, err := e.providers.For(s.op.Provider, s.op.Merchant)
	if err != nil {
		return s, err
	}
	return s, e.enter(tx, provider, &s, attempt, f)
}

func attemptOf(op *canonical.Operation, id string) *canonical.Attempt {
	for i := range op.Attempts {
		if op.Attempts[i].ID == id {
			return &op.Attempts[i]
		}
	}
	return nil
}

// notice raises an alarm where a second outcome contradicts the first.
func (e *Engine) notice(op *canonical.Operation, attempt *canonical.Attempt, f finding) {
	if attempt == nil || f.err != nil || f.outcome.State == canonical.Doubtful || f.outcome.State == attempt.State {
		return
	}
	e.log.Error("a second outcome contradicts the first", "operation", op.ID, "attempt", attempt.ID, "settled", attempt.State, "reported", f.outcome.State)
}

func (e *Engine) enter(tx state.Tx, provider Provider, s *settlement, attempt *canonical.Attempt, f finding) error {
	now := e.rt.Now()
	was := s.op.State
	attempt.Sends = max(attempt.Sends, f.outcome.Sends)
	leftover := e.decide(provider, s, attempt, f, now)
	if attempt.State == canonical.Succeeded {
		if err := e.startNext(tx, &s.op, now); err != nil {
			return err
		}
	}
	s.op.State = canonical.StateOfPlan(s.op.Attempts)
	if !s.op.State.Unresolved() {
		s.op.FinishedAt, s.op.FoundBy = &now, f.by
	}
	s.order.Hold(&s.op)
	touch(&s.order, &s.op, now)
	if err := e.recordSettled(tx, s, attempt, was, f); err != nil {
		return err
	}
	if err := e.own(tx, s, leftover, f.by); err != nil {
		return err
	}
	return e.writeSettled(tx, provider, s, now)
}

// decide gives the attempt its state and books what moved. It returns movements the lender reports
// beyond this attempt: they become operations of their own.
func (e *Engine) decide(provider Provider, s *settlement, attempt *canonical.Attempt, f finding, now time.Time) []canonical.Movement {
	if f.err != nil {
		e.decideFailed(s, attempt, f.err, now)
		return nil
	}
	out := f.outcome
	attempt.State = out.State
	s.op.Reason, s.op.ProviderCode = out.Reason, out.Code
	if out.Alarm != "" {
		e.log.Error("the lender broke its contract", "provider", s.op.Provider, "operation", s.op.ID, "alarm", out.Alarm)
	}
	switch out.State {
	case canonical.Succeeded:
		return e.decideSucceeded(provider, s, attempt, out, now)
	case canonical.Declined:
		attempt.FinishedAt = &now
		endRest(&s.op, now)
		e.declined(s, attempt, out, now)
	case canonical.Waiting:
		s.order.Learn(out.Sighting, now)
		e.follow(&s.order, out.Sighting)
	}
	return nil
}

func (e *Engine) decideFailed(s *settlement, attempt *canonical.Attempt, err error, now time.Time) {
	kind := canonical.KindOf(err)
	if queues(s.op.Kind) && kind == canonical.ProviderUnavailable && attempt.Sends == 0 {
		attempt.State = canonical.Queued
		return
	}
	attempt.State, attempt.FinishedAt, attempt.Problem = canonical.Failed, &now, string(kind)
	endRest(&s.op, now)
	s.op.Recovery.Problem = kind
	var e2 *canonical.Error
	if errors.As(err, &e2) {
		s.op.Recovery.Detail, s.op.ProviderCode = e2.Detail, e2.ProviderCode
	}
	if s.op.Kind == canonical.OpCreate {
		s.order.Reason = string(kind)
		end(&s.order, canonical.ByError)
	}
}

// queues: what gives money back or claims it waits for a lender that cannot be reached; the rest is
// better taken elsewhere.
func queues(kind canonical.OperationKind) bool {
	switch kind {
	case canonical.OpCapture, canonical.OpCancel, canonical.OpRefund:
		return true
	}
	return false
}

func end(order *canonical.Order, by canonical.EndedBy) {
	// A phase that cannot end has ended already.
	_ = order.Book(canonical.Movement{Move: canonical.End, EndedBy: by}, canonical.Entry{})
}

func (e *Engine) declined(s *settlement, attempt *canonical.Attempt, out canonical.Outcome, now time.Time) {
	s.order.Learn(out.Sighting, now)
	e.follow(&s.order, out.Sighting)
	if s.order.Reason == "" {
		s.order.Reason = out.Reason
	}
	if attempt.Kind == canonical.OpCreate {
		end(&s.order, canonical.ByLender)
	}
}

// follow takes the phase a lender names, where it moves no money.
func (e *Engine) follow(order *canonical.Order, s *canonical.Sighting) {
	if s == nil {
		return
	}
	movements, _, _ := canonical.Differ(order.Position(), *s)
	for _, m := range movements {
		if m.Move == canonical.Await || m.Move == canonical.End {
			_ = order.Book(m, canonical.Entry{})
		}
	}
}

func (e *Engine) decideSucceeded(provider Provider, s *settlement, attempt *canonical.Attempt, out canonical.Outcome, now time.Time) []canonical.Movement {
	attempt.FinishedAt, attempt.LenderReference = &now, out.Reference
	movement, moves := movementOf(&s.order, attempt, s.op.Recovery.Change)
	entry := canonical.Entry{Operation: s.op.ID, Attempt: attempt.ID, Capture: attempt.Capture, Reference: out.Reference, At: now}
	if moves {
		if err := s.order.Book(movement, entry); err != nil {
			e.drift(&s.order, "the lender did what our books cannot hold: "+err.Error(), now)
		}
	}
	if attempt.Final {
		e.giveBackRest(&s.order, entry)
	}
	s.apply(attempt)
	s.order.Learn(out.Sighting, now)
	if out.Sighting == nil || s.order.Drift != nil {
		return nil
	}
	movements, late, drift := canonical.Differ(s.order.Position(), *out.Sighting)
	e.see(&s.order, drift, late, now)
	return movements
}

// giveBackRest books what a final capture gives back in the same request.
func (e *Engine) giveBackRest(order *canonical.Order, entry canonical.Entry) {
	rest := order.Position().Remaining()
	if !rest.IsZero() {
		_ = order.Book(canonical.Movement{Move: canonical.Cancel, Amount: rest}, entry)
	}
}

// apply takes over what an update changes once the lender has agreed.
func (s *settlement) apply(attempt *canonical.Attempt) {
	if attempt.Kind != canonical.OpUpdate || s.op.Recovery.Change == nil {
		return
	}
	applyChange(&s.order, *s.op.Recovery.Change)
	if s.op.Recovery.Change.Reference != nil {
		s.order.ProviderOrder.Reference = attempt.Reference
	}
}

func (e *Engine) see(order *canonical.Order, drift string, late bool, now time.Time) {
	if drift != "" {
		e.drift(order, drift, now)
	}
	if late {
		e.log.Error("money moved after the order had ended", "order", order.ID, "provider", order.Provider)
	}
}

func (e *Engine) drift(order *canonical.Order, seen string, now time.Time) {
	if order.Drift == nil {
		order.Drift = &canonical.Drift{Seen: seen, Since: now}
	}
	e.log.Error("the lender's report contradicts our books", "order", order.ID, "provider", order.Provider, "seen", seen)
}

// movementOf is what an attempt that succeeded does to the order.
func movementOf(order *canonical.Order, attempt *canonical.Attempt, change *canonical.Change) (canonical.Movement, bool) {
	switch attempt.Kind {
	case canonical.OpAuthorize, canonical.OpCapture, canonical.OpRefund:
		return canonical.Movement{Move: canonical.MoveName(attempt.Kind), Amount: attempt.Amount.Value}, true
	case canonical.OpCancel:
		if order.Phase != canonical.Open {
			return canonical.Movement{Move: canonical.End, EndedBy: canonical.ByCancel}, order.Phase != canonical.Ended
		}
		return canonical.Movement{Move: canonical.Cancel, Amount: attempt.Amount.Value}, true
	case canonical.OpUpdate:
		return movementOfUpdate(order, change)
	}
	return canonical.Movement{}, false
}

// movementOfUpdate: lowering an authorized amount cancels, raising it authorizes.
func movementOfUpdate(order *canonical.Order, change *canonical.Change) (m canonical.Movement, moves bool) {
	if change == nil || change.Amount == nil || order.Phase != canonical.Open {
		return m, false
	}
	before, after := order.Totals.Net(), change.Amount.Value
	switch {
	case after.Less(before):
		return canonical.Movement{Move: canonical.Cancel, Amount: before.Sub(after)}, true
	case before.Less(after):
		return canonical.Movement{Move: canonical.Authorize, Amount: after.Sub(before)}, true
	}
	return m, false
}

// startNext starts the plan's next attempt: its intent was written when the operation began.
func (e *Engine) startNext(tx state.Tx, op *canonical.Operation, now time.Time) error {
	next, more := op.Current()
	if !more || next.State != canonical.Planned {
		return nil
	}
	request, err := tx.Requests().Get(next.ID)
	if err != nil {
		return err
	}
	startAttempt(next, request.Timeout, now, e.set.CallMargin)
	return nil
}
