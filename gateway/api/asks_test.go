package api_test

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/lendgate/lendgate/canonical"
)

// ask is a request of the right shape that nothing and nobody can do.
type ask struct {
	name   string
	method string
	path   string // with {name} for an id of the world
	as     string
	body   string
	kinds  []canonical.Kind
	at     string // of the mistake; "": nowhere in particular
	key    string // idempotency key; "": a fresh one
}

var asks = []ask{
	{name: "an order with a provider that is none", path: "/v1/orders", body: `{"provider": "nobody", "amount": {"value": "10.00", "currency": "USD"}}`, kinds: []canonical.Kind{canonical.InvalidRequest, canonical.NotFound, canonical.NoProvider}},
	{name: "an order with another mode's provider", path: "/v1/orders", body: `{"provider": "gamma", "amount": {"value": "10.00", "currency": "USD"}}`, kinds: []canonical.Kind{canonical.InvalidRequest, canonical.NotFound, canonical.NoProvider}},
	{name: "an order of too many decimals", path: "/v1/orders", body: `{"provider": "alpha", "amount": {"value": "10.001", "currency": "USD"}}`, kinds: invalid},
	{name: "an order of nothing", path: "/v1/orders", body: `{"provider": "alpha", "amount": {"value": "0.00", "currency": "USD"}}`, kinds: invalid},
	{name: "an order of no currency", path: "/v1/orders", body: `{"provider": "alpha", "amount": {"value": "10.00", "currency": "QQQ"}}`, kinds: invalid},
	{name: "an order in a currency that is not accepted", path: "/v1/orders", body: `{"provider": "alpha", "amount": {"value": "10.00", "currency": "GBP"}}`, kinds: []canonical.Kind{canonical.InvalidRequest, canonical.NoProvider}},
	{name: "an order too small", path: "/v1/orders", body: `{"provider": "alpha", "amount": {"value": "0.50", "currency": "USD"}}`, kinds: []canonical.Kind{canonical.InvalidRequest, canonical.NoProvider}},
	{name: "an order without an amount", path: "/v1/orders", body: `{"provider": "alpha"}`, kinds: invalid},
	{name: "an order of another merchant's offer", path: "/v1/orders", body: `{"offer": "{acme offer}"}`, kinds: []canonical.Kind{canonical.InvalidRequest, canonical.NotFound}},
	{name: "an order whose lines do not sum up", path: "/v1/orders", body: `{"provider": "alpha", "amount": {"value": "10.00", "currency": "USD"}, "lines": [{"name": "x", "quantity": "1", "unit_amount": "9.00"}]}`, kinds: invalid},
	{name: "an order with an option nobody declared", path: "/v1/orders", body: `{"provider": "alpha", "amount": {"value": "10.00", "currency": "USD"}, "provider_options": {"colour": "red"}}`, kinds: invalid, at: "/provider_options/colour"},
	{name: "an order with an option of another type", path: "/v1/orders", body: `{"provider": "alpha", "amount": {"value": "10.00", "currency": "USD"}, "provider_options": {"number": "7"}}`, kinds: invalid, at: "/provider_options/number"},
	{name: "an order that comes back to no https", path: "/v1/orders", body: `{"provider": "alpha", "amount": {"value": "10.00", "currency": "USD"}, "return_url": "http://shop.example"}`, kinds: invalid},
	{name: "a capture before anything is authorized", path: "/v1/orders/{created}/capture", kinds: []canonical.Kind{canonical.OperationNotAllowed}},
	{name: "a capture of too much", path: "/v1/orders/{order}/capture", body: `{"amount": {"value": "100.01", "currency": "USD"}}`, kinds: []canonical.Kind{canonical.AmountExceeded}},
	{name: "a capture in another currency", path: "/v1/orders/{order}/capture", body: `{"amount": {"value": "10.00", "currency": "EUR"}}`, kinds: invalid},
	{name: "a capture of nothing", path: "/v1/orders/{order}/capture", body: `{"amount": {"value": "0", "currency": "USD"}}`, kinds: invalid},
	{name: "a second capture of all", path: "/v1/orders/{captured}/capture", kinds: []canonical.Kind{canonical.OperationNotAllowed, canonical.AmountExceeded}},
	{name: "a cancel of what is captured", path: "/v1/orders/{captured}/cancel", kinds: []canonical.Kind{canonical.OperationNotAllowed, canonical.AmountExceeded}},
	{name: "a refund before a capture", path: "/v1/orders/{order}/refund", kinds: []canonical.Kind{canonical.OperationNotAllowed, canonical.AmountExceeded}},
	{name: "a refund of too much", path: "/v1/orders/{captured}/refund", body: `{"amount": {"value": "100.01", "currency": "USD"}}`, kinds: []canonical.Kind{canonical.AmountExceeded}},
	{name: "a refund of a capture that is none", path: "/v1/orders/{captured}/refund", body: `{"capture": "op_absent"}`, kinds: []canonical.Kind{canonical.InvalidRequest, canonical.NotFound}},
	{name: "an authorization of what is authorized", path: "/v1/orders/{order}/authorize", kinds: []canonical.Kind{canonical.OperationNotAllowed}},
	{name: "anything while it is in doubt", path: "/v1/orders/{doubtful}/refund", kinds: []canonical.Kind{canonical.OperationInProgress, canonical.OperationNotAllowed}},
	{name: "an update of nothing", method: http.MethodPatch, path: "/v1/orders/{order}", body: `{}`, kinds: invalid},
	{name: "a key that named another request", path: "/v1/orders/{order}/capture", key: "taken", kinds: []canonical.Kind{canonical.IdempotencyKeyReused}},
	{name: "a key that named another body", path: "/v1/orders/{captured}/capture", body: `{"reference": "other"}`, key: "taken", kinds: []canonical.Kind{canonical.IdempotencyKeyReused}},
	{name: "a capture recorded by a merchant", path: "/v1/orders/{order}/record", body: `{"kind": "capture", "reason": "x"}`, kinds: []canonical.Kind{canonical.Forbidden}},
	{name: "a word on what is in no doubt", path: "/v1/operations/{operation}/resolve", as: "operator", body: `{"outcome": "failed", "reason": "x"}`, kinds: []canonical.Kind{canonical.OperationNotAllowed}},
	{name: "a word without the lender's number", path: "/v1/operations/{open}/resolve", as: "operator", body: `{"outcome": "succeeded", "reason": "x"}`, kinds: invalid, at: "/reference"},
	{name: "a word on another attempt", path: "/v1/operations/{open}/resolve", as: "operator", body: `{"outcome": "failed", "attempt": "att_x", "reason": "x"}`, kinds: invalid, at: "/attempt"},
	{name: "a customer forgotten too early", method: http.MethodDelete, path: "/v1/orders/{doubtful}/customer", kinds: []canonical.Kind{canonical.OperationInProgress}},
	{name: "a release without a quarantine", path: "/v1/providers/alpha/release", as: "operator", body: `{"reason": "x"}`, kinds: []canonical.Kind{canonical.OperationNotAllowed}},
	{name: "a key for a merchant without one", path: "/v1/keys", as: "operator", body: `{"role": "merchant"}`, kinds: invalid, at: "/merchant"},
	{name: "a key of another mode", path: "/v1/keys", as: "operator", body: `{"role": "operator", "mode": "live"}`, kinds: []canonical.Kind{canonical.Forbidden}},
	{name: "offers for no currency", path: "/v1/offers", body: `{"amount": {"value": "10.00", "currency": "QQQ"}}`, kinds: invalid, at: "/amount"},
	{name: "offers for nothing", path: "/v1/offers", body: `{"amount": {"value": "0", "currency": "USD"}}`, kinds: invalid, at: "/amount/value"},
	{name: "offers of a provider that is none", path: "/v1/offers", body: `{"amount": {"value": "10.00", "currency": "USD"}, "providers": ["nobody"]}`, kinds: invalid, at: "/providers"},
	{name: "time moved too far", path: "/clock/advance", body: `{"by": "87601h"}`, kinds: invalid, at: "/by"},
	{name: "a page that is only read", path: "/docs", kinds: []canonical.Kind{canonical.MethodNotAllowed}},
	{name: "a document that is only read", method: http.MethodDelete, path: "/openapi.json", kinds: []canonical.Kind{canonical.MethodNotAllowed}},
	{name: "a problem that is none", method: http.MethodGet, path: "/problems/nonsense", kinds: []canonical.Kind{canonical.NotFound}},
	{name: "time moved nowhere", path: "/clock/advance", body: `{"by": "0h0s"}`, kinds: invalid, at: "/by"},
}

var invalid = []canonical.Kind{canonical.InvalidRequest}

// asked is an ask as a request.
func (w *hunted) asked(c chance, a ask) *draft {
	d := &draft{described: &described{ID: a.name}, chance: c, world: w, method: a.method, kinds: a.kinds, at: a.at, named: a.at != "", header: http.Header{"Content-Type": {"application/json"}}}
	if d.method == "" {
		d.method = http.MethodPost
	}
	if a.as == "" {
		a.as = "merchant"
	}
	if a.key == "" {
		a.key = "ask-" + strconv.FormatUint(c.Uint64(), 36)
	}
	d.as(a.as)
	d.header.Set("Idempotency-Key", a.key)
	d.path, d.raw = a.path, a.body
	for name, id := range w.ids {
		d.path, d.raw = strings.ReplaceAll(d.path, "{"+name+"}", id), strings.ReplaceAll(d.raw, "{"+name+"}", id)
	}
	return d
}
