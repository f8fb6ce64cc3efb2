package engine_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state/statetest"
)

// killed is what a process dies of.
type killed struct{}

// points counts the points at which a process can be stopped, and stops it at one.
type points struct {
	stop  int // 0: never
	count int
	where string // the point it stopped at
}

func (p *points) pass(where string) bool {
	p.count++
	if p.count == p.stop {
		p.where = where
		return true
	}
	return false
}

// killing makes every moment of a store write and of a call to a lender a point at which the process dies.
func (k *kit) killing(p *points) {
	at := func(where string) {
		if p.pass(where) {
			panic(killed{})
		}
	}
	k.wire.at = at
	k.hook = func(_ string, moment statetest.Moment) bool {
		at(string(moment))
		return false
	}
}

// losing makes every commit a point at which its answer is lost.
func (k *kit) losing(p *points) {
	k.hook = func(_ string, moment statetest.Moment) bool {
		return moment != statetest.BeforeRun && p.pass("answer lost "+string(moment))
	}
}

func (k *kit) quiet() { k.wire.at, k.hook = nil, nil }

// survive runs f until it ends or the process dies.
func survive(f func()) {
	defer func() {
		if p := recover(); p != nil && p != any(killed{}) {
			panic(p)
		}
	}()
	f()
}

// restart is what comes after the process died: the same node again, or a neighbor that takes over.
type restart string

const (
	again    restart = "the same node starts again"
	neighbor restart = "a neighbor takes over"
)

func (k *kit) restart(how restart, s style) {
	k.Helper()
	k.quiet()
	k.clients = map[string]engine.Provider{}
	k.addProvider(s)
	if how == neighbor {
		k.engine = k.newEngine("two")
		return
	}
	k.engine = k.newEngine("one")
	if err := k.engine.Resume(k.Context()); err != nil {
		k.Fatal(err)
	}
}

// plans are operations of several attempts.
var plans = []movement{
	{"ecster refund over captures", ecsterStyle, false, []engine.Ask{capture(ecsterStyle.money("300.00")), capture(ecsterStyle.money("200.00"))}, refund(ecsterStyle.money("400.00")), byRead},
	{"spendoption refund over captures", spendoptionStyle, false, []engine.Ask{capture(spendoptionStyle.money("300.00")), capture(nil)}, refund(nil), byRepeat},
	{"spendoption capture for good", spendoptionStyle, false, nil, finalCapture(spendoptionStyle.money("300.00")), byRepeat},
	{"creditkey capture for good", creditkeyStyle, false, nil, finalCapture(creditkeyStyle.money("300.00")), byRead},
}

// crashing stops the movement at one point, brings the gateway back, repeats the request, and compares
// the books. It returns how many points there were.
func crashing(t *testing.T, m movement, stop int, how restart) int {
	t.Helper()
	k, order := m.ready(t)
	call := k.callWith("key", "request")
	p := &points{stop: stop}
	k.killing(p)
	survive(func() { _, _ = m.perform(k, k.engine, call, order) })
	k.restart(how, m.style)
	k.heal()
	answer, err := m.perform(k, k.engine, call, order)
	left := k.heal()
	k.wantOneEnd(m, answer, err)
	if m.heals == harmless && slices.Contains(k.events(answer.Order.ID), canonical.OperationInDoubt) {
		t.Error("what is harmless was in doubt")
	}
	if len(left) == 0 {
		k.wantAllBooks(m.style)
	} else if m.heals != byPerson && m.heals != bySight {
		t.Errorf("%s is %s", left[0].Kind, left[0].State)
	}
	if t.Failed() {
		t.Fatalf("killed %s (%d), then %s: %v", p.where, stop, how, err)
	}
	return p.count
}

// wantOneEnd: a client that repeats its request learns that it happened, or that it did not.
func (k *kit) wantOneEnd(m movement, answer engine.Answer, err error) {
	k.Helper()
	switch {
	case err == nil && answer.Operation.State == canonical.Succeeded:
	case err == nil && answer.Operation.State == canonical.Incomplete && len(answer.Operation.Attempts) > 1:
	case err == nil && answer.Operation.State == canonical.HandedOver && (m.heals == byPerson || m.heals == bySight):
	case canonical.KindOf(err) == canonical.NotDone && m.heals != byRepeat:
	default:
		k.Errorf("the repeated request is answered with operation %s, %v", answer.Operation.State, err)
	}
}

