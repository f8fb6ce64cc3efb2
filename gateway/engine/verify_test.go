package engine_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
)

// plant changes what the store holds, behind the engine's back.
func (k *kit) plant(damage func(state.Tx) error) {
	k.Helper()
	if err := k.cluster.Gateway("vandal").Update(k.Context(), damage); err != nil {
		k.Fatal(err)
	}
}

// plantOrder changes the stored order.
func (k *kit) plantOrder(id string, damage func(*canonical.Order)) {
	k.Helper()
	k.plant(func(tx state.Tx) error {
		order, err := tx.Orders().Get(id)
		if err != nil {
			return err
		}
		damage(&order)
		return tx.Orders().Replace(id, order)
	})
}

// lying is a store whose histories are read otherwise than they are.
type lying struct {
	state.Store
	history func([]canonical.SealedEvent) []canonical.SealedEvent
}

// View is state.Store's.
func (l lying) View(ctx context.Context, f func(state.Reader) error) error {
	return l.Store.View(ctx, func(r state.Reader) error { return f(lyingReader{r, l.history}) })
}

type lyingReader struct {
	state.Reader
	history func([]canonical.SealedEvent) []canonical.SealedEvent
}

// History is state.Reader's.
func (l lyingReader) History(order string, after, limit int) ([]canonical.SealedEvent, error) {
	events, err := l.Reader.History(order, after, limit)
	return l.history(events), err
}

// readsHistories has the gateway read histories through a lie.
func (k *kit) readsHistories(lie func([]canonical.SealedEvent) []canonical.SealedEvent) {
	k.Helper()
	e, err := engine.New(k.Context(), engine.Options{Store: lying{k.cluster.Gateway("one"), lie}, Providers: k, Runtime: k.runtime(), Settings: engine.DefaultSettings})
	if err != nil {
		k.Fatal(err)
	}
	k.engine = e
}

// told is the body of an event with another order in it, sealed as if it belonged there.
func retold(events []canonical.SealedEvent, at int, change func(*canonical.Order)) []canonical.SealedEvent {
	events = slices.Clone(events)
	var event canonical.Event
	if err := json.Unmarshal(events[at].Body, &event); err != nil {
		panic(err)
	}
	change(event.Order)
	events[at].Body, _ = json.Marshal(event)
	return events
}

