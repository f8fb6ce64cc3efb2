package adapters_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// traced is a client whose calls somebody is told of, at a real server.
func traced(t *testing.T, h http.HandlerFunc, told adapters.Telemetry) *adapters.Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return adapters.NewClient(adapters.ClientOptions{
		Provider: canonical.Provider{ID: "shop", Mode: canonical.Test}, Adapter: adapters.Adapter{Name: "shop"}, Define: shop(), BaseURL: server.URL,
		Timeouts:  adapters.Timeouts{Write: 25 * time.Second, Read: 8 * time.Second},
		Transport: newTransport(t, nil), Gate: wideGate(), Now: func() time.Time { return noon }, Telemetry: told,
	})
}

func TestALenderGetsTheTraceWhereThatIsWantedAndNothingElse(t *testing.T) {
	from := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, Remote: true})
	for _, c := range []struct {
		name      string
		propagate bool
		want      string
	}{
		{"it is wanted", true, "00-01000000000000000000000000000000-0200000000000000-00"},
		{"it is not", false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got http.Header
			client := traced(t, func(w http.ResponseWriter, r *http.Request) {
				got = r.Header.Clone()
				_, _ = w.Write([]byte(`{"Status":"PAID"}`))
			}, adapters.Telemetry{Tracer: noop.NewTracerProvider().Tracer(""), Propagate: c.propagate})
			cmd := command(canonical.OpCapture)
			request, err := client.Prepare(cmd)
			if err != nil {
				t.Fatal(err)
			}
			ctx := trace.ContextWithRemoteSpanContext(t.Context(), from)
			if _, err := client.Send(ctx, cmd, request); err != nil {
				t.Fatal(err)
			}
			if got.Get("Traceparent") != c.want || got.Get("Baggage") != "" {
				t.Errorf("got %q and baggage %q, want %q", got.Get("Traceparent"), got.Get("Baggage"), c.want)
			}
		})
	}
}

func TestWhatIsToldOfACall(t *testing.T) {
	hour := func(w http.ResponseWriter) {
		w.Header().Set("Date", noon.Add(time.Hour).Format(http.TimeFormat))
	}
	for _, c := range []struct {
		name   string
		lender http.HandlerFunc
		reach  adapters.Reach
		status int
		ahead  bool
	}{
		{"one that was answered", func(w http.ResponseWriter, _ *http.Request) {
			hour(w)
			_, _ = w.Write([]byte(`{"Status":"PAID"}`))
		}, adapters.Replied, 200, true},
		{"one that failed", func(w http.ResponseWriter, _ *http.Request) {
			hour(w)
			w.WriteHeader(http.StatusInternalServerError)
		}, adapters.Replied, 500, true},
		{"one whose reply was lost", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, adapters.Sent, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []adapters.Called
			client := traced(t, c.lender, adapters.Telemetry{Tracer: noop.NewTracerProvider().Tracer(""), Called: func(one adapters.Called) { got = append(got, one) }})
			_, _ = send(t, client, canonical.OpCapture, false)
			if len(got) != 1 {
				t.Fatalf("got %v", got)
			}
			one := got[0]
			if one.Provider != "shop" || one.Class != canonical.WritesBreaker || one.Reach != c.reach || one.Status != c.status || one.Took <= 0 {
				t.Errorf("got %+v", one)
			}
			if c.ahead && (one.Skew == nil || *one.Skew < 59*time.Minute || *one.Skew > 61*time.Minute) || !c.ahead && one.Skew != nil {
				t.Errorf("got a clock that is %v ahead", one.Skew)
			}
		})
	}
}

// stuck is a transport whose lender never answers.
type stuck struct{}

func (stuck) Send(context.Context, adapters.Wire) (adapters.Reply, adapters.Reach, error) {
	return adapters.Reply{}, adapters.Sent, context.DeadlineExceeded
}

// What a lender that does not answer is stopped for stands in problems and in the history: it is said in
// words of people, and once.
func TestALenderThatDoesNotAnswerIsSpokenOfInPlainWords(t *testing.T) {
	client := adapters.NewClient(adapters.ClientOptions{
		Define: shop(), BaseURL: "https://lender.test", Timeouts: adapters.Timeouts{Write: time.Second, Read: time.Second},
		Transport: stuck{}, Now: func() time.Time { return noon },
		Gate: adapters.NewLocalGate("shop", limits(func(l *adapters.Limits) { l.Breaker.InARow = 2 })),
	})
	for range 2 {
		if outcome, err := send(t, client, canonical.OpCapture, false); outcome.State != canonical.Doubtful {
			t.Fatalf("got %+v and %v, want it in doubt", outcome, err)
		}
	}
	_, err := send(t, client, canonical.OpCapture, false)
	want := "provider_unavailable: calls to the lender are stopped: 2 calls in a row failed, the last with: no answer in time"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
