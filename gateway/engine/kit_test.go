package engine_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/statetest"
)

// tester is what the kit needs of a test, of the standard library or of rapid.
type tester interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
	Errorf(string, ...any)
	Context() context.Context
}

// kit is a gateway without sockets or a real clock: the real engine and the real adapters over the
// simulated lenders. Unless it is parallel all of it runs on one goroutine.
type kit struct {
	tester
	now      atomic.Int64
	ids      atomic.Int64
	keys     atomic.Int64
	world    *sandbox.World
	wire     *wire
	cluster  *statetest.Cluster
	engine   *engine.Engine
	clients  map[string]engine.Provider
	own      map[string]map[string]engine.Provider // by provider and merchant: who has credentials of their own
	off      map[string]bool                       // providers that are switched off
	post     post                                  // what the lenders told, and nobody has delivered yet
	taken    []taken                               // messages that the gateway has acknowledged
	keep     time.Duration                         // how long bodies are kept; 0: for good
	parallel bool
	twice    bool                                                  // work that falls due is done again, as by a neighbor whose lease has ended meanwhile
	full     bool                                                  // the disk has no room for new orders
	alarms   alarms                                                // what was logged as an error
	hook     func(gateway string, at statetest.Moment) (lost bool) // nil: none
}

// alarms collects what several engines log.
type alarms struct {
	mu   sync.Mutex
	text strings.Builder
}

func (a *alarms) Write(line []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.text.Write(line)
}

func (a *alarms) String() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.text.String()
}

// dawn is when every kit begins.
var dawn = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

func newKit(t tester, styles ...style) *kit {
	t.Helper()
	k := &kit{tester: t, clients: map[string]engine.Provider{}, own: map[string]map[string]engine.Provider{}, off: map[string]bool{}}
	k.now.Store(dawn.UnixNano())
	k.cluster = statetest.NewCluster(func(gateway string, at statetest.Moment) bool { return k.hook != nil && k.hook(gateway, at) })
	lenders, addresses := lendersOf(styles)
	world, err := sandbox.New(sandbox.Options{Now: k.clock, Lenders: lenders, NoticeURLs: addresses, Deliver: k.post.take})
	if err != nil {
		t.Fatal(err)
	}
	k.world, k.wire = world, &wire{world: world, now: k.clock}
	for _, s := range styles {
		k.addProvider(s)
	}
	k.engine = k.newEngine("one")
	return k
}

// addProvider makes the provider of a style, and that of its tenant where it has one.
func (k *kit) addProvider(s style) {
	k.Helper()
	k.clients[s.name()] = k.client(s, "", s.settings)
	if s.tenant != nil {
		k.own[s.name()] = map[string]engine.Provider{tenant: k.client(s, tenant, s.tenant.settings)}
	}
}

// client is one provider with one set of credentials; merchant "" has those that all share.
func (k *kit) client(s style, merchant string, settings adapters.Values) engine.Provider {
	k.Helper()
	definition, err := s.adapter.Define(s.adapter.Defaults(settings))
	if err != nil {
		k.Fatal(err)
	}
	return adapters.NewClient(adapters.ClientOptions{
		Provider: canonical.Provider{ID: s.name(), Mode: canonical.Test, Config: "test", Credential: merchant, Polling: s.polling, CloseAfter: s.closes},
		Adapter:  s.adapter, Define: definition, BaseURL: "http://lender/" + mount(s.name(), merchant), NotifyURL: noticesTo + s.name(),
		Timeouts: adapters.Timeouts{Write: 25 * time.Second, Read: 8 * time.Second}, Transport: k.wire, Gate: &openGate{}, Now: k.clock,
	})
}

