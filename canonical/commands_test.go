package canonical_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/lendgate/lendgate/canonical"
)

// command is one thing done to an order: asked of it, found out about it, or reported by its lender.
type command struct{ what, cents byte }

// story runs commands on an order, through everything the engine uses, beside a model in whole cents:
// one book, and at most one operation whose money is held.
type story struct {
	tester
	order *canonical.Order
	book  book
	open  *canonical.Operation
	count int
}

// asks are the kinds a command may ask for, and what they do once they succeed.
var asks = []struct {
	kind canonical.OperationKind
	does canonical.MoveName
}{
	{canonical.OpAuthorize, canonical.Authorize}, {canonical.OpCapture, canonical.Capture},
	{canonical.OpCancel, canonical.Cancel}, {canonical.OpRefund, canonical.Refund},
}

// endings of an operation: a command that finds something out picks one.
var endings = []canonical.OperationState{canonical.Succeeded, canonical.Failed, canonical.Doubtful, canonical.HandedOver, canonical.Queued}

func tell(t tester, commands []command) *story {
	s := &story{tester: t, order: orderAt(fresh), book: fresh}
	for _, c := range commands {
		s.tell(c)
	}
	return s
}

func (s *story) tell(c command) {
	s.count++
	switch n := int(c.what); n % 3 {
	case 0:
		s.ask(n/3%len(asks), int(c.cents))
	case 1:
		s.find(endings[n/3%len(endings)])
	case 2:
		s.report(n/3, int(c.cents))
	}
	s.check()
}

// ask begins an operation where the order allows it and has room for it.
func (s *story) ask(which, n int) {
	ask := asks[which]
	blocked := s.order.Blocked(ask.kind)
	most := s.order.Most(ask.kind)
	allowed := blocked == nil && n > 0 && n <= centsOf(*most)
	if want := s.mayAsk(ask.kind, n); allowed != want {
		s.Fatalf("%s of %d in %+v with %v open: allowed %v, want %v (%v)", ask.kind, n, s.book, s.open, allowed, want, blocked)
	}
	if !allowed || s.open != nil {
		return // a cancel of what is unresolved is the engine's to carry out
	}
	step := canonical.Step{Kind: ask.kind, Amount: euros(n)}
	id := fmt.Sprintf("op_%d", s.count)
	s.open = &canonical.Operation{ID: id, Kind: ask.kind, State: canonical.Started, Amount: pointer(euros(n)),
		Attempts: []canonical.Attempt{step.Attempt(s.order, "att_"+id)}}
	s.open.Attempts[0].State = canonical.Started
	s.hold()
}

// mayAsk is the rule of one unresolved operation, and of how much there is.
func (s *story) mayAsk(kind canonical.OperationKind, n int) bool {
	room := map[canonical.OperationKind]int{
		canonical.OpCapture: s.book.remaining(), canonical.OpCancel: s.book.remaining(), canonical.OpRefund: s.book.captured - s.book.refunded,
	}[kind]
	if s.book.waits() {
		room = 0
		if kind == canonical.OpAuthorize || kind == canonical.OpCancel {
			room = 1000
		}
	}
	if s.open != nil && (kind != canonical.OpCancel || (s.open.State != canonical.Queued && s.open.Kind != canonical.OpAuthorize)) {
		return false
	}
	return n > 0 && n <= room
}

func (s *story) hold() {
	s.order.Hold(s.open)
	s.order.Refresh()
	if !s.open.State.Unresolved() {
		s.open = nil
	}
}

// find settles the operation under way, or learns that nobody knows.
func (s *story) find(state canonical.OperationState) {
	if s.open == nil {
		return
	}
	s.open.State, s.open.Attempts[0].State = state, state
	if state == canonical.Succeeded {
		s.succeed()
	}
	s.hold()
}

func (s *story) succeed() {
	n := centsOf(s.open.Amount.Value)
	m := move{name: canonical.MoveName(s.open.Kind), cents: n}
	if s.open.Kind == canonical.OpCancel {
		m.by = canonical.ByCancel
		if s.book.waits() {
			m = move{name: canonical.End, by: canonical.ByCancel}
		}
	}
	s.take(m)
}

