package gateway_test

import (
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// collected is what an OTLP receiver got from a gateway.
type collected struct {
	mu    sync.Mutex
	spans []*otlp.Span
	raw   strings.Builder
}

// collect starts a receiver, and has the processes that are started later export to it.
func collect(t *testing.T) *collected {
	t.Helper()
	c := &collected{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var sent collector.ExportTraceServiceRequest
		if err != nil || proto.Unmarshal(body, &sent) != nil {
			t.Errorf("%s %s: not OTLP", r.Method, r.URL.Path)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.raw.Write(body)
		for _, resource := range sent.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				c.spans = append(c.spans, scope.Spans...)
			}
		}
	}))
	t.Cleanup(server.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
	return c
}

// tree prints what is below a span, one line a span: its depth as dots, its name, and the verdict.
func (c *collected) tree(top *otlp.Span, depth int) (lines []string) {
	line := strings.Repeat(".", depth) + top.Name
	if verdict := attribute(top, "lendgate.verdict"); verdict != "" {
		line += " " + verdict
	}
	lines = append(lines, line)
	for _, s := range c.spans {
		if string(s.ParentSpanId) == string(top.SpanId) {
			lines = append(lines, c.tree(s, depth+1)...)
		}
	}
	return lines
}

// roots lists the spans of a name that have no parent here.
func (c *collected) roots(name string) (found []*otlp.Span) {
	for _, s := range c.spans {
		if s.Name == name && len(s.ParentSpanId) == 0 {
			found = append(found, s)
		}
	}
	return found
}

func attribute(span *otlp.Span, key string) string {
	for _, a := range span.Attributes {
		if a.Key == key {
			return a.Value.GetStringValue()
		}
	}
	return ""
}

// page reads a page of the console, as whoever has the key.
func (s *site) page(path, key string) (text string, status int) {
	s.t.Helper()
	request, err := http.NewRequest(http.MethodGet, "http://"+s.address+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if key != "" {
		request.SetBasicAuth("anyone", key)
	}
	response, err := caller.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(body), response.StatusCode
}

// canaries are what must be in no trace, metric or log: a customer's person, and secrets.
var canaries = []string{"canary-name", "canary@example", "canary-street", "sandbox-secret", "sandbox-webhook-secret", "canary-phone"}

const canaryOrder = `{"provider":"creditkey-us","reference":"TRACE-1","amount":{"value":"2500.00","currency":"USD"},"plan":{"installments":12},
	"customer":{"reference":"12345","type":"company","name":"canary-name","email":"canary@example.com","phone":"canary-phone","addresses":[{"kind":"billing","line1":"canary-street 1","city":"Reno","country":"US"}]}}`

func TestTheTraceOfACaptureWhoseReplyIsLostAndOfItsRecovery(t *testing.T) {
	collector := collect(t)
	s := newSite(t)
	p := s.together()
	s.posting("creditkey", `{"mode":"drop"}`)
	order := s.must(http.StatusCreated, "POST", "/v1/orders", canaryOrder)
	s.must(http.StatusOK, "POST", "/v1/orders/"+order.ID+"/authorize", "")
	s.fault("creditkey", "capture", "lose_reply", 1)
	captured := s.must(http.StatusAccepted, "POST", "/v1/orders/"+order.ID+"/capture", "")
	s.advance(time.Minute)
	if a := s.must(http.StatusOK, "GET", "/v1/orders/"+order.ID, ""); a.Totals["captured"] != "2500.00" {
		t.Fatalf("got %v, want it captured by recovery", a.Totals)
	}
	story, _ := s.page("/console/orders/"+order.ID, s.operator)
	metrics, _ := s.page("/metrics", "")
	s.wantPages(order.ID)
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}
	capture := collector.roots("POST /v1/orders/{id}/capture")
	if len(capture) != 1 {
		t.Fatalf("got %d traces of the capture", len(capture))
	}
	wantTree(t, collector.tree(capture[0], 0), []string{
		"POST /v1/orders/{id}/capture", ".begin commit", ".capture", "..attempt in_doubt", "...breaker decision",
		"...lender call", "....connect", "....wait", "...verdict in_doubt", "..settle commit",
	})
	recovery := collector.linking("recovery", capture[0])
	if recovery == nil {
		t.Fatal("no trace of the recovery links to the capture's")
	}
	wantTree(t, collector.tree(recovery, 0), []string{
		"recovery", ".read_and_compare succeeded", "..breaker decision", "..lender call", "...connect", "...wait", "...read", ".settle commit",
	})
	if got := attribute(recovery, "lendgate.operation.id"); got != captured.Operation.ID {
		t.Errorf("got the recovery of %s, want of %s", got, captured.Operation.ID)
	}
	for _, s := range collector.spans {
		if s.Name == "breaker decision" && (attribute(s, "lendgate.breaker.state") != "closed" || attribute(s, "lendgate.class") == "") {
			t.Errorf("got a decision with %v", s.Attributes)
		}
	}
	wantStory(t, story, hex.EncodeToString(capture[0].TraceId), hex.EncodeToString(recovery.TraceId))
	wantNoCanary(t, map[string]string{"traces": collector.raw.String(), "metrics": metrics, "console": story, "log": p.out.String()})
	wantLine(t, p.out.String(), `"state":"in_doubt","kind":"capture"`, hex.EncodeToString(capture[0].TraceId))
}

