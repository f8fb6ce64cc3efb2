package simulation

import (
	"context"
	"errors"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
)

// asked is one request at the gateway, and how it ended.
type asked struct {
	who     string
	key     string
	kind    canonical.OperationKind // "" of reads
	order   string                  // "" of a create, until it is answered
	ask     engine.Ask
	fresh   *engine.NewOrder // of a create
	meaning string

	invoked  int // commits before it
	answered int // and before its answer
	wrote    int // commits that whoever answered it made
	heard    bool
	answer   engine.Answer
	seen     canonical.Order // what a read, or a sync, showed
	err      error
}

// call is how the gateway knows the merchant of every run.
func (a *asked) call() engine.Call {
	return engine.Call{Merchant: "shop", Mode: canonical.Test, Role: state.RoleMerchant, Actor: "key_shop", Key: a.key, Meaning: []byte(a.meaning), TraceID: "trace"}
}

// perform has an engine do what is asked.
func (a *asked) perform(ctx context.Context, e *engine.Engine) {
	switch {
	case a.fresh != nil:
		a.answer, a.err = e.Create(ctx, a.call(), *a.fresh)
		a.seen = a.answer.Order
	case a.kind == canonical.OpSync:
		var synced engine.Synced
		synced, a.err = e.Sync(ctx, a.call(), a.order)
		a.seen = synced.Order
	case a.kind == "":
		a.seen, a.err = e.Order(ctx, a.call(), a.order)
	default:
		a.answer, a.err = e.Submit(ctx, a.call(), a.order, a.ask)
		a.seen = a.answer.Order
	}
}

// request sends a request to a gateway that is up, and waits as long as the client's patience lasts: then
// it hangs up. heard says whether there was an answer.
func (r *run) request(a *asked, patience time.Duration) {
	k := r.kernel
	a.invoked, a.heard = r.mirror.commits, false
	p := r.someProcess()
	if p == nil {
		k.sleep(usual)
		return
	}
	k.sleep(r.hop())
	l, ended, done := newLine(), &signal{}, *a
	k.spawn(p, "request", func() {
		done.perform(l, p.engine)
		r.point(p, beforeAnswer)
		done.heard, done.answered, done.wrote = true, r.mirror.commits, k.running.commits
		k.raise(ended)
	})
	for until := k.elapsed + patience; !done.heard && !p.dead && k.elapsed < until; {
		k.wait(until-k.elapsed, ended, &p.death)
	}
	if !done.heard {
		r.tell(a.who, "hears nothing")
		if a.key != "" {
			r.unheard = append(r.unheard, a.key)
		}
		l.hangUp(k)
		return
	}
	k.sleep(r.hop())
	*a = done
	r.heard(a)
}

// hop is how long a message takes between merchant and gateway.
func (r *run) hop() time.Duration {
	return r.chance.dice("hop", r.chance.count("hop")).between(quick, usual)
}

// someProcess is a gateway that answers, if there is one.
func (r *run) someProcess() *process {
	var up []*process
	for _, p := range r.processes {
		if p.ready && !p.dead {
			up = append(up, p)
		}
	}
	if len(up) == 0 {
		return nil
	}
	return up[r.chance.dice("which gateway", r.chance.count("which gateway")).below(len(up))]
}

// heard notes what was told to a merchant, and checks it.
func (r *run) heard(a *asked) {
	r.answers = append(r.answers, a)
	if state := r.toldState(a); state != "" {
		r.counts.states[string(state)]++
	}
	if r.telling {
		r.tell(a.who, "is told: %s", a)
	}
	r.check(func(i *invariant) bool {
		if i.answer != nil {
			i.answer(r, a)
		}
		return i.answer != nil
	})
}

// toldState is the state of the operation that an answer is about: a problem names one that has failed.
func (r *run) toldState(a *asked) canonical.OperationState {
	var problem *canonical.Error
	if !errors.As(a.err, &problem) || r.mirror.operations[problem.Operation] == nil {
		return a.answer.Operation.State
	}
	return r.mirror.operations[problem.Operation].op.State
}

// String tells a request and its end in one line.
func (a *asked) String() string {
	what := string(a.kind)
	if a.kind == "" {
		what = "read"
	}
	if a.ask.Amount != nil {
		what += " " + a.ask.Amount.String()
	}
	switch {
	case !a.heard:
		return what
	case a.err != nil:
		return what + ": " + a.err.Error()
	case a.kind == "" || a.kind == canonical.OpSync:
		return what + ": " + string(a.seen.Status)
	}
	return what + ": " + a.answer.Operation.ID + " " + string(a.answer.Operation.State) + ", order " + string(a.answer.Order.Status)
}
