package engine

import (
	"context"
	"slices"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// Forget erases what is personal of an order's customer, for good: the fields, what a change of them
// remembers, the bodies of calls and notifications that may hold them, and the key of their digests. The
// history stays whole. Errors: not_found, operation_in_progress while something is unresolved.
func (e *Engine) Forget(ctx context.Context, call Call, orderID string) (canonical.Order, error) {
	return untilFresh(func() (canonical.Order, error) { return e.forget(ctx, call, orderID) })
}

// remembered is where personal fields may stand beside the order itself.
type remembered struct {
	ops      []canonical.Operation
	messages []state.Message
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
	found, err := e.remembered(ctx, orderID)
	if err != nil {
		return order, err
	}
	asked, version := e.operation(call, &order, canonical.OpUpdate), order.Version
	err = e.alter(ctx, func(tx state.Tx) (*change, error) {
		if order, err = tx.Orders().Get(orderID); err != nil || order.Hidden.PersonSalt == "" {
			return nil, err
		}
		if order.Version != version {
			return nil, errStale
		}
		if unresolved := slices.ContainsFunc(found.ops, func(op canonical.Operation) bool { return op.State.Unresolved() }); unresolved {
			return nil, &canonical.Error{Kind: canonical.OperationInProgress, Order: orderID, Detail: "an operation is unresolved: the lender may have to be asked with what is to be forgotten"}
		}
		c := e.change(&order, provider)
		order.Forget()
		c.tellOf(asked, "the customer was forgotten")
		return c, e.erase(tx, c, found)
	})
	e.Present(&order)
	return order, err
}

func (e *Engine) remembered(ctx context.Context, orderID string) (found remembered, err error) {
	err = e.store.View(ctx, func(r state.Reader) (err error) {
		if found.messages, err = r.MessagesOf(orderID); err == nil {
			found.ops, err = operationsOf(r, orderID)
		}
		return err
	})
	return found, err
}

// erase takes what is personal out of everything but the order.
func (e *Engine) erase(tx state.Tx, c *change, found remembered) error {
	for _, m := range found.messages {
		m.Body, m.Query = nil, ""
		if err := tx.Messages().Replace(m.ID, m); err != nil {
			return err
		}
	}
	for _, op := range found.ops {
		if op.Recovery.Change == nil || op.Recovery.Change.Shipping == nil {
			continue
		}
		op.Recovery.Change = op.Recovery.Change.Forget()
		if err := tx.Operations().Replace(op.ID, op); err != nil {
			return err
		}
	}
	return e.tidy(tx, c, looked{tidies: true, tidy: attemptsOf(found.ops)})
}

// tellOf tells of the order alone, by whoever asked.
func (c *change) tellOf(asked canonical.Operation, detail string) {
	by := &word{origin: asked.Origin, actor: asked.Recovery.Actor, reason: detail, traceID: asked.TraceID}
	c.lines = append(c.lines, line{canonical.OrderUpdated, nil, detail, by})
}
