package spendoption_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/adapters/sandbox/spendoption"
)

// good is an authorisation with every field and header filled in, which the lender takes.
func good() lender.Request {
	body := `{"amount":{"value":640.00,"currencyCode":"GBP"},"orderReference":"GW-1","description":"Garden table","verificationId":"idv-7"}`
	r := post(authorisation, body, "idempotency-key", "7b6e1c0a-2c5e-5c3c-9c3b-1b0e6b0b8a77", "client-session-id", "tab-1")
	r.Header.Set("Ocp-Apim-Subscription-Key", "sub-1")
	r.ClientCert = "newdaytech-mtls.shop.example"
	return r
}

func strict() spendoption.Settings {
	s := settings()
	s.SubscriptionKey, s.ClientCert, s.Customers = "sub-1", "newdaytech-mtls.shop.example", []string{"CUST-7"}
	return s
}

func without(header string) func(*lender.Request) {
	return func(r *lender.Request) { r.Header.Del(header) }
}

func with(header, value string) func(*lender.Request) {
	return func(r *lender.Request) { r.Header.Set(header, value) }
}

func swap(before, after string) func(*lender.Request) {
	return func(r *lender.Request) {
		changed := strings.Replace(string(r.Body), before, after, 1)
		if changed == string(r.Body) {
			panic(before + " is not in the body")
		}
		r.Body = []byte(changed)
	}
}

func path(to string) func(*lender.Request) { return func(r *lender.Request) { r.Path = to } }

func TestTheGoodRequestIsTaken(t *testing.T) {
	open(t, strict()).ask(201, good())
}

// spoiled lists what is wrong with a request, the status it gets and what the reply speaks of.
var spoiled = []struct {
	name   string
	change func(*lender.Request)
	status int
	says   string
}{
	{"no client certificate", func(r *lender.Request) { r.ClientCert = "" }, 403, "certificate"},
	{"another client certificate", func(r *lender.Request) { r.ClientCert = "other.example" }, 403, "certificate"},
	{"no subscription key", without("Ocp-Apim-Subscription-Key"), 401, `"statusCode":401`},
	{"a wrong subscription key", with("Ocp-Apim-Subscription-Key", "sub-2"), 401, `"statusCode":401`},
	{"no merchant", without("context-merchantId"), 401, "context-merchantId"},
	{"a wrong merchant", with("context-merchantId", tenant), 401, "context-merchantId"},
	{"no tenant", without("context-tenantId"), 401, "context-tenantId"},
	{"a wrong tenant", with("context-tenantId", merchant), 401, "context-tenantId"},
	{"no content type", without("Content-Type"), 415, "application/json"},
	{"a form", with("Content-Type", "application/x-www-form-urlencoded"), 415, "application/json"},
	{"a key that is no GUID", with("idempotency-key", "order-1"), 400, "idempotency-key"},
	{"a token nobody issued", with("sca-token", "sca-1"), 403, "sca-token"},
	{"another customer", path("/merchant/CUST-8/authorisation"), 404, "customerRef"},
	{"no customer", path("/merchant//authorisation"), 404, "path"},
	{"a path that goes on", path(authorisation + "/"), 404, "path"},
	{"the American path", path("/merchant/CUST-7/authorization"), 404, "path"},
	{"another method", func(r *lender.Request) { r.Method = http.MethodPut }, 405, "POST"},
	{"no body", func(r *lender.Request) { r.Body = nil }, 400, "JSON object"},
	{"a list", func(r *lender.Request) { r.Body = []byte(`[]`) }, 400, "JSON object"},
	{"null", func(r *lender.Request) { r.Body = []byte(`null`) }, 400, "JSON object"},
	{"two bodies", func(r *lender.Request) { r.Body = append(r.Body, r.Body...) }, 400, "JSON object"},
	{"no amount", swap(`"amount":{"value":640.00,"currencyCode":"GBP"},`, ``), 400, `"amount"`},
	{"a bare amount", swap(`{"value":640.00,"currencyCode":"GBP"}`, `640.00`), 400, `"amount.$"`},
	{"no value", swap(`"value":640.00,`, ``), 400, `"amount.value"`},
	{"a value in quotes", swap(`640.00`, `"640.00"`), 400, `"amount.value"`},
	{"three decimals", swap(`640.00`, `640.001`), 400, `"amount.value"`},
	{"an exponent", swap(`640.00`, `6.4e2`), 400, `"amount.value"`},
	{"a negative amount", swap(`640.00`, `-640.00`), 400, `"amount.value"`},
	{"nothing", swap(`640.00`, `0.00`), 400, `"amount.value"`},
	{"no currency", swap(`,"currencyCode":"GBP"`, ``), 400, `"amount.currencyCode"`},
	{"another currency", swap(`GBP`, `EUR`), 400, `"amount.currencyCode"`},
	{"a lower-case currency", swap(`GBP`, `gbp`), 400, `"amount.currencyCode"`},
	{"an unknown member of the amount", swap(`"currencyCode"`, `"scale":2,"currencyCode"`), 400, `"amount.scale"`},
	{"no orderReference", swap(`"orderReference":"GW-1",`, ``), 400, `"orderReference"`},
	{"an empty orderReference", swap(`GW-1`, ``), 400, `"orderReference"`},
	{"an orderReference of 51 characters", swap(`GW-1`, strings.Repeat("x", 51)), 400, `"orderReference"`},
	{"a number for orderReference", swap(`"GW-1"`, `1`), 400, `"orderReference"`},
	{"null for description", swap(`"Garden table"`, `null`), 400, `"description"`},
	{"a number for verificationId", swap(`"idv-7"`, `7`), 400, `"verificationId"`},
	{"an unknown field", swap(`"description"`, `"note":"x","description"`), 400, `"note"`},
	{"a field in other letters", swap(`"description"`, `"Description"`), 400, `"Description"`},
	{"a plan that is no GUID", swap(`"description"`, `"spendOptionId":"INST10","description"`), 400, `"spendOptionId"`},
	{"a plan of the other dialect", swap(`"description"`, `"treatmentId":"x","description"`), 400, `"treatmentId"`},
	{"a plan nobody was shown", swap(`"description"`, `"spendOptionId":"9c1f6a0e-74c2-4f0f-8f0d-0c6a54d1b9a3","description"`), 422, "spend option"},
}

