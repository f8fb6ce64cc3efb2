package engine_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// wire is the transport of a kit: it hands a request to the simulated lender.
type wire struct {
	world *sandbox.World
	now   func() time.Time
	mu    sync.Mutex
	down  bool                                       // no connection to any lender
	sent  int                                        // requests that left, reads and tokens included
	at    func(string)                               // called at each moment of a call; nil: nobody listens
	stead func(adapters.Wire) (adapters.Reply, bool) // answers instead of the lender; nil: nothing does
	spoil func(*adapters.Reply, adapters.Wire)       // changes a reply on its way; nil: none does
}

// The moments of a call.
const (
	beforeSend = "before the request is sent"
	afterSend  = "after the lender acted"
	afterReply = "after the reply is read"
)

func (w *wire) moment(name string) {
	if w.at != nil {
		w.at(name)
	}
}

func (w *wire) Send(_ context.Context, r adapters.Wire) (adapters.Reply, adapters.Reach, error) {
	w.mu.Lock()
	down := w.down
	if !down {
		w.sent++
	}
	w.mu.Unlock()
	if down {
		return adapters.Reply{}, adapters.NotSent, errors.New("connection refused")
	}
	if w.stead != nil {
		if reply, answers := w.stead(r); answers {
			return reply, adapters.Replied, nil
		}
	}
	w.moment(beforeSend)
	reply, fate := w.deliver(r)
	w.moment(afterSend)
	if fate.Cut {
		return adapters.Reply{}, adapters.Sent, errors.New("connection reset")
	}
	answer := adapters.Reply{Status: reply.Status, Header: reply.Header, Body: reply.Body}
	if w.spoil != nil {
		w.spoil(&answer, r)
	}
	w.moment(afterReply)
	return answer, adapters.Replied, nil
}

func (w *wire) deliver(r adapters.Wire) (lender.Reply, sandbox.Fate) {
	u, err := url.Parse(r.URL)
	if err != nil {
		panic(err)
	}
	name, rest, _ := strings.Cut(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	header := http.Header{}
	for field, values := range r.Header {
		header[http.CanonicalHeaderKey(field)] = values
	}
	return w.world.Handle(w.now(), name, lender.Request{Method: r.Method, Path: "/" + rest, MountedPath: u.EscapedPath(), RawQuery: u.RawQuery, Header: header, Body: r.Body})
}

func (w *wire) connected(up bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = !up
}

// count is how many requests left so far.
func (w *wire) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sent
}

// openGate lets everything through, and gives no time stamp twice.
type openGate struct {
	mu   sync.Mutex
	last int64
}

func (g *openGate) Enter(context.Context, adapters.Errand) (func(adapters.Shown), error) {
	return func(adapters.Shown) {}, nil
}

func (g *openGate) Alone(_ context.Context, f func() error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return f()
}

func (g *openGate) Stamp(_ []byte, now time.Time) time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last = max(g.last+1, now.Unix())
	return time.Unix(g.last, 0).UTC()
}
