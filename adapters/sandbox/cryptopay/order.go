package cryptopay

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// The words of an order's status.
const (
	created           = "created"
	pending           = "pending"
	paid              = "paid"
	expired           = "expired"
	canceled          = "canceled"
	failed            = "failed"
	partiallyRefunded = "partially_refunded"
	refunded          = "refunded"
)

var statuses = []string{created, pending, paid, expired, canceled, failed, partiallyRefunded, refunded}

// order is one charge and what became of it.
type order struct {
	id string
	terms
	sent        string // the amount in the client's own spelling
	amount      decimal.Decimal
	channel     channel
	live        bool
	createdAt   time.Time
	expiresAt   time.Time // zero where it has no end
	paidAt      time.Time
	standing    string // the status, but for expiry
	paymentID   string
	paymentRef  string
	instruction instruction
	received    decimal.Decimal
	refunded    decimal.Decimal
	settlements []settlement
	told        []event
}

// terms are what a repeated charge must agree with, beside the amount.
type terms struct {
	merchantID, currency, channelCode string
	subject, description, metadata    string
	returnURL, cancelURL              string
	expiresIn                         int
}

type settlement struct {
	ID        string `json:"id"`
	Status    string `json:"status"`
	Amount    string `json:"amount"`
	Fee       string `json:"fee"`
	ToAddress string `json:"to_address"`
	TxHash    string `json:"tx_hash"`
}

// status is the word at a time. Expiry is read off the clock: nothing happens when time is up.
func (o *order) status(now time.Time) string {
	if o.unpaid() && !o.expiresAt.IsZero() && !now.Before(o.expiresAt) {
		return expired
	}
	return o.standing
}

func (o *order) unpaid() bool { return o.standing == created || o.standing == pending }

func (o *order) refundable() bool {
	return o.channel.Settlement == custodial || o.channel.Refunds
}

func (o *order) rest() decimal.Decimal { return o.amount.Sub(o.refunded) }

// wireOrder has the fields of a whole order; the replies to reads leave some out.
type wireOrder struct {
	ID             string          `json:"id"`
	MerchantID     string          `json:"merchant_order_id,omitempty"`
	ChannelCode    string          `json:"channel_code,omitempty"`
	ChannelName    string          `json:"channel_name,omitempty"`
	SettlementMode string          `json:"settlement_mode,omitempty"`
	Amount         string          `json:"amount"`
	Refunded       string          `json:"refunded_amount,omitempty"`
	Currency       string          `json:"currency"`
	Status         string          `json:"status"`
	IsTest         *bool           `json:"is_test,omitempty"`
	Subject        *string         `json:"subject,omitempty"`
	Description    *string         `json:"description,omitempty"`
	Metadata       json.RawMessage `json:"metadata,omitempty"`
	ExpiresAt      json.RawMessage `json:"expires_at,omitempty"`
	PaidAt         json.RawMessage `json:"paid_at,omitempty"`
	CreatedAt      json.RawMessage `json:"created_at,omitempty"`
}

func (o *order) whole(now time.Time) wireOrder {
	w := o.listed(now)
	test := !o.live
	w.ChannelName, w.SettlementMode, w.IsTest = o.channel.Name, o.channel.Settlement, &test
	w.Subject, w.Description, w.Metadata = &o.subject, &o.description, json.RawMessage(o.metadata)
	w.ExpiresAt = moment(o.expiresAt)
	return w
}

// listed is an order as the list shows it.
func (o *order) listed(now time.Time) wireOrder {
	w := o.brief(now)
	w.MerchantID, w.Refunded = o.merchantID, write(o.refunded)
	w.PaidAt, w.CreatedAt = moment(o.paidAt), moment(o.createdAt)
	return w
}

// brief is an order as the single read shows it: without refunded_amount unless there is one.
func (o *order) brief(now time.Time) wireOrder {
	w := wireOrder{ID: o.id, ChannelCode: o.channel.Code, Amount: o.sent, Currency: o.currency, Status: o.status(now)}
	if o.refunded.IsPositive() {
		w.Refunded = write(o.refunded)
	}
	return w
}

// moment spells a time in UTC, and null where it has not come.
func moment(at time.Time) json.RawMessage {
	if at.IsZero() {
		return json.RawMessage("null")
	}
	return json.RawMessage(`"` + at.UTC().Format(time.RFC3339) + `"`)
}

type payment struct {
	ID          string `json:"id"`
	Status      string `json:"status"`
	ChannelCode string `json:"channel_code"`
	ChannelRef  string `json:"channel_ref,omitempty"`
	Amount      string `json:"amount"`
	Currency    string `json:"currency"`
}

// payment is the one attempt of an order. ASSUMED: all its words but pending and succeeded.
func (o *order) payment(now time.Time) payment {
	word := o.status(now)
	switch {
	case word == created:
		word = pending
	case slices.Contains([]string{paid, partiallyRefunded, refunded}, word):
		word = "succeeded"
	}
	return payment{o.paymentID, word, o.channel.Code, o.paymentRef, o.sent, o.currency}
}
