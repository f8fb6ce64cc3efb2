package simulation

import (
	"context"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

// providers are the lenders as one process knows them.
type providers struct {
	run     *run
	process *process
	clients map[string]engine.Provider
}

func (r *run) providersOf(p *process) *providers {
	all := &providers{r, p, make(map[string]engine.Provider)}
	for _, s := range r.styles {
		all.clients[s.name()] = provider{p.client(s), r}
	}
	return all
}

// For is engine.Providers'.
func (p *providers) For(id, _ string) (engine.Provider, error) {
	if client, known := p.clients[id]; known {
		return client, nil
	}
	return nil, canonical.Errorf(canonical.NotFound, "there is no provider "+id)
}

// Credentials is engine.Providers'.
func (p *providers) Credentials(id string) ([]engine.Provider, error) {
	client, err := p.For(id, "")
	if err != nil {
		return nil, err
	}
	return []engine.Provider{client}, nil
}

// IDs is engine.Providers'.
func (p *providers) IDs(canonical.Mode) []string {
	var ids []string
	for _, s := range p.run.styles {
		ids = append(ids, s.name())
	}
	return ids
}

// provider is the real client of a lender, whose sends are watched.
type provider struct {
	engine.Provider
	run *run
}

// sending is one attempt as far as it was sent.
type sending struct {
	id       string
	order    string
	kind     canonical.OperationKind
	lender   string
	amount   canonical.Money
	request  canonical.Request
	evidence canonical.Evidence
	calls    int       // how often the engine had it sent
	under    int       // calls of it under way, in live processes
	process  *process  // that of the last call
	deeds    []*deed   // what the lender did because of it
	denied   bool      // the lender got it, and did nothing
	answer   []byte    // of the lender, when it did something
	bent     string    // what the lender did wrong about the last call
	last     time.Time // when it was sent last
	outcome  canonical.Outcome
	problem  error
}

// evidenceOf is what the definition declares about an attempt, sent or not.
func (r *run) evidenceOf(attempt string) canonical.Evidence {
	if s := r.sendings[attempt]; s != nil {
		return s.evidence // its request may have been thrown away meanwhile
	}
	u := r.mirror.attempts[attempt]
	if u == nil {
		return canonical.Evidence{}
	}
	for _, x := range r.styleOf(u.op.Provider).define.Exchanges {
		if x.Name == r.mirror.requests[attempt].Exchange {
			return canonical.Evidence{Lost: x.Lost, KeyLife: x.Key.TTL, Horizon: x.Horizon}
		}
	}
	return canonical.Evidence{}
}

// Send is engine.Provider's.
func (p provider) Send(ctx context.Context, cmd canonical.Command, request canonical.Request) (canonical.Outcome, error) {
	r, me := p.run, p.run.kernel.running
	s := r.sendings[cmd.Attempt]
	if s == nil {
		s = &sending{id: cmd.Attempt, order: cmd.Order.ID, kind: cmd.Kind, lender: p.Describe().ID, evidence: p.Evidence(request.Exchange)}
		r.sendings[cmd.Attempt] = s
	}
	s.request, s.amount, s.last = request, cmd.Amount, r.kernel.now()
	s.calls++
	s.bent = ""
	if s.process != me.process {
		s.process, s.under = me.process, 0
	}
	s.under++
	r.check(func(i *invariant) bool {
		if i.send != nil {
			i.send(r, s)
		}
		return i.send != nil
	})
	me.attempt = cmd.Attempt
	outcome, err := p.Provider.Send(ctx, cmd, request)
	me.attempt = ""
	s.under--
	s.outcome, s.problem = outcome, err
	r.check(func(i *invariant) bool {
		if i.sent != nil {
			i.sent(r, s)
		}
		return i.sent != nil
	})
	return outcome, err
}

// lateness is how late a request may still take effect where the definition does not say: an idempotency
// key, or that it is harmless, makes up for it.
const lateness = 10 * time.Minute

// asked says what a request is about, in the words of a fault, and how late it may take effect.
func (r *run) asked(name, attempt string) (what string, horizon time.Duration) {
	s := r.sendings[attempt]
	if s == nil {
		return "unknown", 0
	}
	if horizon = s.evidence.Horizon; horizon == 0 {
		horizon = lateness
	}
	return string(s.kind), horizon
}
