package engine_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
)

// history is what happens before a backup is made, and what happens after it.
type history struct {
	name   string
	style  style
	before func(*kit) canonical.Order
	after  func(*kit, canonical.Order)
}

// lose has all happen that a history tells, loses what the gateway remembers of what came after the backup,
// and starts a gateway over what is left. The backup is the same life lived a second time up to its
// moment: the engine and the lenders do the same again.
func (h history) lose(t tester) *kit {
	t.Helper()
	k := newKit(t, h.style)
	order := h.before(k)
	live := newKit(t, h.style)
	if again := h.before(live); again.ID != order.ID {
		t.Fatalf("the same life has orders %s and %s", order.ID, again.ID)
	}
	if diff := cmp.Diff(k.values(), live.values()); diff != "" {
		t.Fatalf("the same life twice leaves two stores:\n%s", diff)
	}
	backup := live.clock().Add(time.Minute)
	live.pass(10 * time.Minute)
	h.after(live, order)
	live.pass(10 * time.Minute)
	k.continues(live, h.style)
	k.resume(backup)
	return k
}

// continues has a gateway go on where another one's lenders are.
func (k *kit) continues(live *kit, s style) {
	k.world, k.wire.world = live.world, live.world
	k.wire.at, k.hook = nil, nil
	k.now.Store(live.now.Load())
	k.ids.Store(live.ids.Load())
	k.keys.Store(live.keys.Load())
	live.post.take(live.mail())
	k.addProvider(s)
}

// resume starts a gateway over a store that was made from a backup.
func (k *kit) resume(backup time.Time) {
	k.Helper()
	if err := engine.Restored(k.Context(), k.cluster.Gateway("restore"), backup, k.clock()); err != nil {
		k.Fatal(err)
	}
	k.engine = k.newEngine("one")
	if err := k.engine.Resume(k.Context()); err != nil {
		k.Fatal(err)
	}
}

// shut is how far the comparison with a lender has come; nil where it is over.
func (k *kit) shut(s style) *engine.Quarantine {
	k.Helper()
	views, err := k.engine.ProviderViews(k.Context(), k.operator())
	if err != nil {
		k.Fatal(err)
	}
	at := slices.IndexFunc(views, func(v engine.ProviderView) bool { return v.ID == s.name() })
	return views[at].Quarantine
}

// release ends a quarantine by an operator's word.
func (k *kit) release(s style) {
	k.Helper()
	if err := k.engine.EndQuarantine(k.Context(), k.operator(), s.name(), "the lender's statement"); err != nil {
		k.Fatal(err)
	}
}

func reservedOrder(s style) func(*kit) canonical.Order {
	return func(k *kit) canonical.Order {
		order := k.create(s.newOrder("1000.00")).Order
		s.reserve(k, order)
		return k.order(order.ID)
	}
}

func createdOrder(s style) func(*kit) canonical.Order {
	return func(k *kit) canonical.Order { return k.create(s.newOrder("1000.00")).Order }
}

// another makes and reserves an order beside those that are there.
func another(s style, reference string) func(*kit) canonical.Order {
	return func(k *kit) canonical.Order {
		n := s.newOrder("500.00")
		n.Reference = reference
		order := k.create(n).Order
		s.reserve(k, order)
		return k.order(order.ID)
	}
}

// does is what the merchant asks for after the backup.
func does(asks ...engine.Ask) func(*kit, canonical.Order) {
	return func(k *kit, order canonical.Order) {
		for _, ask := range asks {
			k.do(order.ID, ask)
		}
	}
}

// acts is what people do at the lender.
func acts(deeds ...deed) func(*kit, canonical.Order) {
	return func(k *kit, order canonical.Order) {
		for _, d := range deeds {
			k.act(order.Provider, order.ProviderOrder.Reference, d.do, d.amount)
		}
	}
}

