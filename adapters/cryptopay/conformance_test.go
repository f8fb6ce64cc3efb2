package cryptopay_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/cryptopay"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/simulation/proof"
)

func harness() adaptertest.Harness {
	return adaptertest.Harness{
		Adapter: cryptopay.Adapter, Cases: "testdata/cases", Refusal: refusal, Prove: prove, Yes: yes, Number: "merchant_order_id",
		Settings: adapters.Values{
			"api_key": "pk_test_suite", "api_secret": "sk_suite_0d9a7e31", "webhook_secret": "whsec_suite_58c1f0e2", "channel": "mock",
		},
	}
}

func TestCryptopayKeepsEveryRule(t *testing.T) { adaptertest.Run(t, harness()) }

func TestEvilAnswers(t *testing.T) { adaptertest.Hunt(t, harness(), proof.Long, proof.Keep) }

func FuzzRecordedReplies(f *testing.F) { adaptertest.Fuzz(f, harness()) }

func FuzzNotices(f *testing.F) { adaptertest.FuzzNotices(f, harness()) }

// yes is fluxa's: a charge shows the order as it was asked for, a refund the total that is refunded now.
var yes = []adaptertest.Yes{
	{Row: "charge", Says: []adaptertest.Said{
		{At: "/order/id", Is: adaptertest.AText}, {At: "/order/status", Is: adaptertest.AText}, {At: "/order/is_test", Is: adaptertest.Exactly(true), May: true},
		{At: "/order/amount", Is: adaptertest.TheAmount}, {At: "/order/currency", Is: adaptertest.TheCurrency},
		{At: "/order/merchant_order_id", Is: adaptertest.TheReference, May: true}, {At: "/idempotent", Is: adaptertest.NotBefore, May: true},
	}},
	{Row: "refund", Says: []adaptertest.Said{
		{At: "/order/id", Is: adaptertest.TheOrder}, {At: "/order/status", Is: adaptertest.Word("partially_refunded", "refunded")},
		{At: "/order/is_test", Is: adaptertest.Exactly(true), May: true}, {At: "/order/currency", Is: adaptertest.TheCurrency},
	}, Also: totalRefunded},
}

// totalRefunded: what was refunded before and what was asked for make the total, which is the whole
// amount where the status says so, and less where it does not.
func totalRefunded(a adaptertest.Asked, look adaptertest.Look) bool {
	total := a.Order.Totals.Refunded.Add(a.Amount.Value)
	said, whole := look("/order/refunded_amount"), a.IsFigure(look("/order/amount"), total)
	if look("/order/status") == "refunded" {
		return whole && (said == nil || a.IsFigure(said, total))
	}
	return !whole && a.IsFigure(said, total)
}

// prove signs the body with its time, sealed before that where the message says that it is.
func prove(settings adapters.Values, m *canonical.Message) bool {
	secret, header := settings.Text("webhook_secret"), http.Header(m.Header)
	if header.Get("X-Fluxa-Encryption") != "" {
		m.Body = fmt.Appendf(nil, `{"alg":"A256GCM","data":%q}`, sealedWith(secret, m.Body))
	}
	timestamp := strconv.FormatInt(m.At.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp + "." + string(m.Body)))
	header.Set("X-Fluxa-Timestamp", timestamp)
	header.Set("X-Fluxa-Signature", hex.EncodeToString(mac.Sum(nil)))
	return true
}

func refusal(status int, code string) adapters.Reply {
	body := fmt.Sprintf(`{"error":{"code":%q,"message":"no"}}`, code)
	return adapters.Reply{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body)}
}
