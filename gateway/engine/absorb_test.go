package engine_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state/statetest"
)

func TestWhatTheDashboardMovedIsTakenOverAndCanBeRefunded(t *testing.T) {
	s := ecsterStyle
	k, order := s.reserved(t, "1000.00")
	id := order.ProviderOrder.ID
	k.act(s.name(), id, "debit", "300.00")
	k.act(s.name(), id, "debit", "200.00")
	k.act(s.name(), id, "credit", "50.00")
	seen := k.sync(order.ID)
	k.wantStatus(seen, canonical.StatusPartiallyCaptured)
	if len(seen.Captures) != 2 || seen.Captures[0].Reference == "" || seen.Captures[0].Reference == seen.Captures[1].Reference {
		t.Fatalf("captures %+v, want two with the lender's references", seen.Captures)
	}
	if len(seen.Refunds) != 1 || seen.Refunds[0].Reference == "" {
		t.Fatalf("refunds %+v, want one with the lender's reference", seen.Refunds)
	}
	for _, capture := range seen.Captures {
		if op := k.operation(capture.ID); op.Origin != canonical.FromProvider || op.FoundBy != canonical.BySync {
			t.Errorf("the capture is of origin %s, found by %s", op.Origin, op.FoundBy)
		}
	}
	k.wantAllBooks(s)
	k.wantStatus(k.do(order.ID, finalCapture(s.money("100.00"))).Order, canonical.StatusPartiallyRefunded)
	k.wantStatus(k.do(order.ID, refund(nil)).Order, canonical.StatusRefunded)
	k.wantAllBooks(s)
}

func TestARefundSeenThereGoesToTheCaptureItNames(t *testing.T) {
	s := ecsterStyle
	k, order := s.reserved(t, "1000.00")
	k.do(order.ID, capture(s.money("300.00")))
	second := k.do(order.ID, capture(s.money("200.00")))
	reference := second.Order.Captures[1].Reference
	k.wire.spoil = func(reply *adapters.Reply, w adapters.Wire) { // the lender credits the second debit
		reply.Body = bytes.ReplaceAll(reply.Body, []byte(`"creditedAmount":0`), []byte(`"creditedAmount":5000`))
		reply.Body = bytes.Replace(reply.Body, []byte(`"transactions":[`), []byte(`"transactions":[{"id":"there-1","type":"CREDIT","amount":5000,"debitTransaction":"`+reference+`"},`), 1)
	}
	seen := k.sync(order.ID)
	if got := seen.Captures[1].Refunded.Value.String(); got != "50.00" || !seen.Captures[0].Refunded.IsZero() {
		t.Errorf("refunded of the captures: %s and %s, want 0.00 and 50.00 (drift %v)", seen.Captures[0].Refunded.Value, got, seen.Drift)
	}
}

func TestAReadThatChangesNothingWritesNothing(t *testing.T) {
	for _, s := range styles {
		k, order := s.reserved(t, "1000.00")
		before := k.sync(order.ID)
		commits := 0
		k.hook = func(_ string, at statetest.Moment) bool {
			if at == statetest.AfterCommit {
				commits++
			}
			return false
		}
		if after := k.sync(order.ID); commits > 0 || after.Version != before.Version {
			t.Errorf("%s: %d commits, version %d after %d", s.name(), commits, after.Version, before.Version)
		}
	}
}

