package harbor

import "encoding/json"

// money is an amount in a reply or a request.
type money struct {
	Value    json.RawMessage `json:"value"`
	Currency string          `json:"currency"`
}

type newOrder struct {
	MerchantRef string `json:"merchant_ref"`
	Total       money  `json:"total"`
	ReturnURL   string `json:"return_url"`
	Buyer       buyer  `json:"buyer,omitzero"`
	Lines       []line `json:"lines,omitempty"`
}

type buyer struct {
	Email   string `json:"email,omitempty"`
	Name    string `json:"name,omitempty"`
	Country string `json:"country,omitempty"`
}

type line struct {
	Title string          `json:"title"`
	Count json.RawMessage `json:"count"`
	Price money           `json:"price"`
}

// wireOrder is the order in replies. PayURL is in the reply to a create.
type wireOrder struct {
	ID          string     `json:"id"`
	MerchantRef string     `json:"merchant_ref"`
	State       string     `json:"state"`
	Total       *money     `json:"total"`
	Open        *money     `json:"open"`
	Captures    []movement `json:"captures"`
	Refunds     []movement `json:"refunds"`
	PayURL      string     `json:"pay_url"`
}

// movement is a capture or a refund; CaptureID of a refund is what it is of.
type movement struct {
	CaptureID string `json:"capture_id"`
	RefundID  string `json:"refund_id"`
	Ref       string `json:"ref"`
	Amount    *money `json:"amount"`
}

type newMovement struct {
	Amount money  `json:"amount"`
	Ref    string `json:"ref"`
}

type wireRefusal struct {
	Error struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

type event struct {
	ID      string `json:"event_id"`
	Event   string `json:"event"`
	OrderID string `json:"order_id"`
}
