package gateway_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
)

// outage is a way for a lender to be in trouble as a whole.
type outage struct {
	name   string
	fault  string // with which every request to it meets
	lasts  time.Duration
	said   string // what the operator is told of the cause, among other words
	result string // of the calls, in the metrics
	alerts []string
}

const (
	writesOpen = `alertname="LendgateBreakerOpen",provider="creditkey-us",class="writes",cause="failures_in_a_row"`
	readsOpen  = `alertname="LendgateBreakerOpen",provider="creditkey-us",class="reads",cause="failures_in_a_row"`
	oldDoubt   = `alertname="LendgateMoneyInDoubt",provider="creditkey-us"`
)

var outages = []outage{
	{"hangs", `"fault":"hang"`, 20 * time.Minute, "no answer in time", "sent", []string{writesOpen, readsOpen, oldDoubt}},
	{"drips", `"fault":"drip","delay":"1h"`, 20 * time.Minute, "no answer in time", "sent", []string{writesOpen, readsOpen, oldDoubt}},
	{"resets", `"fault":"lose_request"`, 20 * time.Minute, "connection reset", "sent", []string{writesOpen, readsOpen, oldDoubt}},
	{"answers 500 for six minutes", `"fault":"error_before"`, 6 * time.Minute, "status 500", "5xx", []string{writesOpen, readsOpen}},
}

// troubled are lines of configuration for a lender that is soon given up, and soon asked whether it is back.
var troubled = []string{
	"timeouts: { connect: 1s, write: 1s, read: 1s }", "limits: { in_flight: 16, rate: 1000/s }",
	"breaker: { in_a_row: 3, minimum_calls: 1000, window: 60s, open_for: 200ms, open_for_at_most: 1s }", "polling: { after: 10m, until: 72h }",
}

// shelf are orders at the lender before anything is wrong.
type shelf struct {
	captured, first, second, canceled answered // all four authorized, the first captured too
	fresh, later                      answered
}

func (s *site) stock() (o shelf) {
	s.t.Helper()
	orders := s.authorized(4)
	o.captured, o.first, o.second, o.canceled = orders[0], orders[1], orders[2], orders[3]
	s.must(http.StatusOK, "POST", "/v1/orders/"+o.captured.ID+"/capture", "")
	o.fresh, o.later = s.place("creditkey-us", "FRESH", "150.00"), s.place("creditkey-us", "LATER", "160.00")
	return o
}

// writings are the operations that change something at a lender.
var writings = []string{"create", "authorize", "capture", "cancel", "refund"}

// TestALenderInTrouble: what merchants are told at each stage, that nothing is sent twice, what an operator
// sees and which alerts fire, and that all is put right once the lender is well.
func TestALenderInTrouble(t *testing.T) {
	t.Parallel()
	for _, o := range outages {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.tune(troubled...)
			gateway := s.together()
			o.happens(s)
			gateway.kill()
		})
	}
}

func (o outage) happens(s *site) {
	stock := s.stock()
	extra := s.authorized(2)
	well, _ := s.page("/metrics", "")
	s.control("POST", "faults", `{"lender":"creditkey","times":100000,`+o.fault+`}`, nil)
	s.wantDoubts(stock, extra)
	s.until("the lender is given up", func() bool {
		return s.breaker("creditkey-us", canonical.WritesBreaker).State != canonical.CircuitClosed
	})
	written := s.arrived("creditkey", writings...)
	s.wantNothingSent(stock)
	s.advance(o.lasts)
	s.until("its reads are given up too", func() bool {
		return s.breaker("creditkey-us", canonical.ReadsBreaker).State != canonical.CircuitClosed
	})
	if now := s.arrived("creditkey", writings...); now != written {
		s.t.Errorf("%d writes reached the lender that was given up", now-written)
	}
	o.wantSeen(s)
	s.place("newday-uk", "OTHERS", "100.00") // go on meanwhile
	var ill string
	s.until("the metrics show what waits", func() bool {
		ill, _ = s.page("/metrics", "")
		return strings.Contains(ill, `lendgate_operations_unresolved{provider="creditkey-us",state="queued"} 4`+"\n")
	})
	wantShown(s.t, ill, `lendgate_breaker_cause{cause="failures_in_a_row",class="writes",provider="creditkey-us"} 1`,
		`lendgate_breaker_state{class="writes",provider="creditkey-us",state="closed"} 0`, `lendgate_breaker_state{class="writes",provider="newday-uk",state="closed"} 1`)
	if count := `lendgate_lender_request_duration_seconds_count{class="writes",provider="creditkey-us",result="` + o.result + `"}`; !strings.Contains(ill, count) {
		s.t.Errorf("the metrics do not show %s", count)
	}
	wantAlerts(s.t, well, ill, o.alerts...)
	s.recovers(stock)
}

