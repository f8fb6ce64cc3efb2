package certify

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/canonical"
)

// deed is what really happened at the lender.
type deed struct {
	kind     canonical.OperationKind
	amount   decimal.Decimal
	currency string
	at       time.Time
	attempt  string // of ours that caused it; "" where somebody did it there
	row      string
	why      cause
	late     bool // it took effect after the reply was given up
}

// cause is why a lender did something, where it is not simply what it was asked.
type cause string

// The causes.
const (
	asAsked      cause = ""
	keyless      cause = "the lender has no idempotency key for this request"
	keyUnread    cause = "the request carries no key where the lender looks for it"
	keyForgotten cause = "the lender had forgotten the key by then"
	copied       cause = "the network delivered the request twice, and no key guards it"
)

// book is everything a lender did, as it happened.
type book struct {
	deeds []*deed
	odd   []string // what it was asked and could make nothing of
	no    string   // why it refused the last request that it refused for its amount
}

// money is how much a deed moved, for people.
func (d *deed) money() string {
	digits, _ := canonical.Digits(d.currency)
	return d.amount.StringFixed(int32(digits)) + " " + d.currency
}

// by are the deeds that an attempt caused.
func (b *book) by(attempt string) []*deed {
	return slices.DeleteFunc(slices.Clone(b.deeds), func(d *deed) bool { return d.attempt != attempt })
}

// sum is what moved in one way.
func (b *book) sum(kind canonical.OperationKind) decimal.Decimal {
	total := decimal.Zero
	for _, d := range b.deeds {
		if d.kind == kind {
			total = total.Add(d.amount)
		}
	}
	return total
}