func TestEveryChangeOfTheGoodRequestIsRefused(t *testing.T) {
	for _, test := range spoiled {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, strict())
			r := good()
			test.change(&r)
			reply := s.lender.Serve(s.now, r)
			if reply.Status != test.status || !strings.Contains(string(reply.Body), test.says) {
				t.Errorf("got %d %s, want %d about %s", reply.Status, reply.Body, test.status, test.says)
			}
			if moved := s.movements(); len(moved) > 0 {
				t.Errorf("moved %v", moved)
			}
		})
	}
}

func TestARefusalIsAProblem(t *testing.T) {
	s := open(t, settings())
	r := post(authorisation, `{"orderReference":"GW-1"}`)
	reply := s.lender.Serve(s.now, r)
	var problem struct {
		Type, Title, Detail, Instance, TraceID string
		Status                                 int
		Errors                                 map[string][]string
	}
	if err := json.Unmarshal(reply.Body, &problem); err != nil {
		t.Fatal(err)
	}
	if got := reply.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("content type %s", got)
	}
	if problem.Status != 400 || problem.Instance != authorisation || problem.TraceID == "" || len(problem.Errors["amount"]) != 1 {
		t.Errorf("got %+v", problem)
	}
}

func TestEveryOperationIsStrict(t *testing.T) {
	tests := []struct {
		name   string
		change func(*lender.Request)
		status int
	}{
		{"no amount", func(r *lender.Request) { r.Body = []byte(`{}`) }, 400},
		{"an unknown field", swap(`{"amount"`, `{"note":"x","amount"`), 400},
		{"another currency", swap("GBP", "USD"), 400},
		{"three decimals", swap(`"value":9`, `"value":9.001`), 400},
		{"no content type", without("Content-Type"), 415},
		{"no merchant", without("context-merchantId"), 401},
		{"no tenant", without("context-tenantId"), 401},
		{"another method", func(r *lender.Request) { r.Method = "GET" }, 405},
	}
	for i, row := range keyed(open(t, settings())) {
		for _, test := range tests {
			t.Run(row.name+" with "+test.name, func(t *testing.T) {
				s := open(t, settings())
				r := keyed(s)[i].request
				test.change(&r)
				before := len(s.movements())
				s.ask(test.status, r)
				if len(s.movements()) != before {
					t.Errorf("moved %v", s.movements())
				}
			})
		}
	}
}