// histories are lives that a backup cuts in two.
var histories = []history{
	{"creditkey, captured since", creditkeyStyle, reservedOrder(creditkeyStyle), does(capture(nil))},
	{"creditkey, captured and refunded since", creditkeyStyle, reservedOrder(creditkeyStyle), does(capture(nil), refund(nil))},
	{"creditkey, authorized since", creditkeyStyle, createdOrder(creditkeyStyle), does(engine.Ask{Kind: canonical.OpAuthorize, Plan: &canonical.Plan{Installments: 12}})},
	{"creditkey, lowered and canceled since", creditkeyStyle, reservedOrder(creditkeyStyle), does(cancel(creditkeyStyle.money("100.00")), cancel(nil))},
	{"ecster, captured and refunded since", ecsterStyle, reservedOrder(ecsterStyle), does(capture(ecsterStyle.money("300.00")), capture(ecsterStyle.money("200.00")), refund(ecsterStyle.money("350.00")))},
	{"ecster, canceled since", ecsterStyle, reservedOrder(ecsterStyle), does(cancel(nil))},
	{"ecster, a cart that was finished since", ecsterStyle, createdOrder(ecsterStyle), acts(deed{"complete", ""})},
	{"ecster, a cart that nobody has finished", ecsterStyle, createdOrder(ecsterStyle), acts()},
	{"ecster, nothing since", ecsterStyle, reservedOrder(ecsterStyle), acts()},
	{"iwocapay, paid since", iwocapayStyle, createdOrder(iwocapayStyle), acts(deed{"complete", ""})},
	{"iwocapay, canceled since", iwocapayStyle, createdOrder(iwocapayStyle), does(cancel(nil))},
	{"cryptopay, paid and refunded since", cryptopayStyle, createdOrder(cryptopayStyle), acts(deed{"pay", ""}, deed{"refund", "250.00"})},
	{"cryptopay, refunded since", cryptopayStyle, reservedOrder(cryptopayStyle), does(refund(cryptopayStyle.money("250")))},
}

func TestBooksFromABackupAreComparedWithTheLender(t *testing.T) {
	for _, h := range histories {
		t.Run(h.name, func(t *testing.T) {
			k := h.lose(t)
			asked := k.asks(h.style.name())
			for _, o := range k.all() {
				if o.Drift == nil || o.WaitingFor != canonical.ForOperator && o.Status != canonical.StatusRefunded {
					t.Errorf("before it is compared the order is in drift %v, waiting for %q", o.Drift, o.WaitingFor)
				}
			}
			k.wantShut(h.style)
			k.later(10 * time.Minute)
			if now := k.asks(h.style.name()); now != asked {
				t.Errorf("the lender was asked %d times", now-asked)
			}
			k.wantCompared()
			if orders := k.all(); len(orders) != 1 {
				t.Errorf("%d orders, want the one from the backup: %s's", len(orders), orders[0].Merchant)
			}
			k.wantAllBooks(h.style)
			k.wantReleased(h.style)
		})
	}
}

// wantShut: nothing is sent to a lender that is being compared with, and everything can be read.
func (k *kit) wantShut(s style) {
	k.Helper()
	asked := k.asks(s.name())
	n := s.newOrder("20.00")
	n.Reference = "MEANWHILE"
	_, err := k.engine.Create(k.Context(), k.call(), n)
	if canonical.KindOf(err) != canonical.ProviderOff {
		k.Errorf("a create is answered %v, want provider_off", err)
	}
	for _, o := range k.all() {
		for _, ask := range []engine.Ask{capture(nil), cancel(nil), refund(nil)} {
			_, err := k.engine.Submit(k.Context(), k.call(), o.ID, ask)
			if err == nil {
				k.Errorf("a %s is taken", ask.Kind)
			}
		}
	}
	if k.shut(s) == nil || k.asks(s.name()) != asked {
		k.Errorf("quarantine %v, %d requests", k.shut(s), k.asks(s.name())-asked)
	}
}

// wantReleased: a quarantine ends by itself where the lender lists its orders, else an operator ends it; then
// the lender is sent to again.
func (k *kit) wantReleased(s style) {
	k.Helper()
	lists := s.name() == "ecster" || s.name() == "cryptopay"
	if open := k.shut(s); (open == nil) != lists {
		k.Errorf("quarantine %+v", open)
	}
	if !lists {
		k.wantShut(s)
		k.release(s)
	}
	n := s.newOrder("20.00")
	n.Reference = "AFTERWARDS"
	order := k.create(n).Order
	s.reserve(k, order)
	k.wantAllBooks(s)
}

