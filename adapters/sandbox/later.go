package sandbox

import (
	"slices"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// errand is something that falls due: a request that is still on its way to the lender, or a
// notification on its way from it.
type errand struct {
	at      time.Time
	request *visit
	notice  *lender.Notice
}

// postpone keeps an errand in its place, after those of the same time.
func (c *core) postpone(e errand) {
	i := len(c.later)
	for i > 0 && c.later[i-1].at.After(e.at) {
		i--
	}
	c.later = slices.Insert(c.later, i, e)
}

// due says when the next errand is, or the next thing a lender does by itself.
func (c *core) due() (at time.Time, waiting bool) {
	if len(c.later) > 0 {
		at, waiting = c.later[0].at, true
	}
	for _, l := range c.lenders {
		timed, is := l.(lender.Timed)
		if !is {
			continue
		}
		if its, some := timed.Due(); some && (!waiting || its.Before(at)) {
			at, waiting = its, true
		}
	}
	return at, waiting
}

// wake does what is due up to now, each at its own time, and says whether there was anything.
func (c *core) wake(now time.Time) (woke bool) {
	for {
		at, waiting := c.due()
		if !waiting || at.After(now) {
			return woke
		}
		c.pass(at)
		woke = true
	}
}

// pass lets one moment come: first for the lenders, then for what reaches or leaves them.
func (c *core) pass(at time.Time) {
	for _, l := range c.lenders {
		if timed, is := l.(lender.Timed); is {
			timed.Wake(at)
			c.collect(at, l)
		}
	}
	for len(c.later) > 0 && !c.later[0].at.After(at) {
		next := c.later[0]
		c.later = slices.Delete(c.later, 0, 1)
		if next.notice != nil {
			c.outbox = append(c.outbox, *next.notice)
			continue
		}
		next.request.at = next.at
		c.serve(*next.request)
	}
}
