package creditkey_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"hash"
	"net/http"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/creditkey"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/simulation/proof"
)

func harness() adaptertest.Harness {
	return adaptertest.Harness{
		Adapter: creditkey.Adapter, Cases: "testdata/cases", Refusal: refusal, Prove: prove, Yes: yes, Number: "merchant_order_id",
		Settings: adapters.Values{
			"client_id": "client-4410", "client_secret": "secret-5b0f2c71e9", "webhook_secret": "hook-73fd10c2ab",
			"reference_lookup": "ecomm", "public_key": "public-8812", "shared_secret": "shared-0e94c61d",
		},
		Token: func() adapters.Reply {
			return says(200, `{"access_token":"token-for-tests","created_at":1772447400,"expires_in":3600}`)
		},
	}
}

func TestCreditKeyKeepsEveryRule(t *testing.T) { adaptertest.Run(t, harness()) }

func TestEvilAnswers(t *testing.T) { adaptertest.Hunt(t, harness(), proof.Long, proof.Keep) }

func FuzzRecordedReplies(f *testing.F) { adaptertest.Fuzz(f, harness()) }

func FuzzNotices(f *testing.F) { adaptertest.FuzzNotices(f, harness()) }

// yes is Credit Key's: the order with its new status. What of a refund shows is not documented.
var yes = []adaptertest.Yes{
	{Row: "create", Says: []adaptertest.Said{
		{At: "/key", Is: adaptertest.AText}, {At: "/status", Is: adaptertest.Word("CREATED", "PENDING", "AUTHORIZED"), May: true},
		{At: "/amount", Is: adaptertest.TheAmount, May: true}, {At: "/merchant_order_id", Is: adaptertest.TheReference, May: true},
	}},
	{Row: "authorize", Says: status("AUTHORIZED")},
	{Row: "update", Says: []adaptertest.Said{theOrder, {At: "/status", Is: adaptertest.Word("CREATED", "PENDING", "AUTHORIZED")}}},
	{Row: "update_amount", Says: status("CREATED", "PENDING", "AUTHORIZED")},
	{Row: "capture", Says: status("CAPTURED")},
	{Row: "cancel", Says: []adaptertest.Said{theOrder, {At: "/status", Is: adaptertest.Word("CANCELED")}}},
	{Row: "cancel_part", Says: []adaptertest.Said{theOrder, {At: "/status", Is: adaptertest.Word("AUTHORIZED")},
		{At: "/amount", Is: adaptertest.Figure(func(a adaptertest.Asked) canonical.Amount { return a.Order.Totals.Net().Sub(a.Amount.Value) })}}},
	{Row: "refund_all", Says: refunded}, {Row: "refund", Says: refunded},
}

var (
	theOrder = adaptertest.Said{At: "/key", Is: adaptertest.TheOrder}
	refunded = []adaptertest.Said{theOrder, {At: "/status", Is: adaptertest.Word("CAPTURED", "RETURNED")},
		{At: "/message", Is: adaptertest.NoComplaint}, {At: "/error", Is: adaptertest.NoComplaint}}
)

func status(words ...string) []adaptertest.Said {
	return []adaptertest.Said{theOrder, {At: "/status", Is: adaptertest.Word(words...)}, {At: "/amount", Is: adaptertest.TheAmount}}
}

// prove signs the raw body.
func prove(settings adapters.Values, m *canonical.Message) bool {
	hashes := map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha512": sha512.New}
	mac := hmac.New(hashes[settings.Text("webhook_signature_algorithm")], []byte(settings.Text("webhook_secret")))
	mac.Write(m.Body)
	signature := hex.EncodeToString(mac.Sum(nil))
	if settings.Text("webhook_signature_encoding") == "base64" {
		signature = base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	http.Header(m.Header).Set(settings.Text("webhook_signature_header"), signature)
	return true
}

func refusal(status int, code string) adapters.Reply {
	said, err := json.Marshal(map[string]any{"statusCode": status, "message": []string{code}, "error": "no"})
	if err != nil {
		panic(err)
	}
	return says(status, string(said))
}
