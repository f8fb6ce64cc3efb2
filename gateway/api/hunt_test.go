package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/simulation/proof"
)

var huntSeed = flag.Uint64("hunt", 0, "make the one bad request of this seed, and show it")

const (
	huntShort = 4000
	huntLong  = 1_000_000
	huntName  = "bad-requests"
)

// hunted is a gateway with something of everything, at which bad requests are thrown.
type hunted struct {
	*kit
	store      *counted
	operations []*described
	ids        map[string]string
	cursors    map[string]string // by list
	made       map[string]int    // mistakes, and operations, by name
	counts     map[string]int64  // of the record
}

func newHunted(t testing.TB) *hunted {
	t.Helper()
	store := &counted{Store: memory(t)}
	w := &hunted{kit: newKitWith(t, kitOptions{store: store}), store: store, operations: readOperations(t), made: map[string]int{}, counts: map[string]int64{}}
	w.furnish()
	return w
}

// furnish makes orders in every state that matters, of two merchants and two modes, and a cursor of every list.
func (w *hunted) furnish() {
	w.ids = map[string]string{"created": w.created(), "order": w.order(), "provider": "alpha", "live provider": "gamma"}
	w.ids["captured"] = w.order()
	done := w.keyed("taken", "/v1/orders/"+w.ids["captured"]+"/capture", "").wants(http.StatusOK)
	w.ids["operation"] = done.text("operation/id")
	w.ids["doubtful"] = w.order()
	w.ids["open"] = w.doubtful("/v1/orders/" + w.ids["doubtful"] + "/capture").text("operation/id")
	w.lender.show(canonical.Report{Finding: canonical.Found, Offers: []canonical.Offer{{Name: "Pay in 12", Choosable: true}}}, nil)
	for _, of := range []struct{ whose, as, provider string }{{"", "merchant", "alpha"}, {"acme ", "other", "alpha"}, {"live ", "live", "gamma"}} {
		whose, as, provider := of.whose, of.as, of.provider
		offered := w.do(request{method: http.MethodPost, path: "/v1/offers", as: as, body: `{"amount": {"value": "10.00", "currency": "USD"}, "providers": ["` + provider + `"]}`}).wants(http.StatusOK)
		w.ids[whose+"offer"] = offered.text("offers/0/id")
		if as != "merchant" {
			made := w.do(request{method: http.MethodPost, path: "/v1/orders", as: as, body: strings.Replace(simpleOrder, "alpha", provider, 1)}).wants(http.StatusCreated)
			w.ids[whose+"order"], w.ids[whose+"operation"] = made.text("id"), made.text("operation/id")
		}
	}
	for _, mode := range []string{"", "live "} {
		spare := request{method: http.MethodPost, path: "/v1/keys", as: mode + "operator", body: `{"role": "read", "merchant": "spare"}`}
		w.ids[mode+"key"] = w.do(spare).wants(http.StatusCreated).text("id")
	}
	w.cursors = map[string]string{}
	for _, list := range []string{"/v1/orders", "/v1/operations", "/v1/events"} {
		w.cursors[list] = w.get(list + "?limit=1").wants(http.StatusOK).text("cursor")
	}
}

// as has the request come from a key of a role.
func (d *draft) as(role string) {
	d.header.Set("Authorization", "Bearer "+d.world.keys[role])
	if role == "platform" || role == "operator" {
		d.header.Set("Lendgate-Merchant", "demo")
	}
}

// draft is a request without a mistake.
func (w *hunted) draft(c chance, of *described) *draft {
	d := &draft{described: of, chance: c, world: w, method: of.method, header: http.Header{"Content-Type": {"application/json"}}}
	id := w.ids["order"]
	for prefix, kind := range map[string]string{"/v1/operations/": "open", "/v1/offers/": "offer", "/v1/keys/": "key", "/v1/providers/": "provider"} {
		if strings.HasPrefix(of.path, prefix) {
			id = w.ids[kind]
		}
	}
	d.path = strings.NewReplacer("{id}", id, "{provider}", "alpha", "{secret}", lenderProof).Replace(of.path)
	if len(of.roles) > 0 {
		d.as(pick(c, of.roles))
	}
	if keyed(of) {
		d.header.Set("Idempotency-Key", "hunt-"+strconv.FormatUint(c.Uint64(), 36))
	}
	if of.body != nil {
		d.root = c.grow(of.body, "", 0)
	}
	if of.isMessage() {
		d.raw = "L-hunt"
		d.header = http.Header{proofHeader: {lenderProof}}
	}
	return d
}

