package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/api"
	"github.com/lendgate/lendgate/gateway/console"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/gateway/telemetry"
	"github.com/lendgate/lendgate/state"
)

// linkVariable holds the address of a trace in the collector's own pages, with {trace_id} in it.
const linkVariable = "LENDGATE_TRACE_URL"

// observed is what the gateway tells of itself: traces, metrics, and a log line for each outcome.
type observed struct {
	recorder *telemetry.Recorder
	meters   *telemetry.Meters
	log      *slog.Logger
	close    func(context.Context) error
}

// observe begins to record, as the environment's OTEL_ variables say.
func observe(ctx context.Context, log *slog.Logger) (*observed, error) {
	recorder, end, err := telemetry.FromEnvironment(ctx, Version, log)
	if err != nil {
		return nil, err
	}
	return &observed{recorder, telemetry.NewMeters(Version), log, end}, nil
}

func (o *observed) tracer() trace.Tracer { return o.recorder.Tracer("") }

// stop sends what is left to be exported, and waits a moment for it.
func (o *observed) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := o.close(ctx); err != nil {
		o.log.Warn("not all traces were exported", "error", err)
	}
}

// lenders is who is told of calls to lenders.
func (o *observed) lenders() adapters.Telemetry {
	return adapters.Telemetry{Tracer: o.tracer(), Called: func(c adapters.Called) {
		o.meters.Call(c.Provider, string(c.Class), string(c.Reach), c.Status, c.Took, c.Skew)
	}}
}

// engine is who is told of what became durable.
func (o *observed) engine() engine.Observer {
	return engine.Observer{Told: o.told, Heard: o.meters.Notified}
}

// told counts an event, and logs it where it says how an operation stands.
func (o *observed) told(ctx context.Context, t engine.Told) {
	o.meters.Event(t.Order.Provider, string(t.Event))
	op := t.Operation
	if op == nil || op.State == canonical.Started || t.Event == canonical.OperationResolved {
		return
	}
	o.meters.Operation(op.Provider, string(op.Kind), string(op.State))
	level := slog.LevelInfo
	if op.State.Uncertain() {
		level = slog.LevelWarn
	}
	o.log.LogAttrs(ctx, level, "operation", o.line(ctx, t)...)
}

// line is what is logged of an operation: what happened, never what was said.
func (o *observed) line(ctx context.Context, t engine.Told) []slog.Attr {
	op := t.Operation
	line := []slog.Attr{
		slog.String("event", string(t.Event)), slog.String("state", string(op.State)), slog.String("kind", string(op.Kind)), slog.String("operation", op.ID),
		slog.String("order", op.Order), slog.String("merchant", op.Merchant), slog.String("mode", string(op.Mode)), slog.String("provider", op.Provider),
		slog.String("origin", string(op.Origin)), slog.Int("sends", sends(op)), slog.Int64("age_ms", t.At.Sub(op.CreatedAt).Milliseconds()),
	}
	if op.FoundBy != "" {
		line = append(line, slog.String("found_by", string(op.FoundBy)))
	}
	if op.Recovery.Problem != "" {
		line = append(line, slog.String("problem", string(op.Recovery.Problem)))
	}
	if here := trace.SpanContextFromContext(ctx); op.TraceID != "" && here.TraceID().String() != op.TraceID {
		line = append(line, slog.String("origin_trace_id", op.TraceID))
	}
	return line
}

func sends(op *canonical.Operation) (sum int) {
	for _, attempt := range op.Attempts {
		sum += attempt.Sends
	}
	return sum
}

// breakerStates are all that a breaker can be in.
var breakerStates = []string{string(canonical.CircuitClosed), string(canonical.CircuitHalfOpen), string(canonical.CircuitOpen)}

// breaker counts a change.
func (o *observed) breaker(c adapters.Change) {
	o.meters.BreakerChanged(c.Provider, string(c.Class), string(c.To), string(c.Cause))
}

// expect shows what alerts count, before there is any.
func (o *observed) expect(provider string) {
	for _, kind := range []canonical.EventType{canonical.OrderDrift, canonical.VocabularyDrift} {
		o.meters.Expect(provider, string(kind))
	}
	for _, class := range canonical.BreakerClasses {
		o.meters.ExpectBreaker(provider, string(class), string(canonical.CircuitClosed), string(canonical.CauseBack))
	}
}

