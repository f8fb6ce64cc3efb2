package badger_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/badger"
	"github.com/lendgate/lendgate/state/statetest"
)

var noon = time.Date(2026, time.May, 4, 12, 0, 0, 0, time.UTC)

// saved is one backup file, and what was in the store at the commit it reaches.
type saved struct {
	badger.Backup
	file   []byte
	source map[string]string
}

// archive takes backups of a store while others write to it, and knows what each must hold: commits are
// held up from before its snapshot is taken until it writes.
type archive struct {
	store   *badger.Store
	commits sync.Mutex
	made    atomic.Uint64
	held    bool
	files   []saved
	source  map[string]string
}

func newArchive(t *testing.T, options badger.Options) *archive {
	t.Helper()
	a := &archive{}
	badger.CommittingFromStart(&options, func(commit func() error) error {
		a.commits.Lock()
		defer a.commits.Unlock()
		a.made.Add(1)
		return commit()
	})
	options.Now = func() time.Time {
		a.commits.Lock()
		a.held = true
		for badger.Commits(a.store) != a.made.Load() {
			runtime.Gosched() // the last commit is made and not yet shown
		}
		var err error
		if a.source, _, err = badger.Contents(a.store); err != nil {
			t.Error(err)
		}
		return noon.Add(time.Duration(len(a.files)) * time.Minute)
	}
	a.store = open(t, options)
	a.made.Store(badger.Commits(a.store))
	return a
}

// Write is the backup's, whose snapshot has been taken.
func (a *archive) Write(p []byte) (int, error) {
	if a.held {
		a.held = false
		a.commits.Unlock()
	}
	last := &a.files[len(a.files)-1]
	last.file = append(last.file, p...)
	return len(p), nil
}

func (a *archive) take(t *testing.T, since uint64) saved {
	t.Helper()
	a.files = append(a.files, saved{})
	b, err := a.store.Backup(t.Context(), a, since)
	if err != nil {
		t.Fatal(err)
	}
	last := &a.files[len(a.files)-1]
	last.Backup, last.source = b, a.source
	return *last
}

func readers(files []saved) (all []io.Reader) {
	for _, f := range files {
		all = append(all, bytes.NewReader(f.file))
	}
	return all
}

// restore makes a store of files and returns its folder.
func restore(t *testing.T, key []byte, files ...saved) (folder string) {
	t.Helper()
	folder = filepath.Join(scratch(t), "restored")
	b, err := badger.Restore(t.Context(), badger.RestoreOptions{Path: folder, Key: key}, readers(files)...)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(files[len(files)-1].Backup, b); diff != "" {
		t.Errorf("(-taken +restored):\n%s", diff)
	}
	return folder
}

// wantContents compares every key and value with what the source had.
func wantContents(t *testing.T, s *badger.Store, want saved) {
	t.Helper()
	got, commit, err := badger.Contents(s)
	if until, restored := s.Restored(); err != nil || commit != want.Commit || !restored || !until.Equal(want.At) {
		t.Errorf("commit %d, restored %v until %s, %v; want commit %d until %s", commit, restored, until, err, want.Commit, want.At)
	}
	delete(got, "!restored")
	if !maps.Equal(want.source, got) {
		t.Errorf("commit %d (-source +restored):\n%s", want.Commit, cmp.Diff(want.source, got))
	}
}

// stir inserts, replaces and deletes until it is told to stop, and returns how many updates were acknowledged.
func stir(t *testing.T, s state.Store, caller int, done *atomic.Bool) (acknowledged int) {
	dice := rand.New(rand.NewPCG(uint64(caller), 7))
	for n := 0; !done.Load(); n++ {
		id := fmt.Sprintf("ord_%d_%d", caller, n)
		err := s.Update(t.Context(), func(tx state.Tx) error { return insertWhole(tx, id) })
		old := fmt.Sprintf("ord_%d_%d", caller, dice.IntN(n+1))
		err = errors.Join(err, s.Update(t.Context(), func(tx state.Tx) error {
			order, err := tx.Orders().Get(old)
			if errors.Is(err, state.ErrNotFound) {
				return nil
			}
			order.Version++
			order.ProviderOrder.Reference = fmt.Sprint(n)
			if dice.IntN(2) == 0 {
				return errors.Join(err, tx.Operations().Delete("op_"+old), tx.Orders().Delete(old))
			}
			return errors.Join(err, tx.Orders().Replace(old, order))
		}))
		if err != nil {
			t.Error(err)
			return acknowledged
		}
		acknowledged += 2
	}
	return acknowledged
}

