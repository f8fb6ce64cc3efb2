//go:build linux || darwin || freebsd

package badger_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/lendgate/lendgate/state/badger"
)

const mib = 1 << 20

// disk is one of a given size, on which nothing else than a ballast changes what is free.
type disk struct {
	folder string
	room   int64 // without the ballast
}

func (d *disk) free(string) (int64, error) {
	file, err := os.Stat(filepath.Join(d.folder, "ballast"))
	if err != nil {
		return d.room, nil
	}
	return d.room - file.Size(), nil
}

// options are those of a store with a floor of 100 MiB and a ballast of 8 MiB on the disk.
func (d *disk) options() badger.Options {
	options := badger.Options{Path: d.folder, Floor: 100 * mib, Ballast: 8 * mib}
	badger.Disk(&options, d.free)
	return options
}

func wantBallast(t *testing.T, d *disk, s *badger.Store, held int64, enough bool) {
	t.Helper()
	file, err := os.Stat(filepath.Join(d.folder, "ballast"))
	if held == 0 && err == nil || held > 0 && (err != nil || file.Size() != held) {
		t.Errorf("the ballast should have %d bytes: %v, %v", held, file, err)
	}
	if free, got := s.Room(); got != enough {
		t.Errorf("%d bytes are free, enough: %v", free, got)
	}
}

func TestTheBallastIsMadeWhereThereIsRoomForIt(t *testing.T) {
	cases := []struct {
		name   string
		room   int64
		held   int64
		enough bool
	}{
		{"for floor and ballast", 108 * mib, 8 * mib, true},
		{"for less than both", 108*mib - 1, 0, false},
		{"for much more", 1000 * mib, 8 * mib, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := &disk{folder: scratch(t), room: c.room}
			wantBallast(t, d, open(t, d.options()), c.held, c.enough)
		})
	}
}

func TestTheBallastTakesRoomOnTheDisk(t *testing.T) {
	d := &disk{folder: t.TempDir(), room: 1000 * mib}
	open(t, d.options())
	var file syscall.Stat_t
	if err := syscall.Stat(filepath.Join(d.folder, "ballast"), &file); err != nil || int64(file.Blocks)*512 < 8*mib {
		t.Errorf("it has %d blocks, %v", file.Blocks, err)
	}
}

func TestTheBallastIsGivenUpBelowTheFloorAndMadeAgain(t *testing.T) {
	d := &disk{folder: scratch(t), room: 200 * mib}
	s := open(t, d.options())
	steps := []struct {
		room   int64
		held   int64
		enough bool
	}{
		{108 * mib, 8 * mib, true},
		{108*mib - 1, 0, false}, // below the floor: given up, which alone is no room
		{107 * mib, 0, false},
		{108 * mib, 8 * mib, true},
		{150 * mib, 8 * mib, true},
		{0, 0, false},
		{200 * mib, 8 * mib, true},
	}
	for _, step := range steps {
		d.room = step.room
		held, err := s.TendBallast()
		if err != nil || held != step.held {
			t.Errorf("with room for %d MiB it has %d bytes, %v", step.room/mib, held, err)
		}
		wantBallast(t, d, s, step.held, step.enough)
	}
}

func TestOpenGivesUpTheBallastOfAFullDisk(t *testing.T) {
	d := &disk{folder: scratch(t), room: 200 * mib}
	wantErrors(t, []error{open(t, d.options()).Close()}, nil)
	d.room = 107 * mib
	s := open(t, d.options())
	wantBallast(t, d, s, 0, false)
	wantErrors(t, []error{s.Close()}, nil)
	d.room = 200 * mib
	wantBallast(t, d, open(t, d.options()), 8*mib, true)
}

func TestOpenMakesTheBallastAsItIsWanted(t *testing.T) {
	d := &disk{folder: scratch(t), room: 200 * mib}
	for _, wanted := range []int64{8 * mib, 2 * mib, 16 * mib, 0, 4 * mib} {
		options := d.options()
		options.Ballast = wanted
		s := open(t, options)
		wantBallast(t, d, s, wanted, true)
		wantErrors(t, []error{s.Close()}, nil)
	}
	if err := os.Truncate(filepath.Join(d.folder, "ballast"), 1000); err != nil { // as a kill leaves it that is being made
		t.Fatal(err)
	}
	wantBallast(t, d, open(t, d.options()), 8*mib, true)
}

func TestOpenRefusesADiskThatWouldEndTheProcess(t *testing.T) {
	d := &disk{folder: scratch(t), room: 200 * mib}
	s := open(t, d.options())
	writeOrders(t, s, 0, 3)
	wantErrors(t, []error{s.Close()}, nil)
	d.room = 10 * mib
	_, err := badger.Open(d.options())
	wantErrors(t, []error{err}, badger.ErrFull)
	d.room = 200 * mib
	if all, err := readAll(t, open(t, d.options())); err != nil || len(all.Orders) != 3 {
		t.Errorf("%d orders, %v", len(all.Orders), err)
	}
}

func TestABallastNeedsAFloor(t *testing.T) {
	for _, options := range []badger.Options{{Path: "x", Ballast: 1}, {Path: "x", Ballast: -1, Floor: 1}} {
		if _, err := badger.Open(options); err == nil {
			t.Errorf("%+v was opened", options)
		}
	}
}

func TestADiskThatCannotBeAskedHasNoRoom(t *testing.T) {
	lost := errors.New("input/output error")
	d := &disk{folder: scratch(t), room: 200 * mib}
	options := d.options()
	asked := 0
	badger.Disk(&options, func(path string) (int64, error) {
		if asked++; asked > 2 {
			return 0, lost
		}
		return d.free(path)
	})
	s := open(t, options)
	_, err := s.TendBallast()
	if _, enough := s.Room(); enough || !errors.Is(err, lost) {
		t.Errorf("enough: %v, %v", enough, err)
	}
}
