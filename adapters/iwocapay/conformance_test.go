package iwocapay_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/iwocapay"
	"github.com/lendgate/lendgate/canonical"
)

func harness() adaptertest.Harness {
	return adaptertest.Harness{
		Adapter: iwocapay.Adapter, Cases: "testdata/cases", Refusal: refusal, Prove: prove,
		Settings: adapters.Values{"seller_token": "seller-5b0f2c71e9", "former_tokens": "seller-00aa11bb22", "supplier_id": supplier},
	}
}

func TestIwocaPayKeepsEveryRule(t *testing.T) { adaptertest.Run(t, harness()) }

func FuzzRecordedReplies(f *testing.F) { adaptertest.Fuzz(f, harness()) }

func FuzzNotices(f *testing.F) { adaptertest.FuzzNotices(f, harness()) }

// prove signs the raw body with the token. The older dialect has nothing to sign with.
func prove(settings adapters.Values, m *canonical.Message) bool {
	const signature = "X-Iwocapay-Hmac-Sha256"
	if http.Header(m.Header).Get(signature) == "" {
		return false
	}
	mac := hmac.New(sha256.New, []byte(settings.Text("seller_token")))
	mac.Write(m.Body)
	http.Header(m.Header).Set(signature, base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return true
}

// refusal is an error as iwoca writes it: its only code of ours is read from a sentence.
func refusal(status int, code string) adapters.Reply {
	sentences := map[string]string{"terminal_state": "Can't cancel order of terminal state"}
	said, err := json.Marshal(map[string]any{"errors": []map[string]string{{"detail": sentences[code]}}})
	if err != nil {
		panic(err)
	}
	return says(status, string(said))
}
