package canonical

// Status is what an order is called. It is read off phase and ledger, never set by hand.
type Status string

// The statuses, in the order of the table that reads them off.
const (
	StatusDeclined          Status = "declined"
	StatusFailed            Status = "failed"
	StatusExpired           Status = "expired"
	StatusCanceled          Status = "canceled"
	StatusCreated           Status = "created"
	StatusPending           Status = "pending"
	StatusApproved          Status = "approved"
	StatusAuthorized        Status = "authorized"
	StatusPartiallyCaptured Status = "partially_captured"
	StatusCaptured          Status = "captured"
	StatusPartiallyRefunded Status = "partially_refunded"
	StatusRefunded          Status = "refunded"
)

// Standing is a row of the table of statuses.
type Standing struct {
	Status Status
	When   func(Position) bool
	Final  bool // no operation but sync and record
	Rule   string
}

// Standings is read from the top; the first row that fits is the status.
var Standings = []Standing{
	{StatusDeclined, func(p Position) bool { return p.endedUnfunded(ByLender) }, true, "ended by lender, nothing ever authorized"},
	{StatusFailed, func(p Position) bool { return p.endedUnfunded(ByError) }, true, "ended by error, nothing ever authorized"},
	{StatusExpired, func(p Position) bool { return p.endedUncaptured() && p.EndedBy == ByTime }, true, "ended by time, captured = 0"},
	{StatusCanceled, Position.endedUncaptured, true, "ended otherwise, captured = 0"},
	{StatusCreated, func(p Position) bool { return p.Phase == Created }, false, "phase created, authorized = 0"},
	{StatusPending, func(p Position) bool { return p.Phase == Pending }, false, "phase pending, authorized = 0"},
	{StatusApproved, func(p Position) bool { return p.Phase == Approved }, false, "phase approved, authorized = 0: nothing is reserved, goods must not ship"},
	{StatusAuthorized, func(p Position) bool { return !p.Remaining().IsZero() && p.Captured.IsZero() }, false, "remaining > 0, captured = 0"},
	{StatusPartiallyCaptured, func(p Position) bool { return !p.Remaining().IsZero() }, false, "remaining > 0, captured > 0"},
	{StatusCaptured, func(p Position) bool { return p.Refunded.IsZero() }, false, "remaining = 0, captured > 0, refunded = 0"},
	{StatusPartiallyRefunded, func(p Position) bool { return p.Refunded.Less(p.Captured) }, false, "remaining = 0, 0 < refunded < captured"},
	{StatusRefunded, func(Position) bool { return true }, true, "remaining = 0, refunded = captured > 0"},
}

func (p Position) endedUnfunded(by EndedBy) bool {
	return p.Phase == Ended && p.EndedBy == by && p.Authorized.IsZero()
}

func (p Position) endedUncaptured() bool { return p.Phase == Ended && p.Captured.IsZero() }

// Standing returns the row that fits.
func (p Position) Standing() Standing {
	for _, row := range Standings {
		if row.When(p) {
			return row
		}
	}
	panic("canonical: the last standing fits everything")
}

// Statuses lists every status once.
func Statuses() []Status {
	var all []Status
	for _, row := range Standings {
		all = append(all, row.Status)
	}
	return all
}

// Party is who must act next.
type Party string

// Whoever can be waited for; "" is nobody.
const (
	ForCustomer Party = "customer"
	ForMerchant Party = "merchant"
	ForLender   Party = "lender"
	ForOperator Party = "operator"
)
