package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
)

// route is one operation of the API.
type route struct {
	method, path string
	id           string // operationId
	tag          string
	summary      string
	who          []state.Role // nil: no key is needed
	ofMerchant   bool         // a key that is not one merchant's must name the merchant
	keyed        bool         // an Idempotency-Key is required
	message      bool         // a lender's message comes in: its body is taken as it is
	sandbox      bool         // there with the simulated lenders alone
	status       int          // of success; 0 is 200
	problems     []canonical.Kind
	add          func(*API, route)
}

// Who may use a route.
var (
	anyKey   = state.Roles
	actors   = []state.Role{state.RoleMerchant, state.RolePlatform, state.RoleOperator}
	operator = []state.Role{state.RoleOperator}
)

// The problems that routes of one sort have in common.
var (
	ofKeyed = []canonical.Kind{canonical.IdempotencyKeyMissing, canonical.IdempotencyKeyReused, canonical.OperationInProgress}
	ofCalls = slices.Concat(ofKeyed, []canonical.Kind{
		canonical.NotFound, canonical.OperationNotAllowed, canonical.OperationUnsupported, canonical.AmountExceeded, canonical.NotDone, canonical.Refused,
		canonical.ProviderMisconfigured, canonical.ProviderGarbled, canonical.ProviderBusy, canonical.ProviderUnavailable, canonical.ProviderOff,
	})
	ofCreate = slices.Concat(ofKeyed, []canonical.Kind{
		canonical.ReferenceTaken, canonical.ProviderOrderTaken, canonical.NotDone, canonical.NoProvider, canonical.Refused, canonical.StorageLow,
		canonical.ProviderMisconfigured, canonical.ProviderGarbled, canonical.ProviderBusy, canonical.ProviderUnavailable, canonical.ProviderOff,
	})
	ofUpdate  = slices.Concat(ofCalls, []canonical.Kind{canonical.VersionMismatch, canonical.ReferenceTaken})
	ofOne     = []canonical.Kind{canonical.NotFound}
	ofWord    = []canonical.Kind{canonical.NotFound, canonical.OperationNotAllowed, canonical.ProviderOff}
	ofForget  = []canonical.Kind{canonical.NotFound, canonical.OperationInProgress, canonical.ProviderOff}
	ofMessage = []canonical.Kind{canonical.Unauthenticated, canonical.NotFound, canonical.PayloadTooLarge, canonical.ProviderOff}
	ofList    = []canonical.Kind{canonical.NotFound, canonical.OperationUnsupported, canonical.ProviderMisconfigured, canonical.ProviderGarbled, canonical.ProviderBusy, canonical.ProviderUnavailable, canonical.ProviderOff}
)

