package badger_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	bdb "github.com/dgraph-io/badger/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/badger"
)

// grown is one store at three moments, as crashes would leave it: after 10 orders, 11 and 30.
func grown(t *testing.T) (ten, eleven, thirty image) {
	t.Helper()
	path := scratch(t)
	s := open(t, badger.Options{Path: path})
	writeOrders(t, s, 0, 10)
	ten = takeImage(t, path)
	writeOrders(t, s, 10, 11)
	eleven = takeImage(t, path)
	writeOrders(t, s, 11, 30)
	return ten, eleven, takeImage(t, path)
}

func takeFrom(other image, name string) func(imageFile) imageFile {
	return func(imageFile) imageFile { return other[name] }
}

func removed(i image, names ...string) image {
	rest := make(image)
	for name, file := range i {
		rest[name] = file
	}
	for _, name := range names {
		delete(rest, name)
	}
	return rest
}

func TestOpenRefusesAStoreThatIsNotWhole(t *testing.T) {
	ten, _, thirty := grown(t)
	_, _, other := grown(t)
	table, _ := crashed(t, badger.Options{})
	log := ten.only(t, ".mem")
	cases := []struct {
		name  string
		store image
		want  error
		says  string
	}{
		{"the log is rolled back and the anchor is not", thirty.with(log, takeFrom(ten, log)), badger.ErrLost, "commits 11 to 30"},
		{"the log is missing", removed(thirty, log), badger.ErrLost, "commits 1 to 30"},
		{"all data is missing", image{"anchor": thirty["anchor"]}, badger.ErrLost, "reached commit 30"},
		{"the list of tables is missing", removed(thirty, "badger/MANIFEST"), badger.ErrLost, "the data is gone"},
		{"a table is missing", removed(table, "badger/000001.sst"), badger.ErrLost, "000001.sst"},
		{"the anchor is missing", removed(thirty, "anchor"), badger.ErrLost, "anchor"},
		{"the anchor is of another store", thirty.with("anchor", takeFrom(other, "anchor")), badger.ErrDamaged, "of two stores"},
		{"the anchor is empty", thirty.with("anchor", func(imageFile) imageFile { return imageFile{} }), badger.ErrDamaged, "anchor"},
		{"a table is cut short", table.with("badger/000001.sst", cut), badger.ErrDamaged, "000001.sst"},
		{"the list of tables is cut short", table.with("badger/MANIFEST", cut), badger.ErrDamaged, "MANIFEST"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := c.store.place(t)
			for range 2 { // the first refusal must not make the second try pass
				s, err := badger.Open(badger.Options{Path: path})
				if err == nil {
					s.Close()
				}
				if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "restore") {
					t.Fatalf("got %v\nwant %v that says %q and what to do", err, c.want, c.says)
				}
			}
		})
	}
}

func cut(f imageFile) imageFile {
	half := len(f.bytes) - 7
	return imageFile{f.bytes[:half], int64(half)}
}

func TestTheAnchorSurvivesATornWriteOfItself(t *testing.T) {
	_, _, thirty := grown(t)
	torn := thirty.with("anchor", func(f imageFile) imageFile {
		copy(f.bytes[20:], bytes.Repeat([]byte{0xff}, 20)) // slot 0: commit 30 is even
		return f
	})
	all, err := readAll(t, open(t, badger.Options{Path: torn.place(t)}))
	if err != nil || len(all.Orders) != 30 {
		t.Errorf("%d orders, %v", len(all.Orders), err)
	}
}

