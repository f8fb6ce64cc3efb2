package engine_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state/statetest"
)

// rounds is how often each race is run: a race is won by another each time.
const rounds = 15

// racers is several gateways over one store, all at work at the same time.
type racers struct {
	*kit
	engines []*engine.Engine
}

func race(k *kit) racers {
	k.parallel = true
	return racers{k, []*engine.Engine{k.newEngine("red"), k.newEngine("green"), k.newEngine("blue")}}
}

// result is how one request ended.
type result struct {
	answer engine.Answer
	err    error
}

// together lets every request begin at once, each at another gateway.
func (r racers) together(requests ...func(e *engine.Engine) (engine.Answer, error)) []result {
	results := make([]result, len(requests))
	begin := make(chan struct{})
	var done sync.WaitGroup
	for i, request := range requests {
		done.Go(func() {
			<-begin
			answer, err := request(r.engines[i%len(r.engines)])
			results[i] = result{answer, err}
		})
	}
	close(begin)
	done.Wait()
	return results
}

// submits is a request of its own for an operation.
func (r racers) submits(order string, ask engine.Ask) func(*engine.Engine) (engine.Answer, error) {
	call := r.call()
	return func(e *engine.Engine) (engine.Answer, error) { return e.Submit(context.Background(), call, order, ask) }
}

// tally counts how requests ended: executed, replayed, or by the problem.
func tally(results []result) map[string]int {
	count := make(map[string]int)
	for _, r := range results {
		switch {
		case r.err != nil:
			count[string(canonical.KindOf(r.err))]++
		case r.answer.Replayed:
			count["replayed"]++
		default:
			count["executed"]++
		}
	}
	return count
}

// wantOnly fails where requests ended otherwise than expected.
func wantOnly(t *testing.T, count map[string]int, executed int, others ...string) {
	t.Helper()
	if count["executed"] != executed {
		t.Errorf("%d requests executed, want %d: %v", count["executed"], executed, count)
	}
	known := map[string]bool{"executed": true}
	for _, other := range others {
		known[other] = true
	}
	for ending := range count {
		if !known[ending] {
			t.Errorf("requests ended %v, want only executed and %v", count, others)
		}
	}
}

func TestRaces(t *testing.T) {
	s := ecsterStyle
	inProgress, exceeded, notAllowed := string(canonical.OperationInProgress), string(canonical.AmountExceeded), string(canonical.OperationNotAllowed)
	for _, test := range []struct {
		name   string
		first  []engine.Ask
		asks   []engine.Ask
		losers []string
		most   map[string]string // of each kind of effect
	}{
		{"captures of more than is left", nil, []engine.Ask{capture(s.money("700.00")), capture(s.money("600.00")), capture(s.money("500.00"))},
			[]string{inProgress, exceeded}, map[string]string{"capture": "1000"}},
		{"capture against cancel", nil, []engine.Ask{capture(nil), cancel(nil)},
			[]string{inProgress, notAllowed, exceeded}, map[string]string{"capture": "1000", "cancel": "1000"}},
		{"the same refund twice", []engine.Ask{capture(nil)}, []engine.Ask{refund(s.money("600.00")), refund(s.money("600.00"))},
			[]string{inProgress, exceeded}, map[string]string{"refund": "600"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range rounds {
				k, order := s.reserved(t, "1000.00")
				for _, ask := range test.first {
					k.do(order.ID, ask)
				}
				r := race(k)
				var requests []func(*engine.Engine) (engine.Answer, error)
				for _, ask := range test.asks {
					requests = append(requests, r.submits(order.ID, ask))
				}
				wantOnly(t, tally(r.together(requests...)), 1, test.losers...)
				for kind, most := range test.most {
					if moved := k.moved(s, kind); moved.GreaterThan(decimal.RequireFromString(most)) {
						t.Errorf("%s of %s, at most %s", kind, moved, most)
					}
				}
				k.wantAllBooks(s)
			}
		})
	}
}

func TestOneKeyAtOnceExecutesOnce(t *testing.T) {
	s := ecsterStyle
	for range rounds {
		k, order := s.reserved(t, "1000.00")
		r := race(k)
		call := k.call()
		var requests []func(*engine.Engine) (engine.Answer, error)
		for range 6 {
			requests = append(requests, func(e *engine.Engine) (engine.Answer, error) {
				return e.Submit(context.Background(), call, order.ID, capture(s.money("300.00")))
			})
		}
		wantOnly(t, tally(r.together(requests...)), 1, "replayed", string(canonical.OperationInProgress))
		if moved := k.moved(s, "capture").String(); moved != "300" {
			t.Errorf("the lender captured %s, want 300", moved)
		}
		k.wantAllBooks(s)
	}
}

