package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// Verification is what was looked at, and what is wrong with it.
type Verification struct {
	Orders     int      `json:"orders"`
	Operations int      `json:"operations"`
	Events     int      `json:"events"`
	Timers     int      `json:"timers"`
	Complete   bool     `json:"complete"` // everything was looked at
	Findings   []string `json:"findings"`

	forgotten []string // orders and operations that wait and have no timer
}

// verifyPage is how many orders are looked at on one snapshot.
const verifyPage = 50

// Verify checks what the store holds against itself: every order's history is whole and ends in what is
// stored, its books add up, what is unresolved and what waits has its one timer, and no other timer is
// there. It begins with the newest orders, and ends early where more says no.
func (e *Engine) Verify(ctx context.Context, more func() bool) (v Verification, err error) {
	now := e.rt.Now()
	if err := e.store.View(ctx, func(r state.Reader) error { return errors.Join(v.timers(r, now), v.providers(r)) }); err != nil {
		return v, err
	}
	before := ""
	for more() {
		seen := 0
		err := e.store.View(ctx, func(r state.Reader) error {
			orders, err := r.Orders(state.Scope{}, before, verifyPage, func(*canonical.Order) bool { return true })
			for i := range orders {
				before = orders[i].ID
				v.order(r, &orders[i])
				if waits, known := e.waits(&orders[i]); known && waits != (orders[i].Hidden.Watch.Due != nil) {
					v.found("order "+before, "waits: %v, and its timer says otherwise", waits)
				}
			}
			seen = len(orders)
			return err
		})
		if err != nil {
			return v, err
		}
		if seen < verifyPage {
			v.Complete = true
			break
		}
	}
	return v, nil
}

func (v *Verification) found(of, format string, args ...any) {
	v.Findings = append(v.Findings, of+": "+fmt.Sprintf(format, args...))
}

// timers checks that every unresolved operation has its timer, and every timer something to look after.
func (v *Verification) timers(r state.Reader, now time.Time) error {
	all, err := r.TimersDue(endOfTime, noLimit)
	if err != nil {
		return err
	}
	v.Timers = len(all)
	for _, timer := range all {
		if wrong := idle(r, timer, now); wrong != "" {
			v.found("timer "+timer.ID, "%s", wrong)
		}
	}
	unresolved, err := r.Operations(state.Scope{}, true, "", noLimit, func(*canonical.Operation) bool { return true })
	for _, op := range unresolved {
		if _, err := r.Timer(timerID(op.ID)); err != nil {
			v.found("operation "+op.ID, "is %s and has no timer: %v", op.State, err)
			v.forgotten = append(v.forgotten, op.ID)
		}
	}
	if err != nil {
		return err
	}
	quarantines, err := r.AllQuarantines()
	for _, q := range quarantines {
		if _, err := r.Timer(quarantineTimer + ":" + q.Provider); err != nil && q.EndedAt == nil && q.Provider != everyProvider {
			v.found("quarantine of "+q.Provider, "has no timer: %v", err)
		}
	}
	return err
}

// providers checks that the history of each provider is whole and ends where its record says.
func (v *Verification) providers(r state.Reader) error {
	records, err := r.AllProviderRecords()
	for _, record := range records {
		of := "provider " + record.Provider
		sealed, err := r.History(canonical.ProviderHistory(record.Provider), 0, noLimit)
		if err != nil {
			v.found(of, "its history cannot be read: %v", err)
			continue
		}
		before := ""
		for i, s := range sealed {
			if !s.Intact(before) || s.Sequence != i+1 {
				v.found(of, "event %d breaks the hash chain of its history", i+1)
			}
			before = s.Hash
		}
		if len(sealed) != record.Chain.Events || before != record.Chain.LastHash {
			v.found(of, "its history has %d events and does not end where its record says, at %d", len(sealed), record.Chain.Events)
		}
		v.Events += len(sealed)
	}
	return err
}

