package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/canonical"
)

// contractRoutes is every operation there is, and who may use it: any key, actors (all but read), the
// operator, or nobody in particular.
var contractRoutes = []struct{ method, path, who string }{
	{"POST", "/v1/offers", "actors"},
	{"GET", "/v1/offers/{id}", "any"},
	{"POST", "/v1/orders", "actors"},
	{"GET", "/v1/orders", "any"},
	{"GET", "/v1/orders/{id}", "any"},
	{"PATCH", "/v1/orders/{id}", "actors"},
	{"POST", "/v1/orders/{id}/authenticate", "actors"},
	{"POST", "/v1/orders/{id}/authorize", "actors"},
	{"POST", "/v1/orders/{id}/capture", "actors"},
	{"POST", "/v1/orders/{id}/cancel", "actors"},
	{"POST", "/v1/orders/{id}/refund", "actors"},
	{"POST", "/v1/orders/{id}/record", "actors"},
	{"POST", "/v1/orders/{id}/sync", "actors"},
	{"DELETE", "/v1/orders/{id}/customer", "actors"},
	{"GET", "/v1/orders/{id}/events", "any"},
	{"GET", "/v1/events", "any"},
	{"GET", "/v1/operations", "any"},
	{"GET", "/v1/operations/{id}", "any"},
	{"POST", "/v1/operations/{id}/resolve", "operator"},
	{"GET", "/v1/providers", "any"},
	{"GET", "/v1/providers/{id}", "any"},
	{"GET", "/v1/providers/{id}/orders", "operator"},
	{"POST", "/v1/providers/{id}/breaker", "operator"},
	{"POST", "/v1/providers/{id}/release", "operator"},
	{"POST", "/v1/providers/{id}/accept", "operator"},
	{"POST", "/v1/keys", "operator"},
	{"GET", "/v1/keys", "operator"},
	{"DELETE", "/v1/keys/{id}", "operator"},
	{"POST", "/notifications/{provider}", ""},
	{"POST", "/notifications/{provider}/{secret}", ""},
	{"GET", "/notifications/{provider}", ""},
	{"GET", "/notifications/{provider}/{secret}", ""},
	{"POST", "/clock/advance", ""},
	{"GET", "/livez", ""},
	{"GET", "/readyz", ""},
}

func TestTheDocumentHasTheRoutesOfTheContractAndNoOthers(t *testing.T) {
	var described, wanted []string
	for template, item := range readContract(t).doc["paths"].(map[string]any) {
		for method := range item.(map[string]any) {
			described = append(described, strings.ToUpper(method)+" "+template)
		}
	}
	for _, r := range contractRoutes {
		wanted = append(wanted, r.method+" "+r.path)
	}
	slices.Sort(described)
	slices.Sort(wanted)
	if !slices.Equal(described, wanted) {
		t.Errorf("got routes\n%s\nwant\n%s", strings.Join(described, "\n"), strings.Join(wanted, "\n"))
	}
}

// concrete is a route with an id of a thing that is there, and a body that fits.
func concrete(k *kit, method, path string) request {
	id := "ord_absent"
	switch {
	case strings.HasPrefix(path, "/v1/orders/"):
		id = k.created()
	case strings.HasPrefix(path, "/v1/operations/"):
		id = k.post("/v1/orders", simpleOrder).wants(http.StatusCreated).text("operation/id")
	case strings.HasPrefix(path, "/v1/offers/"):
		k.lender.show(canonical.Report{Finding: canonical.Found, Offers: []canonical.Offer{{Name: "Pay in 12"}}}, nil)
		id = k.post("/v1/offers", `{"amount": {"value": "10.00", "currency": "USD"}}`).wants(http.StatusOK).text("offers/0/id")
	case strings.HasPrefix(path, "/v1/providers/"):
		id = "alpha"
	}
	bodies := map[string]string{
		"/v1/offers": `{"amount": {"value": "10.00", "currency": "USD"}}`, "/v1/orders": simpleOrder,
		"/v1/orders/{id}": `{"metadata": {"colour": "red"}}`, "/v1/keys": `{"role": "read", "merchant": "demo"}`,
		"/v1/orders/{id}/record": `{"kind": "refund", "reason": "paid back"}`, "/v1/operations/{id}/resolve": `{"outcome": "failed", "reason": "the lender says so"}`,
		"/v1/providers/{id}/breaker": `{"class": "reads", "force": "open", "reason": "a test"}`,
		"/v1/providers/{id}/accept":  `{"reason": "they have moved"}`,
		"/v1/providers/{id}/release": `{"reason": "all is compared"}`, "/clock/advance": `{"by": "1h"}`, "/notifications/{provider}/{secret}": "L1",
	}
	r := request{method: method, path: strings.NewReplacer("{id}", id, "{provider}", "alpha", "{secret}", lenderProof).Replace(path)}
	if method != http.MethodGet {
		r.body = bodies[path]
	}
	return r
}

