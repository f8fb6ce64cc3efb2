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
	if c.often(20) {
		ask := pick(c, asks)
		return w.asked(c, ask), []string{ask.name}
	}
	d, first := w.spoiled(c)
	wrong = []string{first.name}
	if m := pick(c, mistakes); c.often(20) && m.area != first.area && m.fits(d.described) && (d.root != nil || m.area != ofBody || d.isMessage()) && m.make(d) {
		wrong = append(wrong, m.name)
		d.kinds, d.named = nil, false
	}
	return d, wrong
}

// spoiled is a request with one mistake. Half of them begin with the operation and half with the mistake, so that neither an
// operation that few mistakes fit nor a mistake that fits few operations is rare.
func (w *hunted) spoiled(c chance) (*draft, mistake) {
	of, m, anyOf := pick(c, w.operations), pick(c, mistakes), c.often(50)
	for {
		if m.fits(of) {
			if d := w.draft(c, of); m.make(d) {
				return d, m
			}
		}
		if anyOf {
			of = pick(c, w.operations)
		} else {
			m = pick(c, mistakes)
		}
	}
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
	if *huntSeed != 0 {
		w.hunt(*huntSeed)
		return
	}
	before, first, most := proof.Before(huntName), uint64(1), huntShort
	if before.Seeds != nil {
		first = before.Seeds.Last + 1
	}
	budget, long := proof.Long()
	if long {
		most = huntLong - int(before.Counts["requests"])
	}
	if most <= 0 {
		t.Skip("all of it is done on this code")
	}
	began, seed := time.Now(), first
	for ; seed < first+uint64(most) && (!long || time.Since(began) < budget); seed++ {
		w.hunt(seed)
		if t.Failed() {
			t.Fatalf("this one again: go test ./gateway/api -run %s -hunt %d -v", t.Name(), seed)
		}
	}
	if seed >= first+huntShort {
		w.wantsAllMade()
	}
	proof.Keep(t, huntName, &proof.Seeds{First: first, Last: seed - 1}, w.counts, time.Since(began))
}

// wantsAllMade wants every mistake made, and one at every operation.
func (w *hunted) wantsAllMade() {
	w.t.Helper()
	var names []string
	for _, m := range mistakes {
		names = append(names, m.name)
	}
	for _, ask := range asks {
		names = append(names, ask.name)
	}
	for _, of := range w.operations {
		names = append(names, of.ID)
	}
	for _, name := range names {
		if w.made[name] == 0 {
			w.t.Errorf("in all of the hunt there was not once: %s", name)
		}
	}
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
