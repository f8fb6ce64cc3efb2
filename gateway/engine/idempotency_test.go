package engine_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

// body is an answer as a caller sees it.
func (k *kit) body(answer engine.Answer) string {
	k.Helper()
	text, err := json.MarshalIndent([]any{answer.Order, answer.Operation}, "", " ")
	if err != nil {
		k.Fatal(err)
	}
	return string(text)
}

func TestAReplayIsTheAnswerAsFirstSettled(t *testing.T) {
	for _, m := range append(append([]movement{}, movements...), plans...) {
		t.Run(m.name, func(t *testing.T) {
			k, order := m.ready(t)
			call := k.call()
			first, err := m.perform(k, k.engine, call, order)
			if err != nil {
				t.Fatal(err)
			}
			// What happens later does not change it.
			k.pass(time.Hour)
			k.do(first.Order.ID, engine.Ask{Kind: canonical.OpUpdate, Change: &canonical.Change{Metadata: canonical.Metadata{"later": "yes"}}})
			k.sync(first.Order.ID)
			replay, err := m.perform(k, k.engine, call, order)
			if err != nil || !replay.Replayed {
				t.Fatalf("replayed %v, %v", replay.Replayed, err)
			}
			if diff := cmp.Diff(k.body(first), k.body(replay)); diff != "" {
				t.Errorf("first and again (-first +again):\n%s", diff)
			}
		})
	}
}

func TestADeclineIsReplayedAndNotAskedAgain(t *testing.T) {
	s := spendoptionStyle
	k, order := s.created(t, "1000.13")
	call := k.call()
	var bodies []string
	for range 2 {
		answer, err := k.engine.Submit(t.Context(), call, order.ID, engine.Ask{Kind: canonical.OpAuthorize})
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, k.body(answer))
	}
	if diff := cmp.Diff(bodies[0], bodies[1]); diff != "" {
		t.Errorf("first and again (-first +again):\n%s", diff)
	}
	for _, arrival := range k.world.Arrivals(s.name(), "authorisation") {
		if arrival.Count != 1 {
			t.Errorf("the lender was asked %d times", arrival.Count)
		}
	}
}

func TestAReplayOfWhatWasInDoubtTellsTheSettledTruth(t *testing.T) {
	s := ecsterStyle
	k, order := s.reserved(t, "1000.00")
	call := k.call()
	k.fault(s.name(), "capture", "lose_reply")
	submit := func() engine.Answer {
		t.Helper()
		answer, err := k.engine.Submit(t.Context(), call, order.ID, capture(s.money("300.00")))
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	submit()
	k.wantState(submit().Operation, canonical.Doubtful, canonical.NextWait)
	k.heal()
	settled := submit()
	k.wantState(settled.Operation, canonical.Succeeded, canonical.NextNone)
	k.do(order.ID, capture(s.money("200.00")))
	if got := submit(); !got.Replayed || got.Order.Totals.Captured.String() != "300.00" {
		t.Errorf("replayed %v with %s captured, want the 300.00 of then", got.Replayed, got.Order.Totals.Captured)
	}
	if moved := k.moved(s, "capture").String(); moved != "500" {
		t.Errorf("the lender captured %s, want 500", moved)
	}
}

func TestAKeyBelongsToOneRequestAndOneMerchant(t *testing.T) {
	s := ecsterStyle
	k, order := s.reserved(t, "1000.00")
	call := k.callWith("key", "capture 300")
	if _, err := k.engine.Submit(t.Context(), call, order.ID, capture(s.money("300.00"))); err != nil {
		t.Fatal(err)
	}
	before := k.wire.count()
	answer, err := k.engine.Submit(t.Context(), k.callWith("key", "capture 400"), order.ID, capture(s.money("400.00")))
	if e := k.problem(canonical.OpCapture, answer, err); e.Kind != canonical.IdempotencyKeyReused || e.Operation != "" || answer.Order.ID != "" {
		t.Errorf("another request with the key: %v, %+v", e, answer.Order.ID)
	}
	other := k.callWith("key", "capture 300")
	other.Merchant = "other"
	answer, err = k.engine.Submit(t.Context(), other, order.ID, capture(s.money("300.00")))
	if e := k.problem(canonical.OpCapture, answer, err); e.Kind != canonical.NotFound {
		t.Errorf("another merchant gets %s, want not_found", e.Kind)
	}
	if k.wire.count() != before {
		t.Error("the lender was called")
	}
	// The same merchant with another API key is in the same scope.
	call.Actor = "key_second"
	if replay, err := k.engine.Submit(t.Context(), call, order.ID, capture(s.money("300.00"))); err != nil || !replay.Replayed {
		t.Errorf("with another API key of the merchant: replayed %v, %v", replay.Replayed, err)
	}
}

func TestAKeyIsGoodAsLongAsTheOrder(t *testing.T) {
	s := ecsterStyle
	k, order := s.reserved(t, "1000.00")
	call := k.call()
	for range 2 {
		answer, err := k.engine.Submit(t.Context(), call, order.ID, capture(s.money("300.00")))
		if err != nil {
			t.Fatal(err)
		}
		if want := k.clock().After(dawn); answer.Replayed != want {
			t.Errorf("replayed %v, want %v", answer.Replayed, want)
		}
		k.pass(400 * 24 * time.Hour)
	}
	if moved := k.moved(s, "capture").String(); moved != "300" {
		t.Errorf("the lender captured %s, want 300", moved)
	}
}

func TestARequestThatRunsIsInProgressForItsRepeat(t *testing.T) {
	s := ecsterStyle
	k, order := s.reserved(t, "1000.00")
	call := k.call()
	var repeat *canonical.Error
	k.wire.at = func(moment string) {
		if moment == beforeSend {
			k.wire.at = nil
			answer, err := k.newEngine("two").Submit(t.Context(), call, order.ID, capture(nil))
			repeat = k.problem(canonical.OpCapture, answer, err)
		}
	}
	if _, err := k.engine.Submit(t.Context(), call, order.ID, capture(nil)); err != nil {
		t.Fatal(err)
	}
	if repeat.Kind != canonical.OperationInProgress || repeat.Next == nil || repeat.Next.After == 0 {
		t.Errorf("the repeat is answered %s, next %v", repeat.Kind, repeat.Next)
	}
}