func TestABackupUnderLoadIsTheStoreAsOneCommitLeftIt(t *testing.T) {
	h := begin(t, "store-restore", 2, "values that differ")
	for seed, dice, more := h.next(); more; seed, dice, more = h.next() {
		key := bothKeys[[]string{"plain", "encrypted"}[seed%2]]
		a := newArchive(t, badger.Options{Path: scratch(t), Key: key})
		wantErrors(t, []error{a.store.Update(t.Context(), func(tx state.Tx) error { return statetest.Everything(tx, "one") })}, nil)
		h.count("acknowledged writes", a.takeUnderLoad(t, 3+dice.IntN(3)))
		for n := range a.files {
			s := open(t, badger.Options{Path: restore(t, key, a.files[:n+1]...), Key: key})
			wantContents(t, s, a.files[n])
			wantSound(t, s)
			h.count("stores restored", 1)
			h.count("values compared", len(a.files[n].source))
			wantErrors(t, []error{s.Close()}, nil)
		}
		wantErrors(t, []error{a.store.Close()}, nil)
	}
	h.end()
}

// takeUnderLoad takes a full backup and some after it while others write, and one when they are done.
func (a *archive) takeUnderLoad(t *testing.T, more int) (acknowledged int) {
	var done atomic.Bool
	var writers sync.WaitGroup
	var all atomic.Int64
	for caller := range 2 {
		writers.Go(func() { all.Add(int64(stir(t, a.store, caller, &done))) })
	}
	since := uint64(0)
	for range more {
		for before := badger.Commits(a.store); badger.Commits(a.store) < before+10; {
			runtime.Gosched()
		}
		since = a.take(t, since).Commit
	}
	done.Store(true)
	writers.Wait()
	a.take(t, since)
	return int(all.Load())
}

var bothKeys = map[string][]byte{"plain": nil, "encrypted": bytes.Repeat([]byte{7}, 32)}

func deleteOrder(id string) func(state.Tx) error {
	return func(tx state.Tx) error { return tx.Orders().Delete(id) }
}

func TestWhatWasDeletedDoesNotComeBack(t *testing.T) {
	path := scratch(t)
	a := newArchive(t, badger.Options{Path: path})
	writeOrders(t, a.store, 0, 20)
	a.take(t, 0)
	const id = "ord_000007"
	wantErrors(t, []error{a.store.Update(t.Context(), deleteOrder(id)), a.store.Close()}, nil)
	for n := range 8 { // each time the log becomes a table, until there are enough of them to be merged
		s := open(t, badger.Options{Path: path})
		writeOrders(t, s, 20+n, 21+n)
		wantErrors(t, []error{badger.Compact(s), s.Close()}, nil)
	}
	files := a.files
	a = newArchive(t, badger.Options{Path: path})
	a.files = files
	if known := badger.Versions(a.store, "order/"+id); known != 0 {
		t.Fatalf("badger still knows %d versions of the key: this test sees nothing", known)
	}
	a.take(t, files[0].Commit)
	s := open(t, badger.Options{Path: restore(t, nil, a.files...)})
	wantContents(t, s, a.files[1])
	if err := s.View(t.Context(), func(r state.Reader) error {
		_, err := r.Order(id)
		return err
	}); !errors.Is(err, state.ErrNotFound) {
		t.Errorf("the deleted order: %v", err)
	}
	if a.files[1].Deletions == 0 {
		t.Error("the backup names no deletion")
	}
}

func TestABackupOfNothingNewChangesNothing(t *testing.T) {
	a := newArchive(t, badger.Options{Path: scratch(t)})
	a.take(t, 0)
	if s := open(t, badger.Options{Path: restore(t, nil, a.files...)}); badger.Commits(s) != 0 {
		t.Error("an empty store has commits")
	}
	writeOrders(t, a.store, 0, 3)
	full := a.take(t, 0)
	same := a.take(t, full.Commit)
	again := a.take(t, same.Commit)
	if again.Values+again.Deletions > 0 || again.Commit != full.Commit {
		t.Errorf("got %+v", again.Backup)
	}
	wantContents(t, open(t, badger.Options{Path: restore(t, nil, full, same, again)}), again)
}

