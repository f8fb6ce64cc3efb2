package gateway

import (
	"sync/atomic"
	"time"
)

// clock is business time: the machine's, moved forward by what the sandbox was told.
type clock struct{ offset atomic.Int64 }

// Now returns business time in UTC, in whole milliseconds.
func (c *clock) Now() time.Time {
	return time.Now().Add(time.Duration(c.offset.Load())).UTC().Truncate(time.Millisecond)
}
