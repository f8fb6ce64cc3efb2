package creditkey

import "encoding/json"

// newOrder creates an order. The date and the flag are the first generation's.
type newOrder struct {
	CompanyID       string          `json:"company_id"` // a number, written as text
	Amount          json.RawMessage `json:"amount"`
	MerchantOrderID string          `json:"merchant_order_id,omitempty"`
	CaptureDate     string          `json:"capture_date,omitempty"`
	External        *bool           `json:"externally_managed_payments,omitempty"`
}

// orderChange is every PATCH of an order; what is absent stays.
// ASSUMED: the names capture_date, items and shipping_address; the first generation describes them
// without showing names, the last two are the second generation's.
type orderChange struct {
	Status          string          `json:"status,omitempty"`
	Amount          json.RawMessage `json:"amount,omitempty"`
	MerchantOrderID string          `json:"merchant_order_id,omitempty"`
	Installments    int             `json:"installments,omitempty"`
	CaptureDate     string          `json:"capture_date,omitempty"`
	External        *bool           `json:"externally_managed_payments,omitempty"`
	ShippingAddress *address        `json:"shipping_address,omitempty"`
	Items           []item          `json:"items,omitempty"`
}

func (c orderChange) empty() bool {
	text, err := json.Marshal(c)
	return err == nil && string(text) == "{}"
}

type item struct {
	Name     string          `json:"name"`
	Price    json.RawMessage `json:"price"` // of one
	Quantity int64           `json:"quantity"`
	SKU      string          `json:"sku,omitempty"`
}

type address struct {
	FirstName   string `json:"first_name,omitempty"`
	LastName    string `json:"last_name,omitempty"`
	CompanyName string `json:"company_name,omitempty"`
	Email       string `json:"email,omitempty"`
	Address1    string `json:"address1,omitempty"`
	Address2    string `json:"address2,omitempty"`
	City        string `json:"city,omitempty"`
	State       string `json:"state,omitempty"`
	Zip         string `json:"zip,omitempty"`
	Phone       string `json:"phone_number,omitempty"` // digits and dashes only
}

// wireRefund is the body of a refund.
type wireRefund struct {
	Amount json.RawMessage `json:"amount"`
}

// wireOrder is the order in every reply. Nothing in it tells what was refunded.
type wireOrder struct {
	Key             string          `json:"key"`
	MerchantOrderID string          `json:"merchant_order_id"`
	Amount          json.RawMessage `json:"amount"`
	Status          string          `json:"status"`
	Installments    json.Number     `json:"installments"`
	CaptureDate     string          `json:"capture_date"`
	CreatedAt       string          `json:"created_at"`
	External        json.RawMessage `json:"externally_managed_payments"`
	Reasons         json.RawMessage `json:"reasons"`
}

// legacyOrder is the order as the oldest API shows it.
type legacyOrder struct {
	ID              string          `json:"id"`
	MerchantOrderID string          `json:"merchant_order_id"`
	RefundedAmount  json.RawMessage `json:"refunded_amount"`
}

type wireLogin struct {
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
}

type wireToken struct {
	AccessToken string `json:"access_token"`
	CreatedAt   int64  `json:"created_at"` // Unix seconds
	ExpiresIn   int64  `json:"expires_in"` // seconds
}

// wireRefusal is an error body: message is a sentence or a list of them, error a short phrase, result is
// the oldest API's.
type wireRefusal struct {
	Message json.RawMessage `json:"message"`
	Error   json.RawMessage `json:"error"`
	Result  string          `json:"result"`
}

// wireEvent is a notification.
// ASSUMED: the whole shape; only the names of the events are documented.
type wireEvent struct {
	ID    string `json:"id"`
	Event string `json:"event"`
	Key   string `json:"key"`
	Data  struct {
		wireNamed
		Order wireNamed `json:"order"`
	} `json:"data"`
}

type wireNamed struct {
	Key             string `json:"key"`
	MerchantOrderID string `json:"merchant_order_id"`
}
