package engine_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
)

// closing is a style whose customers are waited for three days.
func closing(s style) style {
	s.closes = 72 * time.Hour
	return s
}

// expiring is spendoption with holds that end.
func expiring() style {
	s := spendoptionStyle
	s.settings = adapters.Values{"hold_expiry": "168h"}
	for name, value := range spendoptionStyle.settings {
		s.settings[name] = value
	}
	return s
}

// passings are the lives that time alone brings to an end, or to a warning.
func passings() []passing {
	fresh := func(s style) func(tester) (*kit, canonical.Order) {
		return func(t tester) (*kit, canonical.Order) { return s.created(t, "1000.00") }
	}
	held := func(s style) func(tester) (*kit, canonical.Order) {
		return func(t tester) (*kit, canonical.Order) { return s.reserved(t, "1000.00") }
	}
	close, expire := closing(iwocapayStyle), expiring()
	lapse, cart, paylate := creditkeyStyle, ecsterStyle, cryptopayStyle
	return []passing{
		{"iwocapay is closed", close, fresh(close), 73 * time.Hour, wants(canonical.StatusExpired, canonical.OrderExpired)},
		{"an authorization of creditkey lapses", lapse, held(lapse), 31 * day, wants(canonical.StatusExpired, canonical.AuthorizationExpires, canonical.OrderExpired)},
		{"a cart of ecster that nobody finished", cart, fresh(cart), 25 * time.Hour, wants(canonical.StatusExpired, canonical.OrderExpired)},
		{"a charge of cryptopay that nobody paid", paylate, fresh(paylate), time.Hour, wants(canonical.StatusExpired, canonical.OrderExpired)},
		{"a hold of spendoption", expire, held(expire), 8 * day, wants(canonical.StatusAuthorized, canonical.AuthorizationExpires)},
	}
}

func TestTimeBringsOrdersToTheirEnd(t *testing.T) {
	for _, life := range passings() {
		t.Run(life.name, func(t *testing.T) {
			k, order := life.ready(t)
			k.later(life.pass)
			if err := life.end(k, k.order(order.ID)); err != nil {
				t.Error(err)
			}
			k.wantAllBooks(life.style)
			k.later(30 * day)
			if err := life.end(k, k.order(order.ID)); err != nil {
				t.Errorf("a month later: %v", err)
			}
			if timers := k.timers(); len(timers) > 0 {
				t.Errorf("timers are left: %+v", timers)
			}
		})
	}
}

func TestAnOrderThatNobodyFinishesIsCanceledAtTheLender(t *testing.T) {
	s := closing(polled(iwocapayStyle))
	k, order := s.created(t, "1000.00")
	asked := k.asks(s.name())
	k.later(72*time.Hour - time.Second)
	k.wantStatus(k.order(order.ID), canonical.StatusCreated)
	if k.asks(s.name()) != asked {
		t.Error("it is canceled early")
	}
	k.later(10 * time.Second)
	after := k.order(order.ID)
	k.wantStatus(after, canonical.StatusExpired)
	op := k.operationOf(order.ID)
	if op.Kind != canonical.OpCancel || op.Origin != canonical.FromEngine || op.State != canonical.Succeeded || k.asks(s.name()) != asked+1 {
		t.Errorf("a %s of origin %s is %s, %d requests", op.Kind, op.Origin, op.State, k.asks(s.name())-asked)
	}
	if there := k.world.Orders(s.name())[0]; there.Status != "UNSUCCESSFUL" {
		t.Errorf("at the lender the order is %s", there.Status)
	}
	if !k.free(s, "ORD-1") {
		t.Error("the order's number is still held")
	}
	k.wantRules(after)
}

// TestAnOrderThatIsPaidWhileItIsClosedIsCaptured has the customer pay at each moment of the cancel.
func TestAnOrderThatIsPaidWhileItIsClosedIsCaptured(t *testing.T) {
	s := closing(polled(iwocapayStyle))
	for stop := 1; ; stop++ {
		k, order := s.created(t, "1000.00")
		k.later(72*time.Hour - time.Second)
		p := &points{stop: stop}
		k.wire.at = func(where string) {
			if open := k.world.Orders(s.name())[0].Status != "UNSUCCESSFUL"; p.pass(where) && open {
				k.act(s.name(), order.ProviderOrder.ID, "complete", "")
			}
		}
		k.later(time.Hour)
		if k.wire.at = nil; p.where == "" {
			return
		}
		k.heal()
		want := canonical.StatusExpired
		if k.world.Orders(s.name())[0].Status == "SUCCESSFUL" {
			want = canonical.StatusCaptured
		}
		k.wantStatus(k.order(order.ID), want)
		k.wantAllBooks(s)
	}
}

