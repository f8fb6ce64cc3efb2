package simulation

import (
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
)

// How long a run may last: with faults, and until everything is quiet afterwards.
const (
	longestFaults  = 10 * 24 * time.Hour
	longestHealing = 5 * 24 * time.Hour
	healingPause   = time.Second
	mostCommits    = 3000 // until the healing begins, whatever else
)

// direct leads the run: faults, then healing, then the checks.
func (r *run) direct() {
	for r.trading > 0 && r.kernel.elapsed < longestFaults && r.mirror.commits < mostCommits {
		r.kernel.wait(longestFaults-r.kernel.elapsed, &r.left)
	}
	r.heal()
	r.quiet(longestHealing)
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
	r.decide()
	r.up()
	r.healedAt = r.kernel.elapsed
}

// decide has lenders make up their minds: they take their time, but not for ever.
func (r *run) decide() {
	for _, s := range r.styles {
		for _, o := range r.book.lenders[s.name()].Orders() {
			if s.name() == "creditkey" && o.Status == "PENDING" {
				r.act(s.name(), lender.Act{Order: o.ID, Do: "approve"})
			}
		}
	}
}

// up waits for a gateway.
func (r *run) up() {
	for r.someProcess() == nil {
		r.kernel.wait(10*time.Minute, &r.started)
	}
}

// quiet lets time pass until nothing is on its way any more, at most so much: the checks say what is left.
func (r *run) quiet(most time.Duration) {
	pause, until := healingPause, r.kernel.elapsed+most
	for (r.busy > 0 || r.aloft > 0 || r.unsettled()) && r.kernel.elapsed < until {
		r.kernel.sleep(pause)
		pause = min(pause*5/4, 10*time.Minute)
	}
}

// hopeless says whether an operation is a person's to end. Few runs wait for the days that recovery tries what
// cannot be known.
func (r *run) hopeless(u *undertaking) bool {
	return u.op.State == canonical.HandedOver || u.waitsBehind() || (!r.plan.waits && u.op.State == canonical.Doubtful && r.mayHandOver(u))
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
	r.quiet(time.Hour)
}
