package engine_test

import (
	"errors"
	"flag"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

// courses is how many courses of events are tried for each lender, always the same; -rapid.checks and -rapid.seed try others.
const courses = "25"

func TestMain(m *testing.M) {
	if err := errors.Join(flag.Set("rapid.checks", courses), flag.Set("rapid.seed", "1")); err != nil {
		panic(err)
	}
	m.Run()
}

// books is a reference model of one order's money: what it must come to if every movement that was
// reported as done happened once, and nothing else did.
type books struct{ authorized, captured, canceled, refunded decimal.Decimal }

func (b books) remaining() decimal.Decimal {
	return b.authorized.Sub(b.captured).Sub(b.canceled)
}

// enter books an operation that ended well, whatever order its attempts came in.
func (b *books) enter(op canonical.Operation) {
	for _, attempt := range op.Attempts {
		if attempt.State != canonical.Succeeded || attempt.Amount == nil {
			continue
		}
		amount := attempt.Amount.Value.Decimal()
		switch attempt.Kind {
		case canonical.OpCapture:
			b.captured = b.captured.Add(amount)
		case canonical.OpCancel, canonical.OpUpdate:
			b.canceled = b.canceled.Add(amount)
		case canonical.OpRefund:
			b.refunded = b.refunded.Add(amount)
		}
		if attempt.Final {
			b.canceled = b.canceled.Add(b.remaining())
		}
	}
}

// machine drives one order with commands, faults and time, and keeps the reference model beside it.
type machine struct {
	*kit
	style   style
	order   string
	model   books
	pending []string // operations whose end the model waits for
}

var faultNames = []string{"lose_reply", "lose_request", "error_after", "error_before", "garbage", "throttled", "unavailable"}

func (m *machine) submit(t *rapid.T, ask engine.Ask) {
	answer, err := m.engine.Submit(t.Context(), m.call(), m.order, ask)
	if err == nil {
		m.pending = append(m.pending, answer.Operation.ID)
	}
	m.settled()
}

// settled books what has come to an end.
func (m *machine) settled() {
	m.pending = slices.DeleteFunc(m.pending, func(id string) bool {
		op := m.operation(id)
		if op.State.Unresolved() {
			return false
		}
		m.model.enter(op)
		return true
	})
}

// amount is nothing, which is all there is, or some of it.
func (m *machine) amount(t *rapid.T) *canonical.Money {
	if rapid.Bool().Draw(t, "all") {
		return nil
	}
	cents := rapid.Int64Range(1, 60000).Draw(t, "cents")
	return m.style.money(decimal.New(cents, -2).StringFixed(2))
}

func (m *machine) check(t *rapid.T) {
	m.settled()
	order := m.kit.order(m.order)
	m.wantLedger(order)
	m.wantTimers()
	// At the lender never more moved than our books hold, what is in doubt included.
	for kind, booked := range map[string]canonical.Amount{"capture": order.Totals.Captured, "refund": order.Totals.Refunded, "cancel": order.Totals.Canceled} {
		most := booked.Decimal()
		if open := order.Hidden.Open; open != nil {
			most = most.Add(m.model.authorized)
		}
		if moved := m.moved(m.style, kind); moved.GreaterThan(most) {
			t.Fatalf("the lender's %s is %s, our books hold %s", kind, moved, most)
		}
	}
}

// finish brings everything to its end and compares the three: the model, our books, the lender's.
func (m *machine) finish(t *rapid.T) {
	m.wire.connected(true)
	if err := m.world.ClearFaults(); err != nil {
		t.Fatal(err)
	}
	left := m.heal()
	m.settled()
	order := m.kit.order(m.order)
	m.wantRules(order)
	if len(left) > 0 {
		return // a person must say what this lender cannot show
	}
	m.wantAllBooks(m.style)
	ledger := order.Totals.Ledger
	for name, pair := range map[string][2]decimal.Decimal{
		"captured": {ledger.Captured.Decimal(), m.model.captured}, "canceled": {ledger.Canceled.Decimal(), m.model.canceled}, "refunded": {ledger.Refunded.Decimal(), m.model.refunded},
	} {
		if !pair[0].Equal(pair[1]) {
			t.Fatalf("%s is %s, the operations add up to %s", name, pair[0], pair[1])
		}
	}
	if synced := m.sync(m.order); synced.Drift != nil {
		t.Fatalf("in the end there is drift: %s", synced.Drift.Seen)
	}
}

func TestAnyCourseOfEventsEndsWithEqualBooks(t *testing.T) {
	t.Parallel()
	for _, s := range []style{ecsterStyle, spendoptionStyle, creditkeyStyle} {
		t.Run(s.name(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				k, order := polled(s).reserved(t, "1000.00")
				m := &machine{kit: k, style: s, order: order.ID}
				m.model.authorized = order.Totals.Authorized.Decimal()
				t.Repeat(m.actions())
				m.finish(t)
			})
		})
	}
}

// post delivers some of what the lender has told, in any order, some of it twice; the rest is lost.
func (m *machine) post(t *rapid.T) {
	told := m.mail()
	if len(told) == 0 {
		return
	}
	for range rapid.IntRange(0, 2*len(told)).Draw(t, "messages") {
		m.deliverThese([]lender.Notice{told[rapid.IntRange(0, len(told)-1).Draw(t, "message")]})
	}
}

func (m *machine) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"": m.check,
		"capture": func(t *rapid.T) {
			m.submit(t, engine.Ask{Kind: canonical.OpCapture, Amount: m.amount(t), Final: rapid.Bool().Draw(t, "final")})
		},
		"cancel": func(t *rapid.T) { m.submit(t, cancel(m.amount(t))) },
		"refund": func(t *rapid.T) { m.submit(t, refund(m.amount(t))) },
		"note": func(t *rapid.T) {
			m.submit(t, change(canonical.Change{Metadata: canonical.Metadata{"at": m.clock().String()}}))
		},
		"fault": func(t *rapid.T) {
			operation := rapid.SampledFrom([]string{"capture", "cancel", "refund", "update", "read"}).Draw(t, "operation")
			m.fault(m.style.name(), operation, rapid.SampledFrom(faultNames).Draw(t, "fault"))
		},
		"network": func(t *rapid.T) { m.wire.connected(rapid.Bool().Draw(t, "up")) },
		"time": func(t *rapid.T) {
			m.later(time.Duration(rapid.IntRange(1, 600).Draw(t, "seconds")) * time.Second)
		},
		"sync":    func(*rapid.T) { m.sync(m.order) },
		"post":    m.post,
		"restart": func(t *rapid.T) { m.engine = m.newEngine(rapid.SampledFrom([]string{"one", "two"}).Draw(t, "node")) },
	}
}
