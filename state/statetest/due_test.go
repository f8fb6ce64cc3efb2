package statetest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/statetest"
)

func TestTimersOfOneSecondFallInTheirOrder(t *testing.T) {
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	store := statetest.NewCluster(nil).Gateway("one")
	due := map[string]time.Duration{"a": time.Second, "b": 500 * time.Millisecond, "c": 50 * time.Millisecond, "d": time.Nanosecond, "e": 0}
	err := store.Update(t.Context(), func(tx state.Tx) error {
		for _, id := range []string{"c", "a", "e", "b", "d"} {
			if err := tx.Timers().Insert(id, state.Timer{ID: id, Kind: "watch", Subject: id, Due: noon.Add(due[id])}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for limit, want := range []string{"", "e", "ed", "edc", "edcb", "edcba"} {
		var got []byte
		err := store.View(t.Context(), func(r state.Reader) error {
			timers, err := r.TimersDue(noon.Add(time.Second), limit)
			for _, timer := range timers {
				got = append(got, timer.ID...)
			}
			return err
		})
		if err != nil || !slices.Equal(got, []byte(want)) {
			t.Errorf("the first %d are %q, want %q: %v", limit, got, want, err)
		}
	}
}

func TestWhatOneHasClaimedIsNotDueForAnother(t *testing.T) {
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	cluster := statetest.NewCluster(nil)
	one, two := cluster.Gateway("one"), cluster.Gateway("two")
	err := one.Update(t.Context(), func(tx state.Tx) error {
		return tx.Timers().Insert("a", state.Timer{ID: "a", Kind: "watch", Subject: "a", Due: noon})
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, claim := range []struct {
		by   string
		from state.Store
		at   time.Time
		want int
	}{{"one", one, noon, 1}, {"two", two, noon.Add(time.Second), 0}, {"two", two, noon.Add(time.Minute), 1}} {
		got, err := claim.from.Claim(t.Context(), claim.by, claim.at, claim.at.Add(time.Minute), 10)
		if err != nil || len(got) != claim.want {
			t.Errorf("at %s %s claims %d, want %d: %v", claim.at.Format(time.TimeOnly), claim.by, len(got), claim.want, err)
		}
	}
}
