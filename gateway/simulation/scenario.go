package simulation

import (
	"slices"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

// scenario is a short course of events: what comes before, and the part in which the gateway is killed at
// every point there is.
type scenario struct {
	name  string
	of    []string // styles; none: all
	quiet bool     // no notification gets through
	ready func(*enactment)
	act   func(*enactment)
}

// enactment is a scenario that is played.
type enactment struct {
	*client
	fault string // that befalls the first request of the act
}

var (
	merchantsReserve = []string{"creditkey", "spendoption"}
	customersReserve = []string{"ecster", "iwocapay", "cryptopay"}
	captured         = []string{"creditkey", "spendoption", "ecster"}
	inParts          = []string{"spendoption", "ecster"}
	refunded         = []string{"creditkey", "spendoption", "ecster", "cryptopay"}
)

// scenarios is the table of all courses.
var scenarios = []scenario{
	{name: "create", act: (*enactment).makes},
	{name: "create, given up at once", act: func(e *enactment) {
		e.alongside(e.makes)
		e.when(func(*canonical.Order) bool { return true })
		e.asks(engine.Ask{Kind: canonical.OpCancel})
	}},
	{name: "authenticate", of: []string{"spendoption"}, ready: (*enactment).makes, act: ask(engine.Ask{Kind: canonical.OpAuthenticate})},
	{name: "authorize", of: merchantsReserve, ready: (*enactment).makes, act: (*enactment).reserves},
	{name: "authorize, canceled meanwhile", of: merchantsReserve, ready: (*enactment).makes, act: func(e *enactment) {
		e.alongside(e.reserves)
		e.run.kernel.sleep(40 * time.Millisecond)
		e.asks(engine.Ask{Kind: canonical.OpCancel})
	}},
	{name: "the customer finishes, the lender tells", of: customersReserve, ready: (*enactment).makes, act: (*enactment).reserves},
	{name: "the customer finishes, nobody tells", of: customersReserve, quiet: true, ready: (*enactment).makes, act: (*enactment).reserves},
	{name: "the customer leaves", of: customersReserve, ready: (*enactment).makes, act: func(e *enactment) {
		e.visits(map[string]string{"ecster": "leave", "iwocapay": "decline", "cryptopay": "leave"}[e.style.name()])
		e.when(func(o *canonical.Order) bool { return o.Phase == canonical.Ended })
	}},
	{name: "capture", of: captured, ready: (*enactment).made, act: ask(engine.Ask{Kind: canonical.OpCapture})},
	{name: "capture of a part", of: inParts, ready: (*enactment).made, act: (*enactment).capturesPart},
	{name: "last capture", of: captured, ready: (*enactment).made, act: func(e *enactment) {
		e.asks(engine.Ask{Kind: canonical.OpCapture, Amount: e.money("300.00"), Final: true})
	}},
	{name: "cancel", of: captured, ready: (*enactment).made, act: ask(engine.Ask{Kind: canonical.OpCancel})},
	{name: "cancel before anything is reserved", of: []string{"creditkey", "spendoption", "iwocapay"}, ready: (*enactment).makes, act: ask(engine.Ask{Kind: canonical.OpCancel})},
	{name: "cancel of a part", of: merchantsReserve, ready: (*enactment).made, act: func(e *enactment) {
		e.asks(engine.Ask{Kind: canonical.OpCancel, Amount: e.money("300.00")})
	}},
	{name: "refund", of: refunded, ready: (*enactment).capturedAll, act: ask(engine.Ask{Kind: canonical.OpRefund})},
	{name: "refund of a part", of: refunded, ready: (*enactment).capturedAll, act: func(e *enactment) {
		e.asks(engine.Ask{Kind: canonical.OpRefund, Amount: e.money("300.00")})
	}},
	{name: "refund over two captures", of: inParts, ready: func(e *enactment) {
		e.made()
		e.capturesPart()
		e.asks(engine.Ask{Kind: canonical.OpCapture})
	}, act: func(e *enactment) { e.asks(engine.Ask{Kind: canonical.OpRefund, Amount: e.money("700.00")}) }},
	{name: "update of the amount", of: []string{"creditkey"}, ready: (*enactment).made, act: func(e *enactment) {
		e.asks(engine.Ask{Kind: canonical.OpUpdate, Change: &canonical.Change{Amount: e.money("900.00")}})
	}},
	{name: "update of the number", of: captured, ready: (*enactment).made, act: func(e *enactment) {
		number := "another-number"
		e.asks(engine.Ask{Kind: canonical.OpUpdate, Change: &canonical.Change{Reference: &number}})
	}},
	{name: "update of a note", ready: (*enactment).makes, act: ask(engine.Ask{Kind: canonical.OpUpdate, Change: &canonical.Change{Metadata: canonical.Metadata{"note": "1"}}})},
	{name: "sync after staff acted", of: []string{"creditkey", "ecster", "cryptopay"}, quiet: true, ready: func(e *enactment) {
		e.made()
		e.staffActs()
	}, act: (*enactment).syncs},
	{name: "staff acts, the lender tells", of: []string{"ecster", "cryptopay"}, ready: (*enactment).made, act: func(e *enactment) {
		e.staffActs()
		e.run.kernel.sleep(time.Minute)
	}},
	{name: "record", of: []string{"iwocapay"}, ready: (*enactment).made, act: ask(engine.Ask{Kind: canonical.OpRefund, Elsewhere: true, Reason: "paid back by transfer"})},
	{name: "a queued capture goes out", of: captured, ready: (*enactment).made, act: func(e *enactment) {
		e.force("capture", noConnection)
		e.asks(engine.Ask{Kind: canonical.OpCapture})
	}},
	{name: "a queued capture is withdrawn", of: captured, ready: (*enactment).made, act: func(e *enactment) {
		e.force("capture", noConnection)
		e.asks(engine.Ask{Kind: canonical.OpCapture})
		e.asks(engine.Ask{Kind: canonical.OpCancel})
	}},
	{name: "two captures at once", of: inParts, ready: (*enactment).made, act: func(e *enactment) {
		e.alongside(e.capturesPart)
		e.asks(engine.Ask{Kind: canonical.OpCapture, Amount: e.money("400.00")})
	}},
}

func ask(a engine.Ask) func(*enactment) { return func(e *enactment) { e.asks(a) } }

// asks has the merchant ask for something, and repeat it until it knows.
func (e *enactment) asks(a engine.Ask) {
	e.step++
	request := &asked{who: e.name, order: e.order, kind: a.Kind, ask: a, key: e.name + " " + number(e.step)}
	if a.Kind == canonical.OpAuthorize {
		request.ask.Plan = &canonical.Plan{Installments: 12}
	}
	request.meaning = request.String()
	e.persist(request, patient)
}

// alongside has something happen at the same time, by another machine of the shop.
func (e *enactment) alongside(other func()) { e.run.person(e.name+" beside", other) }

func (e *enactment) makes() { e.create() }

// made brings the order to where money is reserved, or paid where that is one step.
func (e *enactment) made() {
	e.makes()
	e.reserves()
}

func (e *enactment) reserves() {
	if e.style.authorize {
		e.asks(engine.Ask{Kind: canonical.OpAuthorize})
		return
	}
	e.visits(e.style.finishes[0][0])
	e.when(func(o *canonical.Order) bool { return o.Phase == canonical.Open })
}

// visits has the customer do something at the lender.
func (e *enactment) visits(do string) {
	e.when(func(o *canonical.Order) bool { return e.place(o) != "" })
	e.run.act(e.style.name(), lender.Act{Order: e.place(e.stands()), Do: do})
}

// when waits until the order is as wanted.
func (e *enactment) when(wanted func(*canonical.Order) bool) {
	for o := e.newest(); o == nil || !wanted(o); o = e.newest() {
		e.run.kernel.wait(-1, &e.run.changed)
	}
}

// newest is the order, whether or not the merchant has heard of it.
func (e *enactment) newest() *canonical.Order {
	if len(e.run.mirror.listed) == 0 {
		return nil
	}
	s := e.run.mirror.listed[0]
	e.order = s.order.ID
	return &s.order
}

func (e *enactment) capturesPart() {
	e.asks(engine.Ask{Kind: canonical.OpCapture, Amount: e.money("300.00")})
}

func (e *enactment) capturedAll() {
	e.made()
	if slices.Contains(captured, e.style.name()) {
		e.asks(engine.Ask{Kind: canonical.OpCapture})
	}
}

func (e *enactment) syncs() {
	e.run.request(&asked{who: e.name, order: e.order, kind: canonical.OpSync}, time.Minute)
}

// staffActs plays somebody in the lender's dashboard.
func (e *enactment) staffActs() {
	a := map[string]lender.Act{"creditkey": {Do: "capture"}, "ecster": {Do: "debit", Amount: "200.00"}, "cryptopay": {Do: "refund", Amount: "200.00"}}[e.style.name()]
	a.Order = e.stands().ProviderOrder.ID
	e.run.act(e.style.name(), a)
}

// force has the next request of a kind meet a fault.
func (e *enactment) force(what, fault string) {
	e.run.forced = append(e.run.forced, forced{what, fault})
}
