package engine

import (
	"context"
	"errors"
)

// EndQuarantine lets a provider be sent to again by an operator's word. Errors: not_found,
// operation_not_allowed where there is no quarantine, invalid_request without a reason.
func (e *Engine) EndQuarantine(ctx context.Context, call Call, provider, reason string) error {
	return errors.New("not built")
}
