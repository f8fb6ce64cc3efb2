package spendoption_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type shown struct {
	OfferCode, OfferStatus, OfferSource, SpendType string
	SpendOptionID, TreatmentID, EndDate            string
	InterestRate                                   json.Number
	Duration                                       int
	Illustration                                   struct{ MonthlyPayment, InterestToPay, TotalRepayable amount }
}

type amount struct {
	Value        json.Number
	CurrencyCode string
}

func (s *shop) options(path, query string) []shown {
	s.t.Helper()
	reply := s.lender.Serve(s.now, get(path, query))
	var said struct{ Options []shown }
	if err := json.Unmarshal(reply.Body, &said); err != nil || reply.Status != 200 {
		s.t.Fatalf("%d %s: %v", reply.Status, reply.Body, err)
	}
	return said.Options
}

func (s *shop) option(code string) shown {
	s.t.Helper()
	all := s.options("/merchant/CUST-7/spend-options", "basketAmount=640")
	i := slices.IndexFunc(all, func(o shown) bool { return o.OfferCode == code })
	if i < 0 {
		s.t.Fatalf("no %s in %v", code, all)
	}
	return all[i]
}

func TestTheQueryChoosesAndOrdersTheOptions(t *testing.T) {
	tests := []struct {
		name, query string
		want        []string
	}{
		{"everything", "basketAmount=640", []string{"INST06ZERO", "INST10", "INST24", "INST36", "REVOLVING"}},
		{"a small basket", "basketAmount=99.99", []string{"REVOLVING"}},
		{"promotions", "basketAmount=640.00&promoOnly=true", []string{"INST06ZERO", "INST36"}},
		{"not only promotions", "basketAmount=249&promoOnly=false", []string{"INST06ZERO", "INST10", "REVOLVING"}},
		{"interest free", "basketAmount=640&zeroPercentOnly=true", []string{"INST06ZERO"}},
		{"instalments", "basketAmount=249&spendType=Instalment", []string{"INST06ZERO", "INST10"}},
		{"revolving credit", "basketAmount=640&spendType=Purchase", []string{"REVOLVING"}},
		{"cheapest month first", "basketAmount=640&orderBy=InstalmentPaymentAmount", []string{"INST36", "INST24", "REVOLVING", "INST10", "INST06ZERO"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, o := range open(t, settings()).options("/merchant/CUST-7/spend-options", test.query) {
				got = append(got, o.OfferCode)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAQueryThatIsWrongIsRefused(t *testing.T) {
	tests := []struct{ name, query string }{
		{"no amount", ""},
		{"an amount of nothing", "basketAmount=0"},
		{"three decimals", "basketAmount=1.001"},
		{"a flag that is no flag", "basketAmount=640&promoOnly=1"},
		{"a spend type nobody knows", "basketAmount=640&spendType=Loan"},
		{"an order nobody knows", "basketAmount=640&orderBy=Name"},
		{"a parameter nobody knows", "basketAmount=640&currency=GBP"},
		{"a product in the customer's call", "basketAmount=640&productId=newpay"},
		{"an amount given twice", "basketAmount=640&basketAmount=640"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			open(t, settings()).ask(400, get("/merchant/CUST-7/spend-options", test.query))
		})
	}
}

func TestOnlyTheCustomersCallReturnsIdsThatChoose(t *testing.T) {
	s := open(t, settings())
	for _, o := range s.options("/merchant/spend-options", "basketAmount=640&productId=newpay") {
		if o.SpendOptionID != "" || o.TreatmentID != "" {
			t.Errorf("%s can be chosen without a customer", o.OfferCode)
		}
	}
	for _, o := range s.options("/merchant/CUST-7/spend-options", "basketAmount=640") {
		if o.SpendOptionID == "" {
			t.Errorf("%s cannot be chosen", o.OfferCode)
		}
	}
}

func TestTheIllustrationAddsUp(t *testing.T) {
	s := open(t, settings())
	got := s.option("INST10")
	want := shown{OfferCode: "INST10", OfferStatus: "Active", OfferSource: "Product", SpendType: "Instalment",
		SpendOptionID: got.SpendOptionID, EndDate: "2026-09-10T23:59:59+00:00", InterestRate: "0.149", Duration: 10}
	want.Illustration.MonthlyPayment = amount{"68.45", "GBP"}
	want.Illustration.InterestToPay = amount{"44.50", "GBP"}
	want.Illustration.TotalRepayable = amount{"684.50", "GBP"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	free := s.option("INST06ZERO").Illustration
	if diff := cmp.Diff([]json.Number{"106.67", "0", "640"}, []json.Number{free.MonthlyPayment.Value, free.InterestToPay.Value, free.TotalRepayable.Value}); diff != "" {
		t.Error(diff)
	}
}

func choosing(id, value string) string {
	return `{"amount":{"value":` + value + `,"currencyCode":"GBP"},"orderReference":"GW-1","spendOptionId":"` + id + `"}`
}

func TestAnOptionIsGoodForItsCustomerForTheCheckout(t *testing.T) {
	tests := []struct {
		name, code, path, value string
		later                   time.Duration
		status                  int
	}{
		{"as shown", "INST10", authorisation, "640", 0, 201},
		{"half an hour later", "INST10", authorisation, "640", 30 * time.Minute, 201},
		{"the next morning", "INST10", authorisation, "640", 20 * time.Hour, 422},
		{"for another customer", "INST10", "/merchant/CUST-8/authorisation", "640", 0, 422},
		{"below the smallest amount", "INST24", authorisation, "249.99", 0, 422},
		{"that is not active", "INST36", authorisation, "640", 0, 422},
		{"in an initiate", "INST10", initiate, "640", 0, 200},
		{"that is not active, in an initiate", "INST36", initiate, "640", 0, 422},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, settings())
			id := s.option(test.code).SpendOptionID
			s.now = s.now.Add(test.later)
			s.ask(test.status, post(test.path, choosing(id, test.value)))
		})
	}
}

func TestTheLegacyDialectNamesThePlanByTreatment(t *testing.T) {
	legacy := settings()
	legacy.Legacy = true
	s := open(t, legacy)
	picked := s.option("INST10")
	if picked.TreatmentID == "" || picked.SpendOptionID != "" {
		t.Fatalf("got %+v", picked)
	}
	base := `{"amount":{"value":640,"currencyCode":"GBP"},"orderReference":"GW-1"`
	tests := []struct {
		name, rest string
		status     int
	}{
		{"treatment and spend type", `,"treatmentId":"` + picked.TreatmentID + `","spendType":"Instalment"}`, 201},
		{"no plan", `}`, 201},
		{"treatment alone", `,"treatmentId":"` + picked.TreatmentID + `"}`, 400},
		{"spend type alone", `,"spendType":"Purchase"}`, 400},
		{"another spend type", `,"treatmentId":"` + picked.TreatmentID + `","spendType":"Purchase"}`, 422},
		{"the name of the current dialect", `,"spendOptionId":"` + picked.TreatmentID + `"}`, 400},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			said := s.ask(test.status, post(authorisation, base+test.rest))
			if test.status != 201 {
				return
			}
			want := map[string]any{"authorisationId": s.text(said, "authorisationId")}
			if diff := cmp.Diff(want, said); diff != "" {
				t.Error(diff)
			}
		})
	}
	declined := s.ask(201, post(authorisation, purchase("640.13", "GW-2")))
	if diff := cmp.Diff(map[string]any{"authorisationId": nil}, declined); diff != "" {
		t.Error(diff)
	}
}
