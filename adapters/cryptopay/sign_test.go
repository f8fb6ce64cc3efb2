package cryptopay_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/cryptopay"
	"github.com/lendgate/lendgate/canonical"
)

const (
	chargeBody = `{"merchant_order_id":"gw-7f31","amount":"125.40","currency":"USDT","channel":"usdt_trc20","subject":"Order 7f31"}`
	refundBody = `{"amount":"25.40","reason":"item returned"}`
)

// The signatures are known answers: made with another implementation, which meets the processor's own vectors.
var signatures = []struct {
	name, method, url, body string
	at                      int64
	want                    string
}{
	{"a charge", "POST", "https://pay.fluxa.cash/api/v1/charges", chargeBody, 1781166300, "f66947810a6c05e2bce45f0729beb4c4bca7ba0b1fe7852129d640c30ca75b65"},
	{"a read has an empty line for its query and the hash of nothing", "GET", "https://pay.fluxa.cash/api/v1/orders/ord_01JX4T9M6Q", "", 1781166301, "1a0c32d8f2eafe3f3273342433d8c590c9296e97ba264856902d3bf160d45c0e"},
	{"a query is sorted by its pieces", "GET", "https://pay.fluxa.cash/api/v1/orders?status=paid&offset=0&limit=50", "", 1781166302, "ccb85d34d4e2b81448efb3910cd078a5c888acbbac35cd28fce79214408b9a35"},
	{"a part refund", "POST", "https://pay.fluxa.cash/api/v1/orders/ord_01JX4T9M6Q/refund", refundBody, 1781166303, "3e4a3891e9e56202c20304ee85b928fdbb8f714af9901941c719ed455e8b3d08"},
	{"a refund without a body", "POST", "https://pay.fluxa.cash/api/v1/orders/ord_01JX4T9M6Q/refund", "", 1781166304, "225356b31816858cb5cfaf5f16ccdb1ff242a24af0830d4352743a03243ee3d3"},
}

func defined(t testing.TB, given adapters.Values) adapters.Definition {
	t.Helper()
	values := cryptopay.Adapter.Defaults(sandboxed)
	for name, value := range given {
		values[name] = value
	}
	define, err := cryptopay.Adapter.Define(values)
	if err != nil {
		t.Fatal(err)
	}
	return define
}

