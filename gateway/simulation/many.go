package simulation

import (
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

// Hunt is a range of seeds to play.
type Hunt struct {
	First   uint64
	Enough  func(*Total) bool // of what was played so far; nil: never
	Until   time.Time         // no new run begins afterwards; zero: no end
	Workers int               // 0: one for each processor
}

// Total is what a hunt came to.
type Total struct {
	First, Last uint64
	Counts      *counts
	Failed      *Result // of the seeds that failed the smallest
	Unequal     []uint64
}

// garbage lets more of it gather than usual: runs are short, and leave much.
const garbage = 800

// twiceEach is how often a seed is played a second time, to see that it leads to the same.
const twiceEach = 1000

// Play plays seed after seed until there were enough, the time is up, or a run has failed.
func (h Hunt) Play() Total {
	hunt := &hunting{Hunt: h, next: h.First, total: Total{First: h.First, Last: h.First, Counts: newCounts()}}
	workers := h.Workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	defer debug.SetGCPercent(debug.SetGCPercent(garbage))
	var all sync.WaitGroup
	for range workers {
		all.Go(hunt.work)
	}
	all.Wait()
	return hunt.total
}

type hunting struct {
	Hunt
	mu    sync.Mutex
	next  uint64
	total Total
}

// work plays seeds one after the other: runs share nothing.
func (h *hunting) work() {
	c := &crew{}
	defer c.dismiss()
	for {
		seed, more := h.take()
		if !more {
			return
		}
		result := Play(Options{Seed: seed}, c)
		equal := seed%twiceEach != 0 || Play(Options{Seed: seed}, c).Trace == result.Trace
		h.give(result, equal)
	}
}

func (h *hunting) take() (seed uint64, more bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	done := h.total.Failed != nil || (h.Enough != nil && h.Enough(&h.total)) || (!h.Until.IsZero() && !time.Now().Before(h.Until))
	if done {
		return 0, false
	}
	h.next++
	return h.next - 1, true
}

func (h *hunting) give(r Result, equal bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := &h.total
	t.Counts.add(r.Counts)
	t.Last = max(t.Last, r.Seed)
	if !equal {
		t.Unequal = append(t.Unequal, r.Seed)
	}
	if r.Violation != nil && (t.Failed == nil || r.Seed < t.Failed.Seed) {
		t.Failed = &r
	}
}