func TestARestoredStoreGoesOn(t *testing.T) {
	a := newArchive(t, badger.Options{Path: scratch(t)})
	writeOrders(t, a.store, 0, 5)
	a.take(t, 0)
	folder := restore(t, nil, a.files...)

	second := newArchive(t, badger.Options{Path: folder})
	writeOrders(t, second.store, 5, 8)
	second.files = a.files
	second.take(t, a.files[0].Commit) // goes on from a backup made elsewhere: the chain is one
	again := restore(t, nil, second.files...)
	if until, restored := open(t, badger.Options{Path: again}).Restored(); !restored || !until.Equal(a.files[0].At) {
		t.Errorf("restored twice and never settled: until %s, want the first backup's time %s", until, a.files[0].At)
	}

	wantErrors(t, []error{second.store.Settle(t.Context())}, nil)
	_, restored := second.store.Restored()
	second.take(t, second.files[1].Commit)
	wantErrors(t, []error{second.store.Close()}, nil)
	if _, still := open(t, badger.Options{Path: folder}).Restored(); restored || still {
		t.Error("a settled store says that it is restored")
	}
	wantContents(t, open(t, badger.Options{Path: restore(t, nil, second.files...)}), second.files[2])
}

func TestABackupSinceWhatIsNoLongerKnownMustBeFull(t *testing.T) {
	take := func(s *badger.Store, since uint64) error {
		_, err := s.Backup(t.Context(), io.Discard, since)
		return err
	}
	s := open(t, badger.Options{InMemory: true})
	commits := func(from, count int) {
		for n := range count {
			wantErrors(t, []error{s.Update(t.Context(), insert(fmt.Sprint(from+n), 1))}, nil)
		}
	}
	commits(0, 300)
	badger.Weigh(s, badger.KeepBytes)
	commits(300, badger.KeepCommits+300)
	head := badger.Commits(s)
	wantErrors(t, []error{take(s, head+1), take(s, 1)}, badger.ErrFullNeeded)
	wantErrors(t, []error{take(s, 0), take(s, head), take(s, head-100)}, nil)

	old := open(t, badger.Options{Path: unpacked(t, fixture(1)+".tar.gz")})
	before := badger.Commits(old) - 1 // what the upgrade did begins after it
	wantErrors(t, []error{take(old, before-5)}, badger.ErrFullNeeded)
	wantErrors(t, []error{take(old, 0), take(old, badger.Commits(old))}, nil)
}

func TestRecordsOfCommitsAreKeptForTheNextBackup(t *testing.T) {
	const size, backedUp = 1 << 20, 100
	var trail badger.Trail
	first := uint64(1)
	for sequence := uint64(1); sequence <= 8*badger.KeepCommits; sequence++ {
		_, to := badger.Extend(&trail, sequence, size*sequence, backedUp)
		first = max(first, to)
		within := size*(sequence-backedUp) < badger.KeepForBackup
		if within && first > backedUp {
			t.Fatalf("commit %d keeps those from %d, a backup since %d needs the one after it", sequence, first, backedUp)
		}
	}
	if first < 4*badger.KeepCommits {
		t.Errorf("long after the last backup those from %d are kept", first)
	}
}

// backups is a full one of 10 orders and two that go on from it, of a store with a key or without one.
func backups(t *testing.T, key []byte) *archive {
	t.Helper()
	a := newArchive(t, badger.Options{Path: scratch(t), Key: key})
	writeOrders(t, a.store, 0, 10)
	full := a.take(t, 0)
	wantErrors(t, []error{a.store.Update(t.Context(), deleteOrder("ord_000003"))}, nil)
	writeOrders(t, a.store, 10, 12)
	first := a.take(t, full.Commit)
	writeOrders(t, a.store, 12, 14)
	a.take(t, first.Commit)
	return a
}

