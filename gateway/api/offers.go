package api

import (
	"context"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

type offersRequest struct {
	Amount          canonical.Money     `json:"amount"`
	Customer        *canonical.Customer `json:"customer,omitempty" doc:"Without one, offers may be made that cannot be chosen yet."`
	Providers       []string            `json:"providers,omitempty" maxItems:"20" uniqueItems:"true" maxLength:"64" pattern:"^[A-Za-z0-9][A-Za-z0-9._-]*$" doc:"Absent: every provider that makes offers."`
	ProviderOptions canonical.Values    `json:"provider_options,omitempty" maxProperties:"30"`
}

type offersInput struct{ Body offersRequest }

type offerList struct {
	Offers []canonical.Offer `json:"offers" nullable:"false"`
	Silent []engine.Silence  `json:"silent" nullable:"false" doc:"Each provider that made no offer, and why."`
}

type offersOutput struct{ Body offerList }

func (a *API) askOffers(ctx context.Context, call engine.Call, in *offersInput) (*offersOutput, error) {
	b := in.Body
	if err := b.Amount.Check(); err != nil {
		return nil, canonical.Invalid("/amount", err.Error())
	}
	if b.Amount.IsZero() {
		return nil, canonical.Invalid("/amount/value", "must be more than zero")
	}
	wanted := engine.OfferRequest{Amount: b.Amount, Providers: b.Providers, Options: b.ProviderOptions}
	if b.Customer != nil {
		wanted.Customer = *b.Customer
	}
	offers, silent, err := a.engine.Offers(ctx, call, wanted)
	return &offersOutput{offerList{append([]canonical.Offer{}, offers...), append([]engine.Silence{}, silent...)}}, err
}

type offerInput struct {
	ID string `path:"id" example:"off_01K9ZT5X1Q8W3Y7V2B4N6M8P0R"`
}

type offerOutput struct{ Body canonical.Offer }

func (a *API) readOffer(ctx context.Context, call engine.Call, in *offerInput) (*offerOutput, error) {
	offer, err := a.engine.Offer(ctx, call, in.ID)
	return &offerOutput{offer}, err
}
