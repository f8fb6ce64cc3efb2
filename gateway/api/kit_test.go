package api_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/api"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/statetest"
)

var update = flag.Bool("update", false, "write the rendered files anew")

const publicURL = "https://gate.example"

// kit is a gateway behind real HTTP: the API and the engine, over a scripted lender.
type kit struct {
	t      testing.TB
	lender *lender
	engine *engine.Engine
	server *httptest.Server
	logged *safeBuffer
	keys   map[string]string // by name
	ready  error
	serial atomic.Int64
}

type kitOptions struct {
	store   state.Store
	wait    time.Duration
	metrics http.Handler
}

func newKit(t testing.TB) *kit { return newKitWith(t, kitOptions{}) }

func newKitWith(t testing.TB, o kitOptions) *kit {
	t.Helper()
	k := &kit{t: t, lender: newLender(), logged: &safeBuffer{}, keys: map[string]string{}}
	if o.store == nil {
		o.store = statetest.NewCluster(nil).Gateway("one")
	}
	settings := engine.DefaultSettings
	if o.wait > 0 {
		settings.Wait = o.wait
	}
	log := slog.New(slog.NewTextHandler(k.logged, nil))
	var err error
	k.engine, err = engine.New(t.Context(), engine.Options{Store: o.store, Providers: k, Runtime: k.runtime(), Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	made, err := api.New(api.Options{
		Engine: k.engine, PublicURL: publicURL + "/", Log: log, Version: "1.0.0", Metrics: o.metrics,
		Ready: func() error { return k.ready },
	})
	if err != nil {
		t.Fatal(err)
	}
	k.server = httptest.NewServer(made.Handler())
	t.Cleanup(k.server.Close)
	k.addKeys()
	return k
}

// addKeys makes one key for each kind of caller; merchant is demo's.
func (k *kit) addKeys() {
	for name, wanted := range map[string]state.APIKey{
		"merchant":      {Role: state.RoleMerchant, Merchant: "demo", Mode: canonical.Test},
		"read":          {Role: state.RoleRead, Merchant: "demo", Mode: canonical.Test},
		"other":         {Role: state.RoleMerchant, Merchant: "acme", Mode: canonical.Test},
		"live":          {Role: state.RoleMerchant, Merchant: "demo", Mode: canonical.Live},
		"platform":      {Role: state.RolePlatform, Mode: canonical.Test},
		"operator":      {Role: state.RoleOperator, Mode: canonical.Test},
		"live operator": {Role: state.RoleOperator, Mode: canonical.Live},
		"revoked":       {Role: state.RoleMerchant, Merchant: "demo", Mode: canonical.Test},
	} {
		key, text, err := k.engine.NewKey(k.t.Context(), wanted)
		if err != nil {
			k.t.Fatal(err)
		}
		k.keys[name] = text
		if name == "revoked" {
			if err := k.engine.RevokeKey(k.t.Context(), key.ID); err != nil {
				k.t.Fatal(err)
			}
		}
	}
}

func (k *kit) runtime() engine.Runtime {
	return engine.Runtime{
		Now:   func() time.Time { return time.Date(2026, 11, 21, 9, 0, int(k.serial.Add(1)), 0, time.UTC) },
		Sleep: func(context.Context, time.Duration) error { return nil },
		Start: start,
		NewID: func(prefix string) string { return fmt.Sprintf("%s_%026d", prefix, k.serial.Add(1)) },
		Entropy: func(n int) []byte {
			random := make([]byte, n)
			_, _ = rand.Read(random)
			return random
		},
	}
}

func start(_ string, f func(context.Context)) func(context.Context, time.Duration) bool {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(context.Background())
	}()
	return func(ctx context.Context, patience time.Duration) bool {
		select {
		case <-done:
			return true
		case <-time.After(patience):
		case <-ctx.Done():
		}
		return false
	}
}

// For and IDs make the kit the engine's Providers.
func (k *kit) For(id, _ string) (engine.Provider, error) {
	switch id {
	case "alpha", "gamma":
		return k.lender, nil
	case "broken":
		return nil, &canonical.Error{Kind: canonical.ProviderOff, Detail: "client_secret is missing"}
	}
	return nil, canonical.Errorf(canonical.NotFound, "there is no provider "+id)
}

func (k *kit) IDs(mode canonical.Mode) []string {
	if mode == canonical.Live {
		return []string{"gamma"}
	}
	return []string{"alpha", "broken"}
}

// lender is a provider that does what a test tells it.
type lender struct {
	mu      sync.Mutex
	send    func(canonical.Command) (canonical.Outcome, error)
	report  canonical.Report
	readErr error
	sent    []canonical.Command
	asked   []canonical.Query
}

func newLender() *lender {
	l := &lender{report: canonical.Report{Finding: canonical.Mute}}
	l.tell(canonical.Outcome{State: canonical.Succeeded, Sends: 1}, nil)
	return l
}

func (l *lender) tell(outcome canonical.Outcome, err error) {
	l.tellWith(func(canonical.Command) (canonical.Outcome, error) { return outcome, err })
}

func (l *lender) tellWith(send func(canonical.Command) (canonical.Outcome, error)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.send = send
}

func (l *lender) show(report canonical.Report, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.report, l.readErr = report, err
}

func (l *lender) calls() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.sent)
}

var kinds = []canonical.OperationKind{
	canonical.OpCreate, canonical.OpAuthenticate, canonical.OpAuthorize, canonical.OpUpdate, canonical.OpCapture, canonical.OpCancel, canonical.OpRefund,
}

