package cryptopay_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const full = `{"merchant_order_id":"gw-1","amount":"125.40","currency":"USDT","channel":"mock","subject":"Order 1","description":"Two chairs",` +
	`"metadata":{"till": 7},"return_url":"https://shop.example/ok","cancel_url":"https://shop.example/no","expires_in_seconds":1800}`

func TestAChargeIsAnsweredWithTheWholeOrder(t *testing.T) {
	s := open(t, settings())
	reply := s.lender.Serve(s.now, s.request("POST", charges, full))
	var got map[string]any
	if err := json.Unmarshal(reply.Body, &got); err != nil || reply.Status != 201 {
		t.Fatalf("%d %s: %v", reply.Status, reply.Body, err)
	}
	order := got["order"].(map[string]any)
	if id, _ := order["id"].(string); !strings.HasPrefix(id, "ord_") {
		t.Errorf("id %v", order["id"])
	}
	delete(order, "id")
	want := map[string]any{
		"merchant_order_id": "gw-1", "channel_code": "mock", "channel_name": "Sandbox checkout", "settlement_mode": "custodial",
		"amount": "125.40", "refunded_amount": "0", "currency": "USDT", "status": "created", "is_test": true,
		"subject": "Order 1", "description": "Two chairs", "metadata": map[string]any{"till": 7.0},
		"expires_at": "2026-06-11T12:30:00Z", "paid_at": nil, "created_at": "2026-06-11T12:00:00Z",
	}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Error(diff)
	}
	if got["idempotent"] != false {
		t.Errorf("idempotent %v", got["idempotent"])
	}
	if len(s.movements()) > 0 {
		t.Errorf("a charge moved %v", s.movements())
	}
}

