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

// holdBack puts off what an operation has queued: while it would not be let through, and otherwise because
// Drain sends it in its turn. What would be too late is not held back: it ends.
func (e *Engine) holdBack(ctx context.Context, d *doubt) (held bool, err error) {
	if e.gates == nil {
		return false, nil
	}
	now, pause := e.rt.Now(), e.gates.Shut(d.op.Provider, d.op.Merchant)
	due := now.Add(pause + drainFirst)
	if end := d.order.Deadlines.AuthorizationExpiresAt; end != nil && needsAuthorization(d.attempt.Kind) {
		if !now.Before(*end) {
			return false, nil
		}
		due = *earliest(due, *end)
	}
	err = e.commit(ctx, func(tx state.Tx) error {
		op, err := tx.Operations().Get(d.op.ID)
		if err != nil || !queued(&op) { // it was withdrawn meanwhile, and its timer with it
			return err
		}
		return e.put(tx, state.Timer{ID: timerID(op.ID), Kind: recoveryTimer, Subject: op.ID, Due: due})
	})
	if err == nil && pause == 0 {
		e.gates.Drain(d.op.Provider)
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
			return e.inTurn(ctx, opID)
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

// inTurn sends what an operation has queued: its turn has come. Its timer is leased by the caller.
func (e *Engine) inTurn(ctx context.Context, opID string) (settlement, error) {
	s, err := e.standing(ctx, opID)
	if err != nil || !queued(&s.op) {
		return s, err
	}
	comesFrom(ctx, &s.op)
	d, err := e.doubtOf(ctx, s)
	if err != nil {
		return s, err
	}
	if d.shut {
		return s, e.waitOut(ctx, opID)
	}
	return e.sendQueued(ctx, d)
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
