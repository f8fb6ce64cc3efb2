package canonical

// Step is one attempt of a plan, before it has an id.
type Step struct {
	Kind    OperationKind
	Amount  Money
	Capture string  // of a refund
	Final   bool    // of a capture: the same request gives back the rest
	Change  *Change // of an update
}

// Ask is what a caller wants of an order, amount filled in.
type Ask struct {
	Kind    OperationKind
	Amount  Money
	Capture string // of a refund: the one to refund; "" is oldest first
	Final   bool   // of a capture: give back what it leaves
	Change  *Change
}

// Steps says which attempts an operation takes, in order: one, but for refunds at lenders where a
// refund names its capture, and for a final capture at lenders that cannot do it in one request.
func Steps(o *Order, ask Ask, traits Traits) []Step {
	switch {
	case ask.Kind == OpRefund && traits.RefundNamesCapture:
		return planRefund(o, ask)
	case ask.Kind == OpCapture && ask.Final && ask.Amount.Value.Less(o.Totals.Capturable):
		return planFinal(o, ask, traits.Final)
	}
	return []Step{{Kind: ask.Kind, Amount: ask.Amount, Capture: ask.Capture, Change: ask.Change}}
}

func planRefund(o *Order, ask Ask) []Step {
	var steps []Step
	for _, share := range o.shares(ask.Amount.Value, ask.Capture) {
		steps = append(steps, Step{Kind: OpRefund, Amount: o.money(share.Amount), Capture: share.Capture})
	}
	return steps
}

func planFinal(o *Order, ask Ask, how FinalCapture) []Step {
	capture := Step{Kind: OpCapture, Amount: ask.Amount}
	rest := o.Totals.Capturable.Sub(ask.Amount.Value)
	switch how {
	case FinalThenCancel:
		return []Step{capture, {Kind: OpCancel, Amount: o.money(rest)}}
	case FinalByUpdate:
		amount := o.money(o.Totals.Net().Sub(rest))
		return []Step{{Kind: OpUpdate, Amount: amount, Change: &Change{Amount: &amount}}, capture}
	}
	capture.Final = true
	return []Step{capture}
}

// Unsettled amounts of an update are what it may give back or add: planned with the operation that
// holds them, so that Held never counts the new total of the order as money that moves.
func (s Step) moves(o *Order) *Money {
	switch s.Kind {
	case OpCreate, OpAuthenticate, OpSync:
		return nil
	case OpUpdate:
		if s.Change == nil || s.Change.Amount == nil || o.Phase != Open {
			return nil
		}
		before, after := o.Totals.Net(), s.Change.Amount.Value
		if !after.Less(before) {
			return nil
		}
		given := o.money(before.Sub(after))
		return &given
	}
	amount := s.Amount
	return &amount
}

// Attempt makes the planned attempt of a step.
func (s Step) Attempt(o *Order, id string) Attempt {
	return Attempt{ID: id, Kind: s.Kind, Amount: s.moves(o), Capture: s.Capture, Final: s.Final, State: Planned}
}
