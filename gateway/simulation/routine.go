package simulation

import (
	"fmt"
	"iter"
	"runtime/debug"
)

// routine is something that waits now and then: a request at the gateway, its loop, a merchant. It runs
// on the kernel's goroutine, one at a time, and gives up control only where it waits.
type routine struct {
	kernel   *kernel
	name     string
	process  *process // the gateway process it belongs to; nil: it outlives every crash
	work     func()
	turn     uint64 // counts its waits, so that a wake-up meant for an earlier one is void
	place    int    // in the kernel's list of the living; -1: it is not in it
	dying    bool
	finished bool

	tx      *written // what the transaction under way writes
	attempt string   // the attempt it is sending
	commits int      // how often it has committed
	heard   int      // replies of lenders

	resume func() (struct{}, bool)
	end    func()
	yield  func(struct{}) bool
}

// killed unwinds a routine whose process was killed. Nothing recovers it on the way.
type killed struct{}

// broken is a panic of the code that runs in the simulation, with its stack.
type broken struct {
	value any
	stack []byte
}

// crew keeps routines that have nothing to do: a new coroutine would have to grow its stack again.
type crew struct{ idle []*routine }

func (c *crew) hire() *routine {
	if last := len(c.idle) - 1; last >= 0 {
		r := c.idle[last]
		c.idle = c.idle[:last]
		return r
	}
	r := &routine{}
	r.resume, r.end = iter.Pull(func(yield func(struct{}) bool) {
		r.yield = yield
		for {
			r.perform()
			if !yield(struct{}{}) {
				return
			}
		}
	})
	return r
}

// dismiss lets all of them go.
func (c *crew) dismiss() {
	for _, r := range c.idle {
		r.end()
	}
	c.idle = nil
}

// perform does the work to its end, or to the death of its process.
func (r *routine) perform() {
	defer func() {
		r.finished = true
		if p := recover(); p != nil && p != any(killed{}) {
			r.kernel.breaks(broken{p, debug.Stack()})
		}
	}()
	if !r.dying {
		r.work()
	}
}

// pause gives up control until the kernel comes back to this wait.
func (r *routine) pause() {
	r.yield(struct{}{})
	r.turn++
	if r.dying {
		panic(killed{})
	}
}

// String names the routine, and the process it dies with.
func (r *routine) String() string {
	if r.process == nil {
		return r.name
	}
	return fmt.Sprintf("%s on %s", r.name, r.process)
}
