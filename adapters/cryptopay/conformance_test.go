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
)

func harness() adaptertest.Harness {
	return adaptertest.Harness{
		Adapter: cryptopay.Adapter, Cases: "testdata/cases", Refusal: refusal, Prove: prove,
		Settings: adapters.Values{
			"api_key": "pk_test_suite", "api_secret": "sk_suite_0d9a7e31", "webhook_secret": "whsec_suite_58c1f0e2", "channel": "mock",
		},
	}
}

func TestCryptopayKeepsEveryRule(t *testing.T) { adaptertest.Run(t, harness()) }

func FuzzRecordedReplies(f *testing.F) { adaptertest.Fuzz(f, harness()) }

func FuzzNotices(f *testing.F) { adaptertest.FuzzNotices(f, harness()) }

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
