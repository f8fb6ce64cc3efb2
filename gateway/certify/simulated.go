package certify

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/sandbox"
	lenders "github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
)

// simulated says that a lender of the sandbox stands behind the story, and not recorded cases.
type simulated struct {
	Currency string                    `yaml:"currency"`
	Amount   string                    `yaml:"amount"`
	Customer string                    `yaml:"customer"`
	Books    []canonical.OperationKind `yaml:"books"`  // the movements that its book of truth has
	Covers   []string                  `yaml:"covers"` // what the proof of its notifications covers
}

// stand is a lender of the sandbox, one life long.
type stand struct {
	*book
	name    string
	now     time.Time
	world   *sandbox.World
	entered int
	order   canonical.Order
	given   map[string]bool // attempts of ours that it has had
	owed    []sending       // what it took and did not do at once
	told    func(lenders.Notice)
	refused error // of what somebody did there
}

func newStand(name string) (*stand, error) {
	s := &stand{book: &book{}, name: name, now: dawn, given: make(map[string]bool)}
	all := sandbox.Defaults()
	i := slices.IndexFunc(all, func(l lenders.Lender) bool { return l.Name() == name })
	if i < 0 {
		return nil, fmt.Errorf("the sandbox has no lender %s", name)
	}
	var err error
	s.world, err = sandbox.New(sandbox.Options{Now: func() time.Time { return s.now }, Lenders: all[i : i+1], Deliver: func(notices []lenders.Notice) {
		for _, n := range notices {
			s.told(n)
		}
	}})
	return s, err
}

// answer is lender's.
func (s *stand) answer(now time.Time, a arrival) adapters.Reply {
	s.wake(now)
	path, query, _ := strings.Cut(a.path, "?")
	header := http.Header{}
	for name, values := range a.Header {
		header[http.CanonicalHeaderKey(name)] = values
	}
	reply, _ := s.world.Handle(now, s.name, lenders.Request{Method: a.Method, Path: path, RawQuery: query, Header: header, Body: a.Body})
	if a.by == nil || a.Class == adapters.ReadCall || a.Class == adapters.TokenCall {
		s.enter("", "", asAsked, false)
		return adapters.Reply(reply)
	}
	why := asAsked
	switch {
	case a.copied:
		why = copied
	case s.given[a.by.attempt]:
		why = keyless
	}
	s.given[a.by.attempt] = true
	if s.enter(a.by.attempt, a.by.row, why, a.late) == 0 && reply.Status/100 == 2 {
		s.owed = append(s.owed, *a.by)
	}
	return adapters.Reply(reply)
}

// mumble is answer with a word that nobody knows; told is false where the reply has no word.
func (s *stand) mumble(now time.Time, a arrival) (reply adapters.Reply, told bool) {
	if s.world.SetFault(sandbox.Fault{Lender: s.name, Fault: "strange_word"}) != nil {
		return s.answer(now, a), false
	}
	reply = s.answer(now, a)
	told = len(s.world.Faults()) == 0
	_ = s.world.ClearFaults()
	return reply, told
}

// wake has the lender do what time brings about by itself.
func (s *stand) wake(now time.Time) {
	s.now = now
	if s.world.Wake(now) == nil {
		s.enter("", "", asAsked, false)
	}
}

// enter takes over what is new in the lender's own book, and counts it. Several effects of one request are one deed.
func (s *stand) enter(attempt, row string, why cause, late bool) int {
	fresh := s.world.Effects(s.name)[s.entered:]
	for i, e := range fresh {
		d := &deed{kind: canonical.OperationKind(e.Kind), amount: e.Amount, currency: e.Currency, at: e.At, attempt: attempt, row: row, why: why, late: late}
		if i > 0 && attempt != "" {
			d.attempt = "" // such as what a final capture gives back
		}
		if attempt == "" {
			s.own(d)
		}
		s.deeds = append(s.deeds, d)
	}
	s.entered += len(fresh)
	return len(fresh)
}

// own finds the request of ours that a lender carries out by itself.
func (s *stand) own(d *deed) {
	i := slices.IndexFunc(s.owed, func(one sending) bool { return one.kind == d.kind })
	if i >= 0 {
		d.attempt, d.row = s.owed[i].attempt, s.owed[i].row
		s.owed = slices.Delete(s.owed, i, i+1)
	}
}

// happen is lender's.
func (s *stand) happen(now time.Time, one *scene) {
	if one.Act == "" {
		return
	}
	s.wake(now)
	s.refused = s.world.Act(s.name, lenders.Act{Order: placeOf(&s.order), Do: one.Act, Amount: one.Amount})
	s.enter("", "", asAsked, false)
}

// placeOf is where a customer finds an order at the lender.
func placeOf(o *canonical.Order) string {
	switch {
	case o.ProviderOrder.ID != "":
		return o.ProviderOrder.ID
	case o.Action != nil && o.Action.Details.Text("cart_key") != "":
		return o.Action.Details.Text("cart_key")
	}
	return o.ProviderOrder.Reference
}

func (s *stand) meet(_ *scene, sent sending) { s.order = sent.order }
func (s *stand) knows(order canonical.Order) { s.order = order }
func (s *stand) truth() *book                { return s.book }

// simulatedStory is a life that is told by what is asked and what people do.
func simulatedStory(b *block, l life) *story {
	s := &story{name: l.Name, block: b, rows: make(map[int]string)}
	amount := canonical.Money{}
	if m, err := canonical.ParseMoney(b.Simulated.Amount, b.Simulated.Currency); err == nil {
		amount = m
	}
	order := canonical.Order{
		Reference: "S-1042", Amount: amount, ReturnURL: "https://shop.example/back", Merchant: "acme", Mode: canonical.Test,
		Customer: canonical.Customer{Reference: b.Simulated.Customer, Name: "Ada Example", Email: "ada@example.com"},
	}
	for i, st := range l.Steps {
		one := scene{step: st, number: i + 1, does: nothing}
		if st.Act != "" {
			one.By, one.Does = canonical.ForCustomer, canonical.OperationKind(st.Act)
		} else {
			cmd := canonical.Command{Kind: st.Ask, Order: order, Amount: one.money(amount)}
			if st.Ask == canonical.OpCancel && st.Amount != "" {
				cmd.Order.Phase = canonical.Open
			}
			one.command, one.sent = &cmd, &adaptertest.Crossing{}
			one.does = doneBy(b, st)
		}
		s.scenes = append(s.scenes, one)
	}
	return s
}

// doneBy is what a request does at a simulated lender, as far as its book has it. An update makes the order less.
func doneBy(b *block, st step) canonical.OperationKind {
	switch {
	case st.Does != "":
		return st.Does
	case st.Ask == canonical.OpUpdate:
		return canonical.OpCancel
	case slices.Contains(b.Simulated.Books, st.Ask):
		return st.Ask
	}
	return nothing
}

func (s *scene) money(whole canonical.Money) canonical.Money {
	if part, err := canonical.ParseMoney(s.Amount, whole.Currency); err == nil {
		return part
	}
	return whole
}

// post is a notification as it reaches the gateway.
func post(n lenders.Notice) canonical.Message {
	m := canonical.Message{Header: n.Header, Body: n.Body}
	if u, err := url.Parse(n.URL); err == nil {
		_, m.Secret, _ = strings.Cut(strings.TrimPrefix(u.Path, "/notifications/certify"), "/")
	}
	return m
}
