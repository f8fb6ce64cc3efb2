package gateway_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/shopspring/decimal"
)

// merchants are clients that work on a site at once, through whatever happens to the gateway. Each is honest:
// it repeats a request with the same key until it knows.
type merchants struct {
	*site
	seed    uint64
	stopped chan struct{}
	running sync.WaitGroup
	answers atomic.Int64  // given so far
	cut     atomic.Int64  // requests on whose answer the gateway died
	tick    chan struct{} // an answer was given; full where nobody looks

	mu       sync.Mutex
	requests []*request
}

// request is one thing that a merchant asks for.
type request struct {
	key, method, path, body string
	provider                string

	mu        sync.Mutex
	operation string   // that the last answer named
	former    []string // those that answers before named: the key was free after them
	told      *reply   // the first answer that settled it
	last      reply
}

// work sets merchants to work until they are told to stop.
func (s *site) work(seed uint64, clients int) *merchants {
	m := &merchants{site: s, seed: seed, stopped: make(chan struct{}), tick: make(chan struct{}, 1)}
	for n := range clients {
		c := &client{merchants: m, name: fmt.Sprintf("S%d-C%d", seed, n), dice: rand.New(rand.NewPCG(seed, uint64(n)))}
		m.running.Go(func() {
			for !m.done() {
				c.step()
			}
		})
	}
	return m
}

func (m *merchants) done() bool {
	select {
	case <-m.stopped:
		return true
	default:
		return false
	}
}

// stop lets the merchants finish what they are about.
func (m *merchants) stop() {
	close(m.stopped)
	m.running.Wait()
}

// await waits until so many more answers were given, or the merchants have nothing left to ask.
func (m *merchants) await(answers int64) {
	giveUp := time.NewTimer(5 * time.Second)
	defer giveUp.Stop()
	for end := m.answers.Load() + answers; m.answers.Load() < end; {
		select {
		case <-m.tick:
		case <-giveUp.C:
			return
		}
	}
}

// client is one machine of a merchant, with the deals it looks after.
type client struct {
	*merchants
	name  string
	dice  *rand.Rand
	deals []*deal
}

// deal is an order as its merchant knows it.
type deal struct {
	*trade
	id        string
	reference string // the lender's name for it, where the customer goes
	visited   bool
}

// mostDeals is how many orders a client looks after at once.
const mostDeals = 4

// step does one thing: a new order, a customer's visit, or the next operation.
func (c *client) step() {
	if len(c.deals) < mostDeals && c.dice.IntN(3) == 0 || len(c.deals) == 0 {
		c.create()
		return
	}
	i := c.dice.IntN(len(c.deals))
	d := c.deals[i]
	if !d.visited && d.finishes != nil {
		c.visit(d)
		return
	}
	if over := c.next(d); over || c.dice.IntN(12) == 0 {
		c.deals = slices.Delete(c.deals, i, i+1)
	}
}

func (c *client) create() {
	d := &deal{trade: &trades[c.dice.IntN(len(trades))]}
	number := len(c.deals) + c.dice.IntN(1e9)
	body := d.newOrder(fmt.Sprintf("%s-%d", c.name, number), fmt.Sprintf("%d.00", 20+c.dice.IntN(900)))
	r := c.persist(d.provider, http.MethodPost, "/v1/orders", body)
	a := r.last.read()
	if a.ID == "" {
		return
	}
	d.id, d.reference = a.ID, a.ProviderOrder.Reference
	c.deals = append(c.deals, d)
}

// visit is what the customer does at the lender, if the lender is there.
func (c *client) visit(d *deal) {
	do := d.finishes[c.dice.IntN(len(d.finishes))]
	d.visited = true
	if do == "" {
		return
	}
	body := fmt.Sprintf(`{"order":%q,"do":%q}`, d.reference, do)
	for range 3 {
		if c.tryControl(http.MethodPost, d.lender+"/act", body, nil) == nil || c.done() {
			return
		}
		pause()
	}
}

// next asks for something that the order allows, and says whether there is nothing left to ask.
func (c *client) next(d *deal) (over bool) {
	got, err := c.send(c.key, "", http.MethodGet, "/v1/orders/"+d.id, "")
	if err != nil || got.status != http.StatusOK {
		pause()
		return false
	}
	c.counted()
	seen := got.read()
	asks := slices.DeleteFunc(seen.AllowedOperations, func(a allowed) bool { return a.Kind == "update" || a.Kind == "authenticate" })
	if len(asks) == 0 {
		return true
	}
	ask := asks[c.dice.IntN(len(asks))]
	if ask.Kind == "cancel" && c.dice.IntN(3) > 0 {
		ask = asks[0]
	}
	if ask.Kind == "sync" {
		_, _ = c.send(c.key, "", http.MethodPost, "/v1/orders/"+d.id+"/sync", "")
		return len(asks) == 1 && c.dice.IntN(4) == 0
	}
	c.persist(d.provider, http.MethodPost, "/v1/orders/"+d.id+"/"+ask.Kind, c.amount(d, ask))
	return false
}

