package iwocapay

import "encoding/json"

// envelope is around every body, both ways.
type envelope[T any] struct {
	Data T `json:"data"`
}

type newOrder struct {
	Amount              json.RawMessage `json:"amount"`
	Reference           string          `json:"reference"`
	AllowedPaymentTerms []string        `json:"allowed_payment_terms,omitempty"`
	WebhookURL          string          `json:"webhook_url,omitempty"`
	RedirectURL         string          `json:"redirect_url,omitempty"`
}

// wireOrder is the order in replies. OrderURL is in the reply to the create alone.
type wireOrder struct {
	ID                  string          `json:"id"`
	Amount              json.RawMessage `json:"amount"`
	Reference           string          `json:"reference"`
	OrderURL            string          `json:"order_url"`
	Status              string          `json:"status"`
	AllowedPaymentTerms json.RawMessage `json:"allowed_payment_terms"`
	Pricing             json.RawMessage `json:"pricing"`
	PayLinkID           string          `json:"pay_link_id"`
	SellerName          string          `json:"seller_name"`
}

// webhook is a notification. In the older dialect OrderID is a number that no other call knows, and
// there is neither an id of the message nor a signature.
type webhook struct {
	WebhookID string          `json:"webhook_id"`
	EventType string          `json:"event_type"`
	OrderID   json.RawMessage `json:"order_id"`
	PayLinkID string          `json:"pay_link_id"`
	Reference string          `json:"reference"`
	Status    string          `json:"status"`
}

type wireRefusal struct {
	Errors json.RawMessage `json:"errors"` // a list of wireError
}

type wireError struct {
	Detail string `json:"detail"`
}
