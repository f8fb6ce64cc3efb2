package engine

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// absorb takes over what a lender says of an order that no operation is unresolved on: what goes
// forward becomes operations of origin provider, what goes backward is drift, and what changes
// nothing writes nothing. errStale: the order changed after it was read.
func (e *Engine) absorb(ctx context.Context, seen canonical.Order, report canonical.Report, provider Provider, by canonical.FoundBy) (order canonical.Order, err error) {
	err = e.store.Update(ctx, func(tx state.Tx) error {
		if order, err = tx.Orders().Get(seen.ID); err != nil {
			return err
		}
		if order.Version != seen.Version || order.Hidden.Open != nil {
			return errStale
		}
		return e.absorbIn(tx, &order, report, provider, by)
	})
	return order, err
}

func (e *Engine) absorbIn(tx state.Tx, order *canonical.Order, report canonical.Report, provider Provider, by canonical.FoundBy) error {
	now := e.rt.Now()
	before := order.Clone()
	s := settlement{order: order.Clone()}
	if report.Finding != canonical.Found || report.Sighting == nil {
		return nil
	}
	movements, late, drift := canonical.Differ(s.order.Position(), *report.Sighting)
	s.order.Learn(report.Sighting, now)
	s.order.Drift = nil
	if drift != "" {
		s.order.Drift = before.Drift
		e.see(&s.order, drift, false, now)
	}
	e.see(&s.order, "", late, now)
	s.order.Refresh()
	if len(movements) == 0 && same(&before, &s.order) {
		return nil
	}
	s.order.Version++
	s.order.UpdatedAt = now
	if report.Sighting.Unknown && before.ProviderOrder.Status != s.order.ProviderOrder.Status {
		if err := e.record(tx, &s.order, nil, canonical.VocabularyDrift, "the lender says "+report.Sighting.Word); err != nil {
			return err
		}
	}
	if err := e.recordAbsorbed(tx, &s.order, &before, movements, drift); err != nil {
		return err
	}
	if err := e.own(tx, &s, movements, by); err != nil {
		return err
	}
	*order = s.order
	if err := e.claimProviderOrder(tx, order, provider); err != nil {
		e.drift(order, err.Error(), now)
	}
	if err := e.releaseReference(tx, order); err != nil {
		return err
	}
	return tx.Orders().Replace(order.ID, *order)
}

func (e *Engine) recordAbsorbed(tx state.Tx, order, before *canonical.Order, movements []canonical.Movement, drift string) error {
	switch {
	case drift != "" && before.Drift == nil:
		return e.record(tx, order, nil, canonical.OrderDrift, drift)
	case len(movements) == 0:
		return e.record(tx, order, nil, canonical.OrderUpdated, "")
	}
	return nil
}

// same compares two states of an order as they would be stored.
func same(a, b *canonical.Order) bool {
	return bytes.Equal(stored(a), stored(b))
}

func stored(o *canonical.Order) []byte {
	text, err := json.Marshal([]any{o, o.Hidden})
	if err != nil {
		return nil
	}
	return text
}
