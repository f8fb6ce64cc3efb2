package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// The environment variables are OpenTelemetry's own. They say where traces go, and what share.
const (
	disabledVariable = "OTEL_SDK_DISABLED"
	exporterVariable = "OTEL_TRACES_EXPORTER"
	endpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT"
	tracesVariable   = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	protocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL"
	tracesProtocol   = "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"
	samplerVariable  = "OTEL_TRACES_SAMPLER"
	shareVariable    = "OTEL_TRACES_SAMPLER_ARG"
)

// FromEnvironment makes a recorder as the environment says, and what ends it. Without an address of a
// collector nothing is exported. The error says which variable is wrong.
func FromEnvironment(ctx context.Context, version string, log *slog.Logger) (*Recorder, func(context.Context) error, error) {
	nothing := func(context.Context) error { return nil }
	share, err := sampled()
	if err != nil {
		return nil, nothing, err
	}
	r := NewRecorder(share)
	wanted, err := exports()
	if err != nil || !wanted {
		return r, nothing, err
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, nothing, fmt.Errorf("traces: %w", err)
	}
	described, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "lendgate"), attribute.String("service.version", version)),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, nothing, fmt.Errorf("traces: %w", err)
	}
	log.InfoContext(ctx, "traces are exported", "share", share)
	return r, r.exportTo(exporter, described), nil
}

// exportTo has the recorder export. The queue is bounded: what a slow collector does not take is dropped
// and never holds an operation up.
func (r *Recorder) exportTo(exporter sdk.SpanExporter, described *resource.Resource) func(context.Context) error {
	queue := sdk.NewBatchSpanProcessor(exporter)
	r.export = func(t *tape) {
		t.each(func(s *span) { queue.OnEnd(s.stub(described).Snapshot()) })
	}
	return queue.Shutdown
}

// exports says whether there is somewhere to export to.
func exports() (bool, error) {
	if strings.EqualFold(os.Getenv(disabledVariable), "true") || (os.Getenv(endpointVariable) == "" && os.Getenv(tracesVariable) == "") {
		return false, nil
	}
	switch exporter := os.Getenv(exporterVariable); exporter {
	case "none":
		return false, nil
	case "", "otlp":
	default:
		return false, fmt.Errorf("%s: %s is not built in: otlp or none", exporterVariable, exporter)
	}
	for _, name := range []string{protocolVariable, tracesProtocol} {
		if protocol := os.Getenv(name); protocol != "" && protocol != "http/protobuf" {
			return false, fmt.Errorf("%s: %s is not built in: http/protobuf", name, protocol)
		}
	}
	return true, nil
}

// sampled is the share that is exported. What a caller's trace says of sampling is never followed: the
// parent-based samplers are the same as those without a parent.
func sampled() (float64, error) {
	sampler := strings.TrimPrefix(os.Getenv(samplerVariable), "parentbased_")
	switch sampler {
	case "", "always_on":
		return 1, nil
	case "always_off":
		return 0, nil
	case "traceidratio":
		if os.Getenv(shareVariable) == "" {
			return 1, nil
		}
		share, err := strconv.ParseFloat(os.Getenv(shareVariable), 64)
		if err != nil || share < 0 || share > 1 {
			return 0, fmt.Errorf("%s: must be a number between 0 and 1", shareVariable)
		}
		return share, nil
	}
	return 0, fmt.Errorf("%s: %s is not known: always_on, always_off or traceidratio", samplerVariable, os.Getenv(samplerVariable))
}

// scope names what made the spans.
var scope = instrumentation.Scope{Name: "github.com/lendgate/lendgate"}

// stub is a span as the SDK's exporters take it. It is marked as sampled: it was chosen.
func (s *span) stub(described *resource.Resource) tracetest.SpanStub {
	t := s.tape
	stub := tracetest.SpanStub{
		Name: s.name, SpanContext: t.context(s.id).WithTraceFlags(trace.FlagsSampled), SpanKind: s.kind, StartTime: s.began, EndTime: s.end,
		Attributes: s.attributes, Status: sdk.Status{Code: s.status, Description: s.why}, Resource: described, InstrumentationScope: scope,
	}
	if s.parent.IsValid() {
		stub.Parent = t.context(s.parent).WithTraceFlags(trace.FlagsSampled).WithRemote(s == t.root())
	}
	for _, e := range s.events {
		stub.Events = append(stub.Events, sdk.Event{Name: e.name, Time: e.at, Attributes: e.attributes})
	}
	for _, link := range s.links {
		stub.Links = append(stub.Links, sdk.Link{SpanContext: link.SpanContext, Attributes: link.Attributes})
	}
	return stub
}
