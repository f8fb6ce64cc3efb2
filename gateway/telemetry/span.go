package telemetry

import (
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/embedded"
)

// span is one step of a tape. Its fields are its tape's to lock until it has ended; then they stand.
type span struct {
	embedded.Span
	tape   *tape
	id     trace.SpanID
	parent trace.SpanID
	kind   trace.SpanKind
	status codes.Code
	ended  bool
	name   string
	why    string // of the status
	began  time.Time
	end    time.Time

	attributes []attribute.KeyValue
	events     []event
	links      []trace.Link
}

type event struct {
	name       string
	at         time.Time
	attributes []attribute.KeyValue
}

// End ends the span, and with the last one the tape.
func (s *span) End(options ...trace.SpanEndOption) {
	config := trace.NewSpanEndConfig(options...)
	at := config.Timestamp()
	if at.IsZero() {
		at = s.tape.now()
	}
	s.tape.mu.Lock()
	if s.ended {
		s.tape.mu.Unlock()
		return
	}
	s.end, s.ended = at, true
	s.tape.open--
	over := s.tape.open == 0
	s.tape.over = s.tape.over || over
	s.tape.mu.Unlock()
	if over {
		s.tape.recorder.finish(s.tape)
	}
}

// change runs f unless the span has ended.
func (s *span) change(f func()) {
	s.tape.mu.Lock()
	defer s.tape.mu.Unlock()
	if !s.ended {
		f()
	}
}

// SetAttributes keeps the slice: callers hand it over.
func (s *span) SetAttributes(attributes ...attribute.KeyValue) {
	s.change(func() {
		if s.attributes == nil {
			s.attributes = attributes[:len(attributes):len(attributes)]
			return
		}
		for _, a := range attributes {
			at := slices.IndexFunc(s.attributes, func(b attribute.KeyValue) bool { return a.Key == b.Key })
			if at < 0 {
				s.attributes = append(s.attributes, a)
				continue
			}
			s.attributes[at] = a
		}
	})
}

func (s *span) AddEvent(name string, options ...trace.EventOption) {
	config := trace.NewEventConfig(options...)
	s.change(func() { s.events = append(s.events, event{name, config.Timestamp(), config.Attributes()}) })
}

func (s *span) AddLink(link trace.Link) {
	if link.SpanContext.IsValid() {
		s.change(func() { s.links = append(s.links, link) })
	}
}

// SetStatus marks a failure. why must name a kind, never what somebody wrote.
func (s *span) SetStatus(code codes.Code, why string) {
	s.change(func() { s.status, s.why = code, why })
}

// RecordError notes that there was one. Its text is not kept: it may quote what is personal.
func (s *span) RecordError(err error, _ ...trace.EventOption) {
	if err != nil {
		s.AddEvent("error")
	}
}

func (s *span) SetName(name string) { s.change(func() { s.name = name }) }

func (s *span) IsRecording() bool {
	s.tape.mu.Lock()
	defer s.tape.mu.Unlock()
	return !s.ended
}

func (s *span) SpanContext() trace.SpanContext { return s.tape.context(s.id) }

func (s *span) TracerProvider() trace.TracerProvider { return s.tape.recorder }

// value is an attribute as text, "" where the span has none of the name.
func (s *span) value(key attribute.Key) string {
	for _, a := range s.attributes {
		if a.Key == key {
			return a.Value.String()
		}
	}
	return ""
}