func TestOneKeyAtOnceMakesOneOrder(t *testing.T) {
	s := ecsterStyle
	for range rounds {
		k := newKit(t, s)
		r := race(k)
		call, n := k.call(), s.newOrder("1000.00")
		n.Reference = ""
		var requests []func(*engine.Engine) (engine.Answer, error)
		for range 6 {
			requests = append(requests, func(e *engine.Engine) (engine.Answer, error) { return e.Create(context.Background(), call, n) })
		}
		wantOnly(t, tally(r.together(requests...)), 1, "replayed", string(canonical.OperationInProgress))
		if orders := k.world.Orders(s.name()); len(orders) != 1 {
			t.Errorf("the lender has %d orders, want 1", len(orders))
		}
	}
}

func TestOneReferenceAtOnceMakesOneOrder(t *testing.T) {
	s := ecsterStyle
	for range rounds {
		k := newKit(t, s)
		r := race(k)
		var requests []func(*engine.Engine) (engine.Answer, error)
		for range 5 {
			call := k.call()
			requests = append(requests, func(e *engine.Engine) (engine.Answer, error) {
				return e.Create(context.Background(), call, s.newOrder("1000.00"))
			})
		}
		wantOnly(t, tally(r.together(requests...)), 1, string(canonical.ReferenceTaken))
		if orders := k.world.Orders(s.name()); len(orders) != 1 {
			t.Errorf("the lender has %d orders, want 1", len(orders))
		}
	}
}

// TestManyHandsOnOneOrder lets everything happen at once that a merchant, its staff and the timers do.
func TestManyHandsOnOneOrder(t *testing.T) {
	s := ecsterStyle
	for range rounds {
		k, order := s.reserved(t, "1000.00")
		k.fault(s.name(), "capture", "lose_reply")
		r := race(k)
		var requests []func(*engine.Engine) (engine.Answer, error)
		for i := range 6 {
			requests = append(requests, r.submits(order.ID, capture(s.money("100.00"))))
			note := canonical.Metadata{"note": fmt.Sprint(i)}
			requests = append(requests, r.submits(order.ID, engine.Ask{Kind: canonical.OpUpdate, Change: &canonical.Change{Metadata: note}}))
			call := k.call()
			requests = append(requests, func(e *engine.Engine) (engine.Answer, error) {
				_, err := e.Sync(context.Background(), call, order.ID)
				return engine.Answer{Replayed: true}, err
			})
		}
		for _, made := range r.together(requests...) {
			if kind := canonical.KindOf(made.err); made.err != nil && kind != canonical.OperationInProgress && kind != canonical.Overloaded {
				t.Errorf("a request ended with %v", made.err)
			}
		}
		k.parallel = false
		k.heal()
		k.wantAllBooks(s)
	}
}

// TestWhatWasReadIsNotAppliedToAnOrderThatHasChangedSince has a capture come between a read and its commit, at each moment
// at which it can.
func TestWhatWasReadIsNotAppliedToAnOrderThatHasChangedSince(t *testing.T) {
	s := ecsterStyle
	for stop := 1; stop < 20; stop++ {
		k, order := s.reserved(t, "1000.00")
		two, moments := k.newEngine("two"), 0
		k.act(s.name(), order.ProviderOrder.ID, "debit", "300.00") // by the lender's staff: there is something to take over
		k.hook = func(gateway string, _ statetest.Moment) bool {
			if moments++; gateway == "one" && moments == stop {
				k.hook = nil
				if _, err := two.Submit(t.Context(), k.call(), order.ID, capture(s.money("100.00"))); err != nil {
					t.Errorf("at moment %d: %v", stop, err)
				}
			}
			return false
		}
		k.sync(order.ID)
		passed := k.hook != nil
		k.hook = nil
		ours, theirs := k.order(order.ID), k.moved(s, "capture")
		if ours.Drift != nil || !ours.Totals.Captured.Decimal().Equal(theirs) {
			t.Errorf("at moment %d: %s are captured in our books, drift %v; the lender has %s", stop, ours.Totals.Captured, ours.Drift, theirs)
		}
		if passed {
			return
		}
	}
}
