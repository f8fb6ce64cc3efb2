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

// ownPercent is the part of a lender's limits that work which ends doubts has to itself, and new work
// likewise, so that neither can keep the other out. The rest is common: whoever comes first has it.
const ownPercent = 25

// split divides a count of calls. Each kind of work has room for one, also where that makes more than
// the limit.
func split(limit int) (own, common int) {
	own = max(1, limit*ownPercent/100)
	return own, max(0, limit-2*own)
}

// room is for so many calls at once, and so many a second.
type room struct {
	slots   chan struct{}
	limiter *rate.Limiter
}

func newRoom(slots int, limit rate.Limit) room {
	return room{make(chan struct{}, slots), rate.NewLimiter(limit, max(1, slots))}
}

// LocalGate is the gate of one process: a breaker for each class, a bulkhead, a rate limit.
type LocalGate struct {
	breakers map[Class]*gobreaker.TwoStepCircuitBreaker[any]
	common   room // its limiter counts every call
	fresh    room // new work's own
	recovery room
	alone    chan struct{}
	turning  sync.Mutex

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
	own, common := split(limits.InFlight)
	ownRate := limits.Rate * ownPercent / 100
	g := &LocalGate{
		breakers: make(map[Class]*gobreaker.TwoStepCircuitBreaker[any]),
		common:   newRoom(common, limits.Rate),
		fresh:    newRoom(own, ownRate),
		recovery: newRoom(own, ownRate),
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
func (g *LocalGate) Enter(ctx context.Context, e Errand) (func(Health), error) {
	free := func() {}
	if e.Class != TokenCall { // a token is fetched on behalf of a call that has passed
		var err error
		if free, err = g.admit(ctx, e); err != nil {
			return nil, err
		}
	}
	done, err := g.breakers[e.Class].Allow()
	if err != nil {
		free()
		return nil, fmt.Errorf("breaker: %w", err)
	}
	return func(h Health) {
		free()
		done(h.err())
	}, nil
}

// admit waits for the call's turn and takes a slot for it.
func (g *LocalGate) admit(ctx context.Context, e Errand) (free func(), err error) {
	own := g.fresh
	if e.Recovering {
		own = g.recovery
	}
	if err := g.pace(ctx, own.limiter); err != nil {
		return nil, fmt.Errorf("rate limit: %w", err)
	}
	for _, slots := range []chan struct{}{own.slots, g.common.slots} {
		select {
		case slots <- struct{}{}:
			return func() { <-slots }, nil
		default:
		}
	}
	return nil, errors.New("too many calls at once")
}

// longestPace is how long a call may wait for its turn under the rate limit. One that would wait
// longer is refused at once: its caller does better to hear of it.
const longestPace = 2 * time.Second

// pace waits for the call's turn.
func (g *LocalGate) pace(ctx context.Context, own *rate.Limiter) error {
	wait, err := g.turn(own)
	if err != nil || wait == 0 {
		return err
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// turn gives a call the sooner of a turn of its own and a common one. The first counts as the other
// too, so that all calls together keep to the lender's rate.
func (g *LocalGate) turn(own *rate.Limiter) (time.Duration, error) {
	g.turning.Lock()
	defer g.turning.Unlock()
	wait, mine := due(g.common.limiter), due(own)
	if min(wait, mine) > longestPace {
		return 0, errors.New("its turn is too far off")
	}
	g.common.limiter.Reserve()
	if mine < wait {
		own.Reserve()
		return mine, nil
	}
	return wait, nil
}

// due is how soon a limiter lets the next call pass.
func due(l *rate.Limiter) time.Duration {
	return time.Duration(max(0, 1-l.Tokens()) / float64(l.Limit()) * float64(time.Second))
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
