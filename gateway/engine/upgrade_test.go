package engine_test

import (
	"strings"
	"testing"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// TestOrdersOfAnOlderBuildGetTheirTimer: a build that knew of no watches left orders that wait without one.
func TestOrdersOfAnOlderBuildGetTheirTimer(t *testing.T) {
	s := polled(iwocapayStyle)
	k := newKit(t, s)
	for i := range 60 {
		n := s.newOrder("10.00")
		n.Reference = strings.Repeat("x", i+1)
		order := k.create(n).Order
		if i%3 == 0 {
			k.do(order.ID, cancel(nil))
		}
		k.plant(func(tx state.Tx) error { return tx.Timers().Delete("watch:" + order.ID) })
		k.plantOrder(order.ID, func(o *canonical.Order) { o.Hidden.Watch = nil })
	}
	for range 2 { // it may be done again
		if err := k.engine.Upgrade(t.Context()); err != nil {
			t.Fatal(err)
		}
		k.wantTimers()
		k.wantVerified()
		if timers := k.timers(); len(timers) != 40 {
			t.Errorf("%d timers for 40 orders that wait", len(timers))
		}
	}
	k.act(s.name(), k.all()[1].ProviderOrder.Reference, "complete", "")
	k.later(day)
	k.wantStatus(k.all()[1], canonical.StatusCaptured)
	k.wantAllBooks(s)
}

// TestWhatWaitsWithoutATimerGetsItBack once a verification has found it.
func TestWhatWaitsWithoutATimerGetsItBack(t *testing.T) {
	s := polled(ecsterStyle)
	k, order := s.reserved(t, "1000.00")
	k.fault(s.name(), "capture", "lose_reply")
	op := k.do(order.ID, capture(s.money("300.00"))).Operation
	n := s.newOrder("500.00")
	n.Reference = "OTHER"
	other := k.create(n).Order
	k.plant(func(tx state.Tx) error {
		if err := tx.Timers().Delete("recover:" + op.ID); err != nil {
			return err
		}
		return tx.Timers().Delete("watch:" + other.ID)
	})
	v := k.verify()
	if len(v.Findings) != 2 {
		t.Fatalf("findings %q, want two timers", v.Findings)
	}
	if err := k.engine.Remind(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	k.wantTimers()
	k.wantVerified()
	k.act(s.name(), other.ProviderOrder.Reference, "complete", "")
	k.later(day)
	k.wantState(k.operation(op.ID), canonical.Succeeded, canonical.NextNone)
	k.wantStatus(k.order(other.ID), canonical.StatusAuthorized)
	k.wantAllBooks(s)
}
