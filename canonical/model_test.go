package canonical_test

import (
	"slices"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/canonical"
)

// book is the lifecycle a second time, in whole cents and without tables: what the tests compare with.
type book struct {
	phase                                    canonical.Phase
	by                                       canonical.EndedBy
	authorized, captured, canceled, refunded int
}

// move is a movement in whole cents.
type move struct {
	name  canonical.MoveName
	cents int
	phase canonical.Phase
	by    canonical.EndedBy
}

func (b book) remaining() int { return b.authorized - b.captured - b.canceled }

func (b book) net() int { return b.authorized - b.canceled }

func (b book) waits() bool {
	return b.phase == canonical.Created || b.phase == canonical.Pending || b.phase == canonical.Approved
}

// take returns the book after a move, or false where the move is not possible.
func (b book) take(m move) (book, bool) {
	after, possible := b, false
	switch m.name {
	case canonical.Await:
		possible = b.waits()
		after.phase = m.phase
	case canonical.Authorize:
		possible = m.cents > 0
		after.authorized += m.cents
		after.phase, after.by = canonical.Open, ""
	case canonical.Capture:
		possible = b.phase == canonical.Open && m.cents > 0 && m.cents <= b.remaining()
		after.captured += m.cents
	case canonical.Cancel:
		possible = b.phase == canonical.Open && m.cents > 0 && m.cents <= b.remaining()
		after.canceled += m.cents
		if after.remaining() == 0 && after.captured == 0 {
			after.phase, after.by = canonical.Ended, m.by
		}
	case canonical.Refund:
		possible = !b.waits() && m.cents > 0 && m.cents <= b.captured-b.refunded
		after.refunded += m.cents
	case canonical.End:
		possible = b.phase != canonical.Ended
		after.canceled += b.remaining()
		after.phase, after.by = canonical.Ended, m.by
	}
	if !possible {
		return b, false
	}
	return after, true
}

// status reads the status off, row by row as the design's table has it.
func (b book) status() canonical.Status {
	ended, unfunded := b.phase == canonical.Ended, b.authorized == 0
	switch {
	case ended && unfunded && b.by == canonical.ByLender:
		return canonical.StatusDeclined
	case ended && unfunded && b.by == canonical.ByError:
		return canonical.StatusFailed
	case ended && b.captured == 0 && b.by == canonical.ByTime:
		return canonical.StatusExpired
	case ended && b.captured == 0:
		return canonical.StatusCanceled
	case b.waits():
		return canonical.Status(b.phase)
	case b.remaining() > 0 && b.captured == 0:
		return canonical.StatusAuthorized
	case b.remaining() > 0:
		return canonical.StatusPartiallyCaptured
	case b.refunded == 0:
		return canonical.StatusCaptured
	case b.refunded < b.captured:
		return canonical.StatusPartiallyRefunded
	}
	return canonical.StatusRefunded
}

func (b book) position() canonical.Position {
	return canonical.Position{Phase: b.phase, EndedBy: b.by, Ledger: b.ledger()}
}

func (b book) ledger() canonical.Ledger {
	return canonical.Ledger{Authorized: cents(b.authorized), Captured: cents(b.captured), Canceled: cents(b.canceled), Refunded: cents(b.refunded)}
}

func (m move) movement() canonical.Movement {
	return canonical.Movement{Move: m.name, Amount: cents(m.cents), Phase: m.phase, EndedBy: m.by}
}

// cents is an amount of so many hundredths.
func cents(n int) canonical.Amount { return canonical.AmountOf(decimal.New(int64(n), -2)) }

func centsOf(a canonical.Amount) int { return int(a.Decimal().Shift(2).IntPart()) }

func pointer[T any](value T) *T { return &value }

func euros(n int) canonical.Money { return canonical.Zero("EUR").With(cents(n)) }

// fresh is an order before anything happened to it.
var fresh = book{phase: canonical.Created}

// moves is every move there is with the amounts 1 and 2.
func moves() []move {
	var all []move
	for _, phase := range []canonical.Phase{canonical.Created, canonical.Pending, canonical.Approved} {
		all = append(all, move{name: canonical.Await, phase: phase})
	}
	for _, by := range canonical.Endings {
		all = append(all, move{name: canonical.End, by: by})
		for n := 1; n <= 2; n++ {
			all = append(all, move{name: canonical.Cancel, cents: n, by: by})
		}
	}
	for _, name := range []canonical.MoveName{canonical.Authorize, canonical.Capture, canonical.Refund} {
		for n := 1; n <= 2; n++ {
			all = append(all, move{name: name, cents: n})
		}
	}
	return all
}

// reachable lists every book that moves lead to from a fresh order, up to an authorized amount.
func reachable(most int) []book {
	found := []book{fresh}
	for i := 0; i < len(found); i++ {
		for _, m := range moves() {
			after, possible := found[i].take(m)
			if possible && after.authorized <= most && !slices.Contains(found, after) {
				found = append(found, after)
			}
		}
	}
	return found
}

// tester is what tests, fuzz targets and random checks have in common.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// standsAt fails the test where a position is not what the book says.
func standsAt(t tester, got canonical.Position, want book) {
	t.Helper()
	if diff := cmp.Diff(want.position(), got); diff != "" {
		t.Errorf("position (-want +got):\n%s", diff)
	}
	if got, want := got.Standing().Status, want.status(); got != want {
		t.Errorf("status: got %s, want %s", got, want)
	}
}

// orderAt is an order of 10 euros whose books stand at b. It lists no captures.
func orderAt(b book) *canonical.Order {
	o := &canonical.Order{
		ID: "ord_01K9TESTTESTTESTTESTTEST42", Mode: canonical.Test, Merchant: "demo", Reference: "R-1",
		Phase: b.phase, EndedBy: b.by, Amount: euros(1000),
	}
	o.Totals.Ledger = b.ledger()
	o.Refresh()
	return o
}
