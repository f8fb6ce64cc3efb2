package simulation

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/canonical"
)

// touched lists the orders a commit is about, each once.
func (c *commit) touched() []*standing {
	var all []*standing
	for _, change := range c.orders {
		all = append(all, change.standing)
	}
	for _, change := range c.operations {
		if !slices.Contains(all, change.standing) {
			all = append(all, change.standing)
		}
	}
	return all
}

// oneOpen: beside the one that holds the order there may be a cancel that waits for it, or a create whose
// order was given up.
func oneOpen(r *run, c *commit) {
	for _, s := range c.touched() {
		for _, u := range s.unresolved() {
			open := s.order.Hidden.Open
			waits := u.op.ID == s.order.Hidden.Waiting && u.op.Kind == canonical.OpCancel
			givenUp := u.op.Kind == canonical.OpCreate && s.order.EndedBy == canonical.ByCancel
			if !waits && !givenUp && (open == nil || open.ID != u.op.ID) {
				r.violated("one operation that holds "+s.order.ID, "%s %s is %s", u.op.Kind, u.op.ID, u.op.State)
			}
		}
	}
}

// intentFirst: what is about to leave is durable, byte for byte, and may still leave.
func intentFirst(r *run, s *sending) {
	stored, known := r.mirror.requests[s.id]
	switch a := r.mirror.attempt(s.id); {
	case !known || a == nil:
		r.violated("a durable intent of "+s.id, "none")
	case stored.Method != s.request.Method || stored.Path != s.request.Path || !bytes.Equal(stored.Body, s.request.Body):
		r.violated("the bytes that were written before", "%s %s %s", s.request.Method, s.request.Path, s.request.Body)
	case s.request.Harmless: // a second one reserves and owes nothing
	case !s.request.Repeat && a.State != canonical.Started:
		r.violated("an attempt that is started", "%s is %s", s.id, a.State)
	case a.CallEndsAt == nil || a.CallEndsAt.Before(r.kernel.now()):
		r.violated("a call that may still leave", "%s ended at %v", s.id, a.CallEndsAt)
	}
}

func oneTimer(r *run, c *commit) {
	for _, s := range c.touched() {
		for _, u := range s.operations {
			r.timed(u)
		}
	}
	for _, id := range c.timers {
		if u := r.mirror.operations[strings.TrimPrefix(id, recoveryTimer)]; u != nil {
			r.timed(u)
		}
	}
}

const recoveryTimer = "recover:"

func (r *run) timed(u *undertaking) {
	_, has := r.mirror.timers[recoveryTimer+u.op.ID]
	if has != u.op.State.Unresolved() {
		r.violated("a timer exactly while it is unresolved", "%s %s is %s, timer: %v", u.op.Kind, u.op.ID, u.op.State, has)
	}
}

func versionsCount(r *run, c *commit) {
	for _, change := range c.orders {
		after, before := change.standing.order.Version, change.before.Version
		if after != before && after != before+1 {
			r.violated("a version after "+number(before), "%d", after)
		}
		if after == before && change.standing.order.Status != change.before.Status {
			r.violated("a new version for a new status", "version %d is %s, and was %s", after, change.standing.order.Status, change.before.Status)
		}
	}
}

func chained(r *run, c *commit) {
	for i := range c.events {
		e := &c.events[i]
		s := r.mirror.orders[e.Order]
		at := slices.IndexFunc(s.events, func(other canonical.SealedEvent) bool { return other.Sequence == e.Sequence })
		before := ""
		if at > 0 {
			before = s.events[at-1].Hash
		}
		if e.Sequence != at+1 || e.PreviousHash != before || e.Hash != link(before, e.Body) {
			r.violated("event "+number(at+1)+" of "+e.Order+" chained to the one before", "event %d", e.Sequence)
		}
	}
	for _, change := range c.orders {
		h, s := &change.standing.order.Hidden, change.standing
		if h.Events != len(s.events) || (len(s.events) > 0 && h.LastHash != s.events[len(s.events)-1].Hash) {
			r.violated("the order at the end of its chain", "%d events, the order knows %d", len(s.events), h.Events)
		}
	}
}

// link is the hash that chains an event to the one before it, as the contract describes it.
func link(before string, body []byte) string {
	sum := sha256.Sum256(append([]byte(before), body...))
	return hex.EncodeToString(sum[:])
}

// movesOfTheTable: an order goes from phase to phase as the moves allow, and no amount shrinks.
func movesOfTheTable(r *run, c *commit) {
	for _, change := range c.orders {
		after, before := change.standing.order.Position(), change.before.Position()
		if change.fresh {
			continue
		}
		if after.Authorized.Less(before.Authorized) || after.Captured.Less(before.Captured) || after.Canceled.Less(before.Canceled) || after.Refunded.Less(before.Refunded) {
			r.violated("a ledger that grows", "%+v after %+v", after.Ledger, before.Ledger)
		}
		if !after.Holds() {
			r.violated("captured and canceled within authorized, refunded within captured", "%+v", after.Ledger)
		}
		if !reachable(before, after) {
			r.violated("a phase that "+string(before.Phase)+" leads to", "%s", after.Phase)
		}
	}
}

// reachable: an order waits, is open, and ends. Money that moved after the end opens it again, and a waiting
// order may be told to wait for somebody else.
func reachable(before, after canonical.Position) bool {
	switch {
	case before.Phase == after.Phase:
		return true
	case before.Phase == canonical.Open:
		return after.Phase == canonical.Ended
	case before.Phase == canonical.Ended:
		return after.Phase == canonical.Open && before.Authorized.Less(after.Authorized)
	}
	return true
}

// endsAreFinal: a settled operation never changes its mind, nor does an attempt.
func endsAreFinal(r *run, c *commit) {
	for _, change := range c.operations {
		if a, open := change.op.Current(); open && !change.op.State.Unresolved() {
			r.violated("every attempt of "+change.op.ID+", which is "+string(change.op.State)+", settled", "%s is %s", a.ID, a.State)
		}
		if change.fresh {
			continue
		}
		if was := change.before.State; !was.Unresolved() && was != change.op.State {
			r.violated(change.op.ID+" stays "+string(was), "%s", change.op.State)
		}
		for _, a := range change.before.Attempts {
			if now := attemptIn(&change.op, a.ID); now == nil || (!a.State.Unresolved() && now.State != a.State) {
				r.violated(a.ID+" stays "+string(a.State), "%+v", now)
			}
		}
	}
}