func TestACloseThatTheLenderRefusesIsTriedAgain(t *testing.T) {
	s := closing(polled(iwocapayStyle))
	k, order := s.created(t, "1000.00")
	tries := 0
	k.wire.stead = func(w adapters.Wire) (adapters.Reply, bool) {
		if w.Method == "DELETE" {
			tries++
		}
		return adapters.Reply{Status: 422, Body: []byte("{}")}, w.Method == "DELETE"
	}
	k.later(6*day + time.Hour)
	k.wantStatus(k.order(order.ID), canonical.StatusCreated)
	if tries != 4 {
		t.Errorf("%d tries, want one at the end of the third day and then one a day", tries)
	}
	k.wantTimers()
	k.wire.stead = nil
	k.later(day)
	k.wantStatus(k.order(order.ID), canonical.StatusExpired)
	k.wantAllBooks(s)
}

func TestACloseThatCannotBeSentWaits(t *testing.T) {
	s := closing(polled(iwocapayStyle))
	k, order := s.created(t, "1000.00")
	k.later(71 * time.Hour)
	k.wire.connected(false)
	k.later(3 * time.Hour)
	k.wantStatus(k.order(order.ID), canonical.StatusCreated)
	k.wantTimers()
	k.act(s.name(), order.ProviderOrder.ID, "complete", "")
	k.wire.connected(true)
	k.later(time.Hour)
	k.wantStatus(k.order(order.ID), canonical.StatusCaptured)
	k.wantAllBooks(s)
}

func TestTheLenderMayStillPromiseAfterItsDeadline(t *testing.T) {
	s := creditkeyStyle
	k, order := s.reserved(t, "1000.00")
	k.wire.spoil = func(reply *adapters.Reply, w adapters.Wire) {
		if w.Method == "GET" {
			reply.Body = bytes.ReplaceAll(reply.Body, []byte("CANCELED"), []byte("AUTHORIZED"))
		}
	}
	if looks := k.lookedAt(s, 40*day); len(looks) != 1 || looks[0] != 30*day {
		t.Errorf("looks at %v, want one at the deadline", looks)
	}
	k.wantStatus(k.order(order.ID), canonical.StatusAuthorized)
	k.wantTimers()
	k.wire.spoil = nil
	k.wantStatus(k.sync(order.ID), canonical.StatusExpired)
	k.wantAllBooks(s)
}

func TestADeadlineIsHeldAlthoughTheLenderIsDown(t *testing.T) {
	s := creditkeyStyle
	k, order := s.reserved(t, "1000.00")
	k.later(30*day - time.Second)
	k.wire.connected(false)
	k.later(3 * time.Hour)
	k.wantStatus(k.order(order.ID), canonical.StatusAuthorized)
	k.wantTimers()
	k.wire.connected(true)
	k.later(2 * time.Minute)
	k.wantStatus(k.order(order.ID), canonical.StatusExpired)
	k.wantAllBooks(s)
}

func TestAnAuthorizationThatIsAboutToEndIsToldOnceAndBefore(t *testing.T) {
	for _, test := range []struct {
		name  string
		style style
		at    time.Duration
	}{
		{"creditkey, three days before", creditkeyStyle, 27 * day},
		{"spendoption, a quarter of its life before", expiring(), 168 * time.Hour * 3 / 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			k, order := test.style.reserved(t, "1000.00")
			k.later(test.at - time.Second)
			if slices.Contains(k.events(order.ID), canonical.AuthorizationExpires) {
				t.Error("it is told too early")
			}
			k.later(time.Second)
			version := k.order(order.ID).Version
			k.later(2 * day)
			if err := wants(canonical.StatusAuthorized, canonical.AuthorizationExpires)(k, k.order(order.ID)); err != nil {
				t.Error(err)
			}
			if after := k.order(order.ID).Version; after < version || after > version+1 {
				t.Errorf("version %d after %d", after, version)
			}
			k.wantRules(k.order(order.ID))
		})
	}
}

