package sandbox_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// visit is one request that a shop can make at a default lender.
type visit struct {
	lender, operation string
	before            []string // operations that come first, and what people do, as "act complete"
	names             string   // the facts in its answer
	make              func(*shop) lender.Request
}

func (v visit) String() string { return v.lender + " " + v.operation }

// visits are all operations of all default lenders.
func visits() []visit {
	return []visit{
		{"creditkey", "token", nil, "", func(*shop) lender.Request {
			return request("POST", "/auth/login", `{"client_id":"sandbox","client_secret":"sandbox-secret"}`)
		}},
		{"creditkey", "create", nil, "status amount", func(s *shop) lender.Request {
			return s.bearing("POST", "/v1/order", `{"company_id":"10042","amount":100.00,"merchant_order_id":"ref-1"}`)
		}},
		{"creditkey", "update", []string{"create"}, "status amount", func(s *shop) lender.Request {
			return s.bearing("PATCH", "/v1/order/"+s.order(), `{"merchant_order_id":"ref-2"}`)
		}},
		{"creditkey", "authorize", []string{"create"}, "status amount", func(s *shop) lender.Request {
			return s.bearing("PATCH", "/v1/order/"+s.order(), `{"status":"AUTHORIZED","installments":12}`)
		}},
		{"creditkey", "capture", []string{"create", "authorize"}, "status amount", func(s *shop) lender.Request {
			return s.bearing("PATCH", "/v1/order/"+s.order(), `{"status":"CAPTURED"}`)
		}},
		{"creditkey", "cancel", []string{"create", "authorize"}, "status amount", func(s *shop) lender.Request {
			return s.bearing("PATCH", "/v1/order/"+s.order(), `{"status":"CANCELED"}`)
		}},
		{"creditkey", "refund", []string{"create", "authorize", "capture"}, "status amount", func(s *shop) lender.Request {
			return s.bearing("PATCH", "/v1/order/"+s.order()+"/refund", `{"amount":40.00}`)
		}},
		{"creditkey", "read", []string{"create", "authorize", "capture"}, "status amount stale", func(s *shop) lender.Request {
			return s.bearing("GET", "/v1/order/"+s.order(), "")
		}},

		{"spendoption", "offers", nil, "status amount currency", func(*shop) lender.Request {
			return inContext("GET", "/merchant/CUST-7/spend-options?basketAmount=300.00", "")
		}},
		{"spendoption", "authenticate", nil, "status", func(*shop) lender.Request {
			return inContext("POST", "/merchant/CUST-7/initiate", `{"amount":{"value":300,"currencyCode":"GBP"},"orderReference":"ref-1"}`)
		}},
		{"spendoption", "authorize", nil, "status", func(*shop) lender.Request {
			return inContext("POST", "/merchant/CUST-7/authorisation", `{"amount":{"value":300,"currencyCode":"GBP"},"orderReference":"ref-1"}`)
		}},
		{"spendoption", "capture", []string{"authorize"}, "", func(s *shop) lender.Request {
			r := inContext("POST", "/merchant/CUST-7/authorisation/"+s.order()+"/settle", `{"amount":{"value":80,"currencyCode":"GBP"},"description":"cap-1"}`)
			r.Header.Set("Idempotency-Key", "5f0c7d1e-52a5-4d0b-9a54-6f2f5f0c9e21")
			return r
		}},
		{"spendoption", "cancel", []string{"authorize"}, "amount currency", func(s *shop) lender.Request {
			return inContext("POST", "/merchant/CUST-7/authorisation/"+s.order()+"/reverse", `{"amount":{"value":100,"currencyCode":"GBP"}}`)
		}},
		{"spendoption", "refund", []string{"authorize", "capture"}, "", func(s *shop) lender.Request {
			return inContext("POST", "/merchant/CUST-7/transaction/"+s.learned("transactionId")+"/refund", `{"amount":{"value":30,"currencyCode":"GBP"}}`)
		}},

		{"ecster", "create", nil, "", func(*shop) lender.Request {
			return keyed("POST", "/v1/carts", strings.Replace(ecsterCart, `{`, `{"notificationUrl":"http://gateway.example/ecster",`, 1))
		}},
		{"ecster", "update", []string{"create", "act complete"}, "", func(s *shop) lender.Request {
			return keyed("PUT", "/v1/orders/"+s.order()+"/orderReference", `{"orderReference":"ref-2"}`)
		}},
		{"ecster", "capture", []string{"create", "act complete"}, "status amount", func(s *shop) lender.Request {
			return keyed("POST", "/v1/orders/"+s.order()+"/transactions", ecsterMove("DEBIT", 4000, ""))
		}},
		{"ecster", "cancel", []string{"create", "act complete"}, "status amount", func(s *shop) lender.Request {
			return keyed("POST", "/v1/orders/"+s.order()+"/transactions", `{"type":"ANNUL"}`)
		}},
		{"ecster", "refund", []string{"create", "act complete", "capture"}, "status amount", func(s *shop) lender.Request {
			debit := `,"debitTransaction":"` + s.learned("transaction", "id") + `"`
			return keyed("POST", "/v1/orders/"+s.order()+"/transactions", ecsterMove("CREDIT", 1000, debit))
		}},
		{"ecster", "read", []string{"create", "act complete", "capture"}, "status amount currency stale", func(s *shop) lender.Request {
			return keyed("GET", "/v1/orders/"+s.order(), "")
		}},

		{"iwocapay", "create", nil, "status amount", func(*shop) lender.Request {
			return selling("POST", "/api/lending/edge/ecommerce/seller/"+seller+"/order/",
				`{"data":{"amount":100.0,"reference":"ref-1","webhook_url":"http://gateway.example/iwocapay"}}`)
		}},
		{"iwocapay", "cancel", []string{"create"}, "", func(s *shop) lender.Request {
			return selling("DELETE", "/api/iwocapay/ecommerce/seller/"+seller+"/order/"+s.order()+"/", "")
		}},
		{"iwocapay", "read", []string{"create", "act complete"}, "status amount stale", func(s *shop) lender.Request {
			return selling("GET", "/api/iwocapay/ecommerce/seller/"+seller+"/order/"+s.order()+"/", "")
		}},

		{"cryptopay", "create", nil, "status amount currency", func(s *shop) lender.Request {
			return s.signed("POST", "/api/v1/charges", `{"merchant_order_id":"ref-1","amount":"100.00","currency":"USD","channel":"mock","expires_in_seconds":1800}`)
		}},
		{"cryptopay", "refund", []string{"create", "act pay"}, "status amount currency", func(s *shop) lender.Request {
			return s.signed("POST", "/api/v1/orders/"+s.order()+"/refund", `{"amount":"30.00"}`)
		}},
		{"cryptopay", "read", []string{"create", "act pay"}, "status amount currency stale", func(s *shop) lender.Request {
			return s.signed("GET", "/api/v1/orders/"+s.order(), "")
		}},
	}
}

