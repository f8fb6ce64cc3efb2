package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
)

// providerView is how a provider stands, as far as these tests look.
type providerView struct {
	Off  string
	Gate canonical.Gate
}

func (s *site) provider(who, provider string) (p providerView) {
	s.t.Helper()
	r, err := s.send(who, "", "GET", "/v1/providers/"+provider, "")
	if err != nil || r.status != http.StatusOK || json.Unmarshal(r.body, &p) != nil {
		s.t.Fatalf("%d %s %v", r.status, r.body, err)
	}
	return p
}

// breaker is one of a provider's.
func (s *site) breaker(provider string, class canonical.BreakerClass) canonical.Breaker {
	s.t.Helper()
	all := s.provider(s.operator, provider).Gate.Breakers
	return all[slices.IndexFunc(all, func(b canonical.Breaker) bool { return b.Class == class })]
}

// told lists what the operator's feed tells of providers, without the word that follows a comma.
func (s *site) told() (lines []string) {
	s.t.Helper()
	r, err := s.send(s.operator, "", "GET", "/v1/events?limit=200", "")
	var feed struct {
		Events []struct {
			Type, Provider, Detail, Actor string
			Hash                          string
			PreviousHash                  string `json:"previous_hash"`
		}
	}
	if err != nil || json.Unmarshal(r.body, &feed) != nil {
		s.t.Fatalf("%s %v", r.body, err)
	}
	before := make(map[string]string) // by provider
	for _, e := range feed.Events {
		if e.Provider == "" {
			continue
		}
		if e.PreviousHash != before[e.Provider] {
			s.t.Errorf("%s is not chained to the event before", e.Type)
		}
		before[e.Provider] = e.Hash
		detail, _, _ := strings.Cut(e.Detail, ",")
		lines = append(lines, e.Type+" "+detail)
	}
	return lines
}

func (s *site) wantProblem(method, path, body string, code canonical.Kind, next canonical.NextAction) {
	s.t.Helper()
	r, err := s.send(s.key, s.newKey(), method, path, body)
	var problem struct {
		Code   canonical.Kind
		Detail string
		Next   canonical.Next
	}
	if err != nil || json.Unmarshal(r.body, &problem) != nil || problem.Code != code || problem.Next.Action != next {
		s.t.Errorf("%s %s: %d %s %v, want %s and %s", method, path, r.status, r.body, err, code, next)
	}
}

// captures asks for the captures of orders, one after the other, and wants them queued.
func (s *site) captures(orders []answered) {
	s.t.Helper()
	for _, order := range orders {
		if a := s.must(http.StatusAccepted, "POST", "/v1/orders/"+order.ID+"/capture", ""); a.Operation.State != "queued" {
			s.t.Errorf("the capture of %s is %s, want queued", order.ID, a.Operation.State)
		}
	}
}

func (s *site) force(provider, body string, want int) {
	s.t.Helper()
	s.mustAs(s.operator, want, "POST", "/v1/providers/"+provider+"/breaker", body)
}

// patient are lines of configuration whose breaker stays open for as long as a test looks.
var patient = []string{
	"timeouts: { connect: 1s, write: 2s, read: 2s }", "limits: { in_flight: 16, rate: 1000/s }",
	"breaker: { in_a_row: 3, window: 12s, open_for: 1h, open_for_at_most: 1h }", "polling: { after: 10m, until: 72h }",
}

// TestALenderThatIsDown: what merchants and operators see while the writes of a lender are stopped, over a
// restart, and what happens when they are not any more.
func TestALenderThatIsDown(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.tune(patient...)
	gateway := s.together()
	orders := s.authorized(4)
	s.fault("creditkey", "create", "error_before", 3)
	for i := range 3 { // whether these were made nobody knows
		s.must(http.StatusAccepted, "POST", "/v1/orders", tradeAt("creditkey-us").newOrder(fmt.Sprint("DOWN-", i), "100.00"))
	}
	arrived := s.arrived("creditkey", "create", "capture")
	s.wantProblem("POST", "/v1/orders", tradeAt("creditkey-us").newOrder("DOWN-3", "100.00"), canonical.ProviderUnavailable, canonical.NextOtherProvider)
	s.captures(orders)
	if now := s.arrived("creditkey", "create", "capture"); now != arrived {
		t.Errorf("%d requests reached the lender while its breaker was open", now-arrived)
	}
	if b := s.breaker("creditkey-us", canonical.WritesBreaker); b.State != canonical.CircuitOpen || b.Until == nil || !strings.Contains(b.Reason, "3 calls in a row failed") {
		t.Errorf("%+v", b)
	}
	if b := s.breaker("creditkey-us", canonical.ReadsBreaker); b.State != canonical.CircuitClosed {
		t.Errorf("%+v", b)
	}
	s.must(http.StatusOK, "GET", "/v1/orders/"+orders[0].ID+"?sync=true", "")
	s.force("creditkey-us", `{"class":"writes","force":"open","reason":"they restore a backup"}`, http.StatusOK)
	gateway.kill()
	gateway = s.together()
	if b := s.breaker("creditkey-us", canonical.WritesBreaker); b.State != canonical.CircuitOpen || !b.Forced || b.Reason != "they restore a backup" {
		t.Errorf("after a restart: %+v", b)
	}
	for _, order := range orders {
		s.wantStatus(order.ID, "authorized")
	}
	s.control("DELETE", "faults", "", nil)
	s.force("creditkey-us", `{"class":"writes","force":"auto","reason":"they are back"}`, http.StatusOK)
	s.force("creditkey-us", `{"class":"writes","force":"auto","reason":"again"}`, http.StatusConflict)
	for _, order := range orders {
		s.until("what was queued is sent", func() bool { return s.order(order.ID).Status == "captured" })
	}
	if got := s.captured(); !slices.Equal(got, ids(orders)) {
		t.Errorf("captured in the order %v, want that of the requests, %v", got, ids(orders))
	}
	want := []string{
		"provider.breaker_opened writes: 3 calls in a row failed", "provider.breaker_opened writes set to open by an operator: they restore a backup",
		"provider.breaker_closed writes set to auto by an operator: they are back",
	}
	if got := s.told(); !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	s.wantEqualBooks()
	s.wantVerified()
	gateway.kill()
}

