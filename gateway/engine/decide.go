package engine

import (
	"errors"
	"slices"

	"github.com/lendgate/lendgate/canonical"
)

// decide gives the attempt its state and books what moved. It returns what the lender reports beyond
// this attempt: that becomes operations of their own.
func decide(c *change, op *canonical.Operation, attempt *canonical.Attempt, f finding) []canonical.Movement {
	before := attempt.State
	leftover := decideState(c, op, attempt, f)
	switch {
	case attempt.State == canonical.Queued:
		op.Recovery.Tries++
	case attempt.State != before:
		op.Recovery.Tries, op.Recovery.Unreached, op.Recovery.Absences, op.Recovery.AbsentSince, op.Recovery.Again = 0, 0, 0, nil, nil
	}
	if !attempt.State.Unresolved() {
		attempt.FinishedAt = &c.at
	}
	return leftover
}

func decideState(c *change, op *canonical.Operation, attempt *canonical.Attempt, f finding) []canonical.Movement {
	if f.err != nil {
		return decideFailed(c, op, attempt, f)
	}
	out := f.outcome
	attempt.State = out.State
	op.Reason, op.ProviderCode = out.Reason, out.Code
	if out.Alarm != "" {
		c.alarm("the lender broke its contract: " + out.Alarm)
	}
	switch out.State {
	case canonical.Succeeded:
		return decideSucceeded(c, op, attempt, f)
	case canonical.Declined:
		endRest(op, c.at)
		c.declined(attempt, out)
	case canonical.Waiting:
		op.Recovery.Taken = true
		c.learn(out.Sighting)
		c.follow(out.Sighting)
	case canonical.Doubtful:
		decideDoubt(c, attempt, out)
	}
	return nil
}

// decideDoubt: the call is over, however it ended, so no byte of it can leave any more.
func decideDoubt(c *change, attempt *canonical.Attempt, out canonical.Outcome) {
	if attempt.CallEndsAt == nil || attempt.CallEndsAt.After(c.at) {
		attempt.CallEndsAt = &c.at
	}
	if out.Sighting != nil && out.Sighting.Unknown {
		c.learn(out.Sighting)
	}
}

func decideFailed(c *change, op *canonical.Operation, attempt *canonical.Attempt, f finding) []canonical.Movement {
	kind := canonical.KindOf(f.err)
	if queues(op.Kind) && kind == canonical.ProviderUnavailable {
		attempt.State = canonical.Queued
		if op.Recovery.Tries == 0 {
			c.warnQueued()
		}
		return nil
	}
	attempt.State, attempt.Problem = canonical.Failed, string(kind)
	endRest(op, c.at)
	op.Recovery.Problem, op.Recovery.Detail, op.ProviderCode, op.Recovery.RetryAfter = kind, detailOf(f.err), codeOf(f.err), afterOf(f.err)
	if kind == canonical.OperationNotAllowed {
		c.hint() // the lender sees the order otherwise than our books do
	}
	if op.Kind == canonical.OpCancel && op.Origin == canonical.FromEngine && !op.Recovery.Expires {
		c.stillUnwanted(op, kind)
	}
	if op.Kind == canonical.OpCreate && c.order.Phase != canonical.Ended {
		c.order.Reason = string(kind)
		c.end(canonical.ByError)
	}
	if f.outcome.Sighting == nil {
		return nil
	}
	c.learn(f.outcome.Sighting)
	return c.differ(*f.outcome.Sighting)
}

// codeOf is the lender's own word for it.
func codeOf(err error) string {
	var e *canonical.Error
	if errors.As(err, &e) {
		return e.ProviderCode
	}
	return ""
}

