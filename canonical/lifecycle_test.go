package canonical_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/lendgate/lendgate/canonical"
)

func TestEveryMoveInEveryReachablePositionDoesWhatTheModelSays(t *testing.T) {
	for _, b := range reachable(4) {
		for _, m := range moves() {
			compareMove(t, b, m)
		}
	}
}

// compareMove takes a move in the tables and in the model, and holds both against the invariants.
func compareMove(t tester, b book, m move) book {
	t.Helper()
	before := b.position()
	after, err := before.Apply(m.movement())
	want, possible := b.take(m)
	if (err == nil) != possible {
		t.Fatalf("%+v in %+v: got error %v, possible by the model: %v", m, b, err, possible)
	}
	standsAt(t, after, want)
	if !after.Holds() {
		t.Errorf("%+v in %+v breaks the ledger: %+v", m, b, after.Ledger)
	}
	if shrinks(before.Ledger, after.Ledger) {
		t.Errorf("%+v in %+v: an amount shrinks", m, b)
	}
	return want
}

func shrinks(before, after canonical.Ledger) bool {
	return after.Authorized.Less(before.Authorized) || after.Captured.Less(before.Captured) ||
		after.Canceled.Less(before.Canceled) || after.Refunded.Less(before.Refunded)
}

func TestRandomMovesFollowTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := fresh
		for range rapid.IntRange(1, 60).Draw(t, "length") {
			b = compareMove(t, b, drawMove(t))
		}
	})
}

func drawMove(t *rapid.T) move {
	m := move{name: rapid.SampledFrom(canonical.Moves).Draw(t, "move").Name, cents: rapid.IntRange(0, 500).Draw(t, "cents")}
	switch m.name {
	case canonical.Await:
		m.phase = rapid.SampledFrom(canonical.Phases[:3]).Draw(t, "phase")
	case canonical.End, canonical.Cancel:
		m.by = rapid.SampledFrom(canonical.Endings).Draw(t, "by")
	}
	return m
}

func TestLimitOfAMoveSaysWhatItsRoomIs(t *testing.T) {
	limits := map[string]func(book) int{
		"remaining":           book.remaining,
		"captured - refunded": func(b book) int { return b.captured - b.refunded },
	}
	for _, b := range reachable(3) {
		for _, row := range canonical.Moves {
			limit, stated := limits[row.Limit]
			room, bounded := row.Room(b.position())
			switch {
			case stated && (!bounded || centsOf(room) != limit(b)):
				t.Errorf("%s in %+v: room is %s, the table says %s", row.Name, b, room, row.Limit)
			case bounded != (row.Limit != ""):
				t.Errorf("%s: bounded %v, limit %q", row.Name, bounded, row.Limit)
			}
		}
	}
}

func TestImpossibleMovementsAreRefusedAndChangeNothing(t *testing.T) {
	open, _ := fresh.take(move{name: canonical.Authorize, cents: 500})
	huge, err := canonical.ParseAmount("999999999999999.99")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name     string
		from     book
		movement canonical.Movement
	}{
		{"authorizing nothing", fresh, canonical.Movement{Move: canonical.Authorize}},
		{"capturing nothing", open, canonical.Movement{Move: canonical.Capture}},
		{"capturing a cent too much", open, canonical.Movement{Move: canonical.Capture, Amount: cents(501)}},
		{"canceling a cent too much", open, canonical.Movement{Move: canonical.Cancel, Amount: cents(501)}},
		{"refunding what was not captured", open, canonical.Movement{Move: canonical.Refund, Amount: cents(1)}},
		{"capturing before anything is reserved", fresh, canonical.Movement{Move: canonical.Capture, Amount: cents(1)}},
		{"canceling before anything is reserved", fresh, canonical.Movement{Move: canonical.Cancel, Amount: cents(1)}},
		{"waiting again once money is reserved", open, canonical.Movement{Move: canonical.Await, Phase: canonical.Pending}},
		{"waiting in a phase that is no waiting", fresh, canonical.Movement{Move: canonical.Await, Phase: canonical.Open}},
		{"waiting for no phase", fresh, canonical.Movement{Move: canonical.Await}},
		{"ending by nobody", fresh, canonical.Movement{Move: canonical.End}},
		{"ending by a word that is none", fresh, canonical.Movement{Move: canonical.End, EndedBy: "boredom"}},
		{"canceling by a word that is none", open, canonical.Movement{Move: canonical.Cancel, Amount: cents(500), EndedBy: "boredom"}},
		{"promising more than can be written and read again", open, canonical.Movement{Move: canonical.Authorize, Amount: huge}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			after, err := test.from.position().Apply(test.movement)
			if err == nil {
				t.Errorf("%+v was possible", test.movement)
			}
			standsAt(t, after, test.from)
		})
	}
}

func TestCancelOfEverythingEndsTheOrderByItsMover(t *testing.T) {
	open, _ := fresh.take(move{name: canonical.Authorize, cents: 500})
	tests := []struct {
		name string
		by   canonical.EndedBy
		want canonical.EndedBy
	}{
		{"ours, which says nothing", "", canonical.ByCancel},
		{"the lender's", canonical.ByLender, canonical.ByLender},
		{"a deadline's", canonical.ByTime, canonical.ByTime},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			after, err := open.position().Apply(canonical.Movement{Move: canonical.Cancel, Amount: cents(500), EndedBy: test.by})
			if err != nil {
				t.Fatal(err)
			}
			if after.Phase != canonical.Ended || after.EndedBy != test.want {
				t.Errorf("got %s by %s, want ended by %s", after.Phase, after.EndedBy, test.want)
			}
		})
	}
}

func TestMoneyAfterTheEndOpensTheOrderAgain(t *testing.T) {
	for _, by := range canonical.Endings {
		ended := book{phase: canonical.Ended, by: by}
		after, err := ended.position().Apply(canonical.Movement{Move: canonical.Authorize, Amount: cents(500)})
		if err != nil {
			t.Fatal(err)
		}
		standsAt(t, after, book{phase: canonical.Open, authorized: 500})
	}
}

func TestAnUnknownMoveIsAProgrammersFault(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	canonical.MoveNamed("teleport")
}
