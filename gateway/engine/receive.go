package engine

import (
	"context"
	"errors"

	"github.com/lendgate/lendgate/canonical"
)

// Receive takes in a lender's message: once it returns nil the message is durable, and the lender will be
// read for it. Errors: not_found where no such provider takes messages, provider_off, unauthenticated.
func (e *Engine) Receive(ctx context.Context, provider string, m canonical.Message) error {
	return errors.New("not built")
}
