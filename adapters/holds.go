package adapters

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/lendgate/lendgate/canonical"
)

// holds are the sets of credentials that a lender refuses. Nothing is written with them; now and then one
// read asks whether they are good again.
type holds struct {
	rules Breaker
	tell  func(Change)

	mu  sync.Mutex
	all map[string]*hold
}

type hold struct {
	since   time.Time
	reason  string
	next    time.Time // when the lender is asked again
	pause   time.Duration
	granted bool // one call may ask although it is no read
}

func newHolds(rules Breaker, tell func(Change)) *holds {
	return &holds{rules: rules, tell: tell, all: make(map[string]*hold)}
}

// refusal says why a call would not pass; nil: it would. take has one that may ask take its turn.
func (h *holds) refusal(e Errand, take bool) *Refusal {
	h.mu.Lock()
	defer h.mu.Unlock()
	held := h.all[e.Credential]
	if held == nil || e.Class == TokenCall { // a token is fetched on behalf of a call that has passed
		return nil
	}
	now := time.Now()
	if now.Before(held.next) || (e.Class != ReadCall && !held.granted) {
		return &Refusal{Reason: "the lender refuses our credentials, and nothing is sent with them: " + held.reason, After: max(soon, held.next.Sub(now))}
	}
	if take {
		held.granted = false
		held.pause = min(2*held.pause, max(h.rules.OpenFor, h.rules.OpenForAtMost))
		held.next = now.Add(held.pause)
	}
	return nil
}

// learn puts credentials on hold that were refused, and frees those that were not. A call that began
// before the hold proves nothing.
func (h *holds) learn(e Errand, begun time.Time, s Shown) {
	h.mu.Lock()
	defer h.mu.Unlock()
	held := h.all[e.Credential]
	now := time.Now()
	switch {
	case s.Health == Denied && held == nil:
		h.all[e.Credential] = &hold{since: now, reason: s.Why, next: now.Add(h.rules.OpenFor), pause: h.rules.OpenFor}
		h.announce(Change{Credential: e.Credential, To: canonical.CircuitOpen, Cause: canonical.CauseDenied, Reason: s.Why})
	case s.Health == Healthy && held != nil && e.Class != TokenCall && !begun.Before(held.since):
		h.end(e.Credential, canonical.CauseBack, "the lender takes them again")
	}
}

func (h *holds) adjust(rules Breaker) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rules = rules
}

func (h *holds) end(credential string, cause canonical.BreakerCause, reason string) {
	delete(h.all, credential)
	h.announce(Change{Credential: credential, To: canonical.CircuitClosed, Cause: cause, Reason: reason})
}

func (h *holds) announce(c Change) {
	c.Class, c.From = canonical.CredentialBreaker, canonical.CircuitOpen
	if c.To == canonical.CircuitOpen {
		c.From = canonical.CircuitClosed
	}
	h.tell(c)
}

// release ends a hold by an operator's word; false: there was none.
func (h *holds) release(credential, reason string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	held := h.all[credential] != nil
	if held {
		h.end(credential, canonical.CauseForced, reason)
	}
	return held
}

// due lists the credentials that may be tried.
func (h *holds) due() (credentials []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	for credential, held := range h.all {
		if !now.Before(held.next) {
			credentials = append(credentials, credential)
		}
	}
	slices.Sort(credentials)
	return credentials
}

func (h *holds) grant(credential string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if held := h.all[credential]; held != nil {
		held.granted = true
	}
}

func (h *holds) views() (views []canonical.Hold) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for credential, held := range h.all {
		views = append(views, canonical.Hold{Merchant: credential, Since: shown(held.since), Reason: held.reason})
	}
	slices.SortFunc(views, func(a, b canonical.Hold) int { return cmp.Compare(a.Merchant, b.Merchant) })
	return views
}
