package statetest

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// feedRules are about histories and feeds.
var feedRules = []rule{
	{"a history lists an order's events in their order, after a sequence and up to a limit", historyInOrder},
	{"an event's bytes come back as they were sealed", sealedBytes},
	{"a second event with one place in a history is refused", oneEventAPlace},
	{"an event stands in its merchant's feed and in everyone's, at one position", bothFeeds},
	{"a feed lists events after a position and up to a limit", feedByPage},
	{"events of one transaction follow each other in the feed", eventsInOneTransaction},
	{"who saw a position never meets a smaller one", risingPositions},
}

func appendEvents(t *testing.T, s state.Store, scope state.Scope, order string, sequences ...int) {
	t.Helper()
	update(t, s, func(tx state.Tx) error {
		var failed error
		for _, n := range sequences {
			failed = errors.Join(failed, tx.Append(event(scope, order, n)))
		}
		return failed
	})
}

func feed(t *testing.T, s state.Store, scope state.Scope, after uint64, limit int) []state.Position {
	t.Helper()
	return view(t, s, func(r state.Reader) ([]state.Position, error) { return r.Feed(scope, after, limit) })
}

func wantFeed(t *testing.T, s state.Store, scope state.Scope, after uint64, want ...string) {
	t.Helper()
	var got []string
	for _, p := range feed(t, s, scope, after, 100) {
		got = append(got, p.Event.ID)
	}
	wantSame(t, got, want)
}

func historyInOrder(t *testing.T, s state.Store) {
	var all []canonical.SealedEvent
	for n := 1; n <= 11; n++ {
		appendEvents(t, s, acme, "ord_1", n)
		all = append(all, event(acme, "ord_1", n))
	}
	appendEvents(t, s, acme, "ord_10", 1)
	history := func(after, limit int) []canonical.SealedEvent {
		return view(t, s, func(r state.Reader) ([]canonical.SealedEvent, error) { return r.History("ord_1", after, limit) })
	}
	wantSame(t, history(0, 100), all)
	wantSame(t, history(8, 2), []canonical.SealedEvent{event(acme, "ord_1", 9), event(acme, "ord_1", 10)})
	wantSame(t, history(11, 10), nil)
	wantSame(t, history(0, 0), nil)
	update(t, s, func(tx state.Tx) error {
		got, err := tx.Events().Get(state.EventID{Order: "ord_1", Sequence: 7})
		wantSame(t, got, event(acme, "ord_1", 7))
		return err
	})
}

func sealedBytes(t *testing.T, s state.Store) {
	o := order(acme, "ord_1")
	o.Metadata = canonical.Metadata{"note": "a < b & c > d \u2028 'quoted' \"twice\""}
	var want []canonical.SealedEvent
	for n := range 3 {
		sealed, err := o.Record(canonical.Event{ID: fmt.Sprint("evt_", n), Type: canonical.OrderUpdated, At: noon})
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, sealed)
		update(t, s, func(tx state.Tx) error { return tx.Append(sealed) })
	}
	got := view(t, s, func(r state.Reader) ([]canonical.SealedEvent, error) { return r.History("ord_1", 0, 10) })
	wantSame(t, got, want)
	before := ""
	for _, e := range got {
		if !e.Intact(before) {
			t.Errorf("event %d does not follow from %q: %s", e.Sequence, before, e.Body)
		}
		before = e.Hash
	}
}

func oneEventAPlace(t *testing.T, s state.Store) {
	appendEvents(t, s, acme, "ord_1", 1)
	wantError(t, s.Update(t.Context(), func(tx state.Tx) error { return tx.Append(event(acme, "ord_1", 1)) }), state.ErrExists)
	wantSame(t, len(feed(t, s, state.Scope{}, 0, 10)), 1)
}

func bothFeeds(t *testing.T, s state.Store) {
	other := state.Scope{Merchant: "bits", Mode: canonical.Live}
	appendEvents(t, s, acme, "ord_1", 1)
	appendEvents(t, s, other, "ord_2", 1)
	appendEvents(t, s, acme, "ord_1", 2)
	wantFeed(t, s, acme, 0, "evt_ord_1_1", "evt_ord_1_2")
	wantFeed(t, s, other, 0, "evt_ord_2_1")
	wantFeed(t, s, state.Scope{Merchant: "acme", Mode: canonical.Live}, 0)
	wantFeed(t, s, state.Scope{}, 0, "evt_ord_1_1", "evt_ord_2_1", "evt_ord_1_2")
	wantSame(t, feed(t, s, acme, 0, 10)[1], feed(t, s, state.Scope{}, 0, 10)[2])
}

func feedByPage(t *testing.T, s state.Store) {
	appendEvents(t, s, acme, "ord_1", 1, 2, 3)
	all := feed(t, s, acme, 0, 10)
	wantSame(t, feed(t, s, acme, 0, 2), all[:2])
	wantSame(t, feed(t, s, acme, all[0].At, 10), all[1:])
	wantSame(t, feed(t, s, acme, all[2].At, 10), nil)
	wantSame(t, feed(t, s, acme, 0, 0), nil)
}

func eventsInOneTransaction(t *testing.T, s state.Store) {
	appendEvents(t, s, acme, "ord_1", 1, 2)
	update(t, s, func(tx state.Tx) error {
		return errors.Join(tx.Append(event(acme, "ord_2", 1)), tx.Append(event(acme, "ord_1", 3)))
	})
	wantFeed(t, s, acme, 0, "evt_ord_1_1", "evt_ord_1_2", "evt_ord_2_1", "evt_ord_1_3")
	wantRising(t, feed(t, s, acme, 0, 10))
}

func wantRising(t *testing.T, all []state.Position) {
	t.Helper()
	if !slices.IsSortedFunc(all, func(a, b state.Position) int {
		if a.At < b.At {
			return -1
		}
		return 1
	}) {
		t.Errorf("positions do not rise: %+v", all)
	}
}

// risingPositions has readers follow two feeds while writers append. Each reader asks only for what
// is after the last it saw, and must still have met every event in the end.
func risingPositions(t *testing.T, s state.Store) {
	const readers = 2
	scopes := [readers]state.Scope{acme, {}}
	var met [readers][]state.Position
	var writing atomic.Int32
	writing.Store(callers - readers)
	together(t, func(caller int) error {
		if caller >= readers {
			defer writing.Add(-1)
			return appendMany(t, s, fmt.Sprint("ord_", caller))
		}
		for {
			done := writing.Load() == 0
			more, err := follow(t, s, scopes[caller], met[caller])
			if err != nil || done && len(more) == len(met[caller]) {
				return err
			}
			met[caller] = more
		}
	})
	for reader, scope := range scopes {
		wantSame(t, len(met[reader]), (callers-readers)*rounds)
		wantSame(t, met[reader], feed(t, s, scope, 0, callers*rounds))
		wantRising(t, met[reader])
	}
}

func appendMany(t *testing.T, s state.Store, order string) error {
	for n := 1; n <= rounds; n++ {
		if err := s.Update(t.Context(), func(tx state.Tx) error { return tx.Append(event(acme, order, n)) }); err != nil {
			return err
		}
	}
	return nil
}

func follow(t *testing.T, s state.Store, scope state.Scope, met []state.Position) ([]state.Position, error) {
	var after uint64
	if len(met) > 0 {
		after = met[len(met)-1].At
	}
	err := s.View(t.Context(), func(r state.Reader) error {
		more, err := r.Feed(scope, after, 7)
		met = append(met, more...)
		return err
	})
	return met, err
}
