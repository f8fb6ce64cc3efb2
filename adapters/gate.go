package adapters

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"
	"golang.org/x/time/rate"
)

// Limits is what one provider gets: shared by all merchants.
type Limits struct {
	InFlight int
	Rate     rate.Limit // requests a second
	Breaker  Breaker
}

// Breaker says when calls to a lender stop, and for how long.
type Breaker struct {
	InARow       uint32
	RatioPercent uint32 // of failures among at least MinimumCalls
	MinimumCalls uint32
	Window       time.Duration
	OpenFor      time.Duration
}

// LocalGate is the gate of one process: a breaker for each class, a bulkhead, a rate limit.
type LocalGate struct {
	breakers map[Class]*gobreaker.TwoStepCircuitBreaker[any]
	slots    chan struct{}
	limiter  *rate.Limiter
	alone    chan struct{}

	stamping sync.Mutex
	stamped  map[[32]byte]int64
}

// errUnhealthy and errNeutral tell the breaker what a call showed.
var (
	errUnhealthy = errors.New("unhealthy")
	errNeutral   = errors.New("neutral")
)

// NewLocalGate makes a gate.
func NewLocalGate(name string, limits Limits) *LocalGate {
	g := &LocalGate{
		breakers: make(map[Class]*gobreaker.TwoStepCircuitBreaker[any]),
		slots:    make(chan struct{}, limits.InFlight),
		limiter:  rate.NewLimiter(limits.Rate, max(1, limits.InFlight)),
		alone:    make(chan struct{}, 1),
		stamped:  make(map[[32]byte]int64),
	}
	for _, class := range []Class{MoneyCall, ReadCall, TokenCall} {
		g.breakers[class] = gobreaker.NewTwoStepCircuitBreaker[any](limits.Breaker.settings(name + " " + string(class)))
	}
	g.breakers[Harmless] = g.breakers[MoneyCall]
	return g
}

func (b Breaker) settings(name string) gobreaker.Settings {
	return gobreaker.Settings{
		Name: name, MaxRequests: 1, Interval: b.Window, BucketPeriod: b.Window / 10, Timeout: b.OpenFor,
		ReadyToTrip:  b.trips,
		IsSuccessful: func(err error) bool { return err == nil },
		IsExcluded:   func(err error) bool { return err == errNeutral },
	}
}

func (b Breaker) trips(c gobreaker.Counts) bool {
	if c.ConsecutiveFailures >= b.InARow {
		return true
	}
	told := c.Requests - min(c.Requests, c.TotalExclusions) // neutral calls say nothing
	return told >= b.MinimumCalls && c.TotalFailures*100 >= told*b.RatioPercent
}

// Enter passes the rate limit, the bulkhead and the breaker, in this order. See Gate.
func (g *LocalGate) Enter(ctx context.Context, class Class) (func(Health), error) {
	if err := g.pace(ctx); err != nil {
		return nil, fmt.Errorf("rate limit: %w", err)
	}
	select {
	case g.slots <- struct{}{}:
	default:
		return nil, errors.New("too many calls at once")
	}
	done, err := g.breakers[class].Allow()
	if err != nil {
		<-g.slots
		return nil, fmt.Errorf("breaker: %w", err)
	}
	return func(h Health) {
		<-g.slots
		done(h.err())
	}, nil
}

// longestPace is how long a call may wait for its turn under the rate limit. One that would wait
// longer is refused at once: its caller does better to hear of it.
const longestPace = 2 * time.Second

func (g *LocalGate) pace(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, longestPace)
	defer cancel()
	return g.limiter.Wait(ctx)
}

func (h Health) err() error {
	switch h {
	case Unhealthy:
		return errUnhealthy
	case Neutral:
		return errNeutral
	}
	return nil
}

// State names the state of a class's breaker: closed, half-open, open.
func (g *LocalGate) State(class Class) string { return g.breakers[class].State().String() }

// Alone runs f while no other Alone of this gate runs. See Gate.
func (g *LocalGate) Alone(ctx context.Context, f func() error) error {
	select {
	case g.alone <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-g.alone }()
	return f()
}

// Stamp gives every use of the same bytes a second of its own. See Gate.
func (g *LocalGate) Stamp(bytes []byte, now time.Time) time.Time {
	g.stamping.Lock()
	defer g.stamping.Unlock()
	digest, second := sha256.Sum256(bytes), now.Unix()
	if last, used := g.stamped[digest]; used && last >= second {
		second = last + 1
	}
	g.stamped[digest] = second
	g.forget(now.Unix() - 600)
	return time.Unix(second, 0).UTC()
}

// forget drops stamps that no lender remembers any more, once there are many.
func (g *LocalGate) forget(before int64) {
	if len(g.stamped) < 10000 {
		return
	}
	for digest, second := range g.stamped {
		if second < before {
			delete(g.stamped, digest)
		}
	}
}
