package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

// orderRequest is what a caller says of a new order.
type orderRequest struct {
	Provider        string              `json:"provider,omitempty" maxLength:"64" pattern:"^[A-Za-z0-9][A-Za-z0-9._-]*$" doc:"Which provider; an offer names it too." example:"creditkey-us"`
	Offer           string              `json:"offer,omitempty" maxLength:"64" pattern:"^[A-Za-z0-9][A-Za-z0-9._-]*$" doc:"An offer fixes provider, amount and plan."`
	ProviderOrderID string              `json:"provider_order_id,omitempty" maxLength:"200" doc:"Adopts an order that exists at the lender: nothing is sent, it is read."`
	Refunded        *canonical.Amount   `json:"refunded,omitempty" doc:"With provider_order_id: what was refunded before, where the lender cannot tell."`
	Reference       string              `json:"reference,omitempty" maxLength:"100" doc:"Your own number, held by one order at a time." example:"ORD-10001"`
	Amount          *canonical.Money    `json:"amount,omitempty"`
	Customer        *canonical.Customer `json:"customer,omitempty"`
	Lines           []canonical.Line    `json:"lines,omitempty" maxItems:"200" doc:"They sum to the amount exactly."`
	Shipping        *canonical.Shipping `json:"shipping,omitempty"`
	ReturnURL       string              `json:"return_url,omitempty" doc:"https; where the customer comes back. A return proves nothing: read the order."`
	CancelURL       string              `json:"cancel_url,omitempty" doc:"https"`
	Plan            *canonical.Plan     `json:"plan,omitempty"`
	ProviderOptions canonical.Values    `json:"provider_options,omitempty" maxProperties:"30" doc:"GET /v1/providers/{id} lists them."`
	Metadata        canonical.Metadata  `json:"metadata,omitempty" maxProperties:"50"`
}

// changeRequest is what shall be different; what is absent stays.
type changeRequest struct {
	Reference       *string             `json:"reference,omitempty" maxLength:"100"`
	Amount          *canonical.Money    `json:"amount,omitempty"`
	Plan            *canonical.Plan     `json:"plan,omitempty"`
	Lines           []canonical.Line    `json:"lines,omitempty" maxItems:"200"`
	Shipping        *canonical.Shipping `json:"shipping,omitempty"`
	Metadata        canonical.Metadata  `json:"metadata,omitempty" maxProperties:"50"`
	ProviderOptions canonical.Values    `json:"provider_options,omitempty" maxProperties:"30"`
}

// orderAnswer is an order and the operation that a request performed on it.
type orderAnswer struct {
	canonical.Order
	Operation canonical.Operation `json:"operation" doc:"What this request did."`
}

// answered is the answer to every request that performs an operation.
type answered struct {
	Status     int
	Location   string  `header:"Location" doc:"Of the operation, while it is not settled; else of a new order."`
	RetryAfter seconds `header:"Retry-After" doc:"Seconds to wait before looking again."`
	Replayed   string  `header:"Idempotency-Replayed" doc:"true where an earlier request with this key did it."`
	Body       orderAnswer
}

// The inputs of keyed requests are named in JSON too: what their names are goes into the fingerprint
// of every idempotency key.
type createInput struct {
	Body orderRequest `json:"body"`
}

func (a *API) createOrder(ctx context.Context, call engine.Call, in *createInput) (*answered, error) {
	b := in.Body
	wanted := engine.NewOrder{
		Reference: b.Reference, Provider: b.Provider, Offer: b.Offer, ProviderOrder: b.ProviderOrderID, Amount: b.Amount, Refunded: b.Refunded,
		Lines: b.Lines, Shipping: b.Shipping, ReturnURL: b.ReturnURL, CancelURL: b.CancelURL, Plan: b.Plan, Options: b.ProviderOptions, Metadata: b.Metadata,
	}
	if b.Customer != nil {
		wanted.Customer = *b.Customer
	}
	return answer(a.engine.Create(ctx, call, wanted))
}

type updateInput struct {
	ID      string        `path:"id" json:"id" example:"ord_01K9ZT5X1Q8W3Y7V2B4N6M8P0R"`
	IfMatch string        `header:"If-Match" json:"-" doc:"The version you have seen, in quotes. Another one by now: 412." example:"\"3\""`
	Body    changeRequest `json:"body"`
}

func (a *API) updateOrder(ctx context.Context, call engine.Call, in *updateInput) (*answered, error) {
	version, err := versionOf(in.IfMatch)
	if err != nil {
		return nil, err
	}
	b := in.Body
	change := &canonical.Change{Reference: b.Reference, Amount: b.Amount, Plan: b.Plan, Lines: b.Lines, Shipping: b.Shipping, Metadata: b.Metadata}
	if b.Reference == nil && b.Amount == nil && b.Plan == nil && b.Lines == nil && b.Shipping == nil && b.Metadata == nil {
		return nil, canonical.Invalid("", "must say what shall be different: reference, amount, plan, lines, shipping or metadata")
	}
	ask := engine.Ask{Kind: canonical.OpUpdate, Change: change, Version: version, Plan: b.Plan, Shipping: b.Shipping, Options: b.ProviderOptions}
	return answer(a.engine.Submit(ctx, call, in.ID, ask))
}

