package api

import (
	"context"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

type authenticateRequest struct {
	ProviderOptions canonical.Values `json:"provider_options,omitempty" maxProperties:"30"`
}

type authorizeRequest struct {
	Plan            *canonical.Plan  `json:"plan,omitempty"`
	ProviderOptions canonical.Values `json:"provider_options,omitempty" maxProperties:"30"`
}

type captureRequest struct {
	Amount          *canonical.Money    `json:"amount,omitempty" doc:"Absent: the sum of lines, or all that is capturable."`
	Lines           []canonical.Line    `json:"lines,omitempty" maxItems:"200" doc:"Of this part."`
	Reference       string              `json:"reference,omitempty" maxLength:"100"`
	Message         string              `json:"message,omitempty" maxLength:"500"`
	Shipping        *canonical.Shipping `json:"shipping,omitempty"`
	Final           bool                `json:"final,omitempty" doc:"Gives back the rest."`
	ProviderOptions canonical.Values    `json:"provider_options,omitempty" maxProperties:"30"`
}

type cancelRequest struct {
	Amount *canonical.Money `json:"amount,omitempty" doc:"Absent: all that remains."`
	Reason string           `json:"reason,omitempty" maxLength:"500"`
}

type refundRequest struct {
	Amount          *canonical.Money `json:"amount,omitempty" doc:"Absent: the sum of lines, or all that is refundable."`
	Lines           []canonical.Line `json:"lines,omitempty" maxItems:"200"`
	Capture         string           `json:"capture,omitempty" maxLength:"64" pattern:"^[A-Za-z0-9][A-Za-z0-9._-]*$" doc:"The capture to refund; absent: oldest first."`
	Reason          string           `json:"reason,omitempty" maxLength:"500"`
	Message         string           `json:"message,omitempty" maxLength:"500"`
	ProviderOptions canonical.Values `json:"provider_options,omitempty" maxProperties:"30"`
}

type recordRequest struct {
	Kind      canonical.OperationKind `json:"kind" enum:"capture,cancel,refund"`
	Amount    *canonical.Money        `json:"amount,omitempty" doc:"Absent: all there is."`
	Capture   string                  `json:"capture,omitempty" maxLength:"64" pattern:"^[A-Za-z0-9][A-Za-z0-9._-]*$" doc:"The capture that was refunded; absent: oldest first."`
	Reference string                  `json:"reference,omitempty" maxLength:"100" doc:"Where it happened: a bank transfer, the lender's own number."`
	Reason    string                  `json:"reason" minLength:"1" maxLength:"500"`
}

// askInput is a request to an order, with what its operation takes.
type askInput[B any] struct {
	ID   string `path:"id" json:"id" example:"ord_01K9ZT5X1Q8W3Y7V2B4N6M8P0R"`
	Body B      `json:"body"`
}

func (a *API) authenticateOrder(ctx context.Context, call engine.Call, in *askInput[authenticateRequest]) (*answered, error) {
	return answer(a.engine.Submit(ctx, call, in.ID, engine.Ask{Kind: canonical.OpAuthenticate, Options: in.Body.ProviderOptions}))
}

func (a *API) authorizeOrder(ctx context.Context, call engine.Call, in *askInput[authorizeRequest]) (*answered, error) {
	return answer(a.engine.Submit(ctx, call, in.ID, engine.Ask{Kind: canonical.OpAuthorize, Plan: in.Body.Plan, Options: in.Body.ProviderOptions}))
}

func (a *API) captureOrder(ctx context.Context, call engine.Call, in *askInput[captureRequest]) (*answered, error) {
	b := in.Body
	return answer(a.engine.Submit(ctx, call, in.ID, engine.Ask{
		Kind: canonical.OpCapture, Amount: b.Amount, Lines: b.Lines, Final: b.Final,
		Reference: b.Reference, Message: b.Message, Shipping: b.Shipping, Options: b.ProviderOptions,
	}))
}

func (a *API) cancelOrder(ctx context.Context, call engine.Call, in *askInput[cancelRequest]) (*answered, error) {
	return answer(a.engine.Submit(ctx, call, in.ID, engine.Ask{Kind: canonical.OpCancel, Amount: in.Body.Amount, Reason: in.Body.Reason}))
}

func (a *API) refundOrder(ctx context.Context, call engine.Call, in *askInput[refundRequest]) (*answered, error) {
	b := in.Body
	return answer(a.engine.Submit(ctx, call, in.ID, engine.Ask{
		Kind: canonical.OpRefund, Amount: b.Amount, Lines: b.Lines, Capture: b.Capture,
		Reason: b.Reason, Message: b.Message, Options: b.ProviderOptions,
	}))
}

func (a *API) recordMovement(ctx context.Context, call engine.Call, in *askInput[recordRequest]) (*answered, error) {
	b := in.Body
	return answer(a.engine.Submit(ctx, call, in.ID, engine.Ask{
		Kind: b.Kind, Amount: b.Amount, Capture: b.Capture, Reference: b.Reference, Reason: b.Reason, Elsewhere: true,
	}))
}
