package telemetry_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	otlp "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/lendgate/lendgate/gateway/telemetry"
)

var silent = slog.New(slog.DiscardHandler)

// work makes a tape: a root and one step that says how an operation stands.
func work(tracer trace.Tracer, order, op, state string) trace.SpanContext {
	ctx, root := tracer.Start(context.Background(), "POST /v1/orders")
	_, step := tracer.Start(ctx, "settle commit")
	step.SetAttributes(attribute.String("lendgate.order.id", order), attribute.String("lendgate.operation.id", op), attribute.String("lendgate.operation.state", state))
	step.End()
	root.End()
	return root.SpanContext()
}

// look is a look at an operation that shows nothing.
func look(tracer trace.Tracer, order, op string) {
	_, root := tracer.Start(context.Background(), "recovery")
	root.SetAttributes(attribute.String("lendgate.order.id", order), attribute.String("lendgate.operation.id", op))
	root.End()
}

func TestWhatACollectorGetsIsATreeWithItsResource(t *testing.T) {
	collector := receive(t)
	t.Setenv("OTEL_SERVICE_NAME", "gate-7")
	recorder, end := recording(t)
	tracer := recorder.Tracer("")
	caller, _ := trace.TraceIDFromHex("4bf92f3577b34da6a3ce929d0e0e4736")
	above, _ := trace.SpanIDFromHex("00f067aa0ba902b7")
	from := trace.ContextWithRemoteSpanContext(t.Context(), trace.NewSpanContext(trace.SpanContextConfig{TraceID: caller, SpanID: above}))
	ctx, root := tracer.Start(from, "root", trace.WithSpanKind(trace.SpanKindServer))
	_, child := tracer.Start(ctx, "child", trace.WithAttributes(attribute.String("a", "1")))
	child.SetAttributes(attribute.String("a", "2"))
	child.AddEvent("seen")
	child.AddLink(trace.Link{SpanContext: root.SpanContext()})
	child.SetStatus(codes.Error, "timeout")
	child.End()
	root.End()
	shut(t, end)
	got := collector.spans()
	if len(got) != 2 || got[0].Name != "root" || got[1].Name != "child" {
		t.Fatalf("got %v", got)
	}
	if string(got[0].TraceId) != string(caller[:]) || string(got[0].ParentSpanId) != string(above[:]) || string(got[1].ParentSpanId) != string(got[0].SpanId) {
		t.Errorf("got the tree %v", got)
	}
	if text(got[1], "a") != "2" || len(got[1].Events) != 1 || len(got[1].Links) != 1 || got[1].Status.Code != otlp.Status_STATUS_CODE_ERROR || got[0].Kind != otlp.Span_SPAN_KIND_SERVER {
		t.Errorf("got %v", got[1])
	}
	named := false
	for _, a := range collector.got[0].Resource.Attributes {
		named = named || (a.Key == "service.name" && a.Value.GetStringValue() == "gate-7")
	}
	if !named {
		t.Errorf("got the resource %v", collector.got[0].Resource)
	}
}

func TestWhatIsNotSampledIsExportedWhereItIsNotable(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(trace.Tracer)
		want bool
	}{
		{"what succeeded is not", func(tracer trace.Tracer) { work(tracer, "ord_1", "op_1", "succeeded") }, false},
		{"what is in doubt is", func(tracer trace.Tracer) { work(tracer, "ord_1", "op_1", "in_doubt") }, true},
		{"what a person decides is", func(tracer trace.Tracer) { work(tracer, "ord_1", "op_1", "handed_over") }, true},
		{"recovery is", func(tracer trace.Tracer) { _, s := tracer.Start(context.Background(), "recovery"); s.End() }, true},
		{"what failed is", func(tracer trace.Tracer) {
			_, s := tracer.Start(context.Background(), "x")
			s.SetStatus(codes.Error, "timeout")
			s.End()
		}, true},
		{"what was slow is", func(tracer trace.Tracer) {
			_, s := tracer.Start(context.Background(), "x", trace.WithTimestamp(time.Now().Add(-6*time.Second)))
			s.End()
		}, true},
		{"what a caller marks as sampled is not", func(tracer trace.Tracer) {
			id, _ := trace.TraceIDFromHex("4bf92f3577b34da6a3ce929d0e0e4736")
			span, _ := trace.SpanIDFromHex("00f067aa0ba902b7")
			from := trace.ContextWithRemoteSpanContext(context.Background(), trace.NewSpanContext(trace.SpanContextConfig{TraceID: id, SpanID: span, TraceFlags: trace.FlagsSampled}))
			_, s := tracer.Start(from, "x")
			s.End()
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			collector := receive(t)
			t.Setenv("OTEL_TRACES_SAMPLER", "parentbased_always_off")
			recorder, end := recording(t)
			c.do(recorder.Tracer(""))
			shut(t, end)
			if got := len(collector.spans()) > 0; got != c.want {
				t.Errorf("got exported %v, want %v", got, c.want)
			}
			if len(recorder.Last(10, false))+len(recorder.Last(10, true)) != 1 {
				t.Error("it is not kept here")
			}
		})
	}
}

