package certify

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters"
	lenders "github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

const (
	baseURL   = "https://lender.test/"
	notifyURL = "https://gateway.test/notifications/certify"
)

// world is one life: the real engine and the real client, a store and a lender, in virtual time.
type world struct {
	*clock
	subject *Subject
	block   *block
	lender  lender
	network *network
	client  *adapters.Client
	engine  *engine.Engine
	call    engine.Call
	scene   *scene   // under way
	under   *sending // the attempt that is being sent
	order   string
	used    map[string]bool // ids that were given
	serial  int
	sent    map[string]sending // attempts that were sent, by their ids
	scenes  map[string]*scene  // under way when they were sent first
	story   *story
	refused error               // of the last notification
	heard   []canonical.Message // notifications of a simulated lender
}

// open begins a life.
func (s *Subject) open(told *story) (*world, error) {
	l, err := s.lender(told)
	if err != nil {
		return nil, err
	}
	w := &world{clock: &clock{now: dawn, real: s.real}, subject: s, block: s.block, story: told, lender: l, used: make(map[string]bool), sent: make(map[string]sending), scenes: make(map[string]*scene)}
	w.network = &network{world: w, clock: w.clock, lender: l}
	if at, is := l.(*stand); is {
		at.told = w.posted
	}
	w.client = adapters.NewClient(adapters.ClientOptions{
		Provider: canonical.Provider{ID: s.adapter.Name, Mode: canonical.Test, Config: "certify", Polling: canonical.Polling{After: 30 * time.Second, Until: 72 * time.Hour}},
		Adapter:  s.adapter, Define: s.define, BaseURL: s.base(), NotifyURL: notifyURL,
		Timeouts:  adapters.Timeouts{Write: 25 * time.Second, Read: 8 * time.Second},
		Transport: w.network, Gate: openGate{}, Now: w.time,
	})
	w.call = engine.Call{Merchant: "acme", Mode: canonical.Test, Actor: "certify"}
	settings := engine.DefaultSettings
	settings.Node = "certify"
	w.engine, err = engine.New(context.Background(), engine.Options{
		Store: newMemory(), Providers: only{watched{w.client, w}}, Settings: settings,
		Runtime: engine.Runtime{Now: w.time, Sleep: w.sleep, Start: start, NewID: w.newID, Entropy: w.entropy},
	})
	return w, err
}

// sleep and start are the engine's: whoever waits lets the time of all pass.
func (w *world) sleep(_ context.Context, d time.Duration) error {
	w.pass(d)
	return nil
}

func start(_ string, f func(context.Context)) func(context.Context, time.Duration) bool {
	f(context.Background())
	return func(context.Context, time.Duration) bool { return true }
}

// entropy is nothing offline, so that the same life is the same twice.
func (w *world) entropy(count int) []byte {
	random := make([]byte, count)
	if w.real != nil {
		_, _ = rand.Read(random) // it never fails
	}
	return random
}

// newID gives recorded ids as long as they are free, so that what a lender signed with them still verifies.
func (w *world) newID(prefix string) string {
	if w.serial++; w.real != nil {
		return fmt.Sprintf("%s_%013x%s", prefix, w.time().UnixMilli()<<8|int64(w.serial&0xff), strings.ToUpper(rand.Text()[:14]))
	}
	if s := w.scene; s != nil && s.command != nil {
		for _, recorded := range []string{s.command.Order.ID, s.command.Attempt} {
			if strings.HasPrefix(recorded, prefix+"_") && !w.used[recorded] {
				w.used[recorded] = true
				return recorded
			}
		}
	}
	return fmt.Sprintf("%s_%026d", prefix, w.serial)
}

// only is engine.Providers with one provider.
type only struct{ watched }

// For is engine.Providers'.
func (o only) For(string, string) (engine.Provider, error) { return o.watched, nil }

// Credentials is engine.Providers'.
func (o only) Credentials(string) ([]engine.Provider, error) {
	return []engine.Provider{o.watched}, nil
}

// IDs is engine.Providers'.
func (o only) IDs(canonical.Mode) []string { return []string{o.Describe().ID} }

// watched is the real client, whose attempts are watched.
type watched struct {
	*adapters.Client
	world *world
}

// Send is engine.Provider's.
func (p watched) Send(ctx context.Context, cmd canonical.Command, request canonical.Request) (canonical.Outcome, error) {
	w := p.world
	sent := sending{attempt: cmd.Attempt, row: request.Exchange, reference: cmd.Reference, key: cmd.Key, kind: cmd.Kind, order: cmd.Order, body: carried(request)}
	before := w.under
	w.under = &sent
	defer func() { w.under = before }()
	w.sent[cmd.Attempt] = sent
	if s := w.scene; s != nil && s.about(&sent) {
		w.lender.meet(s, sent)
	}
	if w.scenes[cmd.Attempt] == nil {
		w.scenes[cmd.Attempt] = w.scene
	}
	return p.Client.Send(ctx, cmd, request)
}

// posted has a notification of a simulated lender come a moment later.
func (w *world) posted(n lenders.Notice) {
	m := post(n)
	w.heard = append(w.heard, m)
	w.after(time.Second, func() { w.notify(&m) })
}

// about says whether a scene is that of an attempt. A simulated lender's scenes name no row.
func (s *scene) about(sent *sending) bool {
	if s.row != "" {
		return s.row == sent.row
	}
	return s.command != nil && s.command.Kind == sent.kind
}

// carried is all that a request says, to see what it does not.
func carried(request canonical.Request) string {
	text := request.Path + "\n" + string(request.Body)
	for _, name := range sortedKeys(request.Header) {
		text += "\n" + request.Header[name]
	}
	return text
}

func (w *world) exchange(row string) *adapters.Exchange {
	for i := range w.subject.define.Exchanges {
		if w.subject.define.Exchanges[i].Name == row {
			return &w.subject.define.Exchanges[i]
		}
	}
	return nil
}
