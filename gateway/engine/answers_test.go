package engine_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

func TestTheLenderDeclines(t *testing.T) {
	for _, s := range styles {
		t.Run(s.name(), func(t *testing.T) {
			k, order := s.created(t, "1000.13")
			if s.name() == "creditkey" || s.name() == "spendoption" {
				declined := k.do(order.ID, engine.Ask{Kind: canonical.OpAuthorize, Plan: &canonical.Plan{Installments: 12}})
				k.wantState(declined.Operation, canonical.Declined, canonical.NextOtherProvider)
				order = declined.Order
			} else {
				s.reserve(k, order)
				order = k.order(order.ID)
			}
			switch s.name() {
			case "creditkey": // the order at the lender is still there and may be asked again
				k.wantStatus(order, canonical.StatusCreated)
			case "cryptopay":
				k.wantStatus(order, canonical.StatusFailed)
			default:
				k.wantStatus(order, canonical.StatusDeclined)
				k.create(s.newOrder("1000.00")) // its reference is free
			}
			k.wantRules(order)
			k.wantAllBooks(s)
		})
	}
}

func TestALenderThatCannotBeReached(t *testing.T) {
	t.Parallel()
	for _, m := range append(append([]movement{}, movements...), plans...) {
		if m.ask.Kind == canonical.OpAuthenticate {
			continue // as create
		}
		t.Run(m.name, func(t *testing.T) {
			k, order := m.ready(t)
			call := k.callWith("key", "request")
			k.wire.connected(false)
			answer, err := m.perform(k, k.engine, call, order)
			if !waits(m.ask.Kind) {
				e := k.problem(m.ask.Kind, answer, err)
				if e.Kind != canonical.ProviderUnavailable {
					t.Fatalf("problem %s, want provider_unavailable", e.Kind)
				}
				next := canonical.NextOtherProvider
				if !m.fresh {
					next = canonical.NextRetrySameKey
				}
				if e.Next.Action != next {
					t.Errorf("next is %s, want %s", e.Next.Action, next)
				}
				k.wire.connected(true)
				answer, err = m.perform(k, k.engine, call, order)
				if err != nil || answer.Operation.State != canonical.Succeeded {
					t.Fatalf("with the same key again: %s, %v", answer.Operation.State, err)
				}
				k.wantAllBooks(m.style)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			k.wantState(answer.Operation, canonical.Queued, canonical.NextWait)
			k.later(2 * time.Hour)
			k.wantState(k.operation(answer.Operation.ID), canonical.Queued, canonical.NextWait)
			if told := k.events(answer.Order.ID); len(told) > 12 {
				t.Errorf("two hours of waiting made %d events: %v", len(told), told)
			}
			k.wire.connected(true)
			k.later(3 * time.Minute)
			k.wantState(k.operation(answer.Operation.ID), canonical.Succeeded, canonical.NextNone)
			k.wantAllBooks(m.style)
		})
	}
}

// waits: what claims money or gives it back is queued.
func waits(kind canonical.OperationKind) bool {
	return slices.Contains([]canonical.OperationKind{canonical.OpCapture, canonical.OpCancel, canonical.OpRefund}, kind)
}

func TestAQueuedCaptureIsNeverSentAfterItsAuthorizationEnded(t *testing.T) {
	s := creditkeyStyle
	k, order := s.reserved(t, "1000.00")
	k.wire.connected(false)
	queued := k.do(order.ID, capture(nil))
	k.pass(31 * 24 * time.Hour)
	k.wire.connected(true)
	k.heal()
	k.wantState(k.operation(queued.Operation.ID), canonical.Failed, canonical.NextSync)
	k.wantStatus(k.sync(order.ID), canonical.StatusExpired)
	k.wantAllBooks(s)
}

func TestAQueuedRefundIsSentWhateverBecameOfTheAuthorization(t *testing.T) {
	s := creditkeyStyle
	k, order := s.reserved(t, "1000.00")
	k.do(order.ID, capture(nil))
	k.wire.connected(false)
	queued := k.do(order.ID, refund(nil))
	k.pass(31 * 24 * time.Hour)
	k.wire.connected(true)
	k.heal()
	k.wantState(k.operation(queued.Operation.ID), canonical.Succeeded, canonical.NextNone)
	k.wantAllBooks(s)
}

func TestTheLenderRefuses(t *testing.T) {
	for _, test := range []struct {
		name  string
		style style
		staff string // what people at the lender do first
		ask   engine.Ask
		kind  canonical.Kind
		next  canonical.NextAction
	}{
		{"a capture of what it has let go", ecsterStyle, "annul", capture(nil), canonical.OperationNotAllowed, canonical.NextSync},
		{"a capture of what it has released", spendoptionStyle, "release", capture(nil), canonical.OperationNotAllowed, canonical.NextSync},
		{"a cancel of what it has captured", creditkeyStyle, "capture", cancel(nil), canonical.Refused, canonical.NextCorrectRequest},
	} {
		t.Run(test.name, func(t *testing.T) {
			k, order := test.style.reserved(t, "1000.00")
			k.act(test.style.name(), order.ProviderOrder.ID, test.staff, "")
			call := k.call()
			for _, replayed := range []bool{false, true} {
				answer, err := k.engine.Submit(t.Context(), call, order.ID, test.ask)
				e := k.problem(test.ask.Kind, answer, err)
				if e.Kind != test.kind || e.Next.Action != test.next || answer.Replayed != replayed {
					t.Errorf("problem %s, next %s, replayed %v: want %s, %s, %v", e.Kind, e.Next.Action, answer.Replayed, test.kind, test.next, replayed)
				}
			}
			k.wantRules(k.order(order.ID))
		})
	}
}

// TestEveryMovementMayBeRefused has the lender refuse each request as such: nothing moved, the order stays
// as it was, and only a create ends it.
func TestEveryMovementMayBeRefused(t *testing.T) {
	for _, m := range append(append([]movement{}, movements...), plans...) {
		t.Run(m.name, func(t *testing.T) {
			k, order := m.ready(t)
			call := k.call()
			k.wire.stead = func(w adapters.Wire) (adapters.Reply, bool) {
				return adapters.Reply{Status: 422, Body: []byte("{}")}, w.Class == adapters.MoneyCall || w.Class == adapters.Harmless
			}
			for _, replayed := range []bool{false, true} {
				answer, err := m.perform(k, k.engine, call, order)
				if e := k.problem(m.ask.Kind, answer, err); e.Kind != canonical.Refused || e.Next.Action != canonical.NextCorrectRequest || answer.Replayed != replayed {
					t.Fatalf("problem %v, replayed %v, want refused, %v", e, answer.Replayed, replayed)
				}
			}
			k.wire.stead = nil
			after := k.after(order)
			k.wantRules(after)
			if order.ID == "" {
				k.wantStatus(after, canonical.StatusFailed)
			} else if diff := cmp.Diff(order.Totals, after.Totals); len(m.first) == 0 && diff != "" {
				t.Errorf("a refused %s moved:\n%s", m.ask.Kind, diff)
			}
			k.wantAllBooks(m.style)
			if answer, err := m.perform(k, k.engine, k.call(), order); err != nil || answer.Operation.State != canonical.Succeeded {
				t.Errorf("asked again with another key: %s, %v", answer.Operation.State, err)
			}
		})
	}
}

func TestABusyLenderLeavesTheKeyFree(t *testing.T) {
	s := ecsterStyle
	k, order := s.reserved(t, "1000.00")
	call := k.call()
	k.fault(s.name(), "capture", "throttled")
	answer, err := k.engine.Submit(t.Context(), call, order.ID, capture(nil))
	if e := k.problem(canonical.OpCapture, answer, err); e.Kind != canonical.ProviderBusy || e.Next.Action != canonical.NextRetrySameKey {
		t.Fatalf("problem %s, next %s", e.Kind, e.Next.Action)
	}
	answer, err = k.engine.Submit(t.Context(), call, order.ID, capture(nil))
	if err != nil || answer.Replayed || answer.Operation.State != canonical.Succeeded {
		t.Fatalf("the key again: %s, replayed %v, %v", answer.Operation.State, answer.Replayed, err)
	}
	k.wantAllBooks(s)
}

func TestWhatIsMissingIsNamedBeforeAnythingIsSent(t *testing.T) {
	k, order := creditkeyStyle.created(t, "1000.00")
	before := k.wire.count()
	e := k.refused(order.ID, engine.Ask{Kind: canonical.OpAuthorize})
	if e.Kind != canonical.InvalidRequest || len(e.Fields) != 1 || e.Fields[0].Pointer != "/plan/installments" {
		t.Errorf("problem %v, want one that names /plan/installments", e)
	}
	for _, allowed := range order.AllowedOperations {
		if allowed.Kind == canonical.OpAuthorize && !slices.Equal(allowed.Needs, []string{"/plan/installments"}) {
			t.Errorf("allowed_operations name %v as missing", allowed.Needs)
		}
	}
	if k.wire.count() != before {
		t.Error("the lender was called")
	}
}

func TestACaptureThatHappensByItself(t *testing.T) {
	for _, s := range []style{iwocapayStyle, cryptopayStyle} {
		k, order := s.created(t, "1000.00")
		if e := k.refused(order.ID, capture(nil)); e.Kind != canonical.OperationNotAllowed || e.Next.Action != canonical.NextWait {
			t.Errorf("%s: before the lender's word: %s, next %v", s.name(), e.Kind, e.Next)
		}
		s.reserve(k, order)
		if e := k.refused(order.ID, capture(nil)); e.Kind != canonical.OperationNotAllowed || e.Next.Action != canonical.NextNone {
			t.Errorf("%s: after the lender's word: %s, next %v", s.name(), e.Kind, e.Next)
		}
	}
}

func TestADoubtTellsOneEventAndNotOneARound(t *testing.T) {
	s := ecsterStyle
	k, order := s.reserved(t, "1000.00")
	k.fault(s.name(), "capture", "lose_reply")
	k.do(order.ID, capture(s.money("300.00")))
	k.wire.connected(false)
	k.later(24 * time.Hour)
	var doubts int
	for _, kind := range k.events(order.ID) {
		if kind == canonical.OperationInDoubt {
			doubts++
		}
	}
	if doubts != 1 {
		t.Errorf("a day of doubt made %d events: %v", doubts, k.events(order.ID))
	}
	k.wire.connected(true)
	k.heal()
	told := k.events(order.ID)
	if !slices.Contains(told, canonical.OperationResolved) || told[len(told)-1] != canonical.OrderCaptured {
		t.Errorf("history %v, want it to end with operation.resolved and order.captured", told)
	}
	k.wantAllBooks(s)
	if strings.Contains(k.alarms.String(), "contradict") {
		t.Errorf("alarms: %s", k.alarms.String())
	}
}
