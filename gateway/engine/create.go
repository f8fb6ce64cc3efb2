package engine

import (
	"context"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// NewOrder is what a caller gives for an order.
type NewOrder struct {
	Reference     string
	Provider      string
	Offer         string
	ProviderOrder string // adopts an order that exists at the lender
	Amount        *canonical.Money
	Refunded      *canonical.Amount // with ProviderOrder: what was refunded before, where the lender cannot tell
	Customer      canonical.Customer
	Lines         []canonical.Line
	Shipping      *canonical.Shipping
	ReturnURL     string
	CancelURL     string
	Plan          *canonical.Plan
	Options       canonical.Values
	Metadata      canonical.Metadata
}

// Create makes an order at a provider and waits for it, at most as long as the settings say.
// Errors: as Submit, and reference_taken, provider_order_taken, storage_low.
func (e *Engine) Create(ctx context.Context, call Call, n NewOrder) (Answer, error) {
	return untilFresh(func() (Answer, error) { return e.create(ctx, call, n) })
}

func (e *Engine) create(ctx context.Context, call Call, n NewOrder) (Answer, error) {
	seen, offer, err := e.lookCreate(ctx, call, n)
	if err != nil {
		return Answer{}, err
	}
	if seen.replay != nil {
		return e.again(ctx, call, seen)
	}
	if !e.room() {
		return Answer{}, canonical.Errorf(canonical.StorageLow, "no new orders until there is room on the disk")
	}
	if offer != nil {
		if err := n.take(*offer, e.rt.Now()); err != nil {
			return Answer{}, err
		}
	}
	provider, err := e.choose(call, n.Provider)
	if err != nil {
		return Answer{}, err
	}
	order, err := e.order(call, n, provider, offer)
	if err != nil {
		return Answer{}, err
	}
	it := &intent{order: order, op: e.operation(call, &order, canonical.OpCreate), provider: provider, key: seen.key, fresh: true}
	if n.ProviderOrder != "" {
		return e.adopt(ctx, call, n, it)
	}
	it.op.Amount = &order.Amount
	ask := Ask{Kind: canonical.OpCreate, Options: n.Options}
	if err := e.prepareSteps(it, ask, []canonical.Step{{Kind: canonical.OpCreate, Amount: order.Amount}}); err != nil {
		return Answer{}, withoutOrder(err)
	}
	return e.performNew(ctx, call, it)
}

// withoutOrder: an order that was refused before it was stored has no id to speak of.
func withoutOrder(err error) error {
	if e, is := err.(*canonical.Error); is {
		e.Order = ""
	}
	return err
}

func (e *Engine) lookCreate(ctx context.Context, call Call, n NewOrder) (seen look, offer *canonical.Offer, err error) {
	err = e.store.View(ctx, func(r state.Reader) error {
		if err := e.lookKey(r, call, &seen); err != nil || n.Offer == "" {
			return err
		}
		found, err := r.Offer(n.Offer)
		if err == state.ErrNotFound || (err == nil && !call.owns(found.Merchant, found.Mode)) {
			return canonical.Invalid("/offer", "there is no offer "+n.Offer)
		}
		offer = &found
		return err
	})
	return seen, offer, err
}

// take fills in what an offer fixes, and refuses an order that is not the one the offer was made for.
func (n *NewOrder) take(offer canonical.Offer, now time.Time) error {
	switch {
	case !offer.Choosable:
		return &canonical.Error{Kind: canonical.Refused, Detail: "the offer was made without a customer: ask for offers again with one", Fields: []canonical.Field{{Pointer: "/offer", Detail: "is not choosable"}}}
	case !now.Before(offer.ExpiresAt):
		return &canonical.Error{Kind: canonical.Refused, Detail: "the offer expired: ask for offers again", Fields: []canonical.Field{{Pointer: "/offer", Detail: "expired at " + offer.ExpiresAt.Format(time.RFC3339)}}}
	case n.Provider != "" && n.Provider != offer.Provider:
		return canonical.Invalid("/provider", "the offer is of provider "+offer.Provider)
	case n.Amount != nil && !n.Amount.Equal(offer.Amount):
		return canonical.Invalid("/amount", "the offer is for "+offer.Amount.String())
	case n.Customer.Reference != "" && n.Customer.Reference != offer.Customer:
		return canonical.Invalid("/customer/reference", "the offer was made for another customer")
	}
	n.Provider, n.Amount, n.Customer.Reference = offer.Provider, &offer.Amount, offer.Customer
	plan := offer.Plan
	n.Plan = &plan
	return nil
}

// choose finds the provider of a new order, in the caller's mode.
func (e *Engine) choose(call Call, id string) (Provider, error) {
	known := e.providers.IDs(call.Mode)
	if id == "" {
		return nil, canonical.Invalid("/provider", "say which provider, one of "+strings.Join(known, ", ")+", or give an offer")
	}
	if !slices.Contains(known, id) {
		return nil, canonical.Invalid("/provider", "is none of "+strings.Join(known, ", "))
	}
	return e.providers.For(id, call.Merchant)
}

// order makes the order that a create will begin with, and checks it against what the provider accepts.
func (e *Engine) order(call Call, n NewOrder, provider Provider, offer *canonical.Offer) (canonical.Order, error) {
	description := provider.Describe()
	if err := n.check(description); err != nil {
		return canonical.Order{}, err
	}
	now := e.rt.Now()
	id := e.rt.NewID("ord")
	order := canonical.Order{
		ID: id, Mode: call.Mode, Merchant: call.Merchant, Reference: n.Reference, Provider: description.ID, Phase: canonical.Created,
		Customer: n.Customer, Lines: n.Lines, Shipping: n.Shipping, Plan: n.Plan, Offer: n.Offer, Metadata: n.Metadata,
		ReturnURL: naming(n.ReturnURL, id), CancelURL: naming(n.CancelURL, id), ProviderOptions: withoutSecrets(description, n.Options),
		CreatedAt: now, UpdatedAt: now,
	}
	order.Hidden.PersonSalt = hex.EncodeToString(e.rt.Entropy(16))
	order.ProviderOrder.ID = n.ProviderOrder
	if n.ProviderOrder == "" {
		order.ProviderOrder.Reference = canonical.LenderReference(n.Reference, id, description.Reference)
	}
	if n.Amount != nil {
		order.Amount = *n.Amount
		order.Refresh()
	}
	if offer != nil && offer.ProviderOffer != "" {
		order.Hidden.Kept = map[string]string{"provider_offer": offer.ProviderOffer}
	}
	return order, nil
}

// naming adds the order's id to an address the customer comes back to.
func naming(address, order string) string {
	u, err := url.Parse(address)
	if address == "" || err != nil {
		return address
	}
	query := u.Query()
	query.Set("order", order)
	u.RawQuery = query.Encode()
	return u.String()
}