// wantDoubts asks for what the lender does not answer: nobody knows what came of it, and merchants are told so.
func (s *site) wantDoubts(stock shelf, extra []answered) {
	s.t.Helper()
	var merchants sync.WaitGroup
	for _, path := range []string{"/v1/orders/" + stock.fresh.ID + "/authorize", "/v1/orders/" + extra[0].ID + "/capture", "/v1/orders/" + extra[1].ID + "/cancel"} {
		merchants.Go(func() {
			r, err := s.send(s.key, s.newKey(), "POST", path, "")
			if a := r.read(); err != nil || r.status != http.StatusAccepted || a.Operation.State != "in_doubt" {
				s.t.Errorf("POST %s: %d %s %v, want 202 in_doubt", path, r.status, r.body, err)
			}
		})
	}
	merchants.Wait()
}

// wantNothingSent asks a lender that was given up for everything there is.
func (s *site) wantNothingSent(stock shelf) {
	s.t.Helper()
	s.wantProblem("POST", "/v1/orders", tradeAt("creditkey-us").newOrder("REFUSED", "100.00"), canonical.ProviderUnavailable, canonical.NextOtherProvider)
	s.wantProblem("POST", "/v1/orders/"+stock.later.ID+"/authorize", "", canonical.ProviderUnavailable, canonical.NextOtherProvider)
	s.captures([]answered{stock.first, stock.second})
	for _, path := range []string{stock.canceled.ID + "/cancel", stock.captured.ID + "/refund"} {
		if a := s.must(http.StatusAccepted, "POST", "/v1/orders/"+path, ""); a.Operation.State != "queued" {
			s.t.Errorf("%s: %+v, want it queued", path, a.Operation)
		}
	}
}

// wantSeen looks at what an operator is told.
func (o outage) wantSeen(s *site) {
	s.t.Helper()
	b := s.breaker("creditkey-us", canonical.WritesBreaker)
	if b.Cause != canonical.CauseInARow || b.State == canonical.CircuitClosed || !strings.Contains(b.Reason, o.said) {
		s.t.Errorf("the operator sees %+v, want %q in the reason", b, o.said)
	}
	if told := s.told(); !slices.Contains(told, "provider.breaker_opened writes: 3 calls in a row failed") {
		s.t.Errorf("told %q", told)
	}
	var view struct {
		InDoubt struct{ Operations int } `json:"in_doubt"`
	}
	s.readAs(s.operator, "/v1/providers/creditkey-us", &view)
	if view.InDoubt.Operations != 3 {
		s.t.Errorf("the operator sees %d operations in doubt, want 3", view.InDoubt.Operations)
	}
}

