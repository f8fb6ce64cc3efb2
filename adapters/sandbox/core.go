package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// input is one thing that happened to the world, and a line of the journal. One of the pointers is set.
type input struct {
	At      time.Time       `json:"at"`
	Lender  string          `json:"lender,omitempty"`
	Request *lender.Request `json:"request,omitempty"`
	Act     *lender.Act     `json:"act,omitempty"`
	Fault   *Fault          `json:"fault,omitempty"`
	Clear   bool            `json:"clear,omitempty"` // all faults
	Posting *Posting        `json:"posting,omitempty"`
}

// result is what came of an input.
type result struct {
	reply   lender.Reply
	fate    Fate
	changed bool // something that a replay must see again
}

// errUnknown tells a lender that is not here from an act it does not do.
var errUnknown = errors.New("no such lender")

// core is the world without time, locks and sockets: the same inputs lead to the same state.
type core struct {
	lenders   []lender.Lender
	faults    []Fault
	triggered map[string]bool
	arrivals  []Arrival
	counted   map[Arrival]int // where each is in arrivals; the key's own count is 0
	outlets   map[string]*outlet
	outbox    []lender.Notice
}

func newCore(lenders []lender.Lender, addresses map[string]string) *core {
	c := &core{lenders: lenders, triggered: map[string]bool{}, counted: map[Arrival]int{}, outlets: map[string]*outlet{}}
	for _, name := range c.names() {
		c.outlets[name] = &outlet{Posting: Posting{URL: addresses[name], Mode: postSend}}
	}
	return c
}

func (c *core) names() []string {
	var names []string
	for _, l := range c.lenders {
		names = append(names, l.Name())
	}
	return names
}

func (c *core) lender(name string) (lender.Lender, error) {
	for _, l := range c.lenders {
		if l.Name() == name {
			return l, nil
		}
	}
	return nil, fmt.Errorf("%w: %q is none of %s", errUnknown, name, strings.Join(c.names(), ", "))
}

// apply lets one input happen. An error means that nothing changed.
func (c *core) apply(in input) (result, error) {
	switch {
	case in.Fault != nil:
		f, err := in.Fault.check(c.names())
		if err != nil {
			return result{}, badRequest{err}
		}
		c.faults = append(c.faults, f)
		return result{changed: true}, nil
	case in.Clear:
		c.faults = nil
		return result{changed: true}, nil
	}
	l, err := c.lender(in.Lender)
	if err != nil {
		return result{}, err
	}
	switch {
	case in.Posting != nil:
		return c.post(l.Name(), *in.Posting)
	case in.Act != nil:
		err := l.Act(in.At, *in.Act)
		c.collect(in.At, l)
		return result{changed: true}, err
	}
	return c.handle(in.At, l, *in.Request), nil
}

// handle answers one request, or lets a fault answer it.
func (c *core) handle(now time.Time, l lender.Lender, r lender.Request) result {
	operation, amount := l.Operation(r)
	c.arrived(l.Name(), operation, r)
	effects := l.Book().Len()
	serve := func() lender.Reply { return l.Serve(now, r) }
	var made result
	fault, found := c.fault(l.Name(), operation, amount, r)
	if found {
		made.reply, made.fate = fault.spoil(serve)
	} else {
		made.reply = serve()
	}
	made.reply.Header = dated(made.reply.Header, now)
	noticed := c.collect(now, l)
	made.changed = r.Method != http.MethodGet || found || noticed || l.Book().Len() > effects
	return made
}

// dated gives an answer the world's date: lenders live in business time, a server's own date would not.
func dated(header http.Header, now time.Time) http.Header {
	header = header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Date", now.UTC().Format(http.TimeFormat))
	return header
}

// fault picks what befalls a request: what people set, oldest first, then what the amount asks for.
func (c *core) fault(name, operation, amount string, r lender.Request) (Fault, bool) {
	for i, f := range c.faults {
		if !f.meets(name, operation, r) {
			continue
		}
		c.faults[i].Times--
		if c.faults[i].Times == 0 {
			c.faults = slices.Delete(c.faults, i, i+1)
		}
		return f, true
	}
	asked, found := triggerFor(amount)
	once := occasion(name, operation, amount, r)
	if !found || c.triggered[once] {
		return Fault{}, false
	}
	c.triggered[once] = true
	f := Fault{Fault: asked.fault}
	if f.Fault == slow {
		f.Delay = defaultDelay
	}
	return f, true
}

// Arrival counts the requests that reached a lender for one operation on one path, those that a
// fault lost before the lender acted included. After a restart reads are counted from nothing.
type Arrival struct {
	Lender    string `json:"lender"`
	Operation string `json:"operation"`
	Method    string `json:"method"`
	Path      string `json:"path"` // below the lender's mount
	Count     int    `json:"count"`
}

func (c *core) arrived(name, operation string, r lender.Request) {
	one := Arrival{Lender: name, Operation: operation, Method: r.Method, Path: r.Path}
	if at, known := c.counted[one]; known {
		c.arrivals[at].Count++
		return
	}
	c.counted[one] = len(c.arrivals)
	one.Count = 1
	c.arrivals = append(c.arrivals, one)
}
