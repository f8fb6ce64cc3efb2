package badger

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	bdb "github.com/dgraph-io/badger/v4"
)

const (
	fileMode   = 0o600
	folderMode = 0o700
	dataFolder = "badger" // within Path
)

// openFolder takes the folder for this process alone, and looks at the files before badger does,
// which would drop or delete what does not fit, or end the process.
func (s *Store) openFolder() (err error) {
	if s.options.InMemory {
		return nil
	}
	folder := filepath.Join(s.options.Path, dataFolder)
	if err := os.MkdirAll(folder, folderMode); err != nil {
		return err
	}
	if s.lock, err = lockFolder(s.options.Path); err != nil {
		return err
	}
	if err := s.lighten(); err != nil {
		return err
	}
	if err := s.lock.sign(); err != nil {
		return err
	}
	_, err = os.Stat(filepath.Join(folder, bdb.ManifestFilename))
	empty := errors.Is(err, fs.ErrNotExist)
	if s.anchor, err = openAnchor(s.options.Path, empty); err != nil || empty {
		return err
	}
	if err := dropUnbegun(folder); err != nil {
		return err
	}
	return s.options.inspect(asFound, 0)
}

// dropUnbegun removes logs of no bytes: badger (4.9.6, read) makes a log file first and gives it its size
// after that, and takes one that a killed process left between the two for an error. There was never
// anything in it; what a damaged one held is missed by the chain of commits.
func dropUnbegun(folder string) error {
	files, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, file := range files {
		kind := filepath.Ext(file.Name())
		info, err := file.Info()
		if err != nil || info.Size() > 0 || (kind != ".mem" && kind != ".vlog") {
			continue
		}
		if err := os.Remove(filepath.Join(folder, file.Name())); err != nil {
			return err
		}
	}
	return nil
}

// keepPrivate takes others' rights from the data. Badger makes files with what rights the process
// gives; until this looks at them again, those it makes are behind the folder's own mode.
func (s *Store) keepPrivate() error {
	if s.options.InMemory {
		return nil
	}
	folder := filepath.Join(s.options.Path, dataFolder)
	err := os.Chmod(folder, folderMode)
	files, failed := os.ReadDir(folder)
	err = errors.Join(err, failed)
	for _, file := range files {
		failed := os.Chmod(filepath.Join(folder, file.Name()), fileMode)
		if !errors.Is(failed, fs.ErrNotExist) { // badger may have deleted it meanwhile
			err = errors.Join(err, failed)
		}
	}
	return err
}

func (s *Store) closeFolder() error {
	var err error
	if s.anchor != nil {
		err = s.anchor.close()
	}
	if s.lock != nil {
		err = errors.Join(err, s.lock.release())
	}
	return err
}