func TestRestoreRefusesWhatIsNotOneStoresBackupsInOrder(t *testing.T) {
	key := bothKeys["encrypted"]
	plain, other, sealed := backups(t, nil).files, backups(t, nil).files, backups(t, key).files
	cases := []struct {
		name  string
		key   []byte
		files []saved
		says  string
	}{
		{"no file", nil, nil, "no backup"},
		{"one that goes on comes first", nil, plain[1:], "must be a full backup"},
		{"one is missing", nil, []saved{plain[0], plain[2]}, "the file before it reaches"},
		{"one comes twice", nil, []saved{plain[0], plain[1], plain[1]}, "the file before it reaches"},
		{"two are in the wrong order", nil, []saved{plain[0], plain[2], plain[1]}, "the file before it reaches"},
		{"a full one comes later", nil, []saved{plain[0], plain[0]}, "goes on from commit 0"},
		{"one is of another store", nil, []saved{plain[0], other[1]}, "two stores"},
		{"the store's key is missing", nil, sealed, "the key is wrong"},
		{"the store has no key", key, plain, "the key is wrong"},
		{"the key is another's", bytes.Repeat([]byte{8}, 32), sealed, "cannot be opened with this key"},
		{"the key is too short", key[:16], sealed, "16 bytes"},
		{"one is empty", nil, []saved{plain[0], {}}, "cut short"},
		{"one is something else", nil, []saved{{file: []byte("{\"orders\":[]}\n")}}, "none"},
		{"one is of a newer form", nil, []saved{{file: bytes.Replace(plain[0].file, []byte(`"lendgate_backup":1`), []byte(`"lendgate_backup":9`), 1)}}, "newer"},
		{"one is of a newer format", nil, []saved{{file: bytes.Replace(plain[0].file, []byte(`"format":2`), []byte(`"format":9`), 1)}}, "newer"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			parent := scratch(t)
			_, err := badger.Restore(t.Context(), badger.RestoreOptions{Path: filepath.Join(parent, "restored"), Key: c.key}, readers(c.files)...)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v\nwant one that says %q", err, c.says)
			}
			wantEmpty(t, parent)
		})
	}
}

func wantEmpty(t *testing.T, folder string) {
	t.Helper()
	left, err := os.ReadDir(folder)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestRestoreRefusesAFolderThatIsThere(t *testing.T) {
	files := backups(t, nil).files
	folder := scratch(t)
	_, err := badger.Restore(t.Context(), badger.RestoreOptions{Path: folder}, readers(files)...)
	wantErrors(t, []error{err}, fs.ErrExist)
	wantEmpty(t, folder)
}

func TestRestoreGoesOverWhatAKilledOneLeft(t *testing.T) {
	files := backups(t, nil).files
	for name, left := range map[string]image{
		"the beginning": {"lock": {}},
		"half a store":  {"lock": {}, "badger/000001.sst": {[]byte("x"), 1}, "badger/MANIFEST": {}, "anchor": {}},
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(scratch(t), "restored")
			if err := os.Rename(left.place(t), folder+".restoring"); err != nil {
				t.Fatal(err)
			}
			b, err := badger.Restore(t.Context(), badger.RestoreOptions{Path: folder}, readers(files)...)
			if err != nil || b.Commit != files[2].Commit {
				t.Fatalf("%+v, %v", b, err)
			}
			wantContents(t, open(t, badger.Options{Path: folder}), files[2])
		})
	}
}

// fileHarms are the ways in which a backup file comes to be another.
var fileHarms = []struct {
	name string
	do   func(file []byte, dice *rand.Rand) []byte
}{
	{"files cut", func(file []byte, dice *rand.Rand) []byte { return file[:dice.IntN(len(file))] }},
	{"files cut near an end", func(file []byte, dice *rand.Rand) []byte { return file[:len(file)-1-dice.IntN(100)] }},
	{"bits flipped", func(file []byte, dice *rand.Rand) []byte {
		file[dice.IntN(len(file))] ^= 1 << dice.IntN(8)
		return file
	}},
	{"bits of the first line flipped", func(file []byte, dice *rand.Rand) []byte {
		file[dice.IntN(bytes.IndexByte(file, '\n')+5)] ^= 1 << dice.IntN(8)
		return file
	}},
	{"parts left out", func(file []byte, dice *rand.Rand) []byte {
		at := dice.IntN(len(file))
		return append(file[:at], file[min(len(file), at+1+dice.IntN(300)):]...)
	}},
	{"parts repeated", func(file []byte, dice *rand.Rand) []byte {
		at := 1 + dice.IntN(len(file)-1)
		return slices.Concat(file[:at], file[max(0, at-1-dice.IntN(300)):])
	}},
	{"bytes put behind", func(file []byte, dice *rand.Rand) []byte { return append(file, make([]byte, 1+dice.IntN(9))...) }},
}

