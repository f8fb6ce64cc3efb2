package spendoption

import "encoding/json"

// money is a JSON number in major units with its currency.
type money struct {
	Value        json.RawMessage `json:"value"`
	CurrencyCode string          `json:"currencyCode"`
}

// choice names a spend option: the first field alone, or the other two in the legacy dialect.
type choice struct {
	SpendOptionID string `json:"spendOptionId,omitempty"`
	TreatmentID   string `json:"treatmentId,omitempty"`
	SpendType     string `json:"spendType,omitempty"`
}

// ASSUMED: all names of Initiate, in request and reply; the portal shows what it is for only.
type initiate struct {
	Amount         money  `json:"amount"`
	OrderReference string `json:"orderReference"`
	choice
	OverrideExemption bool `json:"overrideExemption,omitempty"`
}

type initiated struct {
	Status    string `json:"status"`
	ScaToken  string `json:"scaToken"`
	WidgetURL string `json:"widgetUrl"`
}

type authorise struct {
	Amount         money  `json:"amount"`
	OrderReference string `json:"orderReference"`
	choice
	Description    string `json:"description,omitempty"`
	VerificationID string `json:"verificationId,omitempty"`
}

// authorisation has no result in the legacy dialect; one that is there and says nothing is no answer.
type authorisation struct {
	AuthorisationID string          `json:"authorisationId"`
	Result          json.RawMessage `json:"result"`
	DeclineReason   string          `json:"declineReason"`
}

// described is the request of Settle and Refund; Reverse takes the amount alone.
type described struct {
	Amount      money  `json:"amount"`
	Description string `json:"description,omitempty"`
}

type settled struct {
	TransactionID string `json:"transactionId"`
}

type reversed struct {
	AuthorisationReversalID string `json:"authorisationReversalId"`
	RemainingFloat          *money `json:"remainingFloat"`
}

type refunded struct {
	RefundTransactionID string `json:"refundTransactionId"`
}

type spendOptions struct {
	Options []spendOption `json:"options"`
}

type spendOption struct {
	SpendOptionID string          `json:"spendOptionId"`
	TreatmentID   string          `json:"treatmentId"` // legacy dialect
	Name          string          `json:"name"`
	Description   string          `json:"description"`
	OfferCode     string          `json:"offerCode"`
	OfferStatus   string          `json:"offerStatus"`
	OfferSource   string          `json:"offerSource"`
	SpendType     string          `json:"spendType"`
	InterestRate  json.RawMessage `json:"interestRate"`
	Duration      int             `json:"duration"`
	Illustration  struct {
		MonthlyPayment *money `json:"monthlyPayment"`
		InterestToPay  *money `json:"interestToPay"`
		TotalRepayable *money `json:"totalRepayable"`
	} `json:"illustration"`
	EndDate string `json:"endDate"`
}

// problem is an error body. ASSUMED: problem details, as the lender's sibling APIs declare; message is
// of the subscription-key gateway in front.
type problem struct {
	Type    string              `json:"type"`
	Title   string              `json:"title"`
	Detail  string              `json:"detail"`
	Errors  map[string][]string `json:"errors"`
	Message string              `json:"message"`
}
