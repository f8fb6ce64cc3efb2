package engine

import (
	"context"
	"errors"

	"github.com/lendgate/lendgate/canonical"
)

// Resolution is what an operator says became of an attempt in doubt.
type Resolution struct {
	Attempt   string                   // which one, where several are open; "" is the first
	Outcome   canonical.OperationState // Succeeded or Failed
	Amount    *canonical.Money         // what moved, where it is not what was asked
	Reference string                   // the lender's: of the order (create), or of the movement
	Reason    string                   // how it is known
}

// Resolve ends a doubt by an operator's word. Errors: not_found, invalid_request, operation_not_allowed
// where nothing is in doubt.
func (e *Engine) Resolve(ctx context.Context, call Call, operation string, said Resolution) (Answer, error) {
	return Answer{}, errors.New("not built")
}
