package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

func hundred() engine.Ask { return capture(money("100.00", "EUR")) }

func TestAbsenceNeedsTwoReadsApartAfterTheLastByteAndTheHorizon(t *testing.T) {
	k, p, order := newScripted(t)
	p.sends(doubt(), nil)
	p.shows("1000.00", "0.00", "0.00")
	op := k.do(order.ID, hundred()).Operation // the call ended now: nothing arrives after a minute from here
	for _, read := range []struct {
		after time.Duration
		state canonical.OperationState
	}{
		{59 * time.Second, canonical.Doubtful}, // too early to count
		{60 * time.Second, canonical.Doubtful}, // the first that counts
		{89 * time.Second, canonical.Doubtful}, // too close to the first
		{90 * time.Second, canonical.Failed},
	} {
		k.now.Store(op.CreatedAt.Add(read.after).UnixNano())
		k.sync(order.ID)
		if got := k.operation(op.ID).State; got != read.state {
			t.Fatalf("%s after the call: %s, want %s", read.after, got, read.state)
		}
	}
	k.wantState(k.operation(op.ID), canonical.Failed, canonical.NextRetryNewKey)
}

func TestARepeatPutsOffTheProofOfAbsence(t *testing.T) {
	k, p, order := newScripted(t)
	p.evidence.Lost = []canonical.Recovery{canonical.RepeatSameKey, canonical.ReadAndCompare}
	p.sends(doubt(), nil)
	op := k.do(order.ID, hundred()).Operation
	k.pass(10 * time.Minute)
	k.sync(order.ID) // sent again, and the read did not answer
	p.shows("1000.00", "0.00", "0.00")
	k.sync(order.ID)
	k.pass(31 * time.Second)
	k.sync(order.ID)
	if got := k.operation(op.ID).State; got != canonical.Doubtful {
		t.Fatalf("half a minute after the last repeat it is %s", got)
	}
	repeats := len(p.sent)
	k.later(5 * time.Minute)
	k.wantState(k.operation(op.ID), canonical.Failed, canonical.NextRetryNewKey)
	if len(p.sent) != repeats {
		t.Errorf("it was sent %d times more while reads did not show it", len(p.sent)-repeats)
	}
}

func TestWhatFitsNeitherOutcomeIsDriftAndForAPerson(t *testing.T) {
	k, p, order := newScripted(t)
	p.sends(doubt(), nil)
	p.shows("1000.00", "42.00", "0.00")
	op := k.do(order.ID, hundred()).Operation
	k.later(3 * time.Second)
	k.wantState(k.operation(op.ID), canonical.HandedOver, canonical.NextContactOperator)
	held := k.order(order.ID)
	if held.Drift == nil || held.WaitingFor != canonical.ForOperator || held.Totals.Capturable.String() != "900.00" {
		t.Errorf("drift %v, waiting for %s, capturable %s", held.Drift, held.WaitingFor, held.Totals.Capturable)
	}
	if !strings.Contains(k.alarms.String(), "handed over") {
		t.Error("no alarm")
	}
	p.shows("1000.00", "100.00", "0.00")
	k.later(25 * time.Hour) // evidence still counts
	k.wantState(k.operation(op.ID), canonical.Succeeded, canonical.NextNone)
	if after := k.sync(order.ID); after.Drift != nil || after.Totals.Captured.String() != "100.00" {
		t.Errorf("drift %v, captured %s", after.Drift, after.Totals.Captured)
	}
	k.wantRules(k.order(order.ID))
}

func TestTheMovementItselfIsFound(t *testing.T) {
	for _, test := range []struct {
		name, amount string
		state        canonical.OperationState
	}{
		{"as it was asked for", "100.00", canonical.Succeeded},
		{"with another amount", "99.00", canonical.HandedOver},
	} {
		t.Run(test.name, func(t *testing.T) {
			k, p, order := newScripted(t)
			p.evidence.Lost = []canonical.Recovery{canonical.FindByReference}
			p.sends(doubt(), nil)
			op := k.do(order.ID, hundred()).Operation
			p.read = func(q canonical.Query) (canonical.Report, error) {
				if q.Read != "find" || q.Attempt.Reference != op.Attempts[0].Reference {
					t.Errorf("read %s of %s", q.Read, q.Attempt.Reference)
				}
				seen := canonical.Seen{Kind: canonical.OpCapture, Amount: *money(test.amount, "EUR"), LenderReference: "there-7"}
				return canonical.Report{Finding: canonical.Found, Seen: &seen, AsOf: k.clock()}, nil
			}
			k.later(3 * time.Second)
			if got := k.operation(op.ID).State; got != test.state {
				t.Fatalf("it is %s, want %s", got, test.state)
			}
			after := k.order(order.ID)
			if test.state == canonical.Succeeded && after.Captures[0].Reference != "there-7" {
				t.Errorf("captures %+v, want the lender's reference", after.Captures)
			}
			if drifted := after.Drift != nil; drifted != (test.state == canonical.HandedOver) {
				t.Errorf("drift %v", after.Drift)
			}
		})
	}
}

