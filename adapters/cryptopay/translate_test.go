package cryptopay_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/cryptopay"
	"github.com/lendgate/lendgate/canonical"
)

const (
	chargeReply = `{"order":{"id":"ord_9","merchant_order_id":"7f31-abcdefgh","channel_code":"mock","settlement_mode":"custodial","amount":"125.4","currency":"USDT","status":"created","is_test":true,` +
		`"expires_at":null,"created_at":"2026-05-06T12:00:00Z"},"payment":{"id":"pay_1"},"instruction":{"type":"none"},"idempotent":false}`
	refundReply = `{"order":{"id":"ord_9","status":"partially_refunded","amount":"125.40","refunded_amount":"35.40","currency":"USDT"}}`
	unreadable  = "cannot be read or does not confirm it"
	otherThan   = "has another amount, currency or reference"
)

// of rewrites one thing of a reply.
func of(reply, old, new string) string {
	if !strings.Contains(reply, old) {
		panic("no " + old + " in " + reply)
	}
	return strings.Replace(reply, old, new, 1)
}

var replies = []struct {
	name   string
	kind   canonical.OperationKind
	repeat bool
	status int
	body   string
	state  canonical.OperationState
	alarm  string // a part of it
	fails  canonical.Kind
}{
	{"a charge as asked", canonical.OpCreate, false, 201, chargeReply, canonical.Succeeded, "", ""},
	{"a repeat that the processor knew", canonical.OpCreate, true, 200, of(chargeReply, "false}", "true}"), canonical.Succeeded, "", ""},
	{"a repeat whose first never arrived", canonical.OpCreate, true, 201, chargeReply, canonical.Succeeded, "", ""},
	{"a first charge that the processor knew", canonical.OpCreate, false, 200, of(chargeReply, "false}", "true}"), canonical.Doubtful, "before it was first sent", ""},
	{"an order of another amount", canonical.OpCreate, true, 200, of(chargeReply, `"125.4"`, `"125.41"`), canonical.Doubtful, otherThan, ""},
	{"an order of another currency", canonical.OpCreate, true, 200, of(chargeReply, "USDT", "USDC"), canonical.Doubtful, otherThan, ""},
	{"an order on another channel", canonical.OpCreate, true, 200, of(chargeReply, `"mock"`, `"usdt_trc20"`), canonical.Doubtful, `channel "usdt_trc20", asked for was "mock"`, ""},
	{"an order of another reference", canonical.OpCreate, true, 200, of(chargeReply, "7f31-abcdefgh", "7f32-abcdefgh"), canonical.Doubtful, "another reference", ""},
	{"a live order of a test key", canonical.OpCreate, false, 201, of(chargeReply, `"is_test":true`, `"is_test":false`), canonical.Doubtful, "is_test is wrong", ""},
	{"a charge without an id", canonical.OpCreate, false, 201, of(chargeReply, `"ord_9"`, `""`), canonical.Doubtful, unreadable, ""},
	{"a charge without a status", canonical.OpCreate, false, 201, of(chargeReply, `"created"`, `null`), canonical.Doubtful, unreadable, ""},
	{"a charge of a fraction too small", canonical.OpCreate, false, 201, of(chargeReply, `"125.4"`, `"125.4000001"`), canonical.Doubtful, unreadable, ""},
	{"a charge with a word nobody knows", canonical.OpCreate, false, 201, of(chargeReply, `"created"`, `"screening"`), canonical.Doubtful, "", ""},
	{"a replayed charge", canonical.OpCreate, false, 401, `{"error":{"code":"replayed_request"}}`, canonical.Doubtful, "", ""},
	{"a charge with a bad signature", canonical.OpCreate, false, 401, `{"error":{"code":"bad_signature"}}`, "", "", canonical.ProviderMisconfigured},
	{"a channel of the other mode", canonical.OpCreate, false, 400, `{"error":{"code":"channel_environment_mismatch"}}`, "", "", canonical.ProviderMisconfigured},
	{"a charge that is not valid", canonical.OpCreate, false, 400, `{"error":{"code":"invalid_request","message":"no wallet"}}`, "", "", canonical.Refused},
	{"a refused repeat proves nothing", canonical.OpCreate, true, 400, `{"error":{"code":"invalid_request"}}`, canonical.Doubtful, "", ""},
	{"a refund in part", canonical.OpRefund, false, 200, refundReply, canonical.Succeeded, "", ""},
	{"a refund that left the order paid", canonical.OpRefund, false, 200, of(refundReply, "partially_refunded", "paid"), canonical.Doubtful, unreadable, ""},
	{"a refund in part that does not say how much", canonical.OpRefund, false, 200, of(refundReply, `"35.40"`, `null`), canonical.Doubtful, unreadable, ""},
	{"a refund of another order", canonical.OpRefund, false, 200, of(refundReply, "ord_9", "ord_8"), canonical.Doubtful, unreadable, ""},
	{"a refund of a live order", canonical.OpRefund, false, 200, of(refundReply, `"status"`, `"is_test":false,"status"`), canonical.Doubtful, "is_test is wrong", ""},
	{"a refund that is not possible, whatever the status", canonical.OpRefund, false, 409, `{"error":{"code":"refund_unsupported"}}`, "", "", canonical.Refused},
	{"a refund in a state without refunds", canonical.OpRefund, false, 409, `{"error":{"code":"conflict"}}`, "", "", canonical.OperationNotAllowed},
	{"a refund and a conflict of no name", canonical.OpRefund, false, 409, `{}`, canonical.Doubtful, "", ""},
	{"a replayed refund", canonical.OpRefund, false, 401, `{"error":{"code":"replayed_request"}}`, canonical.Doubtful, "", ""},
	{"a throttled refund is in doubt", canonical.OpRefund, false, 429, `{}`, canonical.Doubtful, "", ""},
	{"a server error", canonical.OpRefund, false, 500, `oops`, canonical.Doubtful, "", ""},
}

