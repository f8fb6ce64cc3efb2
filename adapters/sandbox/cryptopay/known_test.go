package cryptopay

import "testing"

// The order's id is part of the known answer, so it cannot come about through the API.
func TestTheKnownAnswerOfTheNotificationSignatureIsMet(t *testing.T) {
	body := `{"event":"payment.refunded","order_id":"ord_01JX4T9M6Q","merchant_order_id":"gw-7f31","amount":"125.40","currency":"USDT","status":"partially_refunded","channel":"usdt_trc20","channel_name":"USDT (TRC20)","is_test":false,"refunded_amount":"25.40"}`
	got := signNotice("whsec_gateway_example_0001", "1781170000", []byte(body))
	if want := "8a2258b7afa99f84550a1ecf5fb6197177785ac1f0844c2ac95554f7e9a11e8a"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
