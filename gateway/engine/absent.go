package engine

import (
	"context"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

func absenceTimerID(order string) string { return absenceTimer + ":" + order }

// notShown: the lender does not show an order. Where it never had one, and the customer's time to make it
// one is over, two such reads end it.
func (e *Engine) notShown(ctx context.Context, order canonical.Order, report canonical.Report, provider Provider) (Synced, error) {
	result := Synced{Order: order, Reason: "the lender does not show the order"}
	if !lapsed(&order, report) {
		return result, nil
	}
	err := e.alter(ctx, func(tx state.Tx) (*change, error) {
		var err error
		if result.Order, err = tx.Orders().Get(order.ID); err != nil {
			return nil, err
		}
		if result.Order.Version != order.Version {
			return nil, errStale
		}
		timer, err := tx.Timers().Get(absenceTimerID(order.ID))
		if err == state.ErrNotFound {
			again := state.Timer{ID: absenceTimerID(order.ID), Kind: absenceTimer, Subject: order.ID, Due: report.AsOf.Add(absentGap)}
			return nil, tx.Timers().Insert(again.ID, again)
		}
		if err != nil || (timer.Owner == "" && report.AsOf.Before(timer.Due)) {
			return nil, err
		}
		c := e.change(&result.Order, provider)
		c.end(canonical.ByTime)
		c.tell(canonical.OrderExpired, nil, "the lender never had the order")
		if err := tx.Timers().Delete(timer.ID); err != nil {
			return nil, err
		}
		return c, e.letGoReferences(tx, c.order)
	})
	return result, err
}

// lapsed: the lender had only a promise of an order, and its time was over when the lender was read.
func lapsed(order *canonical.Order, report canonical.Report) bool {
	expires := order.Deadlines.OrderExpiresAt
	return order.ProviderOrder.ID == "" && order.Phase != canonical.Ended && order.Totals.Authorized.IsZero() &&
		expires != nil && !report.AsOf.Before(*expires)
}

// lookAgain reads an order that was not shown once more.
func (e *Engine) lookAgain(ctx context.Context, orderID string) error {
	order, err := e.orderByID(ctx, orderID)
	if err != nil {
		return err
	}
	if order.Phase == canonical.Ended || order.Hidden.Open != nil {
		return e.commit(ctx, func(tx state.Tx) error { return tx.Timers().Delete(absenceTimerID(orderID)) })
	}
	_, err = e.readAndAbsorb(ctx, order, canonical.ByPoll)
	return err
}
