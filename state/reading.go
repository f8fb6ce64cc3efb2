package state

import (
	"fmt"
	"strconv"
	"time"

	"github.com/lendgate/lendgate/canonical"
)

// Reading lays the typed tables over a snapshot's bytes. decoded may be nil.
func Reading(s Snapshot, decoded *Decoded) Reader { return reading{s, decoded} }

type reading struct {
	snapshot Snapshot
	decoded  *Decoded
}

// frozen makes a snapshot usable where a transaction's point access is wanted. It cannot be written.
type frozen struct{ Snapshot }

func (frozen) Put(string, []byte)      { panic("state: a snapshot cannot be written") }
func (frozen) Delete(string)           { panic("state: a snapshot cannot be written") }
func (frozen) Append([]string, []byte) { panic("state: a snapshot cannot be written") }

func (r reading) records() records { return records{kv: frozen{r.snapshot}, decoded: r.decoded} }

func (r reading) Order(id string) (canonical.Order, error) { return r.records().Orders().Get(id) }

func (r reading) Operation(id string) (canonical.Operation, error) {
	return r.records().Operations().Get(id)
}

func (r reading) Request(attempt string) (canonical.Request, error) {
	return r.records().Requests().Get(attempt)
}

func (r reading) Key(id KeyID) (Key, error) { return r.records().Keys().Get(id) }

func (r reading) Reference(id ReferenceID) (Reference, error) {
	return r.records().References().Get(id)
}

func (r reading) ProviderOrder(id ProviderOrderID) (ProviderOrder, error) {
	return r.records().ProviderOrders().Get(id)
}

func (r reading) Offer(id string) (canonical.Offer, error) { return r.records().Offers().Get(id) }

func (r reading) Timer(id string) (Timer, error) { return r.records().Timers().Get(id) }

func (r reading) Message(id string) (Message, error) { return r.records().Messages().Get(id) }

func (r reading) Quarantine(provider string) (Quarantine, error) {
	return r.records().Quarantines().Get(provider)
}

func (r reading) ProviderRecord(provider string) (ProviderRecord, error) {
	return r.records().ProviderRecords().Get(provider)
}

func (r reading) APIKey(id string) (APIKey, error) { return r.records().APIKeys().Get(id) }

func (r reading) Secret(name string) (Secret, error) { return r.records().Secrets().Get(name) }

func (r reading) Orders(scope Scope, before string, limit int, keep func(*canonical.Order) bool) ([]canonical.Order, error) {
	scan := Range{Prefix: orderPrefix}
	if !scope.all() {
		scan = Range{Prefix: ordersIndex + scopeKey(scope.Merchant, scope.Mode), KeysOnly: true}
	}
	return newest(r, orders, page[canonical.Order]{scan, before, limit, keep})
}

func (r reading) Operations(scope Scope, unresolved bool, before string, limit int, keep func(*canonical.Operation) bool) ([]canonical.Operation, error) {
	scan := Range{Prefix: operationPrefix}
	switch {
	case unresolved && scope.all():
		scan = Range{Prefix: unresolvedIndex, KeysOnly: true}
	case unresolved:
		scan = Range{Prefix: unresolvedByWhom + scopeKey(scope.Merchant, scope.Mode), KeysOnly: true}
	case !scope.all():
		scan = Range{Prefix: operationsIndex + scopeKey(scope.Merchant, scope.Mode), KeysOnly: true}
	}
	return newest(r, operations, page[canonical.Operation]{scan, before, limit, keep})
}

// page is what a list of the newest records shows.
type page[R any] struct {
	scan   Range // over the records themselves, or over an index that names them
	before string
	limit  int
	keep   func(*R) bool
}

// newest visits the records of a page from the largest id smaller than before, and keeps up to limit of them.
func newest[R any](r reading, s schema[string, R], p page[R]) ([]R, error) {
	if p.limit < 1 {
		return nil, nil
	}
	p.scan.Reverse = true
	if p.before != "" {
		p.scan.From = p.scan.Prefix + p.before
	}
	var found []R
	err := r.snapshot.Scan(p.scan, func(key string, text []byte) (bool, error) {
		id := idOf(key)
		if id == p.before {
			return true, nil
		}
		record, err := named(r, s, id, text)
		if err != nil {
			return false, fmt.Errorf("index %s: %w", key, err)
		}
		if p.keep == nil || p.keep(&record) {
			found = append(found, record)
		}
		return len(found) < p.limit, nil
	})
	return found, err
}

