package certify

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters"
)

// latency is how long a call takes that nothing befalls.
const latency = 200 * time.Millisecond

// network is between the real client and a lender, and lets one thing go wrong.
type network struct {
	world  *world
	clock  *clock
	lender lender
	armed  *scene // whose next request the fault befalls
	fault  *fault
	fell   bool      // it has befallen
	dark   time.Time // until then the lender cannot be reached
}

// Send is adapters.Transport's.
func (n *network) Send(_ context.Context, w adapters.Wire) (adapters.Reply, adapters.Reach, error) {
	if n.clock.real == nil {
		n.clock.pass(latency)
	}
	if n.clock.now.Before(n.dark) {
		return adapters.Reply{}, adapters.NotSent, errCut
	}
	if w.Class == adapters.TokenCall && n.world.block.Token != nil && n.clock.real == nil {
		return n.world.block.token(n.clock.now), adapters.Replied, nil
	}
	a := arrival{Wire: w, path: strings.TrimPrefix(w.URL, n.world.subject.base()), by: n.world.under}
	if n.struck(a) {
		n.fell = true
		return n.fault.befall(n, a)
	}
	return n.deliver(a)
}

// deliver brings a request to the lender.
func (n *network) deliver(a arrival) (adapters.Reply, adapters.Reach, error) {
	if at, is := n.lender.(*remote); is {
		return at.transport.Send(n.clock.real, a.Wire)
	}
	return n.lender.answer(n.clock.now, a), adapters.Replied, nil
}

// struck says whether the fault befalls a request: the first of the step it is armed for.
func (n *network) struck(a arrival) bool {
	return n.armed != nil && n.fault.befall != nil && !n.fell && a.by != nil && a.Class != adapters.ReadCall && a.Class != adapters.TokenCall && n.armed.about(a.by)
}

// token is what the lender answers who asks for one.
func (b *block) token(now time.Time) adapters.Reply {
	tree := copyOf(b.Token.Reply.tree)
	if b.Token.Expires != "" {
		tree, _ = put(tree, pointerSteps(b.Token.Expires), now.Add(b.Token.Life).UTC().Format(time.RFC3339))
	}
	return adapters.Reply{Status: http.StatusOK, Header: jsonHeader(), Body: written(tree)}
}

// openGate lets everything pass: how a gateway spares a lender is not what is certified.
type openGate struct{}

// Enter is adapters.Gate's.
func (openGate) Enter(context.Context, adapters.Errand) (func(adapters.Shown), error) {
	return func(adapters.Shown) {}, nil
}

// Alone is adapters.Gate's.
func (openGate) Alone(_ context.Context, f func() error) error { return f() }

// Stamp is adapters.Gate's.
func (openGate) Stamp(_ []byte, now time.Time) time.Time { return now }
