package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// input is one thing that happened to the world, and a line of the journal. One of the pointers or
// flags is set.
type input struct {
	At      time.Time       `json:"at"`
	Lender  string          `json:"lender,omitempty"`
	Request *lender.Request `json:"request,omitempty"`
	Act     *lender.Act     `json:"act,omitempty"`
	Fault   *Fault          `json:"fault,omitempty"`
	Clear   bool            `json:"clear,omitempty"` // all faults
	Chaos   *Chaos          `json:"chaos,omitempty"`
	Posting *Posting        `json:"posting,omitempty"`
	Wake    bool            `json:"wake,omitempty"` // what is due
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
	chaos     chance
	triggered map[string]bool
	arrivals  []Arrival
	counted   map[Arrival]int // where each is in arrivals; the key's own count is 0
	outlets   map[string]*outlet
	outbox    []lender.Notice
	later     []errand          // soonest first
	past      map[string][]turn // by lender
	changes   int               // requests that changed a lender so far
	lies      int               // told so far
}

func newCore(lenders []lender.Lender, addresses map[string]string) *core {
	c := &core{lenders: lenders, triggered: map[string]bool{}, counted: map[Arrival]int{}, outlets: map[string]*outlet{}, past: map[string][]turn{}}
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
	case in.Wake:
		return result{changed: c.wake(in.At)}, nil
	case in.Fault != nil:
		return c.set(*in.Fault)
	case in.Chaos != nil:
		return c.stir(*in.Chaos)
	case in.Clear:
		c.faults = nil
		return result{changed: true}, nil
	}
	l, err := c.lender(in.Lender)
	switch {
	case err != nil:
		return result{}, err
	case in.Posting != nil:
		return c.post(l, *in.Posting)
	case in.Act != nil:
		return c.act(in.At, l, *in.Act)
	}
	return c.handle(in.At, l, *in.Request), nil
}

func (c *core) act(now time.Time, l lender.Lender, a lender.Act) (result, error) {
	effects := l.Book().Len()
	err := l.Act(now, a)
	c.collect(now, l)
	if err == nil {
		c.remember(l, turn{at: now, act: &a}, l.Book().Since(effects))
	}
	return result{changed: true}, err
}

// handle answers one request, or lets a fault answer it.
func (c *core) handle(now time.Time, l lender.Lender, r lender.Request) result {
	v := visit{at: now, lender: l, request: r}
	v.operation, v.amount = l.Operation(r)
	c.arrived(v)
	changes := c.changes
	fault, met := c.fault(v)
	var made result
	if met {
		made.reply, made.fate = c.befall(fault, v)
	} else {
		made.reply = c.serve(v)
	}
	made.reply.Header = dated(made.reply.Header, now)
	made.changed = r.Method != http.MethodGet || met || c.chaos.covers(l) || c.changes > changes
	return made
}

// serve lets a lender answer and takes over what it tells.
func (c *core) serve(v visit) lender.Reply {
	effects := v.lender.Book().Len()
	reply := v.lender.Serve(v.at, v.request)
	noticed := c.collect(v.at, v.lender)
	moved := v.lender.Book().Since(effects)
	if v.request.Method != http.MethodGet || noticed || len(moved) > 0 {
		c.changes++
		c.remember(v.lender, turn{at: v.at, request: &v.request, refused: reply.Status >= http.StatusMultipleChoices}, moved)
	}
	return reply
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

// Arrival counts the requests that reached a lender for one operation on one path, those that a
// fault lost before the lender acted included. After a restart reads are counted from nothing.
type Arrival struct {
	Lender    string `json:"lender"`
	Operation string `json:"operation"`
	Method    string `json:"method"`
	Path      string `json:"path"` // below the lender's mount
	Count     int    `json:"count"`
}

func (c *core) arrived(v visit) {
	one := Arrival{Lender: v.lender.Name(), Operation: v.operation, Method: v.request.Method, Path: v.request.Path}
	if at, known := c.counted[one]; known {
		c.arrivals[at].Count++
		return
	}
	c.counted[one] = len(c.arrivals)
	one.Count = 1
	c.arrivals = append(c.arrivals, one)
}
