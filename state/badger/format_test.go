package badger_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	bdb "github.com/dgraph-io/badger/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/badger"
	"github.com/lendgate/lendgate/state/statetest"
)

// With -update the fixture of the present format is written where there is none yet, and what is in
// each is written down anew. A fixture of a format that has landed is never made again.
var update = flag.Bool("update", false, "write the fixture of the present format, and what is in each")

func fixture(format int) string { return fmt.Sprintf("testdata/format-%d", format) }

func TestStoresOfEveryFormatOpenWithAllThatIsInThem(t *testing.T) {
	if *update {
		writeFixture(t, fixture(badger.Format)+".tar.gz")
	}
	for format := 1; format <= badger.Format; format++ {
		t.Run(fmt.Sprint(format), func(t *testing.T) {
			if _, err := os.Stat(fixture(format) + ".tar.gz"); format == badger.Format && errors.Is(err, fs.ErrNotExist) {
				t.Skip("the present format has not landed yet: go test -update writes its fixture")
			}
			options := badger.Options{Path: unpacked(t, fixture(format)+".tar.gz")}
			before := raw(t, options.Path)
			for range 2 { // what was upgraded says so until it is settled
				s := open(t, options)
				wantGolden(t, fixture(format)+".golden", listed(t, s))
				wantFoundByReference(t, s)
				wantSound(t, s)
				if s.Upgraded() != (format < badger.Format) {
					t.Errorf("upgraded: %v", s.Upgraded())
				}
				wantErrors(t, []error{s.Close()}, nil)
			}
			s := open(t, options)
			wantErrors(t, []error{s.Settle(t.Context())}, nil)
			settled := !s.Upgraded()
			wantErrors(t, []error{s.Close()}, nil)
			wantOnlyAdded(t, before, raw(t, options.Path), "!format", "!commit/", "~given/", "~about/")
			if !settled || open(t, options).Upgraded() {
				t.Error("a settled store says that it was upgraded")
			}
		})
	}
}

// raw is every key of a closed store with its bytes.
func raw(t *testing.T, path string) map[string]string {
	t.Helper()
	db, err := bdb.Open(bdb.DefaultOptions(filepath.Join(path, "badger")).WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]string)
	err = db.View(func(txn *bdb.Txn) error {
		at := txn.NewIterator(bdb.DefaultIteratorOptions)
		defer at.Close()
		for at.Rewind(); at.Valid(); at.Next() {
			value, err := at.Item().ValueCopy(nil)
			if err != nil {
				return err
			}
			all[string(at.Item().Key())] = string(value)
		}
		return nil
	})
	wantErrors(t, []error{err, db.Close()}, nil)
	return all
}

// wantOnlyAdded has nothing changed but by what begins so.
func wantOnlyAdded(t *testing.T, before, after map[string]string, prefixes ...string) {
	t.Helper()
	for key, value := range before {
		if after[key] != value {
			t.Errorf("%s was changed", key)
		}
	}
	for key := range after {
		if _, was := before[key]; !was && !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) }) {
			t.Errorf("%s was added", key)
		}
	}
}

