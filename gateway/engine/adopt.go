package engine

import (
	"context"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// adopt takes over an order that exists at the lender: it is read there first, and nothing is sent.
func (e *Engine) adopt(ctx context.Context, call Call, n NewOrder, order canonical.Order, provider Provider, key *state.Key) (Answer, error) {
	shared := provider.Describe().Credential == ""
	if shared && call.Role != state.RoleOperator && call.Role != state.RolePlatform {
		return Answer{}, canonical.Errorf(canonical.Forbidden, "merchants share the provider's credentials: only an operator or platform key adopts its orders")
	}
	report, err := provider.Read(ctx, canonical.Query{Read: "sync", Order: order})
	if err != nil {
		return Answer{}, err
	}
	if report.Finding != canonical.Found || report.Sighting == nil {
		return Answer{}, canonical.Invalid("/provider_order_id", "the provider has no such order")
	}
	if err := adoptAmount(&order, n, *report.Sighting); err != nil {
		return Answer{}, err
	}
	it := &intent{order: order, op: e.operation(call, &order, canonical.OpCreate), provider: provider, key: key, fresh: true}
	now := e.rt.Now()
	it.op.State, it.op.FinishedAt, it.op.FoundBy, it.op.Amount = canonical.Succeeded, &now, canonical.BySync, &it.order.Amount
	if err := e.takeOver(it, n, report.Sighting); err != nil {
		return Answer{}, err
	}
	if err := e.begin(ctx, call, it); err != nil {
		return Answer{}, err
	}
	return e.perform(ctx, it)
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

// takeOver books on the new order what the lender says happened to it before.
func (e *Engine) takeOver(it *intent, n NewOrder, s *canonical.Sighting) error {
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
	now := e.rt.Now()
	for _, m := range movements {
		if err := it.order.Book(m, canonical.Entry{Operation: it.op.ID, Attempt: it.op.ID, Reference: onlyCapture(s), At: now}); err != nil {
			return canonical.Errorf(canonical.Refused, "the order cannot be adopted as it stands: "+err.Error())
		}
	}
	it.order.Learn(s, now)
	it.order.Refresh()
	return nil
}

// onlyCapture is the lender's reference of the capture, where it lists just one.
func onlyCapture(s *canonical.Sighting) string {
	reference := ""
	for _, seen := range s.Seen {
		if seen.Kind != canonical.OpCapture {
			continue
		}
		if reference != "" {
			return ""
		}
		reference = seen.LenderReference
	}
	return reference
}
