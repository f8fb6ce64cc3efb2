package statetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/lendgate/lendgate/state"
)

// timerRules are about what is due, and whose work it is.
var timerRules = []rule{
	{"due timers are listed oldest first, up to a limit, and no others", dueOldestFirst},
	{"the next due time is the first timer's, and not found where there is none", nextDue},
	{"a moved timer is due at its new time alone, a deleted one never", movedTimer},
	{"a claimed timer is its owner's until the lease ends, then anyone's", leaseEnds},
	{"a claim takes the oldest, up to its limit", claimOldest},
	{"a claim returns timers as they were when they fell due", claimedAsTheyWere},
	{"owners whose names begin alike do not see each other's timers", ownersApart},
	{"every due timer is claimed by one of many claimers", claimedOnce},
}

// insertTimers puts in timers due 1, 2, 3 ... minutes after noon.
func insertTimers(t *testing.T, s state.Store, ids ...string) {
	t.Helper()
	update(t, s, func(tx state.Tx) error {
		var failed error
		for i, id := range ids {
			failed = errors.Join(failed, tx.Timers().Insert(id, timer(id, minute(i+1))))
		}
		return failed
	})
}

func minute(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }

func ids(timers []state.Timer) (all []string) {
	for _, timer := range timers {
		all = append(all, timer.ID)
	}
	return all
}

func due(t *testing.T, s state.Store, at time.Time, limit int) []string {
	t.Helper()
	return ids(view(t, s, func(r state.Reader) ([]state.Timer, error) { return r.TimersDue(at, limit) }))
}

func leased(t *testing.T, s state.Store, owner string) []string {
	t.Helper()
	return ids(view(t, s, func(r state.Reader) ([]state.Timer, error) { return r.TimersOf(owner) }))
}

func claim(t *testing.T, s state.Store, owner string, now, until time.Time, limit int) []string {
	t.Helper()
	claimed, err := s.Claim(t.Context(), owner, now, until, limit)
	if err != nil {
		t.Fatalf("claim: %v", err)
	}
	return ids(claimed)
}

func dueOldestFirst(t *testing.T, s state.Store) {
	insertTimers(t, s, "z", "y", "x", "w")
	wantSame(t, due(t, s, noon, 10), nil)
	wantSame(t, due(t, s, minute(3), 10), []string{"z", "y", "x"})
	wantSame(t, due(t, s, minute(3), 2), []string{"z", "y"})
	wantSame(t, due(t, s, minute(3).Add(-1), 10), []string{"z", "y"})
	wantSame(t, due(t, s, minute(3).In(time.FixedZone("east", 3600)), 10), []string{"z", "y", "x"})
	wantSame(t, due(t, s, minute(9), 0), nil)
}

func nextDue(t *testing.T, s state.Store) {
	missing := s.View(t.Context(), func(r state.Reader) error {
		_, err := r.NextDue()
		return err
	})
	wantError(t, missing, state.ErrNotFound)
	insertTimers(t, s, "b", "a")
	wantSame(t, view(t, s, state.Reader.NextDue), minute(1))
}

func movedTimer(t *testing.T, s state.Store) {
	insertTimers(t, s, "a", "b")
	update(t, s, func(tx state.Tx) error {
		return errors.Join(tx.Timers().Replace("a", timer("a", minute(7))), tx.Timers().Delete("b"))
	})
	wantSame(t, due(t, s, minute(6), 10), nil)
	wantSame(t, due(t, s, minute(7), 10), []string{"a"})
	wantSame(t, view(t, s, state.Reader.NextDue), minute(7))
}

func leaseEnds(t *testing.T, s state.Store) {
	insertTimers(t, s, "a", "b")
	wantSame(t, claim(t, s, "one", minute(1), minute(5), 10), []string{"a"})
	wantSame(t, claim(t, s, "two", minute(4), minute(9), 10), []string{"b"})
	wantSame(t, leased(t, s, "one"), []string{"a"})
	wantSame(t, claim(t, s, "two", minute(5), minute(9), 10), []string{"a"})
	wantSame(t, leased(t, s, "one"), nil)
	wantSame(t, leased(t, s, "two"), []string{"a", "b"})
	update(t, s, func(tx state.Tx) error { return tx.Timers().Delete("a") })
	wantSame(t, leased(t, s, "two"), []string{"b"})
	wantSame(t, claim(t, s, "one", minute(8), minute(9), 10), nil)
}

func claimOldest(t *testing.T, s state.Store) {
	insertTimers(t, s, "c", "b", "a")
	wantSame(t, claim(t, s, "one", minute(9), minute(20), 2), []string{"c", "b"})
	wantSame(t, claim(t, s, "one", minute(9), minute(20), 2), []string{"a"})
	wantSame(t, claim(t, s, "one", minute(9), minute(20), 2), nil)
}

func claimedAsTheyWere(t *testing.T, s state.Store) {
	insertTimers(t, s, "a")
	claimed, err := s.Claim(t.Context(), "one", minute(3), minute(5), 1)
	wantError(t, err, nil)
	wantSame(t, claimed, []state.Timer{timer("a", minute(1))})
	want := timer("a", minute(5))
	want.Owner = "one"
	wantSame(t, view(t, s, func(r state.Reader) (state.Timer, error) { return r.Timer("a") }), want)
}

func ownersApart(t *testing.T, s state.Store) {
	insertTimers(t, s, "a", "b", "c")
	for n, owner := range []string{"node", "node/1", "nod"} {
		claim(t, s, owner, minute(n+1), minute(30), 1)
	}
	wantSame(t, leased(t, s, "node"), []string{"a"})
	wantSame(t, leased(t, s, "node/1"), []string{"b"})
	wantSame(t, leased(t, s, "nod"), []string{"c"})
}

func claimedOnce(t *testing.T, s state.Store) {
	const count = 60
	var all []string
	for n := range count {
		all = append(all, fmt.Sprintf("t%02d", n))
	}
	insertTimers(t, s, all...)
	var mu sync.Mutex
	var claimed []string
	together(t, func(caller int) error {
		for {
			got, err := s.Claim(t.Context(), fmt.Sprint("node-", caller), minute(count), minute(2*count), 7)
			if err != nil {
				return err
			}
			if len(got) == 0 && len(due(t, s, minute(count), 1)) == 0 {
				return nil
			}
			mu.Lock()
			claimed = append(claimed, ids(got)...)
			mu.Unlock()
		}
	})
	slices.Sort(claimed)
	wantSame(t, claimed, all)
}
