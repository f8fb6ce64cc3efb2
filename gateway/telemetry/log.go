package telemetry

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel/trace"
)

// WithTrace gives every line that is logged within a trace the trace's id.
func WithTrace(log *slog.Logger) *slog.Logger {
	return slog.New(traced{log.Handler()})
}

// traced adds the id of the trace, unless the line has one.
type traced struct{ slog.Handler }

func (h traced) Handle(ctx context.Context, line slog.Record) error {
	here := trace.SpanContextFromContext(ctx)
	named := false
	line.Attrs(func(a slog.Attr) bool {
		named = named || a.Key == "trace_id"
		return !named
	})
	if here.HasTraceID() && !named {
		line.AddAttrs(slog.String("trace_id", here.TraceID().String()))
	}
	return h.Handler.Handle(ctx, line)
}

func (h traced) WithAttrs(attributes []slog.Attr) slog.Handler {
	return traced{h.Handler.WithAttrs(attributes)}
}

func (h traced) WithGroup(name string) slog.Handler { return traced{h.Handler.WithGroup(name)} }
