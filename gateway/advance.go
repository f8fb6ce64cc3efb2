package gateway

import (
	"context"
	"sync"
	"time"

	"github.com/lendgate/lendgate/gateway/engine"
)

// looping runs the engine's loop, and can stop it for a while.
type looping struct {
	engine *engine.Engine
	mu     sync.Mutex
	cancel context.CancelFunc // nil: it does not run
	done   chan struct{}
}

func (l *looping) start() {
	l.mu.Lock()
	defer l.mu.Unlock()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	l.cancel, l.done = cancel, done
	go func() {
		defer close(done)
		l.engine.Loop(ctx)
	}()
}

func (l *looping) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cancel != nil {
		l.cancel()
		<-l.done
		l.cancel = nil
	}
}

// advance moves business time of the gateway and of the simulated lenders on together, from one time at
// which something falls due to the next. Each is done before time goes on. Where ctx ends before, it returns
// how far it came.
func (g *Gateway) advance(ctx context.Context, by time.Duration) (time.Time, error) {
	select {
	case g.advancing <- struct{}{}:
		defer func() { <-g.advancing }()
	case <-ctx.Done():
		return g.clock.Now(), ctx.Err()
	}
	g.loop.stop()
	defer g.loop.start()
	end, step := g.clock.Now().Add(by), shortestStep
	for {
		at := g.clock.Now()
		if err := g.finishDue(ctx, at); err != nil || !at.Before(end) {
			return g.clock.Now(), err
		}
		next, waits, err := g.nextDue(ctx)
		if err != nil {
			return g.clock.Now(), err
		}
		now := g.clock.Now()
		if waits && !next.After(now) { // merchants make new work faster than it can be done: time goes on all the same
			next, step = now.Add(step), min(2*step, longestStep)
		} else {
			step = shortestStep
		}
		if !waits || next.After(end) {
			next = end
		}
		if err := g.clock.moveTo(next); err != nil {
			return g.clock.Now(), err
		}
	}
}

// How far time goes at once while there is always something due.
const (
	shortestStep = time.Second
	longestStep  = time.Minute
)

// finishDue does what was due at a time, what that makes due by then, and waits for it.
func (g *Gateway) finishDue(ctx context.Context, at time.Time) error {
	for {
		if err := g.world.Wake(g.clock.Now()); err != nil {
			return err
		}
		if err := g.machine.settle(ctx); err != nil {
			return err
		}
		done, err := g.Engine.Tick(ctx)
		if err != nil {
			return err
		}
		if err := g.machine.settle(ctx); err != nil || done == 0 {
			return err
		}
		due, waits, err := g.nextDue(ctx)
		if err != nil || !waits || due.After(at) {
			return err
		}
	}
}

// nextDue is when something falls due, here or at a lender.
func (g *Gateway) nextDue(ctx context.Context) (time.Time, bool, error) {
	due, waits, err := g.Engine.NextDue(ctx)
	if there, waitsThere := g.world.Due(); waitsThere && (!waits || there.Before(due)) {
		due, waits = there, true
	}
	return due, waits, err
}
