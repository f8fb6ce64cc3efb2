package gateway_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

// authorized makes orders at Credit Key that are ready to be captured.
func (s *site) authorized(n int) []answered {
	s.t.Helper()
	var orders []answered
	for i := range n {
		created := s.place("creditkey-us", fmt.Sprint("KILL-", s.keys.Add(1)), fmt.Sprintf("%d.00", 200+i))
		orders = append(orders, s.must(http.StatusOK, "POST", "/v1/orders/"+created.ID+"/authorize", ""))
	}
	return orders
}

// compare holds our books against the lender's ledger of truth, and waits for recovery to make them equal.
func (s *site) compare(orders []answered) {
	s.t.Helper()
	truth := make(map[string]decimal.Decimal)
	for _, e := range s.effects() {
		truth[e.Order+" "+e.Kind] = truth[e.Order+" "+e.Kind].Add(decimal.RequireFromString(e.Amount))
	}
	for _, order := range orders {
		s.becomes(order.ID, "captured", truth[order.ProviderOrder.ID+" capture"])
		s.becomes(order.ID, "authorized", truth[order.ProviderOrder.ID+" authorize"])
	}
}

// becomes syncs an order until a total is what the lender says, at most for half a minute.
func (s *site) becomes(order, total string, theirs decimal.Decimal) {
	s.t.Helper()
	var ours decimal.Decimal
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		a := s.must(http.StatusOK, "POST", "/v1/orders/"+order+"/sync", "")
		if ours = decimal.RequireFromString(a.Totals[total]); ours.Equal(theirs) {
			return
		}
	}
	s.t.Errorf("order %s: we have %s %s, the lender %s", order, total, ours, theirs)
}

// storm captures every order at once and kills a process while the calls are under way.
func (s *site) storm(orders []answered, victim *process) {
	var running sync.WaitGroup
	first := make(chan struct{}, len(orders))
	for _, order := range orders {
		running.Go(func() {
			_, _, _ = s.ask("POST", "/v1/orders/"+order.ID+"/capture", "")
			first <- struct{}{}
		})
	}
	<-first // some calls are done, others are on their way
	victim.kill()
	running.Wait()
}

func TestKilledDuringCaptureWithLendersAlive(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.lend()
	gateway := s.apart()
	orders := s.authorized(12)
	s.control("POST", "faults", `{"lender":"creditkey","operation":"capture","fault":"slow","times":4,"delay":"300ms"}`, nil)
	s.control("POST", "faults", `{"lender":"creditkey","operation":"capture","order":"`+orders[3].ProviderOrder.ID+`","fault":"lose_reply","times":1}`, nil)
	s.storm(orders, gateway)
	s.apart()
	s.compare(orders)
}

func TestKilledTogetherWithTheLenders(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	both := s.together()
	orders := s.authorized(12)
	s.storm(orders, both)
	s.together()
	s.compare(orders)
}

func TestKeysOverTheSocketAndWithoutAGateway(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	gateway := s.together()
	out, err := s.command("keys", "create", "--data", s.data, "--merchant", "acme", "--name", "checkout")
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	id, key, _ := strings.Cut(strings.TrimSpace(out), "\n")
	s.key = key
	s.must(http.StatusOK, "GET", "/v1/orders", "")
	if out, err := s.command("keys", "revoke", "--data", s.data, id); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s.must(http.StatusUnauthorized, "GET", "/v1/orders", "")
	gateway.kill()
	out, err = s.command("keys", "list", "--data", s.data)
	if err != nil || !strings.Contains(out, "acme") || strings.Contains(out, key) {
		t.Errorf("without a gateway: %v and %q", err, out)
	}
}

func TestConfigCheckTellsEveryMistake(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if out, err := s.command("config", "check", "--sandbox", s.config); err != nil {
		t.Errorf("the shipped configuration: %v: %s", err, out)
	}
	bad := filepath.Join(t.TempDir(), "bad.yaml")
	text := strings.NewReplacer("api_key: sandbox-api-key", "api_kee: x", "style: iwocapay", "style: iwoca").Replace(source(t, "providers.yaml"))
	write(t, bad, text)
	out, err := s.command("config", "check", "--sandbox", bad)
	if err == nil {
		t.Fatal("a bad configuration passed")
	}
	for _, want := range []string{"api_kee", "api_key", "iwoca", bad + ":"} {
		if !strings.Contains(out, want) {
			t.Errorf("the mistakes do not name %q:\n%s", want, out)
		}
	}
}
