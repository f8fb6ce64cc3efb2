package telemetry

import (
	"slices"
	"sync"

	"go.opentelemetry.io/otel/trace"
)

// How many tapes are kept in memory: of operations, of other work, and of one doubt beyond those.
const (
	keptOperations = 1000
	keptOthers     = 200
	keptOfDoubt    = 4
	keptDoubts     = 2000
)

// recent is the last tapes, and those of operations in doubt until they are settled. Nothing is indexed:
// tapes come by the thousand a second, and somebody looks at them now and then.
type recent struct {
	mu         sync.Mutex
	operations ring
	others     ring
	doubts     map[string][]*tape // by operation
}

// ring holds so many tapes; a new one takes the place of the oldest.
type ring struct {
	tapes []*tape
	next  int
}

func (r *ring) put(t *tape) {
	r.tapes[r.next] = t
	r.next = (r.next + 1) % len(r.tapes)
}

// newestFirst lists the tapes.
func (r *ring) newestFirst() []*tape {
	var all []*tape
	for i := range r.tapes {
		if t := r.tapes[(r.next-1-i+2*len(r.tapes))%len(r.tapes)]; t != nil {
			all = append(all, t)
		}
	}
	return all
}

func (r *recent) init() {
	r.operations.tapes, r.others.tapes = make([]*tape, keptOperations), make([]*tape, keptOthers)
	r.doubts = make(map[string][]*tape)
}

func (r *recent) keep(t *tape) {
	settled, doubtful := t.operationsLeft()
	into := &r.others
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(settled)+len(doubtful) > 0 {
		into = &r.operations
	}
	into.put(t)
	for _, op := range t.values(OperationID) {
		_, known := r.doubts[op]
		if known || (slices.Contains(doubtful, op) && len(r.doubts) < keptDoubts) {
			r.doubts[op] = withNewest(r.doubts[op], t)
		}
	}
	for _, op := range settled {
		delete(r.doubts, op)
	}
}

// withNewest keeps how a doubt began, and the last looks that did not end it.
func withNewest(kept []*tape, t *tape) []*tape {
	if len(kept) == keptOfDoubt {
		kept = slices.Delete(kept, keptOfDoubt/2, keptOfDoubt/2+1)
	}
	return append(kept, t)
}

// operationsLeft lists the operations the tape has settled, and those it has left in doubt.
func (t *tape) operationsLeft() (settled, doubtful []string) {
	t.each(func(s *span) {
		state := s.value(OperationState)
		if state == "" {
			return
		}
		op := s.value(OperationID)
		settled, doubtful = without(settled, op), without(doubtful, op)
		if uncertain(state) {
			doubtful = append(doubtful, op)
		} else {
			settled = append(settled, op)
		}
	})
	return settled, doubtful
}

func without(list []string, one string) []string {
	return slices.DeleteFunc(list, func(other string) bool { return other == one })
}

// links lists the traces the tape links to, each once.
func (t *tape) links() (to []trace.TraceID) {
	t.each(func(s *span) {
		for _, link := range s.links {
			if id := link.SpanContext.TraceID(); !slices.Contains(to, id) {
				to = append(to, id)
			}
		}
	})
	return to
}

// last lists the newest tapes of operations, or of other work.
func (r *recent) last(limit int, others bool) []*tape {
	r.mu.Lock()
	defer r.mu.Unlock()
	from := &r.operations
	if others {
		from = &r.others
	}
	all := from.newestFirst()
	return all[:min(limit, len(all))]
}

// where lists the tapes that are kept and wanted, in the order they began.
func (r *recent) where(wanted func(*tape) bool) []*tape {
	r.mu.Lock()
	all := slices.Concat(r.operations.newestFirst(), r.others.newestFirst())
	for _, kept := range r.doubts {
		all = append(all, kept...)
	}
	r.mu.Unlock()
	all = slices.DeleteFunc(all, func(t *tape) bool { return !wanted(t) })
	slices.SortStableFunc(all, func(a, b *tape) int { return a.root().began.Compare(b.root().began) })
	seen := make(map[*tape]bool)
	return slices.DeleteFunc(all, func(t *tape) bool {
		again := seen[t]
		seen[t] = true
		return again
	})
}

// story lists the tapes of a trace, and those that link to it or that it links to.
func (r *recent) story(id trace.TraceID) []*tape {
	with := []trace.TraceID{id}
	for _, t := range r.where(func(t *tape) bool { return t.trace == id }) {
		with = append(with, t.links()...)
	}
	return r.where(func(t *tape) bool { return slices.Contains(with, t.trace) || slices.Contains(t.links(), id) })
}

func (r *recent) ofOrder(order string) []*tape {
	return r.where(func(t *tape) bool { return slices.Contains(t.values(OrderID), order) })
}