func TestRepliesMeanWhatTheContractSays(t *testing.T) {
	for _, test := range replies {
		t.Run(test.name, func(t *testing.T) {
			c := scriptedClient(t, nil, &scripted{status: test.status, body: test.body})
			request, err := c.Prepare(command(test.kind))
			if err != nil {
				t.Fatal(err)
			}
			request.Repeat = test.repeat
			got, err := c.Send(t.Context(), command(test.kind), request)
			if test.fails != "" {
				if canonical.KindOf(err) != test.fails {
					t.Errorf("%v, want %s", err, test.fails)
				}
				return
			}
			if err != nil || got.State != test.state || !strings.Contains(got.Alarm, test.alarm) || (got.Alarm == "") != (test.alarm == "") {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// 10 were refunded before, 25.40 are asked for.
func TestAReplyToARefundCarriesTheTotal(t *testing.T) {
	for _, test := range []struct {
		name, status, total string
		state               canonical.OperationState
		readBack            bool
	}{
		{"what was there and what was asked", "partially_refunded", `"35.40"`, canonical.Succeeded, false},
		{"a figure with more zeros", "partially_refunded", `"35.400000000"`, canonical.Succeeded, false},
		{"what was there", "partially_refunded", `"10.00"`, canonical.Doubtful, true},
		{"less than was there", "partially_refunded", `"9.99"`, canonical.Doubtful, true},
		{"what was asked alone", "partially_refunded", `"25.40"`, canonical.Doubtful, false},
		{"more than was asked", "partially_refunded", `"60.80"`, canonical.Doubtful, false},
		{"all of it", "refunded", `"125.40"`, canonical.Doubtful, false},
		{"all of it by the word, a part by the figure", "refunded", `"35.40"`, canonical.Doubtful, true},
		{"a part by the word, all of it by the figure", "partially_refunded", `"125.40"`, canonical.Doubtful, true},
		{"nothing", "partially_refunded", `"0"`, canonical.Doubtful, true},
		{"no total", "partially_refunded", `null`, canonical.Doubtful, true},
		{"a status that is no refund", "paid", `"35.40"`, canonical.Doubtful, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := fmt.Sprintf(`{"order":{"id":"ord_9","status":%q,"amount":"125.40","refunded_amount":%s,"currency":"USDT"}}`, test.status, test.total)
			c := scriptedClient(t, nil, &scripted{status: 200, body: body})
			request, err := c.Prepare(command(canonical.OpRefund))
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.Send(t.Context(), command(canonical.OpRefund), request)
			if err != nil || got.State != test.state || got.ReadBack != test.readBack {
				t.Fatalf("%+v, %v", got, err)
			}
			if got.State == canonical.Succeeded && (got.Moved.String() != "25.400000 USDT" || !says(got.Sighting.Refunded, "35.40") || !says(got.Sighting.Captured, "125.40")) {
				t.Errorf("moved %s, %+v", got.Moved, got.Sighting)
			}
		})
	}
}

func TestSettingsThatMakeNoSenseAreRefused(t *testing.T) {
	for _, given := range []adapters.Values{
		{"api_key": "4Qd81"},
		{"channel": "mock", "network": "tron"},
		{"expires_in": "900ms"},
		{"digits": "USDT"}, {"digits": "USDT=7"}, {"digits": "USDT=-1"}, {"digits": "QQQ=2"},
	} {
		values := cryptopay.Adapter.Defaults(sandboxed)
		for name, value := range given {
			values[name] = value
		}
		if _, err := cryptopay.Adapter.Define(values); err == nil {
			t.Errorf("%v is taken", given)
		}
	}
}

func TestWhatSettlesALostReplyIsDeclared(t *testing.T) {
	c := scriptedClient(t, nil, &scripted{})
	for name, want := range map[string]canonical.Evidence{
		"charge": {Lost: []canonical.Recovery{canonical.RepeatSameKey}, Horizon: 10 * time.Minute},
		"refund": {Lost: []canonical.Recovery{canonical.CompareTotals}, Horizon: 10 * time.Minute},
	} {
		if diff := cmp.Diff(want, c.Evidence(name)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
