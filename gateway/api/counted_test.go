package api_test

import (
	"context"
	"sync/atomic"

	"github.com/lendgate/lendgate/state"
)

// counted is a store that counts the functions whose writes were committed.
type counted struct {
	state.Store
	commits atomic.Int64
}

func (c *counted) Update(ctx context.Context, write func(state.Tx) error) error {
	var wrote bool
	err := c.Store.Update(ctx, func(tx state.Tx) error {
		err := write(tx)
		wrote = err == nil
		return err
	})
	if wrote {
		c.commits.Add(1)
	}
	return err
}
