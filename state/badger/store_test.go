package badger_test

import (
	"errors"
	"testing"

	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/badger"
	"github.com/lendgate/lendgate/state/statetest"
)

func TestFilesKeepTheRules(t *testing.T) {
	statetest.Run(t, func(t *testing.T) state.Store { return open(t, badger.Options{Path: t.TempDir()}) })
}

func TestMemoryKeepsTheRules(t *testing.T) {
	statetest.Run(t, func(t *testing.T) state.Store { return open(t, badger.Options{InMemory: true}) })
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
