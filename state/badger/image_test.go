package badger_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/badger"
)

// image is a store's folder as a crash would leave it: the files, without the zeros at their ends.
type image map[string]imageFile

type imageFile struct {
	bytes []byte
	size  int64
}

// scratch is a folder for a store whose test is not about the disk: in memory, where there is room.
func scratch(t *testing.T) string {
	t.Helper()
	const memory, enough = "/dev/shm", 2 << 30
	if free, err := badger.FreeBytes(memory); err != nil || free < enough {
		return t.TempDir()
	}
	folder, err := os.MkdirTemp(memory, "lendgate-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

func takeImage(t *testing.T, folder string) image {
	t.Helper()
	taken := make(image)
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(folder, path)
		taken[name] = imageFile{bytes.Clone(withoutTail(text)), int64(len(text))}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return taken
}

var zeros [4096]byte

// withoutTail cuts off the zeros at the end, which are most of a log: blocks first, then bytes.
func withoutTail(text []byte) []byte {
	for len(text) >= len(zeros) && bytes.Equal(text[len(text)-len(zeros):], zeros[:]) {
		text = text[:len(text)-len(zeros)]
	}
	return bytes.TrimRight(text, "\x00")
}

// place writes the image into a new folder.
func (i image) place(t *testing.T) string {
	t.Helper()
	folder := scratch(t)
	for name, file := range i {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, file.bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, file.size); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// with returns the image with one file changed.
func (i image) with(name string, change func(imageFile) imageFile) image {
	changed := make(image)
	for other, file := range i {
		changed[other] = file
	}
	file := changed[name]
	file.bytes = bytes.Clone(file.bytes)
	changed[name] = change(file)
	return changed
}

// only is the one file whose name ends so.
func (i image) only(t *testing.T, suffix string) string {
	t.Helper()
	var found []string
	for name := range i {
		if strings.HasSuffix(name, suffix) {
			found = append(found, name)
		}
	}
	if len(found) != 1 {
		t.Fatalf("files that end in %s: %v", suffix, found)
	}
	return found[0]
}

// writeOrders makes one transaction for each number: an order, an event, a timer.
func writeOrders(t *testing.T, s state.Store, from, to int) {
	t.Helper()
	for n := from; n < to; n++ {
		if err := s.Update(t.Context(), func(tx state.Tx) error { return insertOrder(tx, n) }); err != nil {
			t.Fatal(err)
		}
	}
}

func insertOrder(tx state.Tx, n int) error {
	id := fmt.Sprintf("ord_%06d", n)
	order := canonical.Order{ID: id, Merchant: "acme", Mode: canonical.Test, Amount: canonical.MustMoney("12.50", "EUR")}
	if err := tx.Orders().Insert(id, order); err != nil {
		return err
	}
	timer := state.Timer{ID: "poll/" + id, Kind: "poll", Subject: id, Due: time.Unix(int64(n), 0).UTC()}
	if err := tx.Timers().Insert(timer.ID, timer); err != nil {
		return err
	}
	return tx.Append(canonical.SealedEvent{ID: "evt_" + id, Order: id, Merchant: "acme", Mode: canonical.Test, Sequence: 1, Body: []byte(`{}`)})
}

// contents is all that can be read.
type contents struct {
	Orders []canonical.Order
	Timers []state.Timer
	Feed   []state.Position
}

func readAll(t *testing.T, s *badger.Store) (all contents, err error) {
	t.Helper()
	err = s.View(t.Context(), func(r state.Reader) (err error) {
		const limit = 1 << 20
		if all.Orders, err = r.Orders(state.Scope{}, "", limit, nil); err != nil {
			return err
		}
		if all.Timers, err = r.TimersDue(time.Unix(limit, 0), limit); err != nil {
			return err
		}
		all.Feed, err = r.Feed(state.Scope{Merchant: "acme", Mode: canonical.Test}, 0, limit)
		return err
	})
	return all, err
}

// crashed is a store with a table, and a log that a crash left behind, and what is in them.
func crashed(t *testing.T, options badger.Options) (image, contents) {
	t.Helper()
	options.Path = scratch(t)
	s := open(t, options)
	writeOrders(t, s, 0, 300)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, options)
	writeOrders(t, s, 300, 400)
	want, err := readAll(t, s)
	if err != nil || len(want.Orders) != 400 || len(want.Timers) != 400 || len(want.Feed) != 400 {
		t.Fatalf("%d orders, %d timers, %d events: %v", len(want.Orders), len(want.Timers), len(want.Feed), err)
	}
	return takeImage(t, options.Path), want
}
