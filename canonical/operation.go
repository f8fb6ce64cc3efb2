package canonical

import (
	"slices"
	"time"
)

// OperationKind is what can be asked of an order.
type OperationKind string

// The kinds of operation. OpRecord books a movement made elsewhere: it is no request to a lender.
const (
	OpCreate       OperationKind = "create"
	OpAuthenticate OperationKind = "authenticate"
	OpAuthorize    OperationKind = "authorize"
	OpUpdate       OperationKind = "update"
	OpCapture      OperationKind = "capture"
	OpCancel       OperationKind = "cancel"
	OpRefund       OperationKind = "refund"
	OpSync         OperationKind = "sync"
)

// OperationKinds lists every kind once, in the order of an order's life.
var OperationKinds = []OperationKind{OpCreate, OpAuthenticate, OpAuthorize, OpUpdate, OpCapture, OpCancel, OpRefund, OpSync}

// OperationState is how far an operation, or one of its attempts, has come.
type OperationState string

// The states. Planned is of attempts alone.
const (
	Planned    OperationState = "planned"
	Started    OperationState = "started"     // intent durable, call under way
	Queued     OperationState = "queued"      // taken and durable, nothing sent
	Waiting    OperationState = "pending"     // the lender decides later
	Doubtful   OperationState = "in_doubt"    // may or may not have happened
	HandedOver OperationState = "handed_over" // a person decides, evidence still counts
	Succeeded  OperationState = "succeeded"
	Declined   OperationState = "declined"   // the lender says no to the customer
	Failed     OperationState = "failed"     // certainly nothing moved
	Incomplete OperationState = "incomplete" // some attempts succeeded, the rest certainly did not
)

// OperationStates lists every state of an operation once.
var OperationStates = []OperationState{Started, Queued, Waiting, Doubtful, HandedOver, Succeeded, Declined, Failed, Incomplete}

// Unresolved says whether the outcome is still open: such an operation holds its order and its money.
func (s OperationState) Unresolved() bool {
	switch s {
	case Planned, Started, Queued, Waiting, Doubtful, HandedOver:
		return true
	}
	return false
}

// Uncertain says whether the provider may have acted without our knowing.
func (s OperationState) Uncertain() bool { return s == Doubtful || s == HandedOver }

// Origin is who wanted an operation.
type Origin string

// The origins.
const (
	FromAPI      Origin = "api"
	FromOperator Origin = "operator"
	FromEngine   Origin = "engine"   // a deadline, an orphan, an unwanted authorization
	FromProvider Origin = "provider" // the lender, its dashboard, the customer there
)

// FoundBy is how the end of an operation became known.
type FoundBy string

// The ways to learn of an end.
const (
	ByReply        FoundBy = "reply"
	ByNotification FoundBy = "notification"
	ByPoll         FoundBy = "poll"
	BySync         FoundBy = "sync"
	ByRecovery     FoundBy = "recovery"
	ByOperator     FoundBy = "operator"
)

// Operation is one thing asked of one order.
type Operation struct {
	ID           string         `json:"id"`
	Kind         OperationKind  `json:"kind"`
	Order        string         `json:"order"`
	Merchant     string         `json:"merchant"`
	Mode         Mode           `json:"mode"`
	Provider     string         `json:"provider"`
	Amount       *Money         `json:"amount,omitempty"`
	State        OperationState `json:"state"`
	Attempts     []Attempt      `json:"attempts,omitempty"`
	Origin       Origin         `json:"origin"`
	FoundBy      FoundBy        `json:"found_by,omitempty"`
	Next         Next           `json:"next"`
	Reason       string         `json:"reason,omitempty" doc:"Why it was declined or failed, in canonical words."`
	ProviderCode string         `json:"provider_code,omitempty" doc:"The lender's own word for it."`
	TraceID      string         `json:"trace_id,omitempty"`
	CreatedAt    time.Time      `json:"created_at"`
	FinishedAt   *time.Time     `json:"finished_at,omitempty"`

	Recovery OperationRecovery `json:"-"`
}

