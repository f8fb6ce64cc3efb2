package gateway

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

// gates are the gates before all lenders: whoever asks how they stand, what an operator wants of them, and
// what has to be done when they change.
type gates struct {
	log     *slog.Logger
	tracer  trace.Tracer
	machine *machine
	notice  []func(adapters.Change)
	changes chan adapters.Change // to be written into the providers' histories
	of      *current             // set once they are made
	engine  *engine.Engine       // likewise

	mu   sync.Mutex
	busy map[string]bool // what is under way, by what it is

	cancel context.CancelFunc // nil: they are not looked after
	done   chan struct{}
}

// mostChanges may wait to be written. What is beyond stands in the log alone.
const mostChanges = 1024

func newGates(log *slog.Logger, tracer trace.Tracer, m *machine, notice ...func(adapters.Change)) *gates {
	return &gates{log: log, tracer: tracer, machine: m, notice: notice, changes: make(chan adapters.Change, mostChanges), busy: make(map[string]bool)}
}

// changed is told of every change of every gate. It must not wait.
func (s *gates) changed(c adapters.Change) {
	level := slog.LevelInfo
	if c.To == canonical.CircuitOpen {
		level = slog.LevelWarn
	}
	line := []slog.Attr{
		slog.String("provider", c.Provider), slog.String("class", string(c.Class)), slog.String("from", string(c.From)), slog.String("to", string(c.To)),
		slog.String("cause", string(c.Cause)), slog.String("reason", c.Reason),
	}
	if c.Credential != "" {
		line = append(line, slog.String("merchant", c.Credential))
	}
	if !c.Until.IsZero() {
		line = append(line, slog.Time("until", c.Until))
	}
	s.log.LogAttrs(context.Background(), level, "breaker", line...)
	for _, notice := range s.notice {
		notice(c)
	}
	select {
	case s.changes <- c:
	default:
		s.log.Error("too many changes of breakers to write them down", "provider", c.Provider)
	}
}

// start looks after the gates until stop.
func (s *gates) start() {
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel, s.done = cancel, make(chan struct{})
	go func() {
		defer close(s.done)
		s.loop(ctx)
	}()
}

func (s *gates) stop() {
	if s.cancel != nil {
		s.cancel()
		<-s.done
	}
}

// gateWatch is how often it is looked whether a lender is to be asked if it is back, and whether what an
// operator forced has ended.
const gateWatch = time.Second

func (s *gates) loop(ctx context.Context) {
	tick := time.NewTicker(gateWatch)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-s.changes:
			s.follow(ctx, c)
		case <-tick.C:
			s.report("what operators forced", "", s.engine.EndForced(ctx))
			for _, id := range s.of.now().order {
				s.try(id)
			}
		}
	}
}

func (s *gates) report(what, provider string, err error) {
	if err != nil {
		s.log.Error(what, "provider", provider, "error", err)
	}
}

// follow writes a change down, and sends what is queued once that can be sent again.
func (s *gates) follow(ctx context.Context, c adapters.Change) {
	if kind := eventOf(c); kind != "" && c.Cause != canonical.CauseForced { // what is forced is written with the operator's name
		s.report("history of a provider", c.Provider, s.engine.TellProvider(ctx, c.Provider, kind, detailOf(c)))
	}
	if c.To == canonical.CircuitClosed && c.Class != canonical.ReadsBreaker {
		s.Drain(c.Provider)
	}
}

func eventOf(c adapters.Change) canonical.EventType {
	switch {
	case c.To == canonical.CircuitClosed:
		return canonical.BreakerClosed
	case c.To == canonical.CircuitHalfOpen:
		return "" // it is asked whether it is back: nothing has come of that yet
	case c.Class == canonical.CredentialBreaker:
		return canonical.CredentialOnHold
	}
	return canonical.BreakerOpened
}

func detailOf(c adapters.Change) string {
	detail := string(c.Class)
	if c.Credential != "" {
		detail += " of merchant " + c.Credential
	}
	detail += ": " + c.Reason
	if !c.Until.IsZero() {
		detail += ", until " + c.Until.UTC().Format(time.RFC3339)
	}
	return detail
}

// once starts work that nobody else does already.
func (s *gates) once(what string, f func(context.Context)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy[what] {
		return
	}
	s.busy[what] = true
	s.machine.start(what, func(ctx context.Context) {
		defer s.over(what)
		f(ctx)
	})
}