// recovers has the lender well again: what is queued goes out in its order, and the books are the lender's.
func (s *site) recovers(stock shelf) {
	s.t.Helper()
	s.control("DELETE", "faults", "", nil)
	for _, class := range []canonical.BreakerClass{canonical.WritesBreaker, canonical.ReadsBreaker} {
		s.until("the breaker is closed", func() bool { return s.breaker("creditkey-us", class).State == canonical.CircuitClosed })
	}
	for _, order := range []answered{stock.first, stock.second} {
		s.until("what was queued is captured", func() bool { return s.order(order.ID).Status == "captured" })
	}
	s.advance(2 * time.Hour)
	s.until("nothing waits any more", func() bool { return s.quiet() })
	s.wantStatus(stock.canceled.ID, "canceled")
	s.wantStatus(stock.captured.ID, "refunded")
	captured := slices.DeleteFunc(s.captured(), func(id string) bool { return id != stock.first.ID && id != stock.second.ID })
	if want := ids([]answered{stock.first, stock.second}); !slices.Equal(captured, want) {
		s.t.Errorf("captured in the order %v, want %v", captured, want)
	}
	told := s.told()
	if !slices.ContainsFunc(told, func(line string) bool { return line == "provider.breaker_closed writes: the lender answers again" }) {
		s.t.Errorf("told %q", told)
	}
	s.wantNothingOpen()
	s.wantEqualBooks()
	s.wantVerified()
}

// TestALenderThatFlaps is up and down again and again: what was asked for while it was down is done once, and
// the operator is told that it flaps, not that it is down.
func TestALenderThatFlaps(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.tune(troubled...)
	gateway := s.together()
	const rounds = 5
	orders := s.authorized(4 * rounds)
	well, _ := s.page("/metrics", "")
	for round := range rounds {
		s.control("POST", "faults", `{"lender":"creditkey","times":100000,"fault":"error_before"}`, nil)
		these := orders[4*round : 4*round+4]
		var merchants sync.WaitGroup
		for _, order := range these[:3] {
			merchants.Go(func() { s.must(http.StatusAccepted, "POST", "/v1/orders/"+order.ID+"/capture", "") })
		}
		merchants.Wait()
		s.captures(these[3:])
		s.control("DELETE", "faults", "", nil)
		for _, class := range []canonical.BreakerClass{canonical.WritesBreaker, canonical.ReadsBreaker} {
			s.until("the lender is up", func() bool { return s.breaker("creditkey-us", class).State == canonical.CircuitClosed })
		}
		for _, order := range these[3:] {
			s.until("what was queued is captured", func() bool { return s.order(order.ID).Status == "captured" })
		}
		s.advance(10 * time.Minute)
	}
	s.until("nothing waits any more", func() bool { return s.quiet() })
	var ill string
	s.until("the metrics show that nothing waits any more", func() bool {
		ill, _ = s.page("/metrics", "")
		return strings.Contains(ill, `lendgate_money_in_doubt_oldest_age_seconds{provider="creditkey-us"} 0`+"\n")
	})
	wantAlerts(t, well, ill, `alertname="LendgateBreakerFlaps",provider="creditkey-us",class="writes",cause="opens_again_and_again"`)
	s.wantNothingOpen()
	s.wantEqualBooks()
	s.wantVerified()
	gateway.kill()
}

