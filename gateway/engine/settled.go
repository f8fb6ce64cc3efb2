package engine

import (
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// happened is the event of an operation that succeeded.
func happened(kind canonical.OperationKind) canonical.EventType {
	switch kind {
	case canonical.OpCreate:
		return canonical.OrderCreated
	case canonical.OpAuthorize:
		return canonical.OrderAuthorized
	case canonical.OpCapture:
		return canonical.OrderCaptured
	case canonical.OpCancel:
		return canonical.OrderCanceled
	case canonical.OpRefund:
		return canonical.OrderRefunded
	}
	return canonical.OrderUpdated
}

// ended is the event of an order that is over with no money moved.
var ended = map[canonical.Status]canonical.EventType{
	canonical.StatusDeclined: canonical.OrderDeclined,
	canonical.StatusFailed:   canonical.OrderFailed,
	canonical.StatusExpired:  canonical.OrderExpired,
	canonical.StatusCanceled: canonical.OrderCanceled,
	canonical.StatusPending:  canonical.OrderPending,
	canonical.StatusApproved: canonical.OrderApproved,
	canonical.StatusCreated:  canonical.OrderUpdated,
}

// recordSettled writes the history of one settle: what became of the attempt, and of the doubt where there was one.
func (e *Engine) recordSettled(tx state.Tx, s *settlement, attempt *canonical.Attempt, was canonical.OperationState, f finding) error {
	detail := s.op.Recovery.Detail
	if was.Uncertain() && !s.op.State.Uncertain() {
		if err := e.record(tx, &s.order, &s.op, canonical.OperationResolved, detail); err != nil {
			return err
		}
	}
	kind, known := eventOf(&s.order, &s.op, attempt)
	if !known || (was == s.op.State && attempt.State == s.op.State && s.op.State.Unresolved()) {
		return nil
	}
	if err := e.record(tx, &s.order, &s.op, kind, detail); err != nil {
		return err
	}
	if s.order.Drift != nil && s.order.Drift.Since.Equal(s.order.UpdatedAt) {
		return e.record(tx, &s.order, &s.op, canonical.OrderDrift, s.order.Drift.Seen)
	}
	return nil
}

func eventOf(order *canonical.Order, op *canonical.Operation, attempt *canonical.Attempt) (canonical.EventType, bool) {
	switch attempt.State {
	case canonical.Succeeded:
		return happened(attempt.Kind), true
	case canonical.Declined, canonical.Failed:
		if kind, over := ended[order.Status]; over && order.Phase == canonical.Ended {
			return kind, true
		}
		return canonical.OperationFailed, true
	case canonical.Doubtful:
		return canonical.OperationInDoubt, true
	case canonical.HandedOver:
		return canonical.OperationHandedOver, true
	case canonical.Queued:
		return canonical.OperationQueued, true
	case canonical.Waiting:
		return canonical.OperationPending, true
	}
	return "", false
}

// own makes operations of their own from what a lender did without our asking.
func (e *Engine) own(tx state.Tx, s *settlement, movements []canonical.Movement, by canonical.FoundBy) error {
	for _, movement := range movements {
		if err := e.ownOne(tx, &s.order, movement, by); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) ownOne(tx state.Tx, order *canonical.Order, m canonical.Movement, by canonical.FoundBy) error {
	now := e.rt.Now()
	op := e.operation(Call{}, order, canonical.OperationKind(m.Move))
	entry := canonical.Entry{Operation: op.ID, Attempt: op.ID, At: now}
	if err := order.Book(m, entry); err != nil {
		e.drift(order, err.Error(), now)
		return nil
	}
	order.Refresh()
	if m.Move == canonical.Await || m.Move == canonical.End {
		return e.record(tx, order, nil, ended[order.Status], "")
	}
	amount := order.Amount.With(m.Amount)
	op.Amount, op.State, op.Origin, op.FoundBy, op.FinishedAt = &amount, canonical.Succeeded, canonical.FromProvider, by, &now
	op.Next = canonical.Next{Action: canonical.NextNone}
	order.Next = op.Next
	kind := happened(op.Kind)
	if m.Move == canonical.Cancel && order.Status == canonical.StatusExpired {
		kind = canonical.OrderExpired
	}
	if err := e.record(tx, order, &op, kind, ""); err != nil {
		return err
	}
	return tx.Operations().Insert(op.ID, op)
}

// writeSettled writes order and operation, moves the timer, and hands the order to a cancel that waits.
func (e *Engine) writeSettled(tx state.Tx, provider Provider, s *settlement, now time.Time) error {
	if err := e.claimProviderOrder(tx, &s.order, provider); err != nil {
		e.drift(&s.order, err.Error(), now)
	}
	if err := e.settleReferences(tx, s); err != nil {
		return err
	}
	if err := e.schedule(tx, &s.op, now); err != nil {
		return err
	}
	if err := e.wakeWaiting(tx, s, now); err != nil {
		return err
	}
	if err := tx.Operations().Replace(s.op.ID, s.op); err != nil {
		return err
	}
	return tx.Orders().Replace(s.order.ID, s.order)
}

// settleReferences lets go of the number that an update did not keep, and of the order's once it has ended.
func (e *Engine) settleReferences(tx state.Tx, s *settlement) error {
	change := s.op.Recovery.Change
	if change != nil && change.Reference != nil && !s.op.State.Unresolved() {
		for _, reference := range []string{*change.Reference, s.before} {
			if err := e.release(tx, &s.order, reference); err != nil {
				return err
			}
		}
	}
	return e.releaseReference(tx, &s.order)
}

// releaseReference lets go of the merchant's number once the order has ended with nothing captured.
func (e *Engine) releaseReference(tx state.Tx, order *canonical.Order) error {
	if order.HoldsReference() {
		return nil
	}
	return e.letGo(tx, order, order.Reference)
}

// release lets go of a number that is not the order's.
func (e *Engine) release(tx state.Tx, order *canonical.Order, reference string) error {
	if reference == order.Reference {
		return nil
	}
	return e.letGo(tx, order, reference)
}

func (e *Engine) letGo(tx state.Tx, order *canonical.Order, reference string) error {
	if reference == "" {
		return nil
	}
	id := state.ReferenceID{Merchant: order.Merchant, Mode: order.Mode, Reference: reference}
	present, err := tx.References().Get(id)
	if err == state.ErrNotFound {
		return nil
	}
	if err != nil || present.Order != order.ID || !present.Held {
		return err
	}
	present.Held = false
	return tx.References().Replace(id, present)
}

// wakeWaiting makes a cancel that was taken meanwhile the operation that holds the order now.
func (e *Engine) wakeWaiting(tx state.Tx, s *settlement, now time.Time) error {
	if s.op.State.Unresolved() || s.order.Hidden.Waiting == "" {
		return nil
	}
	waiting, err := tx.Operations().Get(s.order.Hidden.Waiting)
	if err != nil {
		return err
	}
	s.order.Hidden.Waiting = ""
	s.order.Hold(&waiting)
	s.order.Refresh()
	return e.put(tx, state.Timer{ID: timerID(waiting.ID), Kind: recoveryTimer, Subject: waiting.ID, Due: now})
}