func TestWhatGoesBackwardIsDriftUntilAReadAgrees(t *testing.T) {
	s := ecsterStyle
	k, order := s.reserved(t, "1000.00")
	k.do(order.ID, capture(s.money("300.00")))
	k.wire.spoil = func(reply *adapters.Reply, w adapters.Wire) {
		reply.Body = bytes.ReplaceAll(reply.Body, []byte("PARTIALLY_DELIVERED"), []byte("PENDING_PAYMENT"))
	}
	drifted := k.sync(order.ID)
	k.wantStatus(drifted, canonical.StatusPartiallyCaptured)
	if drifted.Drift == nil {
		t.Fatal("no drift")
	}
	if again := k.sync(order.ID); again.Version != drifted.Version || !again.Drift.Since.Equal(drifted.Drift.Since) {
		t.Error("drift that lasts is told again")
	}
	if e := k.refused(order.ID, capture(nil)); e.Kind != canonical.OperationNotAllowed {
		t.Errorf("a capture meanwhile is answered %s", e.Kind)
	}
	if len(drifted.AllowedOperations) != 1 || drifted.AllowedOperations[0].Kind != canonical.OpSync {
		t.Errorf("allowed while in drift: %+v, want sync alone", drifted.AllowedOperations)
	}
	k.do(order.ID, change(canonical.Change{Metadata: canonical.Metadata{"still": "mine"}}))
	k.wire.spoil = func(reply *adapters.Reply, w adapters.Wire) {
		reply.Body = bytes.ReplaceAll(reply.Body, []byte("PARTIALLY_DELIVERED"), []byte("FROZEN"))
	}
	if unknown := k.sync(order.ID); unknown.Drift == nil {
		t.Error("an unknown word ended the drift")
	}
	k.wire.spoil = nil
	if agreed := k.sync(order.ID); agreed.Drift != nil {
		t.Errorf("a read that agrees leaves drift: %s", agreed.Drift.Seen)
	}
	k.do(order.ID, capture(s.money("200.00")))
	k.wantAllBooks(s)
	k.wantRules(k.order(order.ID))
	if told := k.events(order.ID); !slices.Contains(told, canonical.OrderDrift) {
		t.Errorf("history %v has no order.drift", told)
	}
}

func TestAnUnknownWordChangesNothingAndIsTold(t *testing.T) {
	s := ecsterStyle
	k, order := s.reserved(t, "1000.00")
	k.wire.spoil = func(reply *adapters.Reply, w adapters.Wire) {
		reply.Body = bytes.ReplaceAll(reply.Body, []byte("READY"), []byte("FROZEN"))
	}
	for range 2 {
		seen := k.sync(order.ID)
		k.wantStatus(seen, canonical.StatusAuthorized)
		if seen.ProviderOrder.Status != "FROZEN" || seen.Drift != nil {
			t.Errorf("provider status %q, drift %v", seen.ProviderOrder.Status, seen.Drift)
		}
	}
	told := slices.DeleteFunc(k.events(order.ID), func(kind canonical.EventType) bool { return kind != canonical.VocabularyDrift })
	if len(told) != 1 {
		t.Errorf("%d events of vocabulary drift, want 1", len(told))
	}
}

func TestAnUnknownWordInTheReplyToMoneyLeavesItInDoubt(t *testing.T) {
	s := ecsterStyle
	k, order := s.reserved(t, "1000.00")
	k.wire.spoil = func(reply *adapters.Reply, w adapters.Wire) {
		if w.Method == "POST" {
			reply.Body = bytes.ReplaceAll(reply.Body, []byte("PARTIALLY_DELIVERED"), []byte("ON_THE_WAY"))
		}
	}
	doubtful := k.do(order.ID, capture(s.money("300.00")))
	k.wantState(doubtful.Operation, canonical.Doubtful, canonical.NextWait)
	if !slices.Contains(k.events(order.ID), canonical.VocabularyDrift) {
		t.Error("vocabulary drift is not told")
	}
	k.heal()
	k.wantState(k.operation(doubtful.Operation.ID), canonical.Succeeded, canonical.NextNone)
	k.wantAllBooks(s)
}

func TestWhoEndsAnOrderAtTheLender(t *testing.T) {
	for _, test := range []struct {
		name   string
		style  style
		do     string
		pass   time.Duration
		status canonical.Status
		reason string
	}{
		{"staff cancel before the deadline", creditkeyStyle, "cancel", time.Hour, canonical.StatusCanceled, ""},
		{"the lender's time is up", creditkeyStyle, "", 31 * 24 * time.Hour, canonical.StatusExpired, ""},
		{"staff annul", ecsterStyle, "annul", time.Hour, canonical.StatusCanceled, ""},
		{"the lender's own word for it", ecsterStyle, "expire", time.Hour, canonical.StatusExpired, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			k, order := test.style.reserved(t, "1000.00")
			k.pass(test.pass)
			if test.do != "" {
				k.act(test.style.name(), order.ProviderOrder.ID, test.do, "")
			}
			ended := k.sync(order.ID)
			k.wantStatus(ended, test.status)
			if got := ended.Totals.Canceled.String(); got != "1000.00" {
				t.Errorf("canceled %s, want all that remained", got)
			}
			ops, err := k.engine.Operations(t.Context(), k.call(), false, engine.Page{Limit: 1}, nil)
			if err != nil || ops[0].Kind != canonical.OpCancel || ops[0].Origin != canonical.FromProvider {
				t.Errorf("the last operation is %s of origin %s", ops[0].Kind, ops[0].Origin)
			}
			k.wantRules(ended)
		})
	}
}

