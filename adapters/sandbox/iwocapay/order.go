package iwocapay

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

const currency = "GBP"

const (
	created      = "CREATED"
	pending      = "PENDING"
	approved     = "APPROVED"
	successful   = "SUCCESSFUL"
	unsuccessful = "UNSUCCESSFUL"
)

var statuses = []string{created, pending, approved, successful, unsuccessful}

const (
	payLater = "PAY_LATER"
	payNow   = "PAY_NOW"
)

// allTerms is the order in which the lender lists terms, whatever the order they were sent in.
var allTerms = []string{payLater, payNow}

type order struct {
	id          string
	number      int // what the older webhooks call the order
	payLinkID   string
	url         string
	amount      decimal.Decimal
	reference   string
	terms       []string
	webhookURL  string
	redirectURL string
	status      string
	forgotten   bool
}

// act is one thing a person can do to an order in one status.
type act struct {
	do, from string
	term     string // the payment term it needs; "" for none
	through  []string
}

// ASSUMED: the ways from status to status; the contract describes each status and draws no arrows.
var acts = []act{
	{"begin", created, "", []string{pending}},
	{"approve", pending, payLater, []string{approved}},
	{"complete", created, payLater, []string{pending, approved, successful}},
	{"complete", pending, payLater, []string{approved, successful}},
	{"complete", approved, payLater, []string{successful}},
	{"complete_pay_now", created, payNow, []string{pending, successful}},
	{"complete_pay_now", pending, payNow, []string{successful}},
	{"decline", created, "", []string{unsuccessful}},
	{"decline", pending, "", []string{unsuccessful}},
	{"decline", approved, "", []string{unsuccessful}},
	{"leave", created, "", nil},
	{"leave", pending, "", nil},
	{"leave", approved, "", nil},
}

func (o *order) takes(a act) bool {
	return a.from == o.status && (a.term == "" || slices.Contains(o.terms, a.term))
}

func (o *order) choose(do string) (chosen act, possible bool) {
	i := slices.IndexFunc(acts, func(a act) bool { return a.do == do && o.takes(a) })
	if i < 0 {
		return act{}, false
	}
	return acts[i], true
}

func (o *order) possible() string {
	var words []string
	for _, a := range acts {
		if o.takes(a) {
			words = append(words, a.do)
		}
	}
	if words == nil {
		return "nothing"
	}
	return strings.Join(words, ", ")
}

// refused tells whether the lender says no instead of letting the order become what it is to be.
func (o *order) refused(to string) bool {
	return (to == approved || to == successful) && strings.HasSuffix(o.amount.StringFixed(2), ".13")
}

func (o *order) final() bool { return o.status == successful || o.status == unsuccessful }

func (o *order) captured() decimal.Decimal {
	if o.status == successful {
		return o.amount
	}
	return decimal.Zero
}
