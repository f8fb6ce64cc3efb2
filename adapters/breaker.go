package adapters

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/lendgate/lendgate/canonical"
)

// Breaker says when calls to a lender stop, and for how long.
type Breaker struct {
	InARow        uint32
	RatioPercent  uint32 // of failures among at least MinimumCalls
	MinimumCalls  uint32
	Window        time.Duration
	OpenFor       time.Duration // the first time; each next time twice as long
	OpenForAtMost time.Duration
}

// Change is a change of one breaker's state, or of a hold on credentials: open is on hold.
type Change struct {
	Provider   string
	Class      canonical.BreakerClass
	Credential string // of a hold: whose; "" is the set that all share
	From, To   canonical.CircuitState
	Cause      canonical.BreakerCause
	Reason     string    // the cause in words
	Until      time.Time // of one that opened: when the lender is asked again; zero where nobody can say
}

// breaker is one class's. The counting is gobreaker's; here is when an open one tries again, who may
// try, and that a lender which is back is not overrun.
type breaker struct {
	class canonical.BreakerClass
	rules Breaker
	tell  func(Change)

	mu      sync.Mutex // held around every use of what follows
	counter *gobreaker.TwoStepCircuitBreaker[any]
	at      canonical.CircuitState
	since   time.Time
	until   time.Time     // of an open one
	openFor time.Duration // the last time
	closed  time.Time     // when it last closed
	reason  string
	cause   canonical.BreakerCause // what it was opened for
	last    string                 // why the last call failed
	told    gobreaker.Counts
	forced  *canonical.Forced
	ordered time.Time // when that was

	term     int  // counts the changes: what a call shows is of the term it began in
	missing  int  // successes before the lender is trusted again
	underWay int  // calls of this term, while it is not
	granted  bool // one call may ask although it is no read
}

// trialCalls must go well after a breaker has closed before the lender gets all calls again.
const trialCalls = 3

// errUnhealthy and errNeutral tell the counter what a call showed.
var (
	errUnhealthy = errors.New("unhealthy")
	errNeutral   = errors.New("neutral")
)

func newBreaker(class canonical.BreakerClass, rules Breaker, tell func(Change)) *breaker {
	b := &breaker{class: class, rules: rules, tell: tell, at: canonical.CircuitClosed, since: time.Now()}
	b.counter = b.newCounter()
	return b
}

func (b *breaker) newCounter() *gobreaker.TwoStepCircuitBreaker[any] {
	return gobreaker.NewTwoStepCircuitBreaker[any](gobreaker.Settings{
		MaxRequests: 1, Interval: b.rules.Window, BucketPeriod: b.rules.Window / 10,
		Timeout:       1, // until says how long
		ReadyToTrip:   b.trips,
		IsSuccessful:  func(err error) bool { return err == nil },
		IsExcluded:    func(err error) bool { return err == errNeutral },
		OnStateChange: b.turned,
	})
}

// adjust gives it other rules, by which it counts from now on. One that was not closed is closed by them, and
// lets few calls pass at first: what it was opened for may be no reason under the new rules, and may still be.
func (b *breaker) adjust(rules Breaker) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rules, b.told = rules, gobreaker.Counts{}
	b.counter, b.term, b.underWay = b.newCounter(), b.term+1, 0
	if b.at != canonical.CircuitClosed {
		b.closed, b.missing = time.Now(), trialCalls
		b.turn(canonical.CircuitClosed, canonical.CauseForced, "its settings were changed")
	}
}

func (b *breaker) trips(c gobreaker.Counts) bool {
	b.told = c
	if b.missing > 0 || c.ConsecutiveFailures >= b.rules.InARow {
		return true
	}
	told := conclusive(c)
	return told >= b.rules.MinimumCalls && c.TotalFailures*100 >= told*b.rules.RatioPercent
}

// conclusive counts the calls that told something: not those under way, nor those that say nothing.
func conclusive(c gobreaker.Counts) uint32 { return c.TotalSuccesses + c.TotalFailures }

// turned follows the counter.
func (b *breaker) turned(_ string, from, to gobreaker.State) {
	switch to {
	case gobreaker.StateOpen:
		b.open(from == gobreaker.StateHalfOpen)
	case gobreaker.StateClosed:
		b.closed, b.missing = time.Now(), trialCalls
		b.turn(canonical.CircuitClosed, canonical.CauseBack, "the lender answers again")
	}
}

// open opens it, for twice as long as before where it is the same trouble still.
func (b *breaker) open(again bool) {
	now := time.Now()
	var cause canonical.BreakerCause
	cause, b.reason = b.why(again)
	if !again {
		b.cause = cause
	}
	same := again || (!b.closed.IsZero() && now.Sub(b.closed) < b.rules.Window)
	b.openFor = max(b.rules.OpenFor, min(2*b.openFor, b.rules.OpenForAtMost))
	if !same {
		b.openFor = b.rules.OpenFor
	}
	b.until, b.missing = now.Add(b.openFor-jitter(b.openFor/5)), 0
	b.turn(canonical.CircuitOpen, cause, b.reason)
}

func jitter(most time.Duration) time.Duration { return time.Duration(rand.Int64N(int64(most) + 1)) }

func (b *breaker) why(again bool) (cause canonical.BreakerCause, reason string) {
	cause, reason = canonical.CauseRatio, fmt.Sprintf("%d of %d calls failed", b.told.TotalFailures, conclusive(b.told))
	switch {
	case again || b.missing > 0:
		cause, reason = canonical.CauseAgain, "it failed again when it was tried"
	case b.told.ConsecutiveFailures >= b.rules.InARow:
		cause, reason = canonical.CauseInARow, fmt.Sprintf("%d calls in a row failed", b.told.ConsecutiveFailures)
	}
	if b.last != "" {
		reason += ", the last with: " + b.last
	}
	return cause, reason
}