// TestAnOrderThatHadEndedBeforeTheBackupMayHaveComeToLife: nobody reads it, and the message that told of it is lost.
func TestAnOrderThatHadEndedBeforeTheBackupMayHaveComeToLife(t *testing.T) {
	expired := func(s style) func(*kit) canonical.Order {
		return func(k *kit) canonical.Order {
			order := createdOrder(s)(k)
			k.later(25 * time.Hour)
			return k.order(order.ID)
		}
	}
	for _, h := range []history{
		{"ecster, a cart", ecsterStyle, expired(ecsterStyle), acts(deed{"complete", ""})},
		{"cryptopay, a charge", cryptopayStyle, expired(cryptopayStyle), acts(deed{"late_pay", ""})},
	} {
		t.Run(h.name, func(t *testing.T) {
			k := h.lose(t)
			k.later(10 * time.Minute)
			if orders := k.all(); len(orders) != 1 {
				t.Errorf("%d orders", len(orders))
			}
			k.wantAllBooks(h.style)
			k.wantReleased(h.style)
		})
	}
}

func TestOrdersMadeAfterTheBackupAreTakenOverWhereTheLenderListsThem(t *testing.T) {
	for _, s := range []style{ecsterStyle, cryptopayStyle} {
		h := history{"", s, reservedOrder(s), func(k *kit, _ canonical.Order) {
			theirs := another(s, "SINCE")(k)
			if s.name() == "ecster" {
				k.do(theirs.ID, capture(s.money("200.00")))
			} else {
				k.do(theirs.ID, refund(s.money("200.00")))
			}
		}}
		k := h.lose(t)
		k.later(10 * time.Minute)
		orders := k.all()
		if len(orders) != 2 {
			t.Fatalf("%s: %d orders, want the one from the backup and the one found", s.name(), len(orders))
		}
		found := orders[0]
		if found.Merchant != "restored" || found.ProviderOrder.ID == "" || !found.Amount.Equal(*s.money("500.00")) {
			t.Errorf("%s: found an order of %s, amount %s, the lender's %q", s.name(), found.Merchant, found.Amount, found.ProviderOrder.ID)
		}
		k.wantAllBooks(s)
		k.wantReleased(s)
	}
}

func TestAnOrderThatIsFoundIsItsMerchantsWhereTheCredentialsAre(t *testing.T) {
	s := withTenant(ecsterStyle)
	h := history{"", s, reservedOrder(s), func(k *kit, _ canonical.Order) {
		call := k.call()
		call.Merchant = tenant
		made, err := k.engine.Create(k.Context(), call, s.newOrder("500.00"))
		if err != nil {
			t.Fatal(err)
		}
		k.act(mount(s.name(), tenant), made.Order.ProviderOrder.Reference, "complete", "")
	}}
	k := h.lose(t)
	k.later(10 * time.Minute)
	if orders := k.all(); len(orders) != 2 || orders[0].Merchant != tenant || orders[0].Status != canonical.StatusAuthorized {
		t.Errorf("orders %+v", orders)
	}
	if k.shut(s) != nil {
		t.Error("the quarantine has not ended")
	}
	k.wantVerified()
}

// TestNothingFromABackupIsSentBlindly makes a backup at every moment of every movement, and lets the movement
// go on to its end: what the backup shows as planned, queued or under way happens once and no more.
func TestNothingFromABackupIsSentBlindly(t *testing.T) {
	t.Parallel()
	for _, m := range append(append([]movement{}, movements...), plans...) {
		t.Run(m.name, func(t *testing.T) {
			var held map[string]string
			var there []lender.Order
			for stop := 1; ; stop++ {
				k, _, where := m.stopped(t, stop)
				if where == "" {
					return
				}
				newer, moved := !maps.Equal(held, k.values()), !slices.Equal(there, k.world.Orders(m.style.name()))
				if held, there = k.values(), k.world.Orders(m.style.name()); newer {
					m.cut(t, stop, true)
				}
				if newer || moved {
					m.cut(t, stop, false)
				}
			}
		})
	}
}

