package badger

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	bdb "github.com/dgraph-io/badger/v4"

	"github.com/lendgate/lendgate/state"
)

// Options say where the store is and how it is kept.
type Options struct {
	Path     string       // the folder; made where it is missing
	Key      []byte       // 32 bytes that encrypt the data; decided when the store is made
	Floor    int64        // bytes of free disk below which Room says no
	Ballast  int64        // bytes kept above the floor, to be given up when the disk is full; needs a floor
	Log      *slog.Logger // nil is the default logger
	InMemory bool         // nothing on disk, for tests
	Mend     bool         // the indexes are made anew from the records, as after an upgrade

	Now func() time.Time // dates backups; nil is the machine's clock

	// Committed is called after each commit, with how many transactions it held. It returns at once.
	Committed func(transactions int, took time.Duration)

	CommitPause time.Duration // slept before each commit, to measure what a slow disk costs

	apply func(*bdb.Txn) error                       // commits; tests put a fault in its place
	free  func(path string) (bytes int64, err error) // of the disk
}

// rememberedRecords is how many decoded records are kept: those of a few thousand orders in work.
const rememberedRecords = 16384

// whatToDo ends every refusal.
const whatToDo = "restore the latest backup, then compare what is unresolved with the lenders"

// Open opens the store, or makes it. It refuses, with ErrInUse, ErrLost or ErrDamaged, to open one
// that is not certainly whole.
func Open(options Options) (*Store, error) {
	options = options.withDefaults()
	if err := options.check(); err != nil {
		return nil, err
	}
	s := &Store{options: options, decoded: state.NewDecoded(rememberedRecords), broken: broken{log: options.Log}}
	if err := guarded(s.open); err != nil {
		return nil, errors.Join(fmt.Errorf("store %s: %w", options.Path, err), s.abandon())
	}
	return s, nil
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.free == nil {
		o.free = freeBytes
	}
	return o
}

func (o Options) check() error {
	if len(o.Key) != 0 && len(o.Key) != 32 {
		return fmt.Errorf("the store's key has %d bytes, not 32", len(o.Key))
	}
	if o.Path == "" && !o.InMemory {
		return errors.New("the store has no folder: Path is empty")
	}
	if o.Ballast < 0 || o.Ballast > 0 && o.Floor <= 0 {
		return errors.New("a ballast needs a floor, below which it is given up")
	}
	return nil
}

func (s *Store) open() error {
	if err := s.openFolder(); err != nil {
		return err
	}
	db, err := bdb.Open(s.options.badger())
	if err != nil {
		return err
	}
	s.db = db
	kept, err := s.check()
	if err != nil {
		return err
	}
	if err := s.keepPrivate(); err != nil {
		return err
	}
	s.start(kept)
	if _, err := s.TendBallast(); err != nil {
		s.options.Log.Warn("the ballast could not be made", "error", err)
	}
	return s.upgrade()
}

// check walks the chain of commits and holds its end against the anchor.
func (s *Store) check() (trail, error) {
	var kept trail
	if s.anchor == nil {
		return kept, nil
	}
	anchored := s.anchor.found
	var first uint64
	txn := s.db.NewTransaction(false)
	defer txn.Discard()
	found, err := readStanding(&snapshot{txn: txn})
	if err != nil {
		return kept, err
	}
	kept, err = walk(txn, func(l link) error {
		if first == 0 {
			first = l.sequence
		}
		if l.sequence == anchored.sequence && l.hash != anchored.hash {
			return fmt.Errorf("%w: commit %d is not the one the anchor names: data and anchor are of two stores", ErrDamaged, l.sequence)
		}
		return nil
	})
	switch head := kept.head.sequence; {
	case err != nil:
		return kept, fmt.Errorf("%w: %s", err, whatToDo)
	case head < anchored.sequence:
		return kept, fmt.Errorf("%w: commits %d to %d were acknowledged, the data ends before them: %s", ErrLost, head+1, anchored.sequence, whatToDo)
	case first > 1 && head-first < keepCommits:
		return kept, fmt.Errorf("%w: the records of the commits before %d are gone too early: %s", ErrLost, first, whatToDo)
	case head == 0:
		kept.head.hash, s.origin = anchored.hash, anchored
	case found.format == 0:
		found.format = 1
	}
	s.standing = found
	return kept, nil
}

// start sets the committer going.
func (s *Store) start(kept trail) {
	s.snapshots.publish(s.db.NewTransaction(false), kept.head.sequence)
	s.committer = committer{
		queue: make(chan *proposal, 4*maxBatch), done: make(chan struct{}),
		db: s.db, apply: s.options.commit, anchor: s.anchor, snapshots: &s.snapshots,
		trail: kept, backedUp: &s.backedUp, recent: newRecent(kept.head.sequence), broken: &s.broken, committed: s.options.Committed,
	}
	go s.committer.run()
	if s.anchor != nil {
		s.keeper = keep(s.anchor, s.broken.stop)
	}
}

// abandon closes what a failed Open had opened.
func (s *Store) abandon() error {
	s.stop()
	var err error
	if s.db != nil {
		err = s.closeData()
	}
	if errors.Is(err, errStillOpen) {
		return err
	}
	return errors.Join(err, s.closeFolder())
}

// stop ends what start began. Nobody is inside any more.
func (s *Store) stop() {
	if s.committer.queue == nil {
		return
	}
	close(s.committer.queue)
	<-s.committer.done
	s.keeper.stop()
	s.snapshots.publish(nil, 0)
}

// guarded turns a panic, which is how badger meets some damage, into an error.
func guarded(f func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, cause)
		}
	}()
	return f()
}
