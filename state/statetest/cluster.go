package statetest

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/lendgate/lendgate/state"
)

// Moment is a point in the course of an Update at which a Hook is called.
type Moment string

// The moments. A function that wrote nothing has no commit.
const (
	BeforeRun    Moment = "before run"    // before each run of the function
	BeforeCommit Moment = "before commit" // the function is done, nothing is compared yet
	AfterCommit  Moment = "after commit"  // it is written, the caller does not know yet
)

// Moments lists every moment once.
var Moments = []Moment{BeforeRun, BeforeCommit, AfterCommit}

// Hook is called at each moment of each Update, with no lock held: it may let others in between,
// or never return. Where it returns true the answer is lost: Update returns ErrUncertain, and what it
// would have written is there after AfterCommit, and not there after the others.
type Hook func(gateway string, at Moment) (lost bool)

// maxRuns is how often a function runs before Update gives up.
const maxRuns = 100

// Cluster is one database in memory.
type Cluster struct {
	hook     Hook
	mu       sync.Mutex
	commit   uint64 // number of the last commit
	position uint64 // of the last event
	keys     []string
	values   map[string][]version
	deleted  []deletion     // keys to let go of once no open snapshot shows them
	readers  map[uint64]int // open snapshots by the commit they end with
}

type deletion struct {
	key    string
	commit uint64
}

// version is what a commit made of a key.
type version struct {
	commit  uint64
	value   []byte
	deleted bool
}

// NewCluster makes an empty database. A nil hook does nothing.
func NewCluster(hook Hook) *Cluster {
	if hook == nil {
		hook = func(string, Moment) bool { return false }
	}
	return &Cluster{hook: hook, values: make(map[string][]version), readers: make(map[uint64]int)}
}

// Gateway connects to the database under a name. Closing it leaves the database as it is.
func (c *Cluster) Gateway(name string) state.Store { return &gateway{cluster: c, name: name} }

// Audit audits the database as the last commit left it.
func (c *Cluster) Audit(b state.Bounds) (state.Audited, error) {
	seen := c.snapshot()
	defer c.release(seen)
	return state.Audit(seen, b)
}

// Mend makes the indexes anew from the records, while nobody writes.
func (c *Cluster) Mend() error {
	seen := c.snapshot()
	defer c.release(seen)
	return state.Mend(seen, func(w state.Write) error {
		c.Damage(w)
		return nil
	})
}

// Contents is every key with its value.
func (c *Cluster) Contents() map[string]string {
	seen := c.snapshot()
	defer c.release(seen)
	all := make(map[string]string)
	_ = seen.Scan(state.Range{}, func(key string, value []byte) (bool, error) {
		all[key] = string(value)
		return true, nil
	})
	return all
}

// Damage writes past the tables and their indexes.
func (c *Cluster) Damage(w state.Write) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.commit++
	c.set(w.Key, version{c.commit, w.Value, w.Delete})
}

type gateway struct {
	cluster *Cluster
	name    string
	mu      sync.Mutex
	closed  bool
}

func (g *gateway) open(ctx context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return state.ErrClosed
	}
	return ctx.Err()
}

func (g *gateway) Close() error {
	if err := g.open(context.Background()); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	return nil
}

func (g *gateway) View(ctx context.Context, f func(state.Reader) error) error {
	if err := g.open(ctx); err != nil {
		return err
	}
	seen := g.cluster.snapshot()
	defer g.cluster.release(seen)
	return f(state.Reading(seen, nil))
}

func (g *gateway) Claim(ctx context.Context, owner string, now, until time.Time, limit int) ([]state.Timer, error) {
	return state.ClaimDue(ctx, g, owner, now, until, limit)
}

func (g *gateway) Update(ctx context.Context, f func(state.Tx) error) error {
	for range maxRuns {
		if err := g.open(ctx); err != nil {
			return err
		}
		if done, err := g.attempt(f); done {
			return err
		}
	}
	return state.ErrContended
}

// attempt runs f once and commits what it wrote, unless what it read has changed.
func (g *gateway) attempt(f func(state.Tx) error) (done bool, err error) {
	if g.cluster.hook(g.name, BeforeRun) {
		return true, state.ErrUncertain
	}
	seen := g.cluster.snapshot()
	defer g.cluster.release(seen)
	buffer := state.NewBuffer(seen)
	if err := f(state.Records(buffer, nil)); err != nil || buffer.Empty() {
		return true, err
	}
	if g.cluster.hook(g.name, BeforeCommit) {
		return true, state.ErrUncertain
	}
	if !g.cluster.compareAndSet(seen, buffer) {
		return false, nil
	}
	if g.cluster.hook(g.name, AfterCommit) {
		return true, state.ErrUncertain
	}
	return true, nil
}

// compareAndSet writes all of the buffer, or nothing where a key it read has a newer version.
func (c *Cluster) compareAndSet(seen *snapshot, b *state.Buffer) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, key := range b.Reads() {
		if newest, found := last(c.values[key]); found && newest.commit > seen.commit {
			return false
		}
	}
	c.forget()
	c.commit++
	for _, w := range b.Writes() {
		c.set(w.Key, version{c.commit, w.Value, w.Delete})
	}
	for _, a := range b.Appends() {
		c.position++
		for _, stream := range a.Streams {
			c.set(state.PositionKey(stream, c.position), version{c.commit, a.Value, false})
		}
	}
	return true
}

// set adds a version and drops those that no open snapshot shows.
func (c *Cluster) set(key string, v version) {
	versions, known := c.values[key]
	if !known {
		at, _ := slices.BinarySearch(c.keys, key)
		c.keys = slices.Insert(c.keys, at, key)
	}
	for oldest := c.oldest(); len(versions) > 1 && versions[1].commit <= oldest; {
		versions = versions[1:]
	}
	c.values[key] = append(versions, v)
	if v.deleted {
		c.deleted = append(c.deleted, deletion{key, v.commit})
	}
}

// oldest is the commit that the oldest open snapshot ends with.
func (c *Cluster) oldest() uint64 {
	oldest := c.commit
	for commit := range c.readers {
		oldest = min(oldest, commit)
	}
	return oldest
}

// forget lets go of deleted keys, unless they were written again.
func (c *Cluster) forget() {
	for oldest := c.oldest(); len(c.deleted) > 0 && c.deleted[0].commit <= oldest; c.deleted = c.deleted[1:] {
		key := c.deleted[0].key
		if newest, found := last(c.values[key]); !found || newest.commit != c.deleted[0].commit {
			continue
		}
		at, _ := slices.BinarySearch(c.keys, key)
		c.keys = slices.Delete(c.keys, at, at+1)
		delete(c.values, key)
	}
}

func last(versions []version) (version, bool) {
	if len(versions) == 0 {
		return version{}, false
	}
	return versions[len(versions)-1], true
}

func (c *Cluster) snapshot() *snapshot {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readers[c.commit]++
	return &snapshot{c, c.commit}
}

func (c *Cluster) release(seen *snapshot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.readers[seen.commit]--; c.readers[seen.commit] == 0 {
		delete(c.readers, seen.commit)
	}
}
