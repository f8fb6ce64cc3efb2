package engine

import (
	"context"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// Forget erases what is personal of an order's customer, for good: the fields, the bodies of calls and
// notifications that may hold them, and the key of their digests. The history stays whole. Errors:
// not_found, operation_in_progress while something is unresolved.
func (e *Engine) Forget(ctx context.Context, call Call, orderID string) (canonical.Order, error) {
	return untilFresh(func() (canonical.Order, error) { return e.forget(ctx, call, orderID) })
}

func (e *Engine) forget(ctx context.Context, call Call, orderID string) (canonical.Order, error) {
	order, err := e.Order(ctx, call, orderID)
	if err != nil {
		return order, err
	}
	provider, err := e.providers.For(order.Provider, order.Merchant)
	if err != nil {
		return order, err
	}
	op := e.operation(call, &order, canonical.OpUpdate)
	var l looked
	var messages []state.Message
	err = e.store.View(ctx, func(r state.Reader) (err error) {
		if messages, err = r.MessagesOf(orderID); err == nil {
			l.tidy, err = attemptsOf(r, orderID)
		}
		return err
	})
	if err != nil {
		return order, err
	}
	err = e.alter(ctx, func(tx state.Tx) (*change, error) {
		if order, err = tx.Orders().Get(orderID); err != nil || order.Hidden.PersonSalt == "" {
			return nil, err
		}
		if open := order.Hidden.Open; open != nil || order.Hidden.Waiting != "" {
			return nil, &canonical.Error{Kind: canonical.OperationInProgress, Order: orderID, Detail: "an operation is unresolved: the lender may have to be asked with what is to be forgotten"}
		}
		c := e.change(&order, provider)
		order.Forget()
		c.tellOf(op, "the customer was forgotten")
		if err := e.tidy(tx, c, l); err != nil {
			return nil, err
		}
		return c, e.emptyMessages(tx, messages)
	})
	e.Present(&order)
	return order, err
}

// tellOf tells of the order alone, by whoever asked.
func (c *change) tellOf(asked canonical.Operation, detail string) {
	by := &word{origin: asked.Origin, actor: asked.Recovery.Actor, reason: detail, traceID: asked.TraceID}
	c.lines = append(c.lines, line{canonical.OrderUpdated, nil, detail, by})
}

func (e *Engine) emptyMessages(tx state.Tx, messages []state.Message) error {
	for _, m := range messages {
		m.Body = nil
		if err := tx.Messages().Replace(m.ID, m); err != nil {
			return err
		}
	}
	return nil
}