func (s *gates) over(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.busy, what)
}

// drain sends what is queued until nothing is, or nothing of it gets through.
func (s *gates) drain(ctx context.Context, provider string) {
	for {
		sent, err := s.engine.Drain(ctx, provider)
		s.report("what is queued", provider, err)
		if sent == 0 || err != nil {
			return
		}
	}
}

// try asks a lender whether it is back, where it is time for that.
func (s *gates) try(provider string) {
	gate := s.gateOf(provider)
	if gate == nil {
		return
	}
	if halfOpen, credentials := gate.Trials(); (halfOpen || len(credentials) > 0) && gate.State(adapters.ReadCall) != canonical.CircuitOpen {
		s.once("try "+provider, func(ctx context.Context) {
			ctx, span := s.tracer.Start(ctx, "is the lender back", trace.WithAttributes(attribute.String("lendgate.provider", provider)))
			defer span.End()
			if halfOpen {
				s.askBack(ctx, provider)
			}
			for _, credential := range credentials {
				s.probe(ctx, provider, credential)
			}
		})
	}
}

// askBack asks what became of something in doubt, and where that does not tell, whatever the lender has
// for being asked.
func (s *gates) askBack(ctx context.Context, provider string) {
	gate := s.gateOf(provider)
	if gate == nil {
		return
	}
	asked, _ := gate.Asked()
	busy, err := s.engine.LookUp(ctx, provider)
	if err != nil {
		s.report("a look at what is in doubt", provider, err)
	}
	now, underWay := gate.Asked()
	if busy || underWay > 0 || now > asked || gate.State(adapters.ReadCall) == canonical.CircuitOpen {
		return // a lender that is being asked, or has not answered, gets no write to try
	}
	if halfOpen, _ := gate.Trials(); halfOpen {
		s.probe(ctx, provider, "")
	}
}

// probe reads what the style declares for it; one without gets one call of whatever comes next.
func (s *gates) probe(ctx context.Context, provider, merchant string) {
	p := s.of.provider(provider)
	if p == nil || p.gate == nil {
		return
	}
	client := p.set(merchant).client
	probes := slices.ContainsFunc(client.Describe().Capabilities, func(c canonical.Capability) bool { return c.Operation == "probe" })
	if !probes {
		p.gate.Grant(merchant)
		s.Drain(provider) // rather something that was promised than something new
		return
	}
	if _, err := client.Read(ctx, canonical.Query{Read: "probe"}); err != nil {
		s.log.Info("a lender is not back yet", "provider", provider, "reason", err.Error())
	}
}

// Standing describes a provider's gate. See engine.Gates.
func (s *gates) Standing(provider string) (canonical.Gate, bool) {
	p := s.of.provider(provider)
	if p == nil || p.gate == nil {
		return canonical.Gate{}, false
	}
	gate := p.gate.Standing()
	gate.Limits.Rate = p.rate
	return gate, true
}

// Shut says for how long nothing would be written. See engine.Gates.
func (s *gates) Shut(provider, merchant string) time.Duration {
	p := s.of.provider(provider)
	if p == nil || p.gate == nil {
		return 0
	}
	refusal := p.gate.Shut(p.credential(merchant))
	if refusal == nil {
		return 0
	}
	return max(refusal.After, gateWatch)
}

// credential names the set of credentials that a merchant uses.
func (p *provider) credential(merchant string) string {
	if _, own := p.own[merchant]; own {
		return merchant
	}
	return ""
}

// Drain sends what is queued for a provider. See engine.Gates.
func (s *gates) Drain(provider string) {
	s.once("drain "+provider, func(ctx context.Context) { s.drain(ctx, provider) })
}

// Force gives a breaker a state. See engine.Gates.
func (s *gates) Force(provider string, class canonical.BreakerClass, f *canonical.Forced) {
	if gate := s.gateOf(provider); gate != nil {
		gate.Force(class, f)
	}
}

// Release ends a hold on credentials. See engine.Gates.
func (s *gates) Release(provider, merchant, reason string) bool {
	gate := s.gateOf(provider)
	return gate != nil && gate.Release(merchant, reason)
}

// gateOf is the gate before a provider, nil where there is none.
func (s *gates) gateOf(provider string) *adapters.LocalGate {
	p := s.of.provider(provider)
	if p == nil {
		return nil
	}
	return p.gate
}
