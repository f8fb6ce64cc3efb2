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
			if page[i].Hidden.Watch != nil {
				continue
			}
			if err := e.watchAnew(ctx, page[i].ID); err != nil {
				return err
			}
		}
		before = page[len(page)-1].ID
	}
}