func TestTheInstructionFitsTheChannel(t *testing.T) {
	tests := []struct {
		name, body, mock string
		want             map[string]any
		random           []string // members that are checked to be there
	}{
		{"an address on TRON", charge("gw-1", "125.40", "usdt_trc20"), "",
			map[string]any{"type": "crypto_address", "chain": "tron", "asset": "USDT", "amount_due": "125.40", "required_confirmations": 19.0}, []string{"deposit_address"}},
		{"the same by network", `{"merchant_order_id":"gw-1","amount":"5","currency":"USD","network":"tron"}`, "",
			map[string]any{"type": "crypto_address", "chain": "tron", "asset": "USDT", "amount_due": "5", "required_confirmations": 19.0}, []string{"deposit_address"}},
		{"an address on Base", `{"merchant_order_id":"gw-1","amount":"5.000001","currency":"USDC","network":"base"}`, "",
			map[string]any{"type": "crypto_address", "chain": "base", "asset": "USDC", "amount_due": "5.000001", "required_confirmations": 12.0}, []string{"deposit_address"}},
		{"a checkout page", charge("gw-1", "5", "mock"), "", map[string]any{"type": "redirect"}, []string{"redirect_url"}},
		{"a client secret", charge("gw-1", "5", "mock"), "client_secret", map[string]any{"type": "client_secret"}, []string{"client_secret"}},
		{"nothing to do", charge("gw-1", "5", "mock"), "none", map[string]any{"type": "none"}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			configured := settings()
			configured.MockInstruction = test.mock
			got := open(t, configured).ask(201, "POST", charges, test.body).Instruction
			for _, name := range test.random {
				if text, _ := got[name].(string); text == "" {
					t.Errorf("no %s", name)
				}
				delete(got, name)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestARepeatedChargeShowsTheOrderItMade(t *testing.T) {
	tests := []struct{ name, act, want string }{
		{"untouched", "", "created"},
		{"paid", "pay", "paid"},
		{"dead", "leave", "canceled"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, settings())
			first := s.ask(201, "POST", charges, full)
			if test.act != "" {
				s.act(test.act, first.Order.ID)
			}
			again := s.ask(200, "POST", charges, strings.Replace(full, "125.40", "125.4", 1))
			if !again.Idempotent || first.Idempotent || again.Order.ID != first.Order.ID || again.Order.Status != test.want {
				t.Errorf("got %+v", again)
			}
			if diff := cmp.Diff(first.Instruction, again.Instruction); diff != "" || again.Payment.ID != first.Payment.ID {
				t.Errorf("another payment: %s", diff)
			}
			if n := len(s.lender.Orders()); n != 1 {
				t.Errorf("%d orders", n)
			}
		})
	}
}

func TestARepeatedChargeWithOtherDataIsAConflict(t *testing.T) {
	tests := []struct{ name, before, after string }{
		{"amount", "125.40", "125.41"},
		{"currency", "USDT", "USDC"},
		{"channel", `"channel":"mock"`, `"network":"tron"`},
		{"subject", "Order 1", "Order 2"},
		{"metadata", `{"till": 7}`, `{"till": 8}`},
		{"expiry", "1800", "1801"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, settings())
			s.ask(201, "POST", charges, full)
			if got := s.ask(409, "POST", charges, strings.Replace(full, test.before, test.after, 1)).Error; got.Code != "conflict" {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestEveryChangeOfTheGoodChargeIsRefused(t *testing.T) {
	tests := []struct{ name, before, after, code string }{
		{"no merchant_order_id", `"merchant_order_id":"gw-1",`, ``, "invalid_request"},
		{"an empty merchant_order_id", `gw-1`, ``, "invalid_request"},
		{"a space in merchant_order_id", `gw-1`, `gw 1`, "invalid_request"},
		{"a merchant_order_id of 65 characters", `gw-1`, strings.Repeat("x", 65), "invalid_request"},
		{"a number for merchant_order_id", `"gw-1"`, `1`, "invalid_request"},
		{"no amount", `"amount":"125.40",`, ``, "invalid_request"},
		{"an amount without quotes", `"125.40"`, `125.40`, "invalid_request"},
		{"nothing", `125.40`, `0.00`, "invalid_request"},
		{"a negative amount", `125.40`, `-125.40`, "invalid_request"},
		{"an exponent", `125.40`, `1e2`, "invalid_request"},
		{"seven decimals", `125.40`, `125.4000000`, "invalid_request"},
		{"three decimals of a fiat currency", `"125.40","currency":"USDT"`, `"125.400","currency":"EUR"`, "invalid_request"},
		{"decimals of yen", `USDT`, `JPY`, "invalid_request"},
		{"no currency", `"currency":"USDT",`, ``, "invalid_request"},
		{"a lower-case currency", `USDT`, `usdt`, "invalid_request"},
		{"a currency the channel does not take", `"USDT","channel":"mock"`, `"USDC","channel":"usdt_trc20"`, "invalid_request"},
		{"no channel", `"channel":"mock",`, ``, "invalid_request"},
		{"channel and network", `"channel":"mock"`, `"channel":"mock","network":"tron"`, "invalid_request"},
		{"a channel nobody knows", `"mock"`, `"usdt"`, "invalid_request"},
		{"a network nobody knows", `"channel":"mock"`, `"network":"solana"`, "invalid_request"},
		{"a live channel", `"mock"`, `"usdt_bep20"`, "channel_environment_mismatch"},
		{"a live network", `"channel":"mock"`, `"network":"bsc"`, "channel_environment_mismatch"},
		{"a number for subject", `"Order 1"`, `1`, "invalid_request"},
		{"null for description", `"Two chairs"`, `null`, "invalid_request"},
		{"a list for metadata", `{"till": 7}`, `[7]`, "invalid_request"},
		{"a path for return_url", `https://shop.example/ok`, `/ok`, "invalid_request"},
		{"another scheme for cancel_url", `https://shop.example/no`, `ftp://shop.example/no`, "invalid_request"},
		{"no time at all", `1800`, `0`, "invalid_request"},
		{"seconds in quotes", `1800`, `"1800"`, "invalid_request"},
		{"half seconds", `1800`, `1800.5`, "invalid_request"},
		{"an unknown field", `"subject"`, `"note":"x","subject"`, "invalid_request"},
		{"a field in other letters", `"subject"`, `"Subject"`, "invalid_request"},
		{"no JSON", `{`, ``, "invalid_request"},
		{"a list", full, `[]`, "invalid_request"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, settings())
			body := strings.Replace(full, test.before, test.after, 1)
			if body == full {
				t.Fatalf("%s is not in the charge", test.before)
			}
			if got := s.ask(400, "POST", charges, body).Error; got.Code != test.code || got.Message == "" {
				t.Errorf("got %+v, want %s", got, test.code)
			}
			if len(s.lender.Orders()) > 0 {
				t.Error("an order was made")
			}
		})
	}
}

func TestABodyNeedsItsContentType(t *testing.T) {
	s := open(t, settings())
	r := s.request("POST", charges, full)
	r.Header.Del("Content-Type")
	if reply := s.lender.Serve(s.now, r); reply.Status != 400 {
		t.Errorf("got %d %s", reply.Status, reply.Body)
	}
}

func TestLiveKeysMakeLiveOrdersOnLiveChannels(t *testing.T) {
	live := settings()
	live.Key = "pk_live_sandbox"
	s := open(t, live)
	if got := s.ask(201, "POST", charges, charge("gw-1", "5", "usdt_bep20")).Order; got.IsTest || got.SettlementMode != "direct" {
		t.Errorf("got %+v", got)
	}
	if got := s.ask(400, "POST", charges, charge("gw-2", "5", "mock")).Error.Code; got != "channel_environment_mismatch" {
		t.Errorf("got %s", got)
	}
}
