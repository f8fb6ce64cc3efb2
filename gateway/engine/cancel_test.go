package engine_test

import (
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

func TestACancelWithdrawsWhatIsOnlyQueued(t *testing.T) {
	s := ecsterStyle
	k, order := s.reserved(t, "1000.00")
	k.wire.connected(false)
	queued := k.do(order.ID, capture(s.money("400.00")))
	k.wantState(queued.Operation, canonical.Queued, canonical.NextWait)
	if got := queued.Order.Totals.Capturable.String(); got != "600.00" {
		t.Errorf("capturable is %s while 400.00 are queued, want 600.00", got)
	}
	k.wire.connected(true)
	canceled := k.do(order.ID, cancel(nil))
	k.wantState(canceled.Operation, canonical.Succeeded, canonical.NextNone)
	k.wantStatus(canceled.Order, canonical.StatusCanceled)
	k.wantState(k.operation(queued.Operation.ID), canonical.Failed, canonical.NextNone)
	k.later(time.Hour)
	k.wantAllBooks(s)
	if moved := k.moved(s, "capture").String(); moved != "0" {
		t.Errorf("the lender captured %s of what was withdrawn", moved)
	}
}

func TestACancelWaitsForAnAuthorizeInDoubt(t *testing.T) {
	for _, test := range []struct {
		name, fault string
		sends       bool // something is reserved, so the cancel is sent
	}{
		{"that had happened", "lose_reply", true},
		{"that never arrived", "lose_request", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := creditkeyStyle
			k, order := s.created(t, "1000.00")
			k.fault(s.name(), "authorize", test.fault)
			authorize := k.do(order.ID, engine.Ask{Kind: canonical.OpAuthorize, Plan: &canonical.Plan{Installments: 12}})
			k.wantState(authorize.Operation, canonical.Doubtful, canonical.NextWait)
			asked := k.do(order.ID, cancel(nil))
			k.wantState(asked.Operation, canonical.Queued, canonical.NextWait)
			if e := k.refused(order.ID, cancel(nil)); e.Kind != canonical.OperationInProgress {
				t.Errorf("a second cancel is answered %s, want operation_in_progress", e.Kind)
			}
			k.heal()
			k.wantState(k.operation(asked.Operation.ID), canonical.Succeeded, canonical.NextNone)
			k.wantStatus(k.order(order.ID), canonical.StatusCanceled)
			if status := k.world.Orders(s.name())[0].Status; status != "CANCELED" {
				t.Errorf("at the lender the order is %s, want CANCELED", status)
			}
			k.wantAllBooks(s)
		})
	}
}

func TestACancelWaitsForAnAuthorizeThatIsDeclined(t *testing.T) {
	s := creditkeyStyle
	k, order := s.created(t, "1000.00")
	k.fault(s.name(), "authorize", "lose_request")
	k.do(order.ID, engine.Ask{Kind: canonical.OpAuthorize, Plan: &canonical.Plan{Installments: 12}})
	asked := k.do(order.ID, cancel(nil))
	k.act(s.name(), order.ProviderOrder.Reference, "leave", "")
	k.heal()
	k.wantState(k.operation(asked.Operation.ID), canonical.Succeeded, canonical.NextNone)
	k.wantStatus(k.order(order.ID), canonical.StatusCanceled)
}

func TestOnlyTheWholeOrderCanBeCanceledWhileAuthorizeIsInDoubt(t *testing.T) {
	s := creditkeyStyle
	k, order := s.created(t, "1000.00")
	k.fault(s.name(), "authorize", "lose_reply")
	k.do(order.ID, engine.Ask{Kind: canonical.OpAuthorize, Plan: &canonical.Plan{Installments: 12}})
	if e := k.refused(order.ID, cancel(s.money("10.00"))); e.Kind != canonical.InvalidRequest {
		t.Errorf("canceling a part is answered %s, want invalid_request", e.Kind)
	}
}

