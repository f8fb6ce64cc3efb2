package api

import (
	"context"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

type operationInput struct {
	ID string `path:"id" example:"op_01K9ZT5X1Q8W3Y7V2B4N6M8P0R"`
}

type operationOutput struct{ Body canonical.Operation }

func (a *API) readOperation(ctx context.Context, call engine.Call, in *operationInput) (*operationOutput, error) {
	op, err := a.engine.Operation(ctx, call, in.ID)
	return &operationOutput{op}, err
}

type operationsInput struct {
	State    canonical.OperationState `query:"state"`
	Order    string                   `query:"order" maxLength:"64" pattern:"^[A-Za-z0-9][A-Za-z0-9._-]*$"`
	Provider string                   `query:"provider" maxLength:"64" pattern:"^[A-Za-z0-9][A-Za-z0-9._-]*$"`
	Paging
}

type operationList struct {
	Operations []canonical.Operation `json:"operations" nullable:"false"`
	Cursor     string                `json:"cursor,omitempty" doc:"Gives the next page; absent on the last. A page may be short and still have one."`
}

type operationsOutput struct{ Body operationList }

func (a *API) listOperations(ctx context.Context, call engine.Call, in *operationsInput) (*operationsOutput, error) {
	before, err := in.position(operationsCursor)
	if err != nil {
		return nil, err
	}
	p := &pager[canonical.Operation]{limit: in.Limit, id: func(op *canonical.Operation) string { return op.ID }, keep: in.keeps}
	ops, err := a.engine.Operations(ctx, call, in.State.Unresolved(), engine.Page{Before: before, Limit: p.room()}, p.visit)
	ops, next := p.page(ops)
	return &operationsOutput{operationList{ops, cursorText(operationsCursor, next)}}, err
}

func (in *operationsInput) keeps(op *canonical.Operation) bool {
	return (in.State == "" || op.State == in.State) &&
		(in.Order == "" || op.Order == in.Order) &&
		(in.Provider == "" || op.Provider == in.Provider)
}