// afterOf is how many seconds to wait before it is asked again; 0: nobody knows.
func afterOf(err error) int {
	var e *canonical.Error
	if errors.As(err, &e) && e.Next != nil {
		return e.Next.After
	}
	return 0
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

// end ends an order on which nothing is reserved; one that has ended stays as it is.
func (c *change) end(by canonical.EndedBy) {
	_ = c.order.Book(canonical.Movement{Move: canonical.End, EndedBy: by}, canonical.Entry{})
}

func (c *change) declined(attempt *canonical.Attempt, out canonical.Outcome) {
	c.learn(out.Sighting)
	c.follow(out.Sighting)
	if c.order.Reason == "" {
		c.order.Reason = out.Reason
	}
	if attempt.Kind == canonical.OpCreate {
		c.end(canonical.ByLender)
	}
}

// follow takes the phase a lender names, where it moves no money.
func (c *change) follow(s *canonical.Sighting) {
	if s == nil {
		return
	}
	movements, _, _ := canonical.Differ(c.order.Position(), *s)
	for _, m := range movements {
		if m.Move == canonical.Await || m.Move == canonical.End {
			_ = c.order.Book(m, canonical.Entry{})
		}
	}
}

// differ is what leads from our books to what the lender says; a contradiction is drift. A canceled
// order at a lender where nothing had been reserved may well turn up there, and wake cancels it.
func (c *change) differ(s canonical.Sighting) []canonical.Movement {
	movements, late, drift := canonical.Differ(c.order.Position(), s)
	switch {
	case drift != "" && c.givenUp() && !moneyed(s):
		return nil
	case drift != "":
		c.drift(drift)
	case late:
		c.alarm("money moved after the order had ended")
	}
	return movements
}

// moneyed says whether a sighting tells of money.
func moneyed(s canonical.Sighting) bool {
	return s.Phase == canonical.Open || s.Phase == canonical.Ended
}

func decideSucceeded(c *change, op *canonical.Operation, attempt *canonical.Attempt, f finding) []canonical.Movement {
	out := f.outcome
	attempt.LenderReference = referenceOf(attempt, out)
	entry := canonical.Entry{Operation: op.ID, Attempt: attempt.ID, Capture: attempt.Capture, Reference: attempt.LenderReference, At: c.at}
	if movement, moves := movementOf(c.order, attempt, op.Recovery.Change); moves {
		if op.Recovery.Expires && movement.Move == canonical.End {
			movement.EndedBy = canonical.ByTime
		}
		if err := c.order.Book(movement, entry); err != nil {
			c.drift("the lender did what our books cannot hold: " + err.Error())
		}
	}
	if rest := restOf(c.order.Position(), out.Sighting); attempt.Final && !rest.IsZero() {
		_ = c.order.Book(canonical.Movement{Move: canonical.Cancel, Amount: rest}, entry)
	}
	c.applyAgreed(op, attempt)
	c.learn(out.Sighting)
	if out.Sighting == nil || c.order.Drift != nil {
		return nil
	}
	return c.beyond(*out.Sighting, f.call && attempt.Kind != canonical.OpCreate && attempt.Kind != canonical.OpAuthorize)
}

// beyond is what else has moved at the lender. The reply to a movement is not enough to book another: the
// lender is read for it, and where it cannot be read that is drift.
func (c *change) beyond(s canonical.Sighting, ofReply bool) []canonical.Movement {
	beyond := c.differ(s)
	moved := slices.IndexFunc(beyond, func(m canonical.Movement) bool { return !m.Amount.IsZero() })
	switch {
	case moved < 0 || (!ofReply && !c.provider.Describe().Traits.Unreadable):
		return beyond
	case c.provider.Describe().Traits.Unreadable:
		c.drift("the lender's answer names other amounts than our books: " + string(beyond[moved].Move) + " of " + beyond[moved].Amount.String() + " is not known here")
	default:
		c.hint()
	}
	return nil
}

// restOf is what a final capture gave back: all that our books say remains, unless the lender says that
// less of its promise is gone.
func restOf(p canonical.Position, s *canonical.Sighting) canonical.Amount {
	rest := p.Remaining()
	if s == nil || s.Unknown || s.Net == nil || p.Net().Less(*s.Net) {
		return rest
	}
	return rest.Least(p.Net().Sub(*s.Net))
}

// referenceOf is the lender's reference of a movement: named by the reply, or listed under ours.
func referenceOf(attempt *canonical.Attempt, out canonical.Outcome) string {
	if out.Reference != "" || out.Sighting == nil {
		return out.Reference
	}
	for _, seen := range out.Sighting.Seen {
		if seen.Kind == attempt.Kind && seen.Reference == attempt.Reference {
			return seen.LenderReference
		}
	}
	return ""
}

// applyAgreed takes over what the caller wanted different, once the lender has agreed to it.
func (c *change) applyAgreed(op *canonical.Operation, attempt *canonical.Attempt) {
	change := op.Recovery.Change
	if change == nil || (attempt.Kind != canonical.OpUpdate && attempt.Kind != canonical.OpAuthorize) {
		return
	}
	applyChange(c.order, *change)
	if change.Reference != nil {
		c.order.ProviderOrder.Reference = attempt.Reference
	}
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
