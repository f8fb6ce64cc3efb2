package engine_test

import (
	"context"
	"maps"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

// newRefund is an order with captures of 90 and 150, and a lender that wants a refund for each.
func newRefund(t *testing.T) (*kit, *scripted, canonical.Order) {
	t.Helper()
	k, p, order := newScripted(t)
	p.traits.RefundNamesCapture = true
	for _, amount := range []string{"90.00", "150.00"} {
		k.do(order.ID, capture(money(amount, "EUR")))
	}
	return k, p, order
}

func TestOfTwoWhoFindTheSameOneSendsTheNext(t *testing.T) {
	k, p, order := newRefund(t)
	p.sends(doubt(), nil)
	op := k.do(order.ID, engine.Ask{Kind: canonical.OpRefund, Amount: money("240.00", "EUR")}).Operation
	k.wantState(op, canonical.Doubtful, canonical.NextWait)
	k.pass(3 * time.Second)
	k.parallel = true
	slow, reading, sending, found := k.newEngine("slow"), make(chan bool), make(chan bool), make(chan bool)
	var looks, sends atomic.Int64
	p.read = func(canonical.Query) (canonical.Report, error) {
		if looks.Add(1) == 1 { // held up until another has found it too, and sends the next
			close(reading)
			<-sending
		}
		return p.says("OPEN", canonical.Open, "1000.00", "240.00", "90.00"), nil
	}
	p.send = func(canonical.Command, canonical.Request) (canonical.Outcome, error) {
		if sends.Add(1) == 1 {
			close(sending)
			<-found
		}
		return yes(), nil
	}
	go func() {
		defer close(found)
		_, _ = slow.Sync(context.Background(), k.call(), order.ID)
	}()
	<-reading
	k.pass(5 * time.Minute) // more than the slow one has for itself
	k.sync(order.ID)
	<-found
	k.wantState(k.operation(op.ID), canonical.Succeeded, canonical.NextNone)
	if sends.Load() != 1 {
		t.Errorf("the second refund was sent %d times", sends.Load())
	}
	k.wantTimers()
}

func TestWhoFindsACallLostKeepsOthersAwayWhileItIsLookedFor(t *testing.T) {
	k, p, order := newScripted(t)
	looks, two := 0, k.newEngine("two")
	p.read = func(canonical.Query) (canonical.Report, error) {
		if looks++; looks == 1 {
			if _, err := two.Sync(t.Context(), k.call(), order.ID); err != nil {
				t.Fatal(err)
			}
		}
		return canonical.Report{}, canonical.Errorf(canonical.ProviderUnavailable, "not now")
	}
	p.send = func(canonical.Command, canonical.Request) (canonical.Outcome, error) {
		k.pass(10 * time.Minute) // the process sleeps while it waits for the reply
		if _, err := k.newEngine("three").Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		return doubt(), nil
	}
	k.do(order.ID, hundred())
	if looks != 1 {
		t.Errorf("the lender was read %d times by those who came by", looks)
	}
}

func TestWhatTheLenderHasTakenGoesToAPersonWhereItSaysTwoThings(t *testing.T) {
	k, p, order := newScripted(t)
	p.sends(canonical.Outcome{State: canonical.Waiting, Sends: 1}, nil)
	op := k.do(order.ID, hundred()).Operation
	k.wantState(op, canonical.Waiting, canonical.NextWait)
	p.shows("1000.00", "70.00", "0.00")
	k.later(time.Hour)
	k.wantState(k.operation(op.ID), canonical.HandedOver, canonical.NextContactOperator)
	if len(p.sent) != 1 {
		t.Errorf("it was sent %d times", len(p.sent))
	}
	said := engine.Resolution{Outcome: canonical.Failed, Reason: "their staff captured 70, and ours was withdrawn"}
	k.wantState(k.resolved(op.ID, said).Operation, canonical.Failed, canonical.NextRetryNewKey)
	k.wantTimers()
}

func TestAnAuthorizeInDoubtAtALenderThatDecidesIsPending(t *testing.T) {
	k, p, _ := newScripted(t)
	order := k.create(engine.NewOrder{Provider: "scripted", Amount: money("1000.00", "EUR")}).Order
	p.evidence.Lost = []canonical.Recovery{canonical.RepeatSameKey, canonical.ReadAndCompare}
	p.sends(doubt(), nil)
	op := k.do(order.ID, engine.Ask{Kind: canonical.OpAuthorize}).Operation
	p.read = func(canonical.Query) (canonical.Report, error) {
		report := p.says("REVIEW", canonical.Pending)
		report.Sighting.WaitingFor = canonical.ForLender
		return report, nil
	}
	k.later(time.Minute)
	sent := len(p.sent)
	k.later(7 * 24 * time.Hour)
	k.wantState(k.operation(op.ID), canonical.Waiting, canonical.NextWait)
	if len(p.sent) != sent {
		t.Errorf("it was sent again %d times after the lender had taken it", len(p.sent)-sent)
	}
	p.shows("1000.00", "0.00", "0.00")
	k.later(25 * time.Hour)
	k.wantState(k.operation(op.ID), canonical.Succeeded, canonical.NextNone)
	k.wantStatus(k.order(order.ID), canonical.StatusAuthorized)
}

func TestAHintAboutAnOrderThatCannotBeReadIsDropped(t *testing.T) {
	s := creditkeyStyle
	k, created := s.doubtful(t)
	k.later(time.Minute)
	k.resolved(created.Operation.ID, engine.Resolution{Outcome: canonical.Failed, Reason: "they have no such order"})
	k.later(time.Minute)
	before := k.order(created.Order.ID).Hidden.Watch
	if before.Hinted != nil || before.Failure != 0 {
		t.Errorf("hinted %v, failed %d times", before.Hinted, before.Failure)
	}
}

func TestALostCancelAtALenderThatForgetsWhatWasCanceled(t *testing.T) {
	k, p, _ := newScripted(t)
	for _, forgets := range []bool{false, true} {
		p.traits.ForgetsCanceled = forgets
		p.sends(yes(), nil)
		order := k.create(engine.NewOrder{Provider: "scripted", Amount: money("1000.00", "EUR")}).Order
		p.sends(doubt(), nil)
		op := k.do(order.ID, engine.Ask{Kind: canonical.OpCancel}).Operation
		k.wantState(op, canonical.Doubtful, canonical.NextWait)
		p.read = func(canonical.Query) (canonical.Report, error) {
			return canonical.Report{Finding: canonical.Absent, AsOf: p.now()}, nil
		}
		k.later(10 * time.Second)
		k.wantState(k.operation(op.ID), canonical.Doubtful, canonical.NextWait) // one look is no proof
		k.later(time.Hour)
		want := canonical.Doubtful
		if forgets {
			want = canonical.Succeeded
		}
		if got := k.operation(op.ID).State; got != want {
			t.Errorf("forgets %t: the cancel is %s, want %s", forgets, got, want)
		}
	}
}

func TestACaptureThatAlwaysGivesBackTheRestMustSaySo(t *testing.T) {
	s := spendoptionStyle
	s.settings = maps.Clone(s.settings)
	s.settings["capture_releases_rest"] = "true"
	k := newKit(t, s)
	order := k.create(s.newOrder("190.00")).Order
	k.do(order.ID, engine.Ask{Kind: canonical.OpAuthorize})
	part := money("130.00", order.Amount.Currency)
	e := k.refused(order.ID, capture(part))
	if e.Kind != canonical.OperationUnsupported || len(e.Alternatives) != 1 || e.Alternatives[0].Body["final"] != true {
		t.Errorf("%s with %+v", e.Kind, e.Alternatives)
	}
	after := k.do(order.ID, finalCapture(part)).Order
	k.wantStatus(after, canonical.StatusCaptured)
	if after.Totals.Canceled.String() != "60.00" || after.Drift != nil {
		t.Errorf("totals %+v, drift %v", after.Totals.Ledger, after.Drift)
	}
}

func TestWhatTheLenderHasTakenAndNeverShowsGoesToAPerson(t *testing.T) {
	k, p, order := newScripted(t)
	p.evidence.Lost = []canonical.Recovery{canonical.AskAPerson}
	p.sends(canonical.Outcome{State: canonical.Waiting, Sends: 1}, nil)
	op := k.do(order.ID, hundred()).Operation
	k.wantState(op, canonical.Waiting, canonical.NextWait)
	p.shows("1000.00")
	k.later(4 * 24 * time.Hour)
	k.wantState(k.operation(op.ID), canonical.HandedOver, canonical.NextContactOperator)
}
