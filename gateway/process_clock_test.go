package gateway_test

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const day = 24 * time.Hour

// TestTimeBringsAboutWhatItMust advances the clock of the binary over every kind of deadline, with a kill -9 on
// the way: how far the clock was moved is kept.
func TestTimeBringsAboutWhatItMust(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.tune(hurried...)
	s.configure("      tenant_id: tn-sandbox", "      tenant_id: tn-sandbox\n      hold_expiry: 168h")
	gateway := s.together()
	lapsing := s.authorized(1)[0]
	abandoned := s.place("iwoca-uk", "TIME-1", "480.00")
	finished := s.place("iwoca-uk", "TIME-2", "490.00")
	cart := s.place("ecster-se", "TIME-3", "700.00")
	paying := s.must(http.StatusCreated, "POST", "/v1/orders", strings.Replace(tradeAt("fluxa").newOrder("TIME-4", "12.00"), `"metadata"`, `"provider_options":{"expires_in":3600},"metadata"`, 1))
	held := s.place("newday-uk", "TIME-5", "300.00")
	s.must(http.StatusOK, "POST", "/v1/orders/"+held.ID+"/authorize", "")
	s.posting("iwocapay", `{"mode":"drop"}`)
	doubtful := s.authorized(1)[0]
	s.fault("creditkey", "capture", "lose_reply", 1)
	s.must(http.StatusAccepted, "POST", "/v1/orders/"+doubtful.ID+"/capture", "")

	s.wantStatus(paying.ID, "created")
	s.advance(2 * time.Hour)
	s.wantStatus(paying.ID, "expired")
	s.wantStatus(doubtful.ID, "captured")
	s.act("iwocapay", finished.ProviderOrder.ID, "complete")
	s.wantStatus(finished.ID, "created")
	s.advance(2 * time.Hour)
	s.wantStatus(finished.ID, "captured") // nobody told us: it was polled

	s.wantStatus(cart.ID, "created")
	s.advance(25 * time.Hour)
	s.wantStatus(cart.ID, "expired")

	s.wantStatus(abandoned.ID, "created")
	s.advance(48 * time.Hour)
	s.wantStatus(abandoned.ID, "expired")
	if n := s.arrived("iwocapay", "cancel"); n != 1 {
		t.Errorf("the order was canceled %d times at the lender, want once", n)
	}

	before := s.advance(10 * day)
	s.wantTold(held.ID, "order.authorization_expiring", 1)
	s.wantStatus(held.ID, "authorized") // its lender cannot be asked
	gateway.kill()
	gateway = s.together()
	if now := s.advance(time.Second); now.Before(before) {
		t.Errorf("after a restart it is %s, and was %s before", now, before)
	}
	s.wantTold(lapsing.ID, "order.authorization_expiring", 0)
	s.wantStatus(lapsing.ID, "authorized")
	s.advance(15 * day)
	s.wantTold(lapsing.ID, "order.authorization_expiring", 1)
	s.advance(3 * day)
	s.wantStatus(lapsing.ID, "expired")
	s.wantTold(lapsing.ID, "order.authorization_expiring", 1)
	if open := s.wantNothingOpen(); open != 0 {
		t.Errorf("%d operations wait for a person", open)
	}
	s.wantEqualBooks()
	s.wantVerified()
	if err := gateway.stop(); err != nil {
		t.Errorf("the gateway ended with %v", err)
	}
}

func (s *site) wantStatus(order, want string) {
	s.t.Helper()
	if o := s.order(order); o.Status != want {
		s.t.Errorf("order %s at %s is %s, want %s; drift %v, history %v", o.ID, o.Provider, o.Status, want, o.Drift, s.history(o.ID))
	}
}

// wantTold counts events of a type in an order's history.
func (s *site) wantTold(order, event string, want int) {
	s.t.Helper()
	history := s.history(order)
	if got := len(slices.DeleteFunc(slices.Clone(history), func(e string) bool { return e != event })); got != want {
		s.t.Errorf("%s was told %d times, want %d: %v", event, got, want, history)
	}
}

// TestTheClockWaitsForASlowLender: a call that is under way is over before time goes on.
func TestTheClockWaitsForASlowLender(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.tune(hurried...)
	s.together()
	order := s.authorized(1)[0]
	s.control("POST", "faults", `{"lender":"creditkey","operation":"capture","fault":"slow","times":1,"delay":"1s"}`, nil)
	var running sync.WaitGroup
	running.Go(func() { _, _, _ = s.ask("POST", "/v1/orders/"+order.ID+"/capture", "") })
	s.until("the call has reached the lender", func() bool { return s.arrived("creditkey", "capture") > 0 })
	s.advance(31 * day)
	s.wantStatus(order.ID, "captured") // and did not lapse under the call
	running.Wait()
	s.wantEqualBooks()
}

// TestTwoAdvancesAtOnceAddUp: each moves time by what it says.
func TestTwoAdvancesAtOnceAddUp(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.together()
	s.authorized(3)
	before := s.advance(time.Second)
	var running sync.WaitGroup
	for range 4 {
		running.Go(func() {
			if r, err := s.send("", "", http.MethodPost, "/clock/advance", `{"by":"240h"}`); err != nil || r.status != http.StatusOK {
				t.Errorf("status %d %s %v", r.status, r.body, err)
			}
		})
	}
	running.Wait()
	after := s.advance(time.Second)
	if passed := after.Sub(before); passed < 40*day || passed > 40*day+time.Minute {
		t.Errorf("four times ten days made %s", passed)
	}
	for _, o := range s.orders() {
		s.wantStatus(o.ID, "expired")
	}
	s.wantEqualBooks()
	s.wantVerified()
}

// TestTimePassesWhileMerchantsWork: advances, again and again, under load and with lenders that misbehave.
func TestTimePassesWhileMerchantsWork(t *testing.T) {
	t.Parallel()
	h := harness{
		name: "process-clock", short: 1, some: []string{"advances", "answers", "requests", "movements at lenders", "operations found out about"},
		never: []string{"promises broken", "books that differ"}, rare: []string{"left to a person", "ended by an operator", "requests cut off"},
	}
	h.run(t, func(t *testing.T, seed uint64, long bool, counts map[string]int64) {
		s := newSite(t)
		s.tune(hurried...)
		b := &battle{counts: counts, gateway: s.together()}
		// Time does not go on before the calls that are under way are over: a slow lender would only slow it down.
		quick := strings.Replace(honestFaults, `"slow",`, "", 1)
		s.control("PUT", "chaos", fmt.Sprintf(`{"seed":%d,"percent":12,"faults":%s}`, seed, quick), nil)
		b.merchants = s.work(seed, 2)
		steps := []time.Duration{time.Second, 10 * time.Second, time.Minute, 10 * time.Minute}
		if long {
			steps = append(steps, time.Hour, time.Second, time.Minute, time.Hour)
		}
		for _, by := range steps {
			s.advance(by)
			counts["advances"]++
			b.await(20)
		}
		b.stop()
		s.calm()
		b.judge(false)
	})
}

func TestTheClockIsTheSandboxesAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.lend()
	apart := s.apart()
	s.must(http.StatusNotFound, "POST", "/clock/advance", `{"by":"1h"}`)
	apart.kill()
	text, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	write(t, s.config, string(text[:strings.Index(string(text), "\nproviders:")]))
	start(t, "serve", "--config", s.config, "--data", s.data, "--address", s.address)
	s.must(http.StatusOK, "GET", "/v1/orders", "")
	s.must(http.StatusNotFound, "POST", "/clock/advance", `{"by":"1h"}`)
}
