package engine_test

import (
	"context"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

// scripted is a provider for what no simulated lender shows: it answers as the test says.
type scripted struct {
	traits   canonical.Traits
	accepts  canonical.Acceptance
	evidence canonical.Evidence
	send     func(canonical.Command, canonical.Request) (canonical.Outcome, error)
	read     func(canonical.Query) (canonical.Report, error)
	sent     []canonical.Request
	now      func() time.Time
	lender   string // digest of which one it is
}

// newScripted is a kit with a scripted provider that says yes to everything, an order of 1000.00 that
// is authorized, and what the provider is told from there on.
func newScripted(t tester) (*kit, *scripted, canonical.Order) {
	t.Helper()
	k := newKit(t)
	p := &scripted{now: k.clock, evidence: canonical.Evidence{Lost: []canonical.Recovery{canonical.ReadAndCompare}, Horizon: time.Minute}}
	p.send = func(cmd canonical.Command, _ canonical.Request) (canonical.Outcome, error) { return yes(), nil }
	p.read = func(canonical.Query) (canonical.Report, error) {
		return canonical.Report{}, canonical.Errorf(canonical.ProviderUnavailable, "not now")
	}
	k.clients["scripted"] = p
	order := k.create(engine.NewOrder{Provider: "scripted", Reference: "ORD-1", Amount: money("1000.00", "EUR")}).Order
	k.do(order.ID, engine.Ask{Kind: canonical.OpAuthorize})
	return k, p, k.order(order.ID)
}

func yes() canonical.Outcome { return canonical.Outcome{State: canonical.Succeeded, Sends: 1} }

func doubt() canonical.Outcome { return canonical.Outcome{State: canonical.Doubtful, Sends: 1} }

// says is a report that the lender's order stands so: net, captured and refunded.
func (p *scripted) says(word string, phase canonical.Phase, figures ...string) canonical.Report {
	s := &canonical.Sighting{Word: word, Phase: phase}
	for i, to := range []**canonical.Amount{&s.Net, &s.Captured, &s.Refunded} {
		if i < len(figures) {
			amount := canonical.MustMoney(figures[i], "EUR").Value
			*to = &amount
		}
	}
	return canonical.Report{Finding: canonical.Found, Sighting: s, AsOf: p.now()}
}

// shows has every read answered with the same figures.
func (p *scripted) shows(figures ...string) {
	p.read = func(canonical.Query) (canonical.Report, error) {
		return p.says("OPEN", canonical.Open, figures...), nil
	}
}

func (p *scripted) Describe() canonical.Provider {
	description := canonical.Provider{ID: "scripted", Mode: canonical.Test, Traits: p.traits, Accepts: p.accepts, Lender: p.lender, Reference: canonical.ReferenceForm{Max: 40}}
	for _, kind := range canonical.OperationKinds {
		description.Capabilities = append(description.Capabilities, canonical.Capability{Operation: string(kind), Partial: true})
	}
	return description
}

func (p *scripted) Able(canonical.Order) []canonical.Ability {
	var abilities []canonical.Ability
	for _, kind := range canonical.OperationKinds {
		abilities = append(abilities, canonical.Ability{Kind: kind, Partial: true})
	}
	return abilities
}

func (p *scripted) Prepare(cmd canonical.Command) (canonical.Request, error) {
	body := string(cmd.Kind) + " " + cmd.Amount.String() + " as " + cmd.Reference
	return canonical.Request{Exchange: string(cmd.Kind), Method: "POST", Path: "/" + string(cmd.Kind), Body: []byte(body), Timeout: 10 * time.Second}, nil
}

func (p *scripted) Send(_ context.Context, cmd canonical.Command, request canonical.Request) (canonical.Outcome, error) {
	p.sent = append(p.sent, request)
	return p.send(cmd, request)
}

func (p *scripted) Read(_ context.Context, q canonical.Query) (canonical.Report, error) {
	return p.read(q)
}

func (p *scripted) Evidence(string) canonical.Evidence { return p.evidence }

// bodies are what was sent, in order.
func (p *scripted) bodies() []string {
	var bodies []string
	for _, request := range p.sent {
		bodies = append(bodies, string(request.Body))
	}
	return bodies
}

// sends has every request answered so.
func (p *scripted) sends(outcome canonical.Outcome, err error) {
	p.sent = nil
	p.send = func(canonical.Command, canonical.Request) (canonical.Outcome, error) { return outcome, err }
}

// Notice takes every message with a body for one about the lender's order that the body names.
func (p *scripted) Notice(m canonical.Message) (canonical.Notice, error) {
	if len(m.Body) == 0 {
		return canonical.Notice{}, canonical.Errorf(canonical.Unauthenticated, "no")
	}
	return canonical.Notice{ID: string(m.Body), ProviderID: string(m.Body)}, nil
}
