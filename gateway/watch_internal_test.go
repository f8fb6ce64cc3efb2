package gateway

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestWhatIsSeenOfAFileThatChanges(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(path string) error
		same   bool
	}{
		{"nothing", func(string) error { return nil }, true},
		{"it is read", func(path string) error { _, err := os.ReadFile(path); return err }, true},
		{"another text of the same length and time", func(path string) error {
			info, err := os.Stat(path)
			if err == nil {
				err = os.WriteFile(path+".new", []byte("b"), 0o600)
			}
			if err == nil {
				err = os.Chtimes(path+".new", info.ModTime(), info.ModTime())
			}
			if err == nil {
				err = os.Rename(path+".new", path)
			}
			return err
		}, false},
		{"another time", func(path string) error { return os.Chtimes(path, time.Time{}, time.Unix(1, 0)) }, false},
		{"another length", func(path string) error { return os.WriteFile(path, []byte("longer"), 0o600) }, false},
		{"it may be read by others", func(path string) error { return os.Chmod(path, 0o644) }, false},
		{"it is gone", os.Remove, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			path, gone := filepath.Join(t.TempDir(), "file"), filepath.Join(t.TempDir(), "gone")
			if err := os.WriteFile(path, []byte("a"), 0o600); err != nil {
				t.Fatal(err)
			}
			paths := []string{path, gone}
			before := look(paths)
			if err := row.change(path); err != nil {
				t.Fatal(err)
			}
			if got := look(paths).same(before); got != row.same {
				t.Errorf("same: %v, want %v", got, row.same)
			}
			if look(paths[:1]).same(before) || look([]string{path, path + "2"}).same(before) {
				t.Error("other files look the same")
			}
		})
	}
}
