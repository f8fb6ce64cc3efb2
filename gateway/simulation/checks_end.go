package simulation

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

func number(n int) string { return strconv.Itoa(n) }

// equalBooks compares each order of ours with the lender's, movement by movement.
func equalBooks(r *run) {
	linked := make(map[lenderOrder]bool)
	for _, s := range r.mirror.listed {
		o := &s.order
		linked[lenderOrder{o.Provider, o.ProviderOrder.ID}] = true
		deeds := r.book.of(o.Provider, o.ProviderOrder.ID)
		for _, kind := range r.styleOf(o.Provider).books {
			ours, theirs := s.booked(kind), sum(deeds, kind)
			if (r.misled(s) && o.Drift != nil) || (r.netted(s, deeds) && kind == canonical.OpAuthorize) {
				continue // a person has been called where there is drift; the net is compared with the cancels
			}
			if r.netted(s, deeds) && kind == canonical.OpCancel {
				ours, theirs = ours.Sub(s.booked(canonical.OpAuthorize)), theirs.Sub(sum(deeds, canonical.OpAuthorize))
			}
			low, high := s.doubtful(kind, ours)
			if theirs.LessThan(low) || theirs.GreaterThan(high.Add(r.unseen(s, deeds, kind))) {
				r.violated(string(kind)+" of "+ours.String()+" at "+o.Provider, "%s (order %s is %s, open %+v)", theirs, o.ID, o.Status, o.Hidden.Open)
			}
		}
	}
	for _, d := range r.book.deeds {
		if !linked[lenderOrder{d.Lender, d.Order}] {
			r.violated("money on orders of ours alone", "%s of %s on %s at %s", d.Kind, d.Amount, d.Order, d.Lender)
		}
	}
}

// misled says whether the lender said of the order what was not so: what was booked because of it, and taken
// back when the truth came, stands on both sides of the ledger.
func (r *run) misled(s *standing) bool { return r.lied[s.order.ID] }

// netted says whether only the net of a promise can be compared: more of it was given back than we had seen of
// it when we first did, or less.
func (r *run) netted(s *standing, deeds []*deed) bool {
	others := slices.DeleteFunc(slices.Clone(deeds), func(d *deed) bool { return d.by == byAttempt })
	more := s.booked(canonical.OpAuthorize).Sub(sum(deeds, canonical.OpAuthorize))
	switch {
	case more.IsPositive(): // what others captured before a final capture of ours is promised once more in our books
		return r.misled(s) || (s.endsFinally() && more.LessThanOrEqual(sum(others, canonical.OpCapture)))
	case more.IsNegative(): // what others had the lender promise was given back before it could be read
		return r.misled(s) || more.Neg().LessThanOrEqual(sum(others, canonical.OpAuthorize))
	}
	return r.misled(s)
}

// endsFinally: a capture of ours gave back all that our books said was left.
func (s *standing) endsFinally() bool {
	return slices.ContainsFunc(s.operations, func(u *undertaking) bool {
		return slices.ContainsFunc(u.op.Attempts, func(a canonical.Attempt) bool { return a.Final && a.State == canonical.Succeeded })
	})
}

// booked is what our books say of a kind of movement, what happened elsewhere left out.
func (s *standing) booked(kind canonical.OperationKind) decimal.Decimal {
	t := &s.order.Totals
	all := map[canonical.OperationKind]canonical.Amount{
		canonical.OpAuthorize: t.Authorized, canonical.OpCapture: t.Captured, canonical.OpCancel: t.Canceled, canonical.OpRefund: t.Refunded,
	}[kind].Decimal()
	return all
}

// doubtful is between what a total may be at the lender: what is left to a person may have happened or not.
func (s *standing) doubtful(kind canonical.OperationKind, booked decimal.Decimal) (low, high decimal.Decimal) {
	kinds := []canonical.OperationKind{kind}
	if kind == canonical.OpCancel {
		kinds = append(kinds, canonical.OpUpdate)
	}
	return booked, booked.Add(s.held(kinds...))
}

// left says whether a person has to decide about the order: until then nothing else is taken over.
func (s *standing) left() bool {
	return s.order.Hidden.Open != nil && s.order.Hidden.Open.State.Uncertain()
}

// unseen is what was moved behind our back in a way that the lender cannot show, by its own declaration, or
// that is not looked at before a person has decided.
func (r *run) unseen(s *standing, deeds []*deed, kind canonical.OperationKind) decimal.Decimal {
	hidden := decimal.Zero
	unreadable := r.styleOf(s.order.Provider).define.Traits.Unreadable
	for _, d := range deeds {
		silent := unreadable || (d.Kind == string(canonical.OpRefund) && r.hidesRefunds(s))
		if d.by != byAttempt && d.Kind == string(kind) && (silent || s.left()) && d.claimed == "" {
			hidden = hidden.Add(d.Amount)
		}
	}
	return hidden
}

// doubtsEnd: nothing is open but what is left to a person.
func doubtsEnd(r *run) {
	for _, u := range r.mirror.begun {
		if from, known := r.knowable(u); known && u.doubtful && u.endedAt > r.healedAt {
			r.counts.clear(max(0, u.endedAt-from))
		}
		switch {
		case !u.op.State.Unresolved() || (r.hopeless(u) && u.op.State != canonical.HandedOver):
		case u.op.State != canonical.HandedOver:
			r.violated("an end of "+u.op.ID, "%s %s on %s is %s", u.op.Kind, u.op.ID, u.standing.order.Provider, u.op.State)
		case !r.mayHandOver(u):
			r.violated("an end of "+u.op.ID+" without a person", "%s on %s is handed over, drift %v", u.op.Kind, u.standing.order.Provider, u.standing.order.Drift)
		}
	}
}

