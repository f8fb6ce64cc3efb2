package canonical

import (
	"maps"
	"slices"
)

// Clone returns a copy of its own: whatever is changed in it in place leaves the original as it was.
func (o *Order) Clone() Order {
	c := *o
	c.Customer.Addresses = slices.Clone(o.Customer.Addresses)
	c.Lines = slices.Clone(o.Lines)
	c.Shipping, c.Plan, c.Action = clone(o.Shipping), clone(o.Plan), clone(o.Action)
	c.ProviderOrder.UpdatedAt = clone(o.ProviderOrder.UpdatedAt)
	c.Deadlines = Deadlines{clone(o.Deadlines.AuthorizationExpiresAt), clone(o.Deadlines.OrderExpiresAt)}
	c.Captures, c.Refunds, c.Settlements = slices.Clone(o.Captures), slices.Clone(o.Refunds), slices.Clone(o.Settlements)
	c.ProviderOptions, c.ProviderDetails, c.Metadata = maps.Clone(o.ProviderOptions), maps.Clone(o.ProviderDetails), maps.Clone(o.Metadata)
	c.InDoubt, c.Drift = clone(o.InDoubt), clone(o.Drift)
	c.AllowedOperations = slices.Clone(o.AllowedOperations)
	c.Hidden.Kept, c.Hidden.Open, c.Hidden.Watch, c.Hidden.Restored = maps.Clone(o.Hidden.Kept), clone(o.Hidden.Open), clone(o.Hidden.Watch), clone(o.Hidden.Restored)
	return c
}

// Clone returns a copy of its own, as an order's does.
func (op *Operation) Clone() Operation {
	c := *op
	c.Amount, c.Next.Amount, c.FinishedAt = clone(op.Amount), clone(op.Next.Amount), clone(op.FinishedAt)
	c.Attempts = slices.Clone(op.Attempts)
	c.Recovery.Change, c.Recovery.AbsentSince, c.Recovery.Again = clone(op.Recovery.Change), clone(op.Recovery.AbsentSince), clone(op.Recovery.Again)
	return c
}

func clone[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}
