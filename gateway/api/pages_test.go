package api_test

import (
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/api"
)

func TestThePageForPeopleShowsEveryRouteAndFetchesNothing(t *testing.T) {
	got := newKit(t).do(request{method: "GET", path: "/docs"}).wants(http.StatusOK)
	page := string(got.body)
	for _, route := range contractRoutes {
		if !strings.Contains(page, "<b>"+route.method+"</b> <code>"+route.path+"</code>") {
			t.Errorf("%s %s is not on the page", route.method, route.path)
		}
	}
	for _, row := range canonical.Problems {
		if !strings.Contains(page, "/problems/"+string(row.Kind)) {
			t.Errorf("problem %s is not on the page", row.Kind)
		}
	}
	if fetched := regexp.MustCompile(`(?i)(src|href)\s*=\s*"(https?:)?//|<script|<link|@import|url\(`).FindString(page); fetched != "" {
		t.Errorf("the page has %s", fetched)
	}
	if policy := got.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("got policy %q", policy)
	}
}

func TestAProblemsTypeLeadsToItsText(t *testing.T) {
	k := newKit(t)
	kind := k.get("/v1/orders/ord_absent").problem(canonical.NotFound).text("type")
	path, ours := strings.CutPrefix(kind, publicURL)
	if !ours {
		t.Fatalf("got type %s", kind)
	}
	plain := k.do(request{method: "GET", path: path}).wants(http.StatusOK)
	if !strings.HasPrefix(plain.header.Get("Content-Type"), "text/plain") || !strings.Contains(string(plain.body), "It does not exist, or it is not yours.") {
		t.Errorf("got %s: %s", plain.header.Get("Content-Type"), plain.body)
	}
	html := k.do(request{method: "GET", path: path, header: http.Header{"Accept": {"text/html,*/*;q=0.8"}}}).wants(http.StatusOK)
	if !strings.HasPrefix(html.header.Get("Content-Type"), "text/html") || !strings.Contains(string(html.body), "<h1>There is no such thing</h1>") {
		t.Errorf("got %s: %s", html.header.Get("Content-Type"), html.body)
	}
	k.do(request{method: "GET", path: "/problems/nonsense"}).problem(canonical.NotFound)
	for _, row := range canonical.Problems {
		k.do(request{method: "GET", path: "/problems/" + string(row.Kind)}).wants(http.StatusOK)
	}
}

func TestHealth(t *testing.T) {
	k := newKit(t)
	for _, path := range []string{"/livez", "/readyz"} {
		if got := k.do(request{method: "GET", path: path}).wants(http.StatusOK); got.text("status") != "ok" {
			t.Errorf("%s: got %s", path, got.body)
		}
	}
	k.ready = errors.New("no room: " + canary)
	got := k.do(request{method: "GET", path: "/readyz"}).wants(http.StatusServiceUnavailable)
	if got.text("status") != "unavailable" || strings.Contains(string(got.body), canary) || !strings.Contains(k.logged.String(), canary) {
		t.Errorf("got %s, logged %s", got.body, k.logged)
	}
	k.do(request{method: "GET", path: "/livez"}).wants(http.StatusOK)
}

func TestMetricsAreServedWhereThereAreAny(t *testing.T) {
	k := newKitWith(t, kitOptions{metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "orders 3") })})
	if got := k.do(request{method: "GET", path: "/metrics"}).wants(http.StatusOK); string(got.body) != "orders 3" {
		t.Errorf("got %s", got.body)
	}
}

func TestAPublicAddressThatIsNoneIsRefused(t *testing.T) {
	for _, address := range []string{"", "gate.example", "/gate", "ftp://gate.example", "http://", "://"} {
		if _, err := api.New(api.Options{PublicURL: address}); err == nil {
			t.Errorf("%q was taken", address)
		}
	}
}
