package canonical

// Differ computes the movements that lead from our books to what the lender says.
// drift says in words what contradicts our books; then there are no movements.
// late is true where money is known to have moved only after the order had ended.
func Differ(p Position, s Sighting) (movements []Movement, late bool, drift string) {
	switch {
	case s.Unknown || s.Phase == "":
		return nil, false, ""
	case contains(waiting, s.Phase):
		return differWaiting(p, s)
	}
	target, ok := s.target(p)
	if !ok || target.captured.Less(p.Captured) || target.refunded.Less(p.Refunded) {
		return nil, false, s.describe()
	}
	if target.net.Less(target.captured) || target.captured.Less(target.refunded) {
		return nil, false, s.describe()
	}
	if p.Phase == Ended {
		return differEnded(p, s, target)
	}
	if p.stepsBack(target) {
		return nil, false, s.describe()
	}
	movements = differMoney(p, target)
	if s.Phase == Ended {
		movements = append(movements, differEnd(p, s, movements)...)
	}
	return movements, false, ""
}

func differWaiting(p Position, s Sighting) ([]Movement, bool, string) {
	// Created again is no step back where it is the merchant's turn: what others had to do is done.
	back := s.Phase == Created && s.WaitingFor != ForMerchant
	switch {
	case p.Phase == s.Phase:
		return nil, false, ""
	case p.Phase == Open || p.Phase == Ended || back:
		return nil, false, s.describe()
	}
	return []Movement{{Move: Await, Phase: s.Phase}}, false, ""
}

// target is where the lender says the money stands, with our books filling in what it does not say.
type target struct{ net, captured, refunded Amount }

func (s Sighting) target(p Position) (t target, ok bool) {
	t = target{p.Net(), p.Captured, p.Refunded}
	if s.Net != nil {
		t.net = *s.Net
	}
	if s.Captured != nil {
		t.captured = *s.Captured
	}
	if s.Refunded != nil {
		t.refunded = *s.Refunded
	}
	if s.Phase == Ended {
		// An end gives back the rest, whatever amount the lender still writes on the order; one that
		// does not tell what was captured says that nothing was.
		t.net = t.captured
		return t, s.Captured != nil || p.Captured.IsZero()
	}
	return t, !t.net.IsZero()
}

// stepsBack: a promise that grows again by no more than what was given back of it is more likely an old
// word of the lender's than a new promise. One that is all captured is no old word: captures are never undone.
func (p Position) stepsBack(t target) bool {
	grows := p.Phase == Open && p.Net().Less(t.net) && t.captured.Less(t.net)
	return grows && !p.Canceled.Less(t.net.Sub(p.Net()))
}

// Raised are the movements of a promise that really grew again after some of it had been given back. Differ
// takes the first such word for an old one; one that lasts is believed.
func Raised(p Position, s Sighting) []Movement {
	if _, _, drift := Differ(p, s); drift == "" {
		return nil
	}
	target, ok := s.target(p)
	if !ok || !p.stepsBack(target) || target.captured.Less(p.Captured) || target.refunded.Less(p.Refunded) {
		return nil
	}
	return differMoney(p, target)
}

func differMoney(p Position, t target) []Movement {
	var movements []Movement
	add := func(move MoveName, from, to Amount) {
		if from.Less(to) {
			movements = append(movements, Movement{Move: move, Amount: to.Sub(from)})
		}
	}
	add(Authorize, p.Net(), t.net)
	add(Capture, p.Captured, t.captured)
	add(Cancel, t.net, p.Net())
	add(Refund, p.Refunded, t.refunded)
	return movements
}

// differEnd turns the giving back of the rest into the end, so that it carries who ended the order.
func differEnd(p Position, s Sighting, movements []Movement) []Movement {
	for i, m := range movements {
		if m.Move == Cancel {
			movements[i].EndedBy = s.EndedBy
			return nil
		}
	}
	if !p.Authorized.IsZero() || len(movements) > 0 {
		return nil
	}
	end := Movement{Move: End, EndedBy: s.EndedBy}
	end.EndedBy = end.endedBy()
	return []Movement{end}
}

// differEnded: money that shows up after the end is real. A promise that shows up again after we
// were told it was given back is not: that goes backwards.
func differEnded(p Position, s Sighting, t target) ([]Movement, bool, string) {
	movements := differMoney(p, t)
	if len(movements) == 0 {
		return nil, false, ""
	}
	captures := p.Captured.Less(t.captured)
	onlyRefund := len(movements) == 1 && movements[0].Move == Refund
	switch {
	case onlyRefund:
		return movements, false, ""
	case captures || p.Authorized.IsZero():
		return movements, true, ""
	}
	return nil, false, s.describe()
}

