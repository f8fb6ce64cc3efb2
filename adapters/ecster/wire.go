package ecster

import (
	"encoding/json"
	"strings"

	"github.com/lendgate/lendgate/adapters"
)

// What Ecster is sent.

type cartRequest struct {
	Locale          locale     `json:"locale"`
	CountryCode     string     `json:"countryCode"`
	Parameters      parameters `json:"parameters"`
	Cart            basket     `json:"cart"`
	OrderReference  string     `json:"orderReference"`
	Consumer        *consumer  `json:"consumer,omitempty"`
	NotificationURL string     `json:"notificationUrl,omitempty"`
}

type locale struct {
	Language string `json:"language"`
	Country  string `json:"country"`
}

type parameters struct {
	ShopTermsURL           string       `json:"shopTermsUrl"`
	ReturnURL              string       `json:"returnUrl"`
	DefaultDeliveryCountry string       `json:"defaultDeliveryCountry"`
	PurchaseType           purchaseType `json:"purchaseType"`
}

type purchaseType struct {
	Type string `json:"type"`
}

type basket struct {
	Amount   json.RawMessage `json:"amount"`
	Currency string          `json:"currency"`
	Message  string          `json:"message,omitempty"`
	Rows     []row           `json:"rows"`
}

type consumer struct {
	Name        *personName  `json:"name,omitempty"`
	Address     *address     `json:"address,omitempty"`
	ContactInfo *contactInfo `json:"contactInfo,omitempty"`
}

type personName struct {
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
}

type address struct {
	Line1   string `json:"line1"`
	Line2   string `json:"line2,omitempty"`
	City    string `json:"city"`
	Zip     string `json:"zip"`
	Country string `json:"country"`
}

type contactInfo struct {
	Email    string       `json:"email,omitempty"`
	Cellular *phoneNumber `json:"cellular,omitempty"`
}

type phoneNumber struct {
	Number string `json:"number"`
}

type transactionRequest struct {
	Type                 string          `json:"type"`
	Amount               json.RawMessage `json:"amount,omitempty"`
	TransactionReference string          `json:"transactionReference"`
	DebitTransaction     string          `json:"debitTransaction,omitempty"`
	CloseDebit           *bool           `json:"closeDebit,omitempty"`
	Rows                 []row           `json:"rows,omitempty"`
	Message              string          `json:"message,omitempty"`
}

type refundRequest struct {
	Amount           json.RawMessage `json:"amount"`
	DebitTransaction string          `json:"debitTransaction"`
	Message          string          `json:"message,omitempty"`
}

type referenceRequest struct {
	OrderReference string `json:"orderReference"`
}

// row is a line of a cart or a transaction. Provided is never true: nobody says what it means.
type row struct {
	Name           string          `json:"name"`
	Quantity       json.RawMessage `json:"quantity"`
	UnitAmount     json.RawMessage `json:"unitAmount"`
	VATRate        json.RawMessage `json:"vatRate"`
	PartNumber     string          `json:"partNumber,omitempty"`
	Description    string          `json:"description,omitempty"`
	Unit           string          `json:"unit,omitempty"`
	DiscountAmount json.RawMessage `json:"discountAmount,omitempty"`
	Serials        []string        `json:"serials,omitempty"`
	Fee            bool            `json:"fee"`
	Provided       bool            `json:"provided"`
}

// What Ecster answers. Unknown fields are left alone.

type cartReply struct {
	CheckoutCart struct {
		Key string `json:"key"`
	} `json:"checkoutCart"`
}

type transactionReply struct {
	OrderStatus string      `json:"orderStatus"`
	Transaction transaction `json:"transaction"`
}

type transaction struct {
	ID                   string          `json:"id"`
	Type                 string          `json:"type"`
	TransactionReference string          `json:"transactionReference"`
	DebitTransaction     string          `json:"debitTransaction"`
	Amount               json.RawMessage `json:"amount"`
}

type refundReply struct {
	Status string `json:"status"`
}

type order struct {
	ID             string          `json:"id"`
	Status         string          `json:"status"`
	Properties     properties      `json:"properties"`
	Created        string          `json:"created"`
	Amount         json.RawMessage `json:"amount"`
	Currency       string          `json:"currency"`
	DebitedAmount  json.RawMessage `json:"debitedAmount"`
	CreditedAmount json.RawMessage `json:"creditedAmount"`
	OrderReference string          `json:"orderReference"`
	Transactions   []transaction   `json:"transactions"`
}

type properties struct {
	Method     string          `json:"method"`
	Submethod  string          `json:"submethod"`
	InvoiceFee json.RawMessage `json:"invoiceFee"`
}

// refused is an error in either of Ecster's shapes: a number with a type, or a title without one.
type refused struct {
	Code    json.RawMessage `json:"code"`
	Type    string          `json:"type"`
	Error   string          `json:"error"`
	Message string          `json:"message"`
}

type notice struct {
	OrderID        string `json:"orderId"`
	OrderReference string `json:"orderReference"`
	Status         string `json:"status"`
	Time           string `json:"time"`
	Event          string `json:"event"`
	TransactionID  string `json:"transactionId"`
}

// refusal reads an error body; one that cannot be read says nothing.
func refusal(reply adapters.Reply) (code, message string) {
	var said refused
	if json.Unmarshal(reply.Body, &said) != nil {
		return "", ""
	}
	code, message = strings.Trim(string(said.Code), `"`), said.Message
	if code == "" || code == "null" {
		code = said.Error
	}
	if message == "" {
		message = said.Type
	}
	return code, message
}