// versionOf reads an If-Match header; none, and *, are any version.
func versionOf(header string) (int, error) {
	if header == "" || header == "*" {
		return 0, nil
	}
	digits, opened := strings.CutPrefix(header, `"`)
	digits, closed := strings.CutSuffix(digits, `"`)
	version, err := strconv.Atoi(digits)
	if err != nil || version < 1 || !opened || !closed {
		return 0, canonical.Invalid("If-Match", `must be the order's version in quotes, such as "3"`)
	}
	return version, nil
}

// answer is the table of api.md: created, done, or taken and not settled yet.
func answer(got engine.Answer, err error) (*answered, error) {
	if err != nil && got.Replayed {
		err = replayedError{err}
	}
	if err != nil {
		return nil, err
	}
	op := &got.Operation
	out := &answered{Status: http.StatusOK, Body: orderAnswer{got.Order, *op}}
	switch {
	case op.State.Unresolved():
		out.Status, out.Location = http.StatusAccepted, "/v1/operations/"+op.ID
	case op.Kind == canonical.OpCreate:
		out.Status, out.Location = http.StatusCreated, "/v1/orders/"+got.Order.ID
	}
	if op.Next.After > 0 {
		out.RetryAfter = seconds(strconv.Itoa(op.Next.After))
	}
	if got.Replayed {
		out.Replayed = "true"
	}
	return out, nil
}

// readableOrder is an order, and where the lender was asked for it, whether that went well.
type readableOrder struct {
	canonical.Order
	Synced     *bool  `json:"synced,omitempty" doc:"Whether the lender's truth is applied; absent where it was not asked."`
	SyncReason string `json:"sync_reason,omitempty" doc:"Why it is not."`
}

type readInput struct {
	ID   string `path:"id" example:"ord_01K9ZT5X1Q8W3Y7V2B4N6M8P0R"`
	Sync bool   `query:"sync" doc:"true asks the lender first."`
}

type readOutput struct{ Body readableOrder }

func (a *API) readOrder(ctx context.Context, call engine.Call, in *readInput) (*readOutput, error) {
	if in.Sync {
		return a.sync(ctx, call, in.ID)
	}
	order, err := a.engine.Order(ctx, call, in.ID)
	return &readOutput{readableOrder{Order: order}}, err
}

type syncInput struct {
	ID   string `path:"id" example:"ord_01K9ZT5X1Q8W3Y7V2B4N6M8P0R"`
	Body struct{}
}

func (a *API) syncOrder(ctx context.Context, call engine.Call, in *syncInput) (*readOutput, error) {
	return a.sync(ctx, call, in.ID)
}

func (a *API) sync(ctx context.Context, call engine.Call, id string) (*readOutput, error) {
	result, err := a.engine.Sync(ctx, call, id)
	return &readOutput{readableOrder{result.Order, &result.Synced, result.Reason}}, err
}

type forgetInput struct {
	ID string `path:"id" example:"ord_01K9ZT5X1Q8W3Y7V2B4N6M8P0R"`
}

type forgetOutput struct{ Body canonical.Order }

func (a *API) forgetCustomer(ctx context.Context, call engine.Call, in *forgetInput) (*forgetOutput, error) {
	order, err := a.engine.Forget(ctx, call, in.ID)
	return &forgetOutput{order}, err
}

type ordersInput struct {
	Status        canonical.Status `query:"status"`
	Provider      string           `query:"provider" maxLength:"64" pattern:"^[A-Za-z0-9][A-Za-z0-9._-]*$"`
	Reference     string           `query:"reference" maxLength:"100"`
	CreatedAfter  time.Time        `query:"created_after" example:"2026-01-31T09:30:00Z"`
	CreatedBefore time.Time        `query:"created_before" example:"2026-01-31T09:30:00Z"`
	InDoubt       string           `query:"in_doubt" enum:"true,false" doc:"true: only those with an operation in doubt; false: only those without."`
	Paging
}

type orderList struct {
	Orders []canonical.Order `json:"orders" nullable:"false"`
	Cursor string            `json:"cursor,omitempty" doc:"Gives the next page; absent on the last. A page may be short and still have one."`
}

type ordersOutput struct{ Body orderList }

func (a *API) listOrders(ctx context.Context, call engine.Call, in *ordersInput) (*ordersOutput, error) {
	before, err := in.position(ordersCursor)
	if err != nil {
		return nil, err
	}
	p := &pager[canonical.Order]{limit: in.Limit, id: func(o *canonical.Order) string { return o.ID }, keep: in.keeps, over: in.over}
	orders, err := a.engine.Orders(ctx, call, engine.Page{Before: before, Limit: p.room()}, p.visit)
	orders, next := p.page(orders)
	return &ordersOutput{orderList{orders, cursorText(ordersCursor, next)}}, err
}

func (in *ordersInput) keeps(o *canonical.Order) bool {
	doubtful := strconv.FormatBool(o.InDoubt != nil)
	return (in.Status == "" || o.Status == in.Status) &&
		(in.Provider == "" || o.Provider == in.Provider) &&
		(in.Reference == "" || o.Reference == in.Reference) &&
		(in.CreatedBefore.IsZero() || o.CreatedAt.Before(in.CreatedBefore)) &&
		(in.InDoubt == "" || in.InDoubt == doubtful)
}

// over: the list goes back in time, so behind the first that is too old there are only older ones.
func (in *ordersInput) over(o *canonical.Order) bool {
	return !in.CreatedAfter.IsZero() && !o.CreatedAt.After(in.CreatedAfter)
}
