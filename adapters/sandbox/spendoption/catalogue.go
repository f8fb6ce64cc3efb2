package spendoption

import (
	"strconv"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/shopspring/decimal"
)

const (
	instalment = "Instalment"
	purchase   = "Purchase"
)

// Offers are shown as active or not; the lender has a word for those that are over, too.
const (
	active   = "Active"
	inactive = "Inactive"
	over     = "Expired"
)

// plan is one way to pay. Status and source are given for instalment offers only.
type plan struct {
	code, name, description string
	kind                    string
	status, source          string
	rate                    decimal.Decimal // a fraction, a year
	months                  int
	least                   int64 // smallest amount; ASSUMED from third-party merchants' pages: 100 GBP
}

// The plans are invented. One is not active: it is shown and cannot be used.
var catalogue = []plan{
	{"INST06ZERO", "6 months interest free", "Six equal payments, no interest", instalment, active, "Promotional", decimal.Zero, 6, 100},
	{"INST10", "Pay over 10 months", "Fixed instalments", instalment, active, "Product", decimal.New(149, -3), 10, 100},
	{"INST24", "Pay over 24 months", "Fixed instalments", instalment, active, "Product", decimal.New(199, -3), 24, 250},
	{"INST36", "Pay over 36 months", "Withdrawn", instalment, inactive, "Promotional", decimal.New(99, -3), 36, 500},
	{"REVOLVING", "Pay as you like", "Plain revolving credit", purchase, "", "", decimal.New(249, -3), 12, 0},
}

// ASSUMED: an option can be used for the checkout it was shown in.
const optionLife = 30 * time.Minute

// optionID is the id one customer gets for a plan. It follows from customer, plan and half hour,
// so that showing options changes nothing here.
func (p plan) optionID(customer string, window int64) string {
	return (&lender.IDs{Seed: "spendoption/" + customer + "/" + p.code + "/" + strconv.FormatInt(window, 10)}).UUID()
}

func window(at time.Time) int64 { return at.Unix() / int64(optionLife/time.Second) }

// chosen finds the plan an option id stands for, if the customer was shown it lately.
func chosen(c call, id string) (plan, bool) {
	for _, p := range catalogue {
		now := window(c.now)
		if id == p.optionID(c.customer, now) || id == p.optionID(c.customer, now-1) {
			return p, true
		}
	}
	return plan{}, false
}

type illustration struct {
	MonthlyPayment money `json:"monthlyPayment"`
	InterestToPay  money `json:"interestToPay"`
	TotalRepayable money `json:"totalRepayable"`
}

// monthly is the level payment that repays the amount, rounded to pence.
func (p plan) monthly(amount decimal.Decimal) decimal.Decimal {
	months := decimal.NewFromInt(int64(p.months))
	if p.rate.IsZero() {
		return amount.DivRound(months, 2)
	}
	rate := p.rate.DivRound(decimal.NewFromInt(12), 20)
	growth := decimal.NewFromInt(1)
	for range p.months {
		growth = growth.Mul(rate.Add(decimal.NewFromInt(1))).Round(20)
	}
	return amount.Mul(rate).Mul(growth).DivRound(growth.Sub(decimal.NewFromInt(1)), 2)
}

func (p plan) illustrate(amount decimal.Decimal) illustration {
	monthly := p.monthly(amount)
	total := monthly.Mul(decimal.NewFromInt(int64(p.months)))
	if p.rate.IsZero() {
		total = amount // the last payment makes up for the rounding
	}
	return illustration{pounds(monthly), pounds(total.Sub(amount)), pounds(total)}
}
