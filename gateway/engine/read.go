package engine

import (
	"context"
	"encoding/json"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// Order returns one order of the caller's merchant. Errors: not_found.
func (e *Engine) Order(ctx context.Context, call Call, id string) (order canonical.Order, err error) {
	err = e.store.View(ctx, func(r state.Reader) (err error) {
		order, err = owned(r, call, id)
		return err
	})
	if err == nil {
		e.Present(&order)
	}
	return order, err
}

// Page says which part of a list is wanted.
type Page struct {
	Before string // ids smaller than this
	Limit  int
}

// Orders lists the caller's orders, newest first.
func (e *Engine) Orders(ctx context.Context, call Call, page Page, keep func(*canonical.Order) bool) (orders []canonical.Order, err error) {
	err = e.store.View(ctx, func(r state.Reader) (err error) {
		orders, err = r.Orders(call.scope(), page.Before, page.Limit, inMode(call, keep))
		return err
	})
	for i := range orders {
		e.Present(&orders[i])
	}
	return orders, err
}

// inMode keeps an operator without a merchant to the orders of the key's mode.
func inMode(call Call, keep func(*canonical.Order) bool) func(*canonical.Order) bool {
	return func(o *canonical.Order) bool { return (keep == nil || keep(o)) && o.Mode == call.Mode }
}

// Operation returns one operation of the caller's merchant. Errors: not_found.
func (e *Engine) Operation(ctx context.Context, call Call, id string) (op canonical.Operation, err error) {
	err = e.store.View(ctx, func(r state.Reader) (err error) {
		op, err = r.Operation(id)
		if err == state.ErrNotFound || (err == nil && !call.owns(op.Merchant, op.Mode)) {
			return canonical.Errorf(canonical.NotFound, "there is no operation "+id)
		}
		return err
	})
	return op, err
}

// Operations lists the caller's operations, newest first; with unresolved those alone.
func (e *Engine) Operations(ctx context.Context, call Call, unresolved bool, page Page, keep func(*canonical.Operation) bool) (ops []canonical.Operation, err error) {
	err = e.store.View(ctx, func(r state.Reader) (err error) {
		ops, err = r.Operations(call.scope(), unresolved, page.Before, page.Limit, func(op *canonical.Operation) bool {
			return (keep == nil || keep(op)) && op.Mode == call.Mode
		})
		return err
	})
	return ops, err
}

// History returns the events of an order, oldest first. Errors: not_found.
func (e *Engine) History(ctx context.Context, call Call, order string, after, limit int) (events []canonical.SealedEvent, err error) {
	err = e.store.View(ctx, func(r state.Reader) error {
		if _, err := owned(r, call, order); err != nil {
			return err
		}
		events, err = r.History(order, after, limit)
		return err
	})
	return events, err
}

// Feed returns the events of the caller's merchant after a position, oldest first.
func (e *Engine) Feed(ctx context.Context, call Call, after uint64, limit int) (events []state.Position, err error) {
	err = e.store.View(ctx, func(r state.Reader) (err error) {
		events, err = r.Feed(call.scope(), after, limit)
		return err
	})
	return events, err
}

// orderAfter is the order as it was once an operation was settled, or as it is where it is not yet.
func (e *Engine) orderAfter(r state.Reader, op *canonical.Operation) (canonical.Order, error) {
	order, err := r.Order(op.Order)
	if err != nil {
		return order, err
	}
	then, err := settledOrder(r, op)
	if err != nil || then == nil {
		e.Present(&order)
		return order, err
	}
	then.Customer, then.Shipping, then.Hidden = order.Customer, order.Shipping, order.Hidden
	return *then, nil
}

// settledOrder is the order in the event that settled an operation; nil where it is not settled.
func settledOrder(r state.Reader, op *canonical.Operation) (*canonical.Order, error) {
	if op.State.Unresolved() || op.Recovery.Event == 0 {
		return nil, nil
	}
	events, err := r.History(op.Order, op.Recovery.Event-1, 1)
	if err != nil || len(events) == 0 {
		return nil, err
	}
	var event canonical.Event
	err = json.Unmarshal(events[0].Body, &event)
	return event.Order, err
}
