package canonical

import "time"

// Offer is terms a customer may choose for an amount until a time.
type Offer struct {
	ID            string       `json:"id"`
	Merchant      string       `json:"merchant"`
	Mode          Mode         `json:"mode"`
	Provider      string       `json:"provider"`
	Amount        Money        `json:"amount"`
	Customer      string       `json:"customer,omitempty" doc:"Reference of the customer it was made for."`
	Plan          Plan         `json:"plan"`
	Name          string       `json:"name"`
	Description   string       `json:"description,omitempty"`
	Illustration  Illustration `json:"illustration"`
	Choosable     bool         `json:"choosable" doc:"False for an offer made without a customer: ask again with one."`
	ExpiresAt     time.Time    `json:"expires_at"`
	ProviderOffer string       `json:"provider_offer,omitempty" doc:"The lender's id of it."`
	Details       Values       `json:"details,omitempty"`
}

// Illustration is the worked example lenders must show.
type Illustration struct {
	InterestToPay *Money `json:"interest_to_pay,omitempty"`
	TotalPayable  *Money `json:"total_payable,omitempty"`
}