// routes is the whole API but for the pages, which are no part of the contract.
var routes = []route{
	{method: http.MethodPost, path: "/v1/offers", id: "ask-offers", tag: "Offers", summary: "Ask lenders for terms", who: actors, ofMerchant: true, add: serve((*API).askOffers)},
	{method: http.MethodGet, path: "/v1/offers/{id}", id: "read-offer", tag: "Offers", summary: "Read one offer again", who: anyKey, problems: ofOne, add: serve((*API).readOffer)},

	{method: http.MethodPost, path: "/v1/orders", id: "create-order", tag: "Orders", summary: "Create an order, or adopt one that exists at the lender", who: actors, ofMerchant: true, keyed: true, status: http.StatusCreated, problems: ofCreate, add: serve((*API).createOrder)},
	{method: http.MethodGet, path: "/v1/orders", id: "list-orders", tag: "Orders", summary: "List orders, newest first", who: anyKey, add: serve((*API).listOrders)},
	{method: http.MethodGet, path: "/v1/orders/{id}", id: "read-order", tag: "Orders", summary: "Read one order; with sync the lender is asked first", who: anyKey, problems: ofOne, add: serve((*API).readOrder)},
	{method: http.MethodPatch, path: "/v1/orders/{id}", id: "update-order", tag: "Orders", summary: "Change an order; metadata at any time", who: actors, ofMerchant: true, keyed: true, problems: ofUpdate, add: serve((*API).updateOrder)},
	{method: http.MethodPost, path: "/v1/orders/{id}/authenticate", id: "authenticate-order", tag: "Orders", summary: "Begin the customer's strong authentication", who: actors, ofMerchant: true, keyed: true, problems: ofCalls, add: serve((*API).authenticateOrder)},
	{method: http.MethodPost, path: "/v1/orders/{id}/authorize", id: "authorize-order", tag: "Orders", summary: "Have the lender reserve the amount", who: actors, ofMerchant: true, keyed: true, problems: ofCalls, add: serve((*API).authorizeOrder)},
	{method: http.MethodPost, path: "/v1/orders/{id}/capture", id: "capture-order", tag: "Orders", summary: "Claim all or a part because goods were delivered", who: actors, ofMerchant: true, keyed: true, problems: ofCalls, add: serve((*API).captureOrder)},
	{method: http.MethodPost, path: "/v1/orders/{id}/cancel", id: "cancel-order", tag: "Orders", summary: "Give back what is not captured", who: actors, ofMerchant: true, keyed: true, problems: ofCalls, add: serve((*API).cancelOrder)},
	{method: http.MethodPost, path: "/v1/orders/{id}/refund", id: "refund-order", tag: "Orders", summary: "Give back what was captured", who: actors, ofMerchant: true, keyed: true, problems: ofCalls, add: serve((*API).refundOrder)},
	{method: http.MethodPost, path: "/v1/orders/{id}/record", id: "record-movement", tag: "Orders", summary: "Book a movement that was made elsewhere; nobody is called", who: actors, ofMerchant: true, keyed: true, problems: ofCalls, add: serve((*API).recordMovement)},
	{method: http.MethodPost, path: "/v1/orders/{id}/sync", id: "sync-order", tag: "Orders", summary: "Read the lender's truth now and apply it", who: actors, problems: ofOne, add: serve((*API).syncOrder)},
	{method: http.MethodDelete, path: "/v1/orders/{id}/customer", id: "forget-customer", tag: "Orders", summary: "Erase what is personal of the order's customer, for good", who: actors, problems: ofForget, add: serve((*API).forgetCustomer)},

	{method: http.MethodGet, path: "/v1/orders/{id}/events", id: "list-order-events", tag: "Events", summary: "The history of an order, hash-chained, oldest first", who: anyKey, problems: ofOne, add: serve((*API).listOrderEvents)},
	{method: http.MethodGet, path: "/v1/events", id: "list-events", tag: "Events", summary: "Every event of the merchant after a cursor, oldest first", who: anyKey, add: serve((*API).listEvents)},

	{method: http.MethodGet, path: "/v1/operations", id: "list-operations", tag: "Operations", summary: "List operations, newest first", who: anyKey, add: serve((*API).listOperations)},
	{method: http.MethodGet, path: "/v1/operations/{id}", id: "read-operation", tag: "Operations", summary: "Read one operation with its attempts", who: anyKey, problems: ofOne, add: serve((*API).readOperation)},
	{method: http.MethodPost, path: "/v1/operations/{id}/resolve", id: "resolve-operation", tag: "Operations", summary: "Say how an operation in doubt ended", who: operator, problems: ofWord, add: serve((*API).resolveOperation)},

	{method: http.MethodGet, path: "/v1/providers", id: "list-providers", tag: "Providers", summary: "What each provider can do and how it stands", who: anyKey, add: serve((*API).listProviders)},
	{method: http.MethodGet, path: "/v1/providers/{id}", id: "read-provider", tag: "Providers", summary: "One provider, with the words, options and details it declares", who: anyKey, problems: ofOne, add: serve((*API).readProvider)},
	{method: http.MethodGet, path: "/v1/providers/{id}/orders", id: "list-provider-orders", tag: "Providers", summary: "The lender's own list of orders, each known or unknown to us", who: operator, problems: ofList, add: serve((*API).listProviderOrders)},
	{method: http.MethodPost, path: "/v1/providers/{id}/release", id: "release-provider", tag: "Providers", summary: "End the quarantine of a provider after a restore", who: operator, status: http.StatusNoContent, problems: ofWord, add: serve((*API).releaseProvider)},
	{method: http.MethodPost, path: "/v1/providers/{id}/breaker", id: "force-breaker", tag: "Providers", summary: "Give a breaker a state, or let it decide by itself again", who: operator, problems: ofWord, add: serve((*API).forceBreaker)},
	{method: http.MethodPost, path: "/v1/providers/{id}/accept", id: "accept-provider-change", tag: "Providers", summary: "Say that a provider's next configuration is right for its open orders", who: operator, status: http.StatusNoContent, problems: ofOne, add: serve((*API).acceptChange)},

	{method: http.MethodPost, path: "/v1/keys", id: "create-key", tag: "Keys", summary: "Make an API key; it is shown once", who: operator, status: http.StatusCreated, add: serve((*API).createKey)},
	{method: http.MethodGet, path: "/v1/keys", id: "list-keys", tag: "Keys", summary: "List API keys, without the keys themselves", who: operator, add: serve((*API).listKeys)},
	{method: http.MethodDelete, path: "/v1/keys/{id}", id: "revoke-key", tag: "Keys", summary: "End an API key at once", who: operator, status: http.StatusNoContent, problems: ofOne, add: serve((*API).revokeKey)},

	{method: http.MethodPost, path: "/notifications/{provider}", id: "receive-notification", tag: "Notifications", summary: "Take in a lender's message", message: true, status: http.StatusOK, problems: ofMessage, add: serve((*API).receive)},
	{method: http.MethodPost, path: "/notifications/{provider}/{secret}", id: "receive-notification-at-secret", tag: "Notifications", summary: "Take in the message of a lender that proves itself by the address", message: true, status: http.StatusOK, problems: ofMessage, add: serve((*API).receiveWithSecret)},
	{method: http.MethodGet, path: "/notifications/{provider}", id: "receive-query", tag: "Notifications", summary: "Take in the message of a lender that writes it into the address", message: true, status: http.StatusOK, problems: ofMessage, add: serve((*API).receive)},
	{method: http.MethodGet, path: "/notifications/{provider}/{secret}", id: "receive-query-at-secret", tag: "Notifications", summary: "Take in such a message of a lender that proves itself by the address", message: true, status: http.StatusOK, problems: ofMessage, add: serve((*API).receiveWithSecret)},

	{method: http.MethodPost, path: "/clock/advance", id: "advance-clock", tag: "Sandbox", summary: "Move time on, and do all that falls due", sandbox: true, add: serve((*API).advanceClock)},

	{method: http.MethodGet, path: "/livez", id: "livez", tag: "Health", summary: "Whether the process runs", add: serve((*API).live)},
	{method: http.MethodGet, path: "/readyz", id: "readyz", tag: "Health", summary: "Whether it can take new orders", add: serve((*API).isReady)},
}