// turn changes the state and tells, but for what a forced state hides.
func (b *breaker) turn(to canonical.CircuitState, cause canonical.BreakerCause, reason string) {
	from := b.at
	b.at, b.since, b.granted = to, time.Now(), false
	b.term, b.underWay = b.term+1, 0
	if b.forced == nil {
		b.announce(Change{From: from, To: to, Cause: cause, Reason: reason})
	}
}

func (b *breaker) announce(change Change) {
	change.Class = b.class
	if change.To == canonical.CircuitOpen {
		_, change.Until, _ = b.standing()
	}
	if change.From != change.To {
		b.tell(change)
	}
}

// standing is the state that counts now, and until when.
func (b *breaker) standing() (state canonical.CircuitState, until time.Time, reason string) {
	if b.forced != nil {
		if b.forced.Until != nil {
			until = *b.forced.Until
		}
		return b.forced.To, until, b.forced.Reason
	}
	if b.at == canonical.CircuitOpen && !time.Now().Before(b.until) {
		b.turn(canonical.CircuitHalfOpen, canonical.CauseTime, "the lender is asked whether it is back")
	}
	switch b.at {
	case canonical.CircuitClosed:
		return b.at, until, ""
	case canonical.CircuitOpen:
		until = b.until
	}
	return b.at, until, b.reason
}

// shut says why a call would not pass; nil: it would.
func (b *breaker) shut() *Refusal {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.refusal()
}

// soon is when a caller may ask again while the lender is being tried.
const soon = time.Second

func (b *breaker) refusal() *Refusal {
	state, until, reason := b.standing()
	switch {
	case state == canonical.CircuitOpen:
		refusal := &Refusal{Reason: "calls to the lender are stopped: " + reason}
		if !until.IsZero() {
			refusal.After = time.Until(until)
		}
		return refusal
	case state == canonical.CircuitHalfOpen && b.class == canonical.WritesBreaker && !b.granted:
		return &Refusal{Reason: "calls to the lender are stopped, and it is asked whether it is back: " + reason, After: soon}
	case b.forced == nil && b.missing > 0 && b.underWay > trialCalls-b.missing:
		return &Refusal{Reason: "the lender is back, and gets few calls at first", After: soon}
	}
	return nil
}

// enter lets a call pass, or says why not.
func (b *breaker) enter() (leave func(Shown), refusal *Refusal) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if refusal := b.refusal(); refusal != nil {
		return nil, refusal
	}
	if b.forced != nil { // what it shows then is the operator's business
		return func(Shown) {}, nil
	}
	done, err := b.counter.Allow()
	if err != nil {
		return nil, &Refusal{Reason: "calls to the lender are stopped, and another call asks whether it is back", After: soon}
	}
	b.granted = false
	b.underWay++
	term, counter := b.term, b.counter
	return func(s Shown) {
		b.mu.Lock()
		defer b.mu.Unlock()
		if counter == b.counter { // else it began under other rules
			b.leave(done, term, s)
		}
	}, nil
}

func (b *breaker) leave(done func(error), term int, s Shown) {
	if s.Health == Unhealthy {
		b.last = s.Why
	}
	if term == b.term {
		b.underWay--
	}
	if term == b.term && b.missing > 0 && s.Health == Healthy {
		b.missing--
	}
	done(s.Health.err())
}

func (h Health) err() error {
	switch h {
	case Unhealthy:
		return errUnhealthy
	case Neutral, Denied:
		return errNeutral
	}
	return nil
}

// proven closes a half-open breaker because something harmless that began since went well.
func (b *breaker) proven(begun time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if state, _, _ := b.standing(); state != canonical.CircuitHalfOpen || begun.Before(b.until) {
		return
	}
	if done, err := b.counter.Allow(); err == nil {
		done(nil)
	}
}

// grant lets one call of whatever kind ask whether the lender is back.
func (b *breaker) grant() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if state, _, _ := b.standing(); state == canonical.CircuitHalfOpen {
		b.granted = true
	}
}

// force gives it a state until told otherwise; nil: it decides by itself again.
func (b *breaker) force(f *canonical.Forced) {
	b.mu.Lock()
	defer b.mu.Unlock()
	before, _, _ := b.standing()
	b.forced, b.ordered = f, time.Now()
	after, _, reason := b.standing()
	if f == nil {
		reason = "it decides by itself again"
	}
	b.announce(Change{From: before, To: after, Cause: canonical.CauseForced, Reason: reason})
}

// shown is a time as it is told: in UTC, in milliseconds.
func shown(at time.Time) time.Time { return at.UTC().Truncate(time.Millisecond) }

// view describes it.
func (b *breaker) view() canonical.Breaker {
	b.mu.Lock()
	defer b.mu.Unlock()
	state, until, reason := b.standing()
	counts, since := b.counter.Counts(), shown(b.since)
	switch {
	case b.forced != nil:
		since = shown(b.ordered)
	case state != canonical.CircuitClosed:
		counts = b.told // those that opened it
	}
	view := canonical.Breaker{Class: b.class, State: state, Since: &since, Reason: reason, Forced: b.forced != nil,
		Calls: int(conclusive(counts)), Failures: int(counts.TotalFailures)}
	switch {
	case state == canonical.CircuitClosed:
	case b.forced != nil:
		view.Cause = canonical.CauseForced
	default:
		view.Cause = b.cause
	}
	if !until.IsZero() {
		until = shown(until)
		view.Until = &until
	}
	if view.Calls > 0 {
		view.Percent = view.Failures * 100 / view.Calls
	}
	return view
}