// cut makes a backup at one point of a movement, and a gateway over it later; goes says whether the movement
// went on from there, or the process died then and there.
func (m movement) cut(t *testing.T, stop int, goes bool) {
	k, order, where := m.stopped(t, stop)
	begun := len(k.unresolved()) > 0
	var live *kit
	if !goes {
		live, _, _ = m.stopped(t, stop)
	} else {
		live, _ = m.ready(t)
		if answer, err := m.perform(live, live.engine, live.callWith("key", "request"), order); err != nil || answer.Operation.State != canonical.Succeeded {
			t.Fatalf("%s, %v", answer.Operation.State, err)
		}
	}
	live.pass(10 * time.Minute)
	k.continues(live, m.style)
	k.resume(dawn)
	before := k.world.Effects(m.style.name())
	k.wantNothingSent(m.style, 15*time.Minute)
	if k.shut(m.style) != nil {
		k.release(m.style)
	}
	left := k.heal()
	late := m.heals == byRepeat && !goes // a repeat comes when the customer's token is old
	if len(left) > 0 && m.heals != byPerson && m.heals != bySight && !late {
		t.Errorf("%s is %s", left[0].Kind, left[0].State)
	}
	if diff := cmp.Diff(before, k.world.Effects(m.style.name())); goes && diff != "" {
		t.Errorf("it happened again:\n%s", diff)
	}
	if shows := begun || m.heals == byRead || m.heals == harmless; shows && len(left) == 0 && len(k.all()) > 0 {
		k.wantAllBooks(m.style)
		k.wantCompared()
	}
	if t.Failed() {
		t.Fatalf("backup %s (%d), the movement went on: %v", where, stop, goes)
	}
}

// stopped is a kit whose movement was stopped at one point.
func (m movement) stopped(t *testing.T, stop int) (k *kit, order canonical.Order, where string) {
	k, order = m.ready(t)
	p := &points{stop: stop}
	k.killing(p)
	survive(func() { _, _ = m.perform(k, k.engine, k.callWith("key", "request"), order) })
	k.quiet()
	return k, order, p.where
}

// wantNothingSent: while the quarantine lasts nothing is asked of a lender but to be read.
func (k *kit) wantNothingSent(s style, d time.Duration) {
	k.Helper()
	for end := k.clock().Add(d); k.clock().Before(end) && k.shut(s) != nil; {
		asked := k.asks(s.name())
		k.later(5 * time.Minute)
		if now := k.asks(s.name()); now != asked && k.shut(s) != nil {
			k.Errorf("in quarantine the lender was asked %d times", now-asked)
		}
	}
}

// wantCompared: every order was borne out since the restore.
func (k *kit) wantCompared() {
	k.Helper()
	for _, o := range k.all() {
		if o.Drift != nil || o.Hidden.Restored != nil {
			k.Errorf("order %s was never compared: %v", o.ID, o.Drift)
		}
	}
}

func TestALenderThatCannotBeReadWaitsForItsRelease(t *testing.T) {
	s := spendoptionStyle
	h := history{"", s, reservedOrder(s), does()}
	k := h.lose(t)
	k.later(2 * day)
	k.wantShut(s)
	if !strings.Contains(k.alarms.String(), "quarantine") {
		t.Error("nobody is told that the release is up to a person")
	}
	order := k.all()[0]
	call := k.operator()
	if _, err := k.engine.Submit(t.Context(), call, order.ID, engine.Ask{Kind: canonical.OpCapture, Amount: s.money("300.00"), Elsewhere: true, Reason: "the lender's statement"}); err != nil {
		t.Fatalf("a record of what happened since: %v", err)
	}
	k.release(s)
	order = k.order(order.ID)
	if order.Drift != nil || order.Hidden.Restored != nil || order.Totals.Captured.String() != "300.00" {
		t.Errorf("drift %v, captured %s", order.Drift, order.Totals.Captured)
	}
	k.do(order.ID, cancel(nil))
	k.wantRules(k.order(order.ID))
}

