package engine

import (
	"context"
	"encoding/hex"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// orphan is the order that stands for a lender's order which nobody here knew, on its way into the books.
func (e *Engine) orphan(like canonical.Order, lenderID string, provider Provider) *intent {
	now := e.rt.Now()
	order := canonical.Order{
		ID: e.rt.NewID("ord"), Mode: like.Mode, Merchant: like.Merchant, Provider: like.Provider, Phase: canonical.Created,
		Amount: like.Amount, CreatedAt: now, UpdatedAt: now,
	}
	order.ProviderOrder.ID = lenderID
	order.Hidden.PersonSalt = hex.EncodeToString(e.rt.Entropy(16))
	order.Refresh()
	it := &intent{order: order, provider: provider, fresh: true}
	it.op = e.operation(Call{}, &order, canonical.OpCreate)
	it.op.Origin, it.op.State, it.op.FinishedAt, it.op.FoundBy, it.op.Amount = canonical.FromEngine, canonical.Succeeded, &now, canonical.ByNotification, &order.Amount
	it.op.Next = canonical.Next{Action: canonical.NextNone}
	return it
}

// bookOrphan books it with what the lender says happened on it, and has it canceled there. Money that moved
// on it is a matter for a person.
func (e *Engine) bookOrphan(ctx context.Context, m state.Message, it *intent, s *canonical.Sighting) error {
	return e.alter(ctx, func(tx state.Tx) (*change, error) {
		present, err := tx.Messages().Get(m.ID)
		if err != nil || present.Order != "" {
			return nil, err
		}
		c, err := e.enterFound(tx, it, s, "a repeated create left it behind at the lender")
		if err != nil {
			return nil, err
		}
		e.cancelUnwanted(c)
		return c, e.settleMessage(tx, present, c.order.ID)
	})
}

// cancelUnwanted has an order that nobody wants canceled at its lender. One on which a customer has acted
// may be wanted after all: a person must say.
func (e *Engine) cancelUnwanted(c *change) {
	if c.order.Final() {
		return
	}
	it, err := e.cancelOf(c, c.order.Clone(), c.operation(canonical.OpCancel, canonical.FromEngine))
	if err != nil || !c.order.Totals.Authorized.IsZero() {
		c.alarm("an order that nobody asked for stands at the lender")
		return
	}
	c.order.Hold(&it.op)
	it.op.Next = canonical.NextOf(&it.op, "", true)
	c.tell(canonical.OperationQueued, &it.op, "nobody wants the order")
	c.add(&it.op, it.requests)
}
