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
	"github.com/lendgate/lendgate/gateway/simulation/proof"
)

func harness() adaptertest.Harness {
	return adaptertest.Harness{
		Adapter: iwocapay.Adapter, Cases: "testdata/cases", Refusal: refusal, Prove: prove, Yes: yes, FoldIDs: true, Number: "reference",
		Settings: adapters.Values{"seller_token": "seller-5b0f2c71e9", "former_tokens": "seller-00aa11bb22", "supplier_id": supplier},
	}
}

func TestIwocaPayKeepsEveryRule(t *testing.T) { adaptertest.Run(t, harness()) }

func TestEvilAnswers(t *testing.T) { adaptertest.Hunt(t, harness(), proof.Long, proof.Keep) }

func FuzzRecordedReplies(f *testing.F) { adaptertest.Fuzz(f, harness()) }

func FuzzNotices(f *testing.F) { adaptertest.FuzzNotices(f, harness()) }

// yes is iwoca's. Of a cancel a 2xx is all that is known.
var yes = []adaptertest.Yes{
	{Row: "create", Says: []adaptertest.Said{
		{At: "/data/id", Is: adaptertest.AText}, {At: "/data/status", Is: adaptertest.AText}, {At: "/data/order_url", Is: adaptertest.AText},
		{At: "/data/amount", Is: adaptertest.TheAmount}, {At: "/data/reference", Is: adaptertest.TheReference, May: true},
	}},
	{Row: "cancel", Says: []adaptertest.Said{
		{At: "/data/id", Is: adaptertest.TheOrder}, {At: "/data/status", Is: adaptertest.Word("UNSUCCESSFUL")}, {At: "/errors", Is: adaptertest.NoComplaint},
	}},
}

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
