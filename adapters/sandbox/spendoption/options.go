package spendoption

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/shopspring/decimal"
)

// option is a plan as it is shown for an amount.
type option struct {
	Name                 string       `json:"name"`
	Description          string       `json:"description"`
	OfferID              string       `json:"offerId"`
	OfferCode            string       `json:"offerCode"`
	OfferStatus          string       `json:"offerStatus,omitempty"`
	OfferSource          string       `json:"offerSource,omitempty"`
	SpendType            string       `json:"spendType"`
	InterestRate         json.Number  `json:"interestRate"`
	SpendOptionID        string       `json:"spendOptionId,omitempty"`
	TreatmentID          string       `json:"treatmentId,omitempty"` // legacy dialect
	Duration             int          `json:"duration"`
	Illustration         illustration `json:"illustration"`
	EndDate              string       `json:"endDate"`
	SettlementPercentage json.Number  `json:"settlementPercentage"`
	RefundPercentage     json.Number  `json:"refundPercentage"`
	ChargebackPercentage json.Number  `json:"chargebackPercentage"`
}

type options struct {
	Options []option `json:"options"`
}

// wish is the query of both spend-option calls.
type wish struct {
	amount              decimal.Decimal
	promotional, noCost bool
	kind, order         string
}

func readWish(f *form) wish {
	return wish{
		amount:      f.number("basketAmount"),
		promotional: f.flag("promoOnly"),
		noCost:      f.flag("zeroPercentOnly"),
		kind:        f.word("spendType", instalment, purchase),
		order:       f.word("orderBy", "InstalmentPaymentAmount"),
	}
}

func (w wish) wants(p plan) bool {
	return w.amount.GreaterThanOrEqual(decimal.NewFromInt(p.least)) &&
		(!w.promotional || p.source == "Promotional") &&
		(!w.noCost || p.rate.IsZero()) &&
		(w.kind == "" || w.kind == p.kind)
}

func (w wish) plans() []plan {
	found := slices.DeleteFunc(slices.Clone(catalogue), func(p plan) bool { return !w.wants(p) })
	if w.order != "" {
		slices.SortStableFunc(found, func(a, b plan) int { return a.monthly(w.amount).Cmp(b.monthly(w.amount)) })
	}
	return found
}

func (w wish) show(p plan, now time.Time) option {
	// RFC 3339 with a numeric offset, as the lender writes it, never "Z".
	ends := now.UTC().Truncate(24*time.Hour).AddDate(0, 3, 0).Add(-time.Second)
	return option{
		Name: p.name, Description: p.description,
		OfferID: (&lender.IDs{Seed: "spendoption/offer/" + p.code}).UUID(), OfferCode: p.code,
		OfferStatus: p.status, OfferSource: p.source, SpendType: p.kind,
		InterestRate: json.Number(p.rate.String()), Duration: p.months, Illustration: p.illustrate(w.amount),
		EndDate:              ends.Format("2006-01-02T15:04:05-07:00"),
		SettlementPercentage: "0.03", RefundPercentage: "0.03", ChargebackPercentage: "0.03",
	}
}

// productOptions shows plans before a customer is known: nothing in it can be chosen.
func (l *Lender) productOptions(c call) (any, *refusal) {
	f := readQuery(c.request.RawQuery)
	w := readWish(f)
	f.take("productId") // ASSUMED name; the product also follows from the merchant
	if no := f.refused(); no != nil {
		return nil, no
	}
	shown := options{Options: []option{}}
	for _, p := range w.plans() {
		shown.Options = append(shown.Options, w.show(p, c.now))
	}
	return shown, nil
}

// customerOptions shows a known customer's plans, each with the id that chooses it.
func (l *Lender) customerOptions(c call) (any, *refusal) {
	f := readQuery(c.request.RawQuery)
	w := readWish(f)
	if no := f.refused(); no != nil {
		return nil, no
	}
	shown := options{Options: []option{}}
	for _, p := range w.plans() {
		o := w.show(p, c.now)
		if id := p.optionID(c.customer, window(c.now)); l.settings.Legacy {
			o.TreatmentID = id
		} else {
			o.SpendOptionID = id
		}
		shown.Options = append(shown.Options, o)
	}
	return shown, nil
}

// choice is the plan a request names; the zero choice is plain revolving credit.
type choice struct{ id, kind string }

func (l *Lender) readChoice(f *form) choice {
	if !l.settings.Legacy {
		return choice{id: f.guid("spendOptionId")}
	}
	picked := choice{id: f.guid("treatmentId"), kind: f.text("spendType", false, 50)}
	if (picked.id == "") != (picked.kind == "") {
		f.blame("spendType", "treatmentId and spendType go together")
	}
	return picked
}

// refused says why the plan cannot be had for the amount. ASSUMED: 422, a business rule.
func (w choice) refused(c call, amount decimal.Decimal) *refusal {
	if w.id == "" {
		return nil
	}
	p, known := chosen(c, w.id)
	why := ""
	switch {
	case !known:
		why = "the spend option is unknown to this customer or was shown too long ago"
	case p.status == inactive:
		why = "the offer is not active"
	case w.kind != "" && w.kind != p.kind:
		why = "spendType is not that of the spend option"
	case amount.LessThan(decimal.NewFromInt(p.least)):
		why = "the amount is below the smallest of the offer"
	default:
		return nil
	}
	return &refusal{status: 422, title: "Spend option not available", detail: why}
}
