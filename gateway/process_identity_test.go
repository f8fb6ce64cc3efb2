package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/canonical"
)

// elsewhere is the same lender at another address: an operator knows that, the gateway does not.
func (s *site) elsewhere() (here, there string) {
	here = "base_url: http://" + s.lenders + "/creditkey"
	return here, strings.Replace(here, "127.0.0.1", "localhost", 1)
}

// fluxa is that provider's section, the last of the file.
func (s *site) fluxa() string {
	s.t.Helper()
	text := source(s.t, "providers.yaml")
	return strings.ReplaceAll(text[strings.Index(text, "\n  # Fluxa"):], "127.0.0.1:8081", s.lenders)
}

// accept is an operator's word that what the file says of a provider is right.
func (s *site) accept(provider string) {
	s.t.Helper()
	s.mustAs(s.operator, http.StatusNoContent, "POST", "/v1/providers/"+provider+"/accept", `{"reason":"ticket 8830"}`)
}

// TestAProviderWithOpenOrdersIsNotMovedByAReload: the file is refused as a whole with the orders that stand in the
// way, until an operator says that the lender is the same.
func TestAProviderWithOpenOrdersIsNotMovedByAReload(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	gateway := s.together()
	orders := s.authorized(12)
	config := s.configOf("creditkey-us")
	here, there := s.elsewhere()
	for _, change := range [][]string{
		{here, there}, {"client_id: sandbox\n", "client_id: shop-2\n"}, {"id: creditkey-us #", "id: creditkey-usa #"},
		{"mode: test # live", "mode: live # live", here, strings.Replace(here, "http:", "https:", 1)},
	} {
		s.reconfigure(gateway, refusedLine, append([]string{"rate: 50/s }", "rate: 60/s }"}, change...)...)
		if now := s.configOf("creditkey-us"); now != config {
			t.Errorf("%v: the hash is %s, want %s still", change, now, config)
		}
		back := []string{"rate: 60/s }", "rate: 50/s }"}
		for i := 0; i < len(change); i += 2 {
			back = append(back, change[i+1], change[i])
		}
		s.reconfigure(gateway, takenLine, back...)
	}
	s.reconfigure(gateway, refusedLine, here, there)
	s.must(http.StatusOK, "POST", "/v1/orders/"+orders[0].ID+"/capture", "") // at the lender as it was
	taken := s.looks(takenLine)
	s.accept("creditkey-us")
	s.until("what was refused is taken", func() bool { return s.looks(takenLine) > taken })
	s.must(http.StatusOK, "POST", "/v1/orders/"+orders[1].ID+"/capture", "")
	after := s.configOf("creditkey-us")
	told := s.told()
	want := []string{
		"provider.change_accepted the next configuration may speak to another lender: ticket 8830",
		fmt.Sprintf("provider.configured the configuration was %s and is %s; its orders stay", config, after),
	}
	if got := told[len(told)-2:]; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("told %q, want %q at the end", told, want)
	}
	s.reconfigure(gateway, refusedLine, there, here) // the word was for one change
	s.wantEqualBooks()
	s.wantVerified()
	if err := gateway.stop(); err != nil {
		t.Fatal(err)
	}
	line := gateway.logged(t, "the configuration is refused")
	for _, part := range append(ids(orders[2:]), "12 orders are open that were made with another base_url", "and 2 more", "/v1/providers/creditkey-us/accept") {
		if !strings.Contains(line, part) {
			t.Errorf("the alarm does not say %q: %s", part, line)
		}
	}
}

// TestAProviderWithoutOpenOrdersIsMovedAndRemoved: what is open elsewhere, or ended, is in nobody's way.
func TestAProviderWithoutOpenOrdersIsMovedAndRemoved(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	gateway := s.together()
	s.place("newday-uk", "FREE-1", "100.00")
	ended := s.authorized(1)[0]
	s.must(http.StatusOK, "POST", "/v1/orders/"+ended.ID+"/cancel", "")
	here, there := s.elsewhere()
	s.force("creditkey-us", `{"class":"reads","force":"open","reason":"they move"}`, http.StatusOK)
	s.reconfigure(gateway, takenLine, here, there)
	if b := s.breaker("creditkey-us", canonical.ReadsBreaker); b.State != canonical.CircuitOpen || !b.Forced {
		t.Errorf("the breaker of the lender that was moved to is not what an operator wants of it: %+v", b)
	}
	s.force("creditkey-us", `{"class":"reads","force":"auto","reason":"they have moved"}`, http.StatusOK)
	s.authorized(1)
	s.reconfigure(gateway, takenLine, s.fluxa(), "\n")
	if a := s.must(http.StatusBadRequest, "POST", "/v1/orders", tradeAt("fluxa").newOrder("FREE-2", "100.00")); a.Code != "invalid_request" {
		t.Errorf("an order at a provider that was removed: %+v", a)
	}
	want := "provider.configured removed from the configuration; it was "
	if told := s.told(); len(told) != 4 || !strings.HasPrefix(told[3], want) {
		t.Errorf("told %q, want at last %q", told, want)
	}
}

// offTo is why a provider is off as somebody reads it, "" where it is not.
func (s *site) offTo(who, provider string) string {
	s.t.Helper()
	return s.provider(who, provider).Off
}

