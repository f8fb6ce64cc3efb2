package creditkey

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/shopspring/decimal"
)

// dollars is written as the contract writes it: a number with two decimals.
type dollars struct{ decimal.Decimal }

// MarshalJSON writes the exact amount.
func (d dollars) MarshalJSON() ([]byte, error) { return []byte(d.StringFixed(2)), nil }

// wireOrder is the order in every reply.
// ASSUMED: what is not known yet is null, and capture_date is a day in UTC; the contract shows
// capture_date only, as null. reasons belongs to the second generation.
type wireOrder struct {
	Key             string      `json:"key"`
	CompanyID       json.Number `json:"company_id"`
	MerchantOrderID *string     `json:"merchant_order_id"`
	Amount          dollars     `json:"amount"`
	Status          string      `json:"status"`
	Installments    *int        `json:"installments"`
	CreatedAt       string      `json:"created_at"`
	CaptureDate     *string     `json:"capture_date"`
	External        bool        `json:"externally_managed_payments"`
	Reasons         []string    `json:"reasons,omitempty"`
}

func (o order) wire() wireOrder {
	w := wireOrder{
		Key:       o.key,
		CompanyID: o.companyID,
		Amount:    dollars{o.amount},
		Status:    o.status,
		CreatedAt: o.createdAt.UTC().Format(time.RFC3339),
		External:  o.external,
	}
	if o.merchantOrderID != "" {
		w.MerchantOrderID = &o.merchantOrderID
	}
	if o.installments > 0 {
		w.Installments = &o.installments
	}
	if !o.capturedAt.IsZero() {
		day := o.capturedAt.UTC().Format(time.DateOnly)
		w.CaptureDate = &day
	}
	if o.status == pending {
		w.Reasons = []string{"PENDING_APPLICATION"}
	}
	return w
}

// wireError is the shape of every refusal.
// ASSUMED: statusCode, and a message of either form, as the framework the lender uses writes them.
type wireError struct {
	StatusCode int    `json:"statusCode"`
	Message    any    `json:"message"` // a sentence, or a list of complaints or reason words
	Error      string `json:"error,omitempty"`
}

func answer(status int, body any) lender.Reply {
	return lender.Reply{
		Status: status,
		Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		Body:   encode(body),
	}
}

func refuse(status int, message any) lender.Reply {
	return answer(status, wireError{StatusCode: status, Message: message, Error: http.StatusText(status)})
}

func unauthorized() lender.Reply {
	return answer(http.StatusUnauthorized, wireError{StatusCode: http.StatusUnauthorized, Message: "Unauthorized"})
}

// refusedAs answers a no from the rules in order.go.
// ASSUMED: 422 for the state of the order too; the documents know 422 for the borrower only.
func refusedAs(err error) lender.Reply {
	var no refusal
	if errors.As(err, &no) && no.reason != "" {
		return refuse(http.StatusUnprocessableEntity, []string{no.reason})
	}
	return refuse(http.StatusUnprocessableEntity, err.Error())
}

// encode writes JSON the way the lender does, without a new line at the end. Only types of this
// package reach it and they can always be written.
func encode(body any) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		panic("creditkey: " + err.Error())
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}
