package statetest

import (
	"reflect"
	"testing"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// tableRules hold for every table.
var tableRules = []rule{
	{"orders are inserted, replaced and deleted", table[string, canonical.Order]{
		in:  state.Tx.Orders,
		of:  state.Reader.Order,
		key: "ord_1",
	}.check},
	{"operations are inserted, replaced and deleted", table[string, canonical.Operation]{
		in:  state.Tx.Operations,
		of:  state.Reader.Operation,
		key: "op_1",
	}.check},
	{"requests are inserted and deleted, and written once", table[string, canonical.Request]{
		in:       state.Tx.Requests,
		of:       state.Reader.Request,
		key:      "att_1",
		once:     true,
		unstored: func(r *canonical.Request) { r.Repeat = false },
	}.check},
	{"idempotency keys are inserted, replaced and deleted", table[state.KeyID, state.Key]{
		in:  state.Tx.Keys,
		of:  state.Reader.Key,
		key: state.KeyID{Merchant: "acme", Mode: canonical.Live, Key: "a/b c%"},
	}.check},
	{"references are inserted, replaced and deleted", table[state.ReferenceID, state.Reference]{
		in:  state.Tx.References,
		of:  state.Reader.Reference,
		key: state.ReferenceID{Merchant: "acme", Mode: canonical.Live, Reference: "2026/17 ä"},
	}.check},
	{"lenders' orders are inserted, replaced and deleted", table[state.ProviderOrderID, state.ProviderOrder]{
		in:  state.Tx.ProviderOrders,
		of:  state.Reader.ProviderOrder,
		key: state.ProviderOrderID{Provider: "ecster-se", Credential: "acme", ID: "x/1"},
	}.check},
	{"offers are inserted, replaced and deleted", table[string, canonical.Offer]{
		in:  state.Tx.Offers,
		of:  state.Reader.Offer,
		key: "off_1",
	}.check},
	{"timers are inserted, replaced and deleted", table[string, state.Timer]{
		in:  state.Tx.Timers,
		of:  state.Reader.Timer,
		key: "recover/op_1",
		// Its place in the index follows from its own id.
		unstored: func(r *state.Timer) { r.ID = "recover/op_1" },
	}.check},
	{"API keys are inserted, replaced and deleted", table[string, state.APIKey]{
		in:  state.Tx.APIKeys,
		of:  state.Reader.APIKey,
		key: "key_1",
	}.check},
	{"secrets are inserted, replaced and deleted", table[string, state.Secret]{
		in:  state.Tx.Secrets,
		of:  state.Reader.Secret,
		key: "fingerprint",
	}.check},
}

// table names one table in both of its forms.
type table[K comparable, R any] struct {
	in       func(state.Tx) state.Table[K, R]
	of       func(state.Reader, K) (R, error)
	key      K
	once     bool     // it refuses Replace
	unstored func(*R) // sets what is not kept, or must fit the key
}

func (c table[K, R]) sample(seed string) R {
	record := filled[R](seed)
	if c.unstored != nil {
		c.unstored(&record)
	}
	return record
}

func (c table[K, R]) check(t *testing.T, s state.Store) {
	one, two := c.sample("one"), c.sample("other")
	c.wantAbsent(t, s)
	wantError(t, c.do(t, s, func(rows state.Table[K, R]) error { return rows.Replace(c.key, one) }), state.ErrNotFound)
	wantError(t, c.do(t, s, func(rows state.Table[K, R]) error { return rows.Delete(c.key) }), nil)

	wantError(t, c.do(t, s, func(rows state.Table[K, R]) error { return rows.Insert(c.key, one) }), nil)
	c.want(t, s, one)
	wantError(t, c.do(t, s, func(rows state.Table[K, R]) error { return rows.Insert(c.key, two) }), state.ErrExists)
	c.want(t, s, one)

	c.scrambles(t, s)
	one = c.sample("one")
	c.want(t, s, one)

	if c.once {
		wantError(t, c.do(t, s, func(rows state.Table[K, R]) error { return rows.Replace(c.key, two) }), state.ErrExists)
		c.want(t, s, one)
	} else {
		wantError(t, c.do(t, s, func(rows state.Table[K, R]) error { return rows.Replace(c.key, two) }), nil)
		c.want(t, s, two)
	}

	wantError(t, c.do(t, s, func(rows state.Table[K, R]) error { return rows.Delete(c.key) }), nil)
	c.wantAbsent(t, s)
	wantError(t, c.do(t, s, func(rows state.Table[K, R]) error { return rows.Insert(c.key, two) }), nil)
	c.want(t, s, two)
}

func (c table[K, R]) do(t *testing.T, s state.Store, f func(state.Table[K, R]) error) error {
	return s.Update(t.Context(), func(tx state.Tx) error { return f(c.in(tx)) })
}

// scrambles has a function spoil what it read, in both ways, which is its own.
func (c table[K, R]) scrambles(t *testing.T, s state.Store) {
	t.Helper()
	spoiled := view(t, s, func(r state.Reader) (R, error) { return c.of(r, c.key) })
	scramble(reflect.ValueOf(&spoiled).Elem())
	wantError(t, c.do(t, s, func(rows state.Table[K, R]) error {
		record, err := rows.Get(c.key)
		scramble(reflect.ValueOf(&record).Elem())
		return err
	}), nil)
}

// want reads the record both ways.
func (c table[K, R]) want(t *testing.T, s state.Store, want R) {
	t.Helper()
	wantSame(t, view(t, s, func(r state.Reader) (R, error) { return c.of(r, c.key) }), want)
	update(t, s, func(tx state.Tx) error {
		got, err := c.in(tx).Get(c.key)
		wantSame(t, got, want)
		return err
	})
}

func (c table[K, R]) wantAbsent(t *testing.T, s state.Store) {
	t.Helper()
	wantError(t, s.View(t.Context(), func(r state.Reader) error {
		_, err := c.of(r, c.key)
		return err
	}), state.ErrNotFound)
	wantError(t, c.do(t, s, func(rows state.Table[K, R]) error {
		_, err := rows.Get(c.key)
		return err
	}), state.ErrNotFound)
}
