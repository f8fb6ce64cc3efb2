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
	g.advancing.Lock()
	defer g.advancing.Unlock()
	g.loop.stop()
	defer g.loop.start()
	for end := g.clock.Now().Add(by); ; {
		if err := g.finishDue(ctx); err != nil {
			return g.clock.Now(), err
		}
		due, waits, err := g.nextDue(ctx)
		if err != nil {
			return g.clock.Now(), err
		}
		if !waits || due.After(end) {
			due = end
		}
		if !due.After(g.clock.Now()) && due.Equal(end) {
			return g.clock.Now(), nil
		}
		if err := g.clock.moveTo(due); err != nil {
			return g.clock.Now(), err
		}
	}
}

// finishDue does what is due by now, what that makes due, and waits for it.
func (g *Gateway) finishDue(ctx context.Context) error {
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
