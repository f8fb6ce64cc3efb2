package badger_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"testing"
	"testing/synctest"
	"time"

	bdb "github.com/dgraph-io/badger/v4"

	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/badger"
)

// gate stops the first commit until it is opened, so that others have to wait for the next.
type gate chan struct{}

func hold(s *badger.Store) gate {
	g := make(gate)
	badger.Committing(s, func(commit func() error) error {
		<-g
		return commit()
	})
	return g
}

// inMemory runs f with a store in a bubble, where synctest.Wait knows when all who can wait do.
func inMemory(t *testing.T, f func(t *testing.T, s *badger.Store)) {
	synctest.Test(t, func(t *testing.T) { f(t, open(t, badger.Options{InMemory: true})) })
}

func insert(name string, size int) func(state.Tx) error {
	return func(tx state.Tx) error {
		return tx.Secrets().Insert(name, state.Secret{Value: bytes.Repeat([]byte{'x'}, size)})
	}
}

// many inserts so many small records.
func many(from, count int) func(state.Tx) error {
	return func(tx state.Tx) error {
		for n := range count {
			if err := insert(fmt.Sprint(from+n), 1)(tx); err != nil {
				return err
			}
		}
		return nil
	}
}

// inBackground starts updates and returns a function that waits for their errors.
func inBackground(ctx context.Context, s *badger.Store, functions ...func(state.Tx) error) (wait func() []error) {
	errs, done := make([]error, len(functions)), make(chan struct{})
	for i, f := range functions {
		go func() {
			errs[i] = s.Update(ctx, f)
			done <- struct{}{}
		}()
	}
	return func() []error {
		for range functions {
			<-done
		}
		return errs
	}
}

func wantErrors(t *testing.T, got []error, want error) {
	t.Helper()
	for _, err := range got {
		if !errors.Is(err, want) {
			t.Errorf("got error %v, want %v", err, want)
		}
	}
}

func wantRecord(t *testing.T, s *badger.Store, name string, there bool) {
	t.Helper()
	err := s.View(t.Context(), func(r state.Reader) error {
		_, err := r.Secret(name)
		return err
	})
	if there && err != nil || !there && !errors.Is(err, state.ErrNotFound) {
		t.Errorf("record %s: %v, want it there: %v", name, err, there)
	}
}

func TestUpdatesThatWaitShareACommit(t *testing.T) {
	cases := []struct {
		name    string
		waiting int
		size    int
		commits uint64
	}{
		{"a hundred share one", 100, 10, 1},
		{"no more than a batch of them do", badger.MaxBatch + 1, 10, 2},
		{"no more than a batch has bytes do", 5, badger.MaxBatchBytes / 4, 3}, // as base64 they are a third longer
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			inMemory(t, func(t *testing.T, s *badger.Store) {
				gate := hold(s)
				first := inBackground(t.Context(), s, insert("first", 1))
				synctest.Wait()
				var functions []func(state.Tx) error
				for n := range c.waiting {
					functions = append(functions, insert(fmt.Sprint(n), c.size))
				}
				rest := inBackground(t.Context(), s, functions...)
				synctest.Wait()
				close(gate)
				wantErrors(t, append(first(), rest()...), nil)
				if got := badger.Commits(s); got != c.commits+1 {
					t.Errorf("%d updates took %d commits after the first, want %d", c.waiting, got-1, c.commits)
				}
				wantRecord(t, s, fmt.Sprint(c.waiting-1), true)
			})
		})
	}
}

func TestOfTwoThatWaitTogetherTheLoserRunsAgain(t *testing.T) {
	inMemory(t, func(t *testing.T, s *badger.Store) {
		gate := hold(s)
		first := inBackground(t.Context(), s, insert("first", 1))
		synctest.Wait()
		rest := inBackground(t.Context(), s, insert("one", 1), insert("one", 2))
		synctest.Wait()
		close(gate)
		wantErrors(t, first(), nil)
		got := rest()
		if (got[0] == nil) == (got[1] == nil) || !errors.Is(errors.Join(got...), state.ErrExists) {
			t.Errorf("two inserts of one record ended with %v", got)
		}
	})
}

