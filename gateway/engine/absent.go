package engine

import (
	"context"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// notShown: the lender does not show an order. Where it never had one, and the customer's time to make it
// one is over, two such reads end it.
func (e *Engine) notShown(ctx context.Context, order canonical.Order, report canonical.Report, provider Provider) (Synced, error) {
	result := Synced{Order: order, Reason: "the lender does not show the order", Read: true, Heard: true}
	switch {
	case order.Hidden.Restored != nil && order.ProviderOrder.ID == "" && order.Totals.Authorized.IsZero():
		return e.agreed(ctx, order, provider)
	case !lapsed(&order, report):
		return result, nil
	}
	err := e.alter(ctx, func(tx state.Tx) (*change, error) {
		var err error
		if result.Order, err = tx.Orders().Get(order.ID); err != nil {
			return nil, err
		}
		if result.Order.Version != order.Version || result.Order.Hidden.Watch == nil {
			return nil, errStale
		}
		c := e.change(&result.Order, provider)
		switch absent := result.Order.Hidden.Watch.Absent; {
		case absent == nil:
			result.Order.Hidden.Watch.Absent = &report.AsOf
			return c, nil
		case report.AsOf.Before(absent.Add(absentGap)):
			return nil, nil
		}
		result.Order.Hidden.Watch.Absent = nil
		c.end(canonical.ByTime)
		c.tell(canonical.OrderExpired, nil, "the lender never had the order")
		return c, e.letGoReferences(tx, c.order)
	})
	return result, err
}

// agreed: books from a backup that know of nothing at the lender are right where the lender shows nothing.
func (e *Engine) agreed(ctx context.Context, seen canonical.Order, provider Provider) (Synced, error) {
	result := Synced{Synced: true, Read: true, Heard: true}
	err := e.alter(ctx, func(tx state.Tx) (*change, error) {
		var err error
		if result.Order, err = tx.Orders().Get(seen.ID); err != nil {
			return nil, err
		}
		if result.Order.Version != seen.Version {
			return nil, errStale
		}
		c := e.change(&result.Order, provider)
		c.order.Drift, c.order.Hidden.Restored = nil, nil
		c.tell(canonical.OrderUpdated, nil, "the lender knows of nothing either")
		return c, nil
	})
	return result, err
}

// lapsed: the lender had only a promise of an order, and its time was over when the lender was read.
func lapsed(order *canonical.Order, report canonical.Report) bool {
	expires := order.Deadlines.OrderExpiresAt
	return order.ProviderOrder.ID == "" && order.Phase != canonical.Ended && order.Totals.Authorized.IsZero() &&
		expires != nil && !report.AsOf.Before(*expires)
}
