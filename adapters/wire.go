package adapters

import (
	"context"
	"net/http"
	"time"
)

// Wire is one HTTP request, complete.
type Wire struct {
	Class   Class
	Method  string
	URL     string      // base URL, path and query
	Header  http.Header // sent with the names as they are spelled here
	Body    []byte
	Timeout time.Duration
}

// Reply is what came back.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Reach is how far a request got.
type Reach string

// The reaches. Not sent means proven: no connection was ever handed over.
const (
	NotSent Reach = "not_sent"
	Sent    Reach = "sent"
	Replied Reach = "replied"
)

// Transport sends one request, once. The error says why there is no reply, or no whole one.
type Transport interface {
	Send(ctx context.Context, w Wire) (Reply, Reach, error)
}

// Health is what a call says about a lender, for its breaker.
type Health string

// The healths. A decline is healthy; a caller that went away says nothing.
const (
	Healthy   Health = "healthy"
	Unhealthy Health = "unhealthy"
	Neutral   Health = "neutral"
	Denied    Health = "denied" // neutral, and the lender refuses the credentials
)

// Shown is what a call has shown of the lender.
type Shown struct {
	Health Health
	Why    string        // of one that is not healthy
	Pause  time.Duration // the lender asks to be left alone for so long
}

// Errand is what a call that wants to pass a gate is about.
type Errand struct {
	Class      Class
	Recovering bool   // it ends a doubt: a repeat, or a look for an attempt whose end is not known
	Credential string // names the set of credentials it uses
}

// Refusal is why a gate does not let a call pass.
type Refusal struct {
	Reason string        // for the caller
	After  time.Duration // when it may; 0: nobody can say
}

// Error is the reason.
func (r *Refusal) Error() string { return r.Reason }

// Gate lets a call pass, or says why not: breaker open, too many at once, too fast.
type Gate interface {
	// Enter waits for nothing but the rate limit. leave must be called once, with what the call showed.
	// The error may be a *Refusal.
	// Work that ends a doubt gets through whatever new work there is, and the other way round.
	Enter(ctx context.Context, e Errand) (leave func(Shown), err error)
	// Alone runs f while no other Alone of this gate runs.
	Alone(ctx context.Context, f func() error) error
	// Stamp returns the first whole second, at or after now, that was never returned for these bytes.
	Stamp(bytes []byte, now time.Time) time.Time
}