// newEngine starts another process of the gateway over the same store.
func (k *kit) newEngine(node string) *engine.Engine {
	k.Helper()
	settings := engine.DefaultSettings
	settings.Node, settings.KeepBodies = node, k.keep
	e, err := engine.New(k.Context(), engine.Options{
		Store: k.cluster.Gateway(node), Providers: k, Runtime: k.runtime(), Settings: settings,
		Room: func() bool { return !k.full },
		Log:  slog.New(slog.NewTextHandler(&k.alarms, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		k.Fatal(err)
	}
	return e
}

func (k *kit) clock() time.Time { return time.Unix(0, k.now.Load()).UTC() }

func (k *kit) pass(d time.Duration) { k.now.Add(int64(d)) }

func (k *kit) runtime() engine.Runtime {
	return engine.Runtime{
		Now:     k.clock,
		Sleep:   func(context.Context, time.Duration) error { return nil },
		Start:   k.start,
		NewID:   func(prefix string) string { return fmt.Sprintf("%s_%026d", prefix, k.ids.Add(1)) },
		Entropy: func(n int) []byte { return []byte(strings.Repeat("e", n)) },
	}
}

func (k *kit) start(_ string, f func(context.Context)) func(context.Context, time.Duration) bool {
	done := make(chan struct{})
	run := func() {
		defer close(done)
		f(context.Background())
		if k.twice {
			f(context.Background())
		}
	}
	if k.parallel {
		go run()
	} else {
		run()
	}
	return func(context.Context, time.Duration) bool {
		<-done
		return true
	}
}

// For and IDs make the kit the engine's Providers.
func (k *kit) For(id, merchant string) (engine.Provider, error) {
	client, known := k.clients[id]
	switch {
	case k.off[id]:
		return nil, canonical.Errorf(canonical.ProviderOff, "provider "+id+" is switched off")
	case !known:
		return nil, canonical.Errorf(canonical.NotFound, "there is no provider "+id)
	}
	if own, has := k.own[id][merchant]; has {
		return own, nil
	}
	return client, nil
}

func (k *kit) Credentials(id string) ([]engine.Provider, error) {
	shared, err := k.For(id, "")
	if err != nil {
		return nil, err
	}
	all := []engine.Provider{shared}
	if own, has := k.own[id][tenant]; has {
		all = append(all, own)
	}
	return all, nil
}

func (k *kit) IDs(canonical.Mode) []string {
	var ids []string
	for _, s := range styles {
		if _, known := k.clients[s.name()]; known {
			ids = append(ids, s.name())
		}
	}
	if _, known := k.clients["scripted"]; known {
		ids = append(ids, "scripted")
	}
	return ids
}

// call is a request of the merchant demo with a key of its own.
func (k *kit) call() engine.Call {
	n := k.keys.Add(1)
	return k.callWith(fmt.Sprintf("key-%d", n), fmt.Sprintf("request-%d", n))
}

func (k *kit) callWith(key, meaning string) engine.Call {
	return engine.Call{Merchant: "demo", Mode: canonical.Test, Role: state.RoleMerchant, Actor: "key_demo", Key: key, Meaning: []byte(meaning), TraceID: "trace"}
}

// operator is a request of an operator, who sees everybody's orders.
func (k *kit) operator() engine.Call {
	return engine.Call{Mode: canonical.Test, Role: state.RoleOperator, Actor: "key_operator", TraceID: "trace"}
}

func (k *kit) create(n engine.NewOrder) engine.Answer {
	k.Helper()
	answer, err := k.engine.Create(k.Context(), k.call(), n)
	if err != nil {
		k.Fatalf("create: %v", err)
	}
	return answer
}

func (k *kit) do(order string, ask engine.Ask) engine.Answer {
	k.Helper()
	answer, err := k.engine.Submit(k.Context(), k.call(), order, ask)
	if err != nil {
		k.Fatalf("%s: %v", ask.Kind, err)
	}
	return answer
}

// refused is the problem a request is answered with.
func (k *kit) refused(order string, ask engine.Ask) *canonical.Error {
	k.Helper()
	answer, err := k.engine.Submit(k.Context(), k.call(), order, ask)
	return k.problem(ask.Kind, answer, err)
}

func (k *kit) problem(kind canonical.OperationKind, answer engine.Answer, err error) *canonical.Error {
	k.Helper()
	var e *canonical.Error
	if !errors.As(err, &e) {
		k.Fatalf("%s: got %v and operation %s, want a problem", kind, err, answer.Operation.State)
	}
	return e
}

func (k *kit) sync(order string) canonical.Order {
	k.Helper()
	synced, err := k.engine.Sync(k.Context(), k.call(), order)
	if err != nil {
		k.Fatalf("sync: %v", err)
	}
	return synced.Order
}

func (k *kit) order(id string) canonical.Order {
	k.Helper()
	order, err := k.engine.Order(k.Context(), k.call(), id)
	if err != nil {
		k.Fatalf("order: %v", err)
	}
	return order
}

func (k *kit) operation(id string) canonical.Operation {
	k.Helper()
	op, err := k.engine.Operation(k.Context(), k.call(), id)
	if err != nil {
		k.Fatalf("operation: %v", err)
	}
	return op
}

// events lists the types of an order's history.
func (k *kit) events(order string) []canonical.EventType {
	k.Helper()
	sealed, err := k.engine.History(k.Context(), k.operator(), order, 0, 1000)
	if err != nil {
		k.Fatalf("history: %v", err)
	}
	var types []canonical.EventType
	for _, event := range k.read(sealed) {
		types = append(types, event.Type)
	}
	return types
}

// act plays a person at a lender.
func (k *kit) act(style, order, do, amount string) {
	k.Helper()
	if err := k.world.Act(style, lender.Act{Order: order, Do: do, Amount: amount}); err != nil {
		k.Fatalf("act %s: %v", do, err)
	}
}

func (k *kit) fault(style, operation, fault string) {
	k.Helper()
	if err := k.world.SetFault(sandbox.Fault{Lender: style, Operation: operation, Fault: fault}); err != nil {
		k.Fatal(err)
	}
}

func money(value, currency string) *canonical.Money {
	m := canonical.MustMoney(value, currency)
	return &m
}