// TestAListAloneEndsNoQuarantine: every order that may have changed must be read itself.
func TestAListAloneEndsNoQuarantine(t *testing.T) {
	s := ecsterStyle
	k := history{"", s, reservedOrder(s), does(capture(s.money("300.00")))}.lose(t)
	k.wire.stead = func(w adapters.Wire) (adapters.Reply, bool) {
		return adapters.Reply{Status: 503}, strings.HasSuffix(w.URL, k.world.Orders(s.name())[0].ID)
	}
	k.later(2 * time.Hour)
	if open := k.shut(s); open == nil || !open.Listed || open.Orders != 1 {
		t.Errorf("quarantine %+v, want one that waits for an order", open)
	}
	k.wantShut(s)
	k.wire.stead = nil
	k.later(5 * time.Minute)
	k.wantCompared()
	k.wantReleased(s)
}

// TestWhatTimeBringsAboutInAQuarantineWaits: the customer's time is over while nothing may be sent.
func TestWhatTimeBringsAboutInAQuarantineWaits(t *testing.T) {
	s := closing(iwocapayStyle)
	k := history{"", s, func(k *kit) canonical.Order {
		order := createdOrder(s)(k)
		k.later(71 * time.Hour)
		return order
	}, acts()}.lose(t)
	k.later(10 * time.Minute)
	k.wantCompared()
	asked := k.asks(s.name())
	k.later(3 * time.Hour)
	if now := k.asks(s.name()); now != asked {
		t.Errorf("in quarantine the lender was asked %d times", now-asked)
	}
	k.wantTimers()
	k.release(s)
	k.later(5 * time.Minute)
	k.wantStatus(k.all()[0], canonical.StatusExpired)
	k.wantAllBooks(s)
}

