package badger

import (
	bdb "github.com/dgraph-io/badger/v4"

	"github.com/lendgate/lendgate/state"
)

// Commits is how many commits the store has made.
func Commits(s *Store) uint64 {
	seen := s.snapshots.take()
	defer s.snapshots.release(seen)
	return seen.sequence
}

// Committing has the committer call do with each commit.
func Committing(s *Store, do func(commit func() error) error) {
	s.committer.apply = func(txn *bdb.Txn) error { return do(txn.Commit) }
}

// CommittingFromStart is Committing for a store that is yet to be opened.
func CommittingFromStart(o *Options, do func(commit func() error) error) {
	o.apply = func(txn *bdb.Txn) error { return do(txn.Commit) }
}

// Disk has a store that is yet to be opened believe what is free.
func Disk(o *Options, free func(path string) (int64, error)) { o.free = free }

// Sealed is a value as it stands under a key.
func Sealed(key, value string) []byte { return seal(key, []byte(value)) }

// KeptCommits is how many commits still have their record.
func KeptCommits(s *Store) (kept int, err error) {
	seen := s.snapshots.take()
	defer s.snapshots.release(seen)
	err = seen.Scan(state.Range{Prefix: commitPrefix, KeysOnly: true}, func(string, []byte) (bool, error) {
		kept++
		return true, nil
	})
	return kept, err
}

// Weigh makes the last commit count as if it had written so many bytes more.
func Weigh(s *Store, bytes uint64) { s.committer.trail.head.written += bytes }

// Read is the snapshot that readers get now.
func Read(s *Store) (txn *bdb.Txn, release func()) {
	seen := s.snapshots.take()
	return seen.txn, func() { s.snapshots.release(seen) }
}

// LoseAnchor closes the file of the anchor.
func LoseAnchor(s *Store) error { return s.anchor.file.Close() }

// Raw is what stands under a key.
func Raw(s *Store, key string) (raw []byte, err error) {
	return raw, s.db.View(func(txn *bdb.Txn) error {
		item, err := txn.Get([]byte(key))
		if err == nil {
			raw, err = item.ValueCopy(nil)
		}
		return err
	})
}

// Tamper changes the store behind its back.
func Tamper(s *Store, f func(*bdb.Txn) error) error { return s.db.Update(f) }

// Trail is the kept end of the chain.
type Trail = trail

// Extend takes a commit on.
func Extend(t *Trail, sequence, written, backedUp uint64) (from, to uint64) {
	t.extend(link{sequence: sequence, written: written})
	return t.shorten(backedUp)
}

// Contents is every key as it stands, and the commit that left it so.
func Contents(s *Store) (all map[string]string, commit uint64, err error) {
	seen := s.snapshots.take()
	defer s.snapshots.release(seen)
	all = make(map[string]string)
	at := seen.txn.NewIterator(bdb.IteratorOptions{})
	defer at.Close()
	for at.Rewind(); at.Valid() && err == nil; at.Next() {
		key := string(at.Item().Key())
		err = at.Item().Value(func(sealed []byte) error {
			all[key] = string(sealed)
			_, err := unseal(key, sealed)
			return err
		})
	}
	return all, seen.sequence, err
}

// Compact merges all tables, so that badger forgets what it can.
func Compact(s *Store) error { return s.db.Flatten(1) }

// Versions counts what badger still knows of a key, deletions too.
func Versions(s *Store, key string) (count int) {
	txn := s.db.NewTransaction(false)
	defer txn.Discard()
	at := txn.NewKeyIterator([]byte(key), bdb.IteratorOptions{AllVersions: true})
	defer at.Close()
	for at.Rewind(); at.Valid(); at.Next() {
		count++
	}
	return count
}

// What tests need to name.
var (
	CommitKey = commitKey
	FreeBytes = freeBytes
)

const (
	RecentKeys    = recentKeys
	KeepCommits   = keepCommits
	KeepBytes     = keepBytes
	KeepForBackup = keepForBackup
	MaxBatch      = maxBatch
	MaxBatchBytes = maxBatchBytes
	Format        = format
)
