package badger

import (
	"errors"
	"os"
	"syscall"
)

// allocate takes room on the disk for a file, all of it.
func allocate(file *os.File, size int64) error {
	err := syscall.Fallocate(int(file.Fd()), 0, 0, size)
	if errors.Is(err, syscall.EOPNOTSUPP) {
		return fill(file, size)
	}
	return err
}
