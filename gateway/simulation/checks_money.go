package simulation

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/canonical"
)

// effectOnce: each request that arrives is an arrival of its own; only one of an attempt's may move money.
func effectOnce(r *run, d *deed) {
	s := r.sendings[d.attempt]
	if d.by != byAttempt || s == nil {
		return
	}
	for _, other := range s.deeds {
		if other.arrival != d.arrival {
			r.violated("one effect of "+d.attempt, "%s of %s at %s, and %s of %s again", other.Kind, other.Amount, other.At.Format("15:04:05"), d.Kind, d.Amount)
		}
	}
}

// failedForGood: an effect of what we hold for not done.
func failedForGood(r *run, d *deed) {
	if d.by != byAttempt {
		return
	}
	if a := r.mirror.attempt(d.attempt); a != nil && undone(a.State) {
		r.violated("no effect of "+d.attempt+", which is "+string(a.State), "%s of %s", d.Kind, d.Amount)
	}
}

// undone says that an attempt certainly has not happened.
func undone(s canonical.OperationState) bool {
	switch s {
	case canonical.Planned, canonical.Queued, canonical.Failed, canonical.Declined:
		return true
	}
	return false
}

func failedForReal(r *run, c *commit) {
	for _, change := range c.operations {
		for _, a := range change.op.Attempts {
			if s := r.sendings[a.ID]; s != nil && undone(a.State) && len(s.deeds) > 0 {
				r.violated("no effect of "+a.ID+", which is "+string(a.State), "%s of %s", s.deeds[0].Kind, s.deeds[0].Amount)
			}
		}
	}
}

// succeededForReal looks for the effect of each attempt that has just become known as done.
func succeededForReal(r *run, c *commit) {
	for _, change := range c.operations {
		for i := range change.op.Attempts {
			a := &change.op.Attempts[i]
			before := attemptIn(&change.before, a.ID)
			if a.State == canonical.Succeeded && (before == nil || before.State != canonical.Succeeded) {
				r.happened(change.undertaking, a)
			}
		}
	}
}

func attemptIn(op *canonical.Operation, id string) *canonical.Attempt {
	i := slices.IndexFunc(op.Attempts, func(a canonical.Attempt) bool { return a.ID == id })
	if i < 0 {
		return nil
	}
	return &op.Attempts[i]
}

// effectOf is what a lender's book calls the effect of an attempt.
func effectOf(a *canonical.Attempt) canonical.OperationKind {
	if a.Kind == canonical.OpUpdate {
		return canonical.OpCancel
	}
	return a.Kind
}

func (r *run) happened(u *undertaking, a *canonical.Attempt) {
	s := r.sendings[a.ID]
	if s == nil || s.request.Local || a.Amount == nil {
		return
	}
	kind, order := effectOf(a), &u.standing.order
	if !slices.Contains(r.styleOf(order.Provider).books, kind) {
		return
	}
	theirs := r.book.of(order.Provider, order.ProviderOrder.ID)
	if kind == canonical.OpCancel && (sum(theirs, canonical.OpAuthorize).IsZero() || r.misled(u.standing)) {
		return // nothing was reserved, so nothing was given back; or the lender told of another rest
	}
	moved := decimal.Zero
	for _, d := range s.deeds {
		if d.Kind == string(kind) && d.Currency == a.Amount.Currency {
			moved = moved.Add(d.Amount)
		}
	}
	lied := s.bent == lieStatus // the lender said yes
	if moved.Equal(a.Amount.Value.Decimal()) || lied || r.takenForOurs(s, a, theirs) {
		return
	}
	r.violated(string(kind)+" of "+a.Amount.String()+" at the lender because of "+a.ID, "%s", moved)
}

// takenForOurs: where only totals can be compared, what somebody else did at the lender looks like ours.
func (r *run) takenForOurs(s *sending, a *canonical.Attempt, theirs []*deed) bool {
	compares := slices.Contains(s.evidence.Lost, canonical.ReadAndCompare) || slices.Contains(s.evidence.Lost, canonical.CompareTotals)
	if !compares || len(s.deeds) > 0 {
		return false
	}
	amount := a.Amount.Value.Decimal()
	if left := sum(theirs, canonical.OpAuthorize).Sub(sum(theirs, canonical.OpCancel)); a.Kind == canonical.OpAuthorize && left.Equal(amount) {
		amount = sum(theirs, canonical.OpAuthorize) // what is left of the promise is as much as was asked for
	}
	theirs = slices.DeleteFunc(slices.Clone(theirs), func(d *deed) bool {
		return d.by == byAttempt || d.claimed != "" || d.Kind != string(effectOf(a))
	})
	taken := addingUp(theirs, amount)
	for _, d := range taken {
		d.claimed = a.ID
	}
	return len(taken) > 0
}

