package engine

import (
	"context"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/lendgate/lendgate/canonical"
)

// Observer is told what happens. Its functions return at once; nil ones are not called.
type Observer struct {
	// Told is called once for each event that has become durable. The record is not to be changed.
	Told func(context.Context, Told)
	// Heard is called when a lender was read for a notification, with the time that has passed since it came.
	Heard func(provider string, lag time.Duration)
}

// Told is an event of an order, and the operation it speaks of, if any.
type Told struct {
	Event     canonical.EventType
	At        time.Time
	Order     *canonical.Order
	Operation *canonical.Operation
}

// spanNames are what due work is called in a trace, by its timer.
var spanNames = map[string]string{
	recoveryTimer: "recovery", watchTimer: "look at the order", messageTimer: "notification", quarantineTimer: "compare after a restore",
}

// Queues are the kinds of work that falls due.
var Queues = []string{recoveryTimer, watchTimer, messageTimer, quarantineTimer}

// fallen begins the trace of work that fell due, by its timer's kind. It links to what it goes back to as
// soon as that is read.
func (e *Engine) fallen(ctx context.Context, kind string) (context.Context, trace.Span) {
	name, known := spanNames[kind]
	if !known {
		name = kind
	}
	return e.tracer.Start(ctx, name)
}

// describeOperation says on a span which operation it is about.
func describeOperation(span trace.Span, op *canonical.Operation) {
	if !span.IsRecording() {
		return
	}
	span.SetAttributes(
		attribute.String("lendgate.order.id", op.Order), attribute.String("lendgate.operation.id", op.ID), attribute.String("lendgate.operation", string(op.Kind)),
		attribute.String("lendgate.provider", op.Provider), attribute.String("lendgate.mode", string(op.Mode)),
	)
}

func describeOrder(span trace.Span, order *canonical.Order) {
	if !span.IsRecording() {
		return
	}
	span.SetAttributes(attribute.String("lendgate.order.id", order.ID), attribute.String("lendgate.provider", order.Provider), attribute.String("lendgate.mode", string(order.Mode)))
}

// comesFrom links the span of a context to the request that asked for the operation.
func comesFrom(ctx context.Context, op *canonical.Operation) {
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return
	}
	describeOperation(span, op)
	link(span, op.TraceID, op.Recovery.Span)
}

// concerns links the span of a context to the last request that asked for something of the order.
func concerns(ctx context.Context, order *canonical.Order) {
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return
	}
	describeOrder(span, order)
	traceID, spanID, _ := strings.Cut(order.Hidden.Origin, "-")
	link(span, traceID, spanID)
}

func link(span trace.Span, traceID, spanID string) {
	from, err := trace.TraceIDFromHex(traceID)
	if err != nil || from == span.SpanContext().TraceID() {
		return
	}
	step, err := trace.SpanIDFromHex(spanID)
	if err != nil {
		return
	}
	span.AddLink(trace.Link{SpanContext: trace.NewSpanContext(trace.SpanContextConfig{TraceID: from, SpanID: step, Remote: true})})
}

// remember notes the request's span with the operation and the order, so that what comes later can link to it.
func remember(ctx context.Context, op *canonical.Operation, order *canonical.Order) {
	here := trace.SpanContextFromContext(ctx)
	if !here.IsValid() || op.TraceID != here.TraceID().String() {
		return
	}
	op.Recovery.Span = here.SpanID().String()
	order.Hidden.Origin = op.TraceID + "-" + op.Recovery.Span
}

// judged says on a span what a call came to.
func judged(span trace.Span, attempt string, outcome canonical.Outcome, err error) {
	if !span.IsRecording() {
		return
	}
	verdict := string(outcome.State)
	if err != nil {
		verdict = string(canonical.KindOf(err))
		span.SetStatus(codes.Error, verdict)
	}
	span.SetAttributes(attribute.String("lendgate.attempt", attempt), attribute.String("lendgate.verdict", verdict), attribute.Int("lendgate.sends", outcome.Sends))
}

// sought says on a span what a step of recovery found.
func sought(span trace.Span, d *doubt, f finding, conclusive bool) {
	switch {
	case !span.IsRecording():
	case conclusive:
		judged(span, d.attempt.ID, f.outcome, f.err)
	default:
		span.SetAttributes(attribute.String("lendgate.attempt", d.attempt.ID), attribute.String("lendgate.verdict", "not_known_yet"))
	}
}

// stands says on a span how an operation stands after a commit.
func stands(span trace.Span, op *canonical.Operation, err error) {
	if !span.IsRecording() {
		return
	}
	if err != nil {
		span.SetStatus(codes.Error, string(canonical.KindOf(err)))
		return
	}
	span.SetAttributes(attribute.String("lendgate.operation.id", op.ID), attribute.String("lendgate.operation.state", string(op.State)), attribute.String("lendgate.found_by", string(op.FoundBy)))
}

// heard passes on that a lender was read for a notification.
func (e *Engine) heard(provider string, since time.Time) {
	if e.observer.Heard != nil {
		e.observer.Heard(provider, e.rt.Now().Sub(since))
	}
}

// told passes on what a commit has made durable.
func (e *Engine) told(ctx context.Context, c *change) {
	if e.observer.Told == nil {
		return
	}
	for _, line := range c.lines {
		e.observer.Told(ctx, Told{Event: line.kind, At: c.at, Order: c.order, Operation: line.op})
	}
}
