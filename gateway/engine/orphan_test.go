package engine_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
)

// twins is a kit with an order whose create was sent twice, so that the lender has two.
func twins(t tester) (*kit, canonical.Order) {
	t.Helper()
	s := iwocapayStyle
	k := newKit(t, s)
	k.fault(s.name(), "create", "lose_reply")
	created := k.create(s.newOrder("1000.00"))
	k.wantState(created.Operation, canonical.Succeeded, canonical.NextNone)
	if there := k.world.Orders(s.name()); len(there) != 2 {
		t.Fatalf("the lender has %d orders, want 2", len(there))
	}
	return k, created.Order
}

// wantOrphan is the order that stands for the lender's order which a repeated create left behind.
func (k *kit) wantOrphan(twin canonical.Order) canonical.Order {
	k.Helper()
	orders := k.all()
	if len(orders) != 2 {
		k.Fatalf("%d orders, want ours and the orphan", len(orders))
	}
	orphan := orders[0]
	if orphan.Merchant != twin.Merchant || orphan.ProviderOrder.ID != k.world.Orders(twin.Provider)[0].ID || orphan.Reference != "" {
		k.Errorf("the orphan is %s's, reference %q, the lender's %s", orphan.Merchant, orphan.Reference, orphan.ProviderOrder.ID)
	}
	return orphan
}

func TestAnOrphanOfARepeatedCreateIsCanceledAtTheLender(t *testing.T) {
	k, order := twins(t)
	k.deliverAll()
	k.later(time.Minute)
	orphan := k.wantOrphan(order)
	k.wantStatus(orphan, canonical.StatusCanceled)
	op := k.operationOf(orphan.ID)
	if op.Kind != canonical.OpCancel || op.Origin != canonical.FromEngine || op.State != canonical.Succeeded {
		t.Errorf("the last operation is a %s of origin %s that is %s", op.Kind, op.Origin, op.State)
	}
	there := k.world.Orders("iwocapay")
	if there[0].Status != "UNSUCCESSFUL" || there[1].Status != "CREATED" {
		t.Errorf("at the lender the orphan is %s, ours %s", there[0].Status, there[1].Status)
	}
	k.deliverAll() // that it is canceled
	k.act("iwocapay", order.ProviderOrder.ID, "complete", "")
	k.deliverAll()
	k.later(time.Minute)
	k.wantStatus(k.order(order.ID), canonical.StatusCaptured)
	k.wantAllBooks(iwocapayStyle)
	k.later(48 * time.Hour)
	if alarms := k.alarms.String(); alarms != "" {
		t.Errorf("alarms %q", alarms)
	}
}

func TestAnOrphanThatWasPaidIsForAPerson(t *testing.T) {
	k, order := twins(t)
	first := k.world.Orders("iwocapay")[0].ID
	k.act("iwocapay", first, "complete", "")
	asked := k.asks("iwocapay")
	k.deliverAll()
	k.later(time.Minute)
	orphan := k.wantOrphan(order)
	k.wantStatus(orphan, canonical.StatusCaptured)
	if !strings.Contains(k.alarms.String(), "nobody asked for") || k.asks("iwocapay") != asked {
		t.Errorf("alarms %q, %d requests", k.alarms.String(), k.asks("iwocapay")-asked)
	}
	k.wantStatus(k.order(order.ID), canonical.StatusCreated)
	k.wantAllBooks(iwocapayStyle)
}

func TestAnOrphanThatIsPaidWhileItIsCanceledIsCaptured(t *testing.T) {
	k, order := twins(t)
	first := k.world.Orders("iwocapay")[0].ID
	k.wire.at = func(moment string) {
		if len(k.all()) > 1 && moment == beforeSend {
			k.wire.at = nil
			k.act("iwocapay", first, "complete", "")
		}
	}
	k.deliverAll()
	k.later(time.Hour)
	k.heal()
	k.wantStatus(k.wantOrphan(order), canonical.StatusCaptured)
	k.wantAllBooks(iwocapayStyle)
}

// TestACreateThatFailedLeavesOrphans has both answers lost: the caller is told that the order failed, and
// the lender has two that nobody will ever pay.
func TestACreateThatFailedLeavesOrphans(t *testing.T) {
	s := iwocapayStyle
	k := newKit(t, s)
	k.fault(s.name(), "create", "lose_reply")
	k.fault(s.name(), "create", "lose_reply")
	answer, err := k.engine.Create(t.Context(), k.call(), s.newOrder("1000.00"))
	if e := k.problem(canonical.OpCreate, answer, err); e.Kind != canonical.ProviderUnavailable {
		t.Fatalf("problem %s", e.Kind)
	}
	k.deliverAll()
	k.later(time.Hour)
	for _, there := range k.world.Orders(s.name()) {
		if there.Status != "UNSUCCESSFUL" {
			t.Errorf("order %s at the lender is %s", there.ID, there.Status)
		}
	}
	for _, order := range k.all() {
		if order.Drift != nil {
			t.Errorf("order %s is in drift: %s", order.ID, order.Drift.Seen)
		}
	}
	k.wantAllBooks(s)
}

// TestAnOrphanIsKnownAfterTheProcessDied kills the one that sent the create first, at every point of it.
func TestAnOrphanIsKnownAfterTheProcessDied(t *testing.T) {
	s := iwocapayStyle
	for stop := 1; ; stop++ {
		k := newKit(t, s)
		p := &points{stop: stop}
		k.killing(p)
		survive(func() { _, _ = k.engine.Create(t.Context(), k.callWith("key", "request"), s.newOrder("1000.00")) })
		if k.quiet(); p.where == "" {
			return
		}
		k.pass(time.Second)
		k.restart(again, s)
		k.heal()
		k.deliverAll()
		k.later(25 * time.Hour)
		open := slices.DeleteFunc(k.world.Orders(s.name()), func(there lender.Order) bool { return there.Status == "UNSUCCESSFUL" })
		if len(open) > 1 {
			t.Errorf("killed %s (%d): the lender has %d orders that can be paid, ours are %d", p.where, stop, len(open), len(k.all()))
		}
	}
}

// TestAProcessMayDieWhileItTakesAnOrphan kills it at every point between the message and the cancel.
func TestAProcessMayDieWhileItTakesAnOrphan(t *testing.T) {
	t.Parallel()
	for stop := 1; ; stop++ {
		for _, how := range []restart{again, neighbor} {
			k, order := twins(t)
			notices := k.mail()
			p := &points{stop: stop}
			k.killing(p)
			var refused bool
			survive(func() {
				refused = true
				k.deliverThese(notices)
				refused = false
				k.later(time.Minute)
			})
			k.restart(how, iwocapayStyle)
			if p.where == "" && how == neighbor {
				return
			}
			if refused { // the lender sends again what was not acknowledged
				k.deliverThese(notices)
			}
			k.later(time.Hour)
			k.wantStatus(k.wantOrphan(order), canonical.StatusCanceled)
			k.wantAllBooks(iwocapayStyle)
			if there := k.world.Orders("iwocapay"); there[0].Status != "UNSUCCESSFUL" || there[1].Status != "CREATED" {
				t.Errorf("at the lender the orphan is %s, ours %s", there[0].Status, there[1].Status)
			}
			if t.Failed() {
				t.Fatalf("killed %s (%d), then %s", p.where, stop, how)
			}
		}
	}
}
