package engine

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// Provider is one lender with one merchant's credentials. It outlives a change of configuration.
type Provider interface {
	Describe() canonical.Provider
	// Able says what it can do with an order as it stands. Pure.
	Able(canonical.Order) []canonical.Ability
	// Prepare builds the request of one attempt. Pure.
	Prepare(canonical.Command) (canonical.Request, error)
	// Send makes one attempt. An error means certainly nothing moved. No byte leaves later than three of
	// the request's time-outs after Send was called.
	Send(context.Context, canonical.Command, canonical.Request) (canonical.Outcome, error)
	// Read moves nothing.
	Read(context.Context, canonical.Query) (canonical.Report, error)
	// Evidence says how the truth of an attempt is learned whose reply was lost.
	Evidence(exchange string) canonical.Evidence
	// Notice verifies a lender's message and reads whom it is about. Pure. Errors: not_found where the
	// lender sends none, unauthenticated, and any other where it verified and names no order.
	Notice(canonical.Message) (canonical.Notice, error)
}

// Providers finds them.
type Providers interface {
	// For returns a provider with the merchant's credentials. Errors: not_found, provider_off.
	For(provider, merchant string) (Provider, error)
	// Credentials returns a provider once for each set of credentials in force, the shared one first.
	// Errors: not_found, provider_off.
	Credentials(provider string) ([]Provider, error)
	// IDs lists every configured provider of a mode, in the order of the configuration.
	IDs(canonical.Mode) []string
}

// Runtime is everything the engine needs of the machine.
type Runtime struct {
	Now     func() time.Time // business time
	Sleep   func(context.Context, time.Duration) error
	Start   func(name string, f func(context.Context)) (wait func(context.Context, time.Duration) (done bool))
	NewID   func(prefix string) string // time-ordered
	Entropy func(bytes int) []byte
}

// Settings are the engine's own.
type Settings struct {
	Node       string        // names this process in leases; the same again after a restart
	Wait       time.Duration // how long a caller waits for a slow lender before the answer is 202
	CallMargin time.Duration // how long a request may wait before it leaves, after its intent is durable
	KeepBodies time.Duration // how long bodies of calls and notifications are kept once they are not needed; 0: for good
}

// DefaultSettings are used where nothing else is said.
var DefaultSettings = Settings{Node: "local", Wait: 28 * time.Second, CallMargin: 5 * time.Second}

// Options is what an engine is made of.
type Options struct {
	Store     state.Store
	Providers Providers
	Runtime   Runtime
	Settings  Settings
	Gates     Gates       // nil: calls are always let through
	Room      func() bool // whether the disk has room for new orders
	Log       *slog.Logger
	Tracer    trace.Tracer // nil: nothing is traced
	Observer  Observer
}

// Engine runs operations. All methods may be called at the same time, and several engines may work on one store.
type Engine struct {
	store     state.Store
	providers Providers
	rt        Runtime
	set       Settings
	gates     Gates
	room      func() bool
	log       *slog.Logger
	tracer    trace.Tracer
	observer  Observer
	secret    []byte // keys fingerprints and the hashes of API keys
}

// New makes an engine. The store gets the gateway's secret if it has none yet.
func New(ctx context.Context, o Options) (*Engine, error) {
	e := &Engine{store: o.Store, providers: o.Providers, rt: o.Runtime, set: o.Settings, gates: o.Gates, room: o.Room, log: o.Log, tracer: o.Tracer, observer: o.Observer}
	if e.room == nil {
		e.room = func() bool { return true }
	}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	if e.tracer == nil {
		e.tracer = noop.NewTracerProvider().Tracer("")
	}
	err := e.commit(ctx, func(tx state.Tx) error {
		secret, err := tx.Secrets().Get("gateway")
		if err == state.ErrNotFound {
			secret = state.Secret{Value: e.rt.Entropy(32)}
			err = tx.Secrets().Insert("gateway", secret)
		}
		e.secret = secret.Value
		return err
	})
	return e, err
}

// Call is who asks, and how.
type Call struct {
	Merchant string
	Mode     canonical.Mode
	Role     state.Role
	Actor    string // id of the API key
	Key      string // idempotency key
	Meaning  []byte // the request in canonical form: what a repeat must equal
	TraceID  string
}

// scope is whose records a list visits: an operator who names no merchant sees everyone's.
func (c Call) scope() state.Scope {
	if c.Merchant == "" {
		return state.Scope{}
	}
	return state.Scope{Merchant: c.Merchant, Mode: c.Mode}
}

// Answer is an order and the operation a request performed on it.
type Answer struct {
	Order     canonical.Order
	Operation canonical.Operation
	Replayed  bool // the operation had been performed by an earlier request with this key
}
