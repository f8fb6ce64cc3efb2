package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state/statetest"
)

func TestOneKeyOfTwoMerchantsMakesTwoOrders(t *testing.T) {
	k, p, _ := newScripted(t)
	p.sends(yes(), nil)
	made := make(map[string]bool)
	for _, merchant := range []string{"demo", "other"} {
		call := k.callWith("key", "create")
		call.Merchant = merchant
		for _, replayed := range []bool{false, true} {
			answer, err := k.engine.Create(t.Context(), call, engine.NewOrder{Provider: "scripted", Amount: money("1000.00", "EUR")})
			if err != nil || answer.Replayed != replayed || answer.Order.Merchant != merchant {
				t.Errorf("%s gets %s's order, replayed %t: %v", merchant, answer.Order.Merchant, answer.Replayed, err)
			}
			made[answer.Order.ID] = true
		}
	}
	if len(made) != 2 {
		t.Errorf("%d orders were made, want 2", len(made))
	}
}

// TestACancelComesBetweenAtAnyMoment withdraws a queued capture at each moment at which another process is about
// to send it.
func TestACancelComesBetweenAtAnyMoment(t *testing.T) {
	withdrawn := 0
	for stop := 1; stop < 20; stop++ {
		k, p, order := newScripted(t)
		p.sends(canonical.Outcome{}, canonical.Errorf(canonical.ProviderUnavailable, "not now"))
		queued := k.do(order.ID, hundred()).Operation
		k.wantState(queued, canonical.Queued, canonical.NextWait)
		k.pass(time.Hour)
		p.sends(yes(), nil)
		two, moments, canceled := k.newEngine("two"), 0, ""
		k.hook = func(gateway string, _ statetest.Moment) bool {
			if moments++; gateway == "one" && moments == stop {
				k.hook = nil
				if answer, err := two.Submit(t.Context(), k.call(), order.ID, cancel(nil)); err == nil {
					canceled = answer.Operation.Amount.Value.String()
				}
			}
			return false
		}
		k.later(time.Minute)
		passed := k.hook != nil
		k.hook = nil
		captured := slices.ContainsFunc(p.bodies(), func(body string) bool { return strings.HasPrefix(body, "capture ") })
		if state := k.operation(queued.ID).State; captured != (state == canonical.Succeeded) || (captured && canceled == "1000.00") {
			t.Errorf("at moment %d %q are canceled; the capture is %s, sent: %t", stop, canceled, state, captured)
		}
		k.wantRules(k.order(order.ID))
		if !captured {
			withdrawn++
		}
		k.wantTimers()
		if passed {
			break
		}
	}
	if withdrawn == 0 {
		t.Error("no cancel came in time")
	}
}

func TestACallerWhoHangsUpWhileTheIntentIsWrittenStopsNothing(t *testing.T) {
	for _, moment := range statetest.Moments {
		k, p, order := newScripted(t)
		p.sends(yes(), nil)
		ctx, hangUp := context.WithCancel(t.Context())
		k.hook = func(_ string, at statetest.Moment) (lost bool) {
			if at != moment {
				return false
			}
			k.hook = nil
			hangUp()
			return true
		}
		answer, err := k.engine.Submit(ctx, k.call(), order.ID, hundred())
		if err != nil || answer.Operation.State != canonical.Succeeded || len(p.sent) != 1 {
			t.Errorf("%s: it is %s and was sent %d times: %v", moment, answer.Operation.State, len(p.sent), err)
		}
	}
}

// The lender answers each time, and says nothing of the capture.
func TestRoundsThatSomebodyAskedForDoNotUseUpTheSchedule(t *testing.T) {
	k, p, order := newScripted(t)
	p.sends(doubt(), nil)
	op := k.do(order.ID, hundred()).Operation
	p.read = func(canonical.Query) (canonical.Report, error) {
		return canonical.Report{Finding: canonical.Mute, AsOf: p.now()}, nil
	}
	for range 300 {
		k.sync(order.ID)
	}
	k.later(time.Hour)
	k.wantState(k.operation(op.ID), canonical.Doubtful, canonical.NextWait)
	k.later(4 * 24 * time.Hour)
	k.wantState(k.operation(op.ID), canonical.HandedOver, canonical.NextContactOperator)
}

func TestEveryEventSaysWhoAskedForIt(t *testing.T) {
	s := ecsterStyle
	k, order := s.reserved(t, "1000.00")
	k.do(order.ID, capture(s.money("400.00")))
	k.do(order.ID, refund(s.money("100.00")))
	sealed, err := k.engine.History(t.Context(), k.operator(), order.ID, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	events := k.read(sealed)
	if len(events) < 6 {
		t.Fatalf("%d events of a create, a capture and a refund", len(events))
	}
	for _, event := range events {
		if op := event.Operation; op != nil && op.Origin == canonical.FromAPI && (event.Actor != "key_demo" || event.TraceID != "trace") {
			t.Errorf("%s of a %s is %q's, in trace %q", event.Type, op.Kind, event.Actor, event.TraceID)
		}
	}
}

func TestWhatIsQueuedIsSentOnceThoughAnswersOfCommitsAreLost(t *testing.T) {
	lost := 0
	for stop := 1; stop < 20; stop++ {
		k, p, order := newScripted(t)
		p.sends(canonical.Outcome{}, canonical.Errorf(canonical.ProviderUnavailable, "not now"))
		queued := k.do(order.ID, hundred()).Operation
		k.pass(time.Hour)
		p.sends(yes(), nil)
		commits := 0
		k.hook = func(_ string, at statetest.Moment) bool {
			if at == statetest.AfterCommit {
				commits++
			}
			return at == statetest.AfterCommit && commits == stop
		}
		k.later(3 * time.Minute)
		k.hook = nil
		if state := k.operation(queued.ID).State; state != canonical.Succeeded || len(p.sent) != 1 {
			t.Errorf("the answer of commit %d is lost: the capture is %s and was sent %d times", stop, state, len(p.sent))
		}
		k.wantRules(k.order(order.ID))
		if commits < stop {
			break
		}
		lost++
	}
	if lost == 0 {
		t.Error("no answer was lost")
	}
}

func TestTheRestOfAPlanIsNotSentWhereOthersTookItsRoom(t *testing.T) {
	k, p, order := newScripted(t)
	p.traits.Final = canonical.FinalThenCancel
	p.sends(doubt(), nil)
	op := k.do(order.ID, finalCapture(money("300.00", "EUR"))).Operation
	p.sends(yes(), nil)
	p.shows("300.00", "300.00", "0.00") // their staff has let the rest go
	k.later(time.Minute)
	if after := k.operation(op.ID); after.State.Unresolved() || after.Attempts[1].State != canonical.Failed || len(p.sent) != 0 {
		t.Errorf("it is %s, attempts %+v, %d more were sent", after.State, after.Attempts, len(p.sent))
	}
	k.wantStatus(k.order(order.ID), canonical.StatusCaptured)
	k.wantRules(k.order(order.ID))
}
