package declared_test

import (
	"encoding/json"
	"net/http"
	"sync"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/declared"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/simulation/proof"
)

// readOnce: contracts are only read afterwards, so that all tests share them.
var readOnce = sync.OnceValues(declared.Shipped)

func shipped(t testing.TB, name string) adapters.Adapter {
	t.Helper()
	all, err := readOnce()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if adapter := c.Adapter(); adapter.Name == name {
			return adapter
		}
	}
	t.Fatalf("no contract of %s is shipped", name)
	return adapters.Adapter{}
}

// lenders are the shipped contracts, each with what its lender's documents say a yes is.
var lenders = map[string]adaptertest.Harness{
	"afterpay": {
		Number: "merchantReference", Mark: "paymentEventMerchantReference",
		Settings: adapters.Values{"merchant_id": "400101010", "secret_key": "afterpay-5b0f2c71e9"},
		Refusal:  refusing(func(code string) any { return map[string]any{"errorCode": code, "errorId": "1", "message": "no"} }),
		Yes: []adaptertest.Yes{
			{Row: "create", Says: []adaptertest.Said{{At: "/token", Is: adaptertest.AText}, {At: "/redirectCheckoutUrl", Is: adaptertest.AText}}},
			{Row: "authorize", Says: []adaptertest.Said{
				{At: "/id", Is: adaptertest.AText}, {At: "/paymentState", Is: adaptertest.Word("AUTH_APPROVED")},
				{At: "/originalAmount/amount", Is: adaptertest.TheAmount}, {At: "/originalAmount/currency", Is: adaptertest.TheCurrency},
			}},
			{Row: "capture", Says: []adaptertest.Said{{At: "/id", Is: adaptertest.TheOrder}, {At: "/paymentState", Is: adaptertest.Word("PARTIALLY_CAPTURED", "CAPTURED")}}},
			{Row: "void", Says: []adaptertest.Said{{At: "/id", Is: adaptertest.TheOrder}, {At: "/openToCaptureAmount/amount", Is: adaptertest.AnyFigure}}},
			{Row: "refund", Says: []adaptertest.Said{
				{At: "/refundId", Is: adaptertest.AText}, {At: "/refundMerchantReference", Is: adaptertest.TheReference}, {At: "/amount/amount", Is: adaptertest.TheAmount},
			}},
		},
	},
	"sezzle": {
		Number:   "reference_id",
		Settings: adapters.Values{"public_key": "sz_pub_1042", "private_key": "sezzle-private-5b0f2c71", "former_keys": "sezzle-former-00aa11bb"},
		Refusal:  refusing(func(code string) any { return []map[string]any{{"code": code, "message": "no"}} }),
		Token:    answering(`{"token":"sezzle-bearer-1","expiration_date":"2026-03-02T12:30:00Z","merchant_uuid":"m1"}`),
		Yes: []adaptertest.Yes{
			{Row: "create", Says: []adaptertest.Said{{At: "/order/uuid", Is: adaptertest.AText}, {At: "/order/checkout_url", Is: adaptertest.AText}}},
			{Row: "leave"}, {Row: "capture", Says: made}, {Row: "release", Says: made}, {Row: "refund", Says: made},
		},
	},
	"riverty": {
		Number: "orderNumber", Mark: "transactionReference",
		Settings: adapters.Values{"api_key": "riverty-5b0f2c71e9"},
		Refusal: refusing(func(code string) any {
			return []map[string]any{{"type": "BusinessError", "code": code, "message": "no"}}
		}),
		Yes: []adaptertest.Yes{
			{Row: "create", No: rejects, Says: []adaptertest.Said{{At: "/outcome", Is: adaptertest.Word("Accepted", "Pending")}}},
			{Row: "capture", Says: []adaptertest.Said{
				{At: "/captureNumber", Is: adaptertest.AText}, {At: "/capturedAmount", Is: adaptertest.TheAmount}, {At: "/totalCapturedAmount", Is: adaptertest.AnyFigure},
			}},
			{Row: "refund", Says: []adaptertest.Said{{At: "/totalCapturedAmount", Is: adaptertest.AnyFigure}}},
			{Row: "cancel", Says: []adaptertest.Said{{At: "/voidedAmount", Is: adaptertest.TheAmount}}},
		},
	},
	"alma": {
		Number: "merchant_reference", Mark: "merchant_reference",
		Settings: adapters.Values{"api_key": "alma-5b0f2c71e9a4"},
		Refusal: refusing(func(code string) any {
			return map[string]any{"error_code": code, "message": "no"}
		}),
		Yes: []adaptertest.Yes{
			{Row: "create", Says: []adaptertest.Said{
				{At: "/id", Is: adaptertest.AText}, {At: "/state", Is: adaptertest.Word("not_started", "in_progress", "paid", "scored_no", "canceled")},
				{At: "/purchase_amount", Is: adaptertest.TheAmount},
			}},
			{Row: "cancel"},
			{Row: "refund", Says: []adaptertest.Said{
				{At: "/id", Is: adaptertest.TheOrder}, {At: "/state", Is: adaptertest.Word("in_progress", "paid")}, {At: "/amount_already_refunded", Is: adaptertest.AnyFigure},
			}},
		},
	},
	"walley": {
		Number: "reference", Mark: "actionReference",
		Settings: adapters.Values{"client_id": "4edbc2f0", "client_secret": "walley-7a4ksd0326", "scope": "705798e0/.default", "store_id": "123", "notification_path": "walleycalls77ab12", "terms_url": "https://shop.test/terms"},
		Refusal: refusing(func(code string) any {
			return map[string]any{"errors": []map[string]any{{"code": code, "message": "no"}}}
		}),
		Token: answering(`{"token_type":"Bearer","expires_in":3599,"access_token":"walley-bearer-1"}`),
		Yes: []adaptertest.Yes{
			{Row: "create", Says: []adaptertest.Said{{At: "/data/privateId", Is: adaptertest.AText}, {At: "/data/publicToken", Is: adaptertest.AText}}},
			{Row: "capture"}, {Row: "cancel"}, {Row: "refund"},
		},
	},
	"billie": {
		Number: "external_code", Mark: "external_code",
		Settings: adapters.Values{"client_id": "client-1042", "client_secret": "billie-secret-5b0f2c", "notification_header": "X-Lendgate-Key", "notification_key": "billie-notice-77ab12"},
		Refusal: refusing(func(code string) any {
			return map[string]any{"errors": []map[string]any{{"code": code, "title": "no"}}}
		}),
		Token: answering(`{"token_type":"bearer","expires_in":28800,"access_token":"billie-bearer-1"}`),
		Yes: []adaptertest.Yes{
			{Row: "create", No: declines, Says: []adaptertest.Said{
				{At: "/uuid", Is: adaptertest.AText}, {At: "/state", Is: adaptertest.Word("created", "waiting", "pre_waiting", "authorized")},
				{At: "/external_code", Is: adaptertest.TheReference}, {At: "/amount/gross", Is: adaptertest.TheAmount},
			}},
			{Row: "capture", Says: made}, {Row: "cancel"}, {Row: "refund"},
		},
	},
}

