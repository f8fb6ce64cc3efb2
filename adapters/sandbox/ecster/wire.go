package ecster

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// What merchants send. Pointers tell an absent field from an empty one.

type transactionRequest struct {
	Type                 *string      `json:"type"`
	Amount               *int64       `json:"amount"`
	TransactionReference *string      `json:"transactionReference"`
	DebitTransaction     *string      `json:"debitTransaction"`
	CloseDebit           *bool        `json:"closeDebit"`
	Rows                 []rowRequest `json:"rows"`
	Message              *string      `json:"message"`
}

type refundRequest struct {
	Amount           *int64  `json:"amount"`
	DebitTransaction *string `json:"debitTransaction"`
	Message          *string `json:"message"`
}

type referenceRequest struct {
	OrderReference *string `json:"orderReference"`
}

type rowRequest struct {
	Name           *string   `json:"name"`
	Quantity       *quantity `json:"quantity"`
	UnitAmount     *int64    `json:"unitAmount"`
	VATRate        *int64    `json:"vatRate"`
	PartNumber     string    `json:"partNumber"`
	Description    string    `json:"description"`
	Unit           string    `json:"unit"`
	DiscountAmount int64     `json:"discountAmount"`
	Serials        []string  `json:"serials"`
	Fee            bool      `json:"fee"`
	Provided       *bool     `json:"provided"`
}

type cartRequest struct {
	Locale          locale           `json:"locale"`
	CountryCode     string           `json:"countryCode"`
	Parameters      parameters       `json:"parameters"`
	DeliveryMethods []deliveryMethod `json:"deliveryMethods"`
	Cart            *basket          `json:"cart"`
	OrderReference  string           `json:"orderReference"`
	Consumer        *consumer        `json:"consumer"`
	NotificationURL string           `json:"notificationUrl"`
	Platform        *platform        `json:"platform"`
}

type locale struct {
	Language string `json:"language"`
	Country  string `json:"country"`
}

type parameters struct {
	ShopTermsURL           string        `json:"shopTermsUrl"`
	ReturnURL              string        `json:"returnUrl"`
	DefaultDeliveryCountry string        `json:"defaultDeliveryCountry"`
	PurchaseType           *purchaseType `json:"purchaseType"`
}

type purchaseType struct {
	Type string `json:"type"`
}

// ASSUMED: the fields of a delivery method; the documents read name the list only.
type deliveryMethod struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Price       int64  `json:"price"`
	Selected    bool   `json:"selected"`
}

type basket struct {
	Amount   *int64       `json:"amount"`
	Currency string       `json:"currency"`
	Message  string       `json:"message"`
	Rows     []rowRequest `json:"rows"`
}

type consumer struct {
	NationalID  string      `json:"nationalId,omitempty"`
	Name        personName  `json:"name"`
	Address     address     `json:"address"`
	ContactInfo contactInfo `json:"contactInfo"`
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
	Email    string       `json:"email"`
	Cellular *phoneNumber `json:"cellular,omitempty"`
	Phone    *phoneNumber `json:"phone,omitempty"`
}

type phoneNumber struct {
	Number string `json:"number"`
}

type platform struct {
	Reference string `json:"reference"`
	Info      string `json:"info"`
}

// quantity is a JSON number of any precision.
type quantity struct{ decimal.Decimal }

func (q *quantity) UnmarshalJSON(text []byte) error {
	// An exponent would let a few bytes stand for a number of any size.
	if bytes.ContainsAny(text, "eE") {
		return errors.New("quantity has an exponent")
	}
	number, err := decimal.NewFromString(string(text))
	q.Decimal = number
	return err
}

func (q quantity) MarshalJSON() ([]byte, error) { return []byte(q.String()), nil }

// decode reads a body strictly: known names in their exact spelling, each once, and nothing after it.
func decode(body []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return invalid("body: %v", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return invalid("body: something follows the object")
	}
	return checkNames(json.NewDecoder(bytes.NewReader(body)))
}

// spellings are the names above. encoding/json takes any mix of cases, Ecster does not.
var spellings = strings.Fields(`type amount transactionReference debitTransaction closeDebit rows message orderReference
	name quantity unitAmount vatRate partNumber description unit discountAmount serials fee provided
	locale countryCode parameters deliveryMethods cart consumer notificationUrl platform language country
	shopTermsUrl returnUrl defaultDeliveryCountry purchaseType id price selected currency
	nationalId address contactInfo firstName lastName line1 line2 city zip email cellular phone number reference info`)

// checkNames walks one JSON value.
func checkNames(decoder *json.Decoder) error {
	token, err := decoder.Token()
	delimiter, nested := token.(json.Delim)
	if err != nil || !nested {
		return err
	}
	seen := map[string]bool{}
	for decoder.More() {
		if delimiter == '{' {
			key, err := decoder.Token()
			if err != nil {
				return err
			}
			name, _ := key.(string)
			if seen[name] || !slices.Contains(spellings, name) {
				return invalid("body: field %q is unknown or repeated", name)
			}
			seen[name] = true
		}
		if err := checkNames(decoder); err != nil {
			return err
		}
	}
	_, err = decoder.Token()
	return err
}