// OperationRecovery is what the gateway remembers of an operation to finish it, and never shows.
type OperationRecovery struct {
	Key         string     `json:"key,omitempty"`          // the caller's idempotency key, while it points here
	Change      *Change    `json:"change,omitempty"`       // what an update changes once the lender agreed
	Tries       int        `json:"tries,omitempty"`        // rounds of recovery so far
	Absences    int        `json:"absences,omitempty"`     // reads after the horizon that did not find it
	AbsentSince *time.Time `json:"absent_since,omitempty"` // the first of them
	Unreached   int        `json:"unreached,omitempty"`    // rounds since the lender last answered
	Again       *time.Time `json:"again,omitempty"`        // when a look can be proof: no later than the schedule says
	Sender      string     `json:"sender,omitempty"`       // who started an attempt later than the first, and alone may send it
	Taken       bool       `json:"taken,omitempty"`        // the lender has the attempt, and decides later: it is only read
	Event       int        `json:"event,omitempty"`        // the history event that settled it
	Actor       string     `json:"actor,omitempty"`        // id of the API key that asked
	Span        string     `json:"span,omitempty"`         // of the trace: what later traces link to
	Problem     Kind       `json:"problem,omitempty"`      // why it failed
	Detail      string     `json:"detail,omitempty"`       // of that problem, for the caller
	RetryAfter  int        `json:"retry_after,omitempty"`  // seconds after which it may be asked again, where that is known
	Expires     bool       `json:"expires,omitempty"`      // of a cancel: the order ends because its time was over
}

// Attempt is one request to the provider made for an operation.
type Attempt struct {
	ID              string         `json:"id"`
	Kind            OperationKind  `json:"kind"`
	Amount          *Money         `json:"amount,omitempty"`
	Capture         string         `json:"capture,omitempty" doc:"The capture a refund belongs to."`
	Final           bool           `json:"final,omitempty" doc:"The same request gives back what it leaves."`
	State           OperationState `json:"state"`
	Reference       string         `json:"reference,omitempty" doc:"What we called it at the lender."`
	Key             string         `json:"key,omitempty" doc:"The idempotency key the lender got."`
	LenderReference string         `json:"lender_reference,omitempty"`
	Sends           int            `json:"sends" doc:"Requests that may have left the gateway."`
	CallEndsAt      *time.Time     `json:"call_ends_at,omitempty" doc:"After this no byte of the request can leave."`
	StartedAt       *time.Time     `json:"started_at,omitempty"`
	FinishedAt      *time.Time     `json:"finished_at,omitempty"`
	Problem         string         `json:"problem,omitempty" doc:"Code of the problem that ended it."`
	Config          string         `json:"config,omitempty" doc:"Hash of the provider's configuration it ran under."`
}

// Change is what an update wants to be different; nil fields stay.
type Change struct {
	Reference *string   `json:"reference,omitempty"`
	Amount    *Money    `json:"amount,omitempty"`
	Plan      *Plan     `json:"plan,omitempty"`
	Lines     []Line    `json:"lines,omitempty"`
	Shipping  *Shipping `json:"shipping,omitempty"`
	Metadata  Metadata  `json:"metadata,omitempty"`
}

// Unsettled is the money of attempts whose outcome is still open; zero where the operation moves none.
func (op *Operation) Unsettled() Amount {
	var sum Amount
	for _, attempt := range op.Attempts {
		if attempt.State.Unresolved() && attempt.Amount != nil {
			sum = sum.Add(attempt.Amount.Value)
		}
	}
	return sum
}

// closes says whether an attempt whose outcome is open would, by the same request, give back the rest.
func (op *Operation) closes() bool {
	for _, attempt := range op.Attempts {
		if attempt.State.Unresolved() && attempt.Final {
			return true
		}
	}
	return false
}

// Current returns the attempt that is not settled yet, the first in the plan.
func (op *Operation) Current() (*Attempt, bool) {
	for i := range op.Attempts {
		if op.Attempts[i].State.Unresolved() {
			return &op.Attempts[i], true
		}
	}
	return nil, false
}

// Plans says whether attempts are left that have not begun.
func (op *Operation) Plans() bool {
	return slices.ContainsFunc(op.Attempts, func(a Attempt) bool { return a.State == Planned })
}

// StateOfPlan reads the operation's state off its attempts.
func StateOfPlan(attempts []Attempt) OperationState {
	succeeded := 0
	for _, attempt := range attempts {
		switch {
		case attempt.State == Succeeded:
			succeeded++
		case attempt.State == Planned:
			return Started
		case attempt.State == Failed && succeeded > 0:
			return Incomplete
		default:
			return attempt.State
		}
	}
	return Succeeded
}
