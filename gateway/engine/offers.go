package engine

import (
	"context"
	"slices"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// offerLife is how long an offer may be chosen where the lender does not say.
const offerLife = 30 * time.Minute

// OfferRequest asks for terms.
type OfferRequest struct {
	Amount    canonical.Money
	Customer  canonical.Customer
	Providers []string // none: every one that makes offers
	Options   canonical.Values
}

// Silence is a provider that made no offer, and why.
type Silence struct {
	Provider string `json:"provider"`
	Reason   string `json:"reason"`
}

// asked is one provider's part of an answer.
type asked struct {
	id     string
	offers []canonical.Offer
	reason string
}

// Offers asks every capable provider, in parallel, and answers when all have or their time is up.
// Errors: invalid_request where a provider named is unknown.
func (e *Engine) Offers(ctx context.Context, call Call, request OfferRequest) ([]canonical.Offer, []Silence, error) {
	ids, err := e.offering(call, request.Providers)
	if err != nil {
		return nil, nil, err
	}
	answers := make([]asked, len(ids))
	waits := make([]func(context.Context, time.Duration) bool, len(ids))
	for i, id := range ids {
		answers[i] = asked{id: id, reason: "did not answer in time"}
		got := &asked{}
		wait := e.rt.Start("offers", func(ctx context.Context) { *got = e.offersOf(ctx, call, id, request) })
		waits[i] = func(ctx context.Context, d time.Duration) bool {
			done := wait(ctx, d)
			if done {
				answers[i] = *got
			}
			return done
		}
	}
	until := e.rt.Now().Add(e.set.Wait)
	for _, wait := range waits {
		wait(ctx, until.Sub(e.rt.Now()))
	}
	return e.keepOffers(ctx, call, request, answers)
}

func (e *Engine) offering(call Call, named []string) ([]string, error) {
	known := e.providers.IDs(call.Mode)
	if named == nil {
		return known, nil
	}
	for _, id := range named {
		if !slices.Contains(known, id) {
			return nil, canonical.Invalid("/providers", "there is no provider "+id)
		}
	}
	return named, nil
}

func (e *Engine) offersOf(ctx context.Context, call Call, id string, request OfferRequest) asked {
	provider, err := e.providers.For(id, call.Merchant)
	if err != nil {
		return asked{id: id, reason: string(canonical.KindOf(err))}
	}
	description := provider.Describe()
	read := offerRead(description, request.Customer)
	switch {
	case read == "":
		return asked{id: id, reason: "makes no offers"}
	case outside(request.Amount.Currency, description.Accepts.Currencies) != "":
		return asked{id: id, reason: "does not take " + request.Amount.Currency}
	}
	offering := func(o canonical.Option) bool { return o.Offers }
	if err := checkDeclared(description, request.Options, offering); err != nil {
		return asked{id: id, reason: err.(*canonical.Error).Fields[0].Detail}
	}
	order := canonical.Order{Merchant: call.Merchant, Mode: call.Mode, Amount: request.Amount, Customer: request.Customer}
	report, err := provider.Read(ctx, canonical.Query{Read: read, Order: order, Amount: request.Amount, Customer: request.Customer, Options: request.Options})
	if err != nil {
		return asked{id: id, reason: string(canonical.KindOf(err))}
	}
	if len(report.Offers) == 0 {
		return asked{id: id, reason: "has no offer for this"}
	}
	return asked{id: id, offers: report.Offers}
}

// offerRead picks the read that makes offers: by customer where one is named, else by product.
func offerRead(p canonical.Provider, customer canonical.Customer) string {
	reads := []string{"offers"}
	if customer.Reference != "" {
		reads = []string{"customer_offers", "offers"}
	}
	for _, read := range reads {
		for _, capability := range p.Capabilities {
			if capability.Operation == read {
				return read
			}
		}
	}
	return ""
}

// keepOffers gives the offers their ids and stores them, so that an order can name one.
func (e *Engine) keepOffers(ctx context.Context, call Call, request OfferRequest, answers []asked) ([]canonical.Offer, []Silence, error) {
	var offers []canonical.Offer
	var silent []Silence
	for _, answer := range answers {
		if len(answer.offers) == 0 {
			silent = append(silent, Silence{answer.id, answer.reason})
		}
		for _, offer := range answer.offers {
			offer.ID, offer.Merchant, offer.Mode, offer.Provider = e.rt.NewID("off"), call.Merchant, call.Mode, answer.id
			offer.Amount, offer.Customer = request.Amount, request.Customer.Reference
			if until := e.rt.Now().Add(offerLife); offer.ExpiresAt.IsZero() || offer.ExpiresAt.After(until) {
				offer.ExpiresAt = until
			}
			offers = append(offers, offer)
		}
	}
	err := e.store.Update(ctx, func(tx state.Tx) error {
		for _, offer := range offers {
			if err := tx.Offers().Insert(offer.ID, offer); err != nil {
				return err
			}
		}
		return nil
	})
	return offers, silent, err
}

// Offer returns one offer again. Errors: not_found.
func (e *Engine) Offer(ctx context.Context, call Call, id string) (offer canonical.Offer, err error) {
	err = e.store.View(ctx, func(r state.Reader) (err error) {
		offer, err = r.Offer(id)
		if err == state.ErrNotFound || (err == nil && !call.owns(offer.Merchant, offer.Mode)) {
			return canonical.Errorf(canonical.NotFound, "there is no offer "+id)
		}
		return err
	})
	return offer, err
}