func TestTheChainOfCommitsMustBeWhole(t *testing.T) {
	cases := []struct {
		name   string
		tamper func(*bdb.Txn) error
		want   error
	}{
		{"a commit is missing", func(txn *bdb.Txn) error { return txn.Delete([]byte(badger.CommitKey(7))) }, badger.ErrLost},
		{"the first commits are missing", func(txn *bdb.Txn) error { return txn.Delete([]byte(badger.CommitKey(1))) }, badger.ErrLost},
		{"the last commits are missing", func(txn *bdb.Txn) error { return txn.Delete([]byte(badger.CommitKey(20))) }, badger.ErrLost},
		{"a commit stands in the place of another", moved(badger.CommitKey(7), badger.CommitKey(8)), badger.ErrDamaged},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := scratch(t)
			s := open(t, badger.Options{Path: path})
			writeOrders(t, s, 0, 20)
			if err := errors.Join(badger.Tamper(s, c.tamper), s.Close()); err != nil {
				t.Fatal(err)
			}
			if _, err := badger.Open(badger.Options{Path: path}); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestTheChainOfCommitsShowsACommitOfAnotherPast(t *testing.T) {
	ten, _, _ := grown(t)
	one, other := ten.place(t), ten.place(t)
	first, second := open(t, badger.Options{Path: one}), open(t, badger.Options{Path: other})
	writeOrders(t, first, 100, 110)
	writeOrders(t, second, 200, 210)
	foreign, err := badger.Raw(second, badger.CommitKey(15))
	if err != nil {
		t.Fatal(err)
	}
	swap := func(txn *bdb.Txn) error { return txn.Set([]byte(badger.CommitKey(15)), foreign) }
	if err := errors.Join(badger.Tamper(first, swap), first.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := badger.Open(badger.Options{Path: one}); !errors.Is(err, badger.ErrDamaged) || !strings.Contains(err.Error(), "hash chain") {
		t.Errorf("got %v", err)
	}
}

// moved puts the stored bytes of one key under another.
func moved(from, to string) func(*bdb.Txn) error {
	return func(txn *bdb.Txn) error {
		item, err := txn.Get([]byte(from))
		if err != nil {
			return err
		}
		raw, err := item.ValueCopy(nil)
		return errors.Join(err, txn.Set([]byte(to), raw))
	}
}

func TestAValueThatIsNotItsKeysIsAnErrorAndNeverNotFound(t *testing.T) {
	cases := map[string]func(*bdb.Txn) error{
		"it was moved":       moved("order/ord_000001", "order/ord_000002"),
		"it has no envelope": func(txn *bdb.Txn) error { return txn.Set([]byte("order/ord_000002"), []byte("{}")) },
		"it is empty":        func(txn *bdb.Txn) error { return txn.Set([]byte("order/ord_000002"), nil) },
	}
	for name, tamper := range cases {
		t.Run(name, func(t *testing.T) {
			s := open(t, badger.Options{InMemory: true})
			writeOrders(t, s, 0, 5)
			if err := errors.Join(badger.Tamper(s, tamper), insertAndForget(t, s)); err != nil {
				t.Fatal(err)
			}
			_, scanned := readAll(t, s)
			read := s.View(t.Context(), func(r state.Reader) error {
				_, err := r.Order("ord_000002")
				return err
			})
			ignored := s.Update(t.Context(), func(tx state.Tx) error {
				_, _ = tx.Orders().Get("ord_000002")
				return insert("more", 1)(tx)
			})
			wantErrors(t, []error{scanned, read, ignored}, badger.ErrDamaged)
			wantRecord(t, s, "more", false)
		})
	}
}

// insertAndForget makes a commit, so that readers see what was tampered with.
func insertAndForget(t *testing.T, s *badger.Store) error {
	return s.Update(t.Context(), insert("any", 1))
}

func TestOldRecordsOfCommitsAreDeleted(t *testing.T) {
	s := open(t, badger.Options{InMemory: true})
	commits := func(count int) {
		for range count {
			if err := s.Update(t.Context(), func(tx state.Tx) error {
				return errors.Join(tx.Secrets().Delete("one"), insert("one", 1)(tx))
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	commits(300)
	badger.Weigh(s, badger.KeepBytes)
	commits(badger.KeepCommits + 600)
	all := int(badger.Commits(s))
	if kept, err := badger.KeptCommits(s); err != nil || kept > all-255 || kept < badger.KeepCommits {
		t.Errorf("the records of %d of %d commits are kept (%v)", kept, all, err)
	}
}

func TestRecordsOfCommitsAreKeptAsFarBackAsALogReaches(t *testing.T) {
	dice := rand.New(rand.NewPCG(3, 4))
	var trail badger.Trail
	first, written := uint64(1), []uint64{0}
	for sequence := uint64(1); sequence <= 30_000; sequence++ {
		size := 1000 + dice.Uint64N(20_000)
		if sequence/5000%2 == 1 {
			size = 100
		}
		written = append(written, written[sequence-1]+size)
		from, to := badger.Extend(&trail, sequence, written[sequence], 0)
		if from != to && from != first {
			t.Fatalf("commit %d lets go of %d to %d, the first kept is %d", sequence, from, to, first)
		}
		first = max(first, to)
		if first > 1 && (sequence-first < badger.KeepCommits || written[sequence]-written[first] < badger.KeepBytes) {
			t.Fatalf("commit %d keeps no more than those from %d", sequence, first)
		}
	}
	if first < 10_000 {
		t.Errorf("after 30000 commits those from %d are kept", first)
	}
}

func TestAStoreGoesOnWhereItWasClosed(t *testing.T) {
	path := scratch(t)
	var before contents
	for round := range 3 {
		s := open(t, badger.Options{Path: path})
		all, err := readAll(t, s)
		if diff := cmp.Diff(before, all); diff != "" || err != nil {
			t.Fatalf("round %d (-before +after): %s %v", round, diff, err)
		}
		writeOrders(t, s, 10*round, 10*round+10)
		if before, err = readAll(t, s); err != nil || len(before.Feed) != 10*round+10 {
			t.Fatalf("round %d: %d events, %v", round, len(before.Feed), err)
		}
		if err := errors.Join(s.Verify(t.Context()), s.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestVerifyFindsATableThatWasDamagedWhileOpen(t *testing.T) {
	whole, _ := crashed(t, badger.Options{})
	path := whole.place(t)
	s := open(t, badger.Options{Path: path})
	wantErrors(t, []error{s.Verify(t.Context())}, nil)
	table, err := os.OpenFile(filepath.Join(path, "badger/000001.sst"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	if _, err := table.WriteAt([]byte("other"), 5000); err != nil {
		t.Fatal(err)
	}
	wantErrors(t, []error{s.Verify(t.Context())}, badger.ErrDamaged)
}

func TestTheFolderIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "data")
	s := open(t, badger.Options{Path: path})
	writeOrders(t, s, 0, 10)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for name := range takeImage(t, path) {
		file, err := os.Stat(filepath.Join(path, name))
		if err != nil {
			t.Fatal(err)
		}
		seen++
		if file.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", name, file.Mode().Perm())
		}
	}
	folder, err := os.Stat(filepath.Join(path, "badger"))
	if err != nil || seen < 5 || folder.Mode().Perm() != 0o700 {
		t.Errorf("%d files in a folder of mode %v, %v", seen, folder.Mode(), err)
	}
}

func TestRoomIsMeasuredAgainstTheFloor(t *testing.T) {
	path := t.TempDir()
	s := open(t, badger.Options{Path: path})
	free, enough := s.Room()
	if free <= 0 || !enough {
		t.Errorf("%d bytes are free and enough is %v", free, enough)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, enough := open(t, badger.Options{Path: path, Floor: 4 * free}).Room(); enough {
		t.Error("a floor far above what is free is met")
	}
}

func TestEncryptionLeavesNothingReadable(t *testing.T) {
	canary, key := []byte("Nordström-4711"), bytes.Repeat([]byte{9}, 32)
	write := func(key []byte) (path string) {
		path = scratch(t)
		s := open(t, badger.Options{Path: path, Key: key})
		update := func(tx state.Tx) error {
			return tx.References().Insert(state.ReferenceID{Merchant: "acme", Reference: string(canary)}, state.Reference{Order: string(canary)})
		}
		if err := s.Update(t.Context(), update); err != nil {
			t.Fatal(err)
		}
		if !holds(takeImage(t, path), canary) && key == nil {
			t.Error("the canary is not even in a plain log: this test sees nothing")
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		return path
	}
	plain, secret := write(nil), write(key)
	if holds(takeImage(t, secret), canary) {
		t.Error("the canary can be read in the files")
	}
	wantRefused(t, badger.Options{Path: secret})
	wantRefused(t, badger.Options{Path: secret, Key: bytes.Repeat([]byte{8}, 32)})
	wantRefused(t, badger.Options{Path: secret, Key: key[:16]})
	wantRefused(t, badger.Options{Path: plain, Key: key})
	open(t, badger.Options{Path: secret, Key: key})
}

func holds(i image, text []byte) bool {
	for _, file := range i {
		if bytes.Contains(file.bytes, text) {
			return true
		}
	}
	return false
}

func wantRefused(t *testing.T, options badger.Options) {
	t.Helper()
	if s, err := badger.Open(options); err == nil || !strings.Contains(err.Error(), "key") {
		t.Errorf("opened %v: %v", s != nil, err)
	}
}
