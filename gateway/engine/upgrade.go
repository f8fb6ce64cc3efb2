package engine

import (
	"context"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// Upgrade puts in order what an older build of the gateway left: orders that wait get the timer they had
// not. It may be done again.
func (e *Engine) Upgrade(ctx context.Context) error {
	for before := ""; ; {
		var page []canonical.Order
		err := e.store.View(ctx, func(r state.Reader) (err error) {
			page, err = r.Orders(state.Scope{}, before, verifyPage, nil)
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}
		for i := range page {
			if err := e.takeUp(ctx, page[i].ID); err != nil {
				return err
			}
		}
		before = page[len(page)-1].ID
	}
}

// takeUp gives an order its watch, where it has none.
func (e *Engine) takeUp(ctx context.Context, id string) error {
	return e.alter(ctx, func(tx state.Tx) (*change, error) {
		order, err := tx.Orders().Get(id)
		if err != nil || order.Hidden.Watch != nil {
			return nil, err
		}
		provider, err := e.providers.For(order.Provider, order.Merchant)
		if err != nil {
			e.log.Error("an order has no provider any more", "order", id, "provider", order.Provider)
			return nil, nil
		}
		return e.change(&order, provider), nil
	})
}
