package badger

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	bdb "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/pb"

	"github.com/lendgate/lendgate/state"
)

// RestoreOptions say what a restored store becomes.
type RestoreOptions struct {
	Path string       // the folder, which is not there yet
	Key  []byte       // the key of the store the backups are of; also of the new one
	Log  *slog.Logger // nil is the default logger
}

// restoring is what the folder is called until it is whole.
const restoring = ".restoring"

// Restore makes a new store of a full backup and the backups after it, in their order, and says what it
// holds. The store then says that it is Restored, until it is told to Settle. Errors: ErrDamaged where a
// file is cut, altered, out of order or of another store, fs.ErrExist where there is a folder; nothing
// is left behind then.
func Restore(ctx context.Context, o RestoreOptions, files ...io.Reader) (Backup, error) {
	if err := o.options(o.Path).check(); err != nil {
		return Backup{}, fmt.Errorf("restore: %w", err)
	}
	o.Path = filepath.Clean(o.Path)
	if _, err := os.Lstat(o.Path); !errors.Is(err, fs.ErrNotExist) {
		return Backup{}, errors.Join(fmt.Errorf("restore: %s is there already, a store is restored into a new folder: %w", o.Path, fs.ErrExist), err)
	}
	folder := o.Path + restoring
	lock, err := beginAnew(folder)
	if err != nil {
		return Backup{}, fmt.Errorf("restore: %w", err)
	}
	var restored Backup
	err = guarded(func() (err error) {
		restored, err = o.build(ctx, folder, files)
		return err
	})
	err = errors.Join(err, lock.release())
	if err == nil {
		err = o.tryOut(ctx, folder, restored)
	}
	if err == nil {
		err = errors.Join(os.Rename(folder, o.Path), syncFolder(filepath.Dir(o.Path)))
	}
	if err != nil {
		return Backup{}, errors.Join(fmt.Errorf("restore: %w", err), os.RemoveAll(folder))
	}
	return restored, nil
}

// beginAnew makes the folder, or empties what a killed process left of one.
func beginAnew(folder string) (*folderLock, error) {
	if err := os.MkdirAll(folder, folderMode); err != nil {
		return nil, err
	}
	lock, err := lockFolder(folder)
	if err != nil {
		return nil, err
	}
	err = errors.Join(lock.sign(), os.RemoveAll(filepath.Join(folder, dataFolder)), os.RemoveAll(filepath.Join(folder, anchorName)),
		os.Mkdir(filepath.Join(folder, dataFolder), folderMode))
	if err != nil {
		return nil, errors.Join(err, lock.release())
	}
	return lock, nil
}

func (o RestoreOptions) options(folder string) Options {
	return Options{Path: folder, Key: o.Key, Log: o.Log}.withDefaults()
}

// build loads the files into a database of badger's, and makes its anchor.
func (o RestoreOptions) build(ctx context.Context, folder string, files []io.Reader) (Backup, error) {
	db, err := bdb.Open(o.options(folder).badger())
	if err != nil {
		return Backup{}, err
	}
	l := loader{ctx: ctx, key: o.Key, into: db.NewKVLoader(16)}
	err = l.loadAll(files)
	err = errors.Join(err, l.into.Finish(), db.Close())
	if err != nil {
		return Backup{}, err
	}
	return l.reached, l.anchor(folder)
}

// loader takes file after file.
type loader struct {
	ctx     context.Context
	key     []byte
	into    *bdb.KVLoader // nil: the files are only read
	reached Backup
	version uint64    // badger's, of the commit reached
	before  time.Time // how far the backups reached that the store had been made from, and not settled since
}

func (l *loader) loadAll(files []io.Reader) error {
	if len(files) == 0 {
		return errors.New("there is no backup to restore")
	}
	fits := isFull
	for n, file := range files {
		if err := l.load(file, fits); err != nil {
			return fmt.Errorf("file %d of %d: %w", n+1, len(files), err)
		}
		fits = l.goesOn
	}
	until, err := l.until().MarshalText()
	if err != nil {
		return err
	}
	return l.set(&pb.KV{Key: []byte(restoredKey), Value: seal(restoredKey, until), Version: l.version + 1})
}

// until is how far the restored store certainly reaches.
func (l *loader) until() time.Time {
	if !l.before.IsZero() && l.before.Before(l.reached.At) {
		return l.before
	}
	return l.reached.At
}

// load takes one file, if its first line fits.
func (l *loader) load(file io.Reader, fits func(head) error) error {
	from := bufio.NewReaderSize(file, 64<<10)
	line, err := readHead(from)
	if err != nil {
		return err
	}
	h, err := decodeHead(line)
	if err == nil {
		err = errors.Join(l.fitsKey(h), fits(h))
	}
	if err != nil {
		return err
	}
	frames, err := readFrames(from, line, l.key, h.Salt)
	if err != nil {
		return err
	}
	b, err := l.entries(frames, h)
	if err == nil {
		l.reached, l.version = b, h.Version
	}
	return err
}