func TestEveryRouteRefusesWhoeverHasNoValidKey(t *testing.T) {
	k := newKit(t)
	for _, route := range contractRoutes {
		if route.who == "" {
			continue
		}
		r := concrete(k, route.method, route.path)
		for name, authorization := range map[string][]string{
			"no key":                   nil,
			"a key that is none":       {"Bearer lg_test_nothing_atall"},
			"a word":                   {"Bearer secret"},
			"another scheme":           {"Basic " + k.keys["merchant"]},
			"a key with one more byte": {"Bearer " + k.keys["operator"] + "x"},
			"two keys":                 {"Bearer " + k.keys["operator"], "Bearer " + k.keys["operator"]},
			"a revoked key":            {"Bearer " + k.keys["revoked"]},
			"a key of another mode's name": {
				"Bearer " + strings.Replace(k.keys["operator"], "lg_test_", "lg_live_", 1)},
		} {
			t.Run(route.method+" "+route.path+" with "+name, func(t *testing.T) {
				k.t = t
				r.header = http.Header{"Authorization": authorization}
				got := k.do(r).problem(canonical.Unauthenticated)
				if got.header.Get("WWW-Authenticate") == "" {
					t.Error("a 401 says how to prove oneself")
				}
			})
		}
	}
}

func TestEveryRouteKeepsToItsRoles(t *testing.T) {
	k := newKit(t)
	may := map[string][]string{
		"any": {"merchant", "read", "platform", "operator"}, "actors": {"merchant", "platform", "operator"}, "operator": {"operator"},
	}
	for _, route := range contractRoutes {
		for _, name := range []string{"read", "merchant", "platform", "operator"} {
			t.Run(name+" "+route.method+" "+route.path, func(t *testing.T) {
				k.t = t
				r := concrete(k, route.method, route.path)
				r.as = name
				r.header = http.Header{"Lendgate-Merchant": {"demo"}}
				got := k.do(r)
				forbidden := got.status == http.StatusForbidden
				if allowed := route.who == "" || slices.Contains(may[route.who], name); forbidden == allowed {
					t.Errorf("got %d: %s", got.status, got.body)
				}
				if forbidden {
					got.problem(canonical.Forbidden)
				}
			})
		}
	}
}

func TestWhatIsNotTheCallersIsNotThere(t *testing.T) {
	k := newKit(t)
	for _, route := range contractRoutes {
		if !strings.Contains(route.path, "{id}") || route.who == "operator" || strings.HasPrefix(route.path, "/v1/providers") {
			continue
		}
		for _, name := range []string{"other", "live", "live operator"} {
			t.Run(name+" "+route.method+" "+route.path, func(t *testing.T) {
				k.t = t
				r := concrete(k, route.method, route.path)
				r.as = name
				if name == "live operator" {
					r.header = http.Header{"Lendgate-Merchant": {"demo"}}
				}
				foreign := k.do(r).problem(canonical.NotFound)
				parts := strings.Split(r.path, "/")
				parts[3] = "ord_absent"
				r.path = strings.Join(parts, "/")
				absent := k.do(r).problem(canonical.NotFound)
				if foreign.text("title") != absent.text("title") || foreign.status != absent.status {
					t.Error("a foreign one and an absent one must look alike")
				}
			})
		}
	}
}

func TestProvidersAreThoseOfTheKeysMode(t *testing.T) {
	k := newKit(t)
	k.do(request{method: http.MethodGet, path: "/v1/providers/gamma", as: "merchant"}).problem(canonical.NotFound)
	k.do(request{method: http.MethodGet, path: "/v1/providers/gamma", as: "live"}).wants(http.StatusOK)
	k.do(request{method: http.MethodGet, path: "/v1/providers/gamma/orders", as: "operator"}).problem(canonical.NotFound)
}

