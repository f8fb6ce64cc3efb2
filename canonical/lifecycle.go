package canonical

import "fmt"

// Phase is how far an order has come at the lender.
type Phase string

// The phases, in order. The first authorized amount sets Open.
const (
	Created  Phase = "created"
	Pending  Phase = "pending"
	Approved Phase = "approved"
	Open     Phase = "open"
	Ended    Phase = "ended"
)

// Phases lists every phase once.
var Phases = []Phase{Created, Pending, Approved, Open, Ended}

// EndedBy is who or what ended an order.
type EndedBy string

// Whatever can end an order.
const (
	ByLender EndedBy = "lender"
	ByError  EndedBy = "error"
	ByTime   EndedBy = "time"
	ByCancel EndedBy = "cancel"
)

// Endings lists every EndedBy once.
var Endings = []EndedBy{ByLender, ByError, ByTime, ByCancel}

// Position is all the lifecycle knows of an order: the status is read off it.
type Position struct {
	Phase   Phase   `json:"phase"`
	EndedBy EndedBy `json:"ended_by,omitempty"`
	Ledger
}

// MoveName names a step an order can take.
type MoveName string

// The moves: four of money, one of waiting, one that ends.
const (
	Await     MoveName = "await"
	Authorize MoveName = "authorize"
	Capture   MoveName = "capture"
	Cancel    MoveName = "cancel"
	Refund    MoveName = "refund"
	End       MoveName = "end"
)

// Movement is one move of one order, as a value: what an operation or a lender's report does to it.
type Movement struct {
	Move    MoveName `json:"move"`
	Amount  Amount   `json:"amount"`             // of the four money moves
	Phase   Phase    `json:"phase,omitempty"`    // of Await
	EndedBy EndedBy  `json:"ended_by,omitempty"` // of End, and of a Cancel that gives back everything
}

// Move is a row of the table of moves.
type Move struct {
	Name  MoveName
	From  []Phase
	Room  func(Position) (Amount, bool) // the most it may move; false: no bound
	Limit string                        // Room in words
	Enter func(Position, Movement) Position
	Note  string
}

// Moves is the whole lifecycle. Nothing else changes a Position.
var Moves = []Move{
	{Await, waiting, unbounded, "", enterAwait, "customer or lender acts; nothing is reserved"},
	{Authorize, Phases, roomPromise, "what a ledger can hold", enterAuthorize, "the lender reserves; after the end it opens the order again, because the money is real"},
	{Capture, []Phase{Open}, roomRemaining, "remaining", enterCapture, "goods were delivered"},
	{Cancel, []Phase{Open}, roomRemaining, "remaining", enterCancel, "gives back what is not captured; all of it, with nothing captured, ends the order"},
	{Refund, []Phase{Open, Ended}, roomRefundable, "captured - refunded", enterRefund, "gives back what was captured"},
	{End, []Phase{Created, Pending, Approved, Open}, unbounded, "", enterEnd, "what remains is canceled"},
}

var waiting = []Phase{Created, Pending, Approved}

func unbounded(Position) (Amount, bool)        { return Amount{}, false }
func roomPromise(p Position) (Amount, bool)    { return largest.Sub(p.Authorized), true }
func roomRemaining(p Position) (Amount, bool)  { return p.Remaining(), true }
func roomRefundable(p Position) (Amount, bool) { return p.Ledger.Refundable(), true }

func enterAwait(p Position, m Movement) Position {
	p.Phase = m.Phase
	return p
}

func enterAuthorize(p Position, m Movement) Position {
	p.Authorized = p.Authorized.Add(m.Amount)
	p.Phase, p.EndedBy = Open, ""
	return p
}

func enterCapture(p Position, m Movement) Position {
	p.Captured = p.Captured.Add(m.Amount)
	return p
}

func enterCancel(p Position, m Movement) Position {
	p.Canceled = p.Canceled.Add(m.Amount)
	if p.Remaining().IsZero() && p.Captured.IsZero() {
		p.Phase, p.EndedBy = Ended, m.endedBy()
	}
	return p
}

func (m Movement) endedBy() EndedBy {
	if m.EndedBy == "" {
		return ByCancel
	}
	return m.EndedBy
}

func enterRefund(p Position, m Movement) Position {
	p.Refunded = p.Refunded.Add(m.Amount)
	return p
}

func enterEnd(p Position, m Movement) Position {
	p.Canceled = p.Canceled.Add(p.Remaining())
	p.Phase, p.EndedBy = Ended, m.EndedBy
	return p
}

// MoveNamed returns the row of a move; an unknown name is a programmer's fault and panics.
func MoveNamed(name MoveName) Move {
	for _, move := range Moves {
		if move.Name == name {
			return move
		}
	}
	panic("canonical: no move " + string(name))
}

// Apply takes the step, or says why the order cannot. The Position given stays as it was.
func (p Position) Apply(m Movement) (Position, error) {
	move := MoveNamed(m.Move)
	if !contains(move.From, p.Phase) {
		return p, fmt.Errorf("%s is not possible in phase %s", m.Move, p.Phase)
	}
	if err := m.check(); err != nil {
		return p, err
	}
	if room, bounded := move.Room(p); bounded && room.Less(m.Amount) {
		return p, fmt.Errorf("%s of %s exceeds %s", m.Move, m.Amount, room)
	}
	return move.Enter(p, m), nil
}

func (m Movement) check() error {
	switch m.Move {
	case Await:
		if !contains(waiting, m.Phase) {
			return fmt.Errorf("await takes a waiting phase, not %q", m.Phase)
		}
	case End:
		if !contains(Endings, m.EndedBy) {
			return fmt.Errorf("end needs to say by whom, not %q", m.EndedBy)
		}
	default:
		if m.Amount.IsZero() {
			return fmt.Errorf("%s of nothing", m.Move)
		}
		if m.EndedBy != "" && !contains(Endings, m.EndedBy) {
			return fmt.Errorf("%q ends no order", m.EndedBy)
		}
	}
	return nil
}

func contains[T comparable](set []T, one T) bool {
	for _, member := range set {
		if member == one {
			return true
		}
	}
	return false
}
