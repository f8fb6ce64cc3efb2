package simulation

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// flight is one request on its way to a lender. It outlives the process that sent it.
type flight struct {
	run         *run
	process     *process
	lender      string
	attempt     string // the attempt it belongs to; "" for reads and tokens
	request     lender.Request
	timeout     time.Duration
	horizon     time.Duration // how late the lender may act on it
	travel      time.Duration // until it arrives
	back        time.Duration // until the reply is there
	again       time.Duration // when a copy of it arrives; 0: none does
	cut         time.Duration // when the connection breaks, where no reply comes
	unconnected bool
	lost        bool
	mute        bool   // no reply comes
	wrong       *fault // what the lender does wrong

	reply *adapters.Reply
	ended signal
}

// transport sends what one process sends.
type transport struct{ process *process }

var (
	errRefused = errors.New("connection refused")
	errTimeout = errors.New("no answer in time")
)

// Send is adapters.Transport's.
func (t transport) Send(_ context.Context, w adapters.Wire) (adapters.Reply, adapters.Reach, error) {
	r := t.process.run
	f := r.flight(t.process, w)
	if f.unconnected {
		r.kernel.sleep(f.back)
		return adapters.Reply{}, adapters.NotSent, errRefused
	}
	r.point(t.process, beforeSend)
	r.takeOff(f)
	r.kernel.wait(f.patience(), &f.ended)
	if f.reply == nil {
		r.point(t.process, afterSilence)
		return adapters.Reply{}, adapters.Sent, errTimeout
	}
	r.kernel.running.heard++
	r.point(t.process, afterReply)
	return *f.reply, adapters.Replied, nil
}

// patience is how long the sender hears nothing before it gives up.
func (f *flight) patience() time.Duration {
	if f.mute {
		return min(f.cut, f.timeout)
	}
	return f.timeout
}

// The time a request takes where nothing is wrong.
const (
	quick = 5 * time.Millisecond
	usual = 300 * time.Millisecond
)

func (r *run) flight(p *process, w adapters.Wire) *flight {
	f := &flight{run: r, process: p, attempt: r.kernel.running.attempt, timeout: w.Timeout}
	f.lender, f.request = addressed(w)
	e := encounter{lender: f.lender, what: "read", class: w.Class}
	if notRead(e) {
		e.what, f.horizon = r.asked(f.lender, f.attempt)
	}
	met, d := r.meet(onTheWire, e)
	if d == nil {
		d = r.chance.dice("travel", r.chance.count("travel"))
	}
	f.travel, f.back = d.between(quick, usual), d.between(quick, usual)
	switch {
	case met == nil:
	case met.bend != nil:
		met.bend(f, d)
	default:
		f.wrong = met
	}
	return f
}

// addressed reads a request off the wire as the lender it is for sees it.
func addressed(w adapters.Wire) (string, lender.Request) {
	u, err := url.Parse(w.URL)
	if err != nil {
		panic(err)
	}
	name, rest, _ := strings.Cut(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	header := http.Header{}
	for field, values := range w.Header {
		header[http.CanonicalHeaderKey(field)] = values
	}
	return name, lender.Request{Method: w.Method, Path: "/" + rest, MountedPath: u.EscapedPath(), RawQuery: u.RawQuery, Header: header, Body: w.Body}
}

// takeOff lets a request leave: from here on nothing of the process can hold it back.
func (r *run) takeOff(f *flight) {
	r.tell(r.kernel.running.String(), "sends %s %s %s", f.lender, f.request.Method, f.request.Path)
	r.kernel.trace.bytes(f.request.Body)
	if !f.lost {
		r.aloft++
		r.kernel.after(f.travel, func() { r.arrive(f, false) })
	}
	if f.again > 0 {
		r.aloft++
		r.kernel.after(f.again, func() { r.arrive(f, true) })
	}
}

// arrive lets the lender answer a request. The reply goes back, if anybody still waits for it.
func (r *run) arrive(f *flight, copied bool) {
	r.aloft--
	if d := f.process.diedAt; f.process.dead && r.kernel.elapsed > d+f.horizon {
		return // the connection broke when the process died: what is this late never arrives
	}
	reply, fate := r.handle(f, copied)
	if r.telling {
		r.tell(f.lender, "answers %s %s with %d %s", f.request.Method, f.request.Path, reply.Status, fate.Fault)
	}
	if copied {
		return
	}
	if !f.process.dead {
		r.point(f.process, afterActing)
	}
	if f.mute || fate.Cut {
		return
	}
	r.kernel.after(f.back+fate.Delay, func() {
		f.reply = &adapters.Reply{Status: reply.Status, Header: reply.Header, Body: reply.Body}
		r.kernel.raise(&f.ended)
	})
}