// linking finds a root of a name that links to another's trace.
func (c *collected) linking(name string, to *otlp.Span) *otlp.Span {
	for _, s := range c.roots(name) {
		for _, link := range s.Links {
			if string(link.TraceId) == string(to.TraceId) && string(link.SpanId) != "" {
				return s
			}
		}
	}
	return nil
}

func wantTree(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got the tree\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func wantStory(t *testing.T, page string, traces ...string) {
	t.Helper()
	at := 0
	for _, trace := range traces {
		found := strings.Index(page[at:], trace)
		if found < 0 {
			t.Errorf("the order's page does not tell of trace %s in its turn", trace)
			return
		}
		at += found
	}
	if !strings.Contains(page, "Nobody repeats it blindly") || !strings.Contains(page, "The lender said yes") {
		t.Error("the order's page does not say what the outcomes mean")
	}
}

func wantNoCanary(t *testing.T, texts map[string]string) {
	t.Helper()
	for where, text := range texts {
		for _, canary := range canaries {
			if strings.Contains(text, canary) {
				t.Errorf("%s: found %s", where, canary)
			}
		}
		if text == "" {
			t.Errorf("%s: nothing", where)
		}
	}
}

// wantLine looks for one log line that has all of some texts.
func wantLine(t *testing.T, log string, texts ...string) {
	t.Helper()
	for line := range strings.Lines(log) {
		all := true
		for _, text := range texts {
			all = all && strings.Contains(line, text)
		}
		if all {
			return
		}
	}
	t.Errorf("no line of the log has all of %q", texts)
}

// wantPages asks for the console's pages as those who may see them, and as those who may not.
func (s *site) wantPages(order string) {
	s.t.Helper()
	for _, c := range []struct {
		path, key string
		want      int
	}{
		{"/console/traces", s.operator, 200}, {"/console/traces?show=other", s.operator, 200}, {"/console/orders/" + order, s.operator, 200},
		{"/console/orders/ord_none", s.operator, 404}, {"/console/traces/zz", s.operator, 404}, {"/console/nothing", s.operator, 404},
		{"/console/traces", "", 401}, {"/console/traces", s.key, 401}, {"/console/orders/" + order, "lg_test_wrong", 401},
	} {
		if _, got := s.page(c.path, c.key); got != c.want {
			s.t.Errorf("%s: got status %d, want %d", c.path, got, c.want)
		}
	}
}

// TestTheMetrics has a gateway show every metric that the alert rules, the dashboard and the runbook speak of.
func TestTheMetrics(t *testing.T) {
	s := newSite(t)
	s.together()
	s.posting("creditkey", `{"mode":"drop"}`)
	order := s.must(http.StatusCreated, "POST", "/v1/orders", canaryOrder)
	s.must(http.StatusOK, "POST", "/v1/orders/"+order.ID+"/authorize", "")
	s.fault("creditkey", "capture", "lose_reply", 1)
	s.fault("creditkey", "read", "lose_request", 1000)
	s.must(http.StatusAccepted, "POST", "/v1/orders/"+order.ID+"/capture", "")
	text, status := s.page("/metrics", "")
	if status != http.StatusOK {
		t.Fatalf("got status %d", status)
	}
	for _, line := range []string{
		`lendgate_operations_total{kind="authorize",provider="creditkey-us",verdict="succeeded"} 1`,
		`lendgate_operations_total{kind="capture",provider="creditkey-us",verdict="in_doubt"} 1`,
		`lendgate_operations_unresolved{provider="creditkey-us",state="in_doubt"} 1`,
		`lendgate_money_in_doubt{currency="USD",provider="creditkey-us"} 2500`,
		`lendgate_breaker_state{class="writes",provider="creditkey-us",state="closed"} 1`,
		`lendgate_provider_up{provider="fluxa"} 1`, "lendgate_store_up 1",
		`http_server_request_duration_seconds_count{http_request_method="POST",http_response_status_code="202",http_route="/v1/orders/{id}/capture"} 1`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("missing: %s", line)
		}
	}
	wantKnown(t, text)
	if promtool, err := exec.LookPath("promtool"); err == nil {
		check := exec.Command(promtool, "check", "metrics")
		check.Stdin = strings.NewReader(text)
		if said, err := check.CombinedOutput(); err != nil {
			t.Errorf("promtool check metrics: %v\n%s", err, said)
		}
	}
}

var (
	metricName = regexp.MustCompile(`\b(lendgate|http_server|go|process)_[a-z_]+[a-z]\b`)
	// quietMetrics are metrics that a gateway to which nothing has happened does not show.
	quietMetrics = []string{"lendgate_breaker_cause", "lendgate_notification_lag_seconds", "lendgate_authorizations_expiring", "lendgate_authorizations_soonest_expiry_seconds"}
)

// wantKnown looks whether the metrics that the files speak of are there.
func wantKnown(t *testing.T, metrics string) {
	t.Helper()
	for _, file := range []string{"gateway/telemetry/alerts.yaml", "gateway/telemetry/dashboard.json", "RUNBOOK.md"} {
		for _, name := range metricName.FindAllString(source(t, file), -1) {
			base := name
			for _, suffix := range []string{"_bucket", "_sum", "_count"} {
				base = strings.TrimSuffix(base, suffix)
			}
			if !strings.Contains(metrics, fmt.Sprintf("# TYPE %s ", base)) && !slices.Contains(quietMetrics, base) {
				t.Errorf("%s speaks of %s, which is no metric", file, name)
			}
		}
	}
}
