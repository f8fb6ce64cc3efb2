//go:build linux

package badger_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/state/badger"
)

// formatted is the image of an ext4 file system that goes to its disk when it is told to, and hardly ever
// by itself.
func formatted(t *testing.T, folder string, size int) (image string) {
	t.Helper()
	image = filepath.Join(folder, "disk.img")
	file, err := os.Create(image)
	if err != nil {
		t.Fatal(err)
	}
	wantErrors(t, []error{file.Truncate(int64(size) * mib), file.Close()}, nil)
	run(t, "mkfs.ext4", "-q", "-F", "-m", "0", image)
	return image
}

// asDisk mounts an image.
func asDisk(t *testing.T, image string) (folder string, unmount func()) {
	t.Helper()
	return mounted(t, "-o", "loop,commit=600", image)
}

// mayMountImages skips a test that needs a loop device where there is none.
func mayMountImages(t *testing.T) {
	t.Helper()
	mayMount(t, "mkfs.ext4", "losetup", "cp")
	if _, err := os.Stat("/dev/loop-control"); err != nil {
		t.Skip("skipped: it needs loop devices, which are not on this machine")
	}
}

// TestAPowerCut kills a process and takes what its disk has at that moment: the image of the file system,
// without what the kernel had not written to it yet.
func TestAPowerCutLosesNothingThatWasAcknowledged(t *testing.T) {
	mayMountImages(t)
	h := begin(t, "store-power-cut", 1, "lost")
	for seed, dice, more := h.next(); more; seed, dice, more = h.next() {
		host := scratch(t)
		image := formatted(t, host, 256)
		disk, unmount := asDisk(t, image)
		var acknowledged []string
		for n := range 1 + dice.IntN(2) { // the second process finds what the first one left
			task := childTask{Folder: filepath.Join(disk, "store"), Name: fmt.Sprintf("%d_%d", seed, n), Filler: 500 + dice.IntN(12_000)}
			c := start(t, task).opened(t)
			acknowledged = append(acknowledged, c.killAfter(t, 1+dice.IntN(800))...)
			c.kill()
		}
		cut := filepath.Join(host, "cut.img")
		run(t, "cp", "--sparse=always", image, cut)
		unmount()
		disk, unmount = asDisk(t, cut)
		h.count("power cuts", 1)
		h.count("acknowledged writes", len(acknowledged))
		wantUsable(h, badger.Options{Path: filepath.Join(disk, "store")}, acknowledged)
		unmount()
		wantErrors(t, []error{os.RemoveAll(image), os.RemoveAll(cut)}, nil)
	}
	h.end()
}

// TestAnErrorOfTheDisk has the disk of a file system run out of room that the file system believes it has:
// what it is told to write down fails with an input/output error.
func TestAnErrorOfTheDiskLosesNothingThatWasAcknowledged(t *testing.T) {
	mayMountImages(t)
	h := begin(t, "store-disk-error", 1, "lost")
	for seed, dice, more := h.next(); more; seed, dice, more = h.next() {
		size := 24 + dice.IntN(60)
		host, resize, unmountHost := memory(t, size)
		image := formatted(t, host, 400)
		disk, unmount := asDisk(t, image)
		task := childTask{Folder: filepath.Join(disk, "store"), Name: fmt.Sprint(seed), Filler: 4000 + dice.IntN(16_000)}
		c := start(t, task)
		opened, acknowledged, ended := c.untilItEnds()
		if !opened || ended != "stopped by an error" || !strings.Contains(c.errors.String(), "input/output error") {
			t.Errorf("seed %d: opened %v, %s: %.2000s", seed, opened, ended, c.errors)
		}
		h.count(ended, 1)
		h.count("disk errors", 1)
		h.count("acknowledged writes", len(acknowledged))
		resize(1000)
		unmount()
		disk, unmount = asDisk(t, image)
		wantUsable(h, badger.Options{Path: filepath.Join(disk, "store")}, acknowledged)
		unmount()
		unmountHost()
	}
	h.end()
}