func TestALenderThatBacksOutIsTheReason(t *testing.T) {
	k, p, order := newScripted(t)
	p.read = func(canonical.Query) (canonical.Report, error) {
		report := p.says("BLOCKED", canonical.Ended, "1000.00", "0.00", "0.00")
		report.Sighting.EndedBy = canonical.ByLender
		return report, nil
	}
	ended := k.sync(order.ID)
	k.wantStatus(ended, canonical.StatusCanceled)
	if ended.Reason != "lender_withdrew" {
		t.Errorf("reason %q, want lender_withdrew", ended.Reason)
	}
}

func TestAPaymentAfterTheEndIsRealAndAlarming(t *testing.T) {
	s := cryptopayStyle
	k, order := s.created(t, "1000.00")
	k.pass(2 * time.Hour)
	k.wantStatus(k.sync(order.ID), canonical.StatusExpired)
	k.act(s.name(), order.ProviderOrder.ID, "late_pay", "")
	k.wantStatus(k.sync(order.ID), canonical.StatusCaptured)
	if alarms := k.alarms.String(); !bytes.Contains([]byte(alarms), []byte("after the order had ended")) {
		t.Errorf("no alarm: %q", alarms)
	}
	k.wantStatus(k.do(order.ID, refund(nil)).Order, canonical.StatusRefunded)
	k.wantAllBooks(s)
}

func TestACartThatNeverBecomesAnOrderExpires(t *testing.T) {
	s := ecsterStyle
	k, order := s.created(t, "1000.00")
	k.later(23 * time.Hour)
	k.wantStatus(k.sync(order.ID), canonical.StatusCreated)
	k.pass(2 * time.Hour)
	k.wantStatus(k.sync(order.ID), canonical.StatusCreated)
	k.later(29 * time.Second)
	k.wantStatus(k.sync(order.ID), canonical.StatusCreated) // too soon to be proof
	k.later(time.Second)
	expired := k.order(order.ID)
	k.wantStatus(expired, canonical.StatusExpired)
	if timers := k.timers(); len(timers) > 0 {
		t.Errorf("timers are left: %v", timers)
	}
	k.create(s.newOrder("1000.00")) // its reference is free
	k.wantChain(expired)
	k.act(s.name(), order.ProviderOrder.Reference, "complete", "")
	k.wantStatus(k.sync(order.ID), canonical.StatusAuthorized)
}

func TestAnOrderThatShowsUpInTimeIsNotExpired(t *testing.T) {
	s := ecsterStyle
	k, order := s.created(t, "1000.00")
	k.pass(25 * time.Hour)
	k.sync(order.ID)
	k.act(s.name(), order.ProviderOrder.Reference, "complete", "")
	k.later(time.Hour)
	k.wantStatus(k.order(order.ID), canonical.StatusAuthorized)
	k.wantTimers()
}

func TestAProviderThatIsSwitchedOffIsNotSynced(t *testing.T) {
	k, p, order := newScripted(t)
	p.sends(doubt(), nil)
	k.do(order.ID, hundred())
	delete(k.clients, "scripted")
	synced, err := k.engine.Sync(t.Context(), k.call(), order.ID)
	if err != nil || synced.Synced || synced.Reason == "" || synced.Order.InDoubt == nil {
		t.Errorf("synced %v because %q, %v", synced.Synced, synced.Reason, err)
	}
	k.clients["scripted"] = p
	p.shows("1000.00", "100.00", "0.00")
	k.heal()
	k.wantStatus(k.order(order.ID), canonical.StatusPartiallyCaptured)
}

func TestALenderThatCannotBeReadIsNotSynced(t *testing.T) {
	for _, test := range []struct {
		style style
		down  bool
	}{{spendoptionStyle, false}, {ecsterStyle, true}} {
		k, order := test.style.reserved(t, "1000.00")
		k.wire.connected(!test.down)
		synced, err := k.engine.Sync(t.Context(), k.call(), order.ID)
		if err != nil || synced.Synced || synced.Reason == "" || synced.Order.ID != order.ID {
			t.Errorf("%s: synced %v because %q, %v", test.style.name(), synced.Synced, synced.Reason, err)
		}
	}
}