func TestATransactionThatIsTooBigIsRefusedBeforeAnyEffect(t *testing.T) {
	inMemory(t, func(t *testing.T, s *badger.Store) {
		cases := map[string]func(state.Tx) error{
			"one big record": insert("big", badger.MaxBatchBytes),
			"many records":   many(0, 20_000),
			"a long key":     insert(string(bytes.Repeat([]byte{'k'}, 10_000)), 1),
		}
		for name, f := range cases {
			if err := s.Update(t.Context(), f); !errors.Is(err, badger.ErrTooBig) {
				t.Errorf("%s: got %v", name, err)
			}
		}
		wantRecord(t, s, "big", false)
		wantRecord(t, s, "0", false)
		wantErrors(t, []error{s.Update(t.Context(), insert("small", 1))}, nil)
		if got := badger.Commits(s); got != 1 {
			t.Errorf("%d commits, want that of the small one", got)
		}
	})
}

func TestAnUpdateThatStillWaitsIsWithdrawnWhenItsContextEnds(t *testing.T) {
	inMemory(t, func(t *testing.T, s *badger.Store) {
		gate := hold(s)
		first := inBackground(t.Context(), s, insert("first", 1))
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		second := inBackground(ctx, s, insert("second", 1))
		synctest.Wait()
		cancel()
		wantErrors(t, second(), context.Canceled)
		close(gate)
		wantErrors(t, first(), nil)
		wantErrors(t, []error{s.Update(t.Context(), insert("third", 1))}, nil)
		wantRecord(t, s, "second", false)
	})
}

func TestAnUpdateWhoseCommitIsUnderWayLearnsItsOutcomeThoughItsContextEnded(t *testing.T) {
	inMemory(t, func(t *testing.T, s *badger.Store) {
		gate := hold(s)
		ctx, cancel := context.WithCancel(t.Context())
		first := inBackground(ctx, s, insert("first", 1))
		synctest.Wait()
		cancel()
		synctest.Wait()
		close(gate)
		wantErrors(t, first(), nil)
		wantRecord(t, s, "first", true)
	})
}

func TestAFunctionThatTakesVeryLongRunsAgain(t *testing.T) {
	s := open(t, badger.Options{InMemory: true})
	wantErrors(t, []error{s.Update(t.Context(), insert("read", 1))}, nil)
	meanwhile := func() (failed error) {
		failed = s.Update(t.Context(), func(tx state.Tx) error { return tx.Secrets().Replace("read", state.Secret{}) })
		for from := 0; from < 3*badger.RecentKeys; from += 2000 {
			failed = errors.Join(failed, s.Update(t.Context(), many(from, 2000)))
		}
		return failed
	}
	runs := 0
	wantErrors(t, []error{s.Update(t.Context(), func(tx state.Tx) error {
		runs++
		_, err := tx.Secrets().Get("read")
		if runs == 1 {
			err = errors.Join(err, meanwhile())
		}
		return errors.Join(err, insert("written", 1)(tx))
	})}, nil)
	if runs != 2 {
		t.Errorf("the function ran %d times", runs)
	}
}

func TestAFunctionThatAlwaysLosesEndsContended(t *testing.T) {
	inMemory(t, func(t *testing.T, s *badger.Store) {
		wantErrors(t, []error{s.Update(t.Context(), insert("hot", 1))}, nil)
		change := func(tx state.Tx) error {
			_, err := tx.Secrets().Get("hot")
			return errors.Join(err, tx.Secrets().Replace("hot", state.Secret{}))
		}
		err := s.Update(t.Context(), func(tx state.Tx) error {
			return errors.Join(change(tx), s.Update(t.Context(), change))
		})
		wantErrors(t, []error{err}, state.ErrContended)
	})
}