func TestWhatElseTheLenderShowsBecomesAnOperationOfItsOwn(t *testing.T) {
	k, p, order := newScripted(t)
	p.sends(doubt(), nil)
	p.shows("1000.00", "100.00", "30.00")
	op := k.do(order.ID, hundred()).Operation
	k.later(3 * time.Second)
	k.wantState(k.operation(op.ID), canonical.Succeeded, canonical.NextNone)
	after := k.order(order.ID)
	if after.Totals.Refunded.String() != "30.00" || after.Captures[0].ID != op.ID {
		t.Errorf("refunded %s, captures %+v", after.Totals.Refunded, after.Captures)
	}
	k.wantRules(after)
}

func TestARepeatCarriesTheSameBytesUntilTheKeyIsForgotten(t *testing.T) {
	k, p, order := newScripted(t)
	p.evidence = canonical.Evidence{Lost: []canonical.Recovery{canonical.RepeatSameKey}, KeyLife: time.Hour}
	p.sends(doubt(), nil)
	op := k.do(order.ID, hundred()).Operation
	k.later(54 * time.Minute)
	if len(p.sent) < 5 {
		t.Fatalf("sent %d times", len(p.sent))
	}
	for i, request := range p.sent {
		if string(request.Body) != string(p.sent[0].Body) || request.Repeat != (i > 0) {
			t.Errorf("request %d: %s, repeat %v", i, request.Body, request.Repeat)
		}
	}
	sent := len(p.sent)
	k.later(24 * time.Hour)
	k.wantState(k.operation(op.ID), canonical.HandedOver, canonical.NextContactOperator)
	if len(p.sent) != sent {
		t.Errorf("it was sent %d times more after the key may be forgotten", len(p.sent)-sent)
	}
	if got := k.operation(op.ID).Attempts[0].Sends; got != sent {
		t.Errorf("the attempt counts %d sends, want %d", got, sent)
	}
}

func TestARefusalOfARepeatCountsWhereTheKeyReplaysIt(t *testing.T) {
	k, p, order := newScripted(t)
	p.evidence.Lost = []canonical.Recovery{canonical.RepeatSameKey}
	p.sends(doubt(), nil)
	op := k.do(order.ID, hundred()).Operation
	p.sends(canonical.Outcome{Sends: 1}, canonical.Errorf(canonical.ProviderBusy, "busy"))
	k.later(3 * time.Second)
	k.wantState(k.operation(op.ID), canonical.Doubtful, canonical.NextWait)
	p.sends(canonical.Outcome{Sends: 1}, canonical.Errorf(canonical.Refused, "no"))
	k.later(time.Minute)
	k.wantState(k.operation(op.ID), canonical.Failed, canonical.NextCorrectRequest)
}

func TestADoubtBeginsItsOwnScheduleAfterALongWaitInTheQueue(t *testing.T) {
	k, p, order := newScripted(t)
	p.sends(canonical.Outcome{}, canonical.Errorf(canonical.ProviderUnavailable, "down"))
	op := k.do(order.ID, hundred()).Operation
	k.later(8 * time.Hour)
	k.wantState(k.operation(op.ID), canonical.Queued, canonical.NextWait)
	p.sends(doubt(), nil)
	k.later(5 * time.Hour)
	k.wantState(k.operation(op.ID), canonical.Doubtful, canonical.NextWait)
}

func TestAskingOftenDoesNotUseUpTheSchedule(t *testing.T) {
	t.Parallel()
	k, p, order := newScripted(t)
	p.sends(doubt(), nil)
	op := k.do(order.ID, hundred()).Operation
	for range 300 {
		k.pass(time.Second)
		k.sync(order.ID)
	}
	k.wantState(k.operation(op.ID), canonical.Doubtful, canonical.NextWait)
	k.later(4 * 24 * time.Hour)
	k.wantState(k.operation(op.ID), canonical.HandedOver, canonical.NextContactOperator)
}

func TestTheSecondReadThatProvesAbsenceComesSoon(t *testing.T) {
	k, p, order := newScripted(t)
	p.sends(doubt(), nil)
	op := k.do(order.ID, hundred()).Operation
	k.later(6 * time.Hour) // by now a round comes every quarter of an hour
	p.shows("1000.00", "0.00", "0.00")
	k.later(15*time.Minute + 30*time.Second)
	k.wantState(k.operation(op.ID), canonical.Failed, canonical.NextRetryNewKey)
}