func TestTheShareThatIsExported(t *testing.T) {
	collector := receive(t)
	t.Setenv("OTEL_TRACES_SAMPLER", "traceidratio")
	t.Setenv("OTEL_TRACES_SAMPLER_ARG", "0.5")
	t.Setenv("OTEL_BSP_MAX_QUEUE_SIZE", "10000")
	recorder, end := recording(t)
	for range 1000 {
		work(recorder.Tracer(""), "ord_1", "op_1", "succeeded")
	}
	shut(t, end)
	if got := len(collector.spans()) / 2; got < 400 || got > 600 {
		t.Errorf("got %d of 1000 traces exported, want about half", got)
	}
}

func TestWhatTheEnvironmentSaysWrongly(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"OTEL_TRACES_SAMPLER", "jaeger_remote", "OTEL_TRACES_SAMPLER: jaeger_remote is not known"},
		{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "grpc is not built in"},
		{"OTEL_TRACES_EXPORTER", "zipkin", "zipkin is not built in"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
			t.Setenv(c.name, c.value)
			_, _, err := telemetry.FromEnvironment(t.Context(), "test", silent)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestNothingIsExportedWhereNobodyIsNamedOrItIsSwitchedOff(t *testing.T) {
	for _, c := range [][2]string{{"OTEL_EXPORTER_OTLP_ENDPOINT", ""}, {"OTEL_SDK_DISABLED", "true"}, {"OTEL_TRACES_EXPORTER", "none"}} {
		t.Run(c[0], func(t *testing.T) {
			collector := receive(t)
			t.Setenv(c[0], c[1])
			recorder, end := recording(t)
			work(recorder.Tracer(""), "ord_1", "op_1", "in_doubt")
			shut(t, end)
			if got := collector.spans(); len(got) != 0 {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestWhatIsInDoubtIsKeptUntilItIsSettled(t *testing.T) {
	recorder := telemetry.NewRecorder(1)
	tracer := recorder.Tracer("")
	first := work(tracer, "ord_doubt", "op_doubt", "in_doubt")
	others := func() {
		for range 1100 {
			work(tracer, "ord_other", "op_other", "succeeded")
			look(tracer, "ord_other", "op_other")
		}
	}
	others()
	if got := recorder.Story(first.TraceID().String()); len(got) != 1 || !got[0].Doubtful {
		t.Fatalf("got %v, want the trace of the doubt", got)
	}
	for range 5 {
		look(tracer, "ord_doubt", "op_doubt")
	}
	others()
	if got := recorder.OfOrder("ord_doubt"); len(got) != 4 || got[0].Name != "POST /v1/orders" || got[3].Name != "recovery" {
		t.Errorf("got %v, want how the doubt began, and the last looks at it", got)
	}
	work(tracer, "ord_doubt", "op_doubt", "succeeded")
	if got := recorder.OfOrder("ord_doubt"); len(got) != 1 || got[0].Doubtful {
		t.Errorf("got %v, want only what settled it", got)
	}
	others()
	if got := recorder.OfOrder("ord_doubt"); len(got) != 0 {
		t.Errorf("got %v, want nothing", got)
	}
	if got := recorder.OfOrder("ord_other"); len(got) != 1200 {
		t.Errorf("got %d of the last, want 1000 and 200", len(got))
	}
}

func TestAStoryHasWhatIsLinkedToItInTheOrderItHappened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		recorder := telemetry.NewRecorder(1)
		tracer := recorder.Tracer("")
		first := work(tracer, "ord_1", "op_1", "in_doubt")
		time.Sleep(2 * time.Second)
		_, later := tracer.Start(t.Context(), "recovery")
		later.AddLink(trace.Link{SpanContext: first})
		later.SetAttributes(attribute.String("lendgate.operation.id", "op_1"), attribute.String("lendgate.operation.state", "succeeded"))
		later.End()
		for _, id := range []trace.TraceID{first.TraceID(), later.SpanContext().TraceID()} {
			got := recorder.Story(id.String())
			if len(got) != 2 || got[0].Name != "POST /v1/orders" || got[1].Name != "recovery" || got[1].Began.Sub(got[0].Began) != 2*time.Second {
				t.Errorf("got %v", got)
			}
		}
	})
}

func TestWorkThatGoesOnAfterItsTapeIsOverBelongsToTheSameTrace(t *testing.T) {
	recorder := telemetry.NewRecorder(1)
	tracer := recorder.Tracer("")
	ctx, root := tracer.Start(t.Context(), "root")
	root.End()
	_, late := tracer.Start(ctx, "late")
	late.End()
	got := recorder.Story(root.SpanContext().TraceID().String())
	if len(got) != 2 || got[1].Name != "late" || late.SpanContext().TraceID() != root.SpanContext().TraceID() {
		t.Errorf("got %v", got)
	}
}

func TestATapeKeepsSoManyStepsAndCountsTheRest(t *testing.T) {
	recorder := telemetry.NewRecorder(1)
	tracer := recorder.Tracer("")
	ctx, root := tracer.Start(t.Context(), "root")
	for range 300 {
		in, step := tracer.Start(ctx, "step")
		_, below := tracer.Start(in, "below")
		below.End()
		step.End()
	}
	root.End()
	got := recorder.Last(1, true)[0]
	if len(got.Steps) != 256 || got.Dropped != 601-256 {
		t.Errorf("got %d steps and %d dropped", len(got.Steps), got.Dropped)
	}
	if got.Steps[2].Name != "below" || got.Steps[2].Depth != 2 {
		t.Errorf("got %v", got.Steps[:3])
	}
}

func TestAnEndedSpanChangesNoMore(t *testing.T) {
	recorder := telemetry.NewRecorder(1)
	_, s := recorder.Tracer("").Start(t.Context(), "x")
	s.End()
	s.SetAttributes(attribute.String("a", "b"))
	s.SetName("y")
	s.SetStatus(codes.Error, "no")
	s.End()
	got := recorder.Last(10, true)
	if len(got) != 1 || got[0].Name != "x" || got[0].Failed || len(got[0].Steps[0].Values) != 0 || s.IsRecording() {
		t.Errorf("got %v", got)
	}
}

func TestWhatAChapterCameTo(t *testing.T) {
	for _, c := range []struct{ name, status, verdict, state, want string }{
		{"an operation is told by its state", "202", "provider_unavailable", "queued", "queued"},
		{"one that failed by why", "503", "provider_unavailable", "failed", "provider_unavailable"},
		{"a look by what it found", "", "not_known_yet", "", "not_known_yet"},
		{"a request about no operation by its answer", "403", "", "", "403"},
	} {
		t.Run(c.name, func(t *testing.T) {
			recorder := telemetry.NewRecorder(1)
			_, root := recorder.Tracer("").Start(t.Context(), "root")
			root.SetAttributes(attribute.String("http.response.status_code", c.status), attribute.String("lendgate.verdict", c.verdict),
				attribute.String("lendgate.operation.id", "op_1"), attribute.String("lendgate.operation.state", c.state))
			root.End()
			if got := recorder.Last(1, c.state == ""); len(got) != 1 || got[0].CameTo != c.want {
				t.Errorf("got %+v, want %s", got, c.want)
			}
		})
	}
}
