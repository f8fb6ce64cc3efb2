package engine_test

import (
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state/statetest"
)

// TestNothingAcknowledgedIsLost kills the process at every point between a message and the end of the look
// that it asked for. Nobody else looks: the lender is not polled, and sends again only what was not acknowledged.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, one telling) {
		stops := 0
		for _, how := range []restart{again, neighbor} {
			for stop := 1; ; stop++ {
				k, order, notices := one.lived(t)
				if !k.dies(one.style, how, stop, notices[len(notices)-1]) {
					break
				}
				k.later(time.Hour)
				k.wantStatus(k.order(order.ID), one.end)
				k.wantAllBooks(one.style)
				stops++
				if t.Failed() {
					t.Fatalf("killed at point %d, then %s", stop, how)
				}
			}
		}
		if stops < 20 {
			t.Errorf("only %d points at which it can die", stops)
		}
	})
}

// dies has the process die at one point of a message's way, and starts it again. It returns false where
// there is no such point any more.
func (k *kit) dies(s style, how restart, stop int, n lender.Notice) bool {
	k.Helper()
	p := &points{stop: stop}
	k.killing(p)
	acknowledged := false
	survive(func() {
		if err := k.deliver(n); err != nil {
			k.Fatal(err)
		}
		acknowledged = true
		k.later(soon)
	})
	k.restart(how, s)
	if !acknowledged {
		if err := k.deliver(n); err != nil {
			k.Fatal(err)
		}
	}
	return p.where != ""
}

// TestTheAnswerOfACommitForAMessageMayBeLost has each commit's answer lost in turn: what was written is
// acknowledged once, and what was not is not.
func TestTheAnswerOfACommitForAMessageMayBeLost(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, one telling) {
		for stop := 1; ; stop++ {
			k, order, notices := one.lived(t)
			p := &points{stop: stop}
			k.losing(p)
			if err := k.deliver(notices[len(notices)-1]); err != nil {
				t.Fatalf("%s (%d): %v", p.where, stop, err)
			}
			k.later(soon)
			if k.quiet(); p.where == "" {
				return
			}
			k.later(10 * time.Minute)
			k.wantStatus(k.order(order.ID), one.end)
			k.wantAllBooks(one.style)
			k.wantAbout(order.ID, notices[len(notices)-1:])
		}
	})
}

// TestAMessageIsKeptWhoeverFoundItsOrder: two gateways may look for the order of a message at once, and the later one
// finds that it was found. It forgets nothing before its time.
func TestAMessageIsKeptWhoeverFoundItsOrder(t *testing.T) {
	t.Parallel()
	for _, keep := range []time.Duration{0, 48 * time.Hour} {
		each(t, func(t *testing.T, one telling) {
			k := newKit(t, one.style)
			k.keep, k.twice = keep, true
			k.engine = k.newEngine("one")
			theirs := stranger(k, one.style, "1000.00")
			notices := k.mail()
			k.deliverThese(notices)
			k.later(time.Hour)
			adopted, err := k.adopt(engine.NewOrder{Provider: one.style.name(), ProviderOrder: theirs.ProviderOrder.ID, Customer: canonical.Customer{Reference: one.style.customer}, Refunded: &canonical.Amount{}})
			if err != nil {
				t.Fatal(err)
			}
			k.later(16 * time.Minute)
			k.wantAbout(adopted.Order.ID, notices)
		})
	}
}

// TestAMessageMayComeWhileItsOrderIsWorkedOn delivers one inside a capture, at each moment of it.
func TestAMessageMayComeWhileItsOrderIsWorkedOn(t *testing.T) {
	s := ecsterStyle
	for _, fault := range []string{"", "lose_reply", "lose_request", "garbage"} {
		for stop := 1; ; stop++ {
			k, order := s.reserved(t, "1000.00")
			k.mail()
			p := &points{stop: stop}
			if fault != "" {
				k.fault(s.name(), "capture", fault)
			}
			k.wire.at = func(where string) {
				if p.pass(where) {
					k.act(s.name(), order.ProviderOrder.ID, "debit", "100.00")
					k.deliverAll()
				}
			}
			op := k.do(order.ID, capture(s.money("300.00"))).Operation
			if k.wire.at = nil; p.where == "" {
				break
			}
			k.later(10 * time.Minute)
			after := k.order(order.ID)
			want := "400.00"
			if k.operation(op.ID).State == canonical.Failed {
				want = "100.00"
			}
			if got := after.Totals.Captured.String(); got != want || after.Drift != nil {
				t.Errorf("%s, %s: captured %s, want %s (drift %v)", fault, p.where, got, want, after.Drift)
			}
			k.wantAllBooks(s)
		}
	}
}

// TestAMessageMayComeDuringALook has something more happen, and be told, at each moment of a look that an
// earlier message asked for: what the lender answered then may be old.
func TestAMessageMayComeDuringALook(t *testing.T) {
	s := ecsterStyle
	for stop := 1; ; stop++ {
		k, order := s.reserved(t, "1000.00")
		k.act(s.name(), order.ProviderOrder.ID, "debit", "300.00")
		k.deliverAll()
		p := &points{stop: stop}
		at := func(where string) {
			if p.pass(where) {
				k.act(s.name(), order.ProviderOrder.ID, "debit", "100.00")
				k.deliverAll()
			}
		}
		k.wire.at = at
		k.hook = func(_ string, moment statetest.Moment) bool {
			at(string(moment))
			return false
		}
		k.later(time.Second)
		if k.quiet(); p.where == "" {
			return
		}
		k.later(soon)
		if got := k.order(order.ID).Totals.Captured.String(); got != "400.00" {
			t.Errorf("told %s (%d): captured %s, want 400.00", p.where, stop, got)
		}
		k.wantAllBooks(s)
	}
}

// TestMessagesAtSeveralGatewaysAreTakenInOnce delivers the same message everywhere at once.
func TestMessagesAtSeveralGatewaysAreTakenInOnce(t *testing.T) {
	each(t, func(t *testing.T, one telling) {
		for range 3 {
			k, order, notices := one.lived(t)
			n := notices[len(notices)-1]
			r := race(k)
			done := make(chan error, 3*len(r.engines))
			for _, e := range append(append(r.engines, r.engines...), r.engines...) {
				go func() { done <- e.Receive(t.Context(), one.style.name(), k.message(n)) }()
			}
			for range cap(done) {
				if err := <-done; err != nil && canonical.KindOf(err) != canonical.Overloaded {
					t.Error(err)
				}
			}
			k.parallel = false
			k.later(soon)
			k.wantStatus(k.order(order.ID), one.end)
			k.wantAllBooks(one.style)
			k.wantAbout(order.ID, notices[len(notices)-1:])
		}
	})
}
