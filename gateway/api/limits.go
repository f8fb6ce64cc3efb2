package api

import (
	"context"
	"hash/maphash"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/lendgate/lendgate/canonical"
)

// How a caller is told what it may still ask for, as the IETF draft on RateLimit header fields has it.
const (
	policyHeader = "RateLimit-Policy"
	limitHeader  = "RateLimit"
)

// Limits say how much the API takes on. The zero value is no limit.
type Limits struct {
	Requests   Rate // of one API key for one merchant, in each class
	FailedKeys Rate // keys from one address that are not valid
	InFlight   int  // requests that are worked on at the same time; those that only wait for a lender do not count
}

// Pressure is how much there is to do.
type Pressure struct {
	InFlight int               // requests that are worked on
	Waiting  map[string]int    // for their turn, by class
	Refused  map[string]uint64 // as overloaded since the start, by class
	Limited  uint64            // as rate_limited since the start
}

// Pressure is how much there is to do now. Every class has its entry.
func (a *API) Pressure() Pressure {
	p := a.door.turnstile.pressure()
	p.Limited = a.door.limited.Load()
	return p
}

func (t *turnstile) pressure() Pressure {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := Pressure{InFlight: t.taken, Waiting: make(map[string]int), Refused: make(map[string]uint64)}
	for n, row := range turns {
		name := string(row.class)
		p.Refused[name], p.Waiting[name] = t.refused[row.class], 0
		for _, party := range t.lines[n].parties {
			p.Waiting[name] += len(party.queues[n])
		}
	}
	return p
}

// door is what stands between a request that is somebody's and the work on it.
type door struct {
	limits    Limits
	turnstile *turnstile
	requests  *allowances[asker]
	failed    *allowances[netip.Prefix]
	limited   atomic.Uint64
	noted     *allowances[asker] // log lines

	seed maphash.Seed
	mu   sync.Mutex
	good map[uint64]time.Time // keys that were valid, by their hash, and when
}

// asker is who draws from one allowance.
type asker struct {
	key, merchant string
	class         class
}

func newDoor(l Limits) *door {
	return &door{
		limits: l, turnstile: newTurnstile(l.InFlight), seed: maphash.MakeSeed(), good: make(map[uint64]time.Time),
		requests: newAllowances[asker](l.Requests), failed: newAllowances[netip.Prefix](l.FailedKeys),
		noted: newAllowances[asker](Rate{Count: 1, Per: time.Minute}),
	}
}

// allow draws one request from what the key has, and says in the answer what is left. Errors: rate_limited.
func (d *door) allow(c *gin.Context, v *visit, worth class) error {
	if d.limits.Requests.Count == 0 || worth == free {
		return nil
	}
	rate := d.limits.Requests
	got := d.requests.take(asker{v.call.Actor, v.call.Merchant, worth}, time.Now())
	header, name := c.Writer.Header(), `"`+string(worth)+`"`
	header.Set(policyHeader, name+";q="+strconv.Itoa(rate.Count)+";w="+strconv.Itoa(upSeconds(rate.Per)))
	header.Set(limitHeader, name+";r="+strconv.Itoa(got.left)+";t="+strconv.Itoa(upSeconds(got.fullIn)))
	if got.wait > 0 {
		return d.tooMany(got.wait, "the key has used up its requests of this class: "+string(worth))
	}
	return nil
}

func (d *door) tooMany(wait time.Duration, detail string) error {
	d.limited.Add(1)
	next := canonical.Next{Action: canonical.NextWait, After: upSeconds(wait)}
	return &canonical.Error{Kind: canonical.RateLimited, Detail: detail, Next: &next}
}

func upSeconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

// note logs whose requests are turned away, once a minute for each key and class: under a flood somebody has to
// find out whose it is, and a line for each request would add to it.
func (a *API) note(ctx context.Context, r route, err error) {
	kind := canonical.KindOf(err)
	if kind != canonical.RateLimited && kind != canonical.Overloaded {
		return
	}
	call := visitOf(ctx).call
	worth := r.class(call.Role)
	if a.door.noted.take(asker{call.Actor, call.Merchant, worth}, time.Now()).wait == 0 {
		a.log.WarnContext(ctx, "requests are turned away", "code", string(kind), "class", string(worth), "key", call.Actor, "merchant", call.Merchant, "mode", string(call.Mode))
	}
}

// goodFor is how long a valid key is remembered, and mostGood how many are.
const (
	goodFor  = 15 * time.Minute
	mostGood = 10_000
)

// try refuses an address from which too many keys came that are not valid, before the key is looked
// at. A key that was valid a short time ago is let through: it may share its address with a stranger.
func (d *door) try(r *http.Request, token string) error {
	if d.limits.FailedKeys.Count == 0 {
		return nil
	}
	got := d.failed.look(networkOf(r.RemoteAddr), time.Now())
	if got.wait == 0 || d.wasGood(token) {
		return nil
	}
	return d.tooMany(got.wait, "too many keys from this address were not valid")
}

// tried notes what came of a key.
func (d *door) tried(r *http.Request, token string, err error) {
	switch {
	case d.limits.FailedKeys.Count == 0:
	case err == nil:
		d.remember(token)
	case canonical.KindOf(err) == canonical.Unauthenticated:
		d.failed.take(networkOf(r.RemoteAddr), time.Now())
	}
}

func (d *door) wasGood(token string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	at, known := d.good[maphash.String(d.seed, token)]
	return known && time.Since(at) < goodFor
}

func (d *door) remember(token string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.good) >= mostGood {
		clear(d.good)
	}
	d.good[maphash.String(d.seed, token)] = time.Now()
}

// leastQueued is how long a request waits for its turn though its caller would not: a place is free within
// milliseconds, or the gateway says that it is not.
const leastQueued = time.Second

// peek refuses what enter would refuse at once. Errors: overloaded.
func (d *door) peek(v *visit, worth class) error {
	return d.turnstile.peek(v.party(), worth)
}

// enter waits for a place in the request's turn. Errors: overloaded.
func (d *door) enter(ctx context.Context, v *visit, worth class) (err error) {
	v.place, err = d.turnstile.enter(ctx, v.party(), worth, max(leastQueued, v.patience(turns[0].calm)))
	return err
}

// party is who the request shares the places as.
func (v *visit) party() string { return string(v.call.Mode) + "/" + v.call.Merchant }
