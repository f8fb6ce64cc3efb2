package badger

import (
	"errors"
	"sync"

	bdb "github.com/dgraph-io/badger/v4"

	"github.com/lendgate/lendgate/state"
)

// snapshot is the store as one commit left it. Everyone who reads between two commits shares it: a
// read transaction of badger's own would wait for the commit under way.
type snapshot struct {
	txn      *bdb.Txn // read only, and as such good for many goroutines
	sequence uint64
	readers  int
}

// snapshots hands out the latest one, and lets go of the others when their last reader is done.
type snapshots struct {
	mu     sync.Mutex
	latest *snapshot
}

func (s *snapshots) take() *snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latest.readers++
	return s.latest
}

func (s *snapshots) release(used *snapshot) {
	s.mu.Lock()
	used.readers--
	done := used.readers == 0 && used != s.latest
	s.mu.Unlock()
	if done {
		used.txn.Discard()
	}
}

// publish makes txn the latest; nil ends them all.
func (s *snapshots) publish(txn *bdb.Txn, sequence uint64) {
	s.mu.Lock()
	before := s.latest
	s.latest = nil
	if txn != nil {
		s.latest = &snapshot{txn: txn, sequence: sequence}
	}
	done := before != nil && before.readers == 0
	s.mu.Unlock()
	if done {
		before.txn.Discard()
	}
}

func (s *snapshot) Get(key string) ([]byte, bool, error) {
	item, err := s.txn.Get([]byte(key))
	if errors.Is(err, bdb.ErrKeyNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	sealed, err := item.ValueCopy(nil)
	if err != nil {
		return nil, false, err
	}
	value, err := unseal(key, sealed)
	return value, err == nil, err
}

func (s *snapshot) Scan(scan state.Range, visit func(key string, value []byte) (bool, error)) error {
	// Values stand beside their keys in the tree, so that prefetching would only start goroutines.
	at := s.txn.NewIterator(bdb.IteratorOptions{Prefix: []byte(scan.Prefix), Reverse: scan.Reverse})
	defer at.Close()
	for at.Seek(start(scan)); at.Valid(); at.Next() {
		more, err := visitItem(at.Item(), scan.KeysOnly, visit)
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// start is where a scan begins; keys hold no byte 0xff, so that one sorts behind a whole prefix.
func start(scan state.Range) []byte {
	switch {
	case scan.From != "":
		return []byte(scan.From)
	case scan.Reverse:
		return append([]byte(scan.Prefix), 0xff)
	default:
		return []byte(scan.Prefix)
	}
}

func visitItem(item *bdb.Item, keysOnly bool, visit func(string, []byte) (bool, error)) (more bool, err error) {
	key := string(item.Key())
	if keysOnly {
		return visit(key, nil)
	}
	err = item.Value(func(sealed []byte) error {
		value, err := unseal(key, sealed)
		if err == nil {
			more, err = visit(key, value)
		}
		return err
	})
	return more, err
}
