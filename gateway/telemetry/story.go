package telemetry

import (
	"cmp"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// Chapter is one piece of work as it is shown: a request, or something that fell due.
type Chapter struct {
	Trace    string
	Name     string
	Began    time.Time
	Took     time.Duration
	Orders   []string
	Steps    []Step // as a tree read from the top, each parent before its children
	Dropped  int    // steps beyond those that are kept
	Failed   bool
	Doubtful bool   // it left an operation in doubt
	CameTo   string // how the operation stands, or what the lender's answer meant; else the status of the answer
	Kind     string // of the operation
	Provider string
	Mode     string
	Links    []string // traces it goes back to
}

// Step is one span of a chapter.
type Step struct {
	Name   string
	Depth  int
	After  time.Duration // since the chapter began
	Took   time.Duration
	Failed bool
	Why    string
	Values []Value
}

// Value is an attribute as text.
type Value struct{ Name, Text string }

// Last lists the newest chapters: those that settled operations or left them in doubt, or all others.
func (r *Recorder) Last(limit int, others bool) []Chapter {
	return chapters(r.recent.last(limit, others))
}

// Story lists the chapters of a trace with those that are linked to it, in the order they began.
func (r *Recorder) Story(traceID string) []Chapter {
	id, err := trace.TraceIDFromHex(traceID)
	if err != nil {
		return nil
	}
	return chapters(r.recent.story(id))
}

// OfOrder lists every chapter of an order that is still kept, in the order they began.
func (r *Recorder) OfOrder(order string) []Chapter { return chapters(r.recent.ofOrder(order)) }

func chapters(tapes []*tape) []Chapter {
	all := make([]Chapter, 0, len(tapes))
	for _, t := range tapes {
		all = append(all, t.chapter())
	}
	return all
}

// chapter reads a tape that is over.
func (t *tape) chapter() Chapter {
	root := t.root()
	_, doubtful := t.operationsLeft()
	c := Chapter{
		Trace: t.trace.String(), Name: root.name, Began: root.began, Took: t.ends().Sub(root.began), Orders: t.values(OrderID), Dropped: t.dropped,
		Doubtful: len(doubtful) > 0, CameTo: t.cameTo(), Kind: last(t.values("lendgate.operation")),
		Provider: last(t.values(Provider)), Mode: last(t.values(Mode)),
	}
	for _, to := range t.links() {
		c.Links = append(c.Links, to.String())
	}
	t.each(func(s *span) {
		c.Failed = c.Failed || s.status == codes.Error
		if s == root || !t.holdsSpan(s.parent) {
			t.descend(&c, s, 0)
		}
	})
	return c
}

// cameTo says of a failure why, and of a request about no operation how it was answered.
func (t *tape) cameTo() string {
	state, verdict := last(t.values(OperationState)), last(t.values(Verdict))
	if state == "failed" {
		state = ""
	}
	return cmp.Or(state, verdict, t.root().value("http.response.status_code"))
}

func last(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}

func (t *tape) holdsSpan(id trace.SpanID) bool {
	held := false
	t.each(func(s *span) { held = held || s.id == id })
	return held
}

// descend adds a span and what is below it.
func (t *tape) descend(c *Chapter, s *span, depth int) {
	step := Step{Name: s.name, Depth: depth, After: s.began.Sub(c.Began), Took: s.end.Sub(s.began), Failed: s.status == codes.Error, Why: s.why}
	for _, a := range s.attributes {
		step.Values = append(step.Values, Value{string(a.Key), a.Value.String()})
	}
	c.Steps = append(c.Steps, step)
	t.each(func(child *span) {
		if child.parent == s.id && child != s {
			t.descend(c, child, depth+1)
		}
	})
}
