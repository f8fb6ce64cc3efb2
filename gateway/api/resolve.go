package api

import (
	"context"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

type resolveRequest struct {
	Attempt   string                   `json:"attempt,omitempty" maxLength:"64" pattern:"^[A-Za-z0-9][A-Za-z0-9._-]*$" doc:"Which attempt, where several are open; absent: the first of them."`
	Outcome   canonical.OperationState `json:"outcome" enum:"succeeded,failed"`
	Amount    *canonical.Money         `json:"amount,omitempty" doc:"Of an authorization: what the lender holds, where its fees raised the amount. Any other movement is what was asked for, or it failed; record what moved instead."`
	Reference string                   `json:"reference,omitempty" maxLength:"200" doc:"The lender's own number: of its order where this is a create, else of the movement. Required where a create, authorize or capture succeeded: later requests to the lender name it."`
	Reason    string                   `json:"reason" minLength:"1" maxLength:"500" doc:"How it is known: who said so, or where it stands."`
}

type resolveInput struct {
	ID   string `path:"id" example:"op_01K9ZT5X1Q8W3Y7V2B4N6M8P0R"`
	Body resolveRequest
}

func (a *API) resolveOperation(ctx context.Context, call engine.Call, in *resolveInput) (*answered, error) {
	b := in.Body
	return answer(a.engine.Resolve(ctx, call, in.ID, engine.Resolution{
		Attempt: b.Attempt, Outcome: b.Outcome, Amount: b.Amount, Reference: b.Reference, Reason: b.Reason,
	}))
}
