package simulation

import (
	"context"
	"fmt"
	"time"

	"github.com/lendgate/lendgate/gateway/engine"
)

// process is one start of a gateway: what it does ends with it, what it wrote and sent does not.
type process struct {
	run    *run
	node   string
	epoch  int
	engine *engine.Engine
	ready  bool
	dead   bool
	diedAt time.Duration
	death  signal
	gates  map[string]*gate
	idle   idling
}

// idling is the loop of a process while nothing is due.
type idling struct {
	waits bool
	since time.Duration
	armed time.Duration // when it looks next; 0: not known
	woken signal
}

func (p *process) String() string { return fmt.Sprintf("%s/%d", p.node, p.epoch) }

// boot starts a process, which takes up what the node left, and works until it is killed.
func (r *run) boot(node string) {
	r.epochs++
	p := &process{run: r, node: node, epoch: r.epochs, gates: make(map[string]*gate)}
	r.processes = append(r.processes, p)
	r.tell(p.String(), "starts")
	r.kernel.spawn(p, "start", func() {
		if err := p.open(context.Background()); err != nil {
			r.tell(p.String(), "cannot start: %v", err)
			r.crash(p)
		}
		p.ready = true
		r.kernel.raise(&r.started)
		r.kernel.spawn(p, "loop", func() { p.engine.Loop(context.Background()) })
	})
}

func (p *process) open(ctx context.Context) (err error) {
	settings := engine.DefaultSettings
	settings.Node, settings.KeepBodies = p.node, p.run.plan.keeps
	p.engine, err = engine.New(ctx, engine.Options{
		Store: p.run.store.gateway(p.node), Providers: p.run.providersOf(p), Runtime: p.runtime(), Settings: settings,
		Gates: breakers{p}, Log: p.run.log,
	})
	if err != nil {
		return err
	}
	return p.engine.Resume(ctx)
}

func (p *process) runtime() engine.Runtime {
	return engine.Runtime{Now: p.run.kernel.now, Sleep: p.sleep, Start: p.start, NewID: p.run.newID, Entropy: p.run.entropy}
}

// sleep is the engine's. The loop of a process sleeps until it would find something due: nothing it
// could see comes up before.
func (p *process) sleep(ctx context.Context, d time.Duration) error {
	k := p.run.kernel
	if k.running.name != "loop" {
		k.wait(d, hungUp(ctx))
		return ctx.Err()
	}
	p.idle = idling{waits: true, since: k.elapsed, woken: p.idle.woken}
	p.run.stale = true
	k.wait(-1, &p.idle.woken)
	p.idle.waits = false
	return ctx.Err()
}

// loopPause is how often the loop of a gateway looks.
const loopPause = 500 * time.Millisecond

// arm has the loop look again when something is due by then.
func (p *process) arm(due time.Duration) {
	late := max(due-p.idle.since, 1)
	at := p.idle.since + (late+loopPause-1)/loopPause*loopPause
	if p.idle.armed != 0 && p.idle.armed <= at {
		return
	}
	k := p.run.kernel
	p.idle.armed = at
	for _, t := range p.idle.woken.waiting {
		k.wakeAfter(at-k.elapsed, t)
	}
}

// start is the engine's: work that goes on whether or not anybody waits for it.
func (p *process) start(name string, f func(context.Context)) func(context.Context, time.Duration) bool {
	k := p.run.kernel
	var done bool
	ended := &signal{}
	k.spawn(p, name, func() {
		f(context.Background())
		done = true
		k.raise(ended)
	})
	return func(ctx context.Context, patience time.Duration) bool {
		for until := k.elapsed + patience; !done && k.elapsed < until && ctx.Err() == nil; {
			k.wait(until-k.elapsed, ended, hungUp(ctx))
		}
		return done
	}
}

// line is the connection of a client, which may hang up.
type line struct {
	context.Context
	done chan struct{}
	err  error
	hung signal
}

type lineKey struct{}

func newLine() *line { return &line{Context: context.Background(), done: make(chan struct{})} }

// Done and the others make a line the context of a request.
func (l *line) Done() <-chan struct{} { return l.done }

// Err is context.Canceled once the client has hung up.
func (l *line) Err() error { return l.err }

// Value finds the line again in contexts that were made of it.
func (l *line) Value(key any) any {
	if key == (lineKey{}) {
		return l
	}
	return l.Context.Value(key)
}

func (l *line) hangUp(k *kernel) {
	if l.err == nil {
		l.err = context.Canceled
		close(l.done)
		k.raise(&l.hung)
	}
}

// hungUp is raised when the client of a context hangs up.
func hungUp(ctx context.Context) *signal {
	if l, is := ctx.Value(lineKey{}).(*line); is && ctx.Done() != nil {
		return &l.hung
	}
	return &signal{}
}
