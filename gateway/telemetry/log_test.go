package telemetry_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/trace"

	"github.com/lendgate/lendgate/gateway/telemetry"
)

func TestALineOfATraceHasItsID(t *testing.T) {
	here := trace.ContextWithSpanContext(t.Context(), trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}}))
	id := "trace_id=01000000000000000000000000000000"
	for _, c := range []struct {
		name string
		log  func(*slog.Logger)
		want string
	}{
		{"within a trace", func(l *slog.Logger) { l.InfoContext(here, "x") }, id},
		{"with fields of its own", func(l *slog.Logger) { l.With("a", "b").InfoContext(here, "x") }, id},
		{"that names another", func(l *slog.Logger) { l.InfoContext(here, "x", "trace_id", "other") }, "trace_id=other"},
		{"outside of any", func(l *slog.Logger) { l.InfoContext(t.Context(), "x") }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			c.log(telemetry.WithTrace(slog.New(slog.NewTextHandler(&out, nil))))
			if got := strings.Count(out.String(), "trace_id="); (c.want == "" && got != 0) || (c.want != "" && (got != 1 || !strings.Contains(out.String(), c.want))) {
				t.Errorf("got %s want %q once", out.String(), c.want)
			}
		})
	}
}
