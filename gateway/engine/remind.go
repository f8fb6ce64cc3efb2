package engine

import (
	"context"
	"strings"

	"github.com/lendgate/lendgate/state"
)

// Remind gives what a verification found to wait without a timer its timer back.
func (e *Engine) Remind(ctx context.Context, v Verification) error {
	for _, id := range v.forgotten {
		if strings.HasPrefix(id, "op_") {
			if err := e.reschedule(ctx, id); err != nil {
				return err
			}
			continue
		}
		if err := e.watchAnew(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) watchAnew(ctx context.Context, id string) error {
	return e.alter(ctx, func(tx state.Tx) (*change, error) {
		order, err := tx.Orders().Get(id)
		if err != nil {
			return nil, err
		}
		provider, err := e.providers.For(order.Provider, order.Merchant)
		if err != nil {
			provider = missing{order.Provider}
		}
		c := e.change(&order, provider)
		c.fell = true
		return c, nil
	})
}
