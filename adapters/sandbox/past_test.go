package sandbox_test

import (
	"strings"
	"testing"

	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

func staleRead(t *testing.T, w *sandbox.World, name string, r lender.Request) lender.Reply {
	t.Helper()
	setFault(t, w, sandbox.Fault{Lender: name, Operation: "read", Fault: "stale"})
	reply, _ := w.Handle(noon, name, r)
	return reply
}

func TestAStaleReadIsFromBeforeTheLastChangeOfItsOrder(t *testing.T) {
	const creditkeyCreate = `{"company_id":"10042","amount":70.00,"merchant_order_id":"ref-7"}`
	tests := []struct {
		name  string
		after func(*shop) // what happens to the lender after the authorization of the first order
		want  string
	}{
		{"nothing else", func(*shop) {}, `"status":"CREATED"`},
		{"another order is made", func(s *shop) { s.send(s.bearing("POST", "/v1/order", creditkeyCreate)) }, `"status":"CREATED"`},
		{"staff capture it", func(s *shop) { s.step("act capture") }, `"status":"AUTHORIZED"`},
		{"a change of it is refused", func(s *shop) { s.send(s.bearing("PATCH", "/v1/order/"+s.first(), `{"status":"CREATED"}`)) }, `"status":"CREATED"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, sandbox.Defaults(), nil)
			s := newShop(t, w, "creditkey")
			s.step("create")
			s.step("authorize")
			tt.after(s)
			read := s.bearing("GET", "/v1/order/"+s.first(), "")
			if reply := staleRead(t, w, "creditkey", read); !strings.Contains(string(reply.Body), tt.want) {
				t.Errorf("%s, want %s", reply.Body, tt.want)
			}
			if reply, _ := w.Handle(noon, "creditkey", read); strings.Contains(string(reply.Body), tt.want) {
				t.Errorf("the next read is stale too: %s", reply.Body)
			}
		})
	}
}

func TestAStaleReadOfWhatWasJustMadeFindsNothing(t *testing.T) {
	tests := []struct {
		lender string
		before []string
		read   func(*shop) lender.Request
		status int
		body   string
	}{
		{"creditkey", []string{"create"}, visitOf("creditkey", "read").make, 404, ""},
		{"iwocapay", []string{"create"}, visitOf("iwocapay", "read").make, 404, ""},
		{"cryptopay", []string{"create"}, visitOf("cryptopay", "read").make, 404, ""},
		{"ecster", []string{"create", "act complete"}, func(*shop) lender.Request { return keyed("GET", "/v1/orders/?orderReference=ref-1", "") }, 200, "[]"},
	}
	for _, tt := range tests {
		t.Run(tt.lender, func(t *testing.T) {
			w := newWorld(t, sandbox.Defaults(), nil)
			s := newShop(t, w, tt.lender)
			for _, step := range tt.before {
				s.step(step)
			}
			reply := staleRead(t, w, tt.lender, tt.read(s))
			if reply.Status != tt.status || !strings.Contains(string(reply.Body), tt.body) {
				t.Errorf("%d %s", reply.Status, reply.Body)
			}
		})
	}
}

func TestAnActIsAChangeOfTheOrderItNamesOrMovesMoneyOf(t *testing.T) {
	tests := []struct {
		name, lender string
		before       []string
		act          func(*shop, string) lender.Act // the string is the cart's key
		want         string
	}{
		{"named by its reference, no money moved", "creditkey", []string{"create"},
			func(*shop, string) lender.Act { return lender.Act{Order: "ref-1", Do: "leave"} }, `"status":"CREATED"`},
		{"named by its id, no money moved", "iwocapay", []string{"create"},
			func(s *shop, _ string) lender.Act { return lender.Act{Order: s.order(), Do: "begin"} }, `"status":"CREATED"`},
		{"named by its cart, money moved", "ecster", []string{"create", "act complete"},
			func(_ *shop, cart string) lender.Act { return lender.Act{Order: cart, Do: "debit", Amount: "10"} }, `"status":"READY"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, sandbox.Defaults(), nil)
			s := newShop(t, w, tt.lender)
			s.step(tt.before[0])
			cart := s.order()
			for _, step := range tt.before[1:] {
				s.step(step)
			}
			if err := w.Act(tt.lender, tt.act(s, cart)); err != nil {
				t.Fatal(err)
			}
			if reply := staleRead(t, w, tt.lender, visitOf(tt.lender, "read").make(s)); !strings.Contains(string(reply.Body), tt.want) {
				t.Errorf("%s, want %s", reply.Body, tt.want)
			}
		})
	}
}

// A look finds an ongoing refund done; a stale look does not reach the lender.
func TestAStaleReadChangesNothing(t *testing.T) {
	w := newWorld(t, sandbox.Defaults(), nil)
	s := newShop(t, w, "ecster")
	s.step("create")
	s.step("act complete_swish")
	s.step("act credit")
	look := keyed("GET", "/v1/orders/"+s.order()+"/refunds/latest/status", "")
	staleRead(t, w, "ecster", look)
	if w.Orders("ecster")[0].Refunded != "0.00" {
		t.Error("the stale look finished the refund")
	}
	w.Handle(noon, "ecster", look)
	if w.Orders("ecster")[0].Refunded != "100.00" {
		t.Error("the look did not finish the refund")
	}
}
