package simulation

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// mirror is what is durable, as values: what the checks look at instead of the store's bytes. In the end
// the two are compared.
type mirror struct {
	commits    int
	orders     map[string]*standing
	operations map[string]*undertaking
	timers     map[string]state.Timer
	keys       map[state.KeyID]state.Key
	requests   map[string]canonical.Request
	attempts   map[string]*undertaking // the operation of each attempt
	messages   map[string]state.Message
	messageIDs []string             // as they came
	received   map[string]time.Time // when each message became durable, by who sent it and its text
	byLender   map[lenderOrder]*standing
	listed     []*standing    // orders as they came
	begun      []*undertaking // operations likewise
}

// lenderOrder names an order at a lender.
type lenderOrder struct{ lender, id string }

// standing is one order of ours.
type standing struct {
	order      canonical.Order
	events     []canonical.SealedEvent
	views      []view // each state it was in
	operations []*undertaking
}

// view is an order as it stood after a commit.
type view struct {
	commit int
	order  canonical.Order
}

// undertaking is one operation of ours.
type undertaking struct {
	op       canonical.Operation
	standing *standing
	begunAt  int           // the commit
	endedAt  time.Duration // when it was resolved
	doubtful bool          // it was in doubt once
}

func newMirror() *mirror {
	return &mirror{
		orders: make(map[string]*standing), operations: make(map[string]*undertaking), timers: make(map[string]state.Timer),
		keys: make(map[state.KeyID]state.Key), requests: make(map[string]canonical.Request), attempts: make(map[string]*undertaking), messages: make(map[string]state.Message), received: make(map[string]time.Time), byLender: make(map[lenderOrder]*standing),
	}
}

// commit is what one commit changed.
type commit struct {
	orders     []orderChange
	operations []operationChange
	events     []canonical.SealedEvent
	timers     []string
	routine    string
}

type orderChange struct {
	standing *standing
	before   canonical.Order
	fresh    bool
}

type operationChange struct {
	*undertaking
	before canonical.Operation
	fresh  bool
}

// committed takes over what was written and checks it.
func (r *run) committed(w *written) {
	m := r.mirror
	if m.commits++; m.commits == mostCommits {
		r.kernel.raise(&r.left)
	}
	r.kernel.running.commits++
	c := &commit{events: w.events, routine: r.kernel.running.name}
	for _, o := range lastOf(w.orders, func(o canonical.Order) string { return o.ID }) {
		c.orders = append(c.orders, m.order(o))
	}
	for _, op := range lastOf(w.operations, func(op canonical.Operation) string { return op.ID }) {
		c.operations = append(c.operations, m.operation(r, op))
	}
	for _, t := range w.timers {
		c.timers = append(c.timers, t.id)
	}
	for _, e := range w.events {
		s := m.orders[e.Order]
		s.events = append(s.events, e)
		r.kernel.trace.text(e.Hash)
	}
	m.note(w, r.kernel.now())
	r.stale = r.stale || len(w.timers) > 0
	r.kernel.trace.number(uint64(m.commits))
	if len(c.orders) > 0 {
		r.kernel.raise(&r.changed)
	}
	r.check(func(i *invariant) bool {
		if i.commit != nil {
			i.commit(r, c)
		}
		return i.commit != nil
	})
}

// lastOf keeps the last that a transaction wrote of each record.
func lastOf[R any](all []R, id func(R) string) []R {
	var last []R
	for i := range all {
		if !slices.ContainsFunc(all[i+1:], func(later R) bool { return id(later) == id(all[i]) }) {
			last = append(last, all[i])
		}
	}
	return last
}

func (m *mirror) note(w *written, at time.Time) {
	for _, t := range w.timers {
		if t.gone {
			delete(m.timers, t.id)
		} else {
			m.timers[t.id] = t.timer
		}
	}
	for _, k := range w.keys {
		m.keys[k.id] = k.key
	}
	for _, q := range w.requests {
		m.requests[q.attempt] = q.request
	}
	for _, kept := range w.messages {
		if _, known := m.messages[kept.id]; !known {
			m.messageIDs = append(m.messageIDs, kept.id)
			m.received[kept.message.Provider+string(kept.message.Body)] = at
		}
		if m.messages[kept.id] = kept.message; kept.gone {
			delete(m.messages, kept.id)
		}
	}
}

func (m *mirror) order(o canonical.Order) orderChange {
	s, known := m.orders[o.ID]
	if !known {
		s = &standing{}
		m.orders[o.ID], m.listed = s, append(m.listed, s)
	}
	before := s.order
	s.order = o.Clone()
	s.views = append(s.views, view{m.commits, s.order})
	if o.ProviderOrder.ID != "" {
		m.byLender[lenderOrder{o.Provider, o.ProviderOrder.ID}] = s
	}
	return orderChange{s, before, !known}
}

func (m *mirror) operation(r *run, op canonical.Operation) operationChange {
	u, known := m.operations[op.ID]
	if !known {
		s := m.orders[op.Order]
		if s == nil { // the order is written after its operations
			s = &standing{}
			m.orders[op.Order], m.listed = s, append(m.listed, s)
		}
		u = &undertaking{standing: s, begunAt: m.commits}
		s.operations = append(s.operations, u)
		m.operations[op.ID], m.begun = u, append(m.begun, u)
	}
	before := u.op
	u.op = op.Clone()
	for i := range u.op.Attempts {
		m.attempts[u.op.Attempts[i].ID] = u
	}
	u.doubtful = u.doubtful || op.State.Uncertain()
	if before.State.Unresolved() && !op.State.Unresolved() {
		u.endedAt = r.kernel.elapsed
	}
	return operationChange{u, before, !known}
}

// due is when the first timer falls.
func (m *mirror) due() (first time.Time, any bool) {
	for _, t := range m.timers {
		if !any || t.Due.Before(first) {
			first, any = t.Due, true
		}
	}
	return first, any
}

// unresolved lists the operations of an order that are not settled, as they came.
func (s *standing) unresolved() []*undertaking {
	var open []*undertaking
	for _, u := range s.operations {
		if u.op.State.Unresolved() {
			open = append(open, u)
		}
	}
	return open
}

// telling is what the checks want of every event's text.
type telling struct {
	ID       string         `json:"id"`
	Merchant string         `json:"merchant"`
	Mode     canonical.Mode `json:"mode"`
	Sequence int            `json:"sequence"`
	Order    struct {
		ID      string `json:"id"`
		Version int    `json:"version"`
	} `json:"order"`
}

// told reads an event of an order.
func (s *standing) told(i int) (t telling) {
	if err := json.Unmarshal(s.events[i].Body, &t); err != nil {
		panic(err)
	}
	return t
}

// last is the order as the last of its events tells it.
func (s *standing) last() (o canonical.Order) {
	if len(s.events) == 0 {
		return o
	}
	told := canonical.Event{Order: &o}
	if err := json.Unmarshal(s.events[len(s.events)-1].Body, &told); err != nil {
		panic(err)
	}
	return o
}

// attemptOf is an attempt as it stands.
func (u *undertaking) attemptOf(id string) *canonical.Attempt {
	at := slices.IndexFunc(u.op.Attempts, func(a canonical.Attempt) bool { return a.ID == id })
	if at < 0 {
		return nil
	}
	return &u.op.Attempts[at]
}

// attempt finds an attempt among all operations.
func (m *mirror) attempt(id string) *canonical.Attempt {
	u := m.attempts[id]
	if u == nil {
		return nil
	}
	return u.attemptOf(id)
}