// named reads the record a scan came to: its text, or where there is none, by its id.
func named[R any](r reading, s schema[string, R], id string, text []byte) (R, error) {
	if text != nil {
		return s.decode(text)
	}
	return table(s, r.records()).Get(id)
}

func (r reading) History(order string, after, limit int) ([]canonical.SealedEvent, error) {
	prefix := historyPrefix(order)
	return oldest(r, Range{Prefix: prefix, From: prefix + sequenceKey(after+1)}, limit, events.read)
}

func (r reading) Feed(scope Scope, after uint64, limit int) ([]Position, error) {
	stream := feedStream(scope)
	return oldest(r, Range{Prefix: stream, From: PositionKey(stream, after+1)}, limit, r.position)
}

func (r reading) AllAPIKeys() ([]APIKey, error) {
	return oldest(r, Range{Prefix: apiKeyPrefix}, noLimit, apiKeys.read)
}

func (r reading) AllQuarantines() ([]Quarantine, error) {
	return oldest(r, Range{Prefix: quarantinePrefix}, noLimit, quarantines.read)
}

func (r reading) AllProviderRecords() ([]ProviderRecord, error) {
	return oldest(r, Range{Prefix: providerPrefix}, noLimit, providerRecords.read)
}

func (r reading) MessagesOf(order string) ([]Message, error) {
	return oldest(r, Range{Prefix: aboutIndex + part(order)}, noLimit, func(_ string, messageKey []byte) (Message, error) {
		return r.Message(string(messageKey[len(messagePrefix):]))
	})
}

func (r reading) OrdersGiven(provider, reference string) ([]canonical.Order, error) {
	return oldest(r, Range{Prefix: givenKey(provider, reference)}, noLimit, func(_ string, orderKey []byte) (canonical.Order, error) {
		return r.Order(string(orderKey[len(orderPrefix):]))
	})
}

const noLimit = int(^uint(0) >> 1)

// oldest reads what stands in a range from its beginning, up to limit of it.
func oldest[R any](r reading, scan Range, limit int, read func(key string, text []byte) (R, error)) ([]R, error) {
	if limit < 1 {
		return nil, nil
	}
	var found []R
	err := r.snapshot.Scan(scan, func(key string, text []byte) (bool, error) {
		record, err := read(key, text)
		if err != nil {
			return false, err
		}
		found = append(found, record)
		return len(found) < limit, nil
	})
	return found, err
}

// position reads the event an entry of a feed names.
func (r reading) position(key string, eventKey []byte) (Position, error) {
	at, err := strconv.ParseUint(idOf(key), 16, 64)
	if err != nil {
		return Position{}, fmt.Errorf("feed %s: %w", key, err)
	}
	text, found, err := r.snapshot.Get(string(eventKey))
	if err == nil && !found {
		err = fmt.Errorf("feed %s: no event %s", key, eventKey)
	}
	if err != nil {
		return Position{}, err
	}
	event, err := events.read(string(eventKey), text)
	return Position{at, event}, err
}

func (r reading) TimersOf(owner string) ([]Timer, error) {
	return r.timers(leaseIndex+part(owner), noLimit, func(Timer) bool { return true })
}

func (r reading) TimersDue(at time.Time, limit int) ([]Timer, error) {
	return r.timers(dueIndex, limit, func(t Timer) bool { return !t.Due.After(at) })
}

func (r reading) NextDue() (time.Time, error) {
	first, err := r.timers(dueIndex, 1, func(Timer) bool { return true })
	if err != nil {
		return time.Time{}, err
	}
	if len(first) == 0 {
		return time.Time{}, ErrNotFound
	}
	return first[0].Due, nil
}

// timers reads the timers an index names, up to limit, until one is not wanted.
func (r reading) timers(index string, limit int, want func(Timer) bool) ([]Timer, error) {
	if limit < 1 {
		return nil, nil
	}
	var found []Timer
	err := r.snapshot.Scan(Range{Prefix: index}, func(key string, timerKey []byte) (bool, error) {
		timer, err := r.Timer(string(timerKey[len(timerPrefix):]))
		if err != nil {
			return false, fmt.Errorf("index %s: %w", key, err)
		}
		if !want(timer) {
			return false, nil
		}
		found = append(found, timer)
		return len(found) < limit, nil
	})
	return found, err
}
