package engine_test

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
)

func (k *kit) wantStatus(o canonical.Order, status canonical.Status) {
	k.Helper()
	if o.Status != status {
		k.Fatalf("order is %s, want %s (totals %+v, drift %v, history %v)", o.Status, status, o.Totals, o.Drift, k.events(o.ID))
	}
}

func (k *kit) wantState(op canonical.Operation, want canonical.OperationState, next canonical.NextAction) {
	k.Helper()
	if op.State != want || op.Next.Action != next {
		k.Fatalf("%s is %s, next %s (%s); want %s, next %s", op.Kind, op.State, op.Next.Action, op.Recovery.Detail, want, next)
	}
}

// moved is what really happened to money at a lender, all its orders together.
func (k *kit) moved(s style, kind string) decimal.Decimal {
	sum := decimal.Zero
	for _, effect := range k.world.Effects(s.name()) {
		if effect.Kind == kind {
			sum = sum.Add(effect.Amount)
		}
	}
	return sum
}

// wantEqualBooks compares our totals with the lender's ledger of truth, to the cent, where the kit has
// one order at the lender.
func (k *kit) wantEqualBooks(s style, o canonical.Order) {
	k.Helper()
	ours := map[string]canonical.Amount{
		"authorize": o.Totals.Authorized, "capture": o.Totals.Captured, "cancel": o.Totals.Canceled, "refund": o.Totals.Refunded,
	}
	for _, kind := range s.books {
		if got, want := ours[kind].Decimal(), k.moved(s, kind); !got.Equal(want) {
			k.Errorf("%s: our books say %s %s, the lender's %s (order %s, history %v)", s.name(), kind, got, want, o.Status, k.events(o.ID))
		}
	}
}

// wantRules checks what must hold of an order at any time, its history included.
func (k *kit) wantRules(o canonical.Order) {
	k.Helper()
	k.wantLedger(o)
	k.wantTimers()
	k.wantVerified()
}

// wantVerified: the gateway finds nothing wrong with what it holds.
func (k *kit) wantVerified() {
	k.Helper()
	for _, finding := range k.verify().Findings {
		k.Errorf("verify: %s", finding)
	}
}

// verify has everything looked at that the gateway holds.
func (k *kit) verify() engine.Verification {
	k.Helper()
	v, err := k.engine.Verify(k.Context(), func() bool { return true })
	if err != nil || !v.Complete {
		k.Fatalf("verify: complete %v, %v", v.Complete, err)
	}
	return v
}

// wantLedger checks that the amounts of an order agree with each other.
func (k *kit) wantLedger(o canonical.Order) {
	k.Helper()
	if !o.Totals.Ledger.Holds() {
		k.Errorf("the ledger does not hold: %+v", o.Totals.Ledger)
	}
	var captured, refunded decimal.Decimal
	for _, capture := range o.Captures {
		captured, refunded = captured.Add(capture.Amount.Value.Decimal()), refunded.Add(capture.Refunded.Value.Decimal())
	}
	if !captured.Equal(o.Totals.Captured.Decimal()) || !refunded.Equal(o.Totals.Refunded.Decimal()) {
		k.Errorf("captures add up to %s and %s refunded, the totals are %+v", captured, refunded, o.Totals.Ledger)
	}
}

// wantChain checks that an order's history is whole, and that each version is told of.
func (k *kit) wantChain(o canonical.Order) {
	k.Helper()
	sealed, err := k.engine.History(k.Context(), k.operator(), o.ID, 0, 100000)
	if err != nil {
		k.Fatal(err)
	}
	before, version := "", 0
	for i, event := range k.read(sealed) {
		if !sealed[i].Intact(before) {
			k.Errorf("event %d of %s breaks the chain", event.Sequence, o.ID)
		}
		before = sealed[i].Hash
		if event.Order.Version != version && event.Order.Version != version+1 {
			k.Errorf("event %d shows version %d after %d", event.Sequence, event.Order.Version, version)
		}
		version = event.Order.Version
	}
	if version != o.Version {
		k.Errorf("the history ends at version %d, the order is at %d", version, o.Version)
	}
}

func (k *kit) read(sealed []canonical.SealedEvent) []canonical.Event {
	k.Helper()
	events := make([]canonical.Event, len(sealed))
	for i := range sealed {
		if err := json.Unmarshal(sealed[i].Body, &events[i]); err != nil {
			k.Fatal(err)
		}
	}
	return events
}

// unresolved lists what is not settled, of all orders.
func (k *kit) unresolved() []canonical.Operation {
	k.Helper()
	var ops []canonical.Operation
	k.view(func(r state.Reader) (err error) {
		ops, err = r.Operations(state.Scope{}, true, "", 1000, nil)
		return err
	})
	return ops
}

