package engine

import (
	"context"
	"slices"

	"github.com/lendgate/lendgate/canonical"
)

// freshen reads the lender for an order, where what is asked names in its request what only a read tells.
// It moves nothing and is done before anything is written, so that the bytes of the intent are final.
// What holds an order is settled by others first. A lender that cannot be read gets nothing queued for it
// either: who asked tries again. Errors: provider_unavailable, with nothing sent.
func (e *Engine) freshen(ctx context.Context, order *canonical.Order, ask Ask) (read bool, err error) {
	provider, err := e.providers.For(order.Provider, order.Merchant)
	if err != nil || ask.Elsewhere || order.Hidden.Open != nil || !readsFirst(provider, ask.Kind) {
		return false, err
	}
	found, err := e.sync(ctx, order.ID, canonical.BySync)
	if err == nil && !found.Synced {
		err = canonical.Errorf(canonical.ProviderUnavailable, "nothing was sent: this request names what only a read of the order tells, and it could not be read: "+found.Reason)
	}
	return err == nil, err
}

// readsFirst says whether a provider's requests of a kind name what only a read tells.
func readsFirst(p Provider, kind canonical.OperationKind) bool {
	return slices.ContainsFunc(p.Describe().Capabilities, func(c canonical.Capability) bool {
		return c.Operation == string(kind) && c.Fresh
	})
}
