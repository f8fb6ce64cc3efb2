package engine

import (
	"context"
	"slices"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// What is queued for a lender that nothing is written to is left alone until that has changed, and then
// sent in the order in which it was asked for, one after the other.

// drainFirst is how long what is queued is left to Drain once the lender can be reached.
const drainFirst = 10 * time.Second

// holdBack puts an operation's timer off while what it has queued would not be let through, and otherwise
// leaves it to Drain. What would be too late is not held back: it ends.
func (e *Engine) holdBack(ctx context.Context, opID string) (held bool, err error) {
	if e.gates == nil {
		return false, nil
	}
	s, err := e.standing(ctx, opID)
	if err != nil || !queued(&s.op) {
		return false, err
	}
	now := e.rt.Now()
	pause := e.gates.Shut(s.op.Provider, s.op.Merchant)
	due := now.Add(pause + drainFirst)
	if end := s.order.Deadlines.AuthorizationExpiresAt; end != nil && needsAuthorization(s.op.Kind) {
		if !now.Before(*end) {
			return false, nil
		}
		due = *earliest(due, *end)
	}
	err = e.commit(ctx, func(tx state.Tx) error {
		return e.put(tx, state.Timer{ID: timerID(opID), Kind: recoveryTimer, Subject: opID, Due: due})
	})
	if err == nil && pause == 0 {
		e.gates.Drain(s.op.Provider)
	}
	return true, err
}

func earliest(a, b time.Time) *time.Time {
	if a.Before(b) {
		return &a
	}
	return &b
}

// queued says whether an operation waits only for its lender to be reached.
func queued(op *canonical.Operation) bool {
	current, open := op.Current()
	return open && current.State == canonical.Queued
}

// Drain sends what is queued for a provider, the oldest first and one at a time, and stops where the
// lender cannot be reached again. It returns how many left the queue.
func (e *Engine) Drain(ctx context.Context, provider string) (left int, err error) {
	ops, err := e.unresolvedOf(ctx, provider, queued)
	for _, op := range ops {
		if ctx.Err() != nil {
			return left, ctx.Err()
		}
		if e.gates.Shut(op.Provider, op.Merchant) > 0 {
			continue // other credentials may do
		}
		s, err := e.sendNow(ctx, op.ID)
		if err != nil {
			return left, err
		}
		if !queued(&s.op) {
			left++
		}
	}
	return left, err
}

// handing is how often it is looked whether the fall of an operation's timer is over.
const handing = 100

// sendNow sends what an operation has queued. Its timer may be falling: that puts it off, which is not
// waited for long.
func (e *Engine) sendNow(ctx context.Context, opID string) (s settlement, err error) {
	for range handing {
		taken, err := e.lease(ctx, opID)
		if err != nil {
			return s, err
		}
		if taken {
			ctx, span := e.fallen(ctx, recoveryTimer)
			defer span.End()
			return e.work(ctx, opID, canonical.ByRecovery)
		}
		if s, err = e.standing(ctx, opID); err != nil || !queued(&s.op) {
			return s, err
		}
		if err := e.rt.Sleep(ctx, shortPause); err != nil {
			return s, err
		}
	}
	return s, nil
}

// LookUp asks a lender what became of the oldest operation in doubt there, where there is one. It says whether
// somebody else is asking already.
func (e *Engine) LookUp(ctx context.Context, provider string) (busy bool, err error) {
	doubts, err := e.unresolvedOf(ctx, provider, func(op *canonical.Operation) bool { return op.State == canonical.Doubtful })
	if err != nil || len(doubts) == 0 {
		return false, err
	}
	taken, err := e.lease(ctx, doubts[0].ID)
	if err != nil || !taken {
		return err == nil, err
	}
	ctx, span := e.fallen(ctx, recoveryTimer)
	defer span.End()
	_, err = e.work(ctx, doubts[0].ID, canonical.ByRecovery)
	return false, err
}

// unresolvedOf lists a provider's unresolved operations, the oldest first.
func (e *Engine) unresolvedOf(ctx context.Context, provider string, keep func(*canonical.Operation) bool) (ops []canonical.Operation, err error) {
	err = e.store.View(ctx, func(r state.Reader) (err error) {
		ops, err = r.Operations(state.Scope{}, true, "", noLimit, func(op *canonical.Operation) bool {
			return op.Provider == provider && keep(op)
		})
		return err
	})
	slices.Reverse(ops)
	return ops, err
}

// warnQueued alarms where something waits for a lender that cannot be reached, and the authorization it
// needs ends before long.
func (c *change) warnQueued() {
	end, open := c.order.Deadlines.AuthorizationExpiresAt, c.order.Hidden.Open
	if end == nil || open == nil || !needsAuthorization(open.Kind) {
		return
	}
	if w := (waiting{order: c.order, watch: &canonical.Watch{}}).warning(); w == nil || c.at.Before(*w) {
		return
	}
	c.alarm("a " + string(open.Kind) + " waits for a lender that cannot be reached, and its authorization ends at " + end.Format(time.RFC3339))
}
