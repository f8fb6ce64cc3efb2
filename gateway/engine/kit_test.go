package engine_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/statetest"
)

// kit is a gateway without sockets, goroutines or a real clock: the real engine and the real adapters
// over the simulated lenders, on one goroutine.
type kit struct {
	t       *testing.T
	now     time.Time
	ids     int
	world   *sandbox.World
	cluster *statetest.Cluster
	engine  *engine.Engine
	clients map[string]*adapters.Client
	mounts  map[string]string // style of a provider
	keys    int
	down    bool // no connection to any lender
}

// styleSetup is one provider of the kit.
type styleSetup struct {
	id      string
	adapter adapters.Adapter
	values  adapters.Values
}

func newKit(t *testing.T, setups ...styleSetup) *kit {
	t.Helper()
	k := &kit{t: t, now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), cluster: statetest.NewCluster(nil), clients: map[string]*adapters.Client{}, mounts: map[string]string{}}
	world, err := sandbox.New(sandbox.Options{Now: k.clock, Lenders: sandbox.Defaults(), Deliver: func([]lender.Notice) {}})
	if err != nil {
		t.Fatal(err)
	}
	k.world = world
	for _, s := range setups {
		k.addProvider(s)
	}
	k.engine = k.newEngine("one")
	return k
}

func (k *kit) addProvider(s styleSetup) {
	k.t.Helper()
	definition, err := s.adapter.Define(s.adapter.Defaults(s.values))
	if err != nil {
		k.t.Fatal(err)
	}
	k.mounts[s.id] = s.adapter.Name
	k.clients[s.id] = adapters.NewClient(adapters.ClientOptions{
		Provider: canonical.Provider{ID: s.id, Mode: canonical.Test, Config: "test"}, Adapter: s.adapter, Define: definition,
		BaseURL: "http://lender/" + s.adapter.Name, NotifyURL: "https://gateway.example/notifications/" + s.id,
		Timeouts: adapters.Timeouts{Write: 25 * time.Second, Read: 8 * time.Second}, Transport: k, Gate: &openGate{}, Now: k.clock,
	})
}

func (k *kit) newEngine(node string) *engine.Engine {
	k.t.Helper()
	settings := engine.DefaultSettings
	settings.Node = node
	e, err := engine.New(k.t.Context(), engine.Options{Store: k.cluster.Gateway(node), Providers: k, Runtime: k.runtime(), Settings: settings})
	if err != nil {
		k.t.Fatal(err)
	}
	return e
}

func (k *kit) clock() time.Time { return k.now }

func (k *kit) runtime() engine.Runtime {
	return engine.Runtime{
		Now:   k.clock,
		Sleep: func(context.Context, time.Duration) error { return nil },
		Start: func(_ string, f func(context.Context)) func(context.Context, time.Duration) bool {
			f(context.Background())
			return func(context.Context, time.Duration) bool { return true }
		},
		NewID: func(prefix string) string {
			k.ids++
			return fmt.Sprintf("%s_%026d", prefix, k.ids)
		},
		Entropy: func(n int) []byte { return []byte(strings.Repeat("e", n)) },
	}
}

// For and IDs make the kit the engine's Providers.
func (k *kit) For(id, _ string) (engine.Provider, error) {
	if client, known := k.clients[id]; known {
		return client, nil
	}
	return nil, canonical.Errorf(canonical.NotFound, "there is no provider "+id)
}

func (k *kit) IDs(canonical.Mode) []string {
	var ids []string
	for _, id := range []string{"creditkey", "spendoption", "ecster", "iwocapay", "cryptopay"} {
		if _, known := k.clients[id]; known {
			ids = append(ids, id)
		}
	}
	return ids
}

