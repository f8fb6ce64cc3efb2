package api

import (
	"maps"
	"sync"
	"time"
)

// Rate is how many in what time. The zero value is no limit.
type Rate struct {
	Count int
	Per   time.Duration
}

// each is the time in which one more is allowed.
func (r Rate) each() time.Duration { return r.Per / time.Duration(r.Count) }

// allowances are token buckets, one for each K, each full at first. Of one that is full nothing is kept.
type allowances[K comparable] struct {
	rate Rate
	most int // how many are kept; those that come after share one

	mu     sync.Mutex
	fullAt map[K]time.Time // when the bucket will be full again
	tidyAt int             // how many there may be before the full ones are looked for
}

const (
	leastTidied  = 1024
	mostBuckets  = 100_000
	oneAllowance = 1
)

func newAllowances[K comparable](rate Rate) *allowances[K] {
	return &allowances[K]{rate: rate, most: mostBuckets, fullAt: make(map[K]time.Time), tidyAt: leastTidied}
}

// allowance is what is left of a bucket.
type allowance struct {
	left   int
	fullIn time.Duration
	wait   time.Duration // until there is one; 0: there is
}

// take takes one out of a bucket, where there is one.
func (a *allowances[K]) take(of K, now time.Time) allowance { return a.draw(of, now, oneAllowance) }

// look takes nothing.
func (a *allowances[K]) look(of K, now time.Time) allowance { return a.draw(of, now, 0) }

func (a *allowances[K]) draw(of K, now time.Time, count int) allowance {
	if a.rate.Count == 0 {
		return allowance{}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	of = a.bucket(of, now)
	empty := max(0, a.fullAt[of].Sub(now)) // how much time it takes to fill what is empty
	if wait := empty + a.rate.each() - a.rate.Per; wait > 0 {
		return allowance{fullIn: empty, wait: wait}
	}
	if count > 0 {
		empty += a.rate.each()
		a.fullAt[of] = now.Add(empty)
	}
	return allowance{left: int((a.rate.Per - empty) / a.rate.each()), fullIn: empty}
}

// bucket is the one that K draws from: its own, or with too many of them the one of all others.
func (a *allowances[K]) bucket(of K, now time.Time) K {
	if _, known := a.fullAt[of]; known || len(a.fullAt) < a.tidyAt {
		return of
	}
	maps.DeleteFunc(a.fullAt, func(_ K, fullAt time.Time) bool { return !fullAt.After(now) })
	a.tidyAt = min(a.most, max(leastTidied, 2*len(a.fullAt)))
	if len(a.fullAt) < a.most {
		return of
	}
	var shared K
	return shared
}
