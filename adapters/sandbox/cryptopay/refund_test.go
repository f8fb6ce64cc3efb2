package cryptopay_test

import "testing"

func TestRefundsThatDoNotFitAreRefused(t *testing.T) {
	tests := []struct {
		name, channel string
		acts          []string
		body          string
		status        int
		code          string
	}{
		{"of a direct order", "usdt_trc20", []string{"pay"}, `{"amount":"1"}`, 409, "refund_unsupported"},
		{"of an order that is not paid", "mock", nil, `{"amount":"1"}`, 409, "conflict"},
		{"of an order that is refunded", "mock", []string{"pay", "refund"}, `{"amount":"1"}`, 409, "conflict"},
		{"above the amount", "mock", []string{"pay"}, `{"amount":"100.000001"}`, 400, "invalid_request"},
		{"of nothing", "mock", []string{"pay"}, `{"amount":"0.00"}`, 400, "invalid_request"},
		{"of a number", "mock", []string{"pay"}, `{"amount":1}`, 400, "invalid_request"},
		{"with seven decimals", "mock", []string{"pay"}, `{"amount":"0.0000001"}`, 400, "invalid_request"},
		{"with a reason that is no text", "mock", []string{"pay"}, `{"reason":1}`, 400, "invalid_request"},
		{"with an unknown field", "mock", []string{"pay"}, `{"currency":"USDT"}`, 400, "invalid_request"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, settings())
			id := s.charged("gw-1", "100", test.channel)
			for _, do := range test.acts {
				s.act(do, id)
			}
			before := len(s.movements())
			if got := s.ask(test.status, "POST", orders+"/"+id+"/refund", test.body).Error; got.Code != test.code || got.Message == "" {
				t.Errorf("got %+v, want %s", got, test.code)
			}
			if len(s.movements()) != before {
				t.Errorf("moved %v", s.movements())
			}
		})
	}
	open(t, settings()).ask(404, "POST", orders+"/ord_1/refund", "")
}

func TestAnEmptyObjectRefundsTheRest(t *testing.T) {
	s := open(t, settings())
	id := s.charged("gw-1", "100", "mock")
	s.act("pay", id)
	if got := s.ask(200, "POST", orders+"/"+id+"/refund", `{}`).Order; got.Status != "refunded" || got.RefundedAmount != "100.00" {
		t.Errorf("got %+v", got)
	}
}
