package badger

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// The ballast is a file beside the data that takes room for nothing. When the disk has less than the
// floor left it is given up, so that the process can start and finish what is under way; badger writes
// through memory maps, and a full disk ends its process.
const ballastName = "ballast"

// startBytes is what opening a store may write: the logs found become tables, a new log is begun.
const startBytes = 3*memTableSize + 2<<20

// ErrFull: the disk has too little room left to open the store. Nothing was changed.
var ErrFull = errors.New("the disk is full")

func (s *Store) ballastPath() string { return filepath.Join(s.options.Path, ballastName) }

// lighten gives up the ballast of a store that is about to be opened where the disk is below the floor,
// and refuses what would end the process.
func (s *Store) lighten() error {
	file, err := os.Stat(s.ballastPath())
	if err == nil {
		s.ballast = file.Size()
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	free, err := s.options.free(s.options.Path)
	if err == nil && free < max(s.options.Floor, startBytes) && s.ballast > 0 {
		if err = s.dropBallast(); err == nil {
			free, err = s.options.free(s.options.Path)
		}
	}
	if err == nil && free < startBytes {
		err = fmt.Errorf("%w: %d bytes are left, opening the store needs %d: make room", ErrFull, free, startBytes)
	}
	return err
}

// TendBallast gives up the ballast when the disk has less than the floor left, and makes it again when
// there is room for it above the floor. Call it every few seconds: until the next call after there is
// room again, Room says no. It says how many bytes the ballast has now.
func (s *Store) TendBallast() (held int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.options.InMemory || s.closed {
		return 0, nil
	}
	free, err := s.options.free(s.options.Path)
	switch {
	case err != nil:
	case s.ballast > 0 && free < s.options.Floor:
		err = s.dropBallast()
	case s.ballast != s.options.Ballast && free+s.ballast >= s.options.Floor+s.options.Ballast:
		err = errors.Join(s.dropBallast(), s.makeBallast())
	}
	return s.ballast, err
}

func (s *Store) dropBallast() error {
	err := os.Remove(s.ballastPath())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("ballast: %w", err)
	}
	if s.ballast > 0 {
		s.options.Log.Warn("the ballast was given up", "bytes", s.ballast)
	}
	s.ballast = 0
	return nil
}

func (s *Store) makeBallast() error {
	if s.options.Ballast == 0 {
		return nil
	}
	file, err := os.OpenFile(s.ballastPath(), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, fileMode)
	if err != nil {
		return fmt.Errorf("ballast: %w", err)
	}
	if err := errors.Join(allocate(file, s.options.Ballast), file.Close()); err != nil {
		return errors.Join(fmt.Errorf("ballast: %w", err), os.Remove(s.ballastPath()))
	}
	s.ballast = s.options.Ballast
	s.options.Log.Info("the ballast was made", "bytes", s.ballast)
	return nil
}

// fill writes what no file system can keep in less room.
func fill(file *os.File, size int64) error {
	_, err := io.CopyN(file, rand.Reader, size)
	return err
}

// Room says how many bytes the disk has left, and whether that is more than the floor and what is
// missing of the ballast. The store does not act on it: badger dies on a full disk, so whoever takes new
// orders asks first.
func (s *Store) Room() (free int64, enough bool) {
	if s.options.InMemory {
		return 0, true
	}
	s.mu.Lock()
	missing := s.options.Ballast - s.ballast
	s.mu.Unlock()
	free, err := s.options.free(s.options.Path)
	return free, err == nil && free >= s.options.Floor+missing
}
