package badger

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	bdb "github.com/dgraph-io/badger/v4"

	"github.com/lendgate/lendgate/state"
)

// Backup is what a backup file holds: the store as one commit left it, or what commits after another
// one changed of it.
type Backup struct {
	Since     uint64    `json:"since"`  // the commit that the file before this one reaches; 0: this one is full
	Commit    uint64    `json:"commit"` // the commit it reaches: what the next one is since
	Hash      string    `json:"hash"`   // of that commit, over all that went before it
	At        time.Time `json:"at"`     // what was acknowledged before that time is in it
	Values    int       `json:"values"`
	Deletions int       `json:"deletions"`
}

// ErrFullNeeded: what was deleted since that commit is no longer known, or the commit is not this
// store's. The next backup must be a full one.
var ErrFullNeeded = errors.New("the backup must be a full one")

// head is the first line of a backup file.
type head struct {
	Lendgate  int       `json:"lendgate_backup"` // the version of the file's own form
	Format    int       `json:"format"`          // of the store
	Since     uint64    `json:"since"`
	SinceHash string    `json:"since_hash"`
	Commit    uint64    `json:"commit"`
	Hash      string    `json:"hash"`
	Version   uint64    `json:"version"` // badger's number of that commit
	At        time.Time `json:"at"`
	Salt      []byte    `json:"salt,omitempty"` // where the store has a key: the frames are sealed with one made of both
}

const backupForm = 1

// Backup writes a backup while others go on: of everything with since 0, else of what changed after
// the commit that an earlier one reached. Beside the contract's errors it returns ErrFullNeeded,
// ErrDamaged, and what w does. Values stay in their envelopes; where the store has a key, the file is
// sealed with it.
func (s *Store) Backup(ctx context.Context, w io.Writer, since uint64) (Backup, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return Backup{}, err
	}
	defer leave()
	at := s.options.Now() // before the snapshot is taken: it holds what was acknowledged until then
	seen := s.snapshots.take()
	defer s.snapshots.release(seen)
	r, err := s.reachOf(seen, since)
	if err != nil {
		return Backup{}, fmt.Errorf("backup: %w", err)
	}
	r.head.At = at.UTC()
	if err := s.verify(r.version); err != nil { // badger's scans pass over damaged tables in silence
		return Backup{}, fmt.Errorf("backup: %w", err)
	}
	b, err := s.writeBackup(ctx, w, r)
	if err != nil {
		return b, fmt.Errorf("backup: %w", err)
	}
	if since == 0 {
		since = b.Commit
	}
	s.backedUp.Store(since)
	return b, nil
}

// reach is what a backup is of.
type reach struct {
	head    head
	seen    *snapshot
	version uint64   // badger's number of the commit it is since
	deleted []string // since then, sorted, each once, present ones too
}

func (s *Store) reachOf(seen *snapshot, since uint64) (reach, error) {
	r := reach{seen: seen, head: head{Lendgate: backupForm, Format: format, Since: since, Commit: seen.sequence}}
	end, err := s.pointOf(seen, seen.sequence)
	if err != nil {
		return r, err
	}
	r.head.Hash, r.head.Version = hex.EncodeToString(end.hash[:]), end.version
	if since == 0 {
		return r, nil
	}
	if since > seen.sequence {
		return r, fmt.Errorf("%w: commit %d is not reached yet", ErrFullNeeded, since)
	}
	begin, err := s.pointOf(seen, since)
	if err != nil {
		return r, err
	}
	r.head.SinceHash, r.version = hex.EncodeToString(begin.hash[:]), begin.version
	r.deleted, err = deletedSince(seen, since)
	return r, err
}

// numbered is a commit with badger's number of it.
type numbered struct {
	point
	version uint64
}

func (s *Store) pointOf(seen *snapshot, sequence uint64) (numbered, error) {
	if sequence == 0 {
		return numbered{point: s.origin}, nil
	}
	key := commitKey(sequence)
	item, err := seen.txn.Get([]byte(key))
	if errors.Is(err, bdb.ErrKeyNotFound) {
		return numbered{}, fmt.Errorf("%w: the record of commit %d is gone", ErrFullNeeded, sequence)
	}
	if err != nil {
		return numbered{}, err
	}
	var l link
	err = item.Value(func(sealed []byte) error {
		text, err := unseal(key, sealed)
		if err == nil {
			l, err = decodeLink(key, text)
		}
		return err
	})
	return numbered{point{l.sequence, l.hash}, item.Version()}, err
}

func deletedSince(seen *snapshot, since uint64) ([]string, error) {
	var deleted []string
	next := since + 1
	err := seen.Scan(state.Range{Prefix: commitPrefix, From: commitKey(next)}, func(key string, text []byte) (bool, error) {
		l, err := decodeLink(key, text)
		if err != nil {
			return false, err
		}
		keys, known, err := l.deletions()
		if err == nil && (!known || l.sequence != next) {
			err = fmt.Errorf("%w: nobody knows what commit %d deleted", ErrFullNeeded, next)
		}
		deleted = append(deleted, keys...)
		next++
		return err == nil, err
	})
	slices.Sort(deleted)
	return slices.Compact(deleted), err
}

func (s *Store) writeBackup(ctx context.Context, w io.Writer, r reach) (Backup, error) {
	if len(s.options.Key) > 0 {
		r.head.Salt = make([]byte, saltSize)
		rand.Read(r.head.Salt)
	}
	line, err := json.Marshal(r.head)
	if err != nil {
		return Backup{}, err
	}
	buffered := bufio.NewWriterSize(w, 64<<10)
	frames, err := writeFrames(buffered, append(line, '\n'), s.options.Key, r.head.Salt)
	if err != nil {
		return Backup{}, err
	}
	e := entryWriter{to: frames, wanted: func() error { return s.unwanted(ctx) }}
	b := r.head.backup()
	b.Values = e.values(r)
	b.Deletions = e.deletions(r)
	e.write(entryEnd, uint64(b.Values), uint64(b.Deletions))
	return b, errors.Join(e.err, frames.end(), buffered.Flush())
}

func (h head) backup() Backup {
	return Backup{Since: h.Since, Commit: h.Commit, Hash: h.Hash, At: h.At}
}
