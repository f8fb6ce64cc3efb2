package badger

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	bdb "github.com/dgraph-io/badger/v4"

	"github.com/lendgate/lendgate/state"
)

// What one commit may hold. Badger with its 16 MiB memtable takes 2.4 MiB and 26000 entries.
const (
	maxBatch      = 256
	maxBatchBytes = 1 << 20
)

// errOutdated is the verdict on a transaction that read what another has changed since.
var errOutdated = errors.New("outdated")

// committer merges the proposals that wait into one transaction of badger's, which is one write to
// the disk for all of them. One goroutine runs it.
type committer struct {
	queue     chan *proposal
	done      chan struct{}
	db        *bdb.DB
	apply     func(*bdb.Txn) error // commits; tests put a fault in its place
	anchor    *anchor              // nil in memory
	snapshots *snapshots
	trail     trail
	backedUp  *atomic.Uint64
	recent    recent
	broken    *broken
	committed func(transactions int, took time.Duration) // nil: nobody is told
	next      *proposal                                  // taken, and too big for the batch before
}

// submit waits for the verdict on a proposal. When ctx ends first, nothing was written.
func (c *committer) submit(ctx context.Context, p *proposal) error {
	select {
	case c.queue <- p:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-p.verdict:
		return err
	case <-ctx.Done():
		if p.take() {
			return ctx.Err()
		}
		return <-p.verdict
	}
}

func (c *committer) run() {
	defer close(c.done)
	for {
		batch := c.gather()
		if len(batch) == 0 {
			return
		}
		c.settle(batch)
	}
}

// gather waits for one proposal and takes all that wait beside it and fit. It returns nothing when
// the queue is closed and empty.
func (c *committer) gather() []*proposal {
	first := c.next
	c.next = nil
	for first == nil {
		p, open := <-c.queue
		if !open {
			return nil
		}
		if p.take() {
			first = p
		}
	}
	batch, size := []*proposal{first}, first.size
	for len(batch) < maxBatch {
		p := c.waiting()
		if p == nil {
			return batch
		}
		if size += p.size; size > maxBatchBytes {
			c.next = p
			return batch
		}
		batch = append(batch, p)
	}
	return batch
}

// waiting takes the next proposal of the queue, if there is one now.
func (c *committer) waiting() *proposal {
	for {
		select {
		case p := <-c.queue:
			if p == nil || p.take() {
				return p
			}
		default:
			return nil
		}
	}
}

// settle gives every proposal its verdict. Whoever lost hears of it after the commit, so that its
// next run sees what it lost to.
func (c *committer) settle(batch []*proposal) {
	if c.broken.cause() != nil {
		answer(batch, state.ErrClosed)
		return
	}
	sequence := c.trail.head.sequence + 1
	var winners, losers []*proposal
	for _, p := range batch {
		if c.recent.outdates(p) {
			losers = append(losers, p)
			continue
		}
		winners = append(winners, p)
		c.recent.wrote(sequence, p.writes)
	}
	if len(winners) > 0 {
		answer(winners, c.commit(winners))
	}
	answer(losers, errOutdated)
}

func answer(batch []*proposal, verdict error) {
	for _, p := range batch {
		p.verdict <- verdict
	}
}

// commit writes the batch, moves the anchor and lets readers see it. An error of the commit itself
// leaves unknown what is on the disk, and what badger shows until it is opened again, so the store
// stops. So it does without an anchor, which could not tell of a later loss.
func (c *committer) commit(batch []*proposal) error {
	began := time.Now()
	txn := c.db.NewTransaction(true)
	defer txn.Discard()
	next, err := c.fill(txn, batch)
	if err != nil {
		c.broken.stop(err)
		return fmt.Errorf("%w: %w", state.ErrClosed, err)
	}
	if err := c.apply(txn); err != nil {
		c.broken.stop(err)
		return fmt.Errorf("%w: %w", state.ErrUncertain, err)
	}
	if c.anchor != nil {
		if err := c.anchor.set(point{next.sequence, next.hash}); err != nil {
			c.broken.stop(err)
		}
	}
	c.snapshots.publish(c.db.NewTransaction(false), next.sequence)
	if c.committed != nil {
		c.committed(len(batch), time.Since(began))
	}
	return nil
}

// fill puts the writes of a batch, its events under their positions, and its link into txn.
func (c *committer) fill(txn *bdb.Txn, batch []*proposal) (link, error) {
	head := c.trail.head
	next := link{sequence: head.sequence + 1, count: uint64(len(batch)), position: head.position, written: head.written}
	sum := sha256.New()
	w := writer{txn: txn, deleted: noKeys}
	if next.sequence == 1 {
		w.put(write{formatKey, seal(formatKey, presentFormat)})
	}
	for _, p := range batch {
		sum.Write(p.digest[:])
		next.written += uint64(p.size)
		for _, one := range p.writes {
			w.put(one)
		}
		for _, a := range p.appends {
			next.position++
			w.append(a, next.position)
		}
	}
	sum.Sum(next.digest[:0])
	c.trail.extend(next)
	for old, end := c.trail.shorten(c.backedUp.Load()); old < end; old++ {
		w.put(write{key: commitKey(old)})
	}
	next.deleted = w.deleted
	next.hash = next.chain(head.hash)
	c.trail.head = next
	key := commitKey(next.sequence)
	w.put(write{key, seal(key, next.encode())})
	return next, w.err
}

// writer keeps the first error of many puts, and the keys that were deleted.
type writer struct {
	txn     *bdb.Txn
	deleted []byte
	err     error
}

func (w *writer) put(one write) {
	switch {
	case w.err != nil:
	case one.sealed == nil:
		w.deleted = appendKey(w.deleted, one.key)
		w.err = w.txn.Delete([]byte(one.key))
	default:
		w.err = w.txn.Set([]byte(one.key), one.sealed)
	}
}

func (w *writer) append(a state.Appended, position uint64) {
	for _, stream := range a.Streams {
		key := state.PositionKey(stream, position)
		w.put(write{key, seal(key, a.Value)})
	}
}
