package canonical_test

import (
	"testing"

	"github.com/lendgate/lendgate/canonical"
)

func TestEveryReachablePositionHasTheStatusOfItsFirstFittingRow(t *testing.T) {
	seen := map[canonical.Status]bool{}
	for _, b := range reachable(4) {
		got := b.position().Standing()
		if want := firstFitting(b.position()); got.Status != want {
			t.Errorf("%+v: got %s, the first row that fits is %s", b, got.Status, want)
		}
		if got.Status != b.status() {
			t.Errorf("%+v: got %s, want %s", b, got.Status, b.status())
		}
		seen[got.Status] = true
	}
	for _, status := range canonical.Statuses() {
		if !seen[status] {
			t.Errorf("no order can ever be %s", status)
		}
	}
}

func firstFitting(p canonical.Position) canonical.Status {
	for _, row := range canonical.Standings {
		if row.When(p) {
			return row.Status
		}
	}
	return "none"
}

func TestEveryPositionThatCanBeWrittenDownHasAStatus(t *testing.T) {
	for _, phase := range canonical.Phases {
		for _, by := range append([]canonical.EndedBy{""}, canonical.Endings...) {
			for digits := range 81 {
				b := book{phase, by, digits % 3, digits / 3 % 3, digits / 9 % 3, digits / 27}
				if !b.ledger().Holds() {
					continue
				}
				if firstFitting(b.position()) == "none" {
					t.Errorf("%+v has no status", b)
				}
			}
		}
	}
}

func TestFinalMeansThatNoMoneyCanMoveByAsking(t *testing.T) {
	for _, b := range reachable(4) {
		if !b.position().Standing().Final {
			continue
		}
		for _, name := range []canonical.MoveName{canonical.Capture, canonical.Cancel, canonical.Refund, canonical.Await, canonical.End} {
			if b.status() == canonical.StatusRefunded && name == canonical.End {
				continue // changes no amount and no status
			}
			for _, m := range moves() {
				if _, possible := b.take(m); m.name == name && possible {
					t.Errorf("%s is final, and %+v is possible in %+v", b.status(), m, b)
				}
			}
		}
	}
}

func TestStatusesAreReadOffByTheWrittenRule(t *testing.T) {
	tests := []struct {
		name string
		at   book
		want canonical.Status
	}{
		{"the lender's no before a promise is declined", book{phase: canonical.Ended, by: canonical.ByLender}, "declined"},
		{"the lender's no after a promise is canceled", book{canonical.Ended, canonical.ByLender, 5, 0, 5, 0}, "canceled"},
		{"an error before a promise is failed", book{phase: canonical.Ended, by: canonical.ByError}, "failed"},
		{"an error after a promise is canceled", book{canonical.Ended, canonical.ByError, 5, 0, 5, 0}, "canceled"},
		{"time before a promise is expired", book{phase: canonical.Ended, by: canonical.ByTime}, "expired"},
		{"time after a promise is expired", book{canonical.Ended, canonical.ByTime, 5, 0, 5, 0}, "expired"},
		{"time after a capture leaves it captured", book{canonical.Ended, canonical.ByTime, 5, 2, 3, 0}, "captured"},
		{"a cancel is canceled", book{phase: canonical.Ended, by: canonical.ByCancel}, "canceled"},
		{"a promise is authorized", book{canonical.Open, "", 5, 0, 0, 0}, "authorized"},
		{"a promise partly given back is authorized", book{canonical.Open, "", 5, 0, 2, 0}, "authorized"},
		{"a part captured is partially captured", book{canonical.Open, "", 5, 2, 0, 0}, "partially_captured"},
		{"refunds do not show while something remains", book{canonical.Open, "", 5, 2, 0, 2}, "partially_captured"},
		{"nothing left to capture is captured", book{canonical.Open, "", 5, 2, 3, 0}, "captured"},
		{"part of the captured refunded", book{canonical.Open, "", 5, 5, 0, 2}, "partially_refunded"},
		{"all of the captured refunded", book{canonical.Open, "", 5, 2, 3, 2}, "refunded"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.at.position().Standing().Status; got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
