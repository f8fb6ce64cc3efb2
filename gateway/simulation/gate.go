package simulation

import (
	"context"
	"errors"
	"time"

	"github.com/lendgate/lendgate/adapters"
)

// gate is one lender's in one process. It lets everything pass but what a fault stops or holds up: the
// real one is proven by its own tests.
type gate struct {
	process *process
	lender  string
	taken   bool
	freed   signal
	stamped map[string]int64
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
	met, d := r.meet(atGate, encounter{lender: g.lender, what: string(e.Class), class: e.Class})
	if met == nil {
		return func(adapters.Shown) {}, nil
	}
	if met.name == gateClosed {
		return nil, errClosed
	}
	r.kernel.sleep(d.anywhere(100*time.Millisecond, longestHold))
	return func(adapters.Shown) {}, nil
}

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
