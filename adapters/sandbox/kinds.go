package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

const (
	loseRequest = "lose_request"
	loseReply   = "lose_reply"
	errorBefore = "error_before"
	errorAfter  = "error_after"
	slow        = "slow"
	garbage     = "garbage"
)

// acting is what a lender does about a request that a fault meets.
type acting string

const (
	never  acting = ""
	once   acting = "once"
	twice  acting = "twice"  // the second answer counts
	late   acting = "late"   // after the delay; the answer reaches nobody
	behind acting = "behind" // the answer is that of the lender before it last changed the order
)

// kind is what a fault does: what the lender does, and what comes back.
type kind struct {
	name    string
	acts    acting
	cut     bool
	half    bool        // with cut: after half of the body
	drip    bool        // the answer comes a few bytes at a time, for as long as the delay is
	status  int         // instead of the lender's answer; 0 leaves it
	body    string      // with status
	busy    bool        // with status: says when to come back, if the fault says so
	fact    lender.Fact // what the answer says wrongly
	strange bool        // in a word that nobody knows
	delay   Delay       // where none is given; 0 where the fault knows none
	says    string
}

var kinds = []kind{
	{name: loseRequest, acts: never, cut: true, says: "not acted, the connection is cut"},
	{name: loseReply, acts: once, cut: true, says: "acted, the connection is cut"},
	{name: "half", acts: once, cut: true, half: true, says: "acted, the connection is cut in the middle of the answer"},
	{name: "late", acts: late, cut: true, delay: Delay(30 * time.Second), says: "the connection is cut, acted only after the delay"},
	{name: "duplicate", acts: twice, says: "the request arrives twice and is acted on twice; the second answer comes back"},
	{name: errorBefore, acts: never, status: http.StatusInternalServerError, body: "internal error", says: "not acted, answered 500"},
	{name: errorAfter, acts: once, status: http.StatusInternalServerError, body: "internal error", says: "acted, answered 500"},
	{name: slow, acts: once, delay: Delay(2 * time.Second), says: "acted, answered after the delay"},
	{name: "hang", acts: never, cut: true, delay: Delay(time.Hour), says: "not acted, no answer; the connection is cut after the delay"},
	{name: "drip", acts: once, drip: true, delay: Delay(time.Minute), says: "acted, the answer comes a few bytes at a time until the delay is over"},
	{name: garbage, acts: once, status: http.StatusOK, body: `{"unfinished":`, says: "acted, answered 200 with an unreadable body"},
	{name: "unavailable", acts: never, status: http.StatusServiceUnavailable, body: "unavailable", busy: true, says: "not acted, answered 503"},
	{name: "throttled", acts: never, status: http.StatusTooManyRequests, body: "too many requests", busy: true, says: "not acted, answered 429"},
	{name: "redirect", acts: never, status: http.StatusTemporaryRedirect, says: "not acted, answered 307 to another host"},
	{name: "lie_status", acts: once, fact: lender.Status, says: "acted, the answer says another of the lender's words"},
	{name: "strange_word", acts: once, fact: lender.Status, strange: true, says: "acted, the answer says a word nobody knows"},
	{name: "wrong_amount", acts: once, fact: lender.Amount, says: "acted, the answer names another amount"},
	{name: "wrong_currency", acts: once, fact: lender.Currency, says: "acted, the answer names another currency"},
	{name: "stale", acts: behind, says: "a read, answered as before the last change of the order"},
}

func kindOf(name string) (kind, bool) {
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == name })
	if i < 0 {
		return kind{}, false
	}
	return kinds[i], true
}

func kindNames(which func(kind) bool) string {
	var names []string
	for _, k := range kinds {
		if which(k) {
			names = append(names, k.name)
		}
	}
	return strings.Join(names, ", ")
}

// fits says whether the fault can happen to an operation of a lender; "" is to any.
func (k kind) fits(l lender.Lender, operation string) bool {
	if operation == "" {
		return slices.ContainsFunc(operations, func(o string) bool { return k.fits(l, o) })
	}
	switch {
	case k.acts == behind:
		_, can := l.(lender.Rewinder)
		return can && operation == "read"
	case k.fact != "":
		return len(liesOf(l, k.fact, operation)) > 0
	}
	return true
}

// misfit says why the fault fits nothing.
func (k kind) misfit(name, operation string) error {
	if operation == "" {
		operation = "anything"
	}
	if k.acts == behind {
		return fmt.Errorf("%s is about reads of orders: %s has none for %s", k.name, name, operation)
	}
	return fmt.Errorf("%s needs an answer that names the %s: that of %s to %s does not", k.name, k.fact, name, operation)
}

func liesOf(l lender.Lender, fact lender.Fact, operation string) []lender.Lie {
	liar, is := l.(lender.Liar)
	if !is {
		return nil
	}
	return slices.DeleteFunc(liar.Lies(), func(lie lender.Lie) bool {
		return lie.Fact != fact || !slices.Contains(lie.Of, operation)
	})
}

// befall lets a fault happen to a request.
func (c *core) befall(f Fault, v visit) (lender.Reply, Fate) {
	k, _ := kindOf(f.Fault)
	fate := Fate{Fault: f.Fault, Cut: k.cut, Drip: k.drip}
	var reply lender.Reply
	if k.acts != late {
		fate.Delay = time.Duration(f.Delay)
	}
	switch k.acts {
	case once:
		reply = c.serve(v)
	case twice:
		c.serve(v)
		reply = c.serve(v)
	case late:
		c.postpone(errand{at: v.at.Add(time.Duration(f.Delay)), request: &v})
	case behind:
		reply = c.stale(v)
	}
	switch {
	case k.status != 0:
		reply = k.instead(f, v.request)
	case k.half:
		fate.Bytes = len(reply.Body) / 2
	case k.fact != "" && !c.lie(k, v, &reply):
		fate.Fault = "" // a refusal, say, has nothing to lie about
	}
	return reply, fate
}

// instead is the answer that a fault gives for the lender.
func (k kind) instead(f Fault, r lender.Request) lender.Reply {
	header := http.Header{"Content-Type": {"text/plain"}}
	if f.RetryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	if k.status == http.StatusTemporaryRedirect {
		header.Set("Location", "https://elsewhere.example"+r.MountedPath)
	}
	return lender.Reply{Status: k.status, Header: header, Body: []byte(k.body)}
}

// lie bends an answer at a place that can be bent. Places take turns, two lies each, as amounts are said
// to be more and less by turns.
func (c *core) lie(k kind, v visit, reply *lender.Reply) (told bool) {
	lies := liesOf(v.lender, k.fact, v.operation)
	for i := range lies {
		one := lies[(c.lies/2+i)%len(lies)]
		body, possible := one.Tell(reply.Body, c.lies)
		if k.strange {
			body, possible = one.Strange(reply.Body)
		}
		if !possible {
			continue
		}
		c.lies++
		reply.Body = body
		if sealer, signs := v.lender.(lender.Sealer); signs {
			sealer.Seal(reply)
		}
		return true
	}
	return false
}
