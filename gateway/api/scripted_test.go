package api_test

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/lendgate/lendgate/canonical"
)

// named is the scripted lender under the id of a provider.
type named struct {
	*lender
	id   string
	mode canonical.Mode
}

func (n named) Describe() canonical.Provider {
	p := n.lender.Describe()
	p.ID, p.Mode = n.id, n.mode
	return p
}

// lender is a provider that does what a test tells it.
type lender struct {
	mu      sync.Mutex
	send    func(canonical.Command) (canonical.Outcome, error)
	report  canonical.Report
	readErr error
	prepare func() // called while a request is prepared
	sent    []canonical.Command
	asked   []canonical.Query
	heard   *canonical.Message // the last
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
		Accepts: canonical.Acceptance{Currencies: []string{"USD", "EUR"}, Min: &smallest},
		Words:   []canonical.Word{{Word: "NEW", Phase: canonical.Created}},
		Options: []canonical.Option{
			{Name: "note", Type: canonical.TextOption, Help: "Shown to the customer.", Operations: kinds},
			{Name: "number", Type: canonical.IntegerOption, Help: "Of the shop.", Operations: kinds},
		},
		Reference: canonical.ReferenceForm{Max: 40}, Credential: "demo",
		Capabilities: []canonical.Capability{{Operation: "offers"}, {Operation: "list"}},
		Traits:       canonical.Traits{RefundNamesCapture: true},
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
	if l.prepare != nil {
		l.prepare()
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

// What proves a message to be the scripted lender's: either of them.
const (
	proofHeader = "Lender-Proof"
	lenderProof = "lender-" + canary
)

// Notice reads a body, or a query's order, as the id of the lender's order. gamma sends no messages.
func (n named) Notice(m canonical.Message) (canonical.Notice, error) {
	n.mu.Lock()
	n.heard = &m
	n.mu.Unlock()
	order := string(m.Body)
	if order == "" {
		order = m.Query.Get("order")
	}
	switch {
	case n.id == "gamma":
		return canonical.Notice{}, canonical.Errorf(canonical.NotFound, "this provider sends no notifications")
	case m.Secret != lenderProof && http.Header(m.Header).Get(proofHeader) != lenderProof:
		return canonical.Notice{}, canonical.Errorf(canonical.Unauthenticated, "neither "+m.Secret+" nor the header")
	case order == "":
		return canonical.Notice{}, canonical.Errorf(canonical.InvalidRequest, "it names no order")
	}
	return canonical.Notice{ID: order, ProviderID: order}, nil
}