func TestACutOrAlteredBackupIsRefused(t *testing.T) {
	h := begin(t, "store-backup-damage", 800, "taken for whole")
	keys := [][]byte{bothKeys["plain"], bothKeys["encrypted"]}
	files := [][]saved{backups(t, keys[0]).files, backups(t, keys[1]).files}
	for n, key := range keys {
		for _, whole := range files[n] {
			if b, err := badger.ReadBackup(t.Context(), key, bytes.NewReader(whole.file)); err != nil || b != whole.Backup {
				t.Fatalf("a whole one: %+v, %v", b, err)
			}
		}
	}
	for seed, dice, more := h.next(); more; seed, dice, more = h.next() {
		n, harm := dice.IntN(len(keys)), fileHarms[dice.IntN(len(fileHarms))]
		whole := files[n][dice.IntN(len(files[n]))].file
		damaged := harm.do(bytes.Clone(whole), dice)
		h.count(harm.name, 1)
		if _, err := badger.ReadBackup(t.Context(), keys[n], bytes.NewReader(damaged)); err == nil && !bytes.Equal(whole, damaged) {
			t.Errorf("seed %d: %s, and it is taken for whole", seed, harm.name)
		}
		h.count("refused", 1)
	}
	h.end()
}

func TestRestoreLeavesNothingOfADamagedBackup(t *testing.T) {
	dice := rand.New(rand.NewPCG(11, 12))
	files := backups(t, nil).files
	parent := scratch(t)
	for range 12 {
		n := dice.IntN(len(files))
		at := dice.IntN(len(files[n].file))
		cut, altered := bytes.Clone(files[n].file[:at]), bytes.Clone(files[n].file)
		altered[at] ^= 4
		for what, file := range map[string][]byte{"cut": cut, "altered": altered} {
			damaged := append([]saved(nil), files...)
			damaged[n].file = file
			if _, err := badger.Restore(t.Context(), badger.RestoreOptions{Path: filepath.Join(parent, "restored")}, readers(damaged)...); err == nil {
				t.Errorf("file %d is %s at byte %d and restored", n, what, at)
			}
			wantEmpty(t, parent)
		}
	}
}

func TestABackupOfAnEncryptedStoreHidesWhatIsInIt(t *testing.T) {
	canary := []byte("Nordström-4711")
	for name, key := range bothKeys {
		a := newArchive(t, badger.Options{Path: scratch(t), Key: key})
		wantErrors(t, []error{a.store.Update(t.Context(), func(tx state.Tx) error {
			return tx.Orders().Insert("ord_1", canonical.Order{ID: "ord_1", Customer: canonical.Customer{Name: string(canary)}})
		})}, nil)
		a.take(t, 0)
		if readable := bytes.Contains(a.files[0].file, canary); readable != (key == nil) {
			t.Errorf("%s: the canary can be read: %v", name, readable)
		}
	}
}

func TestABackupOfADamagedTableFails(t *testing.T) {
	whole, _ := crashed(t, badger.Options{})
	path := whole.place(t)
	s := open(t, badger.Options{Path: path})
	table, err := os.OpenFile(filepath.Join(path, "badger/000001.sst"), os.O_RDWR, 0)
	if err == nil {
		_, err = table.WriteAt([]byte("other"), 5000)
	}
	wantErrors(t, []error{err, table.Close()}, nil)
	_, err = s.Backup(t.Context(), io.Discard, 0)
	wantErrors(t, []error{err}, badger.ErrDamaged)
}

// broken takes so many bytes.
type broken struct {
	left int
	then func() error
}

func (b *broken) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left > 0 {
		return len(p), nil
	}
	return 0, b.then()
}

func TestABackupEndsWithItsReasonToEnd(t *testing.T) {
	s := open(t, badger.Options{InMemory: true})
	for n := range 3 {
		wantErrors(t, []error{s.Update(t.Context(), insert(fmt.Sprint(n), 400_000))}, nil)
	}
	full := errors.New("no space left")
	_, err := s.Backup(t.Context(), &broken{then: func() error { return full }}, 0)
	wantErrors(t, []error{err}, full)

	ctx, cancel := context.WithCancel(t.Context())
	_, err = s.Backup(ctx, &broken{then: func() error { cancel(); return nil }}, 0)
	if !errors.Is(err, context.Canceled) && !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("got %v", err)
	}

	closed := make(chan error)
	_, err = s.Backup(t.Context(), &stopping{func() {
		go func() { closed <- s.Close() }()
		for s.View(t.Context(), func(state.Reader) error { return nil }) == nil {
		}
	}}, 0)
	wantErrors(t, []error{err}, state.ErrClosed)
	wantErrors(t, []error{<-closed}, nil)
}

// stopping does something once, when it is first written to.
type stopping struct{ do func() }

func (s *stopping) Write(p []byte) (int, error) {
	if s.do != nil {
		s.do()
		s.do = nil
	}
	return len(p), nil
}