// TestALenderThatIsHalfDown: its reads work and its writes do not, so that it seems to be back each time it is
// asked. An operator shuts it by the runbook, and opens it again when it is well.
func TestALenderThatIsHalfDown(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.tune(troubled...)
	gateway := s.together()
	stock := s.stock()
	orders := s.authorized(6)
	for _, operation := range writings {
		s.fault("creditkey", operation, "error_before", 100000)
	}
	s.wantDoubts(stock, orders[:2])
	s.until("it seems to be back", func() bool {
		return slices.Contains(s.told(), "provider.breaker_closed writes: the lender answers again")
	})
	s.until("the next write shows that it is not", func() bool {
		_, _, _ = s.ask("POST", "/v1/orders/"+orders[2].ID+"/capture", "")
		return slices.ContainsFunc(s.told(), func(line string) bool {
			return strings.HasPrefix(line, "provider.breaker_opened writes: it failed again when it was tried")
		})
	})
	s.force("creditkey-us", `{"class":"writes","force":"open","reason":"half down"}`, http.StatusOK)
	written := s.arrived("creditkey", writings...)
	s.wantNothingSent(stock)
	s.must(http.StatusOK, "GET", "/v1/orders/"+orders[0].ID+"?sync=true", "")
	s.advance(20 * time.Minute)
	if now := s.arrived("creditkey", writings...); now != written {
		t.Errorf("%d writes reached the lender that an operator shut", now-written)
	}
	ill, _ := s.page("/metrics", "")
	wantShown(t, ill, `lendgate_breaker_cause{cause="forced",class="writes",provider="creditkey-us"} 1`)
	gateway.kill()
	gateway = s.together()
	again, _ := s.page("/metrics", "")
	wantShown(t, again, `lendgate_breaker_cause{cause="forced",class="writes",provider="creditkey-us"} 1`, `lendgate_breaker_state{class="writes",provider="creditkey-us",state="open"} 1`)
	s.control("DELETE", "faults", "", nil)
	s.force("creditkey-us", `{"class":"writes","force":"auto","reason":"their writes work"}`, http.StatusOK)
	s.recovers(stock)
	gateway.kill()
}

// TestTheCredentialsOfOneMerchant are refused: that merchant's orders stop, and nobody else's.
func TestTheCredentialsOfOneMerchant(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.tune(patient...)
	s.configure("    accepts: # what may be sent", "    merchants:\n      acme:\n        settings:\n          client_secret: theirs\n    accepts: # what may be sent")
	gateway := s.together()
	said, err := s.command("keys", "create", "--data", s.data, "--config", s.config, "--merchant", "acme")
	lines := strings.Fields(said)
	if err != nil || len(lines) < 2 {
		t.Fatalf("%s %v", said, err)
	}
	acme := lines[1]
	well, _ := s.page("/metrics", "")
	for _, want := range []struct {
		status int
		code   canonical.Kind
	}{{http.StatusBadGateway, canonical.ProviderMisconfigured}, {http.StatusServiceUnavailable, canonical.ProviderUnavailable}} {
		a := s.mustAs(acme, want.status, "POST", "/v1/orders", tradeAt("creditkey-us").newOrder(fmt.Sprint("ACME-", want.status), "100.00"))
		if canonical.Kind(a.Code) != want.code {
			t.Errorf("got %s, want %s", a.Code, want.code)
		}
	}
	s.authorized(1) // by another merchant
	if holds := s.provider(s.operator, "creditkey-us").Gate.Holds; len(holds) != 1 || holds[0].Merchant != "acme" {
		t.Errorf("an operator sees %+v", holds)
	}
	for _, key := range []string{s.key, acme} {
		if holds := s.provider(key, "creditkey-us").Gate.Holds; holds != nil {
			t.Errorf("a merchant sees %+v", holds)
		}
	}
	s.until("the hold is told", func() bool {
		return slices.Equal(s.told(), []string{"provider.credential_on_hold credential of merchant acme: no token for them"})
	})
	ill, _ := s.page("/metrics", "")
	wantShown(t, ill, `lendgate_credentials_on_hold{provider="creditkey-us"} 1`, `lendgate_breaker_state{class="writes",provider="creditkey-us",state="closed"} 1`,
		`lendgate_breaker_changes_total{cause="credentials_refused",class="credential",provider="creditkey-us",to="open"} 1`)
	wantAlerts(t, well, ill, `alertname="LendgateCredentialOnHold",provider="creditkey-us",class="credential",cause="credentials_refused"`)
	s.force("creditkey-us", `{"class":"credential","force":"auto","reason":"not theirs"}`, http.StatusConflict)
	gateway.kill()
	s.configure("client_secret: theirs", "client_secret: sandbox-secret")
	gateway = s.together()
	s.mustAs(acme, http.StatusCreated, "POST", "/v1/orders", tradeAt("creditkey-us").newOrder("ACME-3", "100.00"))
	s.wantEqualBooks()
	gateway.kill()
}
