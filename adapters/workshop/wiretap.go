package workshop

import (
	"context"
	"slices"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// Call is one request as it left, and how it fared.
type Call struct {
	adapters.Wire
	adapters.Reply
	Reach adapters.Reach
	Err   error
}

// wiretap is a transport that keeps what goes through it.
type wiretap struct {
	next  adapters.Transport
	calls []Call
}

// Send sends. See adapters.Transport.
func (w *wiretap) Send(ctx context.Context, wire adapters.Wire) (adapters.Reply, adapters.Reach, error) {
	reply, reach, err := w.next.Send(ctx, wire)
	w.calls = append(w.calls, Call{wire, reply, reach, err})
	return reply, reach, err
}

// last is the last call that was no request for a token; nil: there was none.
func (w *wiretap) last() *Call {
	for i := range slices.Backward(w.calls) {
		if w.calls[i].Class != adapters.TokenCall {
			return &w.calls[i]
		}
	}
	return nil
}

// count is how many of them there were.
func (w *wiretap) count() (n int) {
	for _, c := range w.calls {
		if c.Class != adapters.TokenCall {
			n++
		}
	}
	return n
}

// watch is a definition that tells what it could not read.
func (b *bench) watch(d adapters.Definition) adapters.Definition {
	d.Exchanges = slices.Clone(d.Exchanges)
	for i := range d.Exchanges {
		x := &d.Exchanges[i]
		if decode := x.Decode; decode != nil {
			x.Decode = func(cmd canonical.Command, said adapters.Reply) (canonical.Outcome, error) {
				outcome, err := decode(cmd, said)
				b.unread(err)
				return outcome, err
			}
		}
		if read := x.Read; read != nil {
			x.Read = func(q canonical.Query, said adapters.Reply) (canonical.Report, error) {
				report, err := read(q, said)
				b.unread(err)
				return report, err
			}
		}
		if collect := x.Collect; collect != nil {
			x.Collect = func(ctx context.Context, call adapters.Caller, q canonical.Query) (canonical.Report, error) {
				report, err := collect(ctx, call, q)
				b.unread(err)
				return report, err
			}
		}
	}
	d.Token = b.watchToken(d.Token)
	return d
}

func (b *bench) unread(err error) {
	if err != nil && b.watching {
		b.result.Unread = err
	}
}

// watchToken learns what a token is, so that it is shown to nobody.
func (b *bench) watchToken(t *adapters.Token) *adapters.Token {
	if t == nil {
		return nil
	}
	watched := *t
	watched.Decode = func(said adapters.Reply, now time.Time) (string, time.Time, error) {
		token, ends, err := t.Decode(said, now)
		b.result.seal.add(token)
		if token != "" {
			b.result.tokens = append(b.result.tokens, token)
		}
		return token, ends, err
	}
	return &watched
}