func TestReadersDoNotWaitForACommitUnderWay(t *testing.T) {
	inMemory(t, func(t *testing.T, s *badger.Store) {
		gate := hold(s)
		first := inBackground(t.Context(), s, insert("first", 1))
		synctest.Wait()
		wantRecord(t, s, "first", false)
		close(gate)
		wantErrors(t, first(), nil)
		wantRecord(t, s, "first", true)
	})
}

func TestASnapshotIsLetGoOfByItsLastReader(t *testing.T) {
	s := open(t, badger.Options{InMemory: true})
	unread, release := badger.Read(s)
	release()
	wantErrors(t, []error{s.Update(t.Context(), insert("one", 1))}, nil)
	txn, first := badger.Read(s)
	same, second := badger.Read(s)
	wantErrors(t, []error{s.Update(t.Context(), insert("two", 1))}, nil)
	first()
	_, held := same.Get([]byte("secret/two"))
	second()
	_, after := txn.Get([]byte("secret/two"))
	_, never := unread.Get([]byte("secret/one"))
	wantErrors(t, []error{held}, bdb.ErrKeyNotFound)
	wantErrors(t, []error{after, never}, bdb.ErrDiscardedTxn)
}

func TestAFailedCommitIsUncertainAndStopsTheStore(t *testing.T) {
	inMemory(t, func(t *testing.T, s *badger.Store) {
		broken, gate := errors.New("input/output error"), make(chan struct{})
		badger.Committing(s, func(func() error) error {
			<-gate
			return broken
		})
		first := inBackground(t.Context(), s, insert("first", 1))
		synctest.Wait()
		second := inBackground(t.Context(), s, insert("second", 1))
		synctest.Wait()
		close(gate)
		wantErrors(t, first(), state.ErrUncertain)
		wantErrors(t, second(), state.ErrClosed)
		wantErrors(t, []error{s.Update(t.Context(), insert("third", 1))}, state.ErrClosed)
		wantErrors(t, []error{s.View(t.Context(), func(state.Reader) error { return nil })}, state.ErrClosed)
		wantErrors(t, []error{s.Err()}, broken)
	})
}

func TestAnAnchorThatCannotBeKeptStopsTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := badger.Open(badger.Options{Path: scratch(t)})
		if err == nil {
			err = badger.LoseAnchor(s)
		}
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(1100 * time.Millisecond) // of the bubble: the anchor is synced each second
		wantErrors(t, []error{s.Err(), s.Close()}, fs.ErrClosed)
		wantErrors(t, []error{s.Update(t.Context(), insert("late", 1))}, state.ErrClosed)
	})
}

func TestACommitWithoutItsAnchorIsTheLast(t *testing.T) {
	s, err := badger.Open(badger.Options{Path: scratch(t)})
	if err == nil {
		err = badger.LoseAnchor(s)
	}
	if err != nil {
		t.Fatal(err)
	}
	wantErrors(t, []error{s.Update(t.Context(), insert("first", 1))}, nil)
	wantErrors(t, []error{s.Update(t.Context(), insert("second", 1))}, state.ErrClosed)
	wantErrors(t, []error{s.Close()}, fs.ErrClosed)
}

func TestCloseLeavesNothingRunning(t *testing.T) {
	for _, options := range []badger.Options{{InMemory: true}, {Path: scratch(t)}} {
		synctest.Test(t, func(t *testing.T) { // fails where a goroutine is left
			s := open(t, options)
			wantErrors(t, []error{s.Update(t.Context(), insert("one", 1)), s.Close()}, nil)
		})
	}
}

func TestCloseCommitsWhatWaits(t *testing.T) {
	path := scratch(t)
	s := open(t, badger.Options{Path: path})
	entered, gate := make(chan struct{}), make(chan struct{})
	updates := inBackground(t.Context(), s, func(tx state.Tx) error {
		entered <- struct{}{}
		<-gate
		return insert("late", 1)(tx)
	})
	<-entered
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	for s.View(t.Context(), func(state.Reader) error { return nil }) == nil {
	}
	close(gate)
	wantErrors(t, append(updates(), <-closed), nil)
	wantRecord(t, open(t, badger.Options{Path: path}), "late", true)
}
