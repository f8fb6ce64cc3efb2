package statetest

import (
	"slices"
	"strings"

	"github.com/lendgate/lendgate/state"
)

// snapshot is the database as one commit left it.
type snapshot struct {
	cluster *Cluster
	commit  uint64
}

func (s *snapshot) Get(key string) ([]byte, bool, error) {
	s.cluster.mu.Lock()
	defer s.cluster.mu.Unlock()
	value, found := s.value(key)
	return value, found, nil
}

// value is the newest version of a key that is not newer than the snapshot.
func (s *snapshot) value(key string) ([]byte, bool) {
	for _, v := range slices.Backward(s.cluster.values[key]) {
		if v.commit <= s.commit {
			return v.value, !v.deleted
		}
	}
	return nil, false
}

func (s *snapshot) Scan(scan state.Range, visit func(key string, value []byte) (bool, error)) error {
	key, value, found := s.next(scan, scan.From, true)
	for found {
		if scan.KeysOnly {
			value = nil
		}
		more, err := visit(key, value)
		if err != nil || !more {
			return err
		}
		key, value, found = s.next(scan, key, false)
	}
	return nil
}

// next finds the first key of a range from one on, or behind it. The lock is not held while a key
// is visited, and meanwhile others may put keys in between, which the snapshot does not show.
func (s *snapshot) next(scan state.Range, from string, inclusive bool) (key string, value []byte, found bool) {
	s.cluster.mu.Lock()
	defer s.cluster.mu.Unlock()
	keys := s.cluster.keys
	step := 1
	if scan.Reverse {
		step = -1
	}
	for i := start(keys, scan, from, inclusive); i >= 0 && i < len(keys) && strings.HasPrefix(keys[i], scan.Prefix); i += step {
		if value, found := s.value(keys[i]); found {
			return keys[i], value, true
		}
	}
	return "", nil, false
}

// start is the index of the first key a scan looks at.
func start(keys []string, scan state.Range, from string, inclusive bool) int {
	if from == "" {
		from = scan.Prefix
		if scan.Reverse {
			from += "\xff"
		}
	}
	at, exact := slices.BinarySearch(keys, from)
	switch {
	case exact && inclusive:
		return at
	case scan.Reverse:
		return at - 1
	case exact:
		return at + 1
	default:
		return at
	}
}
