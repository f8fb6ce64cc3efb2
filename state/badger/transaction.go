package badger

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"sync/atomic"
)

// transaction is what one run of a function read, and what it wants written. It is the KV of its Tx.
type transaction struct {
	snapshot *snapshot
	reads    []string
	writes   map[string][]byte // sealed; nil deletes
	order    []string          // of the writes
	appends  []appended
	err      error // of the first read that failed
}

// appended waits for its position.
type appended struct {
	streams []string
	value   []byte
}

func (t *transaction) Get(key string) (value []byte, found bool, err error) {
	if sealed, written := t.writes[key]; written {
		if sealed == nil {
			return nil, false, nil
		}
		return sealed[envelopeHead:], true, nil
	}
	t.reads = append(t.reads, key)
	value, found, err = t.snapshot.Get(key)
	if err != nil && t.err == nil {
		t.err = err
	}
	return value, found, err
}

func (t *transaction) Put(key string, value []byte) { t.write(key, seal(key, value)) }

func (t *transaction) Delete(key string) { t.write(key, nil) }

func (t *transaction) write(key string, sealed []byte) {
	if t.writes == nil {
		t.writes = make(map[string][]byte)
	}
	if _, written := t.writes[key]; !written {
		t.order = append(t.order, key)
	}
	t.writes[key] = sealed
}

func (t *transaction) Append(streams []string, value []byte) {
	t.appends = append(t.appends, appended{streams, value})
}

// proposal is a transaction ready to be committed.
type proposal struct {
	base    uint64 // the commit its snapshot ends with
	reads   []string
	writes  []write
	appends []appended
	size    int
	digest  [sha256.Size]byte // of what it writes
	taken   atomic.Bool
	verdict chan error
}

// take is won by one: the committer that commits it, or the caller that withdraws it.
func (p *proposal) take() bool { return p.taken.CompareAndSwap(false, true) }

type write struct {
	key    string
	sealed []byte // nil deletes
}

// perEntry is what badger adds to a key and a value, generously.
const perEntry = 64

// propose closes the transaction. It fails where it is more than one commit may hold.
func (t *transaction) propose() (*proposal, error) {
	p := &proposal{base: t.snapshot.sequence, reads: t.reads, appends: t.appends, verdict: make(chan error, 1)}
	p.writes = make([]write, len(t.order))
	sum := sha256.New()
	for i, key := range t.order {
		p.writes[i] = write{key, t.writes[key]}
		p.size += len(key) + len(t.writes[key]) + perEntry
		hashField(sum, []byte(key))
		hashField(sum, t.writes[key])
	}
	for _, a := range p.appends {
		for _, stream := range a.streams {
			p.size += len(stream) + len(a.value) + perEntry
			hashField(sum, []byte(stream))
		}
		hashField(sum, a.value)
	}
	sum.Sum(p.digest[:0])
	if p.size > maxBatchBytes {
		return nil, fmt.Errorf("%w: %d bytes in %d records, one commit takes %d", ErrTooBig, p.size, len(p.writes), maxBatchBytes)
	}
	return p, nil
}

// hashField adds a field with its length, so that two fields never run into each other.
func hashField(sum hash.Hash, field []byte) {
	var length [8]byte
	binary.BigEndian.PutUint64(length[:], uint64(len(field)))
	sum.Write(length[:])
	sum.Write(field)
}