const seller = "2f0c6f5e-0d5b-4b1e-9a63-5c2b7f6d1a90"

func visitOf(name, operation string) visit {
	for _, v := range visits() {
		if v.lender == name && v.operation == operation {
			return v
		}
	}
	panic(name + " has no " + operation)
}

// shop is a merchant's system at one lender. It learns from answers what its next requests need.
type shop struct {
	t      *testing.T
	world  *sandbox.World
	lender string
	now    time.Time
	stamps int64
	reply  lender.Reply // the last, of those it learns from
}

func newShop(t *testing.T, w *sandbox.World, name string) *shop {
	t.Helper()
	return &shop{t: t, world: w, lender: name, now: noon}
}

// prepare does all that comes before a visit, and returns its request.
func (s *shop) prepare(v visit) lender.Request {
	s.t.Helper()
	for _, step := range v.before {
		s.step(step)
	}
	return v.make(s)
}

func (s *shop) step(step string) {
	s.t.Helper()
	if do, acts := strings.CutPrefix(step, "act "); acts {
		if err := s.world.Act(s.lender, lender.Act{Order: "ref-1", Do: do}); err != nil {
			s.t.Fatal(err)
		}
		return
	}
	s.reply, _ = s.world.Handle(s.now, s.lender, visitOf(s.lender, step).make(s))
	if s.reply.Status >= 300 {
		s.t.Fatalf("%s %s: %d %s", s.lender, step, s.reply.Status, s.reply.Body)
	}
}

