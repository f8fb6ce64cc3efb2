package harbor_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/declared"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/docs/harbor"
)

// TestHarborKeepsEveryRule, in Go and by its contract alike, with the same recorded exchanges.
func TestHarborKeepsEveryRule(t *testing.T) {
	t.Run("in Go", func(t *testing.T) { adaptertest.Run(t, harness(harbor.Adapter)) })
	t.Run("by its contract", func(t *testing.T) { adaptertest.Run(t, harness(contract(t))) })
}

func contract(t *testing.T) adapters.Adapter {
	text, err := os.ReadFile("harbor.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, mistakes := declared.Read("harbor.yaml", text)
	if err := mistakes.Err(); err != nil {
		t.Fatal(err)
	}
	return c.Adapter()
}

func harness(adapter adapters.Adapter) adaptertest.Harness {
	return adaptertest.Harness{
		Adapter: adapter, Cases: "harbor/cases", Refusal: refusal, Prove: prove, Yes: yes, Number: "merchant_ref", Mark: "ref",
		Settings: adapters.Values{"api_key": "harbor-5b0f2c71e9", "signing_secret": "harbor-signing-77ab12"},
		Private:  []string{"Mia Holm", "mia@example.com"},
	}
}

// yes is Harbor Pay's, from its documentation.
var yes = []adaptertest.Yes{
	{Row: "create", Says: []adaptertest.Said{
		{At: "/id", Is: adaptertest.AText}, {At: "/state", Is: adaptertest.Word("AWAITING_BUYER")}, {At: "/pay_url", Is: adaptertest.AText},
		{At: "/merchant_ref", Is: adaptertest.TheReference}, {At: "/total/value", Is: adaptertest.TheAmount},
	}},
	{Row: "capture", Says: []adaptertest.Said{
		{At: "/capture_id", Is: adaptertest.AText}, {At: "/ref", Is: adaptertest.TheReference}, {At: "/amount/value", Is: adaptertest.TheAmount},
	}},
	{Row: "refund", Says: []adaptertest.Said{
		{At: "/refund_id", Is: adaptertest.AText}, {At: "/ref", Is: adaptertest.TheReference}, {At: "/amount/value", Is: adaptertest.TheAmount},
	}},
	{Row: "cancel", Says: []adaptertest.Said{{At: "/id", Is: adaptertest.TheOrder}, {At: "/open/value", Is: adaptertest.AnyFigure}}},
}

func refusal(status int, code string) adapters.Reply {
	text, err := json.Marshal(map[string]any{"error": map[string]string{"code": code, "message": "no"}})
	if err != nil {
		panic(err)
	}
	return adapters.Reply{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: text}
}

func prove(settings adapters.Values, m *canonical.Message) bool {
	mac := hmac.New(sha256.New, []byte(settings.Text("signing_secret")))
	mac.Write(m.Body)
	http.Header(m.Header).Set("X-Harbor-Signature", hex.EncodeToString(mac.Sum(nil)))
	return true
}
