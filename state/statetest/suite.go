package statetest

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/state"
)

// rule is one thing a store must keep.
type rule struct {
	name  string
	check func(*testing.T, state.Store)
}

// Run checks every rule on a store of its own. open returns an empty store and closes it when the
// test ends; a rule may close it before.
func Run(t *testing.T, open func(*testing.T) state.Store) {
	for _, r := range slices.Concat(tableRules(), transactionRules, listRules, feedRules, timerRules) {
		t.Run(r.name, func(t *testing.T) { r.check(t, open(t)) })
	}
}

// update fails the test where the update fails.
func update(t *testing.T, s state.Store, f func(state.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), f); err != nil {
		t.Fatalf("update: %v", err)
	}
}

// view reads one thing.
func view[R any](t *testing.T, s state.Store, read func(state.Reader) (R, error)) R {
	t.Helper()
	var got R
	err := s.View(t.Context(), func(r state.Reader) (err error) {
		got, err = read(r)
		return err
	})
	if err != nil {
		t.Fatalf("view: %v", err)
	}
	return got
}

func wantError(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got error %v, want %v", got, want)
	}
}

func wantSame[R any](t *testing.T, got, want R) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
