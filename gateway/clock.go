package gateway

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// clock is business time: the machine's, moved forward by what the sandbox was told. How far is kept in the
// data folder, so that what was due then is still due after a restart.
type clock struct {
	offset atomic.Int64
	path   string // "": it is not kept
}

const clockName = "clock"

// openClock reads how far the clock of a data folder was moved.
func openClock(data string) (*clock, error) {
	c := &clock{path: filepath.Join(data, clockName)}
	text, err := os.ReadFile(c.path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	offset, err := time.ParseDuration(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.path, err)
	}
	c.offset.Store(int64(offset))
	return c, nil
}

// Now returns business time in UTC, in whole milliseconds.
func (c *clock) Now() time.Time {
	return time.Now().Add(time.Duration(c.offset.Load())).UTC().Truncate(time.Millisecond)
}

// moveTo makes it at least so late.
func (c *clock) moveTo(at time.Time) error {
	by := at.Sub(c.Now())
	if by <= 0 {
		return nil
	}
	offset := time.Duration(c.offset.Load()) + by
	if err := replaceFile(c.path, offset.String()+"\n"); err != nil {
		return err
	}
	c.offset.Store(int64(offset))
	return nil
}

// replaceFile writes a file so that whoever reads it meets the old text or the new one, also when the process
// is killed in between.
func replaceFile(path, text string) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}