// Deciding says that the lender is making up its mind about the order.
func (s Sighting) Deciding() bool {
	return !s.Unknown && s.Phase == Pending && s.WaitingFor == ForLender
}

func (s Sighting) describe() string {
	text := "the lender says " + s.Word
	for _, figure := range []struct {
		name  string
		value *Amount
	}{{"net", s.Net}, {"captured", s.Captured}, {"refunded", s.Refunded}} {
		if figure.value != nil {
			text += ", " + figure.name + " " + figure.value.String()
		}
	}
	return text
}

// Judge takes a lender's word as evidence about one attempt that may or may not have happened,
// on an order whose books stand at p without it. Of an update JudgeChange tells.
func Judge(p Position, attempt Attempt, s Sighting) Finding {
	movements, _, drift := Differ(p, s)
	switch {
	case s.Unknown || s.Phase == "":
		return Mute
	case attempt.Kind == OpCreate:
		return Found // whatever else the lender says of it, the order is there
	case attempt.Kind == OpCancel && p.Phase == Ended:
		return judgeUnwanted(s)
	case attempt.Kind == OpAuthorize && s.Deciding():
		return Mute // the lender may be deciding because it was asked
	case drift != "":
		return Contrary
	}
	if finding := judgeMovements(p, attempt, movements); finding != Absent {
		return finding
	}
	if wouldShow(p, attempt, s) {
		return Absent
	}
	return Mute
}

// judgeUnwanted judges the cancel of an order that our books have given up already.
func judgeUnwanted(s Sighting) Finding {
	switch {
	case s.Phase == Ended:
		return Found
	case contains(waiting, s.Phase):
		return Absent
	}
	return Mute
}

func judgeMovements(p Position, attempt Attempt, movements []Movement) Finding {
	for _, m := range movements {
		switch {
		case m.Move == End && attempt.Kind == OpCancel:
			return Found
		case string(m.Move) != string(attempt.Kind):
		case attempt.Amount != nil && m.Amount.Equal(attempt.Amount.Value):
			return Found
		case attempt.Kind == OpAuthorize && attempt.Amount != nil && attempt.Amount.Value.Less(m.Amount):
			return Found // the lender added its fees
		default:
			return Contrary
		}
	}
	return Absent
}

// wouldShow says whether the lender's word would be another had the attempt happened. What our books
// could not follow proves nothing.
func wouldShow(p Position, attempt Attempt, s Sighting) bool {
	movement, moves := attempt.movement(p)
	if !moves {
		return false
	}
	after, err := p.Apply(movement)
	if err != nil {
		return false
	}
	again, _, drift := Differ(after, s)
	return drift != "" || len(again) > 0
}

// movement is what the attempt does to the books once it has happened; false: nothing.
func (a Attempt) movement(p Position) (Movement, bool) {
	switch a.Kind {
	case OpAuthorize, OpCapture, OpCancel, OpRefund:
	default:
		return Movement{}, false
	}
	if a.Kind == OpCancel && p.Phase != Open {
		return Movement{Move: End, EndedBy: ByCancel}, true
	}
	movement := Movement{Move: MoveName(a.Kind)}
	if a.Amount != nil {
		movement.Amount = a.Amount.Value
	}
	return movement, true
}

// JudgeChange takes a lender's word as evidence about an update in doubt: whether the lender's amount
// and reference are the new ones or the old ones.
func JudgeChange(o *Order, change Change, reference string, s Sighting) Finding {
	before := o.lenderAmount()
	amount := change.Amount != nil && s.Amount != nil
	named := change.Reference != nil && s.Reference != ""
	switch {
	case s.Unknown || (!amount && !named):
		return Mute
	case named && (!amount || change.Amount.Equal(before)):
		return judgeValue(s.Reference, reference, o.ProviderOrder.Reference, func(a, b string) bool { return a == b })
	}
	return judgeValue(*s.Amount, *change.Amount, before, Money.Equal)
}

// lenderAmount is what the lender calls the order's amount by our books: once it has promised
// something, what of the promise was not given back.
func (o *Order) lenderAmount() Money {
	if o.Phase == Open {
		return o.money(o.Totals.Net())
	}
	return o.Amount
}

func judgeValue[T any](seen, wanted, before T, equal func(T, T) bool) Finding {
	switch {
	case equal(seen, wanted):
		return Found
	case equal(seen, before):
		return Absent
	}
	return Contrary
}
