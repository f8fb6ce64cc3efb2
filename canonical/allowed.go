package canonical

// Allowed is one operation that may be asked of an order now.
type Allowed struct {
	Kind     OperationKind    `json:"kind"`
	Partial  bool             `json:"partial,omitempty" doc:"A part of max may be asked for."`
	Max      *Amount          `json:"max,omitempty"`
	Estimate bool             `json:"estimate,omitempty" doc:"Max comes from our books alone: this lender cannot be read."`
	Final    bool             `json:"final,omitempty" doc:"A capture may give back the rest."`
	Needs    []string         `json:"needs,omitempty" doc:"Pointers to what must be given with it."`
	Captures []AllowedCapture `json:"captures,omitempty" doc:"What of each capture may be refunded."`
}

// AllowedCapture is a capture that may be refunded.
type AllowedCapture struct {
	ID  string `json:"id"`
	Max Amount `json:"max"`
}

// asking says when an order's own state allows a kind of operation, and how much of it.
type asking struct {
	kind OperationKind
	when func(o *Order) bool
	most func(o *Order) *Amount
}

// askings is what an order allows, before any question of what its provider can do.
var askings = []asking{
	{OpAuthenticate, (*Order).unfunded, nil},
	{OpAuthorize, (*Order).unfunded, func(o *Order) *Amount { return &o.Amount.Value }},
	{OpUpdate, (*Order).changeable, nil},
	{OpCapture, (*Order).capturable, func(o *Order) *Amount { return &o.Totals.Capturable }},
	{OpCancel, (*Order).cancelable, (*Order).mostCancel},
	{OpRefund, func(o *Order) bool { return !o.Totals.Refundable.IsZero() }, func(o *Order) *Amount { return &o.Totals.Refundable }},
	{OpSync, func(*Order) bool { return true }, nil},
}

func (o *Order) unfunded() bool { return contains(waiting, o.Phase) }

func (o *Order) changeable() bool { return o.Phase != Ended && o.Totals.Captured.IsZero() }

func (o *Order) capturable() bool { return o.Phase == Open && !o.Totals.Capturable.IsZero() }

func (o *Order) cancelable() bool {
	return o.unfunded() || (o.Phase == Open && !o.mostCancel().IsZero())
}

// mostCancel: a cancel withdraws what is only queued, so the money that one holds is free for it.
func (o *Order) mostCancel() *Amount {
	switch open := o.Hidden.Open; {
	case o.unfunded():
		return &o.Amount.Value
	case open != nil && open.State == Queued:
		remaining := o.money(o.Totals.Remaining()).Value
		return &remaining
	}
	return &o.Totals.Capturable
}

func askingOf(kind OperationKind) (asking, bool) {
	for _, row := range askings {
		if row.kind == kind {
			return row, true
		}
	}
	return asking{}, false
}

// Most is the largest amount that may be asked for; nil where the kind moves none.
func (o *Order) Most(kind OperationKind) *Amount {
	row, known := askingOf(kind)
	if !known || row.most == nil {
		return nil
	}
	most := *row.most(o)
	return &most
}

// Blocked says what stands in the way of any operation of a kind that moves money or changes the
// amount: an unresolved operation, drift, or the order's own state. nil: nothing does.
func (o *Order) Blocked(kind OperationKind) *Error {
	if kind == OpSync {
		return nil
	}
	if open := o.Hidden.Open; open != nil && !o.yields(kind) {
		wait := Next{Action: NextWait, After: 2}
		if open.State == HandedOver {
			wait = Next{Action: NextContactOperator}
		}
		return &Error{Kind: OperationInProgress, Operation: open.ID, Order: o.ID, Next: &wait,
			Detail: "the order's " + string(open.Kind) + " is " + string(open.State)}
	}
	if o.Drift != nil {
		return &Error{Kind: OperationNotAllowed, Order: o.ID, Detail: "the lender's report contradicts our books: " + o.Drift.Seen}
	}
	row, known := askingOf(kind)
	if !known || !row.when(o) {
		return &Error{Kind: OperationNotAllowed, Order: o.ID, Detail: "an order that is " + string(o.Status) + " allows no " + string(kind)}
	}
	return nil
}

// yields: a cancel withdraws what is only queued, and is taken while create or authorize is unresolved.
func (o *Order) yields(kind OperationKind) bool {
	open := o.Hidden.Open
	if kind != OpCancel || o.Hidden.Waiting != "" {
		return false
	}
	return open.State == Queued || open.Kind == OpCreate || open.Kind == OpAuthorize
}

// AllowedNow lists what may be asked of an order, from its own state and what its provider can do with it.
func AllowedNow(o *Order, p Provider, abilities []Ability) []Allowed {
	var allowed []Allowed
	for _, row := range askings {
		ability, able := abilityFor(abilities, row.kind)
		if !able || ability.By != "" || o.Blocked(row.kind) != nil {
			continue
		}
		allowed = append(allowed, o.allow(row, ability, p.Traits))
	}
	return allowed
}

func (o *Order) allow(row asking, ability Ability, traits Traits) Allowed {
	allowed := Allowed{Kind: row.kind, Partial: ability.Partial, Needs: ability.Needs}
	if row.most != nil {
		allowed.Max = o.Most(row.kind)
		allowed.Estimate = traits.Unreadable && row.kind != OpAuthorize
	}
	if row.kind == OpCapture {
		allowed.Final = traits.Final != FinalNot
	}
	if row.kind == OpRefund {
		for i := range o.Captures {
			if most := o.Captures[i].refundable(); !most.IsZero() {
				allowed.Captures = append(allowed.Captures, AllowedCapture{o.Captures[i].ID, most})
			}
		}
	}
	return allowed
}

func abilityFor(abilities []Ability, kind OperationKind) (Ability, bool) {
	for _, ability := range abilities {
		if ability.Kind == kind {
			return ability, true
		}
	}
	return Ability{Kind: kind}, kind == OpSync
}
