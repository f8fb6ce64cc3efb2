package simulation

import (
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
)

// doer is who made the lender move money.
type doer string

const (
	byAttempt doer = "a request"
	byCopy    doer = "a copy of a request that the network made"
	byPerson  doer = "somebody at the lender"
	byLender  doer = "the lender itself"
)

// deed is an effect in a lender's book of truth, and why it came about.
type deed struct {
	lender.Effect
	by      doer
	attempt string // of byAttempt and byCopy
	arrival int    // the request that caused it, counted
	claimed string // the operation that took it for its own, where another made it
}

// book is all deeds, as they came.
type book struct {
	lenders  map[string]lender.Lender
	deeds    []*deed
	entered  map[string]int // effects seen of each lender
	owed     map[lenderOrder][]promise
	changes  []change // of orders at lenders, as they came
	arrivals int
}

func newBook(lenders []lender.Lender) *book {
	b := &book{lenders: make(map[string]lender.Lender), entered: make(map[string]int), owed: make(map[lenderOrder][]promise)}
	for _, l := range lenders {
		b.lenders[l.Name()] = l
	}
	return b
}

// handle lets a lender answer a request, and notes what it did.
func (r *run) handle(f *flight, copied bool) (lender.Reply, sandbox.Fate) {
	r.wake()
	wrong := r.wrongOf(f, copied)
	if wrong != "" && r.world.SetFault(sandbox.Fault{Lender: f.lender, Fault: wrong}) != nil {
		wrong = "" // this lender knows no such thing
	}
	reply, fate := r.world.Handle(r.kernel.now(), f.lender, f.request)
	if wrong != "" {
		r.wronged(f, fate)
	}
	by := byAttempt
	switch {
	case copied:
		by = byCopy
	case f.attempt == "":
		by = byLender
	}
	r.book.arrivals++
	none := r.enter(f.lender, by, f.attempt) == 0
	if f.request.Method != http.MethodGet && (!none || reply.Status/100 == 2) {
		r.book.changes = append(r.book.changes, change{f.lender, f.request.Path + string(f.request.Body), r.kernel.elapsed})
	}
	s := r.sendings[f.attempt]
	if s != nil && !none && by == byAttempt {
		s.answer = reply.Body
	}
	switch {
	case none && promised(f, reply):
		r.book.owe(f.lender, path.Base(path.Dir(f.request.Path)), by, f.attempt)
	case none && s != nil && len(s.deeds) == 0 && fate.Fault == "":
		s.denied = true
	}
	r.await()
	return reply, fate
}

// promised says whether a lender took a request that it carries out later: a refund of what was paid by Swish.
func promised(f *flight, reply lender.Reply) bool {
	return f.lender == "ecster" && path.Base(f.request.Path) == "refunds" && reply.Status/100 == 2
}

// promise is something that a lender has taken and does later.
type promise struct {
	by      doer
	attempt string
}

func (b *book) owe(name, order string, by doer, attempt string) {
	at := lenderOrder{name, order}
	b.owed[at] = append(b.owed[at], promise{by, attempt})
}

// kept says who is behind a refund that a lender carries out by itself.
func (b *book) kept(d *deed) {
	at := lenderOrder{d.Lender, d.Order}
	if owed := b.owed[at]; len(owed) > 0 && d.Kind == string(canonical.OpRefund) {
		d.by, d.attempt, b.owed[at] = owed[0].by, owed[0].attempt, owed[1:]
	}
}

// change is what somebody did at a lender, in words that name the order.
type change struct {
	lender, text string
	at           time.Duration
}

// lag is how far a lender's reads may be behind: absence is not believed before two reads further apart agree.
const lag = 25 * time.Second

// wrongOf is what the lender will do wrong about a request.
func (r *run) wrongOf(f *flight, copied bool) string {
	if f.wrong == nil || copied || (f.wrong.lends == stale && !r.changedLately(f)) {
		return ""
	}
	return f.wrong.lends
}

