package badger

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	bdb "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/fb"
	"github.com/dgraph-io/badger/v4/table"
	"github.com/dgraph-io/ristretto/v2"
	"github.com/dgraph-io/ristretto/v2/z"
)

// The two ways to inspect: files that nobody uses, or those that badger does, which deletes tables
// that it has merged into others.
const (
	asFound = false
	asUsed  = true
)

// inspect reads the list of tables and every table, as badger will, but stops at the first mistake.
// Badger (4.9.6, read) cuts a damaged list short and deletes the tables it no longer names, opens
// tables with damaged blocks, and panics in a goroutine of its own over one with a damaged end.
// Tables that hold nothing newer than since, in badger's number of a commit, are only opened.
func (o Options) inspect(inUse bool, since uint64) error {
	folder := filepath.Join(o.Path, dataFolder)
	manifest, err := o.manifest(folder)
	if err != nil {
		return err
	}
	registry, err := bdb.OpenKeyRegistry(bdb.KeyRegistryOptions{Dir: folder, ReadOnly: true, EncryptionKey: o.Key})
	if errors.Is(err, bdb.ErrEncryptionKeyMismatch) {
		return fmt.Errorf("the key is not the one the store was made with, or it was made without: %w", err)
	}
	if err != nil {
		return err
	}
	defer registry.Close()
	indexes, err := ristretto.NewCache(&ristretto.Config[uint64, *fb.TableIndex]{NumCounters: 100, MaxCost: 4 << 20, BufferItems: 64})
	if err != nil {
		return err
	}
	defer indexes.Close()
	for id, entry := range manifest.Tables {
		path := table.NewFilename(id, folder)
		settings := table.Options{BlockSize: blockSize, Compression: entry.Compression, IndexCache: indexes}
		if settings.DataKey, err = registry.DataKey(entry.KeyID); err == nil {
			err = inspectTable(path, settings, since)
		}
		if err != nil && !(inUse && errors.Is(err, fs.ErrNotExist)) {
			return fmt.Errorf("table %s: %w: %s", filepath.Base(path), err, whatToDo)
		}
	}
	return nil
}

// manifest reads the list of tables. Only zeros may follow the last whole entry: that is how a file
// system leaves an append that a power cut interrupted.
func (o Options) manifest(folder string) (bdb.Manifest, error) {
	path := filepath.Join(folder, bdb.ManifestFilename)
	file, err := os.Open(path)
	if err != nil {
		return bdb.Manifest{}, err
	}
	defer file.Close()
	manifest, end, err := bdb.ReplayManifestFile(file, 0, o.badger())
	if err != nil {
		return manifest, fmt.Errorf("%w: %s: %w: %s", ErrDamaged, path, err, whatToDo)
	}
	if _, err := file.Seek(end, io.SeekStart); err != nil {
		return manifest, err
	}
	rest, err := io.ReadAll(file)
	for _, b := range rest {
		if b != 0 {
			return manifest, fmt.Errorf("%w: %s ends within an entry: %s", ErrDamaged, path, whatToDo)
		}
	}
	return manifest, err
}

func inspectTable(path string, settings table.Options, since uint64) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", ErrLost, err)
	}
	file, err := z.OpenMmapFile(path, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	return guarded(func() error {
		opened, err := table.OpenTable(file, settings)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		defer opened.Close(-1)
		if opened.MaxVersion() < since {
			return nil
		}
		if err := opened.VerifyChecksum(); err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		return nil
	})
}
