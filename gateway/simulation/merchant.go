package simulation

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

// manner is how a client behaves towards the gateway.
type manner string

const (
	patient     manner = "waits, and repeats with the same key until it knows"
	impatient   manner = "waits little, and repeats with the same key"
	doubling    manner = "clicks twice"
	changing    manner = "repeats with the same key and something else"
	hangingUp   manner = "hangs up, and repeats much later"
	neverAgain  manner = "never repeats"
	severalKeys manner = "asks again with another key when it hears nothing"
)

var manners = []manner{patient, patient, patient, impatient, doubling, changing, hangingUp, neverAgain, severalKeys}

// shop sells with one style, one order after another.
type shop struct {
	run   *run
	style *style
	now   *deal // the order it works on; nil: none yet
	deals int
}

// deal is one order: what merchant, customer and others do with it.
type deal struct {
	*shop
	name  string // in draws and stories
	order string // our id, once it is known to the merchant
	base  string // the amount, in major units
}

// client is one of a shop's machines at work.
type client struct {
	*deal
	name string
	step int
	dice *dice
}

// plan is how much happens in a run, and how fast.
type plan struct {
	pause time.Duration // the longest between two steps
	steps int           // of the first client of each shop
	more  int           // of the second
	nodes int           // gateways at once
	waits bool          // until recovery gives up what cannot be known
	polls time.Duration // orders that wait are read first after this
	keeps time.Duration // bodies of calls and messages are kept so long; 0: for good
}

func newPlan(d *dice) plan {
	p := plan{
		pause: pick(d, 5*time.Second, time.Minute, 10*time.Minute, 3*time.Hour),
		steps: 4 + d.below(6), more: d.below(6), nodes: 1 + d.below(2), waits: d.happens(1.0 / 32),
		polls: pick(d, time.Minute, 10*time.Minute, 10*time.Minute, 2*time.Hour), keeps: pick(d, 0, 0, 0, time.Hour),
	}
	p.polls = max(p.polls, p.pause/8) // what is slow is not read all the time
	return p
}

// mostDeals is how many orders a shop sells in one run.
const mostDeals = 5

// trade is what the shop's first machine does.
func (s *shop) trade() {
	c := &client{name: s.style.name()}
	for s.wants(c) && s.deals < mostDeals && !s.run.swarm.calm {
		c.deal = s.open()
		if c.create(); c.order == "" {
			continue
		}
		c.attend()
		for s.wants(c) && !c.over() {
			c.next()
		}
	}
}

// leastRequests is how many requests for money every run has, reads and syncs not counted.
const leastRequests = 6

// wants says whether the shop's first machine goes on.
func (s *shop) wants(c *client) bool {
	r := s.run
	return c.step < r.plan.steps || (r.requests < leastRequests && c.step < 4*r.plan.steps)
}

// open begins a deal.
func (s *shop) open() *deal {
	d := &deal{shop: s, name: s.style.name() + " " + strconv.Itoa(s.deals)}
	dice := s.run.chance.dice(d.name, 0)
	cents := pick(dice, "00", "00", "00", "00", "00", "00", "13")
	if s.style.name() == "spendoption" {
		cents = pick(dice, "00", "00", "14", "13")
	}
	d.base = fmt.Sprintf("%d0.%s", 10+dice.below(490), cents)
	s.deals++
	return d
}

// attend brings the others to a deal whose order is made. The merchant mostly waits for the customer.
func (c *client) attend() {
	d, r := c.deal, c.run
	d.now = d
	r.kernel.raise(&r.changed)
	r.person(d.name+" customer", d.visit)
	r.person(d.name+" staff", d.meddle)
	if d.style.authorize || !c.dice.happens(0.8) {
		return
	}
	for until := r.kernel.elapsed + patienceForCustomers; d.waiting() && r.kernel.elapsed < until && !r.swarm.calm; {
		r.kernel.wait(until-r.kernel.elapsed, &r.changed)
	}
}

// patienceForCustomers is how long a merchant lets an order be that no customer has finished.
const patienceForCustomers = 30 * time.Minute

// stands is the order as it stands; nil where the merchant knows of none.
func (d *deal) stands() *canonical.Order {
	if s := d.run.mirror.orders[d.order]; s != nil {
		return &s.order
	}
	return nil
}

func (d *deal) waiting() bool {
	o := d.stands()
	return o != nil && o.Phase != canonical.Open && o.Phase != canonical.Ended
}

// over says whether nothing more can be made of the order.
func (d *deal) over() bool {
	o := d.stands()
	return o == nil || o.Final() || (o.Status == canonical.StatusCaptured && !slices.Contains(d.style.asks, canonical.OpRefund))
}