// Send makes the kit the transport: it hands a request to the simulated lender.
func (k *kit) Send(_ context.Context, w adapters.Wire) (adapters.Reply, adapters.Reach, error) {
	if k.down {
		return adapters.Reply{}, adapters.NotSent, errors.New("connection refused")
	}
	u, err := url.Parse(w.URL)
	if err != nil {
		k.t.Fatal(err)
	}
	name, rest, _ := strings.Cut(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	header := http.Header{}
	for field, values := range w.Header {
		header[http.CanonicalHeaderKey(field)] = values
	}
	reply, fate := k.world.Handle(k.now, name, lender.Request{Method: w.Method, Path: "/" + rest, MountedPath: u.EscapedPath(), RawQuery: u.RawQuery, Header: header, Body: w.Body})
	if fate.Cut {
		return adapters.Reply{}, adapters.Sent, errors.New("connection reset")
	}
	return adapters.Reply{Status: reply.Status, Header: reply.Header, Body: reply.Body}, adapters.Replied, nil
}

type openGate struct{ last int64 }

func (g *openGate) Enter(context.Context, adapters.Class) (func(adapters.Health), error) {
	return func(adapters.Health) {}, nil
}

func (g *openGate) Alone(_ context.Context, f func() error) error { return f() }

func (g *openGate) Stamp(_ []byte, now time.Time) time.Time {
	g.last = max(g.last+1, now.Unix())
	return time.Unix(g.last, 0).UTC()
}

// call is a request of the merchant demo with a key of its own.
func (k *kit) call() engine.Call {
	k.keys++
	return k.callWith(fmt.Sprintf("key-%d", k.keys), fmt.Sprintf("request-%d", k.keys))
}

func (k *kit) callWith(key, meaning string) engine.Call {
	return engine.Call{Merchant: "demo", Mode: canonical.Test, Role: state.RoleMerchant, Actor: "key_demo", Key: key, Meaning: []byte(meaning), TraceID: "trace"}
}

func (k *kit) create(n engine.NewOrder) engine.Answer {
	k.t.Helper()
	answer, err := k.engine.Create(k.t.Context(), k.call(), n)
	if err != nil {
		k.t.Fatalf("create: %v", err)
	}
	return answer
}

func (k *kit) do(order string, ask engine.Ask) engine.Answer {
	k.t.Helper()
	answer, err := k.engine.Submit(k.t.Context(), k.call(), order, ask)
	if err != nil {
		k.t.Fatalf("%s: %v", ask.Kind, err)
	}
	return answer
}

func (k *kit) refused(order string, ask engine.Ask) *canonical.Error {
	k.t.Helper()
	answer, err := k.engine.Submit(k.t.Context(), k.call(), order, ask)
	var e *canonical.Error
	if !errors.As(err, &e) {
		k.t.Fatalf("%s: got %v and operation %s, want a problem", ask.Kind, err, answer.Operation.State)
	}
	return e
}

func (k *kit) sync(order string) canonical.Order {
	k.t.Helper()
	synced, err := k.engine.Sync(k.t.Context(), k.call(), order)
	if err != nil {
		k.t.Fatalf("sync: %v", err)
	}
	return synced.Order
}

func (k *kit) act(style, order, do string) {
	k.t.Helper()
	if err := k.world.Act(style, lender.Act{Order: order, Do: do}); err != nil {
		k.t.Fatalf("act %s: %v", do, err)
	}
}

func (k *kit) fault(style, operation, fault string) {
	k.t.Helper()
	if err := k.world.SetFault(sandbox.Fault{Lender: style, Operation: operation, Fault: fault}); err != nil {
		k.t.Fatal(err)
	}
}

// later lets business time pass and does everything that comes due.
func (k *kit) later(d time.Duration) {
	k.t.Helper()
	for end := k.now.Add(d); k.now.Before(end); {
		k.now = k.now.Add(time.Second)
		if _, err := k.engine.Tick(k.t.Context()); err != nil {
			k.t.Fatal(err)
		}
	}
}

// moved is what the lender's ledger of truth says of an order.
func (k *kit) moved(style, kind string) decimal.Decimal {
	sum := decimal.Zero
	for _, effect := range k.world.Effects(style) {
		if effect.Kind == kind {
			sum = sum.Add(effect.Amount)
		}
	}
	return sum
}

func (k *kit) wantStatus(o canonical.Order, status canonical.Status) {
	k.t.Helper()
	if o.Status != status {
		k.t.Fatalf("order is %s, want %s (totals %+v, drift %v)", o.Status, status, o.Totals, o.Drift)
	}
}

func money(value, currency string) *canonical.Money {
	m := canonical.MustMoney(value, currency)
	return &m
}