// changedLately says whether the order that a read is about was otherwise a short while ago.
func (r *run) changedLately(f *flight) bool {
	asked := f.request.Path + "?" + f.request.RawQuery
	names := func(text string, o lender.Order) bool {
		return strings.Contains(text, o.ID) || (o.Reference != "" && strings.Contains(text, o.Reference))
	}
	var about lender.Order
	for _, o := range r.book.lenders[f.lender].Orders() {
		if names(asked, o) {
			about = o
		}
	}
	for _, c := range slices.Backward(r.book.changes) {
		if c.lender == f.lender && r.kernel.elapsed <= c.at+lag && names(c.text, about) {
			return true
		}
	}
	return false
}

// wronged notes what a lender did wrong. What it found no occasion for must not befall the next request.
func (r *run) wronged(f *flight, fate sandbox.Fate) {
	if fate.Fault == "" {
		if err := r.world.ClearFaults(); err != nil {
			panic(err)
		}
		return
	}
	r.counts.faults[f.wrong.name]++
	if s := r.sendings[f.attempt]; s != nil {
		s.bent = fate.Fault
		r.lied[s.order] = r.lied[s.order] || fate.Fault == lieStatus
	}
}

// wake has the lenders do what time brings about by itself.
func (r *run) wake() {
	if err := r.world.Wake(r.kernel.now()); err != nil {
		panic(err)
	}
	for _, s := range r.styles {
		r.enter(s.name(), byLender, "")
	}
}

// await sees to it that lenders wake when something is due there.
func (r *run) await() {
	due, any := r.world.Due()
	if !any || due.Equal(r.woken) {
		return
	}
	r.woken = due
	r.kernel.after(due.Sub(r.kernel.now()), r.wake)
}

// act plays somebody at a lender. What does not fit the order there does not happen.
func (r *run) act(name string, a lender.Act) bool {
	r.wake()
	err := r.world.Act(name, a)
	r.tell("at "+name, "%s %s %s: %v", a.Do, a.Order, a.Amount, err)
	r.book.arrivals++
	if err == nil {
		r.book.changes = append(r.book.changes, change{name, a.Order, r.kernel.elapsed})
	}
	if r.enter(name, byPerson, "") == 0 && err == nil && a.Do == "credit" {
		r.book.owe(name, a.Order, byPerson, "")
	}
	r.await()
	return err == nil
}

// enter takes over what is new in a lender's book.
func (r *run) enter(name string, by doer, attempt string) (found int) {
	b := r.book
	if b.lenders[name].Book().Len() == b.entered[name] {
		return 0
	}
	effects := b.lenders[name].Book().Effects()
	for _, e := range effects[b.entered[name]:] {
		found++
		d := &deed{Effect: e, by: by, attempt: attempt, arrival: b.arrivals}
		if by == byLender {
			b.kept(d)
		}
		b.deeds = append(b.deeds, d)
		r.noteDeed(d)
	}
	b.entered[name] = len(effects)
	return found
}

func (r *run) noteDeed(d *deed) {
	r.tell("at "+d.Lender, "%s of %s %s on %s, by %s %s", d.Kind, d.Amount, d.Currency, d.Order, d.by, d.attempt)
	r.kernel.trace.text(d.Lender + d.Order + d.Kind + d.Amount.String())
	if s := r.sendings[d.attempt]; s != nil && d.by == byAttempt {
		s.deeds = append(s.deeds, d)
	}
	r.check(func(i *invariant) bool {
		if i.deed != nil {
			i.deed(r, d)
		}
		return i.deed != nil
	})
}

// of lists the deeds on an order of a lender.
func (b *book) of(name, order string) []*deed {
	var found []*deed
	for _, d := range b.deeds {
		if d.Lender == name && d.Order == order {
			found = append(found, d)
		}
	}
	return found
}

// sum adds up the deeds of a kind.
func sum(deeds []*deed, kind canonical.OperationKind) decimal.Decimal {
	total := decimal.Zero
	for _, d := range deeds {
		if d.Kind == string(kind) {
			total = total.Add(d.Amount)
		}
	}
	return total
}

// orders lists what a lender knows under a reference, as they came.
func (r *run) ordersAt(name, reference string) []lender.Order {
	all := r.book.lenders[name].Orders()
	return slices.DeleteFunc(all, func(o lender.Order) bool { return o.Reference != reference })
}
