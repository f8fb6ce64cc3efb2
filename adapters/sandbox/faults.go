package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// Fault is a technical failure somebody asked for.
type Fault struct {
	Lender     string `json:"lender"`
	Operation  string `json:"operation"`             // "" is any that the fault fits
	Order      string `json:"order,omitempty"`       // anything the path or the body holds; "" is any
	Fault      string `json:"fault"`                 // a name from the table in kinds.go
	Times      int    `json:"times"`                 // how many requests it meets; 0 is once
	Delay      Delay  `json:"delay,omitempty"`       // of slow, late, hang and drip; 0 is the table's
	RetryAfter int    `json:"retry_after,omitempty"` // seconds, of unavailable and throttled; 0 sends no such header
}

// Delay is a duration that is written as in Go, "1.5s".
type Delay time.Duration

// MarshalText writes the duration.
func (d Delay) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads a duration.
func (d *Delay) UnmarshalText(text []byte) error {
	read, err := time.ParseDuration(string(text))
	*d = Delay(read)
	return err
}

// Fate is what becomes of an answer on its way back. Whoever calls Handle carries it out.
type Fate struct {
	Fault string        // the fault that happened; "" for none
	Cut   bool          // the connection is cut
	Bytes int           // with Cut: so much of the body arrives, after the status and the header; 0: nothing does
	Delay time.Duration // how long the answer takes
	Drip  bool          // it comes a few bytes at a time
}

// operations are the words a fault can name, those of lender.Lender.Operation.
var operations = []string{"create", "authorize", "capture", "cancel", "refund", "update", "authenticate", "read", "token", "offers"}

// set adds a fault.
func (c *core) set(f Fault) (result, error) {
	f, err := c.check(f)
	if err != nil {
		return result{}, badRequest{err}
	}
	c.faults = append(c.faults, f)
	return result{changed: true}, nil
}

// check says what is wrong with a fault and fills in what was left out.
func (c *core) check(f Fault) (Fault, error) {
	l, err := c.lender(f.Lender)
	k, known := kindOf(f.Fault)
	switch {
	case err != nil:
		return f, fmt.Errorf("lender is one of %s", strings.Join(c.names(), ", "))
	case f.Operation != "" && !slices.Contains(operations, f.Operation):
		return f, fmt.Errorf("operation is empty or one of %s", strings.Join(operations, ", "))
	case !known:
		return f, fmt.Errorf("fault is one of %s", kindNames(func(kind) bool { return true }))
	case f.Times < 0 || f.Delay < 0 || f.RetryAfter < 0:
		return f, errors.New("times, delay and retry_after are not below 0")
	case f.Delay > 0 && k.delay == 0:
		return f, fmt.Errorf("delay belongs to %s", kindNames(func(k kind) bool { return k.delay > 0 }))
	case f.RetryAfter > 0 && !k.busy:
		return f, fmt.Errorf("retry_after belongs to %s", kindNames(func(k kind) bool { return k.busy }))
	case !k.fits(l, f.Operation):
		return f, k.misfit(f.Lender, f.Operation)
	}
	f.Times = max(f.Times, 1)
	if f.Delay == 0 {
		f.Delay = k.delay
	}
	return f, nil
}

// meets says whether the fault is meant for a request.
func (f Fault) meets(v visit) bool {
	k, _ := kindOf(f.Fault)
	return f.Lender == v.lender.Name() && (f.Operation == "" || f.Operation == v.operation) &&
		(strings.Contains(v.request.Path, f.Order) || bytes.Contains(v.request.Body, []byte(f.Order))) &&
		k.fits(v.lender, v.operation)
}

// visit is one request at a lender, with what the lender says it is about.
type visit struct {
	at                time.Time
	lender            lender.Lender
	request           lender.Request
	operation, amount string
}

// fault picks what befalls a request: what people set, oldest first, then what the amount asks for,
// then what chaos has drawn.
func (c *core) fault(v visit) (Fault, bool) {
	drawn, struck := c.chaos.draw(v)
	for i, f := range c.faults {
		if !f.meets(v) {
			continue
		}
		c.faults[i].Times--
		if c.faults[i].Times == 0 {
			c.faults = slices.Delete(c.faults, i, i+1)
		}
		return f, true
	}
	if f, asked := c.triggeredBy(v); asked {
		return f, true
	}
	return drawn, struck
}

// triggeredBy finds the fault that the amount asks for, the first time it does.
func (c *core) triggeredBy(v visit) (Fault, bool) {
	asked, found := triggerFor(v.amount)
	if !found {
		return Fault{}, false
	}
	first := occasion(v)
	if c.triggered[first] {
		return Fault{}, false
	}
	c.triggered[first] = true
	k, _ := kindOf(asked.fault)
	return Fault{Fault: k.name, Delay: k.delay}, true
}