// TestAStartWithAnotherLenderForOpenOrders switches off that one provider: a look-up at the wrong lender would
// find nothing there, and end a doubt falsely.
func TestAStartWithAnotherLenderForOpenOrders(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.tune(hurried...)
	gateway := s.together()
	orders := s.authorized(3)
	s.fault("creditkey", "capture", "lose_reply", 1)
	s.fault("creditkey", "read", "error_before", 1000)
	doubt := s.must(http.StatusAccepted, "POST", "/v1/orders/"+orders[0].ID+"/capture", "")
	gateway.kill()
	here, there := s.elsewhere()
	s.configure(here, there)
	gateway = s.together()
	reads := s.arrived("creditkey", "read")
	s.place("newday-uk", "OTHERS-1", "100.00")
	s.wantProblem("POST", "/v1/orders", tradeAt("creditkey-us").newOrder("SHUT-1", "100.00"), canonical.ProviderOff, canonical.NextOtherProvider)
	if off := s.offTo(s.operator, "creditkey-us"); !strings.Contains(off, "3 orders are open") || !strings.Contains(off, orders[2].ID) || !strings.Contains(off, "/accept") {
		t.Errorf("an operator reads %q", off)
	}
	if off := s.offTo(s.key, "creditkey-us"); off != "provider_off" {
		t.Errorf("a merchant reads %q", off)
	}
	if r, err := s.send(s.key, s.newKey(), "POST", "/v1/orders/"+orders[1].ID+"/capture", ""); err != nil || r.status != http.StatusServiceUnavailable || strings.Contains(string(r.body), orders[2].ID) {
		t.Errorf("a merchant is answered %d %s %v", r.status, r.body, err)
	}
	ill, _ := s.page("/metrics", "")
	wantShown(t, ill, `lendgate_provider_up{provider="creditkey-us"} 0`, `lendgate_provider_up{provider="newday-uk"} 1`)
	// Another change is taken, and the one provider stays as it is.
	s.reconfigure(gateway, takenLine, "timeouts: { connect: 1s", "timeouts: { connect: 2s")
	if op := s.operation(doubt.Operation.ID); !op.unresolved() || s.arrived("creditkey", "read") != reads {
		t.Errorf("the operation is %s, and the lender was read %d times", op.State, s.arrived("creditkey", "read")-reads)
	}
	s.control("DELETE", "faults", "", nil)
	taken := s.looks(takenLine)
	s.accept("creditkey-us")
	s.until("the provider is taken", func() bool { return s.looks(takenLine) > taken })
	if off := s.offTo(s.operator, "creditkey-us"); off != "" {
		t.Errorf("it is off still: %s", off)
	}
	s.must(http.StatusOK, "POST", "/v1/orders/"+orders[1].ID+"/capture", "")
	s.until("the doubt is over", func() bool { // a look-up of its own may be under way already
		s.must(http.StatusOK, "POST", "/v1/orders/"+orders[0].ID+"/sync", "")
		return s.order(orders[0].ID).Status == "captured"
	})
	s.wantEqualBooks()
	s.wantVerified()
}

// TestAStartWithoutAProviderThatHasOpenOrders: it is shown as switched off, loudly, and its orders wait until it
// is there again.
func TestAStartWithoutAProviderThatHasOpenOrders(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	gateway := s.together()
	order := s.must(http.StatusCreated, "POST", "/v1/orders", tradeAt("fluxa").newOrder("GONE-1", "120.00"))
	gateway.kill()
	section := s.fluxa()
	s.configure(section, "\n# end\n")
	gateway = s.together()
	if off := s.offTo(s.operator, "fluxa"); !strings.Contains(off, "not in the configuration any more") || !strings.Contains(off, order.ID) {
		t.Errorf("an operator reads %q", off)
	}
	ill, _ := s.page("/metrics", "")
	wantShown(t, ill, `lendgate_provider_up{provider="fluxa"} 0`)
	wantAlerts(t, ill, ill, `alertname="LendgateProviderOff",provider="fluxa"`)
	if got := s.order(order.ID).Status; got != "created" {
		t.Errorf("the order is %s", got)
	}
	s.reconfigure(gateway, takenLine, "rate: 50/s }", "rate: 60/s }")
	s.reconfigure(gateway, takenLine, "\n# end\n", section)
	s.act("cryptopay", order.ProviderOrder.ID, "pay")
	s.until("the payment is known", func() bool {
		return s.must(http.StatusOK, "POST", "/v1/orders/"+order.ID+"/sync", "").Status == "captured"
	})
	s.wantEqualBooks()
	s.wantVerified()
	if err := gateway.stop(); err != nil {
		t.Fatal(err)
	}
	var line struct{ Provider, Reason string }
	if err := json.Unmarshal([]byte(gateway.logged(t, "a provider is switched off")), &line); err != nil || line.Provider != "fluxa" || !strings.Contains(line.Reason, order.ID) {
		t.Errorf("logged %+v %v", line, err)
	}
}

// TestOneMerchantsAccountIsGuardedByItsOwnOrders: another account for a merchant is in the way of that merchant's
// open orders alone.
func TestOneMerchantsAccountIsGuardedByItsOwnOrders(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	gateway := s.together()
	const at = "    accepts: # what may be sent"
	own := func(merchant string) string {
		return "    merchants:\n      " + merchant + ":\n        settings:\n          client_id: other\n" + at
	}
	s.authorized(1) // of the merchant demo
	s.reconfigure(gateway, takenLine, at, own("acme"))
	s.reconfigure(gateway, refusedLine, "      acme:", "      demo:")
	s.reconfigure(gateway, takenLine, "      demo:", "      zenith:")
}
