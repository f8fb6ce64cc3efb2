package gateway_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestTheTraceOfACaptureThatWasQueued: what was kept back and is sent later is told on the order's page as
// one piece, which goes back to the request.
func TestTheTraceOfACaptureThatWasQueued(t *testing.T) {
	collector := collect(t)
	s := newSite(t)
	s.tune(patient...)
	p := s.together()
	s.posting("creditkey", `{"mode":"drop"}`)
	order := s.authorized(1)[0]
	s.force("creditkey-us", `{"class":"writes","force":"open","reason":"they restore a backup"}`, http.StatusOK)
	s.captures([]answered{order})
	if page, _ := s.page("/console/orders/"+order.ID, s.operator); !strings.Contains(page, "Nothing was sent. It is kept on the disk") {
		t.Error("the order's page does not say that the capture is kept")
	}
	s.force("creditkey-us", `{"class":"writes","force":"auto","reason":"they are back"}`, http.StatusOK)
	s.until("what was queued is sent", func() bool { return s.order(order.ID).Status == "captured" })
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}
	sent := collector.linking("recovery", collector.roots("POST /v1/orders/{id}/capture")[0])
	if sent == nil {
		t.Fatal("no trace of the sending links to the request's")
	}
	got := strings.Join(collector.tree(sent, 0), "\n")
	for _, step := range []string{"recovery\n.", "\n.attempt succeeded\n..breaker decision\n..lender call\n", "\n.settle commit"} {
		if !strings.Contains(got, step) {
			t.Errorf("got the tree\n%s\nwithout %q", got, step)
		}
	}
	for _, s := range collector.spans {
		if len(s.ParentSpanId) == 0 && (s.Name == "attempt" || s.Name == "settle commit" || s.Name == "breaker decision") {
			t.Errorf("%s belongs to no story", s.Name)
		}
	}
}
