package statetest

import (
	"errors"
	"reflect"
	"testing"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// tables lists every table once.
var tables = []struct {
	does string
	tabled
}{
	{"orders are inserted, replaced and deleted", table[string, canonical.Order]{
		in:  state.Tx.Orders,
		of:  state.Reader.Order,
		key: named("ord_"),
		fit: func(r *canonical.Order, key string) { r.ID = key },
	}},
	{"operations are inserted, replaced and deleted", table[string, canonical.Operation]{
		in:  state.Tx.Operations,
		of:  state.Reader.Operation,
		key: named("op_"),
		fit: func(r *canonical.Operation, key string) { r.ID = key },
	}},
	{"requests are inserted and deleted, and written once", table[string, canonical.Request]{
		in:   state.Tx.Requests,
		of:   state.Reader.Request,
		key:  named("att_"),
		once: true,
		fit:  func(r *canonical.Request, _ string) { r.Repeat = false }, // is not stored
	}},
	{"idempotency keys are inserted, replaced and deleted", table[state.KeyID, state.Key]{
		in: state.Tx.Keys,
		of: state.Reader.Key,
		key: func(name string) state.KeyID {
			return state.KeyID{Merchant: "acme", Mode: canonical.Live, Key: "a/b c%" + name}
		},
	}},
	{"references are inserted, replaced and deleted", table[state.ReferenceID, state.Reference]{
		in: state.Tx.References,
		of: state.Reader.Reference,
		key: func(name string) state.ReferenceID {
			return state.ReferenceID{Merchant: "acme", Mode: canonical.Live, Reference: "2026/17 ä" + name}
		},
	}},
	{"lenders' orders are inserted, replaced and deleted", table[state.ProviderOrderID, state.ProviderOrder]{
		in: state.Tx.ProviderOrders,
		of: state.Reader.ProviderOrder,
		key: func(name string) state.ProviderOrderID {
			return state.ProviderOrderID{Provider: "ecster-se", Credential: "acme", ID: "x/" + name}
		},
	}},
	{"offers are inserted, replaced and deleted", table[string, canonical.Offer]{
		in:  state.Tx.Offers,
		of:  state.Reader.Offer,
		key: named("off_"),
	}},
	{"timers are inserted, replaced and deleted", table[string, state.Timer]{
		in:  state.Tx.Timers,
		of:  state.Reader.Timer,
		key: named("recover/op_"),
		fit: func(r *state.Timer, key string) { r.ID = key },
	}},
	{"messages are inserted, replaced and deleted", table[string, state.Message]{
		in:  state.Tx.Messages,
		of:  state.Reader.Message,
		key: named("ecster-se/"),
		fit: func(r *state.Message, key string) { r.ID = key },
	}},
	{"quarantines are inserted, replaced and deleted", table[string, state.Quarantine]{
		in:  state.Tx.Quarantines,
		of:  state.Reader.Quarantine,
		key: named("ecster/se%"),
		fit: func(r *state.Quarantine, key string) { r.Provider = key },
	}},
	{"records of providers are inserted, replaced and deleted", table[string, state.ProviderRecord]{
		in:  state.Tx.ProviderRecords,
		of:  state.Reader.ProviderRecord,
		key: named("ecster/se%"),
		fit: func(r *state.ProviderRecord, key string) { r.Provider = key },
	}},
	{"API keys are inserted, replaced and deleted", table[string, state.APIKey]{
		in:  state.Tx.APIKeys,
		of:  state.Reader.APIKey,
		key: named("key_"),
		fit: func(r *state.APIKey, key string) { r.ID = key },
	}},
	{"secrets are inserted, replaced and deleted", table[string, state.Secret]{
		in:  state.Tx.Secrets,
		of:  state.Reader.Secret,
		key: named("fingerprint"),
	}},
}

// tabled is a table whatever its types.
type tabled interface {
	check(*testing.T, state.Store)
	insert(tx state.Tx, name string) error
}

// tableRules hold for every table.
func tableRules() (rules []rule) {
	for _, one := range tables {
		rules = append(rules, rule{one.does, one.check})
	}
	return rules
}

// Everything inserts a record with something in every field into every table, under keys made from the
// name, and appends an event.
func Everything(tx state.Tx, name string) error {
	err := tx.Append(event(acme, "ord_"+name, 1))
	for _, one := range tables {
		err = errors.Join(err, one.insert(tx, name))
	}
	return err
}

func named(prefix string) func(string) string {
	return func(name string) string { return prefix + name }
}

// table names one table in both of its forms.
type table[K comparable, R any] struct {
	in   func(state.Tx) state.Table[K, R]
	of   func(state.Reader, K) (R, error)
	key  func(name string) K
	once bool        // it refuses Replace
	fit  func(*R, K) // sets what follows from the key, or is not stored
}

func (c table[K, R]) sample(key K, seed string) R {
	record := filled[R](seed)
	if c.fit != nil {
		c.fit(&record, key)
	}
	return record
}

func (c table[K, R]) insert(tx state.Tx, name string) error {
	key := c.key(name)
	return c.in(tx).Insert(key, c.sample(key, name))
}

func (c table[K, R]) check(t *testing.T, s state.Store) {
	key := c.key("1")
	one, two := c.sample(key, "one"), c.sample(key, "other")
	c.wantAbsent(t, s)
	wantError(t, c.do(t, s, func(rows state.Table[K, R]) error { return rows.Replace(key, one) }), state.ErrNotFound)
	wantError(t, c.do(t, s, func(rows state.Table[K, R]) error { return rows.Delete(key) }), nil)

	wantError(t, c.do(t, s, func(rows state.Table[K, R]) error { return rows.Insert(key, one) }), nil)
	c.want(t, s, one)
	wantError(t, c.do(t, s, func(rows state.Table[K, R]) error { return rows.Insert(key, two) }), state.ErrExists)
	c.want(t, s, one)

	c.scrambles(t, s)
	one = c.sample(key, "one")
	c.want(t, s, one)

	if c.once {
		wantError(t, c.do(t, s, func(rows state.Table[K, R]) error { return rows.Replace(key, two) }), state.ErrExists)
		c.want(t, s, one)
	} else {
		wantError(t, c.do(t, s, func(rows state.Table[K, R]) error { return rows.Replace(key, two) }), nil)
		c.want(t, s, two)
	}

	wantError(t, c.do(t, s, func(rows state.Table[K, R]) error { return rows.Delete(key) }), nil)
	c.wantAbsent(t, s)
	wantError(t, c.do(t, s, func(rows state.Table[K, R]) error { return rows.Insert(key, two) }), nil)
	c.want(t, s, two)
}

func (c table[K, R]) do(t *testing.T, s state.Store, f func(state.Table[K, R]) error) error {
	return s.Update(t.Context(), func(tx state.Tx) error { return f(c.in(tx)) })
}

// scrambles has a function spoil what it read, in both ways, which is its own.
func (c table[K, R]) scrambles(t *testing.T, s state.Store) {
	t.Helper()
	spoiled := view(t, s, func(r state.Reader) (R, error) { return c.of(r, c.key("1")) })
	scramble(reflect.ValueOf(&spoiled).Elem())
	wantError(t, c.do(t, s, func(rows state.Table[K, R]) error {
		record, err := rows.Get(c.key("1"))
		scramble(reflect.ValueOf(&record).Elem())
		return err
	}), nil)
}

// want reads the record both ways.
func (c table[K, R]) want(t *testing.T, s state.Store, want R) {
	t.Helper()
	wantSame(t, view(t, s, func(r state.Reader) (R, error) { return c.of(r, c.key("1")) }), want)
	update(t, s, func(tx state.Tx) error {
		got, err := c.in(tx).Get(c.key("1"))
		wantSame(t, got, want)
		return err
	})
}

func (c table[K, R]) wantAbsent(t *testing.T, s state.Store) {
	t.Helper()
	wantError(t, s.View(t.Context(), func(r state.Reader) error {
		_, err := c.of(r, c.key("1"))
		return err
	}), state.ErrNotFound)
	wantError(t, c.do(t, s, func(rows state.Table[K, R]) error {
		_, err := rows.Get(c.key("1"))
		return err
	}), state.ErrNotFound)
}
