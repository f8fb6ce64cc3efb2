package engine

import (
	"context"
	"time"

	"github.com/lendgate/lendgate/state"
)

// NextDue is when the next work falls due; false where nothing waits.
func (e *Engine) NextDue(ctx context.Context) (due time.Time, waits bool, err error) {
	err = e.store.View(ctx, func(r state.Reader) (err error) {
		due, err = r.NextDue()
		return err
	})
	if err == state.ErrNotFound {
		return due, false, nil
	}
	return due, err == nil, err
}
