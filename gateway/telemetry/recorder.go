package telemetry

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/embedded"
)

// The attributes that this package reads. The others are only shown.
const (
	OrderID        = attribute.Key("lendgate.order.id")
	OperationID    = attribute.Key("lendgate.operation.id")
	OperationState = attribute.Key("lendgate.operation.state")
	Provider       = attribute.Key("lendgate.provider")
	Mode           = attribute.Key("lendgate.mode")
	Verdict        = attribute.Key("lendgate.verdict")
)

// RecoverySpan names the work that ends a doubt: it is rare and always worth exporting.
const RecoverySpan = "recovery"

// Recorder records spans, and keeps the last of them. It is OpenTelemetry's TracerProvider. It is safe for
// use by many at the same time.
type Recorder struct {
	embedded.TracerProvider
	tracer tracer
	bound  uint64      // of the random half of a trace's id: below it, it is sampled
	export func(*tape) // nil: nowhere to
	recent recent
}

// NewRecorder makes a recorder. share is what part of everything is exported, between 0 and 1; what is
// notable is exported beyond it.
func NewRecorder(share float64) *Recorder {
	r := &Recorder{bound: uint64(min(max(share, 0), 1) * (1 << 63))}
	r.tracer.Recorder = r
	r.recent.init()
	return r
}

// tracer is the one there is.
type tracer struct {
	embedded.Tracer
	*Recorder
}

// Tracer returns the same tracer for every name: there is one scope.
func (r *Recorder) Tracer(string, ...trace.TracerOption) trace.Tracer { return &r.tracer }

// Start begins a span. One whose parent is not of a tape that is still open begins a tape. Whether it is
// sampled is decided here alone: a caller could otherwise have everything exported, or nothing.
func (r *tracer) Start(ctx context.Context, name string, options ...trace.SpanStartOption) (context.Context, trace.Span) {
	config := trace.NewSpanStartConfig(options...)
	var parent trace.Span
	if !config.NewRoot() {
		parent = trace.SpanFromContext(ctx)
		if p, ours := parent.(*span); ours {
			if s := p.tape.start(name, p.id, &config); s != nil {
				return trace.ContextWithSpan(ctx, s), s
			}
			if !p.tape.isOver() { // it is full: what is below counts as below the parent
				return ctx, trace.SpanFromContext(trace.ContextWithSpanContext(ctx, p.SpanContext()))
			}
		}
	}
	s := r.begin(name, parent, &config)
	return trace.ContextWithSpan(ctx, s), s
}

// begin makes a tape and its first span.
func (r *Recorder) begin(name string, parent trace.Span, config *trace.SpanConfig) *span {
	t := &tape{recorder: r, base: time.Now()}
	var above trace.SpanID
	if parent != nil && parent.SpanContext().HasTraceID() {
		from := parent.SpanContext()
		t.trace, t.state, above = from.TraceID(), from.TraceState(), from.SpanID()
	} else {
		binary.BigEndian.PutUint64(t.trace[:8], rand.Uint64()|1)
		binary.BigEndian.PutUint64(t.trace[8:], rand.Uint64())
	}
	t.sampled = binary.BigEndian.Uint64(t.trace[8:])>>1 < r.bound
	return t.start(name, above, config)
}

func (t *tape) isOver() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.over
}

func spanID() (id trace.SpanID) {
	binary.BigEndian.PutUint64(id[:], rand.Uint64()|1)
	return id
}

// finish takes a tape whose last span has ended.
func (r *Recorder) finish(t *tape) {
	r.recent.keep(t)
	if r.export != nil && (t.sampled || t.notable()) {
		r.export(t)
	}
}