// order is the lender's id of the newest order.
func (s *shop) order() string {
	s.t.Helper()
	known := s.world.Orders(s.lender)
	if len(known) == 0 {
		s.t.Fatalf("%s knows no order", s.lender)
	}
	return known[len(known)-1].ID
}

// first is the lender's id of the oldest order.
func (s *shop) first() string { return s.world.Orders(s.lender)[0].ID }

func (s *shop) send(r lender.Request) lender.Reply {
	reply, _ := s.world.Handle(s.now, s.lender, r)
	return reply
}

// learned reads a text out of the last answer.
func (s *shop) learned(path ...string) string {
	s.t.Helper()
	var said any
	if err := json.Unmarshal(s.reply.Body, &said); err != nil {
		s.t.Fatalf("%s: %v", s.reply.Body, err)
	}
	for _, name := range path {
		members, _ := said.(map[string]any)
		said = members[name]
	}
	text, is := said.(string)
	if !is {
		s.t.Fatalf("no %v in %s", path, s.reply.Body)
	}
	return text
}

func request(method, path, body string, header ...string) lender.Request {
	path, query, _ := strings.Cut(path, "?")
	r := lender.Request{Method: method, Path: path, RawQuery: query, Header: http.Header{}, Body: []byte(body)}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

// bearing has a token of its own. It comes from another creditkey: no creditkey remembers its tokens.
func (s *shop) bearing(method, path, body string) lender.Request {
	another := shop{t: s.t, reply: sandbox.Defaults()[0].Serve(s.now, visitOf("creditkey", "token").make(s))}
	return request(method, path, body, "Authorization", "Bearer "+another.learned("access_token"))
}

func inContext(method, path, body string) lender.Request {
	return request(method, path, body, "Context-Merchantid", "0d4c7d1e-52a5-4d0b-9a54-6f2f5f0c9e21", "Context-Tenantid", "tn-sandbox")
}

func keyed(method, path, body string) lender.Request {
	return request(method, path, body, "X-Api-Key", "sandbox-api-key", "X-Merchant-Key", "10045127")
}

func ecsterMove(kind string, amount int, more string) string {
	return fmt.Sprintf(`{"type":%q,"amount":%d,"transactionReference":"move-1","rows":[{"name":"Kettle","quantity":1,"unitAmount":%d,"vatRate":2500}]%s}`, kind, amount, amount, more)
}

func selling(method, path, body string) lender.Request {
	return request(method, path, body, "Authorization", "Bearer sandbox-seller-token")
}

// signed is a request to cryptopay, never two with one time stamp.
func (s *shop) signed(method, path, body string) lender.Request {
	s.stamps++
	stamp, sum := fmt.Sprint(s.now.Unix()+s.stamps), sha256.Sum256([]byte(body))
	mac := hmac.New(sha256.New, []byte("sk_test_sandbox"))
	fmt.Fprintf(mac, "%s\n/cryptopay%s\n\n%s\n%x", method, path, stamp, sum)
	return request(method, path, body, "X-Api-Key", "pk_test_sandbox", "X-Timestamp", stamp, "X-Signature", hex.EncodeToString(mac.Sum(nil)))
}

func TestEveryVisitSucceeds(t *testing.T) {
	for _, v := range visits() {
		t.Run(v.String(), func(t *testing.T) {
			w := newWorld(t, sandbox.Defaults(), nil)
			r := newShop(t, w, v.lender).prepare(v)
			if reply, fate := w.Handle(noon, v.lender, r); reply.Status >= 300 || fate != (sandbox.Fate{}) {
				t.Errorf("%d %s", reply.Status, reply.Body)
			}
			arrived := w.Arrivals(v.lender, r.Path)
			if last := arrived[len(arrived)-1]; last.Operation != v.operation {
				t.Errorf("the lender calls it %q", last.Operation)
			}
		})
	}
}