// made is the id of what was made, which is all that some lenders tell.
var made = []adaptertest.Said{{At: "/uuid", Is: adaptertest.AText}}

func rejects(look adaptertest.Look) bool {
	return look("/outcome") == "Rejected" || look("/outcome") == "NotEvaluated"
}

func declines(look adaptertest.Look) bool { return look("/state") == "declined" }

func refusing(body func(code string) any) func(int, string) adapters.Reply {
	return func(status int, code string) adapters.Reply {
		text, err := json.Marshal(body(code))
		if err != nil {
			panic(err)
		}
		return adapters.Reply{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: text}
	}
}

func answering(body string) func() adapters.Reply {
	return func() adapters.Reply {
		return adapters.Reply{Status: http.StatusOK, Header: http.Header{}, Body: []byte(body)}
	}
}

func harness(t testing.TB, name string) adaptertest.Harness {
	t.Helper()
	h := lenders[name]
	h.Adapter, h.Cases = shipped(t, name), "testdata/"+name+"/cases"
	h.Prove = func(settings adapters.Values, m *canonical.Message) bool {
		if http.Header(m.Header).Get("Sezzle-Signature") != "" {
			http.Header(m.Header).Set("Sezzle-Signature", sum256(settings.Text("private_key"), string(m.Body)))
			return true
		}
		if http.Header(m.Header).Get("X-Alma-Signature") != "" {
			http.Header(m.Header).Set("X-Alma-Signature", sum256(settings.Text("api_key"), m.Query.Get("pid")))
			return true
		}
		return m.Secret != "" || http.Header(m.Header).Get("X-Lendgate-Key") != "" // the same for every body
	}
	return h
}

func TestAfterpayKeepsEveryRule(t *testing.T) { adaptertest.Run(t, harness(t, "afterpay")) }
func TestSezzleKeepsEveryRule(t *testing.T)   { adaptertest.Run(t, harness(t, "sezzle")) }
func TestRivertyKeepsEveryRule(t *testing.T)  { adaptertest.Run(t, harness(t, "riverty")) }
func TestBillieKeepsEveryRule(t *testing.T)   { adaptertest.Run(t, harness(t, "billie")) }

func TestAlmaKeepsEveryRule(t *testing.T) { adaptertest.Run(t, harness(t, "alma")) }

func TestWalleyKeepsEveryRule(t *testing.T) { adaptertest.Run(t, harness(t, "walley")) }

func TestEvilAnswers(t *testing.T) {
	for _, name := range []string{"afterpay", "sezzle", "riverty", "billie", "alma", "walley"} {
		t.Run(name, func(t *testing.T) { adaptertest.Hunt(t, harness(t, name), proof.Long, proof.Keep) })
	}
}
