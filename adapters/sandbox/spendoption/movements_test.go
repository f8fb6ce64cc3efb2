package spendoption_test

import (
	"encoding/json"
	"testing"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/adapters/sandbox/spendoption"
)

// limits are asked of a hold of 100 of which 60 are settled and 10 of them refunded.
var limits = []struct {
	name   string
	adjust func(*spendoption.Settings)
	ask    func(s *shop, hold, transaction string) lender.Request
	status int
}{
	{"settling the float", nil, func(_ *shop, hold, _ string) lender.Request {
		return post(authorisation+"/"+hold+"/settle", pounds("40"))
	}, 201},
	{"settling more than the float", nil, func(_ *shop, hold, _ string) lender.Request {
		return post(authorisation+"/"+hold+"/settle", pounds("40.01"))
	}, 400},
	{"reversing more than the float", nil, func(_ *shop, hold, _ string) lender.Request {
		return post(authorisation+"/"+hold+"/reverse", pounds("40.01"))
	}, 400},
	{"settling a closed authorisation", nil, func(s *shop, hold, _ string) lender.Request {
		s.settled(hold, "40")
		return post(authorisation+"/"+hold+"/settle", pounds("1"))
	}, 409},
	{"reversing a closed authorisation", nil, func(s *shop, hold, _ string) lender.Request {
		s.settled(hold, "40")
		return post(authorisation+"/"+hold+"/reverse", pounds("1"))
	}, 409},
	{"refunding more than the transaction", nil, func(_ *shop, _, transaction string) lender.Request {
		return post("/merchant/CUST-7/transaction/"+transaction+"/refund", pounds("50.01"))
	}, 422},
	{"refunding a refunded transaction", nil, func(s *shop, _, transaction string) lender.Request {
		s.ask(201, post("/merchant/CUST-7/transaction/"+transaction+"/refund", pounds("50")))
		return post("/merchant/CUST-7/transaction/"+transaction+"/refund", pounds("1"))
	}, 409},
	{"refunding an authorisation", nil, func(_ *shop, hold, _ string) lender.Request {
		return post("/merchant/CUST-7/transaction/"+hold+"/refund", pounds("1"))
	}, 404},
	{"settling a transaction", nil, func(_ *shop, _, transaction string) lender.Request {
		return post(authorisation+"/"+transaction+"/settle", pounds("1"))
	}, 404},
	{"settling another customer's authorisation", nil, func(_ *shop, hold, _ string) lender.Request {
		return post("/merchant/CUST-8/authorisation/"+hold+"/settle", pounds("1"))
	}, 404},
	{"refunding another customer's transaction", nil, func(_ *shop, _, transaction string) lender.Request {
		return post("/merchant/CUST-8/transaction/"+transaction+"/refund", pounds("1"))
	}, 404},
	{"describing a reversal", nil, func(_ *shop, hold, _ string) lender.Request {
		return post(authorisation+"/"+hold+"/reverse", `{"amount":{"value":1,"currencyCode":"GBP"},"description":"x"}`)
	}, 400},
	{"settling a part where parts are not configured", func(s *spendoption.Settings) { s.RefusesPartSettle = true },
		func(s *shop, _, _ string) lender.Request {
			return post(authorisation+"/"+s.authorized("30", "GW-2")+"/settle", pounds("29"))
		}, 400},
	{"settling the whole where parts are not configured", func(s *spendoption.Settings) { s.RefusesPartSettle = true },
		func(s *shop, _, _ string) lender.Request {
			return post(authorisation+"/"+s.authorized("30", "GW-2")+"/settle", pounds("30"))
		}, 201},
	{"reversing a part where parts are not configured", func(s *spendoption.Settings) { s.RefusesPartReverse = true },
		func(_ *shop, hold, _ string) lender.Request {
			return post(authorisation+"/"+hold+"/reverse", pounds("39"))
		}, 400},
	{"refunding a part where parts are not configured", func(s *spendoption.Settings) { s.RefusesPartRefund = true },
		func(_ *shop, _, transaction string) lender.Request {
			return post("/merchant/CUST-7/transaction/"+transaction+"/refund", pounds("49"))
		}, 400},
}

func TestMovementsAreHeldToWhatIsLeft(t *testing.T) {
	for _, test := range limits {
		t.Run(test.name, func(t *testing.T) {
			configured := settings()
			if test.adjust != nil {
				test.adjust(&configured)
			}
			s := open(t, configured)
			hold, transaction := s.partly()
			r := test.ask(s, hold, transaction)
			before := len(s.movements())
			s.ask(test.status, r)
			if moved := len(s.movements()) - before; (moved == 1) != (test.status == 201) {
				t.Errorf("%d movements for a %d", moved, test.status)
			}
		})
	}
}

// partly makes an authorisation of 100 with 60 settled and, where parts may be refunded, 10 refunded.
func (s *shop) partly() (hold, transaction string) {
	s.t.Helper()
	hold = s.authorized("100", "GW-1")
	reply := s.lender.Serve(s.now, post(authorisation+"/"+hold+"/settle", pounds("60")))
	var said struct{ TransactionID string }
	if json.Unmarshal(reply.Body, &said) == nil && said.TransactionID != "" {
		s.lender.Serve(s.now, post("/merchant/CUST-7/transaction/"+said.TransactionID+"/refund", pounds("10")))
	}
	return hold, said.TransactionID
}

func TestAPartSettlementReleasesTheRestWhereConfigured(t *testing.T) {
	configured := settings()
	configured.SettleReleasesRest = true
	s := open(t, configured)
	id := s.authorized("100", "GW-1")
	s.settled(id, "60")
	s.ask(409, post(authorisation+"/"+id+"/settle", pounds("1")))
	if got := s.status(); got != "SETTLED" {
		t.Errorf("status %s", got)
	}
	if got := s.lender.Book().Sum(id, "cancel").String(); got != "40" {
		t.Errorf("released %s, want 40", got)
	}
}
