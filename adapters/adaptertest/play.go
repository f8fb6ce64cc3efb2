package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// answer is how one request fares.
type answer struct {
	reach adapters.Reach
	reply adapters.Reply
}

func answered(status int, body []byte) answer {
	return answer{adapters.Replied, adapters.Reply{Status: status, Header: http.Header{}, Body: body}}
}

// played is what came of a command, a query or a message.
type played struct {
	exchange string
	request  canonical.Request
	wires    []adapters.Wire
	gives    any // canonical.Outcome, canonical.Report or canonical.Notice
	err      error
	panicked any
}

func (p played) failed() bool { return p.err != nil || p.panicked != nil }

// worked says whether a row did what it is for.
func (p played) worked(row *adapters.Exchange) bool {
	switch gives := p.gives.(type) {
	case canonical.Outcome:
		return gives.State == canonical.Succeeded || gives.State == canonical.Waiting
	case canonical.Report:
		return gives.Finding == canonical.Found || len(gives.Orders) > 0 || len(gives.Offers) > 0 || row.Name == "probe"
	}
	return false
}

// sighting is what a result says of the order; nil where it says nothing.
func (p played) sighting() *canonical.Sighting {
	switch gives := p.gives.(type) {
	case canonical.Outcome:
		return gives.Sighting
	case canonical.Report:
		return gives.Sighting
	}
	return nil
}

func (p played) String() string {
	switch {
	case p.panicked != nil:
		return fmt.Sprintf("panic: %v", p.panicked)
	case p.err != nil:
		return "error: " + p.err.Error()
	}
	if outcome, is := p.gives.(canonical.Outcome); is {
		return "outcome " + string(outcome.State)
	}
	if report, is := p.gives.(canonical.Report); is {
		return "report " + string(report.Finding)
	}
	return fmt.Sprintf("%+v", p.gives)
}

// script is a transport that answers what it was told, in order, and keeps what was sent.
type script struct {
	token   func() adapters.Reply
	answers []answer
	wires   []adapters.Wire
}

var errScripted = errors.New("connection lost")

// Send answers the next of the script. The last one is given again: a fresh token sends twice.
func (s *script) Send(_ context.Context, w adapters.Wire) (adapters.Reply, adapters.Reach, error) {
	switch {
	case w.Class == adapters.TokenCall && s.token != nil:
		return s.token(), adapters.Replied, nil
	case w.Class == adapters.TokenCall: // see Offline
		return adapters.Reply{Status: http.StatusOK, Body: []byte("{}")}, adapters.Replied, nil
	}
	if len(s.answers) == 0 {
		s.wires = append(s.wires, w)
		return adapters.Reply{}, adapters.NotSent, errors.New("the case has no answer to this request")
	}
	next := s.answers[min(len(s.wires), len(s.answers)-1)]
	s.wires = append(s.wires, w)
	if next.reach != adapters.Replied {
		return adapters.Reply{}, next.reach, errScripted
	}
	return next.reply, adapters.Replied, nil
}

// openGate lets everything pass.
type openGate struct{}

func (openGate) Enter(context.Context, adapters.Errand) (func(adapters.Shown), error) {
	return func(adapters.Shown) {}, nil
}
func (openGate) Alone(_ context.Context, f func() error) error { return f() }
func (openGate) Stamp(_ []byte, now time.Time) time.Time       { return now }

// defined is the style with settings other than the harness has.
func (s *suite) defined(settings adapters.Values) (adapters.Definition, error) {
	if len(settings) == 0 {
		return s.definition, nil
	}
	all := s.Adapter.Defaults(s.Settings)
	maps.Copy(all, settings)
	return s.Adapter.Define(all)
}

func (s *suite) client(settings adapters.Values, transport adapters.Transport) (*adapters.Client, error) {
	definition, err := s.defined(settings)
	if err != nil {
		return nil, err
	}
	if s.Token == nil {
		definition = Offline(definition)
	}
	return adapters.NewClient(adapters.ClientOptions{
		Provider: canonical.Provider{ID: "suite", Mode: canonical.Test}, Adapter: s.Adapter, Define: definition,
		BaseURL: baseURL, NotifyURL: notifyURL, Timeouts: adapters.Timeouts{Write: 25 * time.Second, Read: 8 * time.Second},
		Transport: transport, Gate: openGate{}, Now: func() time.Time { return at },
	}), nil
}

// play runs a case with the answers given.
func (s *suite) play(c *recorded, answers []answer) (p played) {
	transport := &script{token: s.Token, answers: answers}
	defer func() {
		p.wires = transport.wires
		if p.panicked = recover(); p.panicked != nil {
			p.gives = nil
		}
	}()
	client, err := s.client(c.Settings, transport)
	if err != nil {
		return played{err: err}
	}
	switch {
	case c.query != nil:
		p.exchange = c.query.Read
		report, err := client.Read(context.Background(), *c.query)
		report.AsOf = time.Time{}
		p.gives, p.err = report, err
	case c.message != nil:
		p.gives, p.err = client.Notice(*c.message)
	case c.command != nil:
		p.command(client, c)
	}
	return p
}

func (p *played) command(client *adapters.Client, c *recorded) {
	p.request, p.err = client.Prepare(*c.command)
	p.exchange = p.request.Exchange
	if p.err != nil {
		return
	}
	p.request.Repeat = c.Repeat
	outcome, err := client.Send(context.Background(), *c.command, p.request)
	p.gives, p.err = outcome, err
}

// again plays a sample with other answers.
func (s *suite) again(one sample, answers ...answer) played { return s.play(one.from, answers) }

// repeated plays a sample as a repeat.
func (s *suite) repeated(one sample, answers ...answer) played {
	repeat := *one.from
	repeat.Repeat = true
	return s.play(&repeat, answers)
}

// pathOf is a request's path below the base URL, with its query.
func pathOf(w adapters.Wire) string { return strings.TrimPrefix(w.URL, baseURL) }
