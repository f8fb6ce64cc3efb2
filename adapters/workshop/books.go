package workshop

import (
	"slices"
	"time"

	"github.com/lendgate/lendgate/canonical"
)

// after is the order as an outcome leaves it, and what of it contradicts what was known.
func after(o canonical.Order, cmd canonical.Command, outcome canonical.Outcome, now time.Time) (canonical.Order, []string) {
	b := &books{order: o.Clone(), entry: canonical.Entry{Operation: cmd.Attempt, Attempt: cmd.Attempt, Reference: outcome.Reference, At: now}}
	if cmd.Capture != nil {
		b.entry.Capture = cmd.Capture.ID
	}
	if cmd.Kind == canonical.OpCreate {
		b.order.ProviderOrder.Reference = cmd.Reference
	}
	switch outcome.State {
	case canonical.Succeeded:
		b.succeed(cmd, outcome)
	case canonical.Declined:
		b.learn(outcome.Sighting)
		if cmd.Kind == canonical.OpCreate && b.order.Phase != canonical.Ended {
			b.book(canonical.Movement{Move: canonical.End, EndedBy: canonical.ByLender})
		}
	default:
		b.learn(outcome.Sighting)
	}
	b.order.Refresh()
	return b.order, b.wrong
}

// read is the order as a report leaves it.
func read(o canonical.Order, s *canonical.Sighting, now time.Time) (canonical.Order, []string) {
	b := &books{order: o.Clone(), entry: canonical.Entry{Operation: "op_read", Attempt: "att_read", At: now}}
	b.learn(s)
	b.order.Refresh()
	return b.order, b.wrong
}

// books is an order that takes over what became known.
type books struct {
	order canonical.Order
	entry canonical.Entry
	wrong []string
}

func (b *books) book(m canonical.Movement) {
	if err := b.order.Book(m, b.entry); err != nil {
		b.wrong = append(b.wrong, "the order's books cannot hold it: "+err.Error())
	}
}

func (b *books) succeed(cmd canonical.Command, outcome canonical.Outcome) {
	switch {
	case cmd.Kind == canonical.OpAuthorize, cmd.Kind == canonical.OpCapture, cmd.Kind == canonical.OpRefund:
		b.book(canonical.Movement{Move: canonical.MoveName(cmd.Kind), Amount: cmd.Amount.Value})
	case cmd.Kind == canonical.OpCancel && b.order.Phase == canonical.Open:
		b.book(canonical.Movement{Move: canonical.Cancel, Amount: cmd.Amount.Value})
	case cmd.Kind == canonical.OpCancel:
		b.book(canonical.Movement{Move: canonical.End, EndedBy: canonical.ByCancel})
	case cmd.Kind == canonical.OpUpdate && cmd.Change != nil && cmd.Change.Amount != nil:
		b.order.Amount = *cmd.Change.Amount
	}
	if rest := b.order.Position().Remaining(); cmd.Kind == canonical.OpCapture && cmd.Final && !rest.IsZero() {
		b.book(canonical.Movement{Move: canonical.Cancel, Amount: rest})
	}
	b.learn(outcome.Sighting)
}

// learn takes over what the lender says, and books what has moved beyond what was known.
func (b *books) learn(s *canonical.Sighting) {
	if s == nil {
		return
	}
	b.order.Learn(s, b.entry.At)
	movements, _, drift := canonical.Differ(b.order.Position(), *s)
	if drift != "" {
		b.wrong = append(b.wrong, "it contradicts the order as it was known: "+drift)
	}
	for _, m := range movements {
		b.listed(m, s)
	}
}

// listed books a movement as the lender lists it: one by one, where the rows that are new come to it.
func (b *books) listed(m canonical.Movement, s *canonical.Sighting) {
	var sum canonical.Amount
	var fresh []canonical.Seen
	for _, one := range s.Seen {
		if string(one.Kind) == string(m.Move) && !b.knows(one) {
			fresh, sum = append(fresh, one), sum.Add(one.Amount.Value)
		}
	}
	if len(fresh) == 0 || !sum.Equal(m.Amount) {
		b.book(m)
		return
	}
	outer := b.entry
	for _, one := range fresh {
		b.entry.Operation, b.entry.Attempt, b.entry.Reference = "op_"+one.LenderReference, "att_"+one.LenderReference, one.LenderReference
		b.entry.Capture = b.captureOf(one)
		b.book(canonical.Movement{Move: m.Move, Amount: one.Amount.Value})
	}
	b.entry = outer
}

func (b *books) knows(one canonical.Seen) bool {
	return slices.ContainsFunc(b.order.Captures, func(c canonical.CaptureEntry) bool { return c.Reference == one.LenderReference }) ||
		slices.ContainsFunc(b.order.Refunds, func(r canonical.RefundEntry) bool { return r.Reference == one.LenderReference })
}

func (b *books) captureOf(one canonical.Seen) string {
	for _, c := range b.order.Captures {
		if one.Capture != "" && c.Reference == one.Capture {
			return c.ID
		}
	}
	return ""
}