func ids(orders []answered) (ids []string) {
	for _, order := range orders {
		ids = append(ids, order.ID)
	}
	return ids
}

// captured lists orders as their captures became known.
func (s *site) captured() (orders []string) {
	s.t.Helper()
	r, err := s.send(s.key, "", "GET", "/v1/events?limit=200", "")
	var feed struct {
		Events []struct {
			Type  string
			Order struct{ ID string }
		}
	}
	if err != nil || json.Unmarshal(r.body, &feed) != nil {
		s.t.Fatalf("%s %v", r.body, err)
	}
	for _, e := range feed.Events {
		if e.Type == "order.captured" {
			orders = append(orders, e.Order.ID)
		}
	}
	return orders
}

// TestALenderThatIsDownForAWhile: it is asked whether it is back, and gets what is left, each once. One of
// the lenders declares how it is asked, the other does not.
func TestALenderThatIsDownForAWhile(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.tune("timeouts: { connect: 1s, write: 1s, read: 1s }", "limits: { in_flight: 16, rate: 1000/s }",
		"breaker: { in_a_row: 3, window: 6s, open_for: 100ms, open_for_at_most: 400ms }", "polling: { after: 10m, until: 72h }")
	s.together()
	orders := s.authorized(5)
	for i := range 5 {
		held := s.place("newday-uk", fmt.Sprint("WHILE-", i), "300.00")
		orders = append(orders, s.must(http.StatusOK, "POST", "/v1/orders/"+held.ID+"/authorize", ""))
	}
	for _, lender := range []string{"creditkey", "spendoption"} {
		s.fault(lender, "capture", "error_before", 3)
		s.fault(lender, "capture", "lose_request", 3)
	}
	var merchants sync.WaitGroup
	for _, order := range orders {
		merchants.Go(func() { _, _, _ = s.ask("POST", "/v1/orders/"+order.ID+"/capture", "") })
	}
	merchants.Wait()
	for _, provider := range []string{"creditkey-us", "newday-uk"} {
		s.until("the breaker is closed", func() bool {
			return s.breaker(provider, canonical.WritesBreaker).State == canonical.CircuitClosed
		})
	}
	s.advance(2 * time.Hour)
	for _, order := range orders {
		if o := s.order(order.ID); o.InDoubt != nil {
			t.Errorf("order %s at %s is in doubt still: %v", o.ID, o.Provider, s.history(o.ID))
		}
	}
	s.wantEqualBooks()
	s.wantVerified()
}

// TestCredentialsThatALenderRefuses are put on hold: the lender is not asked with them again, and only an
// operator learns whose they are.
func TestCredentialsThatALenderRefuses(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.tune(patient...)
	s.configure("client_secret: sandbox-secret", "client_secret: another")
	gateway := s.together()
	order := tradeAt("creditkey-us").newOrder("HOLD-1", "100.00")
	s.wantProblem("POST", "/v1/orders", order, canonical.ProviderMisconfigured, canonical.NextContactOperator)
	arrived := s.arrived("creditkey", "token", "create")
	s.wantProblem("POST", "/v1/orders", order, canonical.ProviderUnavailable, canonical.NextOtherProvider)
	if now := s.arrived("creditkey", "token", "create"); now != arrived {
		t.Errorf("%d requests reached the lender with credentials on hold", now-arrived)
	}
	if holds := s.provider(s.operator, "creditkey-us").Gate.Holds; len(holds) != 1 {
		t.Errorf("an operator sees %+v", holds)
	}
	if holds := s.provider(s.key, "creditkey-us").Gate.Holds; holds != nil {
		t.Errorf("a merchant sees %+v", holds)
	}
	s.force("creditkey-us", `{"class":"credential","force":"auto","reason":"another try"}`, http.StatusOK)
	s.wantProblem("POST", "/v1/orders", order, canonical.ProviderMisconfigured, canonical.NextContactOperator)
	s.until("the second hold is told", func() bool { return len(s.told()) == 3 })
	want := []string{"provider.credential_on_hold credential: no token for them", "provider.breaker_closed credential set to auto by an operator: another try", "provider.credential_on_hold credential: no token for them"}
	if got := s.told(); !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	gateway.kill()
	s.configure("client_secret: another", "client_secret: sandbox-secret")
	s.together()
	s.must(http.StatusCreated, "POST", "/v1/orders", order)
}
