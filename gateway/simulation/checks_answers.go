package simulation

import (
	"github.com/lendgate/lendgate/canonical"
)

// progress is how far a state is: answers about one operation never go back. What is queued may be started,
// and what is in doubt may be sent again as the next attempt of its plan.
var progress = map[canonical.OperationState]int{
	canonical.Started: 1, canonical.Queued: 1, canonical.Waiting: 1, canonical.Doubtful: 1, canonical.HandedOver: 1,
	canonical.Succeeded: 2, canonical.Declined: 2, canonical.Failed: 2, canonical.Incomplete: 2,
}

// forwardAnswers compares an answer with what was told before about the same key.
func forwardAnswers(r *run, a *asked) {
	if a.err != nil || a.kind == "" || a.kind == canonical.OpSync {
		return
	}
	for _, before := range r.answers {
		if before == a || before.key != a.key || before.meaning != a.meaning || before.err != nil || before.answered > a.invoked {
			continue
		}
		now, was := a.answer.Operation, before.answer.Operation
		switch {
		case now.ID != was.ID && !r.freed(was.ID):
			r.violated("operation "+was.ID+" again for key "+a.key, "%s", now.ID)
		case now.ID == was.ID && (progress[now.State] < progress[was.State] || progress[was.State] == 2 && now.State != was.State):
			r.violated(was.ID+" not before "+string(was.State), "%s", now.State)
		}
	}
}

// freed says that an operation certainly did not happen in a way that lets its key go: whoever was told that
// it had begun makes a new one with the same key.
func (r *run) freed(id string) bool {
	u := r.mirror.operations[id]
	if u == nil || u.op.State != canonical.Failed {
		return false
	}
	switch u.op.Recovery.Problem {
	case canonical.ProviderBusy, canonical.ProviderUnavailable, canonical.ProviderMisconfigured, canonical.ProviderGarbled, canonical.ProviderOff:
		return true
	}
	return false
}

// otherPayload: a key whose request was taken is refused for any other request.
func otherPayload(r *run, a *asked) {
	if a.err != nil || a.kind == "" || a.kind == canonical.OpSync {
		return
	}
	for _, before := range r.answers {
		if before.key == a.key && before.meaning != a.meaning && before.err == nil && before.kind == a.kind {
			r.violated("key "+a.key+" refused for another request", "%s", a.answer.Operation.ID)
		}
	}
}

// readsOwnWrites: who asked after an answer was there sees at least what it told.
func readsOwnWrites(r *run, a *asked) {
	if a.seen.ID == "" || a.err != nil || a.answer.Replayed {
		return
	}
	for _, before := range r.answers {
		if before == a || before.err != nil || before.answered > a.invoked || before.seen.ID != a.seen.ID {
			continue
		}
		if a.seen.Version < before.seen.Version {
			r.violated("version "+number(before.seen.Version)+" or later", "%d", a.seen.Version)
		}
	}
}

func acknowledgedExists(r *run) {
	for _, a := range r.answers {
		if a.err != nil || a.answer.Operation.ID == "" {
			continue
		}
		u, s := r.mirror.operations[a.answer.Operation.ID], r.mirror.orders[a.answer.Order.ID]
		switch {
		case u == nil || s == nil:
			r.violated(a.answer.Operation.ID+" of "+a.answer.Order.ID, "nothing")
		case s.order.Version < a.answer.Order.Version:
			r.violated("version "+number(a.answer.Order.Version)+" of "+s.order.ID, "%d", s.order.Version)
		case progress[u.op.State] < progress[a.answer.Operation.State], progress[a.answer.Operation.State] == 2 && u.op.State != a.answer.Operation.State:
			r.violated(u.op.ID+" "+string(a.answer.Operation.State), "%s", u.op.State)
		}
	}
}

// oneForEachKey: of the operations that were asked for with one key at most one may have happened.
func oneForEachKey(r *run) {
	byKey := make(map[string]*undertaking)
	for _, u := range r.mirror.begun {
		key := u.op.Recovery.Key
		if key == "" || u.op.State == canonical.Failed {
			continue
		}
		if other := byKey[key]; other != nil {
			r.violated("one operation of key "+key, "%s %s and %s %s", other.op.ID, other.op.State, u.op.ID, u.op.State)
		}
		byKey[key] = u
	}
}