// listed tells what is in a store, a line for each thing.
func listed(t *testing.T, s *badger.Store) string {
	t.Helper()
	var lines strings.Builder
	add := func(format string, args ...any) { fmt.Fprintf(&lines, format+"\n", args...) }
	const limit = 1 << 20
	err := s.View(t.Context(), func(r state.Reader) error {
		orders, err := r.Orders(state.Scope{}, "", limit, nil)
		if err != nil {
			return err
		}
		for _, o := range orders {
			add("order %s of %s/%s at %s is %s, %s, reference %s, events %d to %s", o.ID, o.Merchant, o.Mode, o.Provider, o.Status, o.Amount, o.ProviderOrder.Reference, o.Hidden.Events, o.Hidden.LastHash)
			history, err := r.History(o.ID, 0, limit)
			if err != nil {
				return err
			}
			for _, e := range history {
				add("  event %d %s %s", e.Sequence, e.ID, e.Hash)
			}
		}
		operations, err := r.Operations(state.Scope{}, false, "", limit, nil)
		for _, op := range operations {
			add("operation %s of %s: %s is %s", op.ID, op.Order, op.Kind, op.State)
		}
		unresolved, failed := r.Operations(state.Scope{}, true, "", limit, nil)
		add("%d operations are unresolved", len(unresolved))
		return errors.Join(err, failed, listFeeds(r, add), listTimers(r, add), listOthers(r, add))
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines.String()
}

func listFeeds(r state.Reader, add func(string, ...any)) error {
	feed, err := r.Feed(state.Scope{}, 0, 1<<20)
	for _, p := range feed {
		add("position %d: event %s of %s/%s", p.At, p.Event.ID, p.Event.Merchant, p.Event.Mode)
	}
	for _, merchant := range []string{"acme", "demo"} {
		own, failed := r.Feed(state.Scope{Merchant: merchant, Mode: canonical.Test}, 0, 1<<20)
		add("%d events of %s", len(own), merchant)
		err = errors.Join(err, failed)
	}
	return err
}

func listTimers(r state.Reader, add func(string, ...any)) error {
	timers, err := r.TimersDue(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), 1<<20)
	for _, timer := range timers {
		add("timer %s for %s, due %s", timer.ID, timer.Subject, timer.Due.Format(time.RFC3339Nano))
	}
	return err
}

func listOthers(r state.Reader, add func(string, ...any)) error {
	keys, err := r.AllAPIKeys()
	for _, key := range keys {
		add("API key %s: %s of %s/%s", key.ID, key.Role, key.Merchant, key.Mode)
	}
	quarantines, failed := r.AllQuarantines()
	add("%d quarantines", len(quarantines))
	return errors.Join(err, failed)
}

func wantFoundByReference(t *testing.T, s *badger.Store) {
	t.Helper()
	err := s.View(t.Context(), func(r state.Reader) error {
		orders, err := r.Orders(state.Scope{}, "", 1<<20, func(o *canonical.Order) bool { return o.ProviderOrder.Reference != "" })
		if len(orders) == 0 {
			t.Error("no order has a reference: this test sees nothing")
		}
		for _, o := range orders {
			found, failed := r.OrdersGiven(o.Provider, o.ProviderOrder.Reference)
			if failed != nil || len(found) != 1 || found[0].ID != o.ID {
				t.Errorf("%s of %s finds %d orders, want %s (%v)", o.ProviderOrder.Reference, o.Provider, len(found), o.ID, failed)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// wantSound has everything in the store agree.
func wantSound(t *testing.T, s *badger.Store) {
	t.Helper()
	audited, err := s.Audit(t.Context(), state.Bounds{})
	if err != nil || audited.Found > 0 || audited.Next != "" {
		t.Errorf("the audit found %+v, %v", audited, err)
	}
}

func wantGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// unpacked is a copy of the store in a fixture.
func unpacked(t *testing.T, path string) (folder string) {
	t.Helper()
	folder = scratch(t)
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	zipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	files := tar.NewReader(zipped)
	for {
		entry, err := files.Next()
		if errors.Is(err, io.EOF) {
			return filepath.Join(folder, "store")
		}
		if err == nil && entry.Typeflag == tar.TypeReg {
			var text []byte
			if text, err = io.ReadAll(files); err == nil {
				to := filepath.Join(folder, entry.Name)
				err = errors.Join(os.MkdirAll(filepath.Dir(to), 0o700), os.WriteFile(to, text, 0o600))
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// writeFixture makes a store of the present format with something in every table.
func writeFixture(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Stat(path); err == nil {
		return
	}
	folder := scratch(t)
	s := open(t, badger.Options{Path: folder})
	writeReferred(t, s, 0, 3)
	for _, name := range []string{"one", "two"} {
		wantErrors(t, []error{s.Update(t.Context(), func(tx state.Tx) error { return statetest.Everything(tx, name) })}, nil)
	}
	wantErrors(t, []error{s.Close()}, nil)
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	files := tar.NewWriter(zipped)
	for name, file := range takeImage(t, folder) {
		if name == "lock" || strings.HasSuffix(name, "LOCK") {
			continue
		}
		text := append(file.bytes, make([]byte, int(file.size)-len(file.bytes))...)
		wantErrors(t, []error{files.WriteHeader(&tar.Header{Name: "store/" + name, Mode: 0o600, Size: file.size})}, nil)
		_, err := files.Write(text)
		wantErrors(t, []error{err}, nil)
	}
	wantErrors(t, []error{files.Close(), zipped.Close(), os.WriteFile(path, packed.Bytes(), 0o644)}, nil)
}

// writeReferred makes one transaction with an order for each number, that its provider knows by a reference.
func writeReferred(t *testing.T, s state.Store, from, to int) {
	t.Helper()
	wantErrors(t, []error{s.Update(t.Context(), func(tx state.Tx) (err error) {
		for n := from; n < to; n++ {
			id := fmt.Sprintf("ord_%06d", n)
			order := canonical.Order{ID: id, Merchant: "acme", Mode: canonical.Test, Provider: "ecster-se", ProviderOrder: canonical.ProviderOrder{Reference: "lg/" + id}}
			err = errors.Join(err, tx.Orders().Insert(id, order))
		}
		return err
	})}, nil)
}

// aged takes from a store what the present format added to the first.
func aged(t *testing.T, s *badger.Store) {
	t.Helper()
	err := badger.Tamper(s, func(txn *bdb.Txn) error {
		at := txn.NewIterator(bdb.IteratorOptions{Prefix: []byte("~given/")})
		defer at.Close()
		for at.Rewind(); at.Valid(); at.Next() {
			if err := txn.Delete(at.Item().KeyCopy(nil)); err != nil {
				return err
			}
		}
		return txn.Delete([]byte("!format"))
	})
	wantErrors(t, []error{err}, nil)
}

func TestAnUpgradeGoesOnAfterAKillAtAnyPoint(t *testing.T) {
	const orders = 400
	path := scratch(t)
	s := open(t, badger.Options{Path: path})
	writeReferred(t, s, 0, orders)
	aged(t, s)
	wantErrors(t, []error{s.Close()}, nil)
	old := takeImage(t, path)

	killed := []image{old}
	options := badger.Options{Path: path}
	badger.CommittingFromStart(&options, func(commit func() error) error {
		err := commit()
		killed = append(killed, takeImage(t, path))
		return err
	})
	wantErrors(t, []error{open(t, options).Close()}, nil)
	if len(killed) < 5 {
		t.Fatalf("the upgrade took %d commits", len(killed)-1)
	}
	for n, left := range killed {
		s := open(t, badger.Options{Path: left.place(t)})
		wantFoundByReference(t, s)
		wantSound(t, s)
		if !s.Upgraded() {
			t.Errorf("killed after commit %d of the upgrade: nothing was upgraded", n)
		}
	}
}

func TestAnUpgradeThatFailsLeavesNothingRunning(t *testing.T) {
	path := scratch(t)
	s := open(t, badger.Options{Path: path})
	writeReferred(t, s, 0, 3)
	aged(t, s)
	wantErrors(t, []error{badger.Tamper(s, func(txn *bdb.Txn) error {
		return txn.Set([]byte("order/ord_000001"), badger.Sealed("order/ord_000001", "{"))
	}), s.Close()}, nil)
	for range 2 { // the folder is free again
		if _, err := badger.Open(badger.Options{Path: path}); err == nil || !strings.Contains(err.Error(), "order/ord_000001") {
			t.Errorf("got %v", err)
		}
	}
}

func TestAStoreOfANewerFormatIsRefusedAndLeftAlone(t *testing.T) {
	cases := map[string]error{"99": badger.ErrNewer, "two": badger.ErrDamaged, "": badger.ErrDamaged}
	for number, want := range cases {
		path := scratch(t)
		s := open(t, badger.Options{Path: path})
		writeReferred(t, s, 0, 3)
		wantErrors(t, []error{badger.Tamper(s, func(txn *bdb.Txn) error {
			return txn.Set([]byte("!format"), badger.Sealed("!format", number))
		}), s.Close()}, nil)
		for range 2 {
			if _, err := badger.Open(badger.Options{Path: path}); !errors.Is(err, want) || !strings.Contains(err.Error(), number) {
				t.Errorf("format %q: got %v", number, err)
			}
		}
	}
}

func TestANewStoreIsOfThePresentFormat(t *testing.T) {
	path := scratch(t)
	for range 2 { // also one that was opened and closed before anything was written
		wantErrors(t, []error{open(t, badger.Options{Path: path}).Close()}, nil)
	}
	s := open(t, badger.Options{Path: path})
	writeReferred(t, s, 0, 1)
	raw, err := badger.Raw(s, "!format")
	if want := badger.Sealed("!format", fmt.Sprint(badger.Format)); err != nil || !bytes.Equal(raw, want) {
		t.Errorf("got %q, want %q (%v)", raw, want, err)
	}
	wantErrors(t, []error{s.Close()}, nil)
	if open(t, badger.Options{Path: path}).Upgraded() {
		t.Error("it says that it was upgraded")
	}
}

func TestTheIndexesAreMadeAnewWhenAsked(t *testing.T) {
	path := scratch(t)
	s := open(t, badger.Options{Path: path})
	writeReferred(t, s, 0, 5)
	key := "~given/ecster-se/lg%2ford_000003/ord_000003"
	wantErrors(t, []error{badger.Tamper(s, func(txn *bdb.Txn) error { return txn.Delete([]byte(key)) }), s.Close()}, nil)
	s = open(t, badger.Options{Path: path})
	audited, err := s.Audit(t.Context(), state.Bounds{})
	if err != nil || len(audited.Findings) != 1 || !strings.Contains(audited.Findings[0], key) {
		t.Errorf("the audit found %+v, %v", audited, err)
	}
	wantErrors(t, []error{s.Close()}, nil)
	s = open(t, badger.Options{Path: path, Mend: true})
	wantSound(t, s)
	wantFoundByReference(t, s)
	if s.Upgraded() {
		t.Error("it says that it was upgraded")
	}
}
