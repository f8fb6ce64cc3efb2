package badger

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"sync/atomic"

	"github.com/lendgate/lendgate/state"
)

// proposal is what one run of a function read and wants written, ready to be committed.
type proposal struct {
	base    uint64 // the commit its snapshot ends with
	reads   []string
	writes  []write
	appends []state.Appended
	size    int
	digest  [sha256.Size]byte // of what it writes
	taken   atomic.Bool
	verdict chan error
}

type write struct {
	key    string
	sealed []byte // nil deletes
}

const (
	perEntry    = 64      // what badger adds to a key and a value, generously
	maxKeyBytes = 8 << 10 // badger takes 65000
)

// propose seals what a buffer holds. It fails where that is more than one commit may hold.
func propose(base uint64, b *state.Buffer) (*proposal, error) {
	p := &proposal{base: base, reads: b.Reads(), appends: b.Appends(), verdict: make(chan error, 1)}
	sum := sha256.New()
	for _, w := range b.Writes() {
		one := write{key: w.Key}
		if !w.Delete {
			one.sealed = seal(w.Key, w.Value)
		}
		p.writes = append(p.writes, one)
		p.size += len(w.Key) + len(one.sealed) + perEntry
		if w.Delete {
			p.size += len(w.Key) // the record of the commit names it
		}
		hashFields(sum, []byte(w.Key), one.sealed)
		if len(w.Key) > maxKeyBytes {
			return nil, fmt.Errorf("%w: a key has %d bytes, the longest may have %d", ErrTooBig, len(w.Key), maxKeyBytes)
		}
	}
	for _, a := range p.appends {
		for _, stream := range a.Streams {
			p.size += len(stream) + len(a.Value) + perEntry
			hashFields(sum, []byte(stream))
		}
		hashFields(sum, a.Value)
	}
	sum.Sum(p.digest[:0])
	if p.size > maxBatchBytes {
		return nil, fmt.Errorf("%w: it has %d bytes in %d records, one commit takes %d bytes", ErrTooBig, p.size, len(p.writes), maxBatchBytes)
	}
	return p, nil
}

// take is won by one: the committer that commits it, or the caller that withdraws it.
func (p *proposal) take() bool { return p.taken.CompareAndSwap(false, true) }

// hashFields adds fields with their lengths, so that two never run into each other.
func hashFields(sum hash.Hash, fields ...[]byte) {
	for _, field := range fields {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(field)))
		sum.Write(length[:])
		sum.Write(field)
	}
}
