package engine_test

import (
	"net/url"
	"path"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// noticesTo is where the lenders send their notifications, each to the provider it stands for.
const noticesTo = "https://gateway.example/notifications/"

// tenant is a merchant with credentials of its own; all others share the provider's.
const tenant = "acme"

// account is what a merchant has at a lender of its own, simulated apart from the one that all share.
type account struct {
	settings adapters.Values
	lender   func() lender.Lender
}

// mount is the name under which a merchant's lender is found.
func mount(style, merchant string) string {
	if merchant == "" {
		return style
	}
	return style + "-" + merchant
}

// mounted is a lender under another name.
type mounted struct {
	lender.Lender
	name string
}

// Name is the lender's mount.
func (m mounted) Name() string { return m.name }

// lendersOf are the simulated lenders, those of the styles in the form the styles want, and where each
// sends its notifications.
func lendersOf(styles []style) (lenders []lender.Lender, addresses map[string]string) {
	lenders, addresses = sandbox.Defaults(), make(map[string]string)
	for i := range lenders {
		addresses[lenders[i].Name()] = noticesTo + lenders[i].Name()
		for _, s := range styles {
			if s.name() == lenders[i].Name() && s.lender != nil {
				lenders[i] = s.lender()
			}
		}
	}
	for _, s := range styles {
		if s.tenant != nil {
			name := mount(s.name(), tenant)
			lenders, addresses[name] = append(lenders, mounted{s.tenant.lender(), name}), noticesTo+s.name()
		}
	}
	return lenders, addresses
}

// post is what the lenders told and nobody has delivered yet.
type post struct {
	mu      sync.Mutex
	waiting []lender.Notice
}

func (p *post) take(notices []lender.Notice) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = append(p.waiting, notices...)
}

// mail takes out what the lenders have told so far, oldest first.
func (k *kit) mail() []lender.Notice {
	k.post.mu.Lock()
	defer k.post.mu.Unlock()
	waiting := k.post.waiting
	k.post.waiting = nil
	return waiting
}

// message is a notice as it arrives now.
func (k *kit) message(n lender.Notice) canonical.Message {
	return canonical.Message{Query: url.Values{"from": {"lender"}}, Header: n.Header, Body: n.Body, At: k.clock()}
}

// deliver brings a notice to the gateway, and notes what it acknowledges.
func (k *kit) deliver(n lender.Notice) error {
	err := k.engine.Receive(k.Context(), path.Base(n.URL), k.message(n))
	if err == nil {
		k.taken = append(k.taken, taken{k.clock(), string(n.Body)})
	}
	return err
}

// deliverAll brings all that the lenders have told so far.
func (k *kit) deliverAll() {
	k.Helper()
	k.deliverThese(k.mail())
}

func (k *kit) deliverThese(notices []lender.Notice) {
	k.Helper()
	for _, n := range notices {
		if err := k.deliver(n); err != nil {
			k.Fatalf("deliver: %v", err)
		}
	}
}

// taken is a message that the gateway has acknowledged.
type taken struct {
	at   time.Time
	body string
}

// messages lists what the gateway keeps of messages, by body: those about orders, and those that something
// is still to be done with.
func (k *kit) messages() map[string]state.Message {
	k.Helper()
	kept := make(map[string]state.Message)
	orders, timers := k.all(), k.timers()
	k.view(func(r state.Reader) error {
		for i := range orders {
			about, err := r.MessagesOf(orders[i].ID)
			if err != nil {
				return err
			}
			for _, m := range about {
				kept[string(m.Body)] = m
			}
		}
		for _, timer := range timers {
			if timer.Kind != "message" {
				continue
			}
			m, err := r.Message(timer.Subject)
			if err != nil {
				k.Errorf("a timer looks after message %s: %v", timer.Subject, err)
			}
			kept[string(m.Body)] = m
		}
		return nil
	})
	return kept
}

// wantMessages: what was acknowledged is there for a day at least, and has a timer as long as something is
// to be done with it.
func (k *kit) wantMessages() {
	k.Helper()
	kept := k.messages()
	for _, told := range k.taken {
		m, found := kept[told.body]
		if young := k.clock().Sub(told.at) < 24*time.Hour; !found && young {
			k.Errorf("a message that was acknowledged at %s is lost: %s", told.at, told.body)
		}
		if looked := m.Order == "" && !m.GivenUp; found {
			k.view(func(r state.Reader) error {
				if _, err := r.Timer("message:" + m.ID); (err == nil) != (looked || k.keep > 0) {
					k.Errorf("message %s of order %q, given up %v: timer %v", m.ID, m.Order, m.GivenUp, err)
				}
				return nil
			})
		}
	}
}

// wantAbout: the gateway keeps these messages as messages about an order, and no others.
func (k *kit) wantAbout(order string, notices []lender.Notice) {
	k.Helper()
	k.view(func(r state.Reader) error {
		about, err := r.MessagesOf(order)
		got, want := make(map[string]bool), make(map[string]bool)
		for _, m := range about {
			got[string(m.Body)] = true
		}
		for _, n := range notices {
			want[string(n.Body)] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			k.Errorf("messages about the order (-want +got):\n%s", diff)
		}
		return err
	})
}
