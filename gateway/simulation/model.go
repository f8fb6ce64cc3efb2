package simulation

import (
	"errors"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/canonical"
)

// model is one order as a reader of the public rules would keep it: a reference that shares no code with the
// books. Answers are held against it: each must be right at one moment between question and answer.
type model struct {
	phase                                    canonical.Phase
	authorized, captured, canceled, refunded decimal.Decimal
	amount, fees                             decimal.Decimal
	open                                     *canonical.OpenOperation
	drift                                    bool
	captures                                 map[string]decimal.Decimal // what is left of each to refund
}

func modelOf(o *canonical.Order) model {
	t := &o.Totals
	m := model{
		phase: o.Phase, authorized: t.Authorized.Decimal(), captured: t.Captured.Decimal(), canceled: t.Canceled.Decimal(), refunded: t.Refunded.Decimal(),
		amount: o.Amount.Value.Decimal(), fees: t.LenderFees.Decimal(), open: o.Hidden.Open, drift: o.Drift != nil, captures: make(map[string]decimal.Decimal),
	}
	for _, c := range o.Captures {
		m.captures[c.ID] = c.Amount.Value.Decimal().Sub(c.Refunded.Value.Decimal())
	}
	return m
}

// waits: nothing is reserved yet.
func (m model) waits() bool { return m.phase != canonical.Open && m.phase != canonical.Ended }

// held is what the operation under way may move of a kind.
func (m model) held(kinds ...canonical.OperationKind) decimal.Decimal {
	if m.open == nil {
		return decimal.Zero
	}
	for _, kind := range kinds {
		if m.open.Kind == kind {
			return m.open.Held.Decimal()
		}
	}
	return decimal.Zero
}

// room is the most that may be asked for.
func (m model) room(kind canonical.OperationKind, capture string) decimal.Decimal {
	remaining := m.authorized.Sub(m.captured).Sub(m.canceled)
	switch kind {
	case canonical.OpRefund:
		room := m.captured.Sub(m.refunded).Sub(m.held(canonical.OpRefund))
		if left, named := m.captures[capture]; named {
			return decimal.Min(room, left)
		}
		return room
	case canonical.OpCancel:
		if m.waits() {
			return m.amount
		}
		if m.open != nil && m.open.State == canonical.Queued {
			return remaining
		}
	}
	return remaining.Sub(m.held(canonical.OpCapture, canonical.OpCancel, canonical.OpUpdate))
}

// allows says whether the order's own state allows a kind at all.
func (m model) allows(kind canonical.OperationKind) bool {
	switch kind {
	case canonical.OpAuthenticate, canonical.OpAuthorize:
		return m.waits()
	case canonical.OpUpdate:
		return true // of what no lender keeps, at any time
	case canonical.OpCapture:
		return m.phase == canonical.Open && m.room(kind, "").IsPositive()
	case canonical.OpCancel:
		return m.waits() || (m.phase == canonical.Open && m.room(kind, "").IsPositive())
	case canonical.OpRefund:
		return m.room(kind, "").IsPositive()
	}
	return true
}

// yields: a cancel withdraws what is only queued, and is taken while create or authorize is under way.
func (m model) yields(kind canonical.OperationKind) bool {
	return kind == canonical.OpCancel && (m.open.State == canonical.Queued || m.open.Kind == canonical.OpCreate || m.open.Kind == canonical.OpAuthorize)
}

// refuses says whether a problem is right for what was asked of the order as it stood.
func (m model) refuses(a *asked, problem canonical.Kind) bool {
	switch problem {
	case canonical.OperationInProgress:
		return m.open != nil
	case canonical.AmountExceeded:
		asked := m.room(a.kind, a.ask.Capture)
		if a.ask.Amount == nil {
			return !asked.IsPositive()
		}
		amount := a.ask.Amount.Value.Decimal()
		leavesFee := a.kind == canonical.OpCapture && !a.ask.Final && m.fees.IsPositive() && asked.Sub(amount).Equal(m.fees)
		return amount.GreaterThan(asked) || leavesFee
	}
	return true
}

// judged: an answer is right at a moment between question and answer.
func judged(r *run, a *asked) {
	s := r.mirror.orders[a.order]
	var problem *canonical.Error
	if s == nil || a.kind == "" || a.kind == canonical.OpSync || !errors.As(a.err, &problem) || r.executed(a, problem) {
		return
	}
	if problem.Kind == canonical.OperationInProgress && r.underWay(a) {
		return
	}
	for _, v := range s.between(a.invoked, a.answered) {
		if modelOf(&v.order).refuses(a, problem.Kind) {
			return
		}
	}
	r.violated("a moment at which "+a.String()+" is right", "none between commits %d and %d", a.invoked, a.answered)
}

// executed says that the problem is the end of an operation that was taken.
func (r *run) executed(a *asked, problem *canonical.Error) bool {
	u := r.mirror.operations[problem.Operation]
	return u != nil && u.op.Recovery.Key == a.key
}

// underWay says whether another request with the same key had begun.
func (r *run) underWay(a *asked) bool {
	for _, u := range r.mirror.begun {
		if u.op.Recovery.Key == a.key && u.begunAt <= a.answered {
			return true
		}
	}
	return false
}

// between lists how an order stood from one commit to another.
func (s *standing) between(first, last int) []view {
	var all []view
	for i, v := range s.views {
		later := i+1 < len(s.views) && s.views[i+1].commit <= first
		if !later && v.commit <= last {
			all = append(all, v)
		}
	}
	return all
}

// begunRightly: an operation begins only on an order that allows it, with room for what it moves.
func begunRightly(r *run, c *commit) {
	for _, change := range c.operations {
		op := &change.op
		views := change.standing.views
		if !change.fresh || op.Kind == canonical.OpCreate || (op.Origin != canonical.FromAPI && op.Origin != canonical.FromOperator) || len(views) < 2 {
			continue
		}
		before := modelOf(&views[len(views)-2].order)
		elsewhere := len(op.Attempts) == 0
		switch {
		case before.drift && !elsewhere:
			r.violated("no "+string(op.Kind)+" while there is drift", "%s", op.ID)
		case before.open != nil && !before.yields(op.Kind) && !elsewhere:
			r.violated("no "+string(op.Kind)+" while another is under way", "%s beside %s", op.ID, before.open.ID)
		case !before.allows(op.Kind) && op.Kind != canonical.OpUpdate:
			r.violated("an order that allows "+string(op.Kind), "%s on one that is %s", op.ID, views[len(views)-2].order.Status)
		}
	}
}