func (l *lender) Describe() canonical.Provider {
	smallest := canonical.MustMoney("1.00", "USD").Value
	p := canonical.Provider{
		ID: "alpha", Style: "scripted", Title: "Alpha", Mode: canonical.Test, Config: "c0ffee",
		Accepts:   canonical.Acceptance{Currencies: []string{"USD", "EUR"}, Min: &smallest},
		Words:     []canonical.Word{{Word: "NEW", Phase: canonical.Created}},
		Options:   []canonical.Option{{Name: "note", Type: canonical.TextOption, Help: "Shown to the customer.", Operations: kinds}},
		Reference: canonical.ReferenceForm{Max: 40}, Credential: "demo",
		Capabilities: []canonical.Capability{{Operation: "offers"}},
	}
	for _, kind := range kinds {
		p.Capabilities = append(p.Capabilities, canonical.Capability{Operation: string(kind), Partial: true})
	}
	return p
}

func (l *lender) Able(canonical.Order) []canonical.Ability {
	var abilities []canonical.Ability
	for _, kind := range kinds {
		abilities = append(abilities, canonical.Ability{Kind: kind, Partial: true})
	}
	return abilities
}

func (l *lender) Prepare(cmd canonical.Command) (canonical.Request, error) {
	if cmd.Order.Customer.Type == "company" && cmd.Kind == canonical.OpRefund {
		return canonical.Request{}, &canonical.Error{Kind: canonical.OperationUnsupported, Detail: "this lender refunds no companies"}
	}
	return canonical.Request{Exchange: string(cmd.Kind), Timeout: time.Second}, nil
}

func (l *lender) Send(_ context.Context, cmd canonical.Command, _ canonical.Request) (canonical.Outcome, error) {
	l.mu.Lock()
	l.sent = append(l.sent, cmd)
	send := l.send
	l.mu.Unlock()
	return send(cmd)
}

func (l *lender) Read(_ context.Context, q canonical.Query) (canonical.Report, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, q)
	return l.report, l.readErr
}

func (l *lender) Evidence(string) canonical.Evidence {
	return canonical.Evidence{Lost: []canonical.Recovery{canonical.ReadAndCompare}}
}

// request is one HTTP request of a test.
type request struct {
	method, path, body string
	as                 string // name of a key; "" is none
	idempotency        string // "" is a fresh one
	header             http.Header
}

// answer is what came back.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
}

// do sends a request. One that changes something gets a fresh Idempotency-Key, where it brings none.
func (k *kit) do(r request) answer {
	k.t.Helper()
	out, err := http.NewRequest(r.method, k.server.URL+r.path, strings.NewReader(r.body))
	if err != nil {
		k.t.Fatal(err)
	}
	if r.body != "" {
		out.Header.Set("Content-Type", "application/json")
	}
	if r.as != "" {
		out.Header.Set("Authorization", "Bearer "+k.keys[r.as])
	}
	if r.idempotency == "" {
		r.idempotency = fmt.Sprintf("key-%d", k.serial.Add(1))
	}
	out.Header.Set("Idempotency-Key", r.idempotency)
	for name, values := range r.header {
		out.Header[name] = values
	}
	in, err := k.server.Client().Do(out)
	if err != nil {
		k.t.Fatal(err)
	}
	defer in.Body.Close()
	body, err := io.ReadAll(in.Body)
	if err != nil {
		k.t.Fatal(err)
	}
	return answer{k.t, in.StatusCode, in.Header, body}
}

func (k *kit) post(path, body string) answer {
	k.t.Helper()
	return k.do(request{method: http.MethodPost, path: path, body: body, as: "merchant"})
}

func (k *kit) get(path string) answer {
	k.t.Helper()
	return k.do(request{method: http.MethodGet, path: path, as: "merchant"})
}

const simpleOrder = `{"provider": "alpha", "amount": {"value": "100.00", "currency": "USD"}}`

// order makes an order and has it authorized.
func (k *kit) order() string {
	k.t.Helper()
	id := k.created()
	k.post("/v1/orders/"+id+"/authorize", "").wants(http.StatusOK)
	return id
}

func (k *kit) created() string {
	k.t.Helper()
	return k.post("/v1/orders", simpleOrder).wants(http.StatusCreated).text("id")
}

func (a answer) wants(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("got status %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

// problem wants a problem of a code, whole as every problem is.
func (a answer) problem(code canonical.Kind) answer {
	a.t.Helper()
	row := canonical.ProblemOf(code)
	a.wants(row.Status)
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		a.t.Fatalf("got a problem as %s", got)
	}
	if got := a.text("code"); got != string(code) {
		a.t.Fatalf("got problem %s, want %s: %s", got, code, a.body)
	}
	return a
}

// at is a member of the body by its JSON pointer, nil where there is none.
func (a answer) at(pointer string) any {
	a.t.Helper()
	var value any
	decoder := json.NewDecoder(bytes.NewReader(a.body))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		a.t.Fatalf("body %q: %v", a.body, err)
	}
	for name := range strings.SplitSeq(pointer, "/") {
		switch v := value.(type) {
		case map[string]any:
			value = v[name]
		case []any:
			var i int
			if _, err := fmt.Sscan(name, &i); err != nil || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

func (a answer) text(pointer string) string {
	a.t.Helper()
	value := a.at(pointer)
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}

// pointers are those of a problem's fields.
func (a answer) pointers() []string {
	a.t.Helper()
	all := []string{}
	fields, _ := a.at("fields").([]any)
	for i := range fields {
		all = append(all, a.text(fmt.Sprintf("fields/%d/pointer", i)))
	}
	return all
}

type safeBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *safeBuffer) Write(text []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(text)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
