package certify

import (
	"context"
	"slices"
	"time"
)

// dawn is when every life begins offline: the time at which exchanges are recorded.
var dawn = time.Date(2026, 3, 2, 10, 30, 0, 0, time.UTC)

// clock is virtual time. Whoever waits lets it pass, so that everything happens on one goroutine, and a life of
// days takes a moment. Against a lender itself it is the time of the machine.
type clock struct {
	now  time.Time
	due  []happening
	real context.Context // of the machine's time, until it ends; nil: virtual
}

// happening is something that is on its way by itself.
type happening struct {
	at time.Time
	do func()
}

// time is what it is now.
func (c *clock) time() time.Time {
	if c.real != nil {
		c.now = time.Now().UTC()
	}
	return c.now
}

// over says whether somebody has stopped the machine's time.
func (c *clock) over() bool { return c.real != nil && c.real.Err() != nil }

func (c *clock) after(d time.Duration, do func()) {
	c.due = append(c.due, happening{c.time().Add(d), do})
	slices.SortStableFunc(c.due, func(a, b happening) int { return a.at.Compare(b.at) })
}

// pass lets time pass, with all that happens meanwhile.
func (c *clock) pass(d time.Duration) { c.until(c.time().Add(d)) }

func (c *clock) until(at time.Time) {
	for len(c.due) > 0 && !c.due[0].at.After(at) {
		next := c.due[0]
		c.due = c.due[1:]
		c.turn(next.at)
		next.do()
	}
	c.turn(at)
}

// turn sets the clock, or waits until it shows a time.
func (c *clock) turn(at time.Time) {
	if c.real == nil {
		if at.After(c.now) {
			c.now = at
		}
		return
	}
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.real.Done():
	}
	c.time()
}
