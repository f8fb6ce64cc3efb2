package engine

import (
	"context"
	"slices"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// The kinds of timer.
const (
	recoveryTimer   = "recover"    // looks after an unresolved operation: exactly one each
	watchTimer      = "watch"      // looks after an order: at most one each
	messageTimer    = "message"    // a notification: looks for its order, then forgets it
	quarantineTimer = "quarantine" // a provider after a restore
)

func timerID(op string) string { return recoveryTimer + ":" + op }

// The rhythm of the loop and of recovery.
const (
	claimAtOnce  = 32
	leaseFor     = 2 * time.Minute
	longestPause = 500 * time.Millisecond
	shortPause   = 10 * time.Millisecond
	waitingPause = time.Minute
	mostAtOnce   = 256
	queuedPauses = 3 // how far into the schedule the pauses grow of what waits for a lender that cannot be reached
)

// schedules is how long to wait after each round of recovery in which the lender answered; when they are
// spent a person must decide, and the lender is still asked daily, because evidence still counts.
var schedules = func() []time.Duration {
	pauses := []time.Duration{2 * time.Second, 10 * time.Second, 30 * time.Second}
	for range 60 { // to the end of the first hour
		pauses = append(pauses, time.Minute)
	}
	for range 92 { // to the end of the first day
		pauses = append(pauses, 15*time.Minute)
	}
	for range 48 { // two days more
		pauses = append(pauses, time.Hour)
	}
	return pauses
}()

const (
	daily = 24 * time.Hour
	// giveUpAfter is when a person must decide about a doubt whose lender does not answer.
	giveUpAfter = 3 * daily
)

// schedule gives an unresolved operation its one timer, and takes it from a resolved one.
func (e *Engine) schedule(tx state.Tx, op *canonical.Operation, now time.Time) error {
	if !op.State.Unresolved() {
		return tx.Timers().Delete(timerID(op.ID))
	}
	timer := state.Timer{ID: timerID(op.ID), Kind: recoveryTimer, Subject: op.ID, Due: now.Add(pause(op, now))}
	if current, open := op.Current(); open && current.State == canonical.Started {
		timer.Owner, timer.Due = e.set.Node, *current.CallEndsAt
	}
	return e.put(tx, timer)
}

// pause is how long an unresolved operation is left alone. One read that may be proof of absence wants
// its second soon.
func pause(op *canonical.Operation, now time.Time) time.Duration {
	tries, absent, again := op.Recovery.Tries, op.Recovery.AbsentSince, op.Recovery.Again
	switch {
	case absent != nil && now.Before(absent.Add(absentGap)):
		return absent.Add(absentGap).Sub(now)
	case op.State == canonical.Queued && len(op.Attempts) > 0 && tries == 0:
		return 0
	case op.State == canonical.Queued && len(op.Attempts) > 0:
		return schedules[min(tries, queuedPauses)-1]
	case op.Recovery.Unreached > 0 && (op.State == canonical.Doubtful || op.State == canonical.Waiting):
		return schedules[min(op.Recovery.Unreached, queuedPauses+1)-1]
	case op.State == canonical.Waiting:
		return max(waitingPause, schedules[min(tries, len(schedules)-1)])
	case op.State == canonical.Doubtful && again != nil && again.After(now):
		return min(again.Sub(now), schedules[min(tries, len(schedules)-1)])
	case op.State == canonical.Doubtful:
		return schedules[min(tries, len(schedules)-1)]
	}
	return daily
}

func (e *Engine) put(tx state.Tx, timer state.Timer) error {
	err := tx.Timers().Insert(timer.ID, timer)
	if err == state.ErrExists {
		err = tx.Timers().Replace(timer.ID, timer)
	}
	return err
}

// Resume makes due at once what this node had under way when it stopped: its calls are over. After a
// restore it puts every provider in quarantine first.
func (e *Engine) Resume(ctx context.Context) error {
	if err := e.quarantine(ctx); err != nil {
		return err
	}
	var left []state.Timer
	err := e.store.View(ctx, func(r state.Reader) (err error) {
		left, err = r.TimersOf(e.set.Node)
		return err
	})
	if err != nil {
		return err
	}
	for _, timer := range left {
		if err := e.makeDue(ctx, timer.ID); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) makeDue(ctx context.Context, id string) error {
	now := e.rt.Now()
	return e.commit(ctx, func(tx state.Tx) error {
		timer, err := tx.Timers().Get(id)
		if err == state.ErrNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		timer.Owner, timer.Due = "", now
		if timer.Kind == recoveryTimer {
			if err := endCall(tx, timer.Subject, now); err != nil {
				return err
			}
		}
		return tx.Timers().Replace(id, timer)
	})
}

// endCall notes that the process which had the call is gone, so that no byte of it can leave any more.
func endCall(tx state.Tx, opID string, now time.Time) error {
	op, err := tx.Operations().Get(opID)
	if err != nil {
		return err
	}
	current, open := op.Current()
	if !open || current.CallEndsAt == nil || !current.CallEndsAt.After(now) {
		return nil
	}
	current.CallEndsAt = &now
	return tx.Operations().Replace(op.ID, op)
}

// Loop does what is due until ctx ends, so much at once and no more.
func (e *Engine) Loop(ctx context.Context) {
	var underWay []waitFor
	for ctx.Err() == nil {
		underWay = slices.DeleteFunc(underWay, func(wait waitFor) bool { return wait(ctx, 0) })
		if len(underWay) > mostAtOnce-claimAtOnce {
			_ = e.rt.Sleep(ctx, shortPause)
			continue
		}
		started, err := e.claim(ctx)
		underWay = append(underWay, started...)
		if err != nil && ctx.Err() == nil {
			e.log.Error("due work", "error", err)
		}
		if len(started) == 0 || err != nil {
			_ = e.rt.Sleep(ctx, longestPause)
		}
	}
}

// Tick leases what is due and starts it. It returns how much that was.
func (e *Engine) Tick(ctx context.Context) (int, error) {
	started, err := e.claim(ctx)
	return len(started), err
}

// waitFor waits for work that was started, and says whether it is done.
type waitFor = func(context.Context, time.Duration) bool

func (e *Engine) claim(ctx context.Context) (started []waitFor, err error) {
	now := e.rt.Now()
	due, err := e.store.Claim(ctx, e.set.Node, now, now.Add(leaseFor), claimAtOnce)
	for _, timer := range due {
		started = append(started, e.rt.Start(timer.Kind, func(ctx context.Context) {
			ctx, span := e.fallen(ctx, timer.Kind)
			defer span.End()
			if err := e.fall(ctx, timer); err != nil {
				e.log.ErrorContext(ctx, timer.Kind, "of", timer.Subject, "error", err)
			}
		}))
	}
	return started, err
}

// fall does the work of a timer that has fallen due.
func (e *Engine) fall(ctx context.Context, timer state.Timer) error {
	switch timer.Kind {
	case recoveryTimer:
		_, err := e.work(ctx, timer.Subject, canonical.ByRecovery)
		return err
	case messageTimer:
		return e.deliver(ctx, timer.Subject)
	case quarantineTimer:
		return e.readBack(ctx, timer.Subject)
	case watchTimer:
		return e.lookAfter(ctx, timer.Subject)
	}
	return e.commit(ctx, func(tx state.Tx) error { return tx.Timers().Delete(timer.ID) }) // of an older format
}

// lease takes an operation's timer for work that does not wait for its due time, unless a call or
// another recovery is under way.
func (e *Engine) lease(ctx context.Context, opID string) (taken bool, err error) {
	err = e.commit(ctx, func(tx state.Tx) error {
		taken = false
		timer, err := tx.Timers().Get(timerID(opID))
		if err == state.ErrNotFound {
			return nil
		}
		now := e.rt.Now()
		if err != nil || (timer.Owner != "" && timer.Due.After(now)) {
			return err
		}
		taken = true
		return tx.Timers().Replace(timer.ID, e.leased(opID, now))
	})
	return taken, err
}

// leased is an operation's timer while this node works on it.
func (e *Engine) leased(opID string, now time.Time) state.Timer {
	return state.Timer{ID: timerID(opID), Kind: recoveryTimer, Subject: opID, Owner: e.set.Node, Due: now.Add(leaseFor)}
}
