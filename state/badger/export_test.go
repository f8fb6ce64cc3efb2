package badger

import bdb "github.com/dgraph-io/badger/v4"

// Commits is how many commits the store has made.
func Commits(s *Store) uint64 {
	seen := s.snapshots.take()
	defer s.snapshots.release(seen)
	return seen.sequence
}

// BeforeCommit has the committer call wait before each commit.
func BeforeCommit(s *Store, wait func()) {
	s.committer.apply = func(txn *bdb.Txn) error {
		wait()
		return txn.Commit()
	}
}
