package iwocapay

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/shopspring/decimal"
)

// pounds is written as the contract writes it: a number with one decimal at least.
type pounds struct{ decimal.Decimal }

// MarshalJSON writes the exact amount.
func (p pounds) MarshalJSON() ([]byte, error) {
	text := p.String()
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return []byte(text), nil
}

type envelope struct {
	Data any `json:"data"`
}

// createdOrder is the only reply that names the order_url.
type createdOrder struct {
	ID        string   `json:"id"`
	Amount    pounds   `json:"amount"`
	Reference string   `json:"reference"`
	OrderURL  string   `json:"order_url"`
	Status    string   `json:"status"`
	Terms     []string `json:"allowed_payment_terms"`
}

func (o *order) asCreated() createdOrder {
	return createdOrder{o.id, pounds{o.amount}, o.reference, o.url, o.status, o.terms}
}

type readableOrder struct {
	ID          string          `json:"id"`
	Amount      pounds          `json:"amount"`
	Reference   string          `json:"reference"`
	RedirectURL string          `json:"redirect_url,omitempty"`
	Pricing     json.RawMessage `json:"pricing"`
	PayLinkID   string          `json:"pay_link_id"`
	SellerName  string          `json:"seller_name"`
	Status      string          `json:"status"`
	Terms       []string        `json:"allowed_payment_terms"`
}

func (o *order) asRead(seller string) readableOrder {
	return readableOrder{
		ID:          o.id,
		Amount:      pounds{o.amount},
		Reference:   o.reference,
		RedirectURL: o.redirectURL,
		Pricing:     json.RawMessage(`{"representative_interest":0.0,"promotions":[]}`),
		PayLinkID:   o.payLinkID,
		SellerName:  seller,
		Status:      o.status,
		Terms:       o.terms,
	}
}

// returning is where the customer comes back to. The address is known to be well-formed.
// ASSUMED: each order may name its own; one passage says that it is fixed for a token.
func returning(address, id string) string {
	back, err := url.Parse(address)
	if err != nil || address == "" {
		return ""
	}
	if back.RawQuery != "" {
		back.RawQuery += "&"
	}
	back.RawQuery += "orderId=" + id
	return back.String()
}

func answer(status int, content any) lender.Reply {
	return reply(status, envelope{content})
}

// ASSUMED: an entry has nothing but its detail; clients read no more than that.
type wireError struct {
	Detail string `json:"detail"`
}

func refuse(status int, details ...string) lender.Reply {
	var body struct {
		Errors []wireError `json:"errors"`
	}
	for _, d := range details {
		body.Errors = append(body.Errors, wireError{d})
	}
	return reply(status, body)
}

func unknownOrder() lender.Reply { return refuse(http.StatusNotFound, "no such order") }

func reply(status int, body any) lender.Reply {
	return lender.Reply{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: encode(body)}
}

// encode writes JSON without a new line at the end. Only types of this package reach it and they
// can always be written.
func encode(body any) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		panic("iwocapay: " + err.Error())
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}