// watch has the metrics show how things stand when they are scraped.
func (g *Gateway) watch() {
	for _, id := range g.providers.now().order {
		g.observed.expect(id)
	}
	g.observed.meters.WatchGates(breakerStates, g.barriers)
	g.observed.meters.Watch(func(ctx context.Context) (telemetry.Standing, error) {
		left, err := g.Engine.Backlog(ctx)
		if err != nil && g.store.Err() == nil {
			return telemetry.Standing{}, err
		}
		return g.standing(left), nil
	})
}

// barriers are how the gates stand.
func (g *Gateway) barriers() (all []telemetry.Gate) {
	for _, id := range g.providers.now().order {
		gate, known := g.gates.Standing(id)
		if !known {
			continue
		}
		shown := telemetry.Gate{Provider: id, Holds: len(gate.Holds)}
		for _, b := range gate.Breakers {
			shown.Breakers = append(shown.Breakers, telemetry.Breaker{Class: string(b.Class), State: string(b.State), Cause: string(b.Cause)})
		}
		all = append(all, shown)
	}
	return all
}

func (g *Gateway) standing(left engine.Backlog) telemetry.Standing {
	now := g.clock.Now()
	s := telemetry.Standing{Off: make(map[string]bool), Floor: int64(g.file.Store.Floor), Up: g.store.Err() == nil}
	s.Free, _ = g.store.Room()
	for id, p := range g.providers.now().byID {
		s.Off[id] = p.off != ""
	}
	for _, u := range left.Operations {
		s.Operations = append(s.Operations, telemetry.Unresolved{Provider: u.Provider, State: string(u.State), Count: u.Count, Oldest: now.Sub(u.Oldest), Amounts: shownAmounts(u.Amounts)})
	}
	for _, d := range left.Due {
		s.Queues = append(s.Queues, telemetry.Queue{Name: d.Kind, Depth: d.Count, Oldest: now.Sub(d.Oldest)})
	}
	for _, name := range engine.Queues {
		if !slices.ContainsFunc(s.Queues, func(q telemetry.Queue) bool { return q.Name == name }) {
			s.Queues = append(s.Queues, telemetry.Queue{Name: name})
		}
	}
	for _, d := range left.Deadlines {
		s.Deadlines = append(s.Deadlines, telemetry.Deadline{Provider: d.Provider, Count: d.Count, Soonest: d.Soonest.Sub(now)})
	}
	return s
}

// shownAmounts are amounts for a graph, where nothing is computed from them.
func shownAmounts(all []canonical.Money) map[string]float64 {
	shown := make(map[string]float64)
	for _, money := range all {
		shown[money.Currency], _ = money.Value.Decimal().Float64()
	}
	return shown
}

// requests is who is told of requests, and what is served beside the API.
func (g *Gateway) requests() (api.Telemetry, error) {
	pages, err := console.New(console.Options{Recorder: g.observed.recorder, Operator: g.operator, Link: os.Getenv(linkVariable)})
	if err != nil {
		return api.Telemetry{}, err
	}
	t := api.Telemetry{Tracer: g.observed.tracer(), Answered: g.observed.meters.Request, Metrics: g.observed.meters.Handler(), Console: pages}
	if g.file.Server.AdminAddress != "" {
		g.admin = http.NewServeMux()
		g.admin.Handle("/metrics", t.Metrics)
		g.admin.Handle("/console/", t.Console)
		t.Metrics, t.Console = nil, nil
	}
	return t, nil
}

// operator says whether a key is an operator's, and of which mode.
func (g *Gateway) operator(ctx context.Context, key string) (mode string, ok bool) {
	known, err := g.Engine.Authenticate(ctx, key)
	if err != nil {
		var refused *canonical.Error
		if !errors.As(err, &refused) {
			g.log.ErrorContext(ctx, "console", "error", err)
		}
		return "", false
	}
	return string(known.Mode), known.Role == state.RoleOperator
}
