package engine_test

import (
	"testing"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
)

// newKitOver is another gateway with the lenders of a kit.
func newKitOver(k *kit, s style) *kit {
	k.Helper()
	other := newKit(k.tester, s)
	other.world, other.wire.world = k.world, k.world
	return other
}

// stranger is an order at the lender that we do not know: it is made through another gateway.
func stranger(k *kit, s style, amount string, asks ...engine.Ask) canonical.Order {
	k.Helper()
	other := newKitOver(k, s)
	n := s.newOrder(amount)
	n.Reference = "THEIRS"
	order := other.create(n).Order
	s.reserve(other, order)
	for _, ask := range asks {
		other.do(order.ID, ask)
	}
	return other.order(order.ID)
}

func (k *kit) adopt(n engine.NewOrder) (engine.Answer, error) {
	call := k.call()
	call.Role = state.RolePlatform
	return k.engine.Create(k.Context(), call, n)
}

func TestAnAdoptedOrderLivesOn(t *testing.T) {
	s := ecsterStyle
	k := newKit(t, s)
	theirs := stranger(k, s, "1000.00", capture(s.money("300.00")), capture(s.money("200.00")), refund(s.money("350.00")))
	adopted, err := k.adopt(engine.NewOrder{Provider: s.name(), Reference: "MINE", ProviderOrder: theirs.ProviderOrder.ID})
	if err != nil {
		t.Fatal(err)
	}
	order := adopted.Order
	k.wantStatus(order, canonical.StatusPartiallyCaptured)
	if !order.Amount.Equal(*s.money("1000.00")) || len(order.Captures) != 2 || order.Captures[0].Reference == "" {
		t.Errorf("amount %s, captures %+v", order.Amount, order.Captures)
	}
	if got := order.Captures[1].Refunded.Value.String(); got != "50.00" {
		t.Errorf("of the second capture %s is refunded, want 50.00", got)
	}
	k.wantRules(order)
	k.wantEqualBooks(s, order)
	k.do(order.ID, finalCapture(s.money("100.00")))
	k.wantStatus(k.do(order.ID, refund(nil)).Order, canonical.StatusRefunded)
	k.wantAllBooks(s)
}

func TestAdoptingLeavesOutTheLendersFees(t *testing.T) {
	s := ecsterStyle
	s.reserve = completes("complete_with_fee")
	k := newKit(t, s)
	theirs := stranger(k, s, "1000.00")
	for _, amount := range []*canonical.Money{nil, s.money("1000.00")} {
		order := engine.NewOrder{Provider: s.name(), Amount: amount, ProviderOrder: theirs.ProviderOrder.ID}
		adopted, err := newKitOver(k, s).adopt(order)
		if err != nil {
			t.Fatal(err)
		}
		if got := adopted.Order; got.Amount.Value.String() != "1000.00" || got.Totals.Authorized.String() != "1029.00" || got.Totals.LenderFees.String() != "29.00" {
			t.Errorf("amount %s, totals %+v", got.Amount, got.Totals)
		}
	}
}

func TestAdoptingACapturedCreditKeyOrderNeedsWhatWasRefunded(t *testing.T) {
	s := creditkeyStyle
	k := newKit(t, s)
	theirs := stranger(k, s, "1000.00", capture(nil), refund(s.money("300.00")))
	n := engine.NewOrder{Provider: s.name(), ProviderOrder: theirs.ProviderOrder.ID, Customer: canonical.Customer{Reference: s.customer}}
	answer, err := k.adopt(n)
	if e := k.problem(canonical.OpCreate, answer, err); e.Kind != canonical.InvalidRequest || e.Fields[0].Pointer != "/refunded" {
		t.Fatalf("problem %v, want one that names /refunded", e)
	}
	refunded := s.money("300.00").Value
	n.Refunded = &refunded
	if answer, err = k.adopt(n); err != nil {
		t.Fatal(err)
	}
	k.wantStatus(answer.Order, canonical.StatusPartiallyRefunded)
	k.wantStatus(k.do(answer.Order.ID, refund(nil)).Order, canonical.StatusRefunded)
	k.wantAllBooks(s)
}

func TestWhoMayAdoptWhat(t *testing.T) {
	s := ecsterStyle
	k := newKit(t, s)
	theirs := stranger(k, s, "1000.00")
	n := engine.NewOrder{Provider: s.name(), Reference: "MINE", ProviderOrder: theirs.ProviderOrder.ID}
	call := k.call()
	if e := k.untouched(func() (engine.Answer, error) { return k.engine.Create(t.Context(), call, n) }); e.Kind != canonical.Forbidden {
		t.Errorf("a merchant with shared credentials gets %s, want forbidden", e.Kind)
	}
	wrong := n
	wrong.Amount = s.money("999.00")
	answer, err := k.adopt(wrong)
	if e := k.problem(canonical.OpCreate, answer, err); e.Kind != canonical.InvalidRequest || e.Fields[0].Pointer != "/amount" {
		t.Errorf("another amount: %v", e)
	}
	unknown := n
	unknown.ProviderOrder = "no-such-order"
	answer, err = k.adopt(unknown)
	if e := k.problem(canonical.OpCreate, answer, err); e.Kind != canonical.InvalidRequest || e.Fields[0].Pointer != "/provider_order_id" {
		t.Errorf("an order nobody has: %v", e)
	}
	first, err := k.adopt(n)
	if err != nil {
		t.Fatal(err)
	}
	n.Reference = "AGAIN"
	if e := k.untouched(func() (engine.Answer, error) { return k.adopt(n) }); e.Kind != canonical.ProviderOrderTaken || e.Order != first.Order.ID {
		t.Errorf("a second time: %s of order %s, want provider_order_taken of %s", e.Kind, e.Order, first.Order.ID)
	}
	other := k.call()
	other.Merchant, other.Role = "other", state.RolePlatform
	if e := k.untouched(func() (engine.Answer, error) { return k.engine.Create(t.Context(), other, n) }); e.Kind != canonical.NotFound || e.Order != "" {
		t.Errorf("for another merchant: %s of order %q, want not_found", e.Kind, e.Order)
	}
}