func TestWhoEndsAQuarantine(t *testing.T) {
	s := creditkeyStyle
	k := history{"", s, reservedOrder(s), does(capture(nil))}.lose(t)
	for _, test := range []struct {
		name, provider, reason string
		want                   canonical.Kind
	}{
		{"without a reason", s.name(), "", canonical.InvalidRequest},
		{"of nobody", "nobody", "because", canonical.NotFound},
	} {
		if err := k.engine.EndQuarantine(t.Context(), k.operator(), test.provider, test.reason); canonical.KindOf(err) != test.want {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
	k.release(s)
	if err := k.engine.EndQuarantine(t.Context(), k.operator(), s.name(), "again"); canonical.KindOf(err) != canonical.OperationNotAllowed {
		t.Errorf("twice: %v, want operation_not_allowed", err)
	}
	if drift := k.all()[0].Drift; drift == nil {
		t.Error("the order is believed although its lender can be read")
	}
	k.later(time.Minute)
	k.wantStatus(k.all()[0], canonical.StatusCaptured)
	k.wantAllBooks(s)
	k.view(func(r state.Reader) error {
		q, err := r.Quarantine(s.name())
		if q.EndedBy != "key_operator" || q.Reason == "" || q.EndedAt == nil {
			t.Errorf("the quarantine was ended by %q because %q", q.EndedBy, q.Reason)
		}
		return err
	})
}

// TestARestoreMayDieAtAnyPoint kills the process at every point of putting everything in quarantine, and of
// the comparison.
func TestARestoreMayDieAtAnyPoint(t *testing.T) {
	t.Parallel()
	for _, s := range []style{ecsterStyle, spendoptionStyle} {
		h := history{"", s, func(k *kit) canonical.Order {
			another(s, "FIRST")(k)
			order := another(s, "SECOND")(k)
			k.wire.connected(false)
			k.do(order.ID, capture(nil)) // queued
			k.wire.connected(true)
			return order
		}, func(k *kit, order canonical.Order) {
			k.later(time.Hour) // it is sent
			another(s, "THIRD")(k)
		}}
		t.Run(s.name(), func(t *testing.T) {
			for stop := 1; ; stop++ {
				k := h.until(t, stop)
				if k == nil {
					if stop < 10 {
						t.Errorf("only %d points", stop)
					}
					return
				}
				asked := k.asks(s.name())
				k.later(30 * time.Minute)
				if now := k.asks(s.name()); now != asked {
					t.Errorf("in quarantine the lender was asked %d times", now-asked)
				}
				if k.shut(s) != nil {
					k.release(s)
				}
				k.heal()
				if s.name() == "ecster" {
					k.wantAllBooks(s)
				} else {
					k.wantOnce(s, "capture", "500")
				}
				k.wantVerified()
				if t.Failed() {
					t.Fatalf("killed at point %d", stop)
				}
			}
		})
	}
}

// until is lose with a process that dies at one point of the restore and starts again; nil where there is no
// such point.
func (h history) until(t tester, stop int) *kit {
	t.Helper()
	k := newKit(t, h.style)
	order := h.before(k)
	live := newKit(t, h.style)
	h.before(live)
	h.after(live, order)
	live.pass(10 * time.Minute)
	k.continues(live, h.style)
	if err := engine.Restored(k.Context(), k.cluster.Gateway("restore"), dawn.Add(time.Minute), k.clock()); err != nil {
		t.Fatal(err)
	}
	p := &points{stop: stop}
	k.killing(p)
	survive(func() {
		k.engine = k.newEngine("one")
		if err := k.engine.Resume(k.Context()); err != nil {
			t.Fatal(err)
		}
		k.later(time.Minute)
	})
	k.quiet()
	if p.where == "" {
		return nil
	}
	k.restart(again, h.style)
	return k
}

// wantOnce: at the lender so much moved, and no more.
func (k *kit) wantOnce(s style, kind, amount string) {
	k.Helper()
	if moved := k.moved(s, kind).String(); moved != amount {
		k.Errorf("the lender's %s is %s, want %s", kind, moved, amount)
	}
}

// TestAProviderThatIsOffDuringTheRestore is switched on again when everybody else has been compared: what the
// backup shows as queued was sent since.
func TestAProviderThatIsOffDuringTheRestore(t *testing.T) {
	s := ecsterStyle
	h := history{"", s, func(k *kit) canonical.Order {
		order := reservedOrder(s)(k)
		k.wire.connected(false)
		k.do(order.ID, capture(s.money("300.00")))
		k.wire.connected(true)
		return order
	}, func(k *kit, _ canonical.Order) { k.later(time.Hour) }}
	k := newKit(t, s)
	order := h.before(k)
	live := newKit(t, s)
	h.before(live)
	h.after(live, order)
	live.pass(10 * time.Minute)
	k.continues(live, s)
	k.off[s.name()] = true
	k.resume(dawn.Add(time.Minute))
	k.later(time.Hour)
	k.off[s.name()] = false
	k.engine = k.newEngine("one")
	if err := k.engine.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	k.later(2 * day)
	k.wantOnce(s, "capture", "300")
	k.wantAllBooks(s)
}

// TestAKeyOfABackupIsAsOldAsTheBackup: what the backup shows as planned may have been sent right after it, so
// the lender may have forgotten its key a day after that, and not a day after the restore.
func TestAKeyOfABackupIsAsOldAsTheBackup(t *testing.T) {
	t.Parallel()
	s := spendoptionStyle
	m := movement{"", s, false, []engine.Ask{capture(s.money("300.00")), capture(nil)}, refund(s.money("400.00")), byRepeat}
	for stop := 1; ; stop++ {
		k, order, where := m.stopped(t, stop)
		if where == "" {
			return
		}
		live, _ := m.ready(t)
		if _, err := m.perform(live, live.engine, k.callWith("key", "request"), order); err != nil {
			t.Fatal(err)
		}
		live.pass(20 * time.Hour)
		k.continues(live, s)
		k.resume(dawn)
		k.later(5 * time.Hour)
		k.release(s)
		k.later(4 * day)
		k.wantOnce(s, "refund", "400")
		if t.Failed() {
			t.Fatalf("backup %s (%d)", where, stop)
		}
	}
}
