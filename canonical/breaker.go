package canonical

import "time"

// BreakerClass is what a breaker stands before.
type BreakerClass string

// The classes. A hold on credentials is told of like a breaker, and can be ended like one.
const (
	WritesBreaker     BreakerClass = "writes" // calls that change something at the lender
	ReadsBreaker      BreakerClass = "reads"
	TokenBreaker      BreakerClass = "token"
	CredentialBreaker BreakerClass = "credential" // one set of credentials, which the lender refuses
)

// BreakerClasses lists the classes that each provider has one breaker of.
var BreakerClasses = []BreakerClass{WritesBreaker, ReadsBreaker, TokenBreaker}

// CircuitState is how a breaker stands.
type CircuitState string

// The states. While a breaker is half open the lender is only asked whether it is back.
const (
	CircuitClosed   CircuitState = "closed"
	CircuitHalfOpen CircuitState = "half_open"
	CircuitOpen     CircuitState = "open"
)

// BreakerCause is why a breaker, or a hold on credentials, changed.
type BreakerCause string

// The causes.
const (
	CauseInARow BreakerCause = "failures_in_a_row"
	CauseRatio  BreakerCause = "failure_ratio"
	CauseAgain  BreakerCause = "failed_again" // when it was tried
	CauseTime   BreakerCause = "time"         // it is asked whether it is back
	CauseBack   BreakerCause = "back"
	CauseForced BreakerCause = "forced"
	CauseDenied BreakerCause = "credentials_refused"
)

// Force is what an operator wants of a breaker.
type Force string

// The forces.
const (
	ForceOpen   Force = "open"
	ForceClosed Force = "closed"
	ForceAuto   Force = "auto" // it decides by itself again
)

// Forced is a state that an operator gave a breaker. It outlives a restart.
type Forced struct {
	Class  BreakerClass `json:"class"`
	To     CircuitState `json:"to"` // open or closed
	Reason string       `json:"reason"`
	By     string       `json:"by,omitempty"`    // id of the operator's key
	Until  *time.Time   `json:"until,omitempty"` // nil: until an operator ends it
}

// Over says whether its time has passed.
func (f Forced) Over(now time.Time) bool { return f.Until != nil && !f.Until.After(now) }

// Breaker is how one breaker of a provider stands.
type Breaker struct {
	Class    BreakerClass `json:"class" enum:"writes,reads,token"`
	State    CircuitState `json:"state" enum:"closed,half_open,open"`
	Since    *time.Time   `json:"since,omitempty"`
	Until    *time.Time   `json:"until,omitempty" doc:"Open: when the lender is asked again, or the forced state ends."`
	Reason   string       `json:"reason,omitempty" doc:"Why it is not closed, or was forced."`
	Cause    BreakerCause `json:"cause,omitempty" enum:"failures_in_a_row,failure_ratio,failed_again,forced" doc:"Why it is not closed, in one word: what it was opened for, however often the lender has failed again since."`
	Forced   bool         `json:"forced,omitempty" doc:"An operator gave it this state."`
	Calls    int          `json:"calls" doc:"Calls in the window that told something about the lender."`
	Failures int          `json:"failures" doc:"Those of them that failed."`
	Percent  int          `json:"error_percent" doc:"Failures in a hundred calls."`
}

// Gate is what stands before a lender: its breakers and limits.
type Gate struct {
	Breakers    []Breaker  `json:"breakers" nullable:"false"`
	Limits      GateLimits `json:"limits"`
	LastSuccess *time.Time `json:"last_success,omitempty" doc:"When the lender last answered as it should, since the gateway started."`
	PausedUntil *time.Time `json:"paused_until,omitempty" doc:"The lender asked for a pause."`
	Holds       []Hold     `json:"credentials_on_hold,omitempty" doc:"For operators: credentials that the lender refuses."`
}

// GateLimits are how many calls a lender gets.
type GateLimits struct {
	InFlight int    `json:"in_flight" doc:"Calls at once."`
	UnderWay int    `json:"under_way" doc:"Calls at this moment."`
	Rate     string `json:"rate" example:"50/s" doc:"Calls in a time."`
}

// Hold keeps one set of credentials from being used: the lender refuses it.
type Hold struct {
	Merchant string    `json:"merchant,omitempty" doc:"Whose own credentials; absent: those that all others share."`
	Since    time.Time `json:"since"`
	Reason   string    `json:"reason"`
}
