package state

import (
	"errors"
	"fmt"
	"slices"

	"github.com/lendgate/lendgate/canonical"
)

// Records lays the typed tables over a transaction's bytes. decoded may be nil.
func Records(kv KV, decoded *Decoded) Tx { return records{kv, make(entries), decoded} }

type records struct {
	kv       KV
	standing entries  // nil where nothing is written
	decoded  *Decoded // nil where nothing is remembered
}

// entries holds, by key, the index entries of the records a transaction knows to be there, so that
// a Replace after a Get neither reads nor decodes again.
type entries map[string][]string

func (r records) Orders() Table[string, canonical.Order] { return table(orders, r) }

func (r records) Operations() Table[string, canonical.Operation] { return table(operations, r) }

func (r records) Requests() Table[string, canonical.Request] { return table(requests, r) }

func (r records) Keys() Table[KeyID, Key] { return table(keys, r) }

func (r records) References() Table[ReferenceID, Reference] { return table(references, r) }

func (r records) ProviderOrders() Table[ProviderOrderID, ProviderOrder] {
	return table(providerOrders, r)
}

func (r records) Offers() Table[string, canonical.Offer] { return table(offers, r) }

func (r records) Timers() Table[string, Timer] { return table(timers, r) }

func (r records) Messages() Table[string, Message] { return table(messages, r) }

func (r records) Quarantines() Table[string, Quarantine] { return table(quarantines, r) }

func (r records) ProviderRecords() Table[string, ProviderRecord] { return table(providerRecords, r) }

func (r records) APIKeys() Table[string, APIKey] { return table(apiKeys, r) }

func (r records) Secrets() Table[string, Secret] { return table(secrets, r) }

func (r records) Events() Lookup[EventID, canonical.SealedEvent] { return table(events, r) }

func (r records) Append(e canonical.SealedEvent) error {
	id := EventID{e.Order, e.Sequence}
	if err := table(events, r).Insert(id, e); err != nil {
		return err
	}
	r.kv.Append(feeds(e), []byte(events.key(id)))
	return nil
}

// rows is one table within one transaction.
type rows[K, R any] struct {
	schema[K, R]
	records
}

func table[K, R any](s schema[K, R], r records) Table[K, R] { return rows[K, R]{s, r} }

func (t rows[K, R]) Get(id K) (R, error) {
	key := t.key(id)
	text, found, err := t.kv.Get(key)
	if err == nil && !found {
		err = ErrNotFound
	}
	if err != nil {
		var none R
		return none, err
	}
	record, err := t.known(key, text)
	if err == nil && t.standing != nil {
		t.standing[key] = t.entriesOf(record)
	}
	return record, err
}

func (t rows[K, R]) Insert(id K, record R) error {
	key := t.key(id)
	_, found, err := t.kv.Get(key)
	if err != nil {
		return err
	}
	if found {
		return ErrExists
	}
	return t.write(key, record, nil)
}

func (t rows[K, R]) Replace(id K, record R) error {
	key := t.key(id)
	before, err := t.before(id, key)
	if err != nil {
		return err
	}
	if t.once {
		return fmt.Errorf("%w: %s is written once", ErrExists, key)
	}
	return t.write(key, record, before)
}

func (t rows[K, R]) Delete(id K) error {
	key := t.key(id)
	before, err := t.before(id, key)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range before {
		t.kv.Delete(entry)
	}
	t.kv.Delete(key)
	delete(t.standing, key)
	return nil
}

// before lists the index entries of the record as it stands.
func (t rows[K, R]) before(id K, key string) ([]string, error) {
	if before, known := t.standing[key]; known {
		return before, nil
	}
	_, err := t.Get(id)
	return t.standing[key], err
}

// write puts the record, and moves its index entries from what they were.
func (t rows[K, R]) write(key string, record R, before []string) error {
	text, err := t.encode(record)
	if err != nil {
		return fmt.Errorf("record %s: %w", key, err)
	}
	t.kv.Put(key, text)
	t.remember(key, text, record)
	after := t.entriesOf(record)
	for _, entry := range before {
		if !slices.Contains(after, entry) {
			t.kv.Delete(entry)
		}
	}
	for _, entry := range after {
		if !slices.Contains(before, entry) {
			t.kv.Put(entry, []byte(key))
		}
	}
	t.standing[key] = after
	return nil
}

// known is read, but for records whose bytes were decoded or encoded before.
func (t rows[K, R]) known(key string, text []byte) (R, error) {
	if t.decoded == nil || t.clone == nil {
		return t.read(key, text)
	}
	if record, found := t.decoded.find(key, text); found {
		return t.clone(record.(R)), nil
	}
	record, err := t.read(key, text)
	if err == nil {
		t.remember(key, text, record)
	}
	return record, err
}

func (t rows[K, R]) remember(key string, text []byte, record R) {
	if t.decoded != nil && t.clone != nil {
		t.decoded.keep(key, text, t.clone(record))
	}
}
