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
func Extend(t *Trail, sequence, written uint64) (from, to uint64) {
	t.extend(link{sequence: sequence, written: written})
	return t.shorten()
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
	MaxBatch      = maxBatch
	MaxBatchBytes = maxBatchBytes
	Format        = format
)