// addingUp are some of the deeds that come to an amount together; none where there are no such.
func addingUp(deeds []*deed, amount decimal.Decimal) []*deed {
	for i, d := range deeds {
		if d.Amount.Equal(amount) {
			return []*deed{d}
		}
		if others := addingUp(deeds[i+1:], amount.Sub(d.Amount)); len(others) > 0 {
			return append(others, d)
		}
	}
	return nil
}

// held is what of the unresolved operations of an order may have moved, by the kinds given.
func (s *standing) held(kinds ...canonical.OperationKind) decimal.Decimal {
	held := decimal.Zero
	for _, u := range s.unresolved() {
		for _, a := range u.op.Attempts {
			if a.State.Unresolved() && a.Amount != nil && slices.Contains(kinds, a.Kind) {
				held = held.Add(a.Amount.Value.Decimal())
			}
		}
	}
	return held
}

func capturesFit(r *run, c *commit) {
	for _, change := range c.orders {
		t := &change.standing.order.Totals
		used := t.Captured.Decimal().Add(t.Canceled.Decimal())
		if held := change.standing.held(canonical.OpCapture); used.Add(held).GreaterThan(t.Authorized.Decimal()) {
			r.violated("at most "+t.Authorized.String()+" authorized", "captured %s, canceled %s, held %s", t.Captured, t.Canceled, held)
		}
	}
}

func refundsFit(r *run, c *commit) {
	for _, change := range c.orders {
		t := &change.standing.order.Totals
		if held := change.standing.held(canonical.OpRefund); t.Refunded.Decimal().Add(held).GreaterThan(t.Captured.Decimal()) {
			r.violated("at most "+t.Captured.String()+" captured", "refunded %s, held %s", t.Refunded, held)
		}
	}
}

// roomToSend: the books have room for what is about to be sent, on top of all that may have moved.
func roomToSend(r *run, s *sending) {
	known := r.mirror.orders[s.order]
	if known == nil {
		return // nothing was written of it: that is another invariant's
	}
	order := &known.order
	t := &order.Totals
	room, amount := t.Remaining().Decimal(), s.amount.Value.Decimal()
	switch s.kind {
	case canonical.OpCapture:
	case canonical.OpCancel:
		if order.Phase != canonical.Open {
			return
		}
	case canonical.OpRefund:
		room = t.Ledger.Refundable().Decimal()
	default:
		return
	}
	if amount.GreaterThan(room) {
		r.violated("room of "+room.String(), "%s of %s is sent", s.kind, amount)
	}
}

func oneCurrency(r *run, c *commit) {
	for _, change := range c.orders {
		if now, was := change.standing.order.Amount.Currency, change.before.Amount.Currency; !change.fresh && now != was {
			r.violated(was, "%s", now)
		}
	}
	for _, change := range c.operations {
		if a := change.op.Amount; a != nil && change.standing.order.ID != "" && a.Currency != change.standing.order.Amount.Currency {
			r.violated(change.standing.order.Amount.Currency, "%s on %s", a, change.op.ID)
		}
	}
}

func entriesAddUp(r *run, c *commit) {
	for _, change := range c.orders {
		o := &change.standing.order
		captured, given, refunded := decimal.Zero, decimal.Zero, decimal.Zero
		for _, entry := range o.Captures {
			captured, given = captured.Add(entry.Amount.Value.Decimal()), given.Add(entry.Refunded.Value.Decimal())
		}
		for _, entry := range o.Refunds {
			refunded = refunded.Add(entry.Amount.Value.Decimal())
		}
		t := &o.Totals
		if !captured.Equal(t.Captured.Decimal()) || !given.Equal(t.Refunded.Decimal()) || !refunded.Equal(t.Refunded.Decimal()) {
			r.violated("captured "+t.Captured.String()+" and refunded "+t.Refunded.String(), "entries of %s, %s and %s", captured, given, refunded)
		}
	}
}

func bookedOnce(r *run, c *commit) {
	for _, change := range c.orders {
		o := &change.standing.order
		captures, refunds := make(map[string]bool), make(map[string]bool)
		for _, entry := range o.Captures {
			if captures[entry.ID] {
				r.violated("one capture of "+entry.ID, "two")
			}
			captures[entry.ID] = true
		}
		for _, entry := range o.Refunds {
			if id := entry.ID + entry.Capture; refunds[id] {
				r.violated("one refund of "+entry.ID, "two")
			} else {
				refunds[id] = true
			}
		}
	}
}
