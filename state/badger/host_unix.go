//go:build linux || darwin || freebsd

package badger

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// folderLock keeps other processes out. The kernel lets go of it when the process ends, however it ends.
type folderLock struct{ file *os.File }

func lockFolder(path string) (*folderLock, error) {
	file, err := os.OpenFile(filepath.Join(path, "lock"), os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer file.Close()
		return nil, fmt.Errorf("%w: %s", ErrInUse, holder(file))
	}
	return &folderLock{file}, nil
}

// sign writes down who holds the lock.
func (l *folderLock) sign() error {
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err := fmt.Fprintf(l.file, "process %d\n", os.Getpid())
	return err
}

func holder(file *os.File) string {
	name := make([]byte, 64)
	n, _ := file.ReadAt(name, 0)
	return strings.TrimSpace(string(name[:n])) + " holds the lock; stop it, or give this one a folder of its own"
}

func (l *folderLock) release() error { return l.file.Close() }

func freeBytes(path string) (int64, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(path, &disk); err != nil {
		return 0, err
	}
	return int64(disk.Bavail) * int64(disk.Bsize), nil
}