func decodeHead(line []byte) (h head, err error) {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&h); err != nil {
		return h, fmt.Errorf("%w: %w", errAltered, err)
	}
	if h.Lendgate > backupForm || h.Format > format {
		return h, fmt.Errorf("%w: the backup is of form %d with format %d, known are %d and %d", ErrNewer, h.Lendgate, h.Format, backupForm, format)
	}
	if hash, err := hex.DecodeString(h.Hash); err != nil || len(hash) != len(point{}.hash) || h.Lendgate < 1 || h.Format < 1 {
		return h, fmt.Errorf("%w: its first line cannot be", errAltered)
	}
	return h, nil
}

func (l *loader) fitsKey(h head) error {
	if sealed, key := len(h.Salt) > 0, len(l.key) > 0; sealed != key {
		return fmt.Errorf("the key is wrong: that the backup is encrypted is %v, that a key is given is %v", sealed, key)
	}
	return nil
}

func isFull(h head) error {
	if h.Since != 0 {
		return fmt.Errorf("%w: it goes on from commit %d, the first must be a full backup", ErrDamaged, h.Since)
	}
	return nil
}

func (l *loader) goesOn(h head) error {
	if h.Since != l.reached.Commit || h.SinceHash != l.reached.Hash {
		return fmt.Errorf("%w: it goes on from commit %d, the file before it reaches commit %d, or they are of two stores", ErrDamaged, h.Since, l.reached.Commit)
	}
	return nil
}

// entries loads what the frames hold, to their very end.
func (l *loader) entries(frames *frameReader, h head) (Backup, error) {
	b := h.backup()
	r := entryReader{from: bufio.NewReader(frames)}
	for {
		if err := l.ctx.Err(); err != nil {
			return b, err
		}
		entry := &pb.KV{Version: h.Version}
		switch kind := r.kind(); kind {
		case entryValue:
			entry.Version, entry.Key, entry.Value = r.number(), r.bytes(maxKeyBytes), r.bytes(maxBatchBytes)
			b.Values++
		case entryDeleted:
			entry.Key, entry.Meta = r.bytes(maxKeyBytes), []byte{badgerDeleted}
			b.Deletions++
		case entryEnd:
			return b, r.end(b)
		default:
			r.fail(kind)
		}
		if r.err == nil {
			r.err = l.take(entry)
		}
		if r.err != nil {
			return b, r.err
		}
	}
}

func (l *loader) take(entry *pb.KV) error {
	key, deletes := string(entry.Key), entry.Meta != nil
	var value []byte
	var err error
	if !deletes {
		value, err = unseal(key, entry.Value)
	}
	if err == nil && key == restoredKey {
		l.before = time.Time{}
		if !deletes {
			err = l.before.UnmarshalText(value)
		}
	}
	if err != nil {
		return err
	}
	return l.set(entry)
}

// badgerDeleted is badger's own mark of an entry that deletes. It gives the bit no name.
const badgerDeleted = 1 << 0

func (l *loader) set(entry *pb.KV) error {
	if l.into == nil {
		return nil
	}
	return l.into.Set(entry)
}

// anchor writes down how far the restored data reaches.
func (l *loader) anchor(folder string) error {
	p := point{sequence: l.reached.Commit}
	hash, err := hex.DecodeString(l.reached.Hash)
	copy(p.hash[:], hash)
	if err != nil {
		return err
	}
	a, err := createAnchor(folder, filepath.Join(folder, anchorName), p)
	if err != nil {
		return err
	}
	return a.close()
}

// tryOut opens the store as a gateway would, which walks its chain, and reads every value.
func (o RestoreOptions) tryOut(ctx context.Context, folder string, want Backup) error {
	s, err := Open(o.options(folder))
	if err != nil {
		return err
	}
	seen := s.snapshots.take()
	count := 0
	err = seen.Scan(state.Range{}, func(string, []byte) (bool, error) {
		count++
		return true, ctx.Err()
	})
	s.snapshots.release(seen)
	s.options.Log.Info("a store was restored", "commit", want.Commit, "until", want.At, "records", count)
	return errors.Join(err, s.Close())
}

// ReadBackup reads a backup file from its beginning to its end and says what it holds. It fails where
// the file is cut or altered, or the key is not its store's.
func ReadBackup(ctx context.Context, key []byte, file io.Reader) (Backup, error) {
	l := loader{ctx: ctx, key: key}
	err := l.load(file, func(head) error { return nil })
	return l.reached, err
}
