package telemetry_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// receiver is a collector that takes OTLP over HTTP, and remembers what it got.
type receiver struct {
	t   testing.TB
	mu  sync.Mutex
	got []*otlp.ResourceSpans
}

// receive starts a collector and has the environment name it.
func receive(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{t: t}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil || request.URL.Path != "/v1/traces" || request.Header.Get("Content-Type") != "application/x-protobuf" {
		r.t.Errorf("got %s %s, %v", request.Method, request.URL.Path, err)
	}
	var sent collector.ExportTraceServiceRequest
	if err := proto.Unmarshal(body, &sent); err != nil {
		r.t.Error(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, sent.ResourceSpans...)
	w.Header().Set("Content-Type", "application/x-protobuf")
}

// spans lists what arrived.
func (r *receiver) spans() (all []*otlp.Span) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, resource := range r.got {
		for _, scope := range resource.ScopeSpans {
			all = append(all, scope.Spans...)
		}
	}
	return all
}

func text(span *otlp.Span, key string) string {
	for _, a := range span.Attributes {
		if a.Key == key {
			return a.Value.GetStringValue()
		}
	}
	return ""
}

func shut(t testing.TB, end func(context.Context) error) {
	t.Helper()
	if err := end(context.Background()); err != nil {
		t.Fatal(err)
	}
}