// help is what the shop's other machine does at the same time.
func (s *shop) help() {
	c := &client{name: s.style.name() + " till"}
	for s.now == nil && !s.run.swarm.calm {
		s.run.kernel.wait(-1, &s.run.changed)
	}
	for s.now != nil && c.step < s.run.plan.more {
		c.deal = s.now
		c.next()
	}
}

// create makes the order, trying a few times.
func (c *client) create() {
	c.dice = c.run.chance.dice(c.deal.name+" creates", 0)
	for try := range 3 {
		n := c.newOrder(try)
		a := &asked{who: c.name, kind: canonical.OpCreate, fresh: &n, key: fmt.Sprintf("%s create %d", c.deal.name, try)}
		a.meaning = "create " + n.Amount.String() + " " + n.Reference
		c.persist(a, c.manner())
		if a.heard && a.err == nil {
			c.order = a.answer.Order.ID
			return
		}
		c.run.kernel.sleep(c.dice.anywhere(time.Second, time.Minute))
	}
}

func (c *client) newOrder(try int) engine.NewOrder {
	amount := canonical.MustMoney(c.base, c.style.currency)
	return engine.NewOrder{
		Provider: c.style.name(), Reference: fmt.Sprintf("%s-%d-%d", c.style.name(), c.deals, try), Amount: &amount, ReturnURL: "https://shop.example/back",
		Customer: canonical.Customer{Reference: c.style.customer, Name: "Ada Example", Email: "ada@example.com"},
	}
}

// manner draws how the client behaves this time.
func (c *client) manner() manner { return pick(c.dice, manners...) }

// next does one step: it reads, syncs, or asks for something.
func (c *client) next() {
	id := c.name + " step " + strconv.Itoa(c.step)
	c.dice = c.run.chance.dice(c.name, c.step)
	c.step++
	c.run.kernel.sleep(c.dice.anywhere(50*time.Millisecond, c.run.plan.pause))
	if !c.run.takes(id) {
		return
	}
	a := &asked{who: c.name, order: c.order}
	switch x := c.dice.fraction(); {
	case x < 0.08:
		c.run.request(a, time.Minute)
		return
	case x < 0.18:
		a.kind = canonical.OpSync
		c.run.request(a, time.Minute)
		return
	}
	c.ask(a)
	c.persist(a, c.manner())
}

// tries is how often a client repeats a request before it gives up.
const tries = 12

// persist asks in a manner until the client knows, or gives up.
func (c *client) persist(a *asked, m manner) {
	c.run.counts.manners[m]++
	c.run.requests++
	c.run.tell(c.name, "asks for %s with key %s and %s", a, a.key, m)
	patience := time.Minute
	switch m {
	case impatient:
		patience = c.dice.between(500*time.Millisecond, 5*time.Second)
	case hangingUp:
		patience = c.dice.between(0, 2*usual)
	case doubling:
		twin := *a
		c.run.kernel.spawn(nil, c.name+" again", func() { c.run.request(&twin, patience) })
	}
	c.run.request(a, patience)
	switch {
	case m == neverAgain:
		return
	case m == hangingUp:
		c.run.kernel.sleep(c.dice.anywhere(time.Second, c.run.plan.pause))
		patience = time.Minute
	case m == severalKeys && !a.heard:
		a.key += "-again"
	case m == changing:
		c.change(*a)
	}
	for try := 0; try < tries && !a.settled(); try++ {
		c.run.kernel.sleep(c.dice.between(time.Second, time.Second<<min(try, 7)))
		c.run.request(a, patience)
	}
}

// change repeats a request with its key and something else, which must be refused.
func (c *client) change(a asked) {
	a.meaning += " changed"
	switch {
	case a.fresh != nil:
		other := *a.fresh
		more := canonical.MustMoney("77.00", c.style.currency)
		other.Amount = &more
		a.fresh = &other
	case a.kind == canonical.OpAuthorize || a.kind == canonical.OpAuthenticate:
		a.ask.Plan = &canonical.Plan{Installments: 6}
	case a.kind == canonical.OpUpdate:
		a.ask.Change = &canonical.Change{Metadata: canonical.Metadata{"changed": "yes"}}
	default:
		a.ask.Amount = c.money("10.00")
	}
	c.run.request(&a, time.Minute)
}

// settled says whether the client knows: a problem that says to ask again, with the same key, is no end.
func (a *asked) settled() bool {
	if !a.heard {
		return false
	}
	var problem *canonical.Error
	if !errors.As(a.err, &problem) {
		return a.err == nil
	}
	switch problem.Kind {
	case canonical.OperationInProgress, canonical.Overloaded, canonical.ProviderBusy, canonical.ProviderUnavailable, canonical.ProviderGarbled:
		return false
	}
	return true
}

func (c *client) money(value string) *canonical.Money {
	m := canonical.MustMoney(value, c.style.currency)
	return &m
}
