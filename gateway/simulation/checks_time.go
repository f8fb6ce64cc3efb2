package simulation

import (
	"bytes"
	"slices"

	"github.com/lendgate/lendgate/canonical"
)

// byTime are the routines that begin because it is time for them.
var byTime = []string{"recover", "watch", "message", "quarantine", "loop", "start"}

// timeAsks: what begins by the clock changes an order's money only with a lender's word, heard meanwhile.
func timeAsks(r *run, c *commit) {
	if !slices.Contains(byTime, c.routine) || r.kernel.running.heard > 0 {
		return
	}
	for _, change := range c.orders {
		now, was := change.standing.order.Position(), change.before.Position()
		if !change.fresh && asText(now.Ledger) != asText(was.Ledger) && !r.localOnly(c) {
			r.violated("books as they were, until a lender was heard", "%s after %s, by %s", asText(now), asText(was), c.routine)
		}
	}
}

// localOnly says whether the commit settles what no lender has to hear of.
func (r *run) localOnly(c *commit) bool {
	for _, change := range c.operations {
		for _, a := range change.op.Attempts {
			if r.mirror.requests[a.ID].Local {
				return true
			}
		}
	}
	return false
}

// noTrace: what is refused before it begins writes nothing.
func noTrace(r *run, a *asked) {
	if a.err == nil || a.wrote == 0 {
		return
	}
	switch canonical.KindOf(a.err) {
	case canonical.InvalidRequest, canonical.AmountExceeded, canonical.IdempotencyKeyReused, canonical.OperationUnsupported, canonical.ReferenceTaken, canonical.NotFound:
		r.violated("nothing written by what is refused", "%d commits: %v", a.wrote, a.err)
	}
}

// oneExecutes: of the requests with one key, one is told that it executed its operation; the others replay it.
func oneExecutes(r *run, a *asked) {
	if a.err != nil || a.answer.Replayed || a.answer.Operation.ID == "" {
		return
	}
	for _, before := range r.answers {
		if before != a && before.err == nil && !before.answer.Replayed && before.answer.Operation.ID == a.answer.Operation.ID {
			r.violated("one request that executed "+a.answer.Operation.ID, "two")
		}
	}
}

// hungUpEnds: what was begun for somebody who hung up ends like everything else.
func hungUpEnds(r *run) {
	for _, key := range r.unheard {
		for _, u := range r.mirror.begun {
			if u.op.Recovery.Key == key && u.op.State.Unresolved() && !r.hopeless(u) {
				r.violated("an end of "+u.op.ID+", whose caller hung up", "%s is %s", u.op.Kind, u.op.State)
			}
		}
	}
}

// repeatsChangeNothing: a message that was accepted before is known, however often it comes, until it is forgotten.
func repeatsChangeNothing(r *run, n *notice) {
	for _, before := range r.notices {
		known := before != n && before.err == nil && before.provider == n.provider && bytes.Equal(before.body, n.body) && before.accepted.Before(n.begun)
		forgotten := r.plan.keeps > 0 && !n.accepted.Before(before.begun.Add(r.plan.keeps))
		if known && !forgotten && n.err == nil && n.wrote > 0 {
			r.violated("nothing written for a message that was accepted before", "%d commits for %s", n.wrote, n.body)
		}
	}
}
