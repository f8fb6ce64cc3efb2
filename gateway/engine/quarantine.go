package engine

import (
	"context"
	"slices"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// everyProvider is the record that a restore leaves: the next start turns it into one for each provider.
const everyProvider = "*"

// Restored notes that the store was made from a backup that reaches up to a time. The next Resume puts
// every provider in quarantine for it.
func Restored(ctx context.Context, store state.Store, backup, now time.Time) error {
	return store.Update(ctx, func(tx state.Tx) error {
		err := tx.Quarantines().Insert(everyProvider, state.Quarantine{Provider: everyProvider, Backup: backup, Since: now})
		if err == state.ErrExists {
			return nil
		}
		return err
	})
}

// quarantine puts every provider in quarantine after a restore: what was done between the backup and now
// is not in the books. Nothing is sent, and every order that can have changed is compared with its lender.
// It may be done again after a crash.
func (e *Engine) quarantine(ctx context.Context) error {
	var restored state.Quarantine
	var orders []canonical.Order
	err := e.store.View(ctx, func(r state.Reader) (err error) {
		if restored, err = r.Quarantine(everyProvider); err == nil {
			orders, err = r.Orders(state.Scope{}, "", noLimit, unfinished)
		}
		return err
	})
	if err == state.ErrNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	of := slices.Concat(e.providers.IDs(canonical.Live), e.providers.IDs(canonical.Test))
	for i := range orders {
		if err := e.doubtOrder(ctx, &orders[i], restored.Backup); err != nil {
			return err
		}
		of = append(of, orders[i].Provider)
	}
	slices.Sort(of)
	return e.commit(ctx, func(tx state.Tx) error { return e.quarantineAll(tx, restored, slices.Compact(of)) })
}

// unfinished: an order that the lender may know more of than a backup does.
func unfinished(o *canonical.Order) bool {
	return !o.Final() || o.Hidden.Open != nil || o.Hidden.Waiting != ""
}

func (e *Engine) quarantineAll(tx state.Tx, restored state.Quarantine, providers []string) error {
	for _, id := range providers {
		q := state.Quarantine{Provider: id, Backup: restored.Backup, Since: restored.Since}
		err := tx.Quarantines().Insert(id, q)
		if err == state.ErrExists {
			err = tx.Quarantines().Replace(id, q)
		}
		if err == nil {
			err = e.put(tx, state.Timer{ID: quarantineTimer + ":" + id, Kind: quarantineTimer, Subject: id, Due: e.rt.Now()})
		}
		if err != nil {
			return err
		}
	}
	return tx.Quarantines().Delete(everyProvider)
}

// doubtOrder marks an order as one that may be behind its lender: it drifts until a read or an operator says
// otherwise, and whatever was on its way may have been sent.
func (e *Engine) doubtOrder(ctx context.Context, seen *canonical.Order, backup time.Time) error {
	provider, err := e.providers.For(seen.Provider, seen.Merchant)
	if err != nil {
		provider = missing{seen.Provider} // it may be switched on again
	}
	return e.alter(ctx, func(tx state.Tx) (*change, error) {
		order, err := tx.Orders().Get(seen.ID)
		if err != nil || order.Hidden.Restored != nil {
			return nil, err
		}
		if promised, err := onlyPromised(tx, &order); err != nil || promised {
			return nil, err
		}
		c := e.change(&order, provider)
		order.Hidden.Restored = &backup
		order.Drift = &canonical.Drift{Seen: "restored from the backup of " + backup.Format(time.RFC3339) + ": not compared with the lender yet", Since: c.at}
		if err := e.doubtOpen(tx, c); err != nil {
			return nil, err
		}
		c.hint()
		c.tell(canonical.OrderDrift, nil, order.Drift.Seen)
		return c, nil
	})
}

// onlyPromised: all that may have reached the lender is a create that reserves and owes nothing. It is sent
// again once something may be sent.
func onlyPromised(tx state.Tx, o *canonical.Order) (bool, error) {
	if o.Hidden.Open == nil || o.Hidden.Open.Kind != canonical.OpCreate {
		return false, nil
	}
	op, err := tx.Operations().Get(o.Hidden.Open.ID)
	if err != nil {
		return false, err
	}
	current, _ := op.Current()
	request, err := tx.Requests().Get(current.ID)
	return request.Harmless || request.Local, err
}

// doubtOpen: what the backup shows as planned, queued or under way may have happened since.
func (e *Engine) doubtOpen(tx state.Tx, c *change) error {
	if c.order.Hidden.Open == nil {
		return nil
	}
	op, err := tx.Operations().Get(c.order.Hidden.Open.ID)
	if err != nil {
		return err
	}
	for i := range op.Attempts {
		attempt := &op.Attempts[i]
		if !attempt.State.Unresolved() {
			continue
		}
		request, err := tx.Requests().Get(attempt.ID)
		if err != nil {
			return err
		}
		if request.Local || request.Harmless {
			continue
		}
		attempt.State, attempt.Sends, attempt.CallEndsAt = canonical.Doubtful, max(attempt.Sends, 1), &c.at
		if attempt.StartedAt == nil {
			attempt.StartedAt = &c.at
		}
	}
	op.State = canonical.StateOfPlan(op.Attempts)
	op.Recovery.Tries, op.Recovery.Absences, op.Recovery.AbsentSince = 0, 0, nil
	c.order.Hold(&op)
	c.write(&op)
	return nil
}

// quarantined says whether a provider is not to be sent anything.
func quarantined(get func(string) (state.Quarantine, error), provider string) (bool, error) {
	for _, id := range []string{everyProvider, provider} {
		q, err := get(id)
		if err == state.ErrNotFound || (err == nil && q.EndedAt != nil) {
			continue
		}
		return err == nil, err
	}
	return false, nil
}

// admit refuses what a provider would be sent while it is in quarantine.
func (it *intent) admit(tx state.Tx) error {
	for _, request := range it.requests {
		if request.Local {
			continue
		}
		shut, err := quarantined(tx.Quarantines().Get, it.order.Provider)
		if err == nil && shut {
			err = &canonical.Error{Kind: canonical.ProviderOff, Provider: it.order.Provider,
				Detail: "the gateway was restored from a backup and is comparing its books with the lender's: nothing is sent until that is done"}
		}
		return err
	}
	return nil
}

// EndQuarantine lets a provider be sent to again by an operator's word. Orders that can be read go on being
// compared; those of a lender that cannot be read are taken as they are. Errors: not_found,
// operation_not_allowed where there is no quarantine, invalid_request without a reason.
func (e *Engine) EndQuarantine(ctx context.Context, call Call, provider, reason string) error {
	if reason == "" {
		return canonical.Invalid("/reason", "say how it is known that nothing is missing")
	}
	p, err := e.providers.For(provider, "")
	if err != nil {
		return err
	}
	err = e.commit(ctx, func(tx state.Tx) error {
		return e.endQuarantine(tx, provider, call.Actor, reason)
	})
	if err != nil || !p.Describe().Traits.Unreadable {
		return err
	}
	orders, err := e.uncompared(ctx, provider)
	for i := range orders {
		if err := e.believe(ctx, call, orders[i].ID, reason); err != nil {
			return err
		}
	}
	return err
}

func (e *Engine) endQuarantine(tx state.Tx, provider, actor, reason string) error {
	now := e.rt.Now()
	q, err := tx.Quarantines().Get(provider)
	if err == state.ErrNotFound || (err == nil && q.EndedAt != nil) {
		return &canonical.Error{Kind: canonical.OperationNotAllowed, Provider: provider, Detail: "the provider is in no quarantine", Next: &canonical.Next{Action: canonical.NextNone}}
	}
	if err != nil {
		return err
	}
	q.EndedAt, q.EndedBy, q.Reason = &now, actor, reason
	if err := tx.Quarantines().Replace(provider, q); err != nil {
		return err
	}
	return tx.Timers().Delete(quarantineTimer + ":" + provider)
}

// uncompared lists a provider's orders that no read has borne out since the restore.
func (e *Engine) uncompared(ctx context.Context, provider string) (orders []canonical.Order, err error) {
	err = e.store.View(ctx, func(r state.Reader) (err error) {
		orders, err = r.Orders(state.Scope{}, "", noLimit, func(o *canonical.Order) bool {
			return o.Provider == provider && o.Hidden.Restored != nil
		})
		return err
	})
	return orders, err
}

// believe takes an order's books for right by an operator's word.
func (e *Engine) believe(ctx context.Context, call Call, orderID, reason string) error {
	return e.alter(ctx, func(tx state.Tx) (*change, error) {
		order, err := tx.Orders().Get(orderID)
		if err != nil || order.Hidden.Restored == nil {
			return nil, err
		}
		provider, err := e.providers.For(order.Provider, order.Merchant)
		if err != nil {
			return nil, err
		}
		c := e.change(&order, provider)
		order.Drift, order.Hidden.Restored = nil, nil
		c.tellOf(e.operation(call, &order, canonical.OpSync), reason)
		return c, nil
	})
}
