package telemetry

import (
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

const (
	usualSpans = 12  // of one operation: they are allocated together
	mostSpans  = 256 // of one tape; what comes beyond is only counted
)

// tape is the spans of one piece of work here: a request, or something that fell due, with all that came
// of it. A trace that goes on later has several.
type tape struct {
	recorder *Recorder
	trace    trace.TraceID
	state    trace.TraceState
	sampled  bool
	base     time.Time // when it was begun: what comes later is measured from here, whatever the wall clock does

	mu      sync.Mutex
	first   [usualSpans]span
	more    []*span
	count   int
	open    int
	over    bool
	dropped int
}

// start adds a span, nil where the tape is over or full.
func (t *tape) start(name string, parent trace.SpanID, config *trace.SpanConfig) *span {
	at := config.Timestamp()
	if at.IsZero() {
		at = t.now()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.over:
		return nil
	case t.count == mostSpans:
		t.dropped++
		return nil
	}
	s := t.next()
	s.tape, s.id, s.parent, s.name, s.began, s.kind = t, spanID(), parent, name, at, trace.ValidateSpanKind(config.SpanKind())
	s.attributes = config.Attributes()
	s.links = config.Links()
	t.open++
	return s
}

func (t *tape) now() time.Time { return t.base.Add(time.Since(t.base)) }

func (t *tape) next() *span {
	t.count++
	if t.count <= usualSpans {
		return &t.first[t.count-1]
	}
	s := new(span)
	t.more = append(t.more, s)
	return s
}

// at is the span of a place.
func (t *tape) at(i int) *span {
	if i < usualSpans {
		return &t.first[i]
	}
	return t.more[i-usualSpans]
}

// each visits the spans in the order they began.
func (t *tape) each(visit func(*span)) {
	for i := range t.count {
		visit(t.at(i))
	}
}

func (t *tape) context(id trace.SpanID) trace.SpanContext {
	var flags trace.TraceFlags
	return trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: t.trace, SpanID: id, TraceFlags: flags.WithSampled(t.sampled), TraceState: t.state,
	})
}

// root is the span the tape began with.
func (t *tape) root() *span { return &t.first[0] }

// ends is when the last span ended.
func (t *tape) ends() (last time.Time) {
	t.each(func(s *span) {
		if s.end.After(last) {
			last = s.end
		}
	})
	return last
}

// values lists the values that the spans have of one attribute, each once.
func (t *tape) values(key attribute.Key) (found []string) {
	t.each(func(s *span) {
		value := s.value(key)
		for _, known := range found {
			if known == value {
				return
			}
		}
		if value != "" {
			found = append(found, value)
		}
	})
	return found
}

// slow is how long work may take before it is exported, whatever share is sampled.
const slow = 5 * time.Second

// notable says whether the tape is exported although it was not sampled.
func (t *tape) notable() bool {
	if t.ends().Sub(t.root().began) > slow {
		return true
	}
	notable := false
	t.each(func(s *span) {
		notable = notable || s.status == codes.Error || uncertain(s.value(Verdict)) || uncertain(s.value(OperationState)) || s.name == RecoverySpan
	})
	return notable
}

// doubtful is canonical.Doubtful, which is not known here.
const doubtful = "in_doubt"

func uncertain(state string) bool { return state == doubtful || state == "handed_over" }
