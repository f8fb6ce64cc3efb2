package simulation

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// forced is a fault that the next request of a kind meets.
type forced struct{ what, fault string }

// replyFaults are what befalls the first request of a scenario's act, beside nothing.
var replyFaults = []string{"", replyLost, requestLost, "answered 500 after acting"}

// Case is a scenario with one style, one fault, and the points at which a gateway is stopped.
type Case struct {
	scenario *scenario
	style    *style
	fault    string
	again    bool  // the same node starts again; else another takes over
	lose     bool  // not the process is lost, but the answer of a commit
	stops    []int // passages of points, counted from 1
}

func (c Case) String() string {
	how := "killed there, another node takes over"
	switch {
	case c.lose:
		how = "the answers of the commits there are lost"
	case c.again:
		how = "killed there, the same node starts again"
	}
	fault := c.fault
	if fault == "" {
		fault = "nothing"
	}
	return fmt.Sprintf("%s at %s; first request: %s; stopped at %v; %s", c.scenario.name, c.style.name(), fault, c.stops, how)
}

// Outcome is how a case ended.
type Outcome struct {
	Case      Case
	Points    int     // how many points the act has
	Stopped   []point // where it was stopped
	Violation *Violation
	Story     []string
	Counts    *counts
}

// Enact plays one case.
func Enact(c Case, tell bool, crew *crew) Outcome {
	r := newRun(Options{Seed: 1, Tell: tell}, crew)
	r.swarm = swarm{rates: make([]float64, len(faults))}
	r.kernel.tie = func() uint64 { return 0 }
	r.plan = plan{nodes: 1, polls: time.Minute}
	r.open(c.style)
	r.stop = &stops{at: slices.Clone(c.stops), again: c.again, lose: c.lose}
	r.enact(c)
	return Outcome{c, r.stop.count, r.stop.names, r.violation, r.story, r.counts}
}

// enact lets a scenario happen instead of what merchants do.
func (r *run) enact(c Case) {
	r.boot(nodes[0])
	r.mute = c.scenario.quiet
	s := &shop{run: r, style: c.style}
	e := &enactment{client: &client{deal: &deal{shop: s, name: c.style.name(), base: "1000.00"}, name: c.style.name()}, fault: c.fault}
	e.dice = r.chance.dice("scenario", 0)
	r.merchant(e.name, func() {
		if c.scenario.ready != nil {
			c.scenario.ready(e)
		}
		r.stop.counts = true
		if c.fault != "" {
			e.force("", c.fault)
		}
		c.scenario.act(e)
	})
	r.kernel.spawn(nil, "director", r.direct)
	r.kernel.run()
	r.noteBroken()
}

// scripted is the fault that a scenario wants a request to meet.
func (r *run) scripted(at where, e encounter) *fault {
	if at != onTheWire || !notRead(e) {
		return nil
	}
	for i, f := range r.forced {
		if f.what == "" || f.what == e.what {
			r.forced = slices.Delete(r.forced, i, i+1)
			return faultNamed(f.fault)
		}
	}
	return nil
}

// Cases lists every scenario with every style and fault it fits, not stopped at all.
func Cases() []Case {
	var all []Case
	for i := range scenarios {
		for _, s := range styles {
			if of := scenarios[i].of; of != nil && !slices.Contains(of, s.name()) {
				continue
			}
			for _, fault := range replyFaults {
				one := Case{scenario: &scenarios[i], style: s, fault: fault}
				losing := one
				losing.lose = true
				all = append(all, one, losing)
			}
		}
	}
	return all
}

// Singles are the case stopped once, at each of its points, with either restart.
func (c Case) Singles(points int) []Case {
	var all []Case
	for at := 1; at <= points; at++ {
		one := c
		one.stops = []int{at}
		all = append(all, one)
		if !c.lose {
			one.again = true
			all = append(all, one)
		}
	}
	return all
}

// Pairs are the case stopped twice, at each two of its points.
func (c Case) Pairs(points int) []Case {
	var all []Case
	for first := 1; first <= points; first++ {
		for second := first + 1; second <= points; second++ {
			one := c
			one.again, one.stops = !c.lose && (first+second)%2 == 0, []int{first, second}
			all = append(all, one)
		}
	}
	return all
}

// Command shows the case again.
func (c Case) Command() string {
	stops := strings.Trim(strings.Join(strings.Fields(fmt.Sprint(c.stops)), ","), "[]")
	return fmt.Sprintf("go test ./gateway/simulation -run '^TestOneCrash$' -v -scenario '%s' -style %s -reply '%s' -stops '%s' -again=%v -lose=%v",
		c.scenario.name, c.style.name(), c.fault, stops, c.again, c.lose)
}
