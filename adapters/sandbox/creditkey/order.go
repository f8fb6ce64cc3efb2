package creditkey

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

const currency = "USD"

const (
	created    = "CREATED"
	pending    = "PENDING"
	authorized = "AUTHORIZED"
	captured   = "CAPTURED"
	canceled   = "CANCELED"
	returned   = "RETURNED"
)

// The words of each generation.
var (
	statusesV1 = []string{created, authorized, captured, canceled, returned}
	statusesV2 = []string{created, pending, authorized, captured, canceled, returned}
)

const termsAccepted = 12 // months: what a customer of the simulated lender always chooses

// exceedsCredit is the reason word for what the borrower's credit line does not cover.
const exceedsCredit = "EXCEEDS_AVAILABLE_CREDIT"

type order struct {
	key             string
	companyID       json.Number
	merchantOrderID string
	amount          decimal.Decimal
	status          string
	installments    int // 0 until chosen
	termNeeded      bool
	external        bool
	items           json.RawMessage
	address         json.RawMessage
	createdAt       time.Time
	capturedAt      time.Time

	// What has moved so far; the book follows these four.
	authorized, captured, canceled, refunded decimal.Decimal
}

// movements are entered in this order when one request causes several.
var movements = []struct {
	kind  string
	total func(order) decimal.Decimal
}{
	{"authorize", func(o order) decimal.Decimal { return o.authorized }},
	{"cancel", func(o order) decimal.Decimal { return o.canceled }},
	{"capture", func(o order) decimal.Decimal { return o.captured }},
	{"refund", func(o order) decimal.Decimal { return o.refunded }},
}

// moves are the changes of status that may be asked for. A status asked for again is refused.
// ASSUMED: the contract draws only the straight way; repeats and short cuts are not described.
var moves = []struct {
	from, to string
	make     func(*order, time.Time) error
}{
	{created, authorized, (*order).authorize},
	{authorized, captured, (*order).capture},
	{created, canceled, (*order).cancel}, // ASSUMED: "before capture" covers what is not reserved yet
	{pending, canceled, (*order).cancel}, // ASSUMED: the second generation does not say
	{authorized, canceled, (*order).cancel},
	{captured, returned, (*order).takeBack},
}

// refusal is a no to a request that was well-formed.
type refusal struct {
	reason  string // one of the lender's reason words: about the borrower; or
	because string // a sentence: about the order
}

func (r refusal) Error() string { return r.reason + r.because }

func (o *order) move(to string, at time.Time) error {
	for _, m := range moves {
		if m.from == o.status && m.to == to {
			return m.make(o, at)
		}
	}
	return refusal{because: fmt.Sprintf("order can not go from %s to %s", o.status, to)}
}

func (o *order) authorize(at time.Time) error {
	if o.termNeeded && o.installments == 0 {
		return refusal{because: "installments are required before the order can be AUTHORIZED"}
	}
	if strings.HasSuffix(o.amount.StringFixed(2), ".13") {
		return refusal{reason: exceedsCredit}
	}
	return o.reserve(at)
}

func (o *order) reserve(time.Time) error {
	o.status, o.authorized = authorized, o.amount
	return nil
}

func (o *order) capture(at time.Time) error {
	if o.merchantOrderID == "" {
		return refusal{because: "merchant order id is required"}
	}
	o.status, o.captured, o.capturedAt = captured, o.amount, at
	return nil
}

func (o *order) cancel(time.Time) error {
	o.status, o.canceled = canceled, o.authorized
	return nil
}

func (o *order) takeBack(time.Time) error {
	o.status, o.refunded = returned, o.captured
	return nil
}

// refund gives back a part.
// ASSUMED: only what is captured and not refunded yet, and the last part ends the order RETURNED.
func (o *order) refund(amount decimal.Decimal) error {
	if o.status != captured {
		return refusal{because: "only a CAPTURED order can be refunded, this one is " + o.status}
	}
	left := o.captured.Sub(o.refunded)
	if amount.GreaterThan(left) {
		return refusal{because: "refund exceeds the " + left.StringFixed(2) + " that are left"}
	}
	o.refunded = o.refunded.Add(amount)
	if o.refunded.Equal(o.captured) {
		o.status = returned
	}
	return nil
}

func (o *order) review(time.Time) error {
	o.status = pending
	return nil
}

func (o *order) accept(time.Time) error { return o.choose(termsAccepted) }

// open tells whether the order can still be edited: until it is captured.
func (o *order) open() bool {
	return o.status == created || o.status == pending || o.status == authorized
}

// reprice changes what is financed. Lowering a reserved amount releases the difference.
// ASSUMED: a reserved amount can not be raised; the new amount would have to be underwritten.
func (o *order) reprice(amount decimal.Decimal) error {
	if o.status == authorized {
		if amount.GreaterThan(o.amount) {
			return refusal{reason: exceedsCredit}
		}
		o.canceled = o.canceled.Add(o.amount.Sub(amount))
	}
	o.amount = amount
	return nil
}

// choose keeps the number of installments, which may come with the authorization or before it.
func (o *order) choose(installments int) error {
	if o.status == authorized {
		return refusal{because: "installments can not change once the order is AUTHORIZED"}
	}
	o.installments = installments
	return nil
}

func (o order) looksOther(other order) bool {
	return !bytes.Equal(encode(o.wire()), encode(other.wire()))
}