func TestWhatIsCapturedInTimeIsNotWarnedOf(t *testing.T) {
	for _, s := range []style{creditkeyStyle, expiring()} {
		k, order := s.reserved(t, "1000.00")
		k.do(order.ID, capture(nil))
		k.later(40 * day)
		if slices.Contains(k.events(order.ID), canonical.AuthorizationExpires) || k.alarms.String() != "" {
			t.Errorf("%s: %v, alarms %q", s.name(), k.events(order.ID), k.alarms.String())
		}
	}
}

func TestAHoldThatEndedWhereNobodyCanLookStaysUntilItIsRecorded(t *testing.T) {
	s := expiring()
	k, order := s.reserved(t, "1000.00")
	k.later(167 * time.Hour)
	if k.alarms.String() != "" {
		t.Errorf("alarms before the end: %q", k.alarms.String())
	}
	k.later(2 * time.Hour)
	if told := strings.Count(k.alarms.String(), "record what became of it"); told != 1 {
		t.Errorf("%d alarms: %q", told, k.alarms.String())
	}
	k.later(30 * day)
	k.wantStatus(k.order(order.ID), canonical.StatusAuthorized)
	if told := strings.Count(k.alarms.String(), "\n"); told != 1 {
		t.Errorf("%d alarms in a month: %q", told, k.alarms.String())
	}
	k.act(s.name(), order.ProviderOrder.ID, "release", "")
	call := k.call()
	call.Role = state.RoleOperator
	recorded, err := k.engine.Submit(t.Context(), call, order.ID, engine.Ask{Kind: canonical.OpCancel, Elsewhere: true, Reason: "the lender's statement"})
	if err != nil {
		t.Fatal(err)
	}
	k.wantStatus(recorded.Order, canonical.StatusCanceled)
	k.wantAllBooks(s)
}

func TestAChargeThatIsPaidLateIsFoundAndAlarms(t *testing.T) {
	s := cryptopayStyle
	k, order := s.created(t, "1000.00")
	k.later(2 * time.Hour)
	k.wantStatus(k.order(order.ID), canonical.StatusExpired)
	k.act(s.name(), order.ProviderOrder.ID, "late_pay", "")
	k.deliverAll()
	k.later(soon)
	k.wantStatus(k.order(order.ID), canonical.StatusCaptured)
	if !strings.Contains(k.alarms.String(), "after the order had ended") {
		t.Errorf("alarms %q", k.alarms.String())
	}
	k.wantAllBooks(s)
}

func TestACartThatIsFinishedAtTheLastMomentIsNotExpired(t *testing.T) {
	s := ecsterStyle
	k, order := s.created(t, "1000.00")
	k.later(day) // the first look that does not show it
	k.wantStatus(k.order(order.ID), canonical.StatusCreated)
	k.act(s.name(), order.ProviderOrder.Reference, "complete", "")
	k.later(time.Minute)
	k.wantStatus(k.order(order.ID), canonical.StatusAuthorized)
	k.wantAllBooks(s)
}

// TestASecondLookThatSaysNothingIsNotRepeatedAtOnce has the lender say neither yes nor no, once one look did
// not show the order.
func TestASecondLookThatSaysNothingIsNotRepeatedAtOnce(t *testing.T) {
	s := polled(ecsterStyle)
	k, order := s.created(t, "1000.00")
	k.later(day)
	twice := []byte(`[{"id":"there-1","orderReference":"` + order.ProviderOrder.Reference + `","status":"READY","currency":"SEK","amount":100000},{"id":"there-2","orderReference":"` + order.ProviderOrder.Reference + `","status":"READY","currency":"SEK","amount":100000}]`)
	k.wire.stead = func(w adapters.Wire) (adapters.Reply, bool) {
		return adapters.Reply{Status: 200, Body: twice}, strings.Contains(w.URL, "orderReference=")
	}
	if looks := k.lookedAt(s, time.Hour); len(looks) > 65 {
		t.Errorf("%d looks in an hour", len(looks))
	}
	k.wantStatus(k.order(order.ID), canonical.StatusCreated)
	k.wire.stead = nil
	k.later(2 * time.Hour)
	k.wantStatus(k.order(order.ID), canonical.StatusExpired)
}
