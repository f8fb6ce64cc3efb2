package engine

import (
	"context"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// begin writes the operation, every attempt with its exact bytes, and the timer that will look after
// it, in one commit. It goes through only on the order and the key that Prepare saw: errStale otherwise.
// A caller that hangs up does not stop it.
func (e *Engine) begin(ctx context.Context, call Call, it *intent) error {
	ctx, span := e.tracer.Start(ctx, "begin commit")
	defer span.End()
	remember(ctx, &it.op, &it.order)
	order, op := it.order, it.op
	now := e.rt.Now()
	startFirst(&op, it.requests, now, e.set.CallMargin)
	return e.alter(context.WithoutCancel(ctx), func(tx state.Tx) (*change, error) {
		it.order, it.op, it.passed = order.Clone(), op, false
		landed, err := e.landed(tx, it)
		if err != nil || landed {
			return nil, err
		}
		it.op.Attempts = append([]canonical.Attempt(nil), op.Attempts...)
		c := e.change(&it.order, it.provider)
		c.fresh = it.fresh
		if err := e.claimKey(tx, call, it); err != nil {
			return nil, err
		}
		if err := it.admit(tx); err != nil {
			return nil, err
		}
		if err := it.meets(tx); err != nil {
			return nil, err
		}
		if err := e.claimOrder(tx, it, c); err != nil {
			return nil, err
		}
		return c, e.intend(tx, it, c)
	})
}

// landed finds what an earlier try wrote whose answer was lost.
func (e *Engine) landed(tx state.Tx, it *intent) (bool, error) {
	stored, err := tx.Operations().Get(it.op.ID)
	if err == state.ErrNotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	it.passed = !sameBeginning(it.op, stored)
	it.op = stored
	it.order, err = tx.Orders().Get(stored.Order)
	return true, err
}

// sameBeginning says whether a stored operation is still as it was written when it began.
func sameBeginning(begun, stored canonical.Operation) bool {
	if len(stored.Attempts) != len(begun.Attempts) || len(stored.Attempts) == 0 {
		return len(stored.Attempts) == len(begun.Attempts)
	}
	first, was := stored.Attempts[0], begun.Attempts[0]
	return first.State == was.State && (was.StartedAt == nil || (first.StartedAt != nil && first.StartedAt.Equal(*was.StartedAt)))
}

func startFirst(op *canonical.Operation, requests []canonical.Request, now time.Time, margin time.Duration) {
	if len(op.Attempts) == 0 {
		return
	}
	op.Attempts = append([]canonical.Attempt(nil), op.Attempts...)
	startAttempt(&op.Attempts[0], requests[0].Timeout, now, margin)
}

// startAttempt gives an attempt the time in which its bytes may leave.
func startAttempt(a *canonical.Attempt, timeout time.Duration, now time.Time, margin time.Duration) {
	ends := callEnds(timeout, now, margin)
	a.State, a.StartedAt, a.CallEndsAt = canonical.Started, &now, &ends
}

// callEnds: a provider sends nothing later than two time-outs after it was asked to, and a send takes one.
func callEnds(timeout time.Duration, now time.Time, margin time.Duration) time.Time {
	return now.Add(3*timeout + margin)
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

func (e *Engine) claimOrder(tx state.Tx, it *intent, c *change) error {
	if it.fresh {
		previous, err := e.claimReference(tx, c.order, c.order.Reference)
		if err != nil {
			return err
		}
		c.order.Previous = previous
		return e.claimProviderOrder(tx, c)
	}
	present, err := tx.Orders().Get(it.order.ID)
	if err != nil {
		return err
	}
	if present.Version != it.order.Version || holding(&present) != holding(c.order) {
		return errStale
	}
	c.order.Hidden.Watch = present.Hidden.Watch // looks and hints make no new version
	switch {
	case it.takes.withdraws != "":
		return e.withdraw(tx, it.takes.withdraws, c)
	case it.takes.reference != "":
		_, err = e.claimReference(tx, c.order, it.takes.reference)
	}
	return err
}

// holding is the state of what holds an order: it may change without a new version, as when what was
// queued is sent.
func holding(order *canonical.Order) canonical.OperationState {
	if order.Hidden.Open == nil {
		return ""
	}
	return order.Hidden.Open.State
}

// claimProviderOrder makes a lender's order belong to one of ours for each set of credentials.
func (e *Engine) claimProviderOrder(tx state.Tx, c *change) error {
	if c.order.ProviderOrder.ID == "" {
		return nil
	}
	id := providerOrderID(c.provider, c.order.ProviderOrder.ID)
	present, err := tx.ProviderOrders().Get(id)
	if err == state.ErrNotFound {
		return tx.ProviderOrders().Insert(id, state.ProviderOrder{Order: c.order.ID, Merchant: c.order.Merchant})
	}
	if err != nil {
		return err
	}
	return taken(present, c.order)
}

func providerOrderID(p Provider, id string) state.ProviderOrderID {
	description := p.Describe()
	return state.ProviderOrderID{Provider: description.ID, Credential: description.Credential, ID: id}
}

// taken says that a lender's order belongs to another order of ours, as far as the merchant may know.
func taken(present state.ProviderOrder, order *canonical.Order) error {
	switch {
	case present.Order == order.ID:
		return nil
	case present.Merchant != order.Merchant:
		return canonical.Errorf(canonical.NotFound, "there is no such order at the provider")
	}
	return &canonical.Error{Kind: canonical.ProviderOrderTaken, Order: present.Order, Detail: "order " + present.Order + " is this lender's order"}
}

// withdraw ends a queued operation that a cancel takes back: nothing of it was ever sent.
func (e *Engine) withdraw(tx state.Tx, id string, c *change) error {
	queued, err := tx.Operations().Get(id)
	if err != nil {
		return err
	}
	endRest(&queued, c.at)
	queued.State, queued.FinishedAt, queued.FoundBy = canonical.StateOfPlan(queued.Attempts), &c.at, canonical.ByReply
	queued.Recovery.Problem, queued.Recovery.Detail = canonical.NotDone, "withdrawn by a cancel before it was sent"
	queued.Next = canonical.Next{Action: canonical.NextNone}
	c.order.Hold(&queued)
	c.tell(canonical.OperationFailed, &queued, queued.Recovery.Detail)
	c.write(&queued)
	return nil
}

// endRest marks what of a plan was never sent as certainly not done.
func endRest(op *canonical.Operation, now time.Time) {
	for i := range op.Attempts {
		if state := op.Attempts[i].State; state == canonical.Planned || state == canonical.Queued {
			op.Attempts[i].State, op.Attempts[i].FinishedAt = canonical.Failed, &now
		}
	}
}

// intend makes the operation the one that holds the order, or does at once what no lender has to hear of.
func (e *Engine) intend(tx state.Tx, it *intent, c *change) error {
	if it.op.State == canonical.Started {
		it.op.State = canonical.StateOfPlan(it.op.Attempts)
	}
	before := c.order.Reference
	switch {
	case it.takes.waits:
		c.order.Hidden.Waiting = it.op.ID
	case it.takes.gives:
		c.giveUp(&it.op)
	default:
		c.order.Hold(&it.op)
	}
	c.tell(beginning(&it.op), &it.op, "")
	c.add(&it.op, it.requests)
	if it.takes.here != nil {
		applyChange(c.order, *it.takes.here)
	}
	if booked := it.takes.elsewhere; booked != nil {
		if err := c.order.Book(booked.movement, booked.entry); err != nil {
			return canonical.Errorf(canonical.OperationNotAllowed, err.Error())
		}
		if it.op.FoundBy == canonical.ByOperator {
			c.order.Drift = nil // whoever puts the books right says so
		}
	}
	if over := it.takes.over; over != nil {
		c.own(over.movements, over.sighting.Seen, canonical.BySync)
	}
	it.op.Next = canonical.NextOf(&it.op, it.op.Recovery.Problem, !c.order.Totals.Authorized.IsZero())
	c.order.Next = it.op.Next
	return e.letGoReferences(tx, c.order, before)
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
