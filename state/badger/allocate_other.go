//go:build !linux

package badger

import "os"

// allocate takes room on the disk for a file, all of it.
func allocate(file *os.File, size int64) error { return fill(file, size) }
