package simulation

import "fmt"

// invariant is something that must hold, with its number and words in the design. It is checked where it
// has a check.
type invariant struct {
	number int
	name   string
	commit func(*run, *commit)  // after each commit
	send   func(*run, *sending) // before each request of money leaves
	sent   func(*run, *sending) // after its answer, or its silence, was judged
	deed   func(*run, *deed)    // when money moved at a lender
	notice func(*run, *notice)  // when a notification was taken in, or was not
	answer func(*run, *asked)   // when a merchant is told something
	quiet  func(*run)           // when nothing is on its way any more
	end    func(*run)           // when a person has decided what only a person can
}

// Violation is an invariant that did not hold.
type Violation struct {
	Number   int
	Name     string
	Step     int // commits before it
	Expected string
	Seen     string
}

func (v *Violation) String() string {
	return fmt.Sprintf("invariant %d (%s), after commit %d: expected %s; seen %s", v.Number, v.Name, v.Step, v.Expected, v.Seen)
}

// check goes through all invariants that are checked at some moment.
func (r *run) check(one func(*invariant) bool) {
	for i := range invariants {
		r.invariant = &invariants[i]
		if r.violation == nil && one(r.invariant) {
			r.counts.checks[i]++
		}
	}
}

// violated notes that the invariant being checked does not hold. The run ends there.
func (r *run) violated(expected, seen string, of ...any) {
	if r.violation != nil {
		return
	}
	r.violation = &Violation{r.invariant.number, r.invariant.name, r.mirror.commits, expected, fmt.Sprintf(seen, of...)}
	r.tell("invariant", "%s", r.violation)
	r.kernel.stopped = true
}
