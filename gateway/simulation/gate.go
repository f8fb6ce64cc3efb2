package simulation

import (
	"context"
	"errors"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// gate is one lender's in one process. It lets everything pass but what a fault stops or holds up: the
// real one is proven by its own tests.
type gate struct {
	process  *process
	lender   string
	opens    time.Duration // nothing is written until then
	draining bool
	taken    bool
	freed    signal
	stamped  map[string]int64
}

func (p *process) gate(name string) *gate {
	g := p.gates[name]
	if g == nil {
		g = &gate{process: p, lender: name, stamped: make(map[string]int64)}
		p.gates[name] = g
	}
	return g
}

var errClosed = errors.New("the breaker is open")

// Enter is adapters.Gate's.
func (g *gate) Enter(_ context.Context, e adapters.Errand) (func(adapters.Shown), error) {
	r := g.process.run
	if notRead(encounter{class: e.Class}) && g.shut() > 0 {
		return nil, errClosed
	}
	met, d := r.meet(atGate, encounter{lender: g.lender, what: string(e.Class), class: e.Class})
	switch {
	case met == nil:
		return func(adapters.Shown) {}, nil
	case met.name == gateClosed:
		return nil, errClosed
	case met.name == gateStaysClosed:
		g.close(d.anywhere(time.Second, longestClosed))
		return nil, errClosed
	}
	r.kernel.sleep(d.anywhere(100*time.Millisecond, longestHold))
	return func(adapters.Shown) {}, nil
}

// longestClosed is how long a breaker may keep everything but reads from a lender.
const longestClosed = 20 * time.Minute

// shut is for how long nothing is written.
func (g *gate) shut() time.Duration {
	if g.process.run.swarm.calm {
		return 0
	}
	return max(0, g.opens-g.process.run.kernel.elapsed)
}

// close keeps everything but reads out for a while. What is in doubt is looked up meanwhile, and what is queued
// is sent afterwards, as the gateway has it.
func (g *gate) close(until time.Duration) {
	p, k := g.process, g.process.run.kernel
	g.opens = k.elapsed + until
	k.spawn(p, "prober", func() {
		k.sleep(until / 2)
		_, _ = p.engine.LookUp(context.Background(), g.lender)
		k.sleep(g.shut())
		g.drain()
	})
}

// drain sends what is queued, unless that is being done.
func (g *gate) drain() {
	if g.draining {
		return
	}
	g.draining = true
	g.process.run.kernel.spawn(g.process, "drain", func() {
		defer func() { g.draining = false }()
		for sent, err := 1, error(nil); sent > 0 && err == nil; {
			sent, err = g.process.engine.Drain(context.Background(), g.lender)
		}
	})
}

// breakers are the gates of one process as the engine knows them.
type breakers struct{ process *process }

// Standing is engine.Gates'.
func (b breakers) Standing(string) (canonical.Gate, bool) { return canonical.Gate{}, false }

// Shut is engine.Gates'.
func (b breakers) Shut(provider, _ string) time.Duration { return b.process.gate(provider).shut() }

// Drain is engine.Gates'.
func (b breakers) Drain(provider string) { b.process.gate(provider).drain() }

// Force is engine.Gates': nobody does.
func (b breakers) Force(string, canonical.BreakerClass, *canonical.Forced) {}

// Release is engine.Gates': nothing is on hold.
func (b breakers) Release(string, string, string) bool { return false }

// longestHold is beyond what the engine lets a request wait before it leaves.
const longestHold = 2 * time.Minute

// Alone is adapters.Gate's.
func (g *gate) Alone(_ context.Context, f func() error) error {
	for g.taken {
		g.process.run.kernel.wait(-1, &g.freed)
	}
	g.taken = true
	defer func() {
		g.taken = false
		g.process.run.kernel.raise(&g.freed)
	}()
	return f()
}

// Stamp is adapters.Gate's.
func (g *gate) Stamp(bytes []byte, now time.Time) time.Time {
	at := max(now.Unix(), g.stamped[string(bytes)]+1)
	g.stamped[string(bytes)] = at
	return time.Unix(at, 0).UTC()
}
