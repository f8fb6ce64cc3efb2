package engine

import (
	"context"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// takenOver is what happened at the lender before an order was adopted.
type takenOver struct {
	sighting  *canonical.Sighting
	movements []canonical.Movement
}

// adopt takes over an order that exists at the lender: it is read there first, and nothing is sent.
func (e *Engine) adopt(ctx context.Context, call Call, n NewOrder, it *intent) (Answer, error) {
	if err := e.mayAdopt(ctx, call, it); err != nil {
		return Answer{}, err
	}
	report, err := it.provider.Read(ctx, canonical.Query{Read: "sync", Order: it.order})
	if err != nil {
		return Answer{}, err
	}
	if report.Finding != canonical.Found || report.Sighting == nil {
		return Answer{}, canonical.Invalid("/provider_order_id", "the provider has no such order")
	}
	if err := adoptAmount(&it.order, n, *report.Sighting); err != nil {
		return Answer{}, err
	}
	if err := it.takeOver(n, report.Sighting); err != nil {
		return Answer{}, err
	}
	now := e.rt.Now()
	it.order.Learn(report.Sighting, now)
	it.order.Refresh()
	amount := it.order.Amount
	it.op.State, it.op.FinishedAt, it.op.FoundBy, it.op.Amount = canonical.Succeeded, &now, canonical.BySync, &amount
	return e.performNew(ctx, call, it)
}

// mayAdopt refuses what can be refused without asking the lender.
func (e *Engine) mayAdopt(ctx context.Context, call Call, it *intent) error {
	shared := it.provider.Describe().Credential == ""
	if shared && call.Role != state.RoleOperator && call.Role != state.RolePlatform {
		return canonical.Errorf(canonical.Forbidden, "merchants share the provider's credentials: only an operator or platform key adopts its orders")
	}
	return e.store.View(ctx, func(r state.Reader) error {
		present, err := r.ProviderOrder(providerOrderID(it.provider, it.order.ProviderOrder.ID))
		if err == state.ErrNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		return taken(present, &it.order)
	})
}

// adoptAmount: the amount given must be the lender's; none given takes it.
func adoptAmount(order *canonical.Order, n NewOrder, s canonical.Sighting) error {
	switch {
	case s.Unknown:
		return canonical.Errorf(canonical.Refused, "the lender calls the order "+s.Word+", which is in no vocabulary")
	case s.Amount == nil && n.Amount == nil:
		return canonical.Invalid("/amount", "the lender does not say the amount: give it")
	case s.Amount != nil && n.Amount != nil && !s.Amount.Equal(*n.Amount):
		return canonical.Invalid("/amount", "the lender's order is for "+s.Amount.String())
	}
	if n.Amount == nil {
		order.Amount = *s.Amount
	}
	if err := canonical.CheckLines(n.Lines, order.Amount); err != nil {
		return canonical.Invalid("/lines", err.Error())
	}
	return nil
}

// takeOver finds what the lender says happened to the order before, and whether our books can hold it.
func (it *intent) takeOver(n NewOrder, s *canonical.Sighting) error {
	captured := s.Captured != nil && !s.Captured.IsZero()
	if captured && s.Refunded == nil {
		if n.Refunded == nil {
			return canonical.Invalid("/refunded", "the lender does not say what was refunded of this captured order: give it")
		}
		s.Refunded = n.Refunded
	}
	movements, _, drift := canonical.Differ(it.order.Position(), *s)
	if drift != "" {
		return canonical.Errorf(canonical.Refused, "the order cannot be adopted as it stands: "+drift)
	}
	books := it.order.Clone()
	for _, m := range movements {
		if err := books.Book(m, canonical.Entry{}); err != nil {
			return canonical.Errorf(canonical.Refused, "the order cannot be adopted as it stands: "+err.Error())
		}
	}
	it.takes.over = &takenOver{s, movements}
	return nil
}
