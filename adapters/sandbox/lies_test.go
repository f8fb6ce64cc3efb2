package sandbox_test

import (
	"net/http"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/creditkey"
	"github.com/lendgate/lendgate/adapters/sandbox/iwocapay"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// readOf opens an order at a lender and returns a way to read it.
func readOf(t *testing.T, w *sandbox.World, name string) func() (lender.Reply, sandbox.Fate) {
	t.Helper()
	v := visitOf(name, "read")
	s := newShop(t, w, name)
	s.prepare(v)
	return func() (lender.Reply, sandbox.Fate) { return w.Handle(noon, name, v.make(s)) }
}

func TestLiesVary(t *testing.T) {
	w := newWorld(t, sandbox.Defaults(), nil)
	read := readOf(t, w, "ecster")
	truth, _ := read()
	for _, fault := range []string{"lie_status", "wrong_amount", "wrong_currency"} {
		setFault(t, w, sandbox.Fault{Lender: "ecster", Operation: "read", Fault: fault, Times: 6})
		told := map[string]bool{string(truth.Body): true}
		for range 6 {
			reply, fate := read()
			if told[string(reply.Body)] && len(told) == 1 || fate.Fault != fault {
				t.Errorf("%s: %s", fate.Fault, reply.Body)
			}
			told[string(reply.Body)] = true
		}
		if len(told) < 4 {
			t.Errorf("%s: only %d different lies in six", fault, len(told)-1)
		}
	}
	if again, _ := read(); string(again.Body) != string(truth.Body) {
		t.Error("a lie became true:", cmp.Diff(string(truth.Body), string(again.Body)))
	}
}

func TestALieIsSignedLikeTheTruth(t *testing.T) {
	w := newWorld(t, sandbox.Defaults(), nil)
	read := readOf(t, w, "iwocapay")
	setFault(t, w, sandbox.Fault{Lender: "iwocapay", Operation: "read", Fault: "strange_word"})
	reply, fate := read()
	if got := reply.Header.Get("X-Iwocapay-Hmac-Sha256"); fate.Fault == "" || got != iwocapay.Sign("sandbox-seller-token", reply.Body) {
		t.Errorf("signed %q: %s", got, reply.Body)
	}
}

func TestARefusalHasNothingToLieAbout(t *testing.T) {
	for _, name := range []string{"creditkey", "ecster", "iwocapay", "cryptopay"} {
		for _, fault := range []string{"lie_status", "strange_word", "wrong_amount"} {
			t.Run(name+" "+fault, func(t *testing.T) {
				w := newWorld(t, sandbox.Defaults(), nil)
				v := visitOf(name, "read")
				r := newShop(t, w, name).prepare(v)
				r.Header = http.Header{}
				truth, _ := w.Handle(noon, name, r)
				setFault(t, w, sandbox.Fault{Lender: name, Operation: "read", Fault: fault})
				reply, fate := w.Handle(noon, name, r)
				if diff := cmp.Diff(string(truth.Body), string(reply.Body)); diff != "" || fate != (sandbox.Fate{}) || reply.Status < 400 {
					t.Errorf("%+v %s", fate, diff)
				}
			})
		}
	}
}

func TestAFaultForAnyOperationMeetsOnlyThoseItFits(t *testing.T) {
	w := newWorld(t, sandbox.Defaults(), nil)
	setFault(t, w, sandbox.Fault{Lender: "ecster", Fault: "wrong_currency"})
	s := newShop(t, w, "ecster")
	s.prepare(visitOf("ecster", "read"))
	if len(w.Faults()) != 1 {
		t.Fatal("it met an answer that names no currency")
	}
	if _, fate := w.Handle(noon, "ecster", visitOf("ecster", "read").make(s)); fate.Fault != "wrong_currency" {
		t.Errorf("the read met %q", fate.Fault)
	}
}

// more are answers of other shapes than those to the visits, with what comes before.
var more = []visit{
	{"creditkey", "read", []string{"create"}, "", func(*shop) lender.Request {
		return request("GET", "/app/ecomm/find_order_by_merchant_order_id?public_key=pub&shared_secret=priv&merchant_order_id=ref-1", "")
	}},
	{"ecster", "read", []string{"create", "act complete"}, "", func(*shop) lender.Request {
		return keyed("GET", "/v1/orders/?orderReference=ref-1", "")
	}},
	{"ecster", "refund", []string{"create", "act complete_swish"}, "", func(s *shop) lender.Request {
		order := s.send(keyed("GET", "/v1/orders/"+s.order(), ""))
		debit := regexp.MustCompile(`"id":"([0-9a-f]{20})","type":"DEBIT"`).FindSubmatch(order.Body)
		return keyed("POST", "/v1/orders/"+s.order()+"/refunds", `{"amount":1000,"debitTransaction":"`+string(debit[1])+`"}`)
	}},
	{"ecster", "read", []string{"create", "act complete_swish", "act credit"}, "", func(s *shop) lender.Request {
		return keyed("GET", "/v1/orders/"+s.order()+"/refunds/latest/status", "")
	}},
	{"cryptopay", "read", []string{"create"}, "", func(s *shop) lender.Request {
		return s.signed("GET", "/api/v1/orders", "")
	}},
	{"cryptopay", "read", []string{"create", "act pay", "refund"}, "", func(s *shop) lender.Request {
		return s.signed("GET", "/api/v1/orders/"+s.order(), "")
	}},
}

// Each row of a lender's lies is true of an answer to each of its operations.
func TestEveryPlaceForALieIsThere(t *testing.T) {
	open := func() *sandbox.World {
		lenders := sandbox.Defaults()
		lenders[0] = creditkey.New(creditkey.Settings{
			ClientID: "sandbox", ClientSecret: "sandbox-secret", PublicKey: "pub", SharedSecret: "priv",
		})
		return newWorld(t, lenders, nil)
	}
	answers := map[string][][]byte{}
	for _, v := range append(visits(), more...) {
		s := newShop(t, open(), v.lender)
		answers[v.String()] = append(answers[v.String()], s.send(s.prepare(v)).Body)
	}
	for _, l := range sandbox.Defaults() {
		for _, lie := range l.(lender.Liar).Lies() {
			for _, operation := range lie.Of {
				there := slices.ContainsFunc(answers[l.Name()+" "+operation], func(body []byte) bool {
					_, possible := lie.Tell(body, 0)
					return possible
				})
				if !there {
					t.Errorf("%s: no answer to %s names the %s at %s", l.Name(), operation, lie.Fact, lie.Path)
				}
			}
		}
	}
}
