package simulation

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/statetest"
)

// memory is a database in memory with any number of gateways over it. It does what statetest's cluster
// does, and remembers decoded records as the durable store does: a copy that shares something with what it
// was copied from shows here.
type memory struct {
	hook     statetest.Hook
	mu       sync.Mutex
	commit   uint64
	position uint64
	keys     []string // in order, those whose records are gone included
	values   map[string][]revision
	readers  []uint64   // open snapshots
	gone     []deletion // to let go of once no open snapshot shows them
}

type deletion struct {
	key    string
	commit uint64
}

// revision is what a commit made of a key; a nil value is none.
type revision struct {
	commit uint64
	value  []byte
}

func newMemory(hook statetest.Hook) *memory {
	return &memory{hook: hook, values: make(map[string][]revision)}
}

// remembered is how many decoded records a gateway keeps.
const remembered = 4096

// gateway connects to the database.
func (m *memory) gateway(name string) state.Store {
	return &connection{memory: m, name: name, decoded: state.NewDecoded(remembered)}
}

type connection struct {
	memory  *memory
	name    string
	decoded *state.Decoded
	closed  bool
}

func (c *connection) open(ctx context.Context) error {
	c.memory.mu.Lock()
	defer c.memory.mu.Unlock()
	if c.closed {
		return state.ErrClosed
	}
	return ctx.Err()
}

// Close is state.Store's.
func (c *connection) Close() error {
	if err := c.open(context.Background()); err != nil {
		return err
	}
	c.memory.mu.Lock()
	defer c.memory.mu.Unlock()
	c.closed = true
	return nil
}

// View is state.Store's.
func (c *connection) View(ctx context.Context, f func(state.Reader) error) error {
	if err := c.open(ctx); err != nil {
		return err
	}
	seen := c.memory.snapshot()
	defer c.memory.release(seen)
	return f(state.Reading(seen, c.decoded))
}

// Claim is state.Store's.
func (c *connection) Claim(ctx context.Context, owner string, now, until time.Time, limit int) ([]state.Timer, error) {
	return state.ClaimDue(ctx, c, owner, now, until, limit)
}

// mostRuns is how often a function runs before Update gives up.
const mostRuns = 100

// Update is state.Store's.
func (c *connection) Update(ctx context.Context, f func(state.Tx) error) error {
	for range mostRuns {
		if err := c.open(ctx); err != nil {
			return err
		}
		if done, err := c.attempt(f); done {
			return err
		}
	}
	return state.ErrContended
}

func (c *connection) attempt(f func(state.Tx) error) (done bool, err error) {
	m := c.memory
	if m.hook(c.name, statetest.BeforeRun) {
		return true, state.ErrUncertain
	}
	seen := m.snapshot()
	defer m.release(seen)
	buffer := state.NewBuffer(seen)
	if err := f(state.Records(buffer, c.decoded)); err != nil || buffer.Empty() {
		return true, err
	}
	if m.hook(c.name, statetest.BeforeCommit) {
		return true, state.ErrUncertain
	}
	if !m.compareAndSet(seen, buffer) {
		return false, nil
	}
	return true, uncertain(m.hook(c.name, statetest.AfterCommit))
}

func uncertain(lost bool) error {
	if lost {
		return state.ErrUncertain
	}
	return nil
}

// compareAndSet writes all of the buffer, or nothing where a key it read has changed since.
func (m *memory) compareAndSet(seen *past, b *state.Buffer) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, key := range b.Reads() {
		if all := m.values[key]; len(all) > 0 && all[len(all)-1].commit > seen.commit {
			return false
		}
	}
	m.forget()
	m.commit++
	for _, w := range b.Writes() {
		if w.Delete {
			w.Value = nil
		}
		m.set(w.Key, w.Value)
	}
	for _, a := range b.Appends() {
		m.position++
		for _, stream := range a.Streams {
			m.set(state.PositionKey(stream, m.position), a.Value)
		}
	}
	return true
}

// set adds a revision and drops those that no open snapshot shows.
func (m *memory) set(key string, value []byte) {
	all, known := m.values[key]
	if !known {
		at, _ := slices.BinarySearch(m.keys, key)
		m.keys = slices.Insert(m.keys, at, key)
	}
	for oldest := m.oldest(); len(all) > 1 && all[1].commit <= oldest; {
		all = all[1:]
	}
	m.values[key] = append(all, revision{m.commit, value})
	if value == nil {
		m.gone = append(m.gone, deletion{key, m.commit})
	}
}

// oldest is the commit that the oldest open snapshot ends with.
func (m *memory) oldest() uint64 {
	oldest := m.commit
	for _, commit := range m.readers {
		oldest = min(oldest, commit)
	}
	return oldest
}

// forget lets go of keys whose records are gone, unless they were written again.
func (m *memory) forget() {
	for oldest := m.oldest(); len(m.gone) > 0 && m.gone[0].commit <= oldest; m.gone = m.gone[1:] {
		key := m.gone[0].key
		all := m.values[key]
		if len(all) == 0 || all[len(all)-1].commit != m.gone[0].commit {
			continue
		}
		at, _ := slices.BinarySearch(m.keys, key)
		m.keys = slices.Delete(m.keys, at, at+1)
		delete(m.values, key)
	}
}

func (m *memory) snapshot() *past {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.readers = append(m.readers, m.commit)
	return &past{m, m.commit}
}

func (m *memory) release(seen *past) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := slices.Index(m.readers, seen.commit)
	m.readers = slices.Delete(m.readers, at, at+1)
}

// past is the database as one commit left it.
type past struct {
	memory *memory
	commit uint64
}

// Get is state.Snapshot's.
func (p *past) Get(key string) ([]byte, bool, error) {
	p.memory.mu.Lock()
	defer p.memory.mu.Unlock()
	value := p.value(key)
	return value, value != nil, nil
}

func (p *past) value(key string) []byte {
	for _, r := range slices.Backward(p.memory.values[key]) {
		if r.commit <= p.commit {
			return r.value
		}
	}
	return nil
}

// Scan is state.Snapshot's. The lock is not held while a key is visited: others may put keys in between,
// which the snapshot does not show.
func (p *past) Scan(scan state.Range, visit func(key string, value []byte) (bool, error)) error {
	key, value, found := p.next(scan, scan.From, true)
	for found {
		if scan.KeysOnly {
			value = nil
		}
		if more, err := visit(key, value); err != nil || !more {
			return err
		}
		key, value, found = p.next(scan, key, false)
	}
	return nil
}

// next finds the first key of a range from one on, or behind it.
func (p *past) next(scan state.Range, from string, inclusive bool) (key string, value []byte, found bool) {
	p.memory.mu.Lock()
	defer p.memory.mu.Unlock()
	keys, step := p.memory.keys, 1
	if scan.Reverse {
		step = -1
	}
	for i := start(keys, scan, from, inclusive); i >= 0 && i < len(keys) && strings.HasPrefix(keys[i], scan.Prefix); i += step {
		if value := p.value(keys[i]); value != nil {
			return keys[i], value, true
		}
	}
	return "", nil, false
}

// start is the index of the first key a scan looks at.
func start(keys []string, scan state.Range, from string, inclusive bool) int {
	if from == "" {
		from = scan.Prefix
		if scan.Reverse {
			from += "\xff"
		}
	}
	at, exact := slices.BinarySearch(keys, from)
	switch {
	case exact && inclusive:
		return at
	case scan.Reverse:
		return at - 1
	case exact:
		return at + 1
	}
	return at
}