// wantAllBooks compares all our orders with the lender's ledger of truth.
func (k *kit) wantAllBooks(s style) {
	k.Helper()
	orders := k.all()
	sum := canonical.Order{Amount: canonical.Zero(s.currency)}
	for _, o := range orders {
		ledger := &sum.Totals.Ledger
		ledger.Authorized, ledger.Captured = ledger.Authorized.Add(o.Totals.Authorized), ledger.Captured.Add(o.Totals.Captured)
		ledger.Canceled, ledger.Refunded = ledger.Canceled.Add(o.Totals.Canceled), ledger.Refunded.Add(o.Totals.Refunded)
	}
	sum.ID = orders[0].ID
	k.wantEqualBooks(s, sum)
	k.wantTimers()
	k.wantVerified()
}

func TestAProcessMayDieAtAnyPoint(t *testing.T) {
	t.Parallel()
	for _, m := range append(append([]movement{}, movements...), plans...) {
		t.Run(m.name, func(t *testing.T) {
			points := crashing(t, m, 0, neighbor)
			if points < 9 {
				t.Fatalf("only %d points at which it can die", points)
			}
			for stop := 1; stop <= points; stop++ {
				for _, how := range []restart{again, neighbor} {
					crashing(t, m, stop, how)
				}
			}
		})
	}
}

func TestANodeThatStartsAgainKnowsThatItsCallsAreOver(t *testing.T) {
	m := movements[slices.IndexFunc(movements, func(m movement) bool { return m.name == "ecster capture" })]
	for _, how := range []restart{again, neighbor} {
		k, order := m.ready(t)
		k.wire.at = func(moment string) {
			if moment == afterSend {
				panic(killed{})
			}
		}
		survive(func() { _, _ = m.perform(k, k.engine, k.call(), order) })
		k.restart(how, m.style)
		for range 2 { // what is due, and what that made due
			if _, err := k.engine.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		state := canonical.Succeeded
		if how == neighbor { // whose word is it that the call is over?
			state = canonical.Started
		}
		if got := k.operationOf(order.ID).State; got != state {
			t.Errorf("%s: the capture is %s, want %s", how, got, state)
		}
	}
}

// operationOf is the latest operation of an order.
func (k *kit) operationOf(order string) canonical.Operation {
	k.Helper()
	ops, err := k.engine.Operations(k.Context(), k.call(), false, engine.Page{Limit: 1}, func(op *canonical.Operation) bool { return op.Order == order })
	if err != nil || len(ops) != 1 {
		k.Fatalf("operations %v, %v", ops, err)
	}
	return ops[0]
}

func TestAnswersOfCommitsMayBeLost(t *testing.T) {
	t.Parallel()
	for _, m := range append(append([]movement{}, movements...), plans...) {
		t.Run(m.name, func(t *testing.T) {
			for stop := 1; ; stop++ {
				k, order := m.ready(t)
				p := &points{stop: stop}
				k.losing(p)
				answer, err := m.perform(k, k.engine, k.call(), order)
				k.quiet()
				if p.where == "" {
					break
				}
				if err != nil || answer.Operation.State != canonical.Succeeded || answer.Replayed {
					t.Fatalf("%s (%d): operation %s, %v", p.where, stop, answer.Operation.State, err)
				}
				k.wantAllBooks(m.style)
				if t.Failed() {
					t.Fatal(fmt.Sprint(p.where, " ", stop))
				}
			}
		})
	}
}

// TestAProcessMayDieWhileItRecovers kills the one that looks for the truth, and the one after it.
func TestAProcessMayDieWhileItRecovers(t *testing.T) {
	t.Parallel()
	const most = 6
	for _, m := range append(append([]movement{}, movements...), plans...) {
		if m.heals == harmless {
			continue
		}
		for _, fault := range []string{"lose_reply", "lose_request"} {
			t.Run(m.name+"/"+fault, func(t *testing.T) {
				for stop := 1; stop <= most; stop++ {
					k, order := m.ready(t)
					call := k.callWith("key", "request")
					k.fault(m.style.name(), m.operation(), fault)
					_, _ = m.perform(k, k.engine, call, order)
					p := &points{stop: stop}
					for _, how := range []restart{neighbor, again} {
						k.killing(p)
						survive(func() { k.later(time.Hour) })
						k.restart(how, m.style)
						p.count = 0
					}
					left := k.heal()
					answer, err := m.perform(k, k.engine, call, order)
					k.wantOneEnd(m, answer, err)
					if len(left) == 0 {
						k.wantAllBooks(m.style)
					}
					if t.Failed() {
						t.Fatalf("killed %s (%d)", p.where, stop)
					}
				}
			})
		}
	}
}