func TestACancelGivesUpACreateThatReservesNothing(t *testing.T) {
	s := creditkeyStyle
	k := newKit(t, s)
	k.fault(s.name(), "create", "lose_reply")
	created := k.create(s.newOrder("1000.00"))
	k.later(time.Minute)
	k.wantState(k.operation(created.Operation.ID), canonical.HandedOver, canonical.NextContactOperator)
	canceled := k.do(created.Order.ID, cancel(nil))
	k.wantState(canceled.Operation, canonical.Succeeded, canonical.NextNone)
	k.wantStatus(canceled.Order, canonical.StatusCanceled)
	if canceled.Order.InDoubt != nil {
		t.Error("the canceled order is still in doubt")
	}
	other := k.create(s.newOrder("1000.00"))
	if other.Order.Previous != created.Order.ID {
		t.Errorf("the next order with the reference names %q as the one before, want %s", other.Order.Previous, created.Order.ID)
	}
	k.wantTimers()
}

func TestACreateThatWasGivenUpDoesNotHoldTheOrderAgain(t *testing.T) {
	s := creditkeyStyle
	k := newKit(t, s)
	k.fault(s.name(), "create", "lose_reply")
	k.wire.at = func(moment string) {
		if moment != afterSend || len(k.unresolved()) == 0 {
			return
		}
		k.wire.at = nil
		k.do(k.unresolved()[0].Order, cancel(nil))
	}
	created := k.create(s.newOrder("1000.00"))
	k.wantState(created.Operation, canonical.Doubtful, canonical.NextWait)
	k.later(time.Hour)
	k.wantState(k.operation(created.Operation.ID), canonical.HandedOver, canonical.NextContactOperator)
	after := k.order(created.Order.ID)
	k.wantStatus(after, canonical.StatusCanceled)
	if after.InDoubt != nil || after.WaitingFor != "" || !k.free(s, "ORD-1") {
		t.Errorf("in doubt %v, waiting for %q, or its reference is still held", after.InDoubt, after.WaitingFor)
	}
	k.wantTimers()
}

// TestWhatTurnsUpAfterAllIsCanceled has the customer finish a checkout whose order the merchant had
// canceled while its create was under way.
func TestWhatTurnsUpAfterAllIsCanceled(t *testing.T) {
	s := ecsterStyle
	k := newKit(t, s)
	var canceled engine.Answer
	k.wire.at = func(moment string) {
		if moment != afterSend {
			return
		}
		k.wire.at = nil
		orders, err := k.engine.Orders(t.Context(), k.call(), engine.Page{Limit: 1}, nil)
		if err != nil {
			t.Fatal(err)
		}
		canceled = k.do(orders[0].ID, cancel(nil))
	}
	created := k.create(s.newOrder("1000.00"))
	k.wantStatus(canceled.Order, canonical.StatusCanceled)
	k.wantStatus(created.Order, canonical.StatusCanceled)
	k.wantState(created.Operation, canonical.Succeeded, canonical.NextNone)

	k.act(s.name(), created.Order.ProviderOrder.Reference, "await_payment", "")
	if seen := k.sync(created.Order.ID); seen.Drift != nil {
		t.Errorf("a checkout that goes on is drift: %s", seen.Drift.Seen)
	}
	k.act(s.name(), created.Order.ProviderOrder.Reference, "pay", "")
	k.wantStatus(k.sync(created.Order.ID), canonical.StatusAuthorized)
	k.heal()
	after := k.order(created.Order.ID)
	k.wantStatus(after, canonical.StatusCanceled)
	k.wantAllBooks(s)
	ops, err := k.engine.Operations(t.Context(), k.call(), false, engine.Page{Limit: 1}, nil)
	if err != nil || ops[0].Kind != canonical.OpCancel || ops[0].Origin != canonical.FromEngine {
		t.Errorf("the last operation is %s of origin %s, want a cancel of origin engine", ops[0].Kind, ops[0].Origin)
	}
}

func TestACancelWithoutAnyWayToCancelIsNotTaken(t *testing.T) {
	s := cryptopayStyle
	k := newKit(t, s)
	k.fault(s.name(), "create", "lose_reply")
	created := k.create(s.newOrder("1000.00"))
	if e := k.refused(created.Order.ID, cancel(nil)); e.Kind != canonical.OperationUnsupported {
		t.Errorf("problem %s, want operation_unsupported", e.Kind)
	}
}
