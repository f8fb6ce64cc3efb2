package engine

import (
	"context"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// begin writes the operation, every attempt with its exact bytes, and the timer that will look after
// it, in one commit. It goes through only on the order and the key that Prepare saw: errStale otherwise.
func (e *Engine) begin(ctx context.Context, call Call, it *intent) error {
	order, op := it.order.Clone(), it.op
	now := e.rt.Now()
	startFirst(&op, it.requests, now, e.set.CallMargin)
	err := e.store.Update(ctx, func(tx state.Tx) error {
		it.order, it.op = order.Clone(), op
		it.op.Attempts = append([]canonical.Attempt(nil), op.Attempts...)
		if err := e.claimKey(tx, call, it); err != nil {
			return err
		}
		if err := e.claimOrder(tx, it); err != nil {
			return err
		}
		return e.writeIntent(tx, it, now)
	})
	if err == state.ErrUncertain {
		return e.uncertain(ctx, it)
	}
	return err
}

// uncertain finds out whether a begin went through whose commit's answer was lost.
func (e *Engine) uncertain(ctx context.Context, it *intent) error {
	return e.store.View(ctx, func(r state.Reader) (err error) {
		if it.op, err = r.Operation(it.op.ID); err == state.ErrNotFound {
			return errStale
		}
		if err == nil {
			it.order, err = r.Order(it.op.Order)
		}
		return err
	})
}

func startFirst(op *canonical.Operation, requests []canonical.Request, now time.Time, margin time.Duration) {
	if len(op.Attempts) == 0 {
		return
	}
	op.Attempts = append([]canonical.Attempt(nil), op.Attempts...)
	startAttempt(&op.Attempts[0], requests[0].Timeout, now, margin)
}

// startAttempt: a send may take its time-out twice, a token's once, and the wait at the gate.
func startAttempt(a *canonical.Attempt, timeout time.Duration, now time.Time, margin time.Duration) {
	ends := now.Add(3*timeout + margin)
	a.State, a.StartedAt, a.CallEndsAt = canonical.Started, &now, &ends
}

func (e *Engine) claimKey(tx state.Tx, call Call, it *intent) error {
	if call.Key == "" {
		return nil
	}
	present, err := tx.Keys().Get(call.keyID())
	points := state.Key{Operation: it.op.ID, Order: it.order.ID, Fingerprint: e.fingerprint(call)}
	switch {
	case err == state.ErrNotFound && it.key == nil:
		return tx.Keys().Insert(call.keyID(), points)
	case err == nil && it.key != nil && present == *it.key:
		return tx.Keys().Replace(call.keyID(), points)
	case err == nil || err == state.ErrNotFound:
		return errStale
	}
	return err
}

func (e *Engine) claimOrder(tx state.Tx, it *intent) error {
	if it.fresh {
		if err := e.claimReference(tx, &it.order, it.order.Reference); err != nil {
			return err
		}
		return e.claimProviderOrder(tx, &it.order, it.provider)
	}
	present, err := tx.Orders().Get(it.order.ID)
	if err != nil {
		return err
	}
	if present.Version != it.order.Version {
		return errStale
	}
	if it.takes.withdraws != "" {
		return e.withdraw(tx, it)
	}
	return e.claimReference(tx, &it.order, it.takes.reference)
}

// claimReference gives a merchant's number to an order, unless another order holds it.
func (e *Engine) claimReference(tx state.Tx, order *canonical.Order, reference string) error {
	if reference == "" {
		return nil
	}
	id := state.ReferenceID{Merchant: order.Merchant, Mode: order.Mode, Reference: reference}
	present, err := tx.References().Get(id)
	claimed := state.Reference{Order: order.ID, Held: true}
	switch {
	case err == state.ErrNotFound:
		return tx.References().Insert(id, claimed)
	case err != nil:
		return err
	case present.Held && present.Order != order.ID:
		return &canonical.Error{Kind: canonical.ReferenceTaken, Order: present.Order, Detail: "order " + present.Order + " holds the reference"}
	}
	if present.Order != order.ID {
		order.Previous = present.Order
	}
	return tx.References().Replace(id, claimed)
}

// claimProviderOrder makes a lender's order belong to one of ours for each set of credentials.
func (e *Engine) claimProviderOrder(tx state.Tx, order *canonical.Order, provider Provider) error {
	if order.ProviderOrder.ID == "" {
		return nil
	}
	id := state.ProviderOrderID{Provider: order.Provider, Credential: provider.Describe().Credential, ID: order.ProviderOrder.ID}
	present, err := tx.ProviderOrders().Get(id)
	if err == state.ErrNotFound {
		return tx.ProviderOrders().Insert(id, state.ProviderOrder{Order: order.ID, Merchant: order.Merchant})
	}
	if err != nil || present.Order == order.ID {
		return err
	}
	if present.Merchant != order.Merchant {
		return canonical.Errorf(canonical.NotFound, "there is no such order at the provider")
	}
	return &canonical.Error{Kind: canonical.ProviderOrderTaken, Order: present.Order, Detail: "order " + present.Order + " is this lender's order"}
}

// withdraw ends a queued operation that a cancel takes back: nothing of it was ever sent.
func (e *Engine) withdraw(tx state.Tx, it *intent) error {
	queued, err := tx.Operations().Get(it.takes.withdraws)
	if err != nil {
		return err
	}
	if queued.State != canonical.Queued {
		return errStale
	}
	now := e.rt.Now()
	endRest(&queued, now)
	queued.State, queued.FinishedAt, queued.FoundBy = canonical.StateOfPlan(queued.Attempts), &now, canonical.ByReply
	queued.Recovery.Problem, queued.Recovery.Detail = canonical.NotDone, "withdrawn by a cancel before it was sent"
	queued.Next = canonical.Next{Action: canonical.NextNone}
	it.order.Hold(&queued)
	if err := e.record(tx, &it.order, &queued, canonical.OperationFailed, queued.Recovery.Detail); err != nil {
		return err
	}
	if err := tx.Timers().Delete(timerID(queued.ID)); err != nil {
		return err
	}
	return tx.Operations().Replace(queued.ID, queued)
}

// endRest marks what of a plan was never sent as certainly not done.
func endRest(op *canonical.Operation, now time.Time) {
	for i := range op.Attempts {
		if state := op.Attempts[i].State; state == canonical.Planned || state == canonical.Queued {
			op.Attempts[i].State, op.Attempts[i].FinishedAt = canonical.Failed, &now
		}
	}
}

func (e *Engine) writeIntent(tx state.Tx, it *intent, now time.Time) error {
	order, op := &it.order, &it.op
	for i, request := range it.requests {
		if err := tx.Requests().Insert(op.Attempts[i].ID, request); err != nil {
			return err
		}
	}
	if op.State == canonical.Started {
		op.State = canonical.StateOfPlan(op.Attempts)
	}
	if it.takes.waits {
		order.Hidden.Waiting = op.ID
	} else {
		order.Hold(op)
	}
	if it.takes.here != nil {
		before := order.Reference
		applyChange(order, *it.takes.here)
		if err := e.release(tx, order, before); err != nil {
			return err
		}
	}
	touch(order, op, now)
	if err := e.record(tx, order, op, beginning(op), ""); err != nil {
		return err
	}
	if err := e.schedule(tx, op, now); err != nil {
		return err
	}
	if err := tx.Operations().Insert(op.ID, *op); err != nil {
		return err
	}
	if it.fresh {
		return tx.Orders().Insert(order.ID, *order)
	}
	return tx.Orders().Replace(order.ID, *order)
}

func beginning(op *canonical.Operation) canonical.EventType {
	switch op.State {
	case canonical.Queued:
		return canonical.OperationQueued
	case canonical.Succeeded:
		return happened(op.Kind)
	}
	return canonical.OperationStarted
}

// touch makes a change of the order a new version of it.
func touch(order *canonical.Order, op *canonical.Operation, now time.Time) {
	order.Version++
	order.UpdatedAt = now
	op.Next = canonical.NextOf(op, op.Recovery.Problem, !order.Totals.Authorized.IsZero())
	order.Next = op.Next
	order.Refresh()
}

// record adds an event to the order's history.
func (e *Engine) record(tx state.Tx, order *canonical.Order, op *canonical.Operation, kind canonical.EventType, detail string) error {
	event := canonical.Event{ID: e.rt.NewID("evt"), Type: kind, At: e.rt.Now(), Detail: detail, Origin: canonical.FromProvider, Next: order.Next}
	if op != nil {
		snapshot := *op
		event.Operation, event.Origin, event.Actor, event.TraceID, event.Next = &snapshot, op.Origin, op.Recovery.Actor, op.TraceID, op.Next
		op.Recovery.Event = order.Hidden.Events + 1
	}
	sealed, err := order.Record(event)
	if err != nil {
		return err
	}
	return tx.Append(sealed)
}
