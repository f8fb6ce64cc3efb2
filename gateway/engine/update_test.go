package engine_test

import (
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state/statetest"
)

func renamed(reference string) engine.Ask {
	return change(canonical.Change{Reference: &reference})
}

// free says whether a reference can be had by a new order.
func (k *kit) free(s style, reference string) bool {
	k.Helper()
	n := s.newOrder("10.00")
	n.Reference = reference
	_, err := k.engine.Create(k.Context(), k.call(), n)
	if err != nil && canonical.KindOf(err) != canonical.ReferenceTaken {
		k.Fatal(err)
	}
	return err == nil
}

func TestAReferenceInDoubtHoldsBothNumbers(t *testing.T) {
	for _, test := range []struct {
		name, fault string
		after       string // the order's number once the truth is known
		other       string // the number that is free then
	}{
		{"the lender has the new one", "lose_reply", "NEW", "ORD-1"},
		{"the lender has the old one", "lose_request", "ORD-1", "NEW"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := creditkeyStyle
			k, order := s.reserved(t, "1000.00")
			k.fault(s.name(), "update", test.fault)
			name := "NEW"
			ask := change(canonical.Change{Reference: &name, Amount: s.money("900.00")})
			doubtful := k.do(order.ID, ask)
			k.wantState(doubtful.Operation, canonical.Doubtful, canonical.NextWait)
			if k.free(s, "NEW") || k.free(s, "ORD-1") {
				t.Fatal("another order got a number that may be this one's")
			}
			k.heal()
			after := k.order(order.ID)
			if after.Reference != test.after {
				t.Errorf("the order's reference is %s, want %s", after.Reference, test.after)
			}
			if k.free(s, test.after) || !k.free(s, test.other) {
				t.Errorf("want %s held and %s free", test.after, test.other)
			}
			k.wantAllBooks(s)
		})
	}
}

func TestAReferenceThatTheLenderTakes(t *testing.T) {
	s := ecsterStyle
	k, order := s.reserved(t, "1000.00")
	changed := k.do(order.ID, renamed("NEW")).Order
	if changed.Reference != "NEW" || changed.ProviderOrder.Reference == order.ProviderOrder.Reference {
		t.Errorf("reference %s, at the lender %s", changed.Reference, changed.ProviderOrder.Reference)
	}
	if got := k.world.Orders(s.name())[0].Reference; got != changed.ProviderOrder.Reference {
		t.Errorf("the lender calls it %s, we say %s", got, changed.ProviderOrder.Reference)
	}
	if k.free(s, "NEW") || !k.free(s, "ORD-1") {
		t.Error("want the new number held and the old one free")
	}
	k.fault(s.name(), "update", "unavailable")
	k.fault(s.name(), "update", "unavailable")
	if e := k.refused(order.ID, renamed("THIRD")); e.Kind != canonical.ProviderUnavailable {
		t.Errorf("problem %s", e.Kind)
	}
	if k.free(s, "NEW") || !k.free(s, "THIRD") {
		t.Error("want the number kept and the one not taken free")
	}
}

func TestWhatNoLenderKeepsChangesHere(t *testing.T) {
	for _, s := range styles {
		k, order := s.reserved(t, "1000.00")
		before := k.wire.count()
		k.wire.connected(false)
		changed := k.do(order.ID, change(canonical.Change{Metadata: canonical.Metadata{"a": "b"}, Shipping: &canonical.Shipping{Tracking: "T-1"}}))
		if changed.Operation.State != canonical.Succeeded || changed.Order.Metadata["a"] != "b" || k.wire.count() != before {
			t.Errorf("%s: %s, metadata %v", s.name(), changed.Operation.State, changed.Order.Metadata)
		}
		if changed.Order.Version != order.Version+1 {
			t.Errorf("%s: version %d after %d", s.name(), changed.Order.Version, order.Version)
		}
	}
}

func TestMetadataChangesWhileMoneyIsInDoubt(t *testing.T) {
	s := ecsterStyle
	k, order := s.reserved(t, "1000.00")
	k.fault(s.name(), "capture", "lose_reply")
	k.do(order.ID, capture(s.money("300.00")))
	noted := k.do(order.ID, change(canonical.Change{Metadata: canonical.Metadata{"a": "b"}}))
	if noted.Order.InDoubt == nil {
		t.Error("the change ended the doubt")
	}
	k.heal()
	if after := k.order(order.ID); after.Metadata["a"] != "b" || after.Totals.Captured.String() != "300.00" {
		t.Errorf("metadata %v, captured %s", after.Metadata, after.Totals.Captured)
	}
	k.wantAllBooks(s)
}

func TestTheChosenPlanIsKeptOnceTheLenderAgreed(t *testing.T) {
	k, p, _ := newScripted(t)
	order := k.create(engine.NewOrder{Provider: "scripted", Amount: money("1000.00", "EUR")}).Order
	p.sends(doubt(), nil)
	asked := k.do(order.ID, engine.Ask{Kind: canonical.OpAuthorize, Plan: &canonical.Plan{Installments: 6}})
	if asked.Order.Plan != nil {
		t.Errorf("plan %+v before the lender agreed", asked.Order.Plan)
	}
	p.shows("1000.00", "0.00", "0.00")
	k.heal()
	if after := k.order(order.ID); after.Plan == nil || after.Plan.Installments != 6 {
		t.Errorf("plan %+v, want 6 installments", after.Plan)
	}
}

func TestANewAmountIsWithinTheProvidersLimits(t *testing.T) {
	k, p, order := newScripted(t)
	most := canonical.MustMoney("2000.00", "EUR").Value
	p.accepts.Max = &most
	call := k.call()
	e := k.untouched(func() (engine.Answer, error) {
		return k.engine.Submit(t.Context(), call, order.ID, change(canonical.Change{Amount: money("2000.01", "EUR")}))
	})
	if e.Kind != canonical.InvalidRequest || e.Fields[0].Pointer != "/amount/value" {
		t.Errorf("problem %v", e)
	}
	k.do(order.ID, change(canonical.Change{Amount: money("2000.00", "EUR")}))
}

// TestAChangeHereKeepsWhatHoldsTheOrder has a queued capture leave while the metadata is changed.
func TestAChangeHereKeepsWhatHoldsTheOrder(t *testing.T) {
	s := ecsterStyle
	k, order := s.reserved(t, "1000.00")
	k.wire.connected(false)
	k.do(order.ID, capture(nil))
	k.wire.connected(true)
	k.pass(time.Minute)
	k.wire.at = func(string) { panic(killed{}) }
	k.hook = func(gateway string, at statetest.Moment) bool {
		if gateway == "one" && at == statetest.BeforeCommit {
			k.hook = nil
			survive(func() { _, _ = k.newEngine("two").Tick(t.Context()) })
		}
		return false
	}
	k.do(order.ID, change(canonical.Change{Metadata: canonical.Metadata{"a": "b"}}))
	if open := k.order(order.ID).Hidden.Open; open == nil || open.State != canonical.Started {
		t.Errorf("the order is held by %+v, want a capture that is under way", open)
	}
}
