//go:build unix

package gateway

import "syscall"

// keepPrivate makes every file the process writes its owner's alone.
func keepPrivate() { syscall.Umask(0o077) }
