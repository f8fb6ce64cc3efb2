package telemetry_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/gateway/telemetry"
)

// BenchmarkOperation is what one operation pays for its breaker decision and its eleven spans, where one
// in a hundred is exported. The agreed most is 10 microseconds and 30 allocations.
func BenchmarkOperation(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	defer server.Close()
	b.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
	b.Setenv("OTEL_TRACES_SAMPLER", "traceidratio")
	b.Setenv("OTEL_TRACES_SAMPLER_ARG", "0.01")
	recorder, end := recording(b)
	defer shut(b, end)
	gate := adapters.NewLocalGate("lender", adapters.Limits{InFlight: 64, Rate: 1e9, Breaker: adapters.Breaker{InARow: 5, RatioPercent: 50, MinimumCalls: 20, Window: 150e9, OpenFor: 15e9}})
	tracer := recorder.Tracer("")
	b.ReportAllocs()
	for b.Loop() {
		operation(b.Context(), tracer, gate)
	}
}

// operation makes the spans that the gateway makes of one capture.
func operation(ctx context.Context, tracer trace.Tracer, gate adapters.Gate) {
	ctx, request := tracer.Start(ctx, "POST /v1/orders/{id}/capture")
	_, begin := tracer.Start(ctx, "begin commit")
	begin.End()
	ctx, op := tracer.Start(ctx, "capture")
	op.SetAttributes(attribute.String("lendgate.order.id", "ord_1"), attribute.String("lendgate.operation.id", "op_1"), attribute.String("lendgate.operation", "capture"),
		attribute.String("lendgate.provider", "lender"), attribute.String("lendgate.mode", "live"))
	in, attempt := tracer.Start(ctx, "attempt")
	_, decision := tracer.Start(in, "breaker decision")
	leave, err := gate.Enter(in, adapters.Errand{Class: adapters.MoneyCall})
	decision.SetAttributes(attribute.String("lendgate.class", "writes"), attribute.String("lendgate.breaker.state", "closed"))
	decision.End()
	if err == nil {
		leave(adapters.Shown{Health: adapters.Healthy})
	}
	call, lender := tracer.Start(in, "lender call")
	for _, phase := range []string{"connect", "wait", "read"} {
		_, span := tracer.Start(call, phase)
		span.End()
	}
	lender.SetAttributes(attribute.String("lendgate.class", "writes"), attribute.String("http.request.method", "POST"), attribute.String("server.address", "lender.example"), attribute.String("lendgate.provider", "lender"),
		attribute.Int("http.response.status_code", 200), attribute.String("lendgate.reach", "replied"))
	lender.End()
	_, verdict := tracer.Start(in, "verdict")
	verdict.SetAttributes(attribute.String("lendgate.verdict", "succeeded"))
	verdict.End()
	attempt.SetAttributes(attribute.String("lendgate.attempt", "att_1"), attribute.String("lendgate.verdict", "succeeded"), attribute.Int("lendgate.sends", 1))
	attempt.End()
	_, settle := tracer.Start(ctx, "settle commit")
	settle.SetAttributes(attribute.String("lendgate.operation.id", "op_1"), attribute.String("lendgate.operation.state", "succeeded"), attribute.String("lendgate.found_by", "reply"))
	settle.End()
	op.End()
	request.SetAttributes(attribute.String("http.request.method", "POST"), attribute.String("http.route", "/v1/orders/{id}/capture"), attribute.Int("http.response.status_code", 200))
	request.End()
}

func recording(t testing.TB) (*telemetry.Recorder, func(context.Context) error) {
	t.Helper()
	recorder, end, err := telemetry.FromEnvironment(t.Context(), "test", silent)
	if err != nil {
		t.Fatal(err)
	}
	return recorder, end
}
