package simulation

import (
	"time"

	"github.com/lendgate/lendgate/canonical"
)

// How long a run may last: with faults, and until everything is quiet afterwards.
const (
	longestFaults  = 10 * 24 * time.Hour
	longestHealing = 5 * 24 * time.Hour
	healingPause   = time.Second
)

// direct leads the run: faults, then healing, then the checks.
func (r *run) direct() {
	for r.trading > 0 && r.kernel.elapsed < longestFaults {
		r.kernel.wait(longestFaults-r.kernel.elapsed, &r.left)
	}
	r.heal()
	r.quiet()
	if r.stop != nil {
		r.stop.counts = false
	}
	r.check(func(i *invariant) bool {
		if i.quiet != nil {
			i.quiet(r)
		}
		return i.quiet != nil
	})
	r.up()
	r.conclude()
	r.read()
	r.enterAll()
	r.check(func(i *invariant) bool {
		if i.end != nil {
			i.end(r)
		}
		return i.end != nil
	})
	r.kernel.stopped = true
}

// heal ends all faults and sees to it that a gateway is up.
func (r *run) heal() {
	r.swarm.calm, r.healedAt = true, r.kernel.elapsed
	r.tell("director", "no more faults")
	r.kernel.raise(&r.changed)
	r.up()
}

// up waits for a gateway.
func (r *run) up() {
	for r.someProcess() == nil {
		r.kernel.wait(10*time.Minute, &r.started)
	}
}

// quiet lets time pass until nothing is on its way any more.
func (r *run) quiet() {
	pause := healingPause
	for r.busy > 0 || r.aloft > 0 || r.unsettled() {
		if r.kernel.elapsed > r.healedAt+longestHealing {
			return // the checks say what is left
		}
		r.kernel.sleep(pause)
		pause = min(pause*5/4, 10*time.Minute)
	}
}

// hopeless says whether an operation is a person's to end. Few runs wait for the days that recovery tries what
// cannot be known.
func (r *run) hopeless(u *undertaking) bool {
	stuck := u.op.State == canonical.Waiting && u.standing.order.Drift != nil
	return stuck || u.op.State == canonical.HandedOver || u.waitsBehind() || (!r.plan.waits && u.op.State == canonical.Doubtful && r.mayHandOver(u))
}

// unsettled says whether an operation is open that is not left to a person, or a look at a lender is due.
func (r *run) unsettled() bool {
	for _, u := range r.mirror.begun {
		if u.op.State.Unresolved() && !r.hopeless(u) {
			return true
		}
	}
	for _, s := range r.mirror.listed {
		if w := s.order.Hidden.Watch; w != nil && w.Hinted != nil && s.order.Hidden.Open == nil && s.order.ProviderOrder.ID != "" {
			return true
		}
	}
	return false
}

// read syncs every order once more, as a merchant would.
func (r *run) read() {
	for _, s := range r.mirror.listed {
		a := &asked{who: "director", kind: canonical.OpSync, order: s.order.ID}
		r.request(a, time.Minute)
	}
	for r.unsettled() && r.kernel.elapsed < r.healedAt+longestHealing {
		r.kernel.sleep(time.Minute)
	}
}