// bad is the bad request of a seed. What is wrong with it follows from the seed alone.
func (w *hunted) bad(seed uint64) (d *draft, wrong []string) {
	c := chance{rand.New(rand.NewPCG(seed, 0x6c656e64))}
	if c.often(8) {
		ask := pick(c, asks)
		return w.asked(c, ask), []string{ask.name}
	}
	of := pick(c, w.operations)
	d = w.draft(c, of)
	var touched []area
	for len(wrong) == 0 || (len(wrong) == 1 && c.often(20)) {
		m := pick(c, mistakes)
		if slices.Contains(touched, m.area) || !m.fits(of) || (d.root == nil && m.area == ofBody && !of.isMessage()) || !m.make(d) {
			if len(wrong) == 1 {
				break
			}
			continue
		}
		touched, wrong = append(touched, m.area), append(wrong, m.name)
	}
	if len(wrong) > 1 {
		d.kinds, d.named = nil, false
	}
	return d, wrong
}

// send gives the request to the handler.
func (d *draft) send() *httptest.ResponseRecorder {
	body := d.raw
	if d.root != nil {
		body = d.root.String()
	}
	var reader io.Reader = strings.NewReader(body)
	r := &http.Request{Method: d.method, URL: &url.URL{Path: d.path, RawQuery: d.query}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: d.header.Clone(), Host: "gate.example", ContentLength: int64(len(body))}
	if d.said != 0 {
		r.ContentLength = d.said
	}
	if d.breaks {
		reader = io.MultiReader(strings.NewReader(body[:len(body)/2]), &broken{})
	}
	r.Body = io.NopCloser(reader)
	return d.world.serve(r.WithContext(d.world.t.Context()))
}

func TestBadRequestsAreRefusedAndDoNothing(t *testing.T) {
	w := newHunted(t)
	first, most, budget := uint64(1), huntShort, time.Duration(0)
	if *huntSeed != 0 {
		first, most = *huntSeed, 1
	}
	if long, wanted := proof.Long(); wanted && *huntSeed == 0 {
		before := proof.Before(huntName)
		if before.Seeds != nil {
			first = before.Seeds.Last + 1
		}
		if most, budget = huntLong-int(before.Counts["requests"]), long; most <= 0 {
			t.Skip("all of it is done on this code")
		}
	}
	began, seed := time.Now(), first
	for ; seed < first+uint64(most) && (budget == 0 || time.Since(began) < budget); seed++ {
		w.hunt(seed)
		if t.Failed() {
			t.Fatalf("this one again: go test ./gateway/api -run %s -hunt %d -v", t.Name(), seed)
		}
	}
	if most < huntShort {
		return
	}
	for _, m := range mistakes {
		if w.made[m.name] == 0 {
			t.Errorf("nobody made the mistake: %s", m.name)
		}
	}
	for _, ask := range asks {
		if w.made[ask.name] == 0 {
			t.Errorf("nobody asked: %s", ask.name)
		}
	}
	for _, of := range w.operations {
		if w.made[of.ID] == 0 {
			t.Errorf("nobody made a mistake at %s", of.ID)
		}
	}
	proof.Keep(t, huntName, &proof.Seeds{First: first, Last: seed - 1}, w.counts, time.Since(began))
}

