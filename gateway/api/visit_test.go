package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/canonical"
)

func TestEveryAnswerCarriesItsIDs(t *testing.T) {
	k := newKit(t)
	for _, r := range []request{
		{method: "GET", path: "/v1/orders", as: "merchant"}, {method: "GET", path: "/v1/orders"}, {method: "GET", path: "/nowhere"}, {method: "PUT", path: "/v1/orders"},
		{method: "POST", path: "/v1/orders", as: "merchant", body: "{"}, {method: "GET", path: "/livez"}, {method: "GET", path: "/docs"},
		{method: "GET", path: "/openapi.json"}, {method: "GET", path: "/problems/refused"}, {method: "GET", path: "/problems/none"},
	} {
		got := k.do(r)
		if !regexp.MustCompile(`^req_[0-9a-f]{24}$`).MatchString(got.header.Get("X-Request-Id")) || !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(got.header.Get("X-Trace-Id")) {
			t.Errorf("%s %s: got ids %q and %q", r.method, r.path, got.header.Get("X-Request-Id"), got.header.Get("X-Trace-Id"))
		}
		if got.header.Get("Cache-Control") != "no-store" || got.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s %s: got %v", r.method, r.path, got.header)
		}
	}
}

func TestACallersIDsAreTakenOverWhereTheyArePlain(t *testing.T) {
	k := newKit(t)
	trace := "4bf92f3577b34da6a3ce929d0e0e4736"
	got := k.do(request{method: "POST", path: "/v1/orders", body: simpleOrder, as: "merchant", header: http.Header{
		"X-Request-Id": {"shop-17.a_b"}, "Traceparent": {"00-" + trace + "-00f067aa0ba902b7-01"},
	}}).wants(http.StatusCreated)
	if got.header.Get("X-Request-Id") != "shop-17.a_b" || got.header.Get("X-Trace-Id") != trace || got.text("operation/trace_id") != trace {
		t.Errorf("got %v and operation trace %s", got.header, got.text("operation/trace_id"))
	}
	for _, id := range []string{"a b", "<script>", strings.Repeat("x", 129), "é"} {
		got := k.do(request{method: "GET", path: "/livez", header: http.Header{"X-Request-Id": {id}, "Traceparent": {"00-zz-00f067aa0ba902b7-01"}}}).wants(http.StatusOK)
		if got.header.Get("X-Request-Id") == id || len(got.header.Get("X-Trace-Id")) != 32 {
			t.Errorf("%q: got %v", id, got.header)
		}
	}
}

func TestRoutesAndMethodsThatAreNone(t *testing.T) {
	k := newKit(t)
	for _, path := range []string{"/", "/v1", "/v1/orders/", "/V1/orders", "/v1//orders", "/v2/orders", "/v1/orders/x/y", "/v1/orders/x/capture/", "/openapi.yaml", "/schemas/Order.json", "/metrics"} {
		k.do(request{method: http.MethodGet, path: path, as: "merchant"}).problem(canonical.NotFound)
	}
	for _, c := range []struct{ method, path, allow string }{
		{"PUT", "/v1/orders", "GET, POST"}, {"DELETE", "/v1/orders/x", "GET, PATCH"}, {"GET", "/v1/orders/x/capture", "POST"},
		{"OPTIONS", "/v1/offers", "POST"}, {"POST", "/livez", "GET"}, {"TRACE", "/v1/events", "GET"},
	} {
		got := k.do(request{method: c.method, path: c.path, as: "merchant"}).problem(canonical.MethodNotAllowed)
		allowed := strings.Split(got.header.Get("Allow"), ", ")
		for _, method := range strings.Split(c.allow, ", ") {
			if !strings.Contains(got.header.Get("Allow"), method) || len(allowed) != strings.Count(c.allow, ", ")+1 {
				t.Errorf("%s %s: got Allow %q, want %s", c.method, c.path, got.header.Get("Allow"), c.allow)
			}
		}
	}
}

func TestAnIDThatCannotBeOneIsNotThereAndNotRepeated(t *testing.T) {
	k := newKit(t)
	for _, id := range []string{"%00", "a%20b", "%3Cscript%3E", strings.Repeat("x", 129), "..%5c..", "%F0%9F%92%B8"} {
		got := k.get("/v1/orders/" + id).problem(canonical.NotFound)
		if strings.Contains(got.text("detail"), "script") {
			t.Errorf("got %s", got.body)
		}
	}
}

func TestACallerThatHangsUpBeforeAnythingIsWrittenStopsNothingEither(t *testing.T) {
	k := newKit(t)
	ctx, hangUp := context.WithCancel(t.Context())
	k.lender.prepare = hangUp
	r := httptest.NewRequest(http.MethodPost, "/v1/orders", strings.NewReader(simpleOrder)).WithContext(ctx)
	r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + k.keys["merchant"]}, "Idempotency-Key": {"left"}}
	w := httptest.NewRecorder()
	k.server.Config.Handler.ServeHTTP(w, r)
	if w.Code != http.StatusCreated || k.lender.calls() != 1 {
		t.Errorf("after %d calls: %d %s", k.lender.calls(), w.Code, w.Body)
	}
}

func TestACallerThatHangsUpStopsNothing(t *testing.T) {
	k := newKit(t)
	entered, leave := make(chan struct{}), make(chan struct{})
	k.lender.tellWith(func(canonical.Command) (canonical.Outcome, error) {
		close(entered)
		<-leave
		return canonical.Outcome{State: canonical.Succeeded, Sends: 1}, nil
	})
	out, err := http.NewRequest(http.MethodPost, k.server.URL+"/v1/orders", strings.NewReader(simpleOrder))
	if err != nil {
		t.Fatal(err)
	}
	out.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + k.keys["merchant"]}, "Idempotency-Key": {"left"}}
	ctx, hangUp := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, err := k.server.Client().Do(out.WithContext(ctx))
		gone <- err
	}()
	<-entered
	hangUp()
	if err := <-gone; err == nil {
		t.Fatal("the caller did not hang up")
	}
	close(leave)
	// The repeat tells what became of it.
	for {
		got := k.keyed("left", "/v1/orders", simpleOrder)
		if got.status == http.StatusConflict {
			continue
		}
		if got.wants(http.StatusCreated); got.text("status") != "created" || k.lender.calls() != 1 {
			t.Errorf("after %d calls: %s", k.lender.calls(), got.body)
		}
		return
	}
}
