package api

import (
	"context"
	"slices"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
)

type nothing struct{}

type providerList struct {
	Providers []engine.ProviderView `json:"providers" nullable:"false"`
}

type providersOutput struct{ Body providerList }

func (a *API) listProviders(ctx context.Context, call engine.Call, _ *nothing) (*providersOutput, error) {
	views, err := a.engine.ProviderViews(ctx, call)
	list := []engine.ProviderView{}
	for _, view := range views {
		view.Words, view.Options, view.Details = nil, nil, nil // of the one alone
		list = append(list, shown(view, call.Role))
	}
	return &providersOutput{providerList{list}}, err
}

// shown keeps from merchants why a provider is off, because the reason speaks of the configuration, and whose
// credentials are on hold.
func shown(view engine.ProviderView, to state.Role) engine.ProviderView {
	if to == state.RoleOperator {
		return view
	}
	if view.Off != "" {
		view.Off = string(canonical.ProviderOff)
	}
	if view.Gate != nil {
		view.Gate.Holds = nil
	}
	return view
}

type providerInput struct {
	ID string `path:"id" example:"creditkey-us"`
}

type providerOutput struct{ Body engine.ProviderView }

func (a *API) readProvider(ctx context.Context, call engine.Call, in *providerInput) (*providerOutput, error) {
	view, err := a.provider(ctx, call, in.ID)
	return &providerOutput{shown(view, call.Role)}, err
}

// provider finds a provider of the caller's mode.
func (a *API) provider(ctx context.Context, call engine.Call, id string) (engine.ProviderView, error) {
	views, err := a.engine.ProviderViews(ctx, call)
	if err != nil {
		return engine.ProviderView{}, err
	}
	at := slices.IndexFunc(views, func(view engine.ProviderView) bool { return view.ID == id })
	if at < 0 {
		return engine.ProviderView{}, canonical.Errorf(canonical.NotFound, "there is no such provider")
	}
	return views[at], nil
}

type releaseRequest struct {
	Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"How it is known what happened at the lender since the backup."`
}

type releaseInput struct {
	ID   string `path:"id" example:"creditkey-us"`
	Body releaseRequest
}

func (a *API) releaseProvider(ctx context.Context, call engine.Call, in *releaseInput) (*nothing, error) {
	if _, err := a.provider(ctx, call, in.ID); err != nil {
		return nil, err
	}
	return &nothing{}, a.engine.EndQuarantine(ctx, call, in.ID, in.Body.Reason)
}

type acceptRequest struct {
	Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"How it is known that the open orders are in good hands there. Stands in the provider's history."`
}

type acceptInput struct {
	ID   string `path:"id" example:"creditkey-us"`
	Body acceptRequest
}

func (a *API) acceptChange(ctx context.Context, call engine.Call, in *acceptInput) (*nothing, error) {
	if _, err := a.provider(ctx, call, in.ID); err != nil {
		return nil, err
	}
	err := a.engine.AcceptChange(ctx, call, in.ID, in.Body.Reason)
	if err == nil {
		a.accepted()
	}
	return &nothing{}, err
}

type breakerRequest struct {
	Class    canonical.BreakerClass `json:"class" enum:"writes,reads,token,credential" doc:"Which breaker; credential is the hold on credentials that the lender refuses."`
	Force    canonical.Force        `json:"force" enum:"open,closed,auto" doc:"auto: it decides by itself again. A hold can only be ended, with auto."`
	Reason   string                 `json:"reason" minLength:"1" maxLength:"500" doc:"Stands in the provider's history, and in what callers are told."`
	Until    *time.Time             `json:"until,omitempty" doc:"When a forced state ends by itself, at most 30 days ahead; absent: when you end it."`
	Merchant string                 `json:"merchant,omitempty" maxLength:"64" doc:"Of credentials on hold: whose own; absent: those that all others share."`
}

type breakerInput struct {
	ID   string `path:"id" example:"creditkey-us"`
	Body breakerRequest
}

func (a *API) forceBreaker(ctx context.Context, call engine.Call, in *breakerInput) (*providerOutput, error) {
	if _, err := a.provider(ctx, call, in.ID); err != nil {
		return nil, err
	}
	b := in.Body
	err := a.engine.ForceBreaker(ctx, call, in.ID, engine.Forcing{Class: b.Class, Force: b.Force, Reason: b.Reason, Until: b.Until, Merchant: b.Merchant})
	if err != nil {
		return nil, err
	}
	view, err := a.provider(ctx, call, in.ID)
	return &providerOutput{view}, err
}

type lenderOrdersInput struct {
	ID     string `path:"id" example:"cryptopay-main"`
	Status string `query:"status" maxLength:"64" doc:"The lender's own word."`
	Paging
}

// lenderOrder is an order as the lender shows it, in canonical words.
type lenderOrder struct {
	ID         string            `json:"id" doc:"The lender's."`
	Reference  string            `json:"reference,omitempty" doc:"The number the lender was given."`
	Word       string            `json:"word,omitempty" doc:"The lender's own word for its status."`
	Phase      canonical.Phase   `json:"phase,omitempty"`
	EndedBy    canonical.EndedBy `json:"ended_by,omitempty"`
	WaitingFor canonical.Party   `json:"waiting_for,omitempty"`
	Amount     *canonical.Money  `json:"amount,omitempty"`
	Captured   *canonical.Amount `json:"captured,omitempty"`
	Refunded   *canonical.Amount `json:"refunded,omitempty"`
	CreatedAt  *time.Time        `json:"created_at,omitempty"`
	Known      bool              `json:"known" doc:"Whether it belongs to an order of ours."`
	Order      string            `json:"order,omitempty" doc:"That order."`
}

type lenderOrderList struct {
	Orders []lenderOrder `json:"orders" nullable:"false"`
	Cursor string        `json:"cursor,omitempty" doc:"Gives the next page; absent on the last."`
}

type lenderOrdersOutput struct{ Body lenderOrderList }

func (a *API) listProviderOrders(ctx context.Context, call engine.Call, in *lenderOrdersInput) (*lenderOrdersOutput, error) {
	place, err := in.position(lenderCursor)
	if err != nil {
		return nil, err
	}
	if _, err := a.provider(ctx, call, in.ID); err != nil {
		return nil, err
	}
	report, known, err := a.engine.ProviderOrders(ctx, call, in.ID, in.Status, place, in.Limit)
	if err != nil {
		return nil, err
	}
	list := lenderOrderList{Orders: []lenderOrder{}, Cursor: cursorText(lenderCursor, report.Cursor)}
	for i, seen := range report.Orders {
		list.Orders = append(list.Orders, lenderOrder{
			ID: seen.ID, Reference: seen.Reference, Word: seen.Word, Phase: seen.Phase, EndedBy: seen.EndedBy, WaitingFor: seen.WaitingFor,
			Amount: seen.Amount, Captured: seen.Captured, Refunded: seen.Refunded, CreatedAt: seen.CreatedAt, Known: known[i] != "", Order: known[i],
		})
	}
	return &lenderOrdersOutput{list}, nil
}
