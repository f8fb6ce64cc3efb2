package spendoption

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

const optionsPath = "/spend-options"

func (s *spendoption) reads() []adapters.Exchange {
	return []adapters.Exchange{
		{Name: "offers", Class: adapters.ReadCall, Method: http.MethodGet, Path: "/merchant" + optionsPath, Query: productQuery, Read: s.readOffers, Failures: closed},
		{Name: "customer_offers", Class: adapters.ReadCall, Method: http.MethodGet, Path: customerPath + optionsPath, Query: customerQuery, Read: s.readCustomerOffers, Failures: closed},
		{Name: "probe", Class: adapters.ReadCall, Method: http.MethodGet, Path: "/merchant" + optionsPath + "?basketAmount=100.00", Read: s.readOffers, Failures: closed},
	}
}

func customerQuery(q canonical.Query) string { return "?" + wishes(q).Encode() }

func productQuery(q canonical.Query) string {
	wanted := wishes(q)
	if product := q.Options.Text("product"); product != "" {
		wanted.Set("productId", product) // ASSUMED: the name
	}
	return "?" + wanted.Encode()
}

func wishes(q canonical.Query) url.Values {
	wanted := url.Values{"basketAmount": {string(write(q.Amount).Value)}}
	for _, wish := range []struct{ option, parameter string }{
		{"promo_only", "promoOnly"},
		{"zero_percent_only", "zeroPercentOnly"},
	} {
		if text, given := q.Options[wish.option]; given {
			wanted.Set(wish.parameter, string(text))
		}
	}
	return wanted
}

func (s *spendoption) readOffers(q canonical.Query, reply adapters.Reply) (canonical.Report, error) {
	return s.report(q, reply, false)
}

func (s *spendoption) readCustomerOffers(q canonical.Query, reply adapters.Reply) (canonical.Report, error) {
	return s.report(q, reply, true)
}

func (s *spendoption) report(q canonical.Query, reply adapters.Reply, choosable bool) (r canonical.Report, err error) {
	if reply.Status == http.StatusNotFound {
		return canonical.Report{Finding: canonical.Absent}, nil
	}
	var said spendOptions
	if err := json.Unmarshal(reply.Body, &said); err != nil {
		return r, err
	}
	if said.Options == nil {
		return r, fmt.Errorf("no list of options")
	}
	r.Finding = canonical.Found
	for _, one := range said.Options {
		if one.OfferStatus != "" && !strings.EqualFold(one.OfferStatus, "Active") {
			continue
		}
		offer, err := s.offer(q, one)
		if err != nil {
			return canonical.Report{}, fmt.Errorf("option %.40q: %w", one.Name, err)
		}
		offer.Choosable = choosable && offer.ProviderOffer != ""
		r.Offers = append(r.Offers, offer)
	}
	return r, nil
}

func (s *spendoption) offer(q canonical.Query, one spendOption) (offer canonical.Offer, err error) {
	offer = canonical.Offer{
		Amount: q.Amount, Name: one.Name, Description: one.Description, ProviderOffer: s.identify(one),
		Plan:    canonical.Plan{Installments: one.Duration},
		Details: canonical.Values(nil).With("offer_code", one.OfferCode).With("offer_source", one.OfferSource).With("spend_type", one.SpendType),
	}
	if one.Duration > 0 {
		offer.Plan.Interval = "month"
	}
	if ends := adapters.Moment(one.EndDate); ends != nil {
		offer.ExpiresAt = *ends
	}
	if offer.Plan.InterestRate, err = percent(one.InterestRate); err != nil {
		return offer, fmt.Errorf("interestRate: %w", err)
	}
	return offer, illustrate(&offer, one)
}

// identify gives what Authorise will name; the legacy dialect needs two words for it.
func (s *spendoption) identify(one spendOption) string {
	switch {
	case s.settings.Text("dialect") != legacy:
		return one.SpendOptionID
	case one.TreatmentID == "" || one.SpendType == "":
		return ""
	}
	return one.TreatmentID + "/" + one.SpendType
}

func illustrate(offer *canonical.Offer, one spendOption) error {
	for _, figure := range []struct {
		name string
		said *money
		to   []**canonical.Money
	}{
		{"monthlyPayment", one.Illustration.MonthlyPayment, []**canonical.Money{&offer.Plan.InstallmentAmount}},
		{"interestToPay", one.Illustration.InterestToPay, []**canonical.Money{&offer.Illustration.InterestToPay}},
		{"totalRepayable", one.Illustration.TotalRepayable, []**canonical.Money{&offer.Plan.TotalPayable, &offer.Illustration.TotalPayable}},
	} {
		if figure.said == nil {
			continue
		}
		read, err := figure.said.read()
		if err != nil {
			return fmt.Errorf("%s: %w", figure.name, err)
		}
		for _, place := range figure.to {
			*place = &read
		}
	}
	return nil
}

// percent makes a fraction a year a percentage: 0.149 is 14.9.
func percent(fraction json.RawMessage) (string, error) {
	if !adapters.Given(fraction) {
		return "", nil
	}
	const digits = 8 // more than any rate has
	rate, err := adapters.MajorNumber.Parse(fraction, digits)
	if err != nil {
		return "", err
	}
	return rate.Decimal().Shift(2).String(), nil
}