// report is the lender's truth, ahead of ours by one move: it becomes movements by Differ.
func (s *story) report(which, n int) {
	if s.open != nil || n == 0 {
		return // while an operation is unresolved, a report is evidence for it and nothing else
	}
	m := move{name: canonical.Moves[which%len(canonical.Moves)].Name, cents: n, phase: canonical.Approved, by: canonical.ByTime}
	theirs, possible := s.book.take(m)
	if !possible || !ahead(s.book, theirs) {
		return
	}
	movements, _, drift := canonical.Differ(s.order.Position(), seen(theirs))
	if raised := canonical.Raised(s.order.Position(), seen(theirs)); raised != nil {
		movements, drift = raised, ""
	}
	if drift != "" {
		s.Fatalf("%+v after %+v is drift: %s", theirs, s.book, drift)
	}
	for _, movement := range movements {
		s.take(move{movement.Move, centsOf(movement.Amount), movement.Phase, movement.EndedBy})
	}
}

// take books a move in the order and in the model.
func (s *story) take(m move) {
	after, possible := s.book.take(m)
	err := s.order.Book(m.movement(), canonical.Entry{Operation: fmt.Sprintf("op_%d", s.count), Attempt: fmt.Sprintf("att_%d", s.count), At: noon})
	if (err == nil) != possible {
		s.Fatalf("%+v in %+v: %v", m, s.book, err)
	}
	s.book = after
	s.order.Refresh()
}

// check holds the order against the model, and against the rules every order keeps.
func (s *story) check() {
	standsAt(s, s.order.Position(), s.book)
	if s.order.Status != s.book.status() {
		s.Errorf("status %s, want %s", s.order.Status, s.book.status())
	}
	held := map[canonical.OperationKind]int{}
	if s.open != nil {
		held[s.open.Kind] = centsOf(s.open.Amount.Value)
	}
	capturable := s.book.remaining() - min(s.book.remaining(), held[canonical.OpCapture]+held[canonical.OpCancel])
	refundable := s.book.captured - s.book.refunded - held[canonical.OpRefund]
	if got := centsOf(s.order.Totals.Capturable); got != capturable {
		s.Errorf("capturable %d, want %d", got, capturable)
	}
	if got := centsOf(s.order.Totals.Refundable); got != refundable {
		s.Errorf("refundable %d, want %d", got, refundable)
	}
	s.checkEntries()
}

// checkEntries: captures and refunds list exactly what the ledger holds, and no capture gives back more
// than it took.
func (s *story) checkEntries() {
	captured, refunded, entered := 0, 0, 0
	for _, c := range s.order.Captures {
		captured += centsOf(c.Amount.Value)
		refunded += centsOf(c.Refunded.Value)
		if c.Amount.Value.Less(c.Refunded.Value) {
			s.Errorf("capture %s of %s has %s refunded", c.ID, c.Amount, c.Refunded)
		}
	}
	for _, r := range s.order.Refunds {
		entered += centsOf(r.Amount.Value)
	}
	if captured != s.book.captured || refunded != s.book.refunded || entered != s.book.refunded {
		s.Errorf("entries: captured %d, refunded %d and %d; the book: %+v", captured, refunded, entered, s.book)
	}
}

func TestRandomCommandsFollowTheModel(t *testing.T) {
	one := rapid.Custom(func(t *rapid.T) command {
		return command{rapid.Byte().Draw(t, "what"), rapid.SampledFrom([]byte{0, 1, 2, 50, 100, 255}).Draw(t, "cents")}
	})
	rapid.Check(t, func(t *rapid.T) {
		tell(t, rapid.SliceOfN(one, 1, 80).Draw(t, "commands"))
	})
}

// TestCommandsReachEveryStatusAndEveryKindOfDoubt keeps the random commands honest.
func TestCommandsReachEveryStatusAndEveryKindOfDoubt(t *testing.T) {
	reached := map[string]bool{}
	one := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) command {
		return command{rapid.Byte().Draw(t, "what"), rapid.SampledFrom([]byte{1, 2, 50}).Draw(t, "cents")}
	}), 20, 60)
	for seed := range 400 {
		s := &story{tester: t, order: orderAt(fresh), book: fresh}
		for _, c := range one.Example(seed) {
			s.tell(c)
			reached[string(s.order.Status)] = true
			if s.order.InDoubt != nil {
				reached["in doubt: "+string(s.order.InDoubt.Kind)] = true
			}
		}
	}
	for _, want := range []string{
		"created", "approved", "authorized", "partially_captured", "captured", "partially_refunded", "refunded", "expired", "canceled",
		"in doubt: authorize", "in doubt: capture", "in doubt: cancel", "in doubt: refund",
	} {
		if !reached[want] {
			t.Errorf("no story came to %s", want)
		}
	}
}
