package engine_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

// TestWhatIsInDoubtIsHeldOnBothSides: a movement in doubt counts as done where that leaves less room,
// and as not done where it would give room.
func TestWhatIsInDoubtIsHeldOnBothSides(t *testing.T) {
	for _, test := range []struct {
		name                   string
		style                  style
		first                  []engine.Ask
		ask                    engine.Ask
		capturable, refundable string
	}{
		{"a capture", ecsterStyle, nil, capture(ecsterStyle.money("300.00")), "700.00", "0.00"},
		{"a capture for good", ecsterStyle, nil, finalCapture(ecsterStyle.money("300.00")), "0.00", "0.00"},
		{"a capture for good in two attempts", spendoptionStyle, nil, finalCapture(spendoptionStyle.money("300.00")), "0.00", "0.00"},
		{"a capture after another", ecsterStyle, []engine.Ask{capture(ecsterStyle.money("100.00"))}, capture(ecsterStyle.money("300.00")), "600.00", "100.00"},
		{"a cancel of a part", spendoptionStyle, nil, cancel(spendoptionStyle.money("300.00")), "700.00", "0.00"},
		{"a cancel of all", ecsterStyle, nil, cancel(nil), "0.00", "0.00"},
		{"an update that lowers", creditkeyStyle, nil, change(canonical.Change{Amount: creditkeyStyle.money("700.00")}), "700.00", "0.00"},
		{"an update that raises", creditkeyStyle, nil, change(canonical.Change{Amount: creditkeyStyle.money("1500.00")}), "1000.00", "0.00"},
		{"a refund", ecsterStyle, []engine.Ask{capture(ecsterStyle.money("400.00"))}, refund(ecsterStyle.money("150.00")), "600.00", "250.00"},
		{"a refund over captures", ecsterStyle, []engine.Ask{capture(ecsterStyle.money("200.00")), capture(ecsterStyle.money("200.00"))}, refund(ecsterStyle.money("350.00")), "600.00", "50.00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := test.style
			k, order := s.reserved(t, "1000.00")
			for _, ask := range test.first {
				order = k.do(order.ID, ask).Order
			}
			k.fault(s.name(), string(test.ask.Kind), "lose_reply")
			doubtful := k.do(order.ID, test.ask)
			k.wantState(doubtful.Operation, canonical.Doubtful, canonical.NextWait)
			held := doubtful.Order
			if held.InDoubt == nil || held.InDoubt.Operation != doubtful.Operation.ID {
				t.Errorf("in_doubt is %+v, want the operation", held.InDoubt)
			}
			if got := held.Totals.Capturable.String(); got != test.capturable {
				t.Errorf("capturable %s, want %s", got, test.capturable)
			}
			if got := held.Totals.Refundable.String(); got != test.refundable {
				t.Errorf("refundable %s, want %s", got, test.refundable)
			}
			if diff := cmp.Diff(order.Totals.Ledger, held.Totals.Ledger); diff != "" {
				t.Errorf("the ledger moved while in doubt:\n%s", diff)
			}
			for _, ask := range []engine.Ask{capture(nil), cancel(nil), refund(nil)} {
				if e := k.refused(order.ID, ask); e.Kind != canonical.OperationInProgress || e.Operation != doubtful.Operation.ID {
					t.Errorf("%s meanwhile is answered %s, want operation_in_progress", ask.Kind, e.Kind)
				}
			}
			k.heal()
			k.wantAllBooks(s)
		})
	}
}
