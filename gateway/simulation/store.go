package simulation

import (
	"context"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/statetest"
)

// store is the one database of a run. It outlives every crash, and sees what every commit writes.
type store struct {
	run    *run
	memory *memory
}

func newStore(r *run) *store {
	s := &store{run: r}
	s.memory = newMemory(func(_ string, at statetest.Moment) bool { return s.moment(at) })
	return s
}

func (s *store) gateway(node string) state.Store { return watched{s, s.memory.gateway(node)} }

var momentPoints = map[statetest.Moment]point{
	statetest.BeforeRun: beforeRun, statetest.BeforeCommit: beforeCommit, statetest.AfterCommit: afterCommit,
}

// moment is a point in the course of a transaction: others may come in between, the process may die, the
// answer may be lost.
func (s *store) moment(at statetest.Moment) (lost bool) {
	r := s.run
	r.kernel.mourn()
	if at == statetest.AfterCommit {
		r.committed(r.kernel.running.tx)
	}
	if met, d := r.meet(inStore, encounter{what: string(at)}); met != nil && met.name == answerLost {
		r.tell(r.kernel.running.String(), "hears nothing of a commit (%s)", at)
		lost = true
	} else if met != nil {
		r.kernel.sleep(d.anywhere(time.Millisecond, 100*time.Millisecond))
	}
	if r.stop != nil && r.stop.lose && r.stop.passes(momentPoints[at]) {
		r.counts.faults[answerLost]++
		lost = true
	}
	if p := r.kernel.running.process; p != nil {
		r.point(p, momentPoints[at])
	}
	return lost
}

// written is what one run of a transaction's function writes.
type written struct {
	orders     []canonical.Order
	operations []canonical.Operation
	timers     []timerWrite
	keys       []keyWrite
	events     []canonical.SealedEvent
	requests   []requestWrite
	messages   []messageWrite
}

type messageWrite struct {
	id      string
	message state.Message
	gone    bool
}

type timerWrite struct {
	id    string
	timer state.Timer
	gone  bool
}

type keyWrite struct {
	id  state.KeyID
	key state.Key
}

type requestWrite struct {
	attempt string
	request canonical.Request
}

// watched is a gateway's store that notes what its transactions write.
type watched struct {
	store *store
	state.Store
}

// Update is state.Store's.
func (w watched) Update(ctx context.Context, f func(state.Tx) error) error {
	return w.Store.Update(ctx, func(tx state.Tx) error {
		note := &written{}
		w.store.run.kernel.running.tx = note
		return f(noting{tx, note})
	})
}

// Claim is state.Store's.
func (w watched) Claim(ctx context.Context, owner string, now, until time.Time, limit int) ([]state.Timer, error) {
	due, err := state.ClaimDue(ctx, w, owner, now, until, limit)
	for range due {
		w.store.run.point(w.store.run.kernel.running.process, timerFalls)
	}
	return due, err
}

// noting is a transaction that notes what it writes.
type noting struct {
	state.Tx
	note *written
}

func (n noting) Orders() state.Table[string, canonical.Order] {
	return table[string, canonical.Order]{n.Tx.Orders(), func(_ string, o canonical.Order, gone bool) {
		n.note.orders = append(n.note.orders, o)
	}}
}

func (n noting) Operations() state.Table[string, canonical.Operation] {
	return table[string, canonical.Operation]{n.Tx.Operations(), func(_ string, op canonical.Operation, gone bool) {
		n.note.operations = append(n.note.operations, op)
	}}
}

func (n noting) Timers() state.Table[string, state.Timer] {
	return table[string, state.Timer]{n.Tx.Timers(), func(id string, t state.Timer, gone bool) {
		n.note.timers = append(n.note.timers, timerWrite{id, t, gone})
	}}
}

func (n noting) Keys() state.Table[state.KeyID, state.Key] {
	return table[state.KeyID, state.Key]{n.Tx.Keys(), func(id state.KeyID, k state.Key, gone bool) {
		n.note.keys = append(n.note.keys, keyWrite{id, k})
	}}
}

func (n noting) Requests() state.Table[string, canonical.Request] {
	return table[string, canonical.Request]{n.Tx.Requests(), func(id string, request canonical.Request, gone bool) {
		n.note.requests = append(n.note.requests, requestWrite{id, request})
	}}
}

func (n noting) Messages() state.Table[string, state.Message] {
	return table[string, state.Message]{n.Tx.Messages(), func(id string, m state.Message, gone bool) {
		n.note.messages = append(n.note.messages, messageWrite{id, m, gone})
	}}
}

func (n noting) Append(e canonical.SealedEvent) error {
	n.note.events = append(n.note.events, e)
	return n.Tx.Append(e)
}

// table notes the writes of one table.
type table[K, R any] struct {
	state.Table[K, R]
	note func(K, R, bool)
}

// Insert and the others are state.Table's.
func (t table[K, R]) Insert(id K, record R) error {
	err := t.Table.Insert(id, record)
	if err == nil {
		t.note(id, record, false)
	}
	return err
}

// Replace notes what stands now.
func (t table[K, R]) Replace(id K, record R) error {
	err := t.Table.Replace(id, record)
	if err == nil {
		t.note(id, record, false)
	}
	return err
}

// Delete notes that nothing stands any more.
func (t table[K, R]) Delete(id K) error {
	var none R
	t.note(id, none, true)
	return t.Table.Delete(id)
}