// amount is the body of a request for all there is, or for a part.
func (c *client) amount(d *deal, ask allowed) string {
	most := decimal.Zero
	if ask.Max != "" {
		most = decimal.RequireFromString(ask.Max)
	}
	if !ask.Partial || most.LessThan(decimal.NewFromInt(2)) || c.dice.IntN(4) == 0 {
		return ""
	}
	part := 1 + c.dice.Int64N(most.IntPart())
	final := ""
	if ask.Final && c.dice.IntN(4) == 0 {
		final = `,"final":true`
	}
	return fmt.Sprintf(`{"amount":{"value":"%d.00","currency":%q}%s}`, part, d.currency, final)
}

// persist asks until it is known what became of the request, or the merchants are told to stop.
func (c *client) persist(provider, method, path, body string) *request {
	r := &request{key: c.newKey(), method: method, path: path, body: body, provider: provider}
	c.mu.Lock()
	c.requests = append(c.requests, r)
	c.mu.Unlock()
	for busy := 0; !c.ask(r) && !c.done() && busy < 200; busy++ {
		pause()
	}
	return r
}

// ask sends a request once and says whether the merchant knows now, or has been told to wait.
func (m *merchants) ask(r *request) (known bool) {
	got, err := m.send(m.key, r.key, r.method, r.path, r.body)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return false // the gateway is down
	case err != nil:
		m.cut.Add(1)
		return false // it went down before it answered
	}
	m.counted()
	return r.note(m, got)
}

func (m *merchants) counted() {
	m.answers.Add(1)
	select {
	case m.tick <- struct{}{}:
	default:
	}
}

// problem is a problem document, as far as these tests look.
type problem struct {
	Code      string
	Operation string
	Next      struct{ Action string }
}

// note holds an answer against those before it: what was told as settled is told again to the letter.
func (r *request) note(m *merchants, got reply) (known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = got
	done := got.status < 300
	named, p := "", problem{}
	if done {
		named = got.read().Operation.ID
	} else if json.Unmarshal(got.body, &p) == nil {
		named = p.Operation
	}
	if named == "" && done {
		m.t.Errorf("%s: status %d names no operation: %s", r, got.status, got.body)
	}
	if named != "" && r.operation != "" && named != r.operation {
		r.former = append(r.former, r.operation)
	}
	r.operation = cmp.Or(named, r.operation)
	free := !done && (p.Next.Action == "retry_same_key" || got.status >= 500)
	switch {
	case got.status == http.StatusAccepted:
		if r.told != nil {
			m.t.Errorf("%s: was told %d, and now 202: %s", r, r.told.status, got.body)
		}
		return true
	case got.status == http.StatusInternalServerError:
		m.t.Errorf("%s: status 500: %s", r, got.body)
	case free || p.Code == "operation_in_progress":
		return false
	}
	if r.told != nil && !r.told.same(got) {
		m.t.Errorf("%s: was told\n%d %s\nand now\n%d %s", r, r.told.status, r.told.body, got.status, got.body)
	}
	if r.told == nil && (done || named != "") {
		r.told = &got
	}
	return true
}

func (r *request) String() string {
	return r.method + " " + r.path + " " + r.body + " with key " + r.key
}

// same compares two answers but for what names the one request that was answered.
func (r reply) same(other reply) bool {
	return r.status == other.status && bytes.Equal(r.lasting(), other.lasting())
}

func (r reply) lasting() []byte {
	if r.status < 300 {
		return r.body
	}
	var members map[string]any
	_ = json.Unmarshal(r.body, &members)
	for _, passing := range []string{"trace_id", "instance", "detail"} {
		delete(members, passing)
	}
	text, _ := json.Marshal(members)
	return text
}

// wantPromisesKept asks everything once more: each answer that was given still stands, and each key gives it
// again. A key that came to stand for another operation was free: the one before certainly did not happen.
func (m *merchants) wantPromisesKept() (asked int) {
	m.t.Helper()
	for _, r := range m.requests {
		for try := 0; !m.ask(r); try++ {
			if try == 400 {
				m.t.Errorf("%s: never settled, in the end %d %s", r, r.last.status, r.last.body)
				break
			}
			pause()
		}
		for _, id := range r.former {
			if op := m.operation(id); op.State != "failed" {
				m.t.Errorf("%s: now stands for %s, though %s is %s", r, r.operation, id, op.State)
			}
		}
		asked++
	}
	return asked
}

func (m *merchants) String() string {
	return strconv.FormatUint(m.seed, 10) + ": " + strconv.FormatInt(m.answers.Load(), 10) + " answers"
}
