package simulation

import (
	"flag"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lendgate/lendgate/gateway/simulation/proof"
)

var (
	oneScenario = flag.String("scenario", "", "of TestOneCrash: which")
	oneStyle    = flag.String("style", "", "of TestOneCrash: with which lender")
	oneReply    = flag.String("reply", "", "of TestOneCrash: what befalls the first request")
	oneStops    = flag.String("stops", "", "of TestOneCrash: where it is killed")
	oneAgain    = flag.Bool("again", false, "of TestOneCrash: the same node starts again")
	oneLose     = flag.Bool("lose", false, "of TestOneCrash: answers of commits are lost instead")
)

// mostPoints is how many points a course may have that is stopped twice.
const mostPoints = 60

// TestEveryCrashHeals stops each scenario at each of its points, by a kill or by a lost answer of a commit, with every style and with lost and failing
// replies, and the shorter ones at each two points.
func TestEveryCrashHeals(t *testing.T) {
	budget, long := proof.Long()
	e := &enumeration{every: 40}
	switch {
	case long:
		e.every, e.until = 1, time.Now().Add(budget)
	case raced || testing.Short():
		e.every = 400
	}
	began := time.Now()
	e.all(Cases())
	if e.failed != nil {
		told := Enact(e.failed.Case, true, &crew{})
		t.Fatalf("%v: %v\n  stopped %v\n  to see it again: %s\n%s", told.Case, told.Violation, told.Stopped, told.Case.Command(), strings.Join(told.Story, "\n"))
	}
	counts := e.named()
	proof.Keep(t, "crashes", nil, counts, time.Since(began))
	report(t, counts)
}

// enumeration plays cases on all processors.
type enumeration struct {
	every int // plays one of so many
	until time.Time

	mu     sync.Mutex
	turn   int
	counts *counts
	cases, singles, pairs, points,
	scenarios int64
	failed *Outcome
}

func (e *enumeration) all(cases []Case) {
	e.counts = newCounts()
	work := make(chan Case)
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			c := &crew{}
			defer c.dismiss()
			for one := range work {
				e.course(one, c)
			}
		})
	}
	for _, one := range cases {
		work <- one
	}
	close(work)
	workers.Wait()
}

// course plays a case without a crash, and then with every crash it can have.
func (e *enumeration) course(c Case, crew *crew) {
	dry := Enact(c, false, crew)
	e.give(dry)
	e.mu.Lock()
	e.scenarios, e.points = e.scenarios+1, e.points+int64(dry.Points)
	e.mu.Unlock()
	for _, one := range c.Singles(dry.Points) {
		e.play(one, crew, &e.singles)
	}
	if dry.Points > mostPoints {
		return
	}
	for _, one := range c.Pairs(dry.Points) {
		e.play(one, crew, &e.pairs)
	}
}

func (e *enumeration) play(c Case, crew *crew, kind *int64) {
	e.mu.Lock()
	e.turn++
	skipped := e.turn%e.every != 0 || e.failed != nil || (!e.until.IsZero() && time.Now().After(e.until))
	e.mu.Unlock()
	if skipped {
		return
	}
	e.give(Enact(c, false, crew))
	e.mu.Lock()
	*kind++
	e.mu.Unlock()
}

func (e *enumeration) give(o Outcome) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.cases++
	e.counts.add(o.Counts)
	if o.Violation != nil && e.failed == nil {
		e.failed = &o
	}
}

func (e *enumeration) named() map[string]int64 {
	all := map[string]int64{"cases": e.cases, "stopped once": e.singles, "stopped twice": e.pairs, "points": e.points, "courses": e.scenarios}
	for _, p := range points {
		if n := e.counts.killed[p]; n > 0 {
			all["killed "+string(p)] = n
		}
	}
	return all
}

// TestOneCrash plays one case and tells its story.
func TestOneCrash(t *testing.T) {
	for _, c := range Cases() {
		if c.scenario.name != *oneScenario || c.style.name() != *oneStyle || c.fault != *oneReply || c.lose != *oneLose {
			continue
		}
		c.again = *oneAgain
		for text := range strings.SplitSeq(*oneStops, ",") {
			if at, err := strconv.Atoi(text); err == nil {
				c.stops = append(c.stops, at)
			}
		}
		told := Enact(c, true, &crew{})
		t.Logf("%d points\n%s", told.Points, strings.Join(told.Story, "\n"))
		if told.Violation != nil {
			t.Fatal(told.Violation)
		}
	}
}
