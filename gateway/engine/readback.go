package engine

import (
	"context"
	"errors"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// The rhythm of a quarantine, and whose a lender's order is that the backup does not know.
const (
	compareAgain = time.Minute
	mostPages    = 1000
	clockMargin  = 24 * time.Hour // lenders' clocks are not ours; what is known is recognized anyway
	foundOwner   = "restored"
)

// readBack does what can be done by itself to end a provider's quarantine: the lender's list is read back to
// the time of the backup, where it has one, and orders that are not known are taken over. The orders
// themselves are compared by their watches.
func (e *Engine) readBack(ctx context.Context, id string) error {
	var q state.Quarantine
	err := e.store.View(ctx, func(r state.Reader) (err error) {
		q, err = r.Quarantine(id)
		return err
	})
	if err == state.ErrNotFound || (err == nil && q.EndedAt != nil) {
		return e.commit(ctx, func(tx state.Tx) error { return tx.Timers().Delete(quarantineTimer + ":" + id) })
	}
	if err != nil {
		return err
	}
	if !q.Listed {
		q.Listed = e.listedBack(ctx, q)
	}
	left, err := e.uncompared(ctx, id)
	if err != nil {
		return err
	}
	return e.commit(ctx, func(tx state.Tx) error {
		if q.Listed && len(left) == 0 {
			return e.endQuarantine(tx, id, "", "every order was compared with the lender's")
		}
		return e.waitInQuarantine(tx, q, len(left))
	})
}

func (e *Engine) waitInQuarantine(tx state.Tx, q state.Quarantine, left int) error {
	pause := compareAgain
	if lists, reads := e.tells(q.Provider); !reads || (left == 0 && !lists) {
		pause = daily
		e.log.Error("a provider stays in quarantine: its lender cannot tell what is missing, so an operator must release it", "provider", q.Provider)
	}
	if err := tx.Quarantines().Replace(q.Provider, q); err != nil {
		return err
	}
	return e.put(tx, state.Timer{ID: quarantineTimer + ":" + q.Provider, Kind: quarantineTimer, Subject: q.Provider, Due: e.rt.Now().Add(pause)})
}

// tells says whether a lender can be asked for its list, and for an order. One that is switched off may be.
func (e *Engine) tells(provider string) (lists, reads bool) {
	p, err := e.providers.For(provider, "")
	if err != nil {
		return true, true
	}
	return has(p, "list"), !p.Describe().Traits.Unreadable
}

// known is the order of ours that a lender's order is, by its name there or by our number; "" is none.
func (e *Engine) known(ctx context.Context, provider Provider, s *canonical.Sighting) (ours string, err error) {
	err = e.store.View(ctx, func(r state.Reader) error {
		present, err := r.ProviderOrder(providerOrderID(provider, s.ID))
		if err != state.ErrNotFound || s.Reference == "" {
			ours = present.Order
			return err
		}
		given, err := r.OrdersGiven(provider.Describe().ID, s.Reference)
		if len(given) > 0 {
			ours = given[0].ID
		}
		return err
	})
	if err == state.ErrNotFound {
		err = nil
	}
	return ours, err
}

// compareListed has an order of ours read that had ended in the backup and stands otherwise at the lender.
func (e *Engine) compareListed(ctx context.Context, id string, provider Provider, s canonical.Sighting) error {
	if id == "" {
		return nil
	}
	return e.alter(ctx, func(tx state.Tx) (*change, error) {
		order, err := tx.Orders().Get(id)
		if err != nil || order.Hidden.Restored != nil {
			return nil, err
		}
		movements, _, drift := canonical.Differ(order.Position(), s)
		if len(movements) == 0 && drift == "" {
			return nil, nil
		}
		c := e.change(&order, provider)
		c.hint()
		return c, nil
	})
}

// listedBack reads the lender's list for each set of credentials, and says whether all of it was read.
func (e *Engine) listedBack(ctx context.Context, q state.Quarantine) bool {
	all, err := e.providers.Credentials(q.Provider)
	if err != nil {
		return false
	}
	for _, provider := range all {
		if !has(provider, "list") || !e.listBack(ctx, provider, q.Backup) {
			return false
		}
	}
	return len(all) > 0
}

func (e *Engine) listBack(ctx context.Context, provider Provider, backup time.Time) bool {
	cursor := ""
	for range mostPages {
		report, err := provider.Read(ctx, canonical.Query{Read: "list", Cursor: cursor, Limit: 100})
		if err != nil {
			return false
		}
		for i := range report.Orders {
			if err := e.takeFound(ctx, provider, &report.Orders[i], backup); err != nil {
				e.log.Error("an order of the lender's list", "provider", provider.Describe().ID, "error", err)
				return false
			}
		}
		if cursor = report.Cursor; cursor == "" {
			return true
		}
	}
	return false
}

// takeFound takes over an order that was made after the backup and is not known here.
func (e *Engine) takeFound(ctx context.Context, provider Provider, s *canonical.Sighting, backup time.Time) error {
	if s.ID == "" {
		return nil
	}
	ours, err := e.known(ctx, provider, s)
	if err != nil || ours != "" {
		return errors.Join(err, e.compareListed(ctx, ours, provider, *s))
	}
	if s.CreatedAt != nil && s.CreatedAt.Before(backup.Add(-clockMargin)) {
		return nil
	}
	description := provider.Describe()
	like := canonical.Order{Mode: description.Mode, Merchant: description.Credential, Provider: description.ID}
	if like.Merchant == "" {
		like.Merchant = foundOwner
	}
	if s.Amount != nil {
		like.Amount = *s.Amount
	}
	it := e.orphan(like, s.ID, provider)
	report, err := provider.Read(ctx, canonical.Query{Read: "sync", Order: it.order})
	if err != nil || report.Finding != canonical.Found || report.Sighting == nil {
		return err
	}
	if like.Amount.Currency == "" && report.Sighting.Amount != nil {
		it.order.Amount = *report.Sighting.Amount
	}
	it.op.FoundBy, it.op.Amount = canonical.ByRecovery, &it.order.Amount
	it.order.Learn(report.Sighting, e.rt.Now())
	return e.alter(ctx, func(tx state.Tx) (*change, error) {
		return e.enterFound(tx, it, report.Sighting, "found at the lender after a restore")
	})
}

// enterFound writes an order that was found at its lender, with what happened on it there.
func (e *Engine) enterFound(tx state.Tx, it *intent, s *canonical.Sighting, why string) (*change, error) {
	order, op := it.order.Clone(), it.op
	c := e.change(&order, it.provider)
	c.fresh = true
	if err := e.claimProviderOrder(tx, c); err != nil {
		return nil, err
	}
	c.tell(canonical.OrderCreated, &op, why)
	c.add(&op, nil)
	c.own(c.differ(*s), s.Seen, op.FoundBy)
	return c, nil
}
