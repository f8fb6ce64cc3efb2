package badger_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/badger"
	"github.com/lendgate/lendgate/state/statetest"
)

func TestFilesKeepTheRules(t *testing.T) {
	statetest.Run(t, func(t *testing.T) state.Store { return sound(t, badger.Options{Path: t.TempDir()}) })
}

func TestMemoryKeepsTheRules(t *testing.T) {
	statetest.Run(t, func(t *testing.T) state.Store { return sound(t, badger.Options{InMemory: true}) })
}

// quiet is for stores whose warnings are expected.
var quiet = slog.New(slog.DiscardHandler)

// sound opens a store whose indexes must agree with its records when the test ends.
func sound(t *testing.T, options badger.Options) *badger.Store {
	t.Helper()
	s := open(t, options)
	t.Cleanup(func() {
		audited, err := s.Audit(context.Background(), state.Bounds{})
		if err != nil && !errors.Is(err, state.ErrClosed) || audited.Found > 0 {
			t.Errorf("the audit found %+v, %v", audited, err)
		}
	})
	return s
}

// open opens a store and closes it with the test, if the test has not.
func open(t *testing.T, options badger.Options) *badger.Store {
	t.Helper()
	s, err := badger.Open(options)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !errors.Is(err, state.ErrClosed) {
			t.Errorf("close: %v", err)
		}
	})
	return s
}