// lease is how long a killed gateway keeps others from what it had under way.
const lease = 2 * time.Minute

// knowable is when an end can be known, if it can be at all without a person: the lender is well, the leases of
// the dead are over, and what may have been sent can no longer arrive, by the definition's word.
func (r *run) knowable(u *undertaking) (from time.Duration, ever bool) {
	from = r.healedAt
	for _, p := range r.processes {
		if p.dead {
			from = max(from, p.diedAt+lease)
		}
	}
	for i := range u.op.Attempts {
		a := &u.op.Attempts[i]
		declared := r.evidenceOf(a.ID)
		if slices.Contains(declared.Lost, canonical.AskAPerson) {
			return 0, false
		}
		if a.CallEndsAt != nil {
			from = max(from, a.CallEndsAt.Sub(dawn)+declared.Horizon)
		}
	}
	return from, true
}

// mayHandOver: the definition says that only a person can know, or the lender shows what fits nothing.
func (r *run) mayHandOver(u *undertaking) bool {
	a, open := u.op.Current()
	if !open {
		return false
	}
	lost := r.evidenceOf(a.ID).Lost
	s := r.sendings[a.ID]
	silent := s != nil && s.denied && !slices.ContainsFunc(lost, func(step canonical.Recovery) bool { return step != canonical.RepeatSameKey })
	// Credit Key's word tells a refund of all that was captured, and nothing of one that did not happen.
	silent = silent || (r.hidesRefunds(u.standing) && a.Kind == canonical.OpRefund && (s == nil || len(s.deeds) == 0))
	return silent || slices.Contains(lost, canonical.AskAPerson) || u.standing.order.Drift != nil || r.meddled(u.standing)
}

// hidesRefunds: Credit Key's words say nothing of refunds but of the last, unless our number finds the order.
func (r *run) hidesRefunds(s *standing) bool {
	style := r.styleOf(s.order.Provider)
	return style.name() == "creditkey" && (style.settings.Text("reference_lookup") != "ecomm" || r.shared(style, s.order.ProviderOrder.Reference))
}

// shared says whether several of the lender's orders carry our number, as after a create that arrived twice:
// it finds the newest then, which need not be ours.
func (r *run) shared(at *style, number string) bool {
	carry := slices.DeleteFunc(r.book.lenders[at.name()].Orders(), func(o lender.Order) bool { return o.Reference != number })
	return len(carry) > 1
}

// waitsBehind: a cancel that waits for an operation whose end cannot be known waits with it.
func (u *undertaking) waitsBehind() bool {
	open := u.standing.order.Hidden.Open
	return u.standing.order.Hidden.Waiting == u.op.ID && open != nil && open.State.Uncertain()
}

// meddled says whether somebody else moved money of the order at the lender.
func (r *run) meddled(s *standing) bool {
	return slices.ContainsFunc(r.book.of(s.order.Provider, s.order.ProviderOrder.ID), func(d *deed) bool { return d.by != byAttempt })
}

// historyReplays goes through the history from its beginning: what it tells must lead to the order as stored.
func historyReplays(r *run) {
	for _, s := range r.mirror.listed {
		version := 0
		for i := range s.events {
			e, told := &s.events[i], s.told(i)
			if e.ID != told.ID || e.Order != told.Order.ID || e.Merchant != told.Merchant || e.Mode != told.Mode || e.Sequence != told.Sequence {
				r.violated("beside an event what its text says", "%s %s %d, and %s", e.ID, e.Order, e.Sequence, e.Body)
			}
			if told.Order.Version != version && told.Order.Version != version+1 {
				r.violated("version "+number(version+1)+" in the history of "+s.order.ID, "%d", told.Order.Version)
			}
			version = told.Order.Version
		}
		o, last := &s.order, s.last()
		switch {
		case version != o.Version:
			r.violated("a history that ends at version "+number(o.Version), "%d", version)
		case last.Status != o.Status || last.Phase != o.Phase || last.EndedBy != o.EndedBy || !last.Amount.Equal(o.Amount) || last.Reference != o.Reference:
			r.violated("the order as it is stored", "%s %s %s", last.Status, last.Amount, last.Reference)
		case !cmp.Equal(asText(last.Totals), asText(o.Totals)) || !cmp.Equal(asText(last.Captures), asText(o.Captures)) || !cmp.Equal(asText(last.Refunds), asText(o.Refunds)):
			r.violated("totals "+asText(o.Totals), "%s", asText(last.Totals))
		}
	}
}

func asText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// storeHolds reads everything from the store once more.
func storeHolds(r *run) {
	err := r.store.memory.gateway("check").View(context.Background(), func(reader state.Reader) error {
		for _, s := range r.mirror.listed {
			o, err := reader.Order(s.order.ID)
			if err != nil || asText(o) != asText(s.order) || asText(o.Hidden) != asText(s.order.Hidden) {
				r.violated("order "+s.order.ID, "%v %s", err, asText(o))
			}
		}
		for _, u := range r.mirror.begun {
			op, err := reader.Operation(u.op.ID)
			if err != nil || asText(op) != asText(u.op) {
				r.violated("operation "+u.op.ID, "%v %s", err, asText(op))
			}
		}
		timers, err := reader.TimersDue(dawn.AddDate(100, 0, 0), 1000)
		if len(timers) != len(r.mirror.timers) {
			r.violated(number(len(r.mirror.timers))+" timers", "%d", len(timers))
		}
		return err
	})
	if err != nil {
		r.violated("a store that can be read", "%v", err)
	}
}