var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// idle says why a timer has nothing to look after; "": it has.
func idle(r state.Reader, timer state.Timer, now time.Time) string {
	var err error
	if timer.ID != timer.Kind+":"+timer.Subject {
		return "is not the one timer of what it looks after"
	}
	switch timer.Kind {
	case recoveryTimer:
		var op canonical.Operation
		if op, err = r.Operation(timer.Subject); err == nil && !op.State.Unresolved() {
			return "looks after an operation that is " + string(op.State)
		}
	case watchTimer:
		var order canonical.Order
		if order, err = r.Order(timer.Subject); err == nil && timer.Owner == "" && late(order.Hidden.Watch, timer.Due, now) {
			return "is due at another time than its order says, and too late"
		}
	case messageTimer:
		_, err = r.Message(timer.Subject)
	case quarantineTimer:
		_, err = r.Quarantine(timer.Subject)
	default:
		return "is of no known kind"
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// late: one that falls early does no harm, nor one that falls now.
func late(w *canonical.Watch, due, now time.Time) bool {
	return w == nil || w.Due == nil || (due.After(*w.Due) && due.After(now))
}

// order checks one order.
func (v *Verification) order(r state.Reader, o *canonical.Order) {
	v.Orders++
	of := "order " + o.ID
	sealed, err := r.History(o.ID, 0, noLimit)
	if err != nil {
		v.found(of, "its history cannot be read: %v", err)
		return
	}
	v.Events += len(sealed)
	last, wrong := replay(sealed)
	switch {
	case wrong != "":
		v.found(of, "%s", wrong)
	case len(sealed) != o.Hidden.Events || (len(sealed) > 0 && sealed[len(sealed)-1].Hash != o.Hidden.LastHash):
		v.found(of, "its history has %d events and does not end where the order says, at %d", len(sealed), o.Hidden.Events)
	case last == nil || books(last) != books(o):
		v.found(of, "the stored order is not the one its history ends with")
	}
	if wrong := unbalanced(o); wrong != "" {
		v.found(of, "%s", wrong)
	}
	if w := o.Hidden.Watch; w != nil && w.Due != nil {
		if _, err := r.Timer(watchID(o.ID)); err != nil {
			v.found(of, "waits and has no timer: %v", err)
			v.forgotten = append(v.forgotten, o.ID)
		}
	}
	v.operations(r, o, ends(sealed))
}

// waits says whether an order is to be looked after by what it is now; known is false where its provider
// cannot be asked about its rhythm.
func (e *Engine) waits(o *canonical.Order) (waits, known bool) {
	if e.providers == nil || o.Hidden.Watch == nil {
		return false, false
	}
	provider, err := e.providers.For(o.Provider, o.Merchant)
	if err != nil {
		return false, false
	}
	return waiting{o, o.Hidden.Watch, provider.Describe(), e.set.KeepBodies}.due(e.rt.Now()) != nil, true
}

// ends are the operations as the history shows them last.
func ends(sealed []canonical.SealedEvent) map[string]canonical.Operation {
	last := make(map[string]canonical.Operation)
	for _, s := range sealed {
		var event canonical.Event
		if json.Unmarshal(s.Body, &event) == nil && event.Operation != nil {
			last[event.Operation.ID] = *event.Operation
		}
	}
	return last
}

// replay follows a history from its beginning: each event is chained to the one before, versions go up one
// by one, and no amount of the ledger ever shrinks. It returns the order as it ends.
func replay(sealed []canonical.SealedEvent) (last *canonical.Order, wrong string) {
	before := ""
	for i, s := range sealed {
		var event canonical.Event
		if !s.Intact(before) || s.Sequence != i+1 || json.Unmarshal(s.Body, &event) != nil || event.Order == nil {
			return nil, fmt.Sprintf("event %d breaks the hash chain of its history", i+1)
		}
		if last != nil && event.Order.Version != last.Version && event.Order.Version != last.Version+1 {
			return nil, fmt.Sprintf("event %d is of version %d, after %d", i+1, event.Order.Version, last.Version)
		}
		if last != nil && shrinks(last.Totals.Ledger, event.Order.Totals.Ledger) {
			return nil, fmt.Sprintf("an amount of the ledger shrinks with event %d", i+1)
		}
		last, before = event.Order, s.Hash
	}
	return last, ""
}

func shrinks(before, after canonical.Ledger) bool {
	return after.Authorized.Less(before.Authorized) || after.Captured.Less(before.Captured) ||
		after.Canceled.Less(before.Canceled) || after.Refunded.Less(before.Refunded)
}

// books is all that a history must lead to.
func books(o *canonical.Order) string {
	text, err := json.Marshal([]any{o.Version, o.Phase, o.EndedBy, o.Status, o.Amount, o.Totals.Ledger, o.Captures, o.Refunds, o.Reference, o.ProviderOrder.ID})
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// unbalanced says what of an order's books does not add up.
func unbalanced(o *canonical.Order) string {
	var captured, ofCaptures, refunded canonical.Amount
	for _, capture := range o.Captures {
		captured, ofCaptures = captured.Add(capture.Amount.Value), ofCaptures.Add(capture.Refunded.Value)
	}
	for _, refund := range o.Refunds {
		refunded = refunded.Add(refund.Amount.Value)
	}
	switch {
	case !o.Totals.Ledger.Holds():
		return "more was captured and canceled than authorized, or refunded than captured"
	case !captured.Equal(o.Totals.Captured):
		return "its captures do not add up to what was captured"
	case !refunded.Equal(o.Totals.Refunded) || !ofCaptures.Equal(o.Totals.Refunded):
		return "its refunds do not add up to what was refunded"
	case o.Status != o.Position().Standing().Status:
		return "its status is not the one its books say"
	}
	return ""
}

// operations checks that the order is held by the operation of its that is unresolved, if there is one.
func (v *Verification) operations(r state.Reader, o *canonical.Order, last map[string]canonical.Operation) {
	ops, err := operationsOf(r, o.ID)
	if err != nil {
		v.found("order "+o.ID, "its operations cannot be read: %v", err)
		return
	}
	v.Operations += len(ops)
	held := o.Hidden.Open == nil
	for _, op := range ops {
		if told := last[op.ID]; !op.State.Unresolved() && (told.State != op.State || told.Kind != op.Kind) {
			v.found("operation "+op.ID, "is %s, its history says %s", op.State, told.State)
		}
		switch {
		case o.Hidden.Open != nil && op.ID == o.Hidden.Open.ID:
			held = op.State.Unresolved() && holds(o, &op)
		case op.State.Unresolved() && op.ID != o.Hidden.Waiting && o.Phase != canonical.Ended:
			v.found("operation "+op.ID, "is %s and does not hold its order", op.State)
		}
	}
	if !held {
		v.found("order "+o.ID, "is held by an operation that is not unresolved, or by another amount than it moves")
	}
}

// holds says whether the order is held as the operation would hold it.
func holds(o *canonical.Order, op *canonical.Operation) bool {
	again := o.Clone()
	again.Hold(op)
	was, is := *o.Hidden.Open, *again.Hidden.Open
	return was.Kind == is.Kind && was.State == is.State && was.Closes == is.Closes && was.Held.Equal(is.Held)
}
