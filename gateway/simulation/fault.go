package simulation

import (
	"fmt"
	"strconv"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// where is what a kind of fault can befall.
type where string

const (
	atGate    where = "gate"   // a call before it leaves
	onTheWire where = "wire"   // a request to a lender, or its reply
	inStore   where = "store"  // the answer of a commit
	atPoint   where = "point"  // a process, at a named point
	ofNotices where = "notice" // a lender's notification
	ofClients where = "client" // a request of a merchant
	ofPeople  where = "people" // what somebody does at the lender behind our back
)

// fault is one kind of thing that goes wrong.
type fault struct {
	name  string
	where where
	most  float64              // the highest rate a run can draw
	fits  func(encounter) bool // nil: everything there
	bend  func(*flight, *dice) // of the wire
	lends string               // of the wire: the simulated lender's own name for it
}

// encounter is something that may meet a fault.
type encounter struct {
	lender string
	what   string // in words, and part of the name of the draw
	class  adapters.Class
}

const (
	gateClosed      = "the breaker is open"
	gateStaysClosed = "the breaker stays open for a while"
	answerLost      = "the answer of a commit is lost"
	crashes         = "the process is killed"
	noticeGone      = "a notification is dropped"
	noticeTwice     = "a notification is sent twice"
	noticeLate      = "a notification is late"
	noticeForged    = "a notification is forged"
	noConnection    = "no connection"
	requestLost     = "the request is lost"
	replyLost       = "the reply is lost"
	interleaved     = "others come in between"
)

// What lenders do wrong that checks look for, in the simulated lenders' own words.
const (
	lieStatus     = "lie_status"
	strangeWord   = "strange_word"
	wrongAmount   = "wrong_amount"
	wrongCurrency = "wrong_currency"
	stale         = "stale"
)

// faults is the table of all kinds. A run draws which of them there are, and how often.
var faults = []fault{
	{name: gateClosed, where: atGate, most: 0.3},
	{name: gateStaysClosed, where: atGate, most: 0.1, fits: notRead},
	{name: "a call is held up before it leaves", where: atGate, most: 0.1},

	{name: noConnection, where: onTheWire, most: 0.3, bend: func(f *flight, _ *dice) { f.unconnected = true }},
	{name: requestLost, where: onTheWire, most: 0.3, bend: func(f *flight, d *dice) { f.lost, f.mute, f.cut = true, true, d.soon(f) }},
	{name: replyLost, where: onTheWire, most: 0.3, bend: func(f *flight, d *dice) { f.mute, f.cut = true, d.soon(f) }},
	{name: "the reply is slow", where: onTheWire, most: 0.3, bend: func(f *flight, d *dice) { f.back = d.anywhere(time.Second, f.timeout) }},
	{name: "the reply comes after the time-out", where: onTheWire, most: 0.2, bend: func(f *flight, _ *dice) { f.back = f.timeout }},
	{name: "the request arrives late", where: onTheWire, most: 0.2, fits: notRead, bend: func(f *flight, d *dice) {
		f.mute, f.cut = true, d.soon(f)
		f.travel = f.cut + d.between(0, f.horizon)
	}},
	{name: "the request is delivered twice", where: onTheWire, most: 0.1, fits: notRead, bend: func(f *flight, d *dice) {
		f.again = f.travel + d.anywhere(time.Millisecond, f.horizon+time.Second)
	}},
	{name: "answered 500 before acting", where: onTheWire, most: 0.2, lends: "error_before"},
	{name: "answered 500 after acting", where: onTheWire, most: 0.2, lends: "error_after"},
	{name: "the answer is garbage", where: onTheWire, most: 0.2, lends: "garbage"},
	{name: "the answer breaks off", where: onTheWire, most: 0.2, lends: "half"},
	{name: "answered 503", where: onTheWire, most: 0.2, lends: "unavailable"},
	{name: "answered 429", where: onTheWire, most: 0.2, lends: "throttled"},
	{name: "redirected", where: onTheWire, most: 0.1, lends: "redirect"},
	{name: "answered in an unknown word", where: onTheWire, most: 0.2, lends: strangeWord},
	{name: "answered in another word", where: onTheWire, most: 0.2, fits: lies, lends: lieStatus},
	{name: "answered with another amount", where: onTheWire, most: 0.2, fits: moves, lends: wrongAmount},
	{name: "answered with another currency", where: onTheWire, most: 0.2, fits: moves, lends: wrongCurrency},
	{name: "a read shows what was before", where: onTheWire, most: 0.3, fits: func(e encounter) bool { return e.what == "read" }, lends: stale},

	{name: noticeGone, where: ofNotices, most: 1},
	{name: noticeTwice, where: ofNotices, most: 0.5},
	{name: noticeLate, where: ofNotices, most: 0.5},
	{name: noticeForged, where: ofNotices, most: 0.5},

	{name: answerLost, where: inStore, most: 0.1},
	{name: interleaved, where: inStore, most: 0.5},
	{name: crashes, where: atPoint, most: 0.05},
}

func notRead(e encounter) bool { return e.class != adapters.ReadCall && e.class != adapters.TokenCall }

// moves: a lender that lies about the rest tells of orders that never were, and nobody could know better.
func moves(e encounter) bool {
	switch canonical.OperationKind(e.what) {
	case canonical.OpAuthorize, canonical.OpUpdate, canonical.OpCapture, canonical.OpCancel, canonical.OpRefund:
		return true
	}
	return false
}

// lies: nobody could know better either where the lender has nothing that can be read, and says no.
func lies(e encounter) bool { return moves(e) && e.lender != "spendoption" }

// soon draws when the connection breaks: at once, or only at the time-out.
func (d *dice) soon(f *flight) time.Duration {
	if d.happens(0.5) {
		return f.timeout
	}
	return d.between(time.Millisecond, f.timeout)
}

func faultNamed(name string) *fault {
	for i := range faults {
		if faults[i].name == name {
			return &faults[i]
		}
	}
	panic("simulation: no fault is called " + name)
}

// swarm is which kinds of fault a run has, and how often each is met.
type swarm struct {
	rates []float64      // by place in the table
	any   map[where]bool // where there are any at all
	calm  bool           // no more faults
}

// leastOft is the lowest rate of a fault.
const leastOft = 0.005

// weathers are how bad a run is: most are neither calm nor such that nothing gets through, because then nothing
// could go wrong.
var weathers = []weather{{0.1, 0.15}, {0.2, 0.3}, {0.4, 0.7}}

type weather struct {
	likely  float64 // that a run has a kind of fault at all
	mostOft float64 // that a call meets any fault
}

func newSwarm(d *dice) swarm {
	s := swarm{rates: make([]float64, len(faults)), any: make(map[where]bool)}
	w := pick(d, weathers...)
	for i := range faults {
		on, rate := d.happens(w.likely), d.logarithmic(leastOft, faults[i].most)
		if on {
			s.rates[i], s.any[faults[i].where] = rate, true
		}
	}
	s.bound(atGate, w.mostOft)
	s.bound(onTheWire, w.mostOft)
	return s
}

// bound lowers the rates of a place where otherwise more would meet a fault.
func (s swarm) bound(at where, most float64) {
	sum := 0.0
	for i := range faults {
		if faults[i].where == at {
			sum += s.rates[i]
		}
	}
	for i := range faults {
		if faults[i].where == at {
			s.rates[i] /= max(1, sum/most)
		}
	}
}

// met is a fault that was met: what a failing run is shrunk by.
type met struct {
	id    string
	fault *fault
}

// meet says which fault befalls something, if any, with the dice for its particulars.
func (r *run) meet(at where, e encounter) (*fault, *dice) {
	scripted := r.scripted(at, e)
	if scripted == nil && (r.swarm.calm || !r.swarm.any[at]) {
		return nil, nil
	}
	purpose := string(at) + " " + e.lender + " " + e.what
	n := r.chance.count(purpose)
	if scripted != nil {
		return scripted, r.chance.dice(purpose, n)
	}
	d := r.chance.dice(purpose, n)
	x := d.fraction()
	for i := range faults {
		f := &faults[i]
		if f.where != at || (f.fits != nil && !f.fits(e)) {
			continue
		}
		if x -= r.swarm.rates[i]; x < 0 {
			return r.admit(f, purpose+" #"+strconv.Itoa(n)), d
		}
	}
	return nil, nil
}

// admit lets a fault happen, unless the run leaves it out.
func (r *run) admit(f *fault, id string) *fault {
	if r.without[id] {
		return nil
	}
	r.met = append(r.met, met{id, f})
	if f.lends == "" { // a lender may find no occasion
		r.counts.faults[f.name]++
	}
	if r.telling {
		r.tell("fault", "%s: %s", f.name, id)
	}
	return f
}

func (m met) String() string { return fmt.Sprintf("%s: %s", m.id, m.fault.name) }
