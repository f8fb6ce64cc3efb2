package engine

import (
	"context"
	"errors"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// ProviderView is a provider and how it stands for the caller.
type ProviderView struct {
	canonical.Provider
	InDoubt    MoneyInDoubt    `json:"in_doubt"`
	Gate       *canonical.Gate `json:"gate,omitempty" doc:"What stands before it: breakers and limits."`
	Off        string          `json:"off,omitempty" doc:"Why it is switched off, where it is."`
	Quarantine *Quarantine     `json:"quarantine,omitempty" doc:"Set after a restore until what happened at the lender since the backup is known: nothing is sent, everything can be read."`
}

// Quarantine is how far the comparison with a lender after a restore has come.
type Quarantine struct {
	Backup time.Time `json:"backup" doc:"How far the restored data reaches."`
	Since  time.Time `json:"since"`
	Listed bool      `json:"listed" doc:"The lender's own list has been read back to the backup. Where it has none, an operator must say that nothing is missing."`
	Orders int       `json:"orders" doc:"Orders that are still to be compared."`
}

// MoneyInDoubt is what a provider may or may not have moved.
type MoneyInDoubt struct {
	Operations int               `json:"operations"`
	Amounts    []canonical.Money `json:"amounts,omitempty" doc:"One for each currency."`
	Oldest     *time.Time        `json:"oldest,omitempty"`
}

// ProviderViews lists the providers of the caller's mode. A merchant sees its own money in doubt.
func (e *Engine) ProviderViews(ctx context.Context, call Call) ([]ProviderView, error) {
	doubts, err := e.doubts(ctx, call)
	if err != nil {
		return nil, err
	}
	var views []ProviderView
	for _, id := range e.providers.IDs(call.Mode) {
		view := ProviderView{Provider: canonical.Provider{ID: id, Mode: call.Mode}, InDoubt: doubts[id]}
		provider, err := e.providers.For(id, call.Merchant)
		if err != nil {
			view.Off = whyOff(err, call.Role)
		} else {
			view.Provider = provider.Describe()
			view.Gate = e.gateOf(id)
		}
		if view.Quarantine, err = e.quarantineOf(ctx, id); err != nil {
			return nil, err
		}
		views = append(views, view)
	}
	return views, nil
}

// quarantineOf is nil where a provider is in none.
func (e *Engine) quarantineOf(ctx context.Context, id string) (*Quarantine, error) {
	var q state.Quarantine
	err := e.store.View(ctx, func(r state.Reader) (err error) {
		q, err = r.Quarantine(id)
		return err
	})
	if err == state.ErrNotFound || q.EndedAt != nil {
		return nil, nil
	}
	left, failed := e.uncompared(ctx, id)
	return &Quarantine{q.Backup, q.Since, q.Listed, len(left)}, errors.Join(err, failed)
}

func (e *Engine) doubts(ctx context.Context, call Call) (map[string]MoneyInDoubt, error) {
	doubts := make(map[string]MoneyInDoubt)
	ops, err := e.Operations(ctx, call, true, Page{Limit: 10000}, func(op *canonical.Operation) bool { return op.State.Uncertain() })
	for i := range ops {
		doubt := doubts[ops[i].Provider]
		doubt.add(&ops[i])
		doubts[ops[i].Provider] = doubt
	}
	return doubts, err
}

func (d *MoneyInDoubt) add(op *canonical.Operation) {
	d.Operations++
	if d.Oldest == nil || op.CreatedAt.Before(*d.Oldest) {
		d.Oldest = &op.CreatedAt
	}
	d.Amounts = withUnsettled(d.Amounts, op)
}

// withUnsettled adds what is not known of an operation's money to the sums, of which each currency has one.
func withUnsettled(sums []canonical.Money, op *canonical.Operation) []canonical.Money {
	if op.Amount == nil {
		return sums
	}
	for i, sum := range sums {
		if sum.Currency == op.Amount.Currency {
			sums[i] = sum.With(sum.Value.Add(op.Unsettled()))
			return sums
		}
	}
	return append(sums, op.Amount.With(op.Unsettled()))
}

// ProviderOrders lists the lender's own orders, each with the id of ours it belongs to, "" where we
// do not know it. Errors: operation_unsupported where the lender has no list.
func (e *Engine) ProviderOrders(ctx context.Context, call Call, id, status, cursor string, limit int) (canonical.Report, []string, error) {
	provider, err := e.providers.For(id, call.Merchant)
	if err != nil {
		return canonical.Report{}, nil, err
	}
	report, err := provider.Read(ctx, canonical.Query{Read: "list", Status: status, Cursor: cursor, Limit: limit})
	if err != nil {
		return report, nil, err
	}
	known := make([]string, len(report.Orders))
	err = e.store.View(ctx, func(r state.Reader) error {
		for i, seen := range report.Orders {
			ours, err := r.ProviderOrder(state.ProviderOrderID{Provider: id, Credential: provider.Describe().Credential, ID: seen.ID})
			if err != nil && err != state.ErrNotFound {
				return err
			}
			known[i] = ours.Order
		}
		return nil
	})
	return report, known, err
}

// whyOff is why a provider is switched off: in full to an operator alone, because it may name anybody's orders.
func whyOff(err error, to state.Role) string {
	detail := detailOf(err)
	if cause := errors.Unwrap(err); cause != nil && to == state.RoleOperator {
		detail += ": " + cause.Error()
	}
	return detail
}

// detailOf is what an error says to a reader; its cause is for the log.
func detailOf(err error) string {
	var e *canonical.Error
	if errors.As(err, &e) {
		return e.Detail
	}
	return string(canonical.KindOf(err))
}
