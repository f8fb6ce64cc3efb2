package simulation

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
)

// notice is a lender's notification on its way, and how the gateway took it.
type notice struct {
	provider string
	secret   string
	header   http.Header
	body     []byte
	forged   bool
	begun    time.Time // when the gateway began to take it in, the last time
	accepted time.Time // when it had said yes
	err      error
	taken    bool // there was an answer
	wrote    int  // commits made while it was taken in, by whoever took it
}

// The pauses before a lender sends again what was not accepted. Then it gives up.
var redeliveries = []time.Duration{0, 2 * time.Second, 10 * time.Second, time.Minute, 10 * time.Minute}

// deliver takes the notifications that came up at a lender.
func (r *run) deliver(all []lender.Notice) {
	for _, n := range all {
		if r.mute {
			continue
		}
		u, err := url.Parse(n.URL)
		if err != nil {
			panic(err)
		}
		name, secret, _ := strings.Cut(strings.TrimPrefix(u.Path, "/notifications/"), "/")
		r.post(notice{provider: name, secret: secret, header: n.Header, body: n.Body})
	}
}

// post sends one, as the network and the lender's mood want it.
func (r *run) post(n notice) {
	met, d := r.meet(ofNotices, encounter{lender: n.provider, what: "notice"})
	delay := time.Duration(0)
	if d != nil {
		delay = d.between(quick, usual)
	}
	switch {
	case met == nil:
	case met.name == noticeGone:
		return
	case met.name == noticeTwice:
		r.carry(n, delay+d.anywhere(time.Second, time.Hour))
	case met.name == noticeLate:
		delay = d.anywhere(time.Second, 6*time.Hour)
	case met.name == noticeForged:
		r.carry(n.forge(d), 0)
	}
	r.carry(n, delay)
}

// carry brings a notification to a gateway, some times.
func (r *run) carry(n notice, delay time.Duration) {
	r.aloft++
	r.kernel.spawn(nil, "courier", func() {
		r.kernel.sleep(delay)
		for _, pause := range redeliveries {
			r.kernel.sleep(pause)
			if r.handIn(&n); n.taken && (n.err == nil || n.forged) {
				break
			}
		}
		r.aloft--
	})
}

// handIn has a gateway take a notification in, and waits for its answer.
func (r *run) handIn(n *notice) {
	p := r.someProcess()
	if p == nil {
		return
	}
	ended, took := &signal{}, *n
	r.kernel.spawn(p, "intake", func() {
		took.begun = r.kernel.now()
		m := canonical.Message{Secret: n.secret, Header: n.header, Body: n.body, At: r.kernel.now()}
		took.err = p.engine.Receive(context.Background(), n.provider, m)
		took.wrote = r.kernel.running.commits
		r.point(p, beforeAccepted)
		took.taken, took.accepted = true, r.kernel.now()
		r.kernel.raise(ended)
	})
	r.kernel.wait(30*time.Second, ended, &p.death)
	if !took.taken {
		return
	}
	*n = took
	if r.telling {
		r.tell("from "+n.provider, "notification %s (forged: %v): %v", n.body, n.forged, n.err)
	}
	r.notices = append(r.notices, n)
	r.check(func(i *invariant) bool {
		if i.notice != nil {
			i.notice(r, n)
		}
		return i.notice != nil
	})
}

// forge makes a message that nobody at the lender wrote: what proves it is not what the lender would send.
func (n notice) forge(d *dice) notice {
	n.forged, n.header = true, n.header.Clone()
	names := []string{}
	for _, name := range proofs {
		if n.header.Get(name) != "" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		n.secret += "x"
		return n
	}
	name := pick(d, names...)
	proof := []byte(n.header.Get(name))
	proof[d.below(len(proof))] ^= 1
	n.header.Set(name, string(proof))
	return n
}
