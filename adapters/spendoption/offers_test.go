package spendoption_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/canonical"
)

func TestOffersAreTranslated(t *testing.T) {
	s := &scripted{status: 200, body: `{"options":[
		{"name":"Pay over 10 months","description":"Fixed","offerCode":"INST10","offerStatus":"Active","offerSource":"Product","spendType":"Instalment","interestRate":0.149,
		 "spendOptionId":"` + planID + `","duration":10,"illustration":{"monthlyPayment":{"value":68.37,"currencyCode":"GBP"},"interestToPay":{"value":43.700,"currencyCode":"GBP"},"totalRepayable":{"value":683.7,"currencyCode":"GBP"}},
		 "endDate":"2027-03-31T22:59:59+00:00"},
		{"name":"Withdrawn","offerStatus":"Inactive","spendOptionId":"x"},
		{"name":"Ends soon","spendType":"Purchase","endDate":"2026-05-06T14:10:00+02:00"}]}`}
	c := passing{}.client(t, nil, s)
	q := canonical.Query{Read: "customer_offers", Amount: canonical.MustMoney("640", "GBP"), Customer: canonical.Customer{Reference: "CUST-1"},
		Options: canonical.Values{"promo_only": json.RawMessage("false"), "product": json.RawMessage(`"P1"`)}}
	report, err := c.Read(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if want := "https://lender.example/merchant/CUST-1/spend-options?basketAmount=640.00&promoOnly=false"; s.wire.URL != want {
		t.Errorf("asked %s, want %s", s.wire.URL, want)
	}
	want := []canonical.Offer{{
		Amount: q.Amount, Name: "Pay over 10 months", Description: "Fixed", Choosable: true, ProviderOffer: planID, ExpiresAt: noon.Add(30 * time.Minute),
		Plan:         canonical.Plan{Installments: 10, Interval: "month", InterestRate: "14.9", InstallmentAmount: pounds("68.37"), TotalPayable: pounds("683.70")},
		Illustration: canonical.Illustration{InterestToPay: pounds("43.70"), TotalPayable: pounds("683.70")},
		Details:      canonical.Values{}.With("offer_code", "INST10").With("offer_source", "Product").With("spend_type", "Instalment"),
	}, {
		Amount: q.Amount, Name: "Ends soon", ExpiresAt: noon.Add(10 * time.Minute), Details: canonical.Values{}.With("spend_type", "Purchase"),
	}}
	if diff := cmp.Diff(want, report.Offers, cmp.Comparer(canonical.Amount.Equal)); diff != "" {
		t.Error(diff)
	}
	q.Read = "offers"
	if _, err := c.Read(t.Context(), q); err != nil || !strings.HasSuffix(s.wire.URL, "/merchant/spend-options?basketAmount=640.00&productId=P1&promoOnly=false") {
		t.Errorf("by product: %s, %v", s.wire.URL, err)
	}
}

func TestOffersThatCannotBeReadAreNoOffers(t *testing.T) {
	for name, body := range map[string]string{
		"no list":          `{}`,
		"a rate in words":  `{"options":[{"interestRate":"low"}]}`,
		"a third decimal":  `{"options":[{"illustration":{"monthlyPayment":{"value":1.005,"currencyCode":"GBP"}}}]}`,
		"no such currency": `{"options":[{"illustration":{"monthlyPayment":{"value":1,"currencyCode":"QQQ"}}}]}`,
		"an exponent":      `{"options":[{"illustration":{"interestToPay":{"value":1e3,"currencyCode":"GBP"}}}]}`,
	} {
		c := passing{}.client(t, nil, &scripted{status: 200, body: body})
		_, err := c.Read(t.Context(), canonical.Query{Read: "offers", Amount: canonical.MustMoney("640", "GBP")})
		if canonical.KindOf(err) != canonical.ProviderGarbled {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACustomerTheLenderDoesNotKnowHasNoOffers(t *testing.T) {
	c := passing{}.client(t, nil, &scripted{status: 404, body: `{}`})
	q := canonical.Query{Read: "customer_offers", Amount: canonical.MustMoney("640", "GBP"), Customer: canonical.Customer{Reference: "CUST-1"}}
	if report, err := c.Read(t.Context(), q); err != nil || report.Finding != canonical.Absent {
		t.Errorf("%+v, %v", report, err)
	}
}