func TestRequestsAreSignedAsTheProcessorWantsIt(t *testing.T) {
	sign := defined(t, adapters.Values{"api_key": "pk_test_4Qd81", "api_secret": "sk_test_gateway_example_0001"}).Sign
	for _, test := range signatures {
		t.Run(test.name, func(t *testing.T) {
			got := sign(adapters.Wire{Method: test.method, URL: test.url, Body: []byte(test.body)}, time.Unix(test.at, 0))
			want := http.Header{"X-Api-Key": {"pk_test_4Qd81"}, "X-Timestamp": {strconv.FormatInt(test.at, 10)}, "X-Signature": {test.want}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A path is signed as it is sent: %2F stays %2F.
func TestAnEscapedPathIsSignedAsItIsSent(t *testing.T) {
	sign := defined(t, nil).Sign
	body := sha256.Sum256(nil)
	h := hmac.New(sha256.New, []byte("sk_test_sandbox"))
	h.Write([]byte("GET\n/a%2Fb/%C3%A9\nb=1&b=2&x=%20\n7\n" + hex.EncodeToString(body[:])))
	got := sign(adapters.Wire{Method: "get", URL: "https://x.example/a%2Fb/%C3%A9?x=%20&b=2&b=1"}, time.Unix(7, 0))
	if want := hex.EncodeToString(h.Sum(nil)); got.Get("X-Signature") != want {
		t.Errorf("%s, want %s", got.Get("X-Signature"), want)
	}
}

const (
	noticeBody   = `{"event":"payment.refunded","order_id":"ord_01JX4T9M6Q","merchant_order_id":"gw-7f31","amount":"125.40","currency":"USDT","status":"partially_refunded","channel":"usdt_trc20","channel_name":"USDT (TRC20)","is_test":false,"refunded_amount":"25.40"}`
	noticeSecret = "whsec_gateway_example_0001"
	noticeSigned = "8a2258b7afa99f84550a1ecf5fb6197177785ac1f0844c2ac95554f7e9a11e8a"
)

var signed = time.Unix(1781170000, 0)

func message(change func(*canonical.Message)) canonical.Message {
	m := canonical.Message{
		Header: http.Header{"X-Fluxa-Event": {"payment.refunded"}, "X-Fluxa-Timestamp": {"1781170000"}, "X-Fluxa-Signature": {noticeSigned}},
		Body:   []byte(noticeBody), At: signed,
	}
	if change != nil {
		change(&m)
	}
	return m
}

func TestNotificationsAreBelievedOnlyAsSigned(t *testing.T) {
	header := func(name string, value ...string) func(*canonical.Message) {
		return func(m *canonical.Message) { m.Header[name] = value }
	}
	n := defined(t, adapters.Values{"webhook_secret": noticeSecret}).Notifications
	for _, test := range []struct {
		name   string
		change func(*canonical.Message)
		want   bool
	}{
		{"the known answer", nil, true},
		{"300 seconds late", func(m *canonical.Message) { m.At = signed.Add(300 * time.Second) }, true},
		{"300 seconds early", func(m *canonical.Message) { m.At = signed.Add(-300 * time.Second) }, true},
		{"301 seconds late", func(m *canonical.Message) { m.At = signed.Add(301 * time.Second) }, false},
		{"301 seconds early", func(m *canonical.Message) { m.At = signed.Add(-301 * time.Second) }, false},
		{"another time of signing", header("X-Fluxa-Timestamp", "1781170001"), false},
		{"a time that is none", header("X-Fluxa-Timestamp", "soon"), false},
		{"a time beyond all years", header("X-Fluxa-Timestamp", "9223372036854775807"), false},
		{"no time", header("X-Fluxa-Timestamp"), false},
		{"another signature", header("X-Fluxa-Signature", noticeSigned[:63]+"b"), false},
		{"no signature", header("X-Fluxa-Signature"), false},
		{"the signature of a relative", header("X-Fluxa-Signature", "sha256="+noticeSigned), false},
		{"another body", func(m *canonical.Message) { m.Body = append(m.Body, ' ') }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := n.Verify(message(test.change)); got != test.want {
				t.Errorf("%t, want %t", got, test.want)
			}
		})
	}
}

func TestWithoutASecretNoNotificationIsTaken(t *testing.T) {
	if defined(t, adapters.Values{"webhook_secret": ""}).Notifications != nil {
		t.Error("unsigned notifications would be believed")
	}
}

// A live key hears of test orders too.
func TestNotificationsAreReadOfTheirOwnModeAlone(t *testing.T) {
	read := func(key string) (canonical.Notice, error) {
		return defined(t, adapters.Values{"api_key": key, "webhook_secret": noticeSecret}).Notifications.Read(message(nil))
	}
	got, err := read("pk_live_1")
	want := canonical.Notice{ID: "payment.refunded|ord_01JX4T9M6Q|25.40", ProviderID: "ord_01JX4T9M6Q", Reference: "gw-7f31", Event: "payment.refunded"}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if got, err := read("pk_test_1"); canonical.KindOf(err) != canonical.InvalidRequest {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestANotificationAboutNoOrderIsNone(t *testing.T) {
	_, err := defined(t, nil).Notifications.Read(message(func(m *canonical.Message) { m.Body = []byte(`{"event":"subscription.renewed"}`) }))
	if canonical.KindOf(err) != canonical.InvalidRequest {
		t.Error(err)
	}
}

func sealedWith(secret string, body []byte) string {
	key := sha256.Sum256([]byte(secret))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	nonce := []byte("twelve bytes")
	return base64.StdEncoding.EncodeToString(gcm.Seal(nonce, nonce, body, nil))
}

func sealed(secret string) string { return sealedWith(secret, []byte(noticeBody)) }

func TestSealedNotificationsAreOpened(t *testing.T) {
	read := defined(t, adapters.Values{"api_key": "pk_live_1", "webhook_secret": noticeSecret}).Notifications.Read
	for _, test := range []struct {
		name, header, alg, data string
		opens                   bool
	}{
		{"sealed with our secret", "A256GCM", "A256GCM", sealed(noticeSecret), true},
		{"sealed with another", "A256GCM", "A256GCM", sealed("whsec_other"), false},
		{"an algorithm we do not know", "A128CBC", "A128CBC", sealed(noticeSecret), false},
		{"an envelope that says otherwise than its header", "A256GCM", "none", sealed(noticeSecret), false},
		{"an envelope with next to nothing in it", "A256GCM", "A256GCM", "YWJj", false},
		{"what is no base64", "A256GCM", "A256GCM", "%%%", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			body, err := json.Marshal(map[string]string{"alg": test.alg, "data": test.data})
			if err != nil {
				t.Fatal(err)
			}
			got, err := read(message(func(m *canonical.Message) {
				m.Body, m.Header["X-Fluxa-Encryption"] = body, []string{test.header}
			}))
			if (err == nil) != test.opens || (test.opens && got.ProviderID != "ord_01JX4T9M6Q") {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}
