package engine_test

import (
	"testing"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state/statetest"
)

// untouched runs a request that is refused, and checks that nothing was written and nobody called.
func (k *kit) untouched(request func() (engine.Answer, error)) *canonical.Error {
	k.Helper()
	commits, calls := 0, k.wire.count()
	k.hook = func(_ string, at statetest.Moment) bool {
		if at == statetest.AfterCommit {
			commits++
		}
		return false
	}
	answer, err := request()
	k.hook = nil
	e := k.problem("a refused request", answer, err)
	if commits > 0 || k.wire.count() != calls {
		k.Errorf("%s: %d commits and %d calls, want none", e.Kind, commits, k.wire.count()-calls)
	}
	return e
}

func TestWhatIsRefusedLeavesNoTrace(t *testing.T) {
	s := ecsterStyle
	sek := s.money
	for _, test := range []struct {
		name    string
		first   []engine.Ask
		ask     engine.Ask
		kind    canonical.Kind
		pointer string
	}{
		{"an amount of nothing", nil, capture(sek("0.00")), canonical.InvalidRequest, "/amount/value"},
		{"another currency", nil, capture(money("10.00", "EUR")), canonical.InvalidRequest, "/amount/currency"},
		{"more than is left", nil, capture(sek("1000.01")), canonical.AmountExceeded, ""},
		{"lines that do not sum to the amount", nil, engine.Ask{Kind: canonical.OpCapture, Amount: sek("10.00"), Lines: lines("5.00")}, canonical.InvalidRequest, "/lines"},
		{"a refund of nothing captured", nil, refund(nil), canonical.OperationNotAllowed, ""},
		{"a refund of an unknown capture", []engine.Ask{capture(nil)}, engine.Ask{Kind: canonical.OpRefund, Capture: "op_none"}, canonical.InvalidRequest, "/capture"},
		{"a second cancel", []engine.Ask{cancel(nil)}, cancel(nil), canonical.OperationNotAllowed, ""},
		{"a capture after a cancel", []engine.Ask{cancel(nil)}, capture(nil), canonical.OperationNotAllowed, ""},
		{"a cancel after a capture", []engine.Ask{capture(nil)}, cancel(nil), canonical.OperationNotAllowed, ""},
		{"a cancel of a part, which this lender does not do", nil, cancel(sek("10.00")), canonical.OperationUnsupported, ""},
		{"an authorize, which the customer does", nil, engine.Ask{Kind: canonical.OpAuthorize}, canonical.OperationNotAllowed, ""},
		{"an authenticate, which this lender does not have", nil, engine.Ask{Kind: canonical.OpAuthenticate}, canonical.OperationNotAllowed, ""},
		{"a new amount, which this lender does not take", nil, change(canonical.Change{Amount: sek("900.00")}), canonical.OperationNotAllowed, ""},
		{"an option nobody declared", nil, engine.Ask{Kind: canonical.OpCapture, Options: canonical.Values{}.With("color", "red")}, canonical.InvalidRequest, "/provider_options/color"},
		{"a version that is not the order's", nil, engine.Ask{Kind: canonical.OpUpdate, Change: &canonical.Change{}, Version: 99}, canonical.VersionMismatch, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			k, order := s.reserved(t, "1000.00")
			for _, ask := range test.first {
				k.do(order.ID, ask)
			}
			call := k.call()
			e := k.untouched(func() (engine.Answer, error) { return k.engine.Submit(t.Context(), call, order.ID, test.ask) })
			if e.Kind != test.kind {
				t.Errorf("problem %v, want %s", e, test.kind)
			}
			if test.pointer != "" && (len(e.Fields) != 1 || e.Fields[0].Pointer != test.pointer) {
				t.Errorf("fields %+v, want %s", e.Fields, test.pointer)
			}
		})
	}
}

func change(c canonical.Change) engine.Ask {
	return engine.Ask{Kind: canonical.OpUpdate, Change: &c}
}

// lines is a basket of one line.
func lines(amount string) []canonical.Line {
	one, _ := canonical.ParseAmount("1")
	each, _ := canonical.ParseAmount(amount)
	return []canonical.Line{{Name: "chair", Quantity: one, UnitAmount: each}}
}

func TestACreateThatIsRefusedLeavesNoTrace(t *testing.T) {
	s := ecsterStyle
	for _, test := range []struct {
		name    string
		spoil   func(*engine.NewOrder)
		kind    canonical.Kind
		pointer string
	}{
		{"without an amount", func(n *engine.NewOrder) { n.Amount = nil }, canonical.InvalidRequest, "/amount"},
		{"of nothing", func(n *engine.NewOrder) { n.Amount = s.money("0.00") }, canonical.InvalidRequest, "/amount/value"},
		{"in a currency the provider does not take", func(n *engine.NewOrder) { n.Amount = money("10.00", "USD") }, canonical.InvalidRequest, "/amount/currency"},
		{"with lines that miss the amount", func(n *engine.NewOrder) { n.Lines = lines("5.00") }, canonical.InvalidRequest, "/lines"},
		{"without a provider", func(n *engine.NewOrder) { n.Provider = "" }, canonical.InvalidRequest, "/provider"},
		{"at an unknown provider", func(n *engine.NewOrder) { n.Provider = "other" }, canonical.InvalidRequest, "/provider"},
		{"with an address that is not https", func(n *engine.NewOrder) { n.ReturnURL = "http://shop.example" }, canonical.InvalidRequest, "/return_url"},
		{"without what this provider needs", func(n *engine.NewOrder) { n.ReturnURL = "" }, canonical.InvalidRequest, "/return_url"},
		{"with an offer nobody made", func(n *engine.NewOrder) { n.Offer = "off_none" }, canonical.InvalidRequest, "/offer"},
		{"with an option nobody declared", func(n *engine.NewOrder) { n.Options = canonical.Values{}.With("color", "red") }, canonical.InvalidRequest, "/provider_options/color"},
		{"with a reference another order holds", func(n *engine.NewOrder) { n.Reference = "TAKEN" }, canonical.ReferenceTaken, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			k := newKit(t, s)
			taken := s.newOrder("10.00")
			taken.Reference = "TAKEN"
			k.create(taken)
			n := s.newOrder("1000.00")
			test.spoil(&n)
			call := k.call()
			e := k.untouched(func() (engine.Answer, error) { return k.engine.Create(t.Context(), call, n) })
			if e.Kind != test.kind {
				t.Errorf("problem %v, want %s", e, test.kind)
			}
			if test.pointer != "" && (len(e.Fields) != 1 || e.Fields[0].Pointer != test.pointer) {
				t.Errorf("fields %+v, want %s", e.Fields, test.pointer)
			}
			if answer, err := k.engine.Create(t.Context(), call, s.newOrder("1000.00")); err != nil || answer.Replayed {
				t.Errorf("the key is not free: %v", err)
			}
		})
	}
}

func TestNoNewOrdersWithoutRoomOnTheDisk(t *testing.T) {
	k := newKit(t, ecsterStyle)
	k.full = true
	call := k.call()
	e := k.untouched(func() (engine.Answer, error) {
		return k.engine.Create(t.Context(), call, ecsterStyle.newOrder("10.00"))
	})
	if e.Kind != canonical.StorageLow {
		t.Errorf("problem %s, want storage_low", e.Kind)
	}
}
