package simulation

// Result is how a run ended.
type Result struct {
	Seed      uint64
	Trace     uint64 // hash over all that happened
	Violation *Violation
	Met       []string // faults, in the order they were met
	Taken     []string // steps of people, likewise
	Story     []string // where it was wanted
	Counts    *counts
}

// Play lets one run happen.
func Play(o Options, c *crew) Result {
	r := newRun(o, c)
	r.draw()
	r.play()
	return r.result()
}

func (r *run) result() Result {
	r.counts.runs++
	r.counts.operations += int64(len(r.mirror.begun))
	r.counts.requests += int64(r.requests)
	if r.requests < leastRequests && r.violation == nil {
		r.counts.few++
	}
	result := Result{Seed: r.Seed, Trace: r.kernel.trace.sum, Violation: r.violation, Taken: r.taken, Story: r.story, Counts: r.counts}
	for _, m := range r.met {
		result.Met = append(result.Met, m.id)
	}
	return result
}
