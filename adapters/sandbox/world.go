package sandbox

import (
	"cmp"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// Options says what a World is made of. Only Lenders is needed.
type Options struct {
	Dir     string           // where the journal is kept; "" keeps none
	Now     func() time.Time // business time, that of Handle and Wake too; nil is the machine's
	Lenders []lender.Lender
	Log     *slog.Logger // nil is silent
	// NoticeURLs are the addresses of lenders that have one for all their notifications, by lender.
	NoticeURLs map[string]string
	// Deliver sends notifications, in order and without holding anything up. It is called before
	// Handle returns. Lenders repeat what was not answered with a 2xx: after the pauses of Redelivery,
	// which are up to Deliver. nil posts over HTTP, with two seconds to answer.
	Deliver func([]lender.Notice)
}

// World is the simulated lenders, their faults and their journal. Its methods may be called at any
// time. What it tells is how things stand at the latest time it heard of, from Wake or with any input.
type World struct {
	now     func() time.Time
	log     *slog.Logger
	deliver func([]lender.Notice)
	courier *courier // nil where Options.Deliver is set
	waker   waker

	mu      sync.Mutex
	core    *core
	journal *journal
	broken  error // nothing is answered any more: the journal failed, or the world was closed
}

var errClosed = errors.New("the sandbox is closed")

// New returns a World in the state its journal tells.
func New(o Options) (*World, error) {
	w := &World{now: o.Now, log: o.Log, deliver: o.Deliver, core: newCore(o.Lenders, o.NoticeURLs), waker: waker{stopped: make(chan struct{})}}
	if w.now == nil {
		w.now = time.Now
	}
	if w.log == nil {
		w.log = slog.New(slog.DiscardHandler)
	}
	if o.Dir != "" {
		var err error
		if w.journal, err = openJournal(o.Dir, w.replay); err != nil {
			return nil, err
		}
	}
	if w.deliver == nil {
		w.courier = newCourier(w.log)
		w.deliver = w.courier.take
	}
	return w, nil
}

// replay lets a journaled input happen again. Its notifications went out at the time, or are lost
// like any other that nobody received.
func (w *World) replay(in input) error {
	_, err := w.core.apply(in)
	w.core.outbox = nil
	return err
}

// Close stops deliveries and closes the journal. Nothing is answered afterwards.
func (w *World) Close() error {
	w.waker.close()
	if w.courier != nil {
		w.courier.close()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if errors.Is(w.broken, errClosed) {
		return nil
	}
	w.broken = errClosed
	if w.journal == nil {
		return nil
	}
	return w.journal.file.Close()
}

// Handle lets a lender answer one request at a time of the caller's choosing. It waits for nothing
// and opens nothing: whoever calls it carries out the Fate. An empty MountedPath is filled in.
func (w *World) Handle(now time.Time, name string, r lender.Request) (lender.Reply, Fate) {
	r.Header, r.MountedPath = heardOf(r.Header), cmp.Or(r.MountedPath, "/"+name+r.Path)
	made, err := w.take(input{At: now, Lender: name, Request: &r})
	switch {
	case errors.Is(err, errUnknown):
		return plain(http.StatusNotFound, err), Fate{}
	case err != nil:
		return plain(http.StatusInternalServerError, err), Fate{}
	}
	return made.reply, made.fate
}

func plain(status int, err error) lender.Reply {
	return lender.Reply{Status: status, Header: http.Header{"Content-Type": {"text/plain"}}, Body: []byte(err.Error() + "\n")}
}

// Wake lets everything happen that is due up to now: requests that arrive late, notifications that were
// held up, orders whose time is over. Each happens as of its own time. Any other input wakes first.
func (w *World) Wake(now time.Time) error {
	_, err := w.take(input{At: now, Wake: true})
	return err
}

// Due says when the next thing is due, if there is one.
func (w *World) Due() (at time.Time, waiting bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.core.due()
}

// take lets one input happen, after what was due before it, and sends out what came of both.
func (w *World) take(in input) (result, error) {
	// The journal keeps neither a monotonic clock nor a zone: a replay must see the same.
	in.At = in.At.UTC().Round(0)
	made, notices, err := w.step(in)
	if len(notices) > 0 {
		w.deliver(notices)
	}
	return made, err
}

func (w *World) step(in input) (result, []lender.Notice, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.apply(input{At: in.At, Wake: true}); err != nil {
		return result{}, nil, err
	}
	made, err := w.apply(in)
	notices := w.core.outbox
	w.core.outbox = nil
	if w.broken != nil {
		return result{}, nil, w.broken
	}
	return made, notices, err
}

// apply lets one input happen and journals it before anybody hears of it.
func (w *World) apply(in input) (result, error) {
	if w.broken != nil {
		return result{}, w.broken
	}
	made, err := w.core.apply(in)
	if err != nil || !made.changed || w.journal == nil {
		return made, err
	}
	if err := w.journal.write(in); err != nil {
		w.broken = err
		w.log.Error("the sandbox stops answering", "error", err)
		return result{}, err
	}
	return made, nil
}

// Act plays a person at a lender.
func (w *World) Act(name string, a lender.Act) error {
	_, err := w.take(input{At: w.now(), Lender: name, Act: &a})
	return err
}

// SetFault adds a fault. Faults are met oldest first.
func (w *World) SetFault(f Fault) error {
	_, err := w.take(input{At: w.now(), Fault: &f})
	return err
}

// ClearFaults takes back all faults that were set.
func (w *World) ClearFaults() error {
	_, err := w.take(input{At: w.now(), Clear: true})
	return err
}

// SetChaos lets faults meet requests by chance from now on; the chaos before it is over.
func (w *World) SetChaos(c Chaos) error {
	_, err := w.take(input{At: w.now(), Chaos: &c})
	return err
}

// Faults are those still to be met.
func (w *World) Faults() []Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Fault{}, w.core.faults...)
}

// SetPosting changes how a lender's notifications go out. Empty fields stay as they were.
func (w *World) SetPosting(name string, p Posting) error {
	_, err := w.take(input{At: w.now(), Lender: name, Posting: &p})
	return err
}

// Effects is the ledger of one lender, or of all where name is "", lender by lender.
func (w *World) Effects(name string) []lender.Effect {
	return each(w, name, func(l lender.Lender) []lender.Effect { return l.Book().Effects() })
}

// Orders lists the orders of one lender, or of all where name is "".
func (w *World) Orders(name string) []lender.Order {
	return each(w, name, lender.Lender.Orders)
}

func each[T any](w *World, name string, list func(lender.Lender) []T) []T {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := []T{}
	for _, l := range w.core.lenders {
		if name == "" || l.Name() == name {
			all = append(all, list(l)...)
		}
	}
	return all
}

// Arrivals counts what reached the lenders, in the order it first came. An empty name is all
// lenders; order is anything the path holds.
func (w *World) Arrivals(name, order string) []Arrival {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := []Arrival{}
	for _, a := range w.core.arrivals {
		if (name == "" || a.Lender == name) && strings.Contains(a.Path, order) {
			found = append(found, a)
		}
	}
	return found
}

// known says whether a lender is here.
func (w *World) known(name string) error {
	_, err := w.core.lender(name)
	return err
}
