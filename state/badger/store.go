package badger

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	bdb "github.com/dgraph-io/badger/v4"

	"github.com/lendgate/lendgate/state"
)

// The errors of this store beside the contract's.
var (
	// ErrLost: acknowledged commits are missing. Open refuses such a store.
	ErrLost = errors.New("acknowledged data is missing")
	// ErrDamaged: bytes are not what was written.
	ErrDamaged = errors.New("the data is damaged")
	// ErrTooBig: one transaction is more than one commit may hold. Nothing was written.
	ErrTooBig = errors.New("the transaction is too big")
	// ErrInUse: another process has the store open.
	ErrInUse = errors.New("the store is in use by another process")
)

// Store is the embedded store. See the package comment.
type Store struct {
	options   Options
	db        *bdb.DB
	lock      *folderLock // nil in memory
	anchor    *anchor     // nil in memory
	snapshots snapshots
	committer committer
	keeper    keeper
	origin    point         // of a store that no commit was ever made in
	backedUp  atomic.Uint64 // the commit the next backup is expected to be since; 0 where none is
	decoded   *state.Decoded
	broken    broken

	mu       sync.Mutex
	closed   bool
	standing standing
	ballast  int64          // bytes of it
	inside   sync.WaitGroup // calls under way
}

var _ state.Store = (*Store)(nil)

// broken remembers what made the store stop.
type broken struct {
	first atomic.Pointer[error]
	log   *slog.Logger
}

func (b *broken) stop(err error) {
	if b.first.CompareAndSwap(nil, &err) {
		b.log.Error("the store has stopped; the process must start again", "error", err)
	}
}

func (b *broken) cause() error {
	if err := b.first.Load(); err != nil {
		return *err
	}
	return nil
}

// Err is nil while the store works. After an error of the disk it says what happened: the store has
// stopped, and only a new process that opens it again knows what is on the disk.
func (s *Store) Err() error { return s.broken.cause() }

// enter lets a call in, until the store is closed or broken.
func (s *Store) enter(ctx context.Context) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.broken.cause() != nil {
		return nil, state.ErrClosed
	}
	s.inside.Add(1)
	return s.inside.Done, nil
}

// Update runs f in the caller's goroutine. Beside the contract's errors it returns ErrTooBig and
// ErrDamaged. A ctx that ends while the commit is being written is too late: Update waits for the outcome.
func (s *Store) Update(ctx context.Context, f func(state.Tx) error) error {
	leave, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	for try := range maxTries {
		err := s.attempt(ctx, f)
		if !errors.Is(err, errOutdated) {
			return err
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
	return state.ErrContended
}

func (s *Store) attempt(ctx context.Context, f func(state.Tx) error) error {
	p, err := s.run(f)
	if err != nil || p == nil {
		return err
	}
	return s.committer.submit(ctx, p)
}

// run runs f on a snapshot. A function that wrote nothing proposes nothing: what it saw was durable.
func (s *Store) run(f func(state.Tx) error) (*proposal, error) {
	seen := s.snapshots.take()
	defer s.snapshots.release(seen)
	buffer := state.NewBuffer(seen)
	if err := f(state.Records(buffer, s.decoded)); err != nil {
		return nil, err
	}
	if err := buffer.Err(); err != nil || buffer.Empty() {
		return nil, err
	}
	return propose(seen.sequence, buffer)
}

// maxTries bounds how often a function runs. The first repeat comes at once, the others after
// random pauses that grow to maxPause, so that even many who want the same record get their turn.
const (
	maxTries   = 40
	firstPause = 500 * time.Microsecond
	maxPause   = 250 * time.Millisecond
)

func pause(ctx context.Context, try int) error {
	if try == 0 {
		return ctx.Err()
	}
	longest := min(firstPause<<min(try, 16), maxPause)
	timer := time.NewTimer(rand.N(longest))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// View runs f once, on the store as the last commit left it.
func (s *Store) View(ctx context.Context, f func(state.Reader) error) error {
	leave, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	seen := s.snapshots.take()
	defer s.snapshots.release(seen)
	return f(state.Reading(seen, s.decoded))
}

// Claim leases due timers.
func (s *Store) Claim(ctx context.Context, owner string, now, until time.Time, limit int) ([]state.Timer, error) {
	return state.ClaimDue(ctx, s, owner, now, until, limit)
}

// Verify reads every table from its file and checks its checksums. Open has done so; call it once a
// day, as a key that is damaged later reads as not found. Badger's own check skips what it has cached.
func (s *Store) Verify(ctx context.Context) error {
	leave, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	return s.verify(0)
}

// verify leaves out the tables that hold nothing newer than a commit, in badger's number.
func (s *Store) verify(since uint64) error {
	if s.options.InMemory {
		return nil
	}
	inspect := func() error { return s.options.inspect(asUsed, since) }
	if guarded(inspect) == nil {
		return nil
	}
	return guarded(inspect) // badger may have been writing its list of tables
}

// Audit compares what is in the store with itself, as state.Audit says, while others read and write.
// Beside the contract's errors it returns ErrDamaged.
func (s *Store) Audit(ctx context.Context, b state.Bounds) (state.Audited, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return state.Audited{}, err
	}
	defer leave()
	seen := s.snapshots.take()
	defer s.snapshots.release(seen)
	stop := b.Stop
	b.Stop = func() bool { return s.unwanted(ctx) != nil || stop != nil && stop() }
	audited, err := state.Audit(seen, b)
	return audited, errors.Join(err, s.unwanted(ctx))
}

// unwanted says why a call that takes long should end: nobody waits for it, or the store is to close.
func (s *Store) unwanted(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return state.ErrClosed
	}
	return ctx.Err()
}

// Close lets the calls under way finish, commits what they propose, and closes the files. Where the disk
// does not take what is left to be written, Close says so after a while: nothing acknowledged is lost by
// that, but the folder stays locked until the process ends.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return state.ErrClosed
	}
	s.closed = true
	s.mu.Unlock()
	s.inside.Wait()
	s.stop()
	err := s.closeData()
	if errors.Is(err, errStillOpen) {
		return err
	}
	return errors.Join(err, s.keepPrivate(), s.closeFolder())
}

// How long badger may take to close. After an error of the disk it tries for ever to write its tables.
const (
	closesWithin       = time.Minute
	closesBrokenWithin = 3 * time.Second
)

var errStillOpen = errors.New("the disk does not take what is left to be written: end the process")

func (s *Store) closeData() error {
	patience := closesWithin
	if s.broken.cause() != nil {
		patience = closesBrokenWithin
	}
	closed := make(chan error, 1)
	go func() { closed <- s.db.Close() }()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-closed:
		return err
	case <-timer.C:
		return errStillOpen
	}
}
