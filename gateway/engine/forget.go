package engine

import (
	"context"
	"errors"

	"github.com/lendgate/lendgate/canonical"
)

// Forget erases what is personal of an order's customer, for good; the history stays whole. Errors:
// not_found, operation_in_progress while the lender may still have to be asked with it.
func (e *Engine) Forget(ctx context.Context, call Call, order string) (canonical.Order, error) {
	return canonical.Order{}, errors.New("not built")
}
