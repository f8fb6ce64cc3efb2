package cryptopay

import "encoding/json"

type charge struct {
	MerchantOrderID  string          `json:"merchant_order_id"`
	Amount           json.RawMessage `json:"amount"`
	Currency         string          `json:"currency"`
	Channel          string          `json:"channel,omitempty"`
	Network          string          `json:"network,omitempty"`
	Subject          string          `json:"subject,omitempty"`
	ReturnURL        string          `json:"return_url,omitempty"`
	CancelURL        string          `json:"cancel_url,omitempty"`
	ExpiresInSeconds int             `json:"expires_in_seconds"`
}

type charged struct {
	Order       order           `json:"order"`
	Payment     json.RawMessage `json:"payment"`
	Instruction instruction     `json:"instruction"`
	Idempotent  bool            `json:"idempotent"`
}

// order is whole in the reply to a charge; other replies leave fields out.
type order struct {
	ID              string          `json:"id"`
	MerchantOrderID string          `json:"merchant_order_id"`
	ChannelCode     string          `json:"channel_code"`
	SettlementMode  string          `json:"settlement_mode"`
	Amount          json.RawMessage `json:"amount"`
	RefundedAmount  json.RawMessage `json:"refunded_amount"`
	Currency        string          `json:"currency"`
	Status          string          `json:"status"`
	IsTest          *bool           `json:"is_test"`
	ExpiresAt       string          `json:"expires_at"`
	CreatedAt       string          `json:"created_at"`
}

type instruction struct {
	Type                  string          `json:"type"`
	RedirectURL           string          `json:"redirect_url"`
	DepositAddress        string          `json:"deposit_address"`
	AmountDue             string          `json:"amount_due"`
	Chain                 string          `json:"chain"`
	Asset                 string          `json:"asset"`
	RequiredConfirmations json.RawMessage `json:"required_confirmations"`
	ClientSecret          string          `json:"client_secret"`
}

type refund struct {
	Amount json.RawMessage `json:"amount"` // never left out: the rest may be another sum by the time of a repeat
	Reason string          `json:"reason,omitempty"`
}

// got is the reply to a read of one order, and to a refund, which has the order alone.
type got struct {
	Order       order           `json:"order"`
	Payment     json.RawMessage `json:"payment"`
	Settlements []settlement    `json:"settlements"`
	CheckoutURL string          `json:"checkout_url"`
}

type settlement struct {
	ID     string `json:"id"`
	Status string `json:"status"`
	Amount string `json:"amount"`
	Fee    string `json:"fee"`
	TxHash string `json:"tx_hash"`
}

type page struct {
	Data  []order `json:"data"`
	Total *int    `json:"total"`
}

// channels. ASSUMED: a list under data, as for orders.
type channels struct {
	Data []struct {
		Code           string `json:"code"`
		Settlement     string `json:"settlement"`
		SupportsRefund bool   `json:"supports_refund"`
	} `json:"data"`
}

type wireRefusal struct {
	Error struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

type notice struct {
	Event           string `json:"event"`
	OrderID         string `json:"order_id"`
	MerchantOrderID string `json:"merchant_order_id"`
	RefundedAmount  string `json:"refunded_amount"`
	IsTest          *bool  `json:"is_test"`
}

type envelope struct {
	Alg  string `json:"alg"`
	Data []byte `json:"data"` // base64
}
