package adapters

import (
	"cmp"
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/lendgate/lendgate/canonical"
)

// Limits is what one provider gets: shared by all merchants.
type Limits struct {
	InFlight int
	Rate     rate.Limit // requests a second
	Breaker  Breaker
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

// rooms are the parts of a gate's limits.
type rooms struct {
	common   room // its limiter counts every call
	fresh    room // new work's own
	recovery room
}

func newRooms(limits Limits) rooms {
	own, common := split(limits.InFlight)
	ownRate := limits.Rate * ownPercent / 100
	return rooms{common: newRoom(common, limits.Rate), fresh: newRoom(own, ownRate), recovery: newRoom(own, ownRate)}
}

// LocalGate is the gate of one process: a breaker for each class, a bulkhead, a rate limit, and holds on
// credentials that the lender refuses.
type LocalGate struct {
	name   string
	writes *breaker
	reads  *breaker
	tokens *breaker
	holds  *holds
	alone  chan struct{}

	turning sync.Mutex
	limits  Limits
	rooms
	paused  time.Time // the lender asked to be left alone until then
	success time.Time
	asked   int // reads that were let through
	asking  int // those of them that are under way

	telling  sync.Mutex
	listener func(Change)
	untold   []Change
	busy     bool // somebody tells

	stamping sync.Mutex
	stamped  map[[32]byte]int64
}

// NewLocalGate makes a gate.
func NewLocalGate(name string, limits Limits) *LocalGate {
	g := &LocalGate{name: name, limits: limits, rooms: newRooms(limits), alone: make(chan struct{}, 1), stamped: make(map[[32]byte]int64)}
	g.writes = newBreaker(canonical.WritesBreaker, limits.Breaker, g.note)
	g.reads = newBreaker(canonical.ReadsBreaker, limits.Breaker, g.note)
	g.tokens = newBreaker(canonical.TokenBreaker, limits.Breaker, g.note)
	g.holds = newHolds(limits.Breaker, g.note)
	return g
}

func (g *LocalGate) breaker(class Class) *breaker {
	switch class {
	case ReadCall:
		return g.reads
	case TokenCall:
		return g.tokens
	}
	return g.writes // also before harmless ones: they meet the same part of the lender
}

// Listen has every change of state told to f, one after the other. It is called before the gate is used,
// and f must not wait.
func (g *LocalGate) Listen(f func(Change)) { g.listener = f }

// note remembers a change. It is told once no lock is held that the listener might want.
func (g *LocalGate) note(c Change) {
	c.Provider = g.name
	g.telling.Lock()
	defer g.telling.Unlock()
	if g.listener != nil {
		g.untold = append(g.untold, c)
	}
}

func (g *LocalGate) tell() {
	g.telling.Lock()
	defer g.telling.Unlock()
	for !g.busy && len(g.untold) > 0 {
		changes := g.untold
		g.untold, g.busy = nil, true
		g.telling.Unlock()
		for _, c := range changes {
			g.listener(c)
		}
		g.telling.Lock()
		g.busy = false
	}
}

// Enter passes holds and breaker, the rate limit and the bulkhead. See Gate.
func (g *LocalGate) Enter(ctx context.Context, e Errand) (func(Shown), error) {
	defer g.tell()
	b := g.breaker(e.Class)
	if refusal := cmp.Or(g.holds.refusal(e, false), b.shut()); refusal != nil {
		return nil, refusal // before it waits for anything
	}
	free := func() {}
	if e.Class != TokenCall { // a token is fetched on behalf of a call that has passed
		var err error
		if free, err = g.admit(ctx, e); err != nil {
			return nil, err
		}
	}
	begun := time.Now()
	leave, refusal := b.enter()
	if refusal == nil {
		refusal = g.holds.refusal(e, true)
		if refusal != nil {
			leave(Shown{Health: Neutral})
		}
	}
	if refusal != nil {
		free()
		return nil, refusal
	}
	g.count(e, 1)
	return func(s Shown) {
		g.count(e, -1)
		free()
		leave(s)
		g.learn(e, begun, s)
		g.tell()
	}, nil
}

// count counts reads: one more under way, or one less.
func (g *LocalGate) count(e Errand, more int) {
	if e.Class != ReadCall {
		return
	}
	g.turning.Lock()
	defer g.turning.Unlock()
	g.asking += more
	g.asked += max(0, more)
}

// learn takes what a call showed for what its breaker does not count.
func (g *LocalGate) learn(e Errand, begun time.Time, s Shown) {
	g.holds.learn(e, begun, s)
	if s.Health == Healthy && e.Class == ReadCall {
		g.writes.proven(begun)
	}
	g.turning.Lock()
	defer g.turning.Unlock()
	if s.Health == Healthy {
		g.success = time.Now()
	}
	if until := time.Now().Add(min(s.Pause, longestPause)); s.Pause > 0 && until.After(g.paused) {
		g.paused = until
	}
}

// longestPause is the longest a lender is left alone because it asks for it.
const longestPause = time.Minute

// admit waits for the call's turn and takes a slot for it. Repeats have no more than recovery's own: that
// is their budget.
func (g *LocalGate) admit(ctx context.Context, e Errand) (free func(), err error) {
	now := g.now()
	own, repeats := now.fresh, e.Recovering && e.Class != ReadCall
	if e.Recovering {
		own = now.recovery
	}
	if err := g.pace(ctx, now.common.limiter, own.limiter, repeats); err != nil {
		return nil, err
	}
	lanes := []chan struct{}{own.slots, now.common.slots}
	if repeats {
		lanes = lanes[:1]
	}
	for _, slots := range lanes {
		select {
		case slots <- struct{}{}:
			return func() { <-slots }, nil
		default:
		}
	}
	return nil, &Refusal{Reason: "too many calls to the lender at once", After: soon}
}

// now are the rooms as they are now: a reload may make others.
func (g *LocalGate) now() rooms {
	g.turning.Lock()
	defer g.turning.Unlock()
	return g.rooms
}

// longestPace is how long a call may wait for its turn under the rate limit. One that would wait
// longer is refused at once: its caller does better to hear of it.
const longestPace = 2 * time.Second

// pace waits for the call's turn.
func (g *LocalGate) pace(ctx context.Context, common, own *rate.Limiter, only bool) error {
	wait, err := g.turn(common, own, only)
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

// turn gives a call the sooner of a turn of its own and a common one, or only one of its own. The first
// counts as the other too, so that all calls together keep to the lender's rate.
func (g *LocalGate) turn(common, own *rate.Limiter, only bool) (time.Duration, error) {
	g.turning.Lock()
	defer g.turning.Unlock()
	wait, mine := due(common), due(own)
	if only {
		wait = mine + 1
	}
	if paused := time.Until(g.paused); paused > longestPace {
		return 0, &Refusal{Reason: "the lender asked for a pause", After: paused}
	} else if paused > 0 {
		wait, mine = max(wait, paused), max(mine, paused)
	}
	if soonest := min(wait, mine); soonest > longestPace {
		return 0, &Refusal{Reason: "too many calls to the lender in a short time", After: soonest}
	}
	common.Reserve()
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