// timers lists every timer.
func (k *kit) timers() []state.Timer {
	k.Helper()
	var timers []state.Timer
	k.view(func(r state.Reader) (err error) {
		timers, err = r.TimersDue(dawn.AddDate(10, 0, 0), 1000)
		return err
	})
	return timers
}

// wantTimers: every unresolved operation, every order that waits and every message that looks for its order
// has exactly one timer, and nothing else has one.
func (k *kit) wantTimers() {
	k.Helper()
	var have, want []string
	for _, timer := range k.timers() {
		switch timer.Kind {
		case "recover", "watch":
			have = append(have, timer.Kind+" "+timer.Subject)
		}
	}
	for _, op := range k.unresolved() {
		want = append(want, "recover "+op.ID)
	}
	for _, order := range k.all() {
		if k.waits(&order) {
			want = append(want, "watch "+order.ID)
		}
	}
	slices.Sort(have)
	slices.Sort(want)
	if diff := cmp.Diff(want, have); diff != "" {
		k.Errorf("timers (-want +got):\n%s", diff)
	}
	k.wantMessages()
}

// all lists every order of every merchant.
func (k *kit) all() (orders []canonical.Order) {
	k.Helper()
	k.view(func(r state.Reader) (err error) {
		orders, err = r.Orders(state.Scope{}, "", 1000, nil)
		return err
	})
	return orders
}

// waits says whether time must bring about something on an order, seen apart from how the engine computes when.
func (k *kit) waits(o *canonical.Order) bool {
	provider, err := k.For(o.Provider, o.Merchant)
	if err != nil {
		return o.Hidden.Watch != nil && o.Hidden.Watch.Due != nil // nothing more can be known of it
	}
	p, w := provider.Describe(), o.Hidden.Watch
	if w == nil {
		w = &canonical.Watch{}
	}
	unfunded := o.Phase != canonical.Open && o.Phase != canonical.Ended
	promised := o.Phase == canonical.Open && !o.Totals.Remaining().IsZero()
	waiting, free := unfunded || promised || o.Drift != nil, o.Hidden.Open == nil
	deadline := func(at *time.Time) bool { return at != nil && (w.Looked == nil || w.Looked.Before(*at)) }
	expires := deadline(o.Deadlines.AuthorizationExpiresAt) && (unfunded || promised) || deadline(o.Deadlines.OrderExpiresAt) && unfunded
	closes := p.CloseAfter > 0 && unfunded && (w.Looked == nil || w.Looked.Before(o.CreatedAt.Add(p.CloseAfter)))
	reads := w.Hinted != nil || free && (p.Polling.After > 0 && waiting || expires || closes || w.Absent != nil)
	tells := promised && o.Deadlines.AuthorizationExpiresAt != nil && (!w.Warned || p.Traits.Unreadable && !w.Overdue)
	tidies := k.keep > 0 && !waiting && free && w.Tidied < o.Version
	return reads && !p.Traits.Unreadable || tells || tidies
}

func (k *kit) view(f func(state.Reader) error) {
	k.Helper()
	if err := k.cluster.Gateway("test").View(k.Context(), f); err != nil {
		k.Fatal(err)
	}
}

// restless is how many rounds of work one moment may take.
const restless = 50

// later lets business time pass and does everything that comes due, when it comes due.
func (k *kit) later(d time.Duration) {
	k.Helper()
	ticks, at := 0, time.Time{}
	for end := k.clock().Add(d); ; {
		due, any := k.nextDue()
		if ticks++; !due.Equal(at) {
			ticks, at = 0, due
		}
		if ticks > restless {
			k.Fatalf("at %s something is due again and again: %+v", due, k.timers())
		}
		if !any || due.After(end) {
			k.now.Store(end.UnixNano())
			return
		}
		if due.After(k.clock()) {
			k.now.Store(due.UnixNano())
		}
		if _, err := k.engine.Tick(k.Context()); err != nil && !errors.Is(err, state.ErrUncertain) {
			k.Fatal(err)
		}
	}
}

func (k *kit) nextDue() (due time.Time, any bool) {
	k.Helper()
	k.view(func(r state.Reader) (err error) {
		due, err = r.NextDue()
		if any = err == nil; err == state.ErrNotFound {
			err = nil
		}
		return err
	})
	return due, any
}

// heal lets time pass until nothing is unresolved but what is left to a person, at most some days. It
// returns what is left.
func (k *kit) heal() []canonical.Operation {
	k.Helper()
	var left []canonical.Operation
	for range 100 {
		left = k.unresolved()
		if !slices.ContainsFunc(left, func(op canonical.Operation) bool { return op.State != canonical.HandedOver }) {
			return left
		}
		k.later(time.Hour)
	}
	k.Fatalf("%s is still %s after days (%s)", left[0].Kind, left[0].State, left[0].Order)
	return nil
}
