package simulation

import (
	"fmt"
	"slices"
	"time"
)

// counts is what was reached: a kind of fault that no run meets proves nothing.
type counts struct {
	runs, operations int64
	requests, few    int64 // of merchants for money, and the runs that had too few
	faults           map[string]int64
	passed, killed   map[point]int64
	styles           map[string]int64
	manners          map[manner]int64
	states           map[string]int64 // in which operations were told to merchants
	checks           []int64          // by place in the table of invariants
	cleared          []int64          // doubts, by how long after the healing they were cleared
}

func newCounts() *counts {
	return &counts{
		faults: make(map[string]int64), passed: make(map[point]int64), killed: make(map[point]int64), styles: make(map[string]int64),
		manners: make(map[manner]int64), states: make(map[string]int64), checks: make([]int64, len(invariants)), cleared: make([]int64, len(bounds)),
	}
}

// add takes the counts of another run in.
func (c *counts) add(other *counts) {
	c.runs, c.operations = c.runs+other.runs, c.operations+other.operations
	c.requests, c.few = c.requests+other.requests, c.few+other.few
	addAll(c.faults, other.faults)
	addAll(c.passed, other.passed)
	addAll(c.killed, other.killed)
	addAll(c.styles, other.styles)
	addAll(c.manners, other.manners)
	addAll(c.states, other.states)
	for i, n := range other.checks {
		c.checks[i] += n
	}
	for i, n := range other.cleared {
		c.cleared[i] += n
	}
}

func addAll[K comparable](sum, more map[K]int64) {
	for key, n := range more {
		sum[key] += n
	}
}

// bounds are the times after the healing by which a doubt is counted as cleared.
var bounds = []time.Duration{10 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, longestHealing}

// soon is within what nearly all doubts are to be cleared.
const soon = 2 * time.Minute

// clearedSoon says whether 99 in 100 doubts were cleared as soon as that, once there were enough to tell.
func (c *counts) clearedSoon() bool {
	var all, late int64
	for i, n := range c.cleared {
		if all += n; bounds[i] > soon {
			late += n
		}
	}
	return late*100 <= all || all < 1000
}

// clear counts a doubt that was cleared so long after the healing, or after its end could be known.
func (c *counts) clear(after time.Duration) {
	for i, within := range bounds {
		if after <= within {
			c.cleared[i]++
			return
		}
	}
}

// named lists all counts under plain words, those that stayed zero included.
func (c *counts) named() map[string]int64 {
	all := map[string]int64{"runs": c.runs, "operations": c.operations, "money requests": c.requests, "faults": 0, "crashes": 0, "crash points passed": 0}
	for i := range faults {
		n := c.faults[faults[i].name]
		all["fault: "+faults[i].name] = n
		if faults[i].name != interleaved { // which is no fault, only bad luck
			all["faults"] += n
		}
	}
	for _, p := range points {
		all["killed "+string(p)], all["passed: "+string(p)] = c.killed[p], c.passed[p]
		all["crashes"] += c.killed[p]
		all["crash points passed"] += c.passed[p]
	}
	for _, s := range slices.Concat(styles, variants) {
		all["style: "+s.String()] = c.styles[s.String()]
	}
	for _, m := range manners {
		all["a merchant "+string(m)] = c.manners[m]
	}
	for state := range progress {
		all["told as "+string(state)] = c.states[string(state)]
	}
	for i := range invariants {
		all[fmt.Sprintf("checked: %d, %s", invariants[i].number, invariants[i].name)] = c.checks[i]
	}
	for i, within := range bounds {
		all["doubts cleared within "+within.String()+" of the healing"] = c.cleared[i]
	}
	return all
}
