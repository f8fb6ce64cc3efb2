package certify

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/state"
)

// memory is a store for one life: nothing happens at once here, so that a commit never meets another.
type memory struct {
	keys     []string // in order
	values   map[string][]byte
	position uint64
	decoded  *state.Decoded
}

// decodedRecords is how many decoded records a life keeps.
const decodedRecords = 512

func newMemory() *memory {
	return &memory{values: make(map[string][]byte), decoded: state.NewDecoded(decodedRecords)}
}

// Close is state.Store's.
func (m *memory) Close() error { return nil }

// View is state.Store's.
func (m *memory) View(_ context.Context, f func(state.Reader) error) error {
	return f(state.Reading(m, m.decoded))
}

// Claim is state.Store's.
func (m *memory) Claim(ctx context.Context, owner string, now, until time.Time, limit int) ([]state.Timer, error) {
	return state.ClaimDue(ctx, m, owner, now, until, limit)
}

// Update is state.Store's.
func (m *memory) Update(_ context.Context, f func(state.Tx) error) error {
	buffer := state.NewBuffer(m)
	if err := f(state.Records(buffer, m.decoded)); err != nil {
		return err
	}
	for _, w := range buffer.Writes() {
		m.set(w.Key, w.Value, w.Delete)
	}
	for _, a := range buffer.Appends() {
		m.position++
		for _, stream := range a.Streams {
			m.set(state.PositionKey(stream, m.position), a.Value, false)
		}
	}
	return nil
}

func (m *memory) set(key string, value []byte, gone bool) {
	at, known := slices.BinarySearch(m.keys, key)
	switch {
	case gone && known:
		m.keys = slices.Delete(m.keys, at, at+1)
		delete(m.values, key)
		return
	case gone:
		return
	case !known:
		m.keys = slices.Insert(m.keys, at, key)
	}
	m.values[key] = value
}

// Get is state.Snapshot's.
func (m *memory) Get(key string) ([]byte, bool, error) {
	value, found := m.values[key]
	return value, found, nil
}

// Scan is state.Snapshot's.
func (m *memory) Scan(r state.Range, visit func(string, []byte) (bool, error)) error {
	from, _ := slices.BinarySearch(m.keys, max(r.Prefix, r.From))
	var keys []string
	for _, key := range m.keys[from:] {
		if !strings.HasPrefix(key, r.Prefix) {
			break
		}
		keys = append(keys, key)
	}
	if r.Reverse {
		keys = m.backward(r)
	}
	for _, key := range keys {
		value := m.values[key]
		if r.KeysOnly {
			value = nil
		}
		if more, err := visit(key, value); err != nil || !more {
			return err
		}
	}
	return nil
}

// backward are the keys of a range from its end, or from the key it names.
func (m *memory) backward(r state.Range) (keys []string) {
	for _, key := range slices.Backward(m.keys) {
		if strings.HasPrefix(key, r.Prefix) && (r.From == "" || key <= r.From) {
			keys = append(keys, key)
		}
	}
	return keys
}
