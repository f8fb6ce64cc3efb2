package badger_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/lendgate/lendgate/state/badger"
)

// TestALogThatWasOnlyJustMadeIsNoDamage: a process was killed between making a log file and giving it its size.
func TestALogThatWasOnlyJustMadeIsNoDamage(t *testing.T) {
	for _, name := range []string{"00009.mem", "000009.vlog"} {
		folder := t.TempDir()
		reopened(t, folder)
		if err := os.WriteFile(filepath.Join(folder, "badger", name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		reopened(t, folder)
	}
}

func reopened(t *testing.T, folder string) {
	t.Helper()
	store, err := badger.Open(badger.Options{Path: folder})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}
