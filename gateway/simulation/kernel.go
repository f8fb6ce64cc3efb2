package simulation

import (
	"slices"
	"time"
)

// dawn is when every run begins.
var dawn = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// kernel is virtual time and everything that waits in it, on one goroutine. What happens at the same
// time happens in an order that is drawn.
type kernel struct {
	elapsed time.Duration // since dawn
	queue   queue
	serial  uint64
	tie     func() uint64
	crew    *crew
	running *routine
	living  []*routine
	graves  []*process // killed, and not yet buried
	stopped bool
	broke   *broken
	idle    func() // called before time moves on
	trace   trace
}

// now is the business time.
func (k *kernel) now() time.Time { return dawn.Add(k.elapsed) }

// ticket is one wait of one routine.
type ticket struct {
	routine *routine
	turn    uint64
}

func (k *kernel) ticket() ticket { return ticket{k.running, k.running.turn} }

// after has something happen later that belongs to no process: it is in flight somewhere.
func (k *kernel) after(d time.Duration, do func()) { k.schedule(d, event{do: do}) }

// wakeAfter ends a wait later, unless something else ends it before.
func (k *kernel) wakeAfter(d time.Duration, t ticket) { k.schedule(d, event{ticket: t}) }

func (k *kernel) schedule(d time.Duration, e event) {
	k.serial++
	e.at, e.serial, e.tie = k.elapsed+max(d, 0), k.serial, k.tie()
	k.queue.push(e)
}

// spawn starts a routine, of a process or of nobody's.
func (k *kernel) spawn(p *process, name string, work func()) {
	r := k.crew.hire()
	r.kernel, r.process, r.name, r.work = k, p, name, work
	r.dying, r.finished, r.tx, r.attempt, r.commits, r.heard, r.place = false, false, nil, "", 0, 0, len(k.living)
	k.living = append(k.living, r)
	k.wakeAfter(0, ticket{r, r.turn})
}

// sleep lets virtual time pass for whoever runs.
func (k *kernel) sleep(d time.Duration) {
	k.mourn()
	k.wakeAfter(d, k.ticket())
	k.running.pause()
}

// mourn ends whoever runs where its process is dead: what it defers must not act.
func (k *kernel) mourn() {
	if k.running.dying {
		panic(killed{})
	}
}

// signal is something that can be waited for.
type signal struct{ waiting []ticket }

// add forgets those who wait for something else by now, before they become many.
func (s *signal) add(t ticket) {
	if len(s.waiting) >= 16 {
		s.waiting = slices.DeleteFunc(s.waiting, func(old ticket) bool { return old.routine.turn != old.turn })
	}
	s.waiting = append(s.waiting, t)
}

// raise wakes whoever waits.
func (k *kernel) raise(s *signal) {
	for _, t := range s.waiting {
		k.wakeAfter(0, t)
	}
	s.waiting = s.waiting[:0]
}

// wait lets whoever runs wait for any of the signals, at most so long; below 0 it is as long as it takes.
func (k *kernel) wait(patience time.Duration, signals ...*signal) {
	k.mourn()
	t := k.ticket()
	for _, s := range signals {
		s.add(t)
	}
	if patience >= 0 {
		k.wakeAfter(patience, t)
	}
	k.running.pause()
}

// run lets everything happen until nothing waits any more, or the run is stopped.
func (k *kernel) run() {
	for {
		k.bury()
		if k.stopped {
			break
		}
		k.idle()
		e, any := k.queue.pop()
		if !any {
			break
		}
		k.happen(e)
	}
	k.close()
}

func (k *kernel) happen(e event) {
	if e.do == nil && (e.routine.turn != e.turn || e.routine.place < 0) {
		return // it waits for something else by now
	}
	k.elapsed = e.at
	if e.do != nil {
		e.do()
		return
	}
	k.resume(e.routine)
}

func (k *kernel) resume(r *routine) {
	before := k.running
	k.running = r
	k.trace.text(r.name)
	k.trace.number(uint64(k.elapsed))
	r.resume()
	k.running = before
	if r.finished {
		k.retire(r)
	}
}

// retire takes a routine whose work is done from the living.
func (k *kernel) retire(r *routine) {
	last := len(k.living) - 1
	k.living[r.place] = k.living[last]
	k.living[r.place].place = r.place
	k.living = k.living[:last]
	r.place, r.turn = -1, r.turn+1
	k.crew.idle = append(k.crew.idle, r)
}

// kill stops everything of a process where it stands.
func (k *kernel) kill(p *process) {
	p.dead, p.diedAt = true, k.elapsed
	k.graves = append(k.graves, p)
	for _, r := range k.living {
		if r.process == p {
			r.dying = true
		}
	}
	k.raise(&p.death)
	if k.running != nil && k.running.process == p {
		panic(killed{})
	}
}

// bury unwinds what is left of the processes that were killed.
func (k *kernel) bury() {
	for len(k.graves) > 0 {
		p := k.graves[0]
		k.graves = k.graves[1:]
		k.unwind(func(r *routine) bool { return r.process == p })
	}
}

func (k *kernel) unwind(which func(*routine) bool) {
	for _, r := range append([]*routine(nil), k.living...) {
		if r.place >= 0 && which(r) {
			r.dying = true
			k.resume(r)
		}
	}
}

// close ends whatever still waits.
func (k *kernel) close() {
	k.unwind(func(*routine) bool { return true })
	k.queue = k.queue[:0]
}

// breaks notes a panic of the code that runs here. The run is over.
func (k *kernel) breaks(b broken) {
	if k.broke == nil {
		k.broke, k.stopped = &b, true
	}
}
