package badger

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
)

// The anchor is a file beside the data that says how far the data reached. Two slots are written in
// turn, so that a cut during one write leaves the other.
const (
	slotSize   = 512
	anchorName = "anchor"
)

var slotMagic = []byte("lganchr1")

// point is what the anchor remembers of a commit.
type point struct {
	sequence uint64
	hash     [sha256.Size]byte
}

func (p point) encode() []byte {
	slot := bytes.Clone(slotMagic)
	slot = binary.BigEndian.AppendUint64(slot, p.sequence)
	slot = append(slot, p.hash[:]...)
	slot = binary.BigEndian.AppendUint32(slot, crc32.Checksum(slot, castagnoli))
	return append(slot, make([]byte, slotSize-len(slot))...)
}

func decodePoint(slot []byte) (p point, sound bool) {
	if len(slot) < slotSize || !bytes.HasPrefix(slot, slotMagic) {
		return p, false
	}
	p.sequence = binary.BigEndian.Uint64(slot[len(slotMagic):])
	copy(p.hash[:], slot[len(slotMagic)+8:])
	return p, bytes.Equal(p.encode(), slot[:slotSize])
}

// anchor is the open file, and the point it held when it was opened.
type anchor struct {
	file  *os.File
	found point
}

// openAnchor opens the anchor of a folder. It makes one only where there is no data, and never was.
func openAnchor(folder string, empty bool) (*anchor, error) {
	path := filepath.Join(folder, anchorName)
	text, err := os.ReadFile(path)
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing {
		return nil, err
	}
	found, sound := latestPoint(text)
	switch {
	case !sound && empty:
		return createAnchor(folder, path, origin())
	case missing:
		return nil, fmt.Errorf("%w: there is data, but %s, which says how far it reached, is missing: %s", ErrLost, path, whatToDo)
	case !sound:
		return nil, fmt.Errorf("%w: %s, which says how far the data reached, cannot be read: %s", ErrDamaged, path, whatToDo)
	case empty && found.sequence > 0:
		return nil, fmt.Errorf("%w: the data is gone, %s says that it reached commit %d: %s", ErrLost, path, found.sequence, whatToDo)
	}
	file, err := os.OpenFile(path, os.O_RDWR, fileMode)
	return &anchor{file, found}, err
}

func latestPoint(text []byte) (latest point, sound bool) {
	for ; len(text) >= slotSize; text = text[slotSize:] {
		if p, ok := decodePoint(text); ok && (!sound || p.sequence > latest.sequence) {
			latest, sound = p, true
		}
	}
	return latest, sound
}

// origin begins a chain that no other store shares.
func origin() (p point) {
	rand.Read(p.hash[:])
	return p
}

func createAnchor(folder, path string, p point) (*anchor, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return nil, err
	}
	a := &anchor{file, p}
	err = errors.Join(file.Truncate(2*slotSize), a.set(p), file.Sync(), syncFolder(folder))
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return a, nil
}

// set writes the point into the slot whose turn it is. The bytes are the kernel's until sync.
func (a *anchor) set(p point) error {
	_, err := a.file.WriteAt(p.encode(), int64(p.sequence%2)*slotSize)
	return err
}

func (a *anchor) close() error { return errors.Join(a.file.Sync(), a.file.Close()) }

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