// routesWith are the rows of an API that is made so.
func routesWith(o Options) []route {
	return slices.DeleteFunc(slices.Clone(routes), func(r route) bool { return r.sandbox && o.Advance == nil })
}

// patience bounds a request that changes something, whether or not its caller still listens. For most
// it is longer than the engine waits for a slow lender.
func (r route) patience() time.Duration {
	if r.message {
		return takenWithin
	}
	return 60 * time.Second
}

// serve puts a handler behind the guard of its route.
func serve[I, O any](handle func(*API, context.Context, engine.Call, *I) (*O, error)) func(*API, route) {
	return func(a *API, r route) {
		huma.Register(a.huma, a.operation(r), func(ctx context.Context, in *I) (*O, error) {
			call := visitOf(ctx).call
			if r.method != http.MethodGet {
				// A caller that hangs up must not stop what it began.
				detached, end := context.WithTimeout(context.WithoutCancel(ctx), r.patience())
				defer end()
				ctx = detached
			}
			if r.keyed {
				text, err := meaning(r, in)
				if err != nil {
					return nil, a.problem(ctx, err)
				}
				call.Meaning = text
			}
			out, err := handle(a, ctx, call, in)
			if err != nil {
				return nil, a.problem(ctx, err)
			}
			return out, nil
		})
	}
}