func TestAMerchantIsNamedWhereTheKeyIsNobodysOwn(t *testing.T) {
	k := newKit(t)
	id := k.created()
	cases := []struct {
		name     string
		as       string
		merchant []string
		method   string
		path     string
		want     int
	}{
		{"a platform names one", "platform", []string{"demo"}, "GET", "/v1/orders/" + id, 200},
		{"a platform that names another finds nothing", "platform", []string{"acme"}, "GET", "/v1/orders/" + id, 404},
		{"a platform that names none is refused", "platform", nil, "GET", "/v1/orders/" + id, 400},
		{"an operator may name one", "operator", []string{"demo"}, "GET", "/v1/orders/" + id, 200},
		{"an operator that names another finds nothing", "operator", []string{"acme"}, "GET", "/v1/orders/" + id, 404},
		{"an operator reads without naming one", "operator", nil, "GET", "/v1/orders/" + id, 200},
		{"an operator names one to act", "operator", nil, "POST", "/v1/orders/" + id + "/authorize", 400},
		{"two names are refused", "platform", []string{"demo", "acme"}, "GET", "/v1/orders/" + id, 400},
		{"what cannot be a merchant is refused", "platform", []string{"De mo"}, "GET", "/v1/orders/" + id, 400},
		{"a merchant may name itself", "merchant", []string{"demo"}, "GET", "/v1/orders/" + id, 200},
		{"a merchant may name nobody else", "merchant", []string{"acme"}, "GET", "/v1/orders/" + id, 403},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			k.t = t
			got := k.do(request{method: c.method, path: c.path, as: c.as, header: http.Header{"Lendgate-Merchant": c.merchant}}).wants(c.want)
			if c.want == http.StatusBadRequest {
				if got := got.pointers(); !slices.Equal(got, []string{"Lendgate-Merchant"}) {
					t.Errorf("got mistakes at %v", got)
				}
			}
		})
	}
}

func TestAnOperatorMakesListsAndEndsKeys(t *testing.T) {
	k := newKit(t)
	made := k.do(request{method: http.MethodPost, path: "/v1/keys", as: "operator", body: `{"role": "read", "merchant": "demo", "name": "ledger"}`}).wants(http.StatusCreated)
	k.keys["made"] = made.text("key")
	if !strings.HasPrefix(k.keys["made"], "lg_test_") {
		t.Fatalf("got key %s", k.keys["made"])
	}
	k.do(request{method: http.MethodGet, path: "/v1/orders", as: "made"}).wants(http.StatusOK)

	list := k.do(request{method: http.MethodGet, path: "/v1/keys", as: "operator"}).wants(http.StatusOK)
	if !strings.Contains(string(list.body), made.text("id")) || strings.Contains(string(list.body), k.keys["made"]) || strings.Contains(string(list.body), "hash") {
		t.Errorf("the list must have the key's id and nothing that proves it: %s", list.body)
	}
	if strings.Contains(string(list.body), `"live"`) {
		t.Errorf("a test key sees no live keys: %s", list.body)
	}

	end := request{method: http.MethodDelete, path: "/v1/keys/" + made.text("id"), as: "operator"}
	k.do(request{method: end.method, path: end.path, as: "live operator"}).problem(canonical.NotFound)
	k.do(end).wants(http.StatusNoContent)
	k.do(request{method: http.MethodGet, path: "/v1/orders", as: "made"}).problem(canonical.Unauthenticated)
}

func TestAKeyMakesNoKeyOfAnotherMode(t *testing.T) {
	k := newKit(t)
	k.do(request{method: http.MethodPost, path: "/v1/keys", as: "operator", body: `{"role": "operator", "mode": "live"}`}).problem(canonical.Forbidden)
	wrong := k.do(request{method: http.MethodPost, path: "/v1/keys", as: "operator", body: `{"role": "merchant"}`}).problem(canonical.InvalidRequest)
	if got := wrong.pointers(); !slices.Equal(got, []string{"/merchant"}) {
		t.Errorf("got mistakes at %v", got)
	}
}