// hunt makes the bad request of a seed and wants it refused, with nothing done.
func (w *hunted) hunt(seed uint64) {
	w.t.Helper()
	d, wrong := w.bad(seed)
	for _, name := range append(wrong, d.ID) {
		w.made[name]++
	}
	writes, calls, ahead := w.store.commits.Load(), w.lender.calls()+len(w.lender.asked), w.ahead.Load()
	answered := d.send()
	writes, calls = w.store.commits.Load()-writes, w.lender.calls()+len(w.lender.asked)-calls
	w.counts["requests"]++
	w.counts["5xx"] += int64(answered.Code / 500)
	w.counts["store writes"] += writes
	w.counts["lender calls"] += int64(calls)
	story := fmt.Sprintf("%s, with %s", d, strings.Join(wrong, " and "))
	if *huntSeed != 0 {
		w.t.Logf("%s\n%s\nanswered %d %s", story, d.text(), answered.Code, answered.Body)
	}
	if err := d.refused(answered); err != nil {
		w.t.Errorf("%s: %v\n%.3000s\nanswered %d: %.3000s", story, err, d.text(), answered.Code, answered.Body)
	}
	if writes != 0 || w.ahead.Load() != ahead {
		w.t.Errorf("%s: something was written\n%.3000s", story, d.text())
	}
	if calls != 0 {
		w.t.Errorf("%s: a lender was called\n%.3000s", story, d.text())
	}
	if seed%64 == 0 {
		readContract(w.t).holds(w.t, request{method: d.method, path: d.path}, answer{w.t, answered.Code, answered.Header(), answered.Body.Bytes()})
	}
}

func (d *draft) String() string { return d.method + " " + strconv.Quote(d.path) }

func (d *draft) text() string {
	body := d.raw
	if d.root != nil {
		body = d.root.String()
	}
	header := d.header.Clone()
	header.Del("Authorization")
	return fmt.Sprintf("?%s %v\n%q", d.query, header, body)
}

var (
	pointerForm = regexp.MustCompile(`^(/([^/~]|~[01])*)*$`)
	traceForm   = regexp.MustCompile(`^[0-9a-f]{32}$`)
)

// refused says what is wrong with an answer to a bad request.
func (d *draft) refused(w *httptest.ResponseRecorder) error {
	if w.Code < 400 || w.Code > 499 {
		return fmt.Errorf("it was not refused")
	}
	var p struct {
		Type, Title, Detail, Code, Instance, Order, Operation, Provider string
		Status                                                          int
		TraceID                                                         string `json:"trace_id"`
		ProviderCode                                                    string `json:"provider_code"`
		Next                                                            canonical.Next
		Fields                                                          []canonical.Field
		Remaining                                                       *canonical.Money
		Alternatives                                                    []canonical.Alternative
	}
	decoder := json.NewDecoder(bytes.NewReader(w.Body.Bytes()))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil || w.Header().Get("Content-Type") != "application/problem+json" {
		return fmt.Errorf("it is no problem document: %v", err)
	}
	row := canonical.ProblemOf(canonical.Kind(p.Code))
	switch {
	case string(row.Kind) != p.Code || row.Status != w.Code || p.Status != w.Code || p.Title != row.Title || p.Type != publicURL+"/problems/"+p.Code:
		return fmt.Errorf("code, status, title and type do not belong together")
	case p.Detail == "" || p.Next.Action == "" || !traceForm.MatchString(p.TraceID) || p.TraceID != w.Header().Get("X-Trace-Id"):
		return fmt.Errorf("detail, next or trace_id are missing")
	case strings.Contains(w.Body.String(), canary) && !strings.Contains(p.Instance, canary):
		return fmt.Errorf("it repeats a value")
	case w.Code == http.StatusUnauthorized && w.Header().Get("WWW-Authenticate") == "", w.Code == http.StatusMethodNotAllowed && w.Header().Get("Allow") == "":
		return fmt.Errorf("a header is missing")
	case d.kinds != nil && !slices.Contains(d.kinds, row.Kind):
		return fmt.Errorf("it should be %v", d.kinds)
	}
	return d.mistakesNamed(p.Fields)
}

func (d *draft) mistakesNamed(fields []canonical.Field) error {
	named := false
	for _, field := range fields {
		if field.Detail == "" || (strings.HasPrefix(field.Pointer, "/") && !pointerForm.MatchString(field.Pointer)) {
			return fmt.Errorf("%q is no place of a mistake", field.Pointer)
		}
		named = named || field.Pointer == d.at
	}
	if d.named && !named {
		return fmt.Errorf("it should name %q", d.at)
	}
	return nil
}

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
