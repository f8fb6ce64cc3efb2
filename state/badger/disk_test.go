//go:build linux

package badger_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/badger"
)

// The tests below mount file systems of their own, which is root's to do.

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v %s", name, strings.Join(args, " "), err, out)
	}
}

// mayMount skips a test that needs to mount something where it may not, or has not what with.
func mayMount(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range append(tools, "mount", "umount") {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("skipped: it needs %s, which is not on this machine", tool)
		}
	}
	folder := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=1m", "none", folder).CombinedOutput(); err != nil {
		t.Skipf("skipped: it mounts file systems, which is not allowed here: run it as root (%v %s)", err, out)
	}
	run(t, "umount", folder)
}

// mounted mounts something for as long as the returned function has not been called.
func mounted(t *testing.T, args ...string) (folder string, unmount func()) {
	t.Helper()
	folder = t.TempDir()
	run(t, "mount", append(args, folder)...)
	there := true
	unmount = func() {
		if there {
			there = false
			run(t, "umount", folder)
		}
	}
	t.Cleanup(unmount)
	return folder, unmount
}

// memory is a file system of so many MiB, which resize changes.
func memory(t *testing.T, size int) (folder string, resize func(int), unmount func()) {
	t.Helper()
	folder, unmount = mounted(t, "-t", "tmpfs", "-o", fmt.Sprintf("size=%dm", size), "none")
	resize = func(size int) { run(t, "mount", "-o", fmt.Sprintf("remount,size=%dm", size), folder) }
	return folder, resize, unmount
}

// untilItEnds reads what a child acknowledges until it ends by itself, and says how it ended.
func (c child) untilItEnds() (opened bool, acknowledged []string, ended string) {
	guard := time.AfterFunc(5*time.Minute, c.kill) // of a child that hangs, which then is no way it may end
	defer guard.Stop()
	acknowledged = c.rest()
	err := c.process.Wait()
	if opened = len(acknowledged) > 0 && acknowledged[0] == "open"; opened {
		acknowledged = acknowledged[1:]
	}
	switch {
	case err == nil:
		ended = "stopped in order"
	case strings.Contains(c.errors.String(), "SIGBUS"):
		ended = "ended by a full disk"
	case strings.Contains(c.errors.String(), badger.ErrFull.Error()):
		ended = "starts refused"
	default:
		ended = "stopped by an error"
	}
	return opened, acknowledged, ended
}

// wantUsable opens a store, looks for all that was acknowledged, audits it and writes to it.
func wantUsable(h *hunt, options badger.Options, acknowledged []string) {
	h.Helper()
	wantAllThere(h, options, acknowledged)
	if h.Failed() {
		return
	}
	s := open(h.T, options)
	audited, err := s.Audit(h.Context(), state.Bounds{})
	if err != nil || audited.Found > 0 {
		h.Errorf("seed %d: the audit found %+v, %v", h.seeds.Last, audited, err)
	}
	id := fmt.Sprintf("ord_after_%d_%d", h.seeds.Last, badger.Commits(s))
	wantErrors(h.T, []error{s.Update(h.Context(), func(tx state.Tx) error { return insertFilled(tx, id, 100) }), s.Close()}, nil)
}

// TestAFullDisk fills the disk while a store is used: by the store's own writes alone, or, which is faster,
// by another file that leaves little, so that each of the store's files is met by it at some time.
func TestAFullDiskLosesNothingThatWasAcknowledged(t *testing.T) {
	mayMount(t, "fallocate")
	h := begin(t, "store-full-disk", 1, "lost")
	for seed, dice, more := h.next(); more; seed, dice, more = h.next() {
		folder, resize, unmount := memory(t, 100)
		options := badger.Options{Path: filepath.Join(folder, "store"), Log: quiet}
		var acknowledged []string
		for n := range 1 + dice.IntN(3) {
			c := start(t, childTask{Folder: options.Path, Name: fmt.Sprintf("%d_%d", seed, n), Filler: 2000 + dice.IntN(16_000), Wait: true}).opened(t)
			other := filepath.Join(folder, "other")
			if most := h.either(8, 24); !h.long() || dice.IntN(4) > 0 {
				occupy(t, folder, int64(1+dice.IntN(most))*mib)
			}
			fmt.Fprintln(c.begin, "now")
			_, now, ended := c.untilItEnds()
			if ended == "stopped in order" {
				t.Errorf("seed %d: %s: %s", seed, ended, c.errors)
			}
			h.count("disks filled", 1)
			h.count(ended, 1)
			acknowledged = append(acknowledged, now...)
			if _, _, ended = start(t, childTask{Folder: options.Path, Name: "again", Filler: 200}).untilItEnds(); ended != "starts refused" {
				t.Errorf("seed %d: a start on the full disk: %s", seed, ended)
			}
			h.count(ended, 1)
			_ = os.Remove(other)
			resize(100 * (n + 2))
		}
		resize(500)
		h.count("acknowledged writes", len(acknowledged))
		wantUsable(h, options, acknowledged)
		unmount()
	}
	h.end()
}

// occupy leaves so many bytes free on a file system.
func occupy(t *testing.T, folder string, left int64) (file string) {
	t.Helper()
	free, err := badger.FreeBytes(folder)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(folder, "other")
	run(t, "fallocate", "-l", fmt.Sprint(free-left), file)
	return file
}

func TestABallastLetsAStoreStopInOrderAndStartOnAFullDisk(t *testing.T) {
	mayMount(t, "fallocate")
	h := begin(t, "store-ballast", 1, "lost")
	for seed, dice, more := h.next(); more; seed, dice, more = h.next() {
		const floor, ballast = 24, 64
		disk, resize, unmount := memory(t, floor+ballast+4+dice.IntN(h.either(8, 60)))
		options := badger.Options{Path: filepath.Join(disk, "store"), Floor: floor * mib, Ballast: ballast * mib, Log: quiet}
		task := childTask{Folder: options.Path, Name: fmt.Sprint(seed), Filler: 4000 + dice.IntN(16_000), Floor: options.Floor, Ballast: options.Ballast}
		opened, acknowledged, ended := start(t, task).untilItEnds() // which is when Room says no
		if !opened || ended != "stopped in order" {
			t.Errorf("seed %d: opened %v, %s", seed, opened, ended)
		}
		h.count(ended, 1)
		h.count("acknowledged writes", len(acknowledged))
		resize(300)
		wantAllThere(h, options, acknowledged)
		if _, err := os.Stat(filepath.Join(options.Path, "ballast")); err != nil {
			t.Errorf("seed %d: with room again there is no ballast: %v", seed, err)
		}
		other := occupy(t, disk, int64(dice.IntN(8*mib)))
		task.Name = "late"
		opened, late, ended := start(t, task).untilItEnds()
		if !opened || len(late) > 0 || ended != "stopped in order" {
			t.Errorf("seed %d: on the full disk it opened: %v, took %d orders, %s", seed, opened, len(late), ended)
		}
		h.count("starts on a full disk", 1)
		wantErrors(t, []error{os.Remove(other)}, nil)
		wantUsable(h, options, acknowledged)
		unmount()
	}
	h.end()
}