func TestDamageIsNamed(t *testing.T) {
	s := polled(ecsterStyle)
	inDoubt := func(k *kit, order canonical.Order) string {
		k.fault(s.name(), "capture", "lose_reply")
		return k.do(order.ID, capture(s.money("300.00"))).Operation.ID
	}
	for _, test := range []struct {
		name  string
		plant func(*kit, canonical.Order)
		says  string // in one finding
	}{
		{"an operation without its timer", func(k *kit, order canonical.Order) {
			op := inDoubt(k, order)
			k.plant(func(tx state.Tx) error { return tx.Timers().Delete("recover:" + op) })
		}, "has no timer"},
		{"an order without its timer", func(k *kit, order canonical.Order) {
			k.plant(func(tx state.Tx) error { return tx.Timers().Delete("watch:" + order.ID) })
		}, "has no timer"},
		{"an order that does not know that it waits", func(k *kit, order canonical.Order) {
			k.plant(func(tx state.Tx) error { return tx.Timers().Delete("watch:" + order.ID) })
			k.plantOrder(order.ID, func(o *canonical.Order) { o.Hidden.Watch.Due = nil })
		}, "timer"},
		{"a timer of an operation that is over", func(k *kit, order canonical.Order) {
			op := k.do(order.ID, capture(s.money("300.00"))).Operation.ID
			k.plant(func(tx state.Tx) error {
				return tx.Timers().Insert("recover:"+op, state.Timer{ID: "recover:" + op, Kind: "recover", Subject: op, Due: k.clock()})
			})
		}, "succeeded"},
		{"a timer of an order that waits for nothing", func(k *kit, order canonical.Order) {
			k.do(order.ID, cancel(nil))
			id := "watch:" + order.ID
			k.plant(func(tx state.Tx) error {
				return tx.Timers().Insert(id, state.Timer{ID: id, Kind: "watch", Subject: order.ID, Due: k.clock()})
			})
		}, "another time"},
		{"a timer at another time than the order says", func(k *kit, order canonical.Order) {
			k.plant(func(tx state.Tx) error {
				timer, err := tx.Timers().Get("watch:" + order.ID)
				if err != nil {
					return err
				}
				timer.Due = timer.Due.Add(day)
				return tx.Timers().Replace(timer.ID, timer)
			})
		}, "another time"},
		{"a timer of a message that is not there", func(k *kit, order canonical.Order) {
			k.plant(func(tx state.Tx) error {
				return tx.Timers().Insert("message:m", state.Timer{ID: "message:m", Kind: "message", Subject: "m", Due: k.clock()})
			})
		}, "message:m"},
		{"a second timer of one operation", func(k *kit, order canonical.Order) {
			op := inDoubt(k, order)
			k.plant(func(tx state.Tx) error {
				return tx.Timers().Insert("recover:again", state.Timer{ID: "recover:again", Kind: "recover", Subject: op, Due: k.clock()})
			})
		}, "recover:again"},
		{"a timer of no kind", func(k *kit, order canonical.Order) {
			k.plant(func(tx state.Tx) error {
				return tx.Timers().Insert("x:y", state.Timer{ID: "x:y", Kind: "x", Subject: "y", Due: k.clock()})
			})
		}, "x:y"},
		{"a quarantine that nobody looks after", func(k *kit, order canonical.Order) {
			k.plant(func(tx state.Tx) error {
				return tx.Quarantines().Insert(s.name(), state.Quarantine{Provider: s.name(), Since: k.clock()})
			})
		}, "quarantine"},
		{"a changed amount", func(k *kit, order canonical.Order) {
			k.plantOrder(order.ID, func(o *canonical.Order) { o.Amount = *s.money("2000.00") })
		}, "not the one its history ends with"},
		{"a changed ledger", func(k *kit, order canonical.Order) {
			k.plantOrder(order.ID, func(o *canonical.Order) { o.Totals.Authorized = s.money("2000.00").Value })
		}, "not the one its history ends with"},
		{"a changed reference", func(k *kit, order canonical.Order) {
			k.plantOrder(order.ID, func(o *canonical.Order) { o.Reference = "OTHER" })
		}, "not the one its history ends with"},
		{"a lender's order that is another", func(k *kit, order canonical.Order) {
			k.plantOrder(order.ID, func(o *canonical.Order) { o.ProviderOrder.ID = "other" })
		}, "not the one its history ends with"},
		{"a changed version", func(k *kit, order canonical.Order) {
			k.plantOrder(order.ID, func(o *canonical.Order) { o.Version++ })
		}, "not the one its history ends with"},
		{"a status that its books do not say", func(k *kit, order canonical.Order) {
			k.plantOrder(order.ID, func(o *canonical.Order) { o.Status = canonical.StatusCaptured })
		}, "status"},
		{"captures that do not add up", func(k *kit, order canonical.Order) {
			k.do(order.ID, capture(s.money("300.00")))
			k.plantOrder(order.ID, func(o *canonical.Order) { o.Captures[0].Amount = *s.money("200.00") })
		}, "captures do not add up"},
		{"refunds that do not add up", func(k *kit, order canonical.Order) {
			k.do(order.ID, capture(s.money("300.00")))
			k.do(order.ID, refund(s.money("100.00")))
			k.plantOrder(order.ID, func(o *canonical.Order) { o.Refunds = nil })
		}, "refunds do not add up"},
		{"more captured than authorized", func(k *kit, order canonical.Order) {
			k.plantOrder(order.ID, func(o *canonical.Order) {
				o.Totals.Captured = s.money("1500.00").Value
				o.Captures = []canonical.CaptureEntry{{ID: "op_x", Amount: *s.money("1500.00"), Refunded: *s.money("0.00")}}
			})
		}, "more was captured"},
		{"a hold by an operation that is over", func(k *kit, order canonical.Order) {
			op := k.do(order.ID, capture(s.money("300.00"))).Operation
			k.plantOrder(order.ID, func(o *canonical.Order) {
				op.State = canonical.Doubtful
				o.Hold(&op)
			})
		}, "is held by"},
		{"a hold by nobody", func(k *kit, order canonical.Order) {
			k.plantOrder(order.ID, func(o *canonical.Order) {
				o.Hidden.Open = &canonical.OpenOperation{ID: "op_nobody", State: canonical.Doubtful}
			})
		}, "is held by"},
		{"no hold by what is in doubt", func(k *kit, order canonical.Order) {
			inDoubt(k, order)
			k.plantOrder(order.ID, func(o *canonical.Order) { o.Hidden.Open, o.InDoubt = nil, nil })
		}, "does not hold its order"},
		{"a hold of another amount", func(k *kit, order canonical.Order) {
			inDoubt(k, order)
			k.plantOrder(order.ID, func(o *canonical.Order) { o.Hidden.Open.Held = s.money("100.00").Value })
		}, "held"},
		{"an operation that changed its end", func(k *kit, order canonical.Order) {
			op := k.do(order.ID, capture(s.money("300.00"))).Operation.ID
			k.plant(func(tx state.Tx) error {
				changed, err := tx.Operations().Get(op)
				if err != nil {
					return err
				}
				changed.State = canonical.Failed
				return tx.Operations().Replace(op, changed)
			})
		}, "operation"},
		{"an operation that is gone", func(k *kit, order canonical.Order) {
			op := k.do(order.ID, capture(s.money("300.00"))).Operation.ID
			k.plant(func(tx state.Tx) error { return tx.Operations().Delete(op) })
		}, "cannot be read"},
		{"a history without its end", func(k *kit, _ canonical.Order) {
			k.readsHistories(func(events []canonical.SealedEvent) []canonical.SealedEvent { return events[:len(events)-1] })
		}, "does not end where the order says"},
		{"a history without its beginning", func(k *kit, _ canonical.Order) {
			k.readsHistories(func(events []canonical.SealedEvent) []canonical.SealedEvent { return events[1:] })
		}, "chain"},
		{"a history without its middle", func(k *kit, _ canonical.Order) {
			k.readsHistories(func(events []canonical.SealedEvent) []canonical.SealedEvent {
				return slices.Delete(slices.Clone(events), 1, 2)
			})
		}, "chain"},
		{"no history at all", func(k *kit, _ canonical.Order) {
			k.readsHistories(func([]canonical.SealedEvent) []canonical.SealedEvent { return nil })
		}, "history"},
		{"a history that was written anew", func(k *kit, _ canonical.Order) {
			k.readsHistories(func(events []canonical.SealedEvent) []canonical.SealedEvent {
				return retold(events, 1, func(o *canonical.Order) { o.Amount = *s.money("1.00") })
			})
		}, "chain"},
		{"events in another order", func(k *kit, _ canonical.Order) {
			k.readsHistories(func(events []canonical.SealedEvent) []canonical.SealedEvent {
				events = slices.Clone(events)
				events[0], events[1] = events[1], events[0]
				return events
			})
		}, "chain"},
	} {
		t.Run(test.name, func(t *testing.T) {
			k, order := s.reserved(t, "1000.00")
			k.wantVerified()
			test.plant(k, order)
			findings := k.verify().Findings
			if !slices.ContainsFunc(findings, func(f string) bool { return strings.Contains(f, test.says) }) {
				t.Errorf("findings %q, want one that says %q", findings, test.says)
			}
		})
	}
}

func TestVerifyCountsWhatItLookedAtAndEndsWhenItIsTold(t *testing.T) {
	s := polled(iwocapayStyle)
	k := newKit(t, s)
	for i := range 120 {
		n := s.newOrder("10.00")
		n.Reference = strings.Repeat("x", i+1)
		k.create(n)
	}
	v := k.verify()
	if v.Orders != 120 || v.Operations != 120 || v.Events != 240 || v.Timers != 120 || len(v.Findings) > 0 {
		t.Errorf("looked at %+v", v)
	}
	rounds := 0
	v, err := k.engine.Verify(t.Context(), func() bool { rounds++; return rounds < 2 })
	if err != nil || v.Complete || v.Orders != 50 {
		t.Errorf("told to end: %+v, %v", v, err)
	}
	v, err = k.engine.Verify(t.Context(), func() bool { return false })
	if err != nil || v.Complete || v.Orders != 0 {
		t.Errorf("told not to begin: %+v, %v", v, err)
	}
}
