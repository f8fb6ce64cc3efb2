package cryptopay_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/cryptopay"
)

func harness() adaptertest.Harness {
	return adaptertest.Harness{
		Adapter: cryptopay.Adapter, Cases: "testdata/cases", Refusal: refusal,
		Settings: adapters.Values{
			"api_key": "pk_test_suite", "api_secret": "sk_suite_0d9a7e31", "webhook_secret": "whsec_suite_58c1f0e2", "channel": "mock",
		},
	}
}

func TestCryptopayKeepsEveryRule(t *testing.T) { adaptertest.Run(t, harness()) }

func FuzzRecordedReplies(f *testing.F) { adaptertest.Fuzz(f, harness()) }

func refusal(status int, code string) adapters.Reply {
	body := fmt.Sprintf(`{"error":{"code":%q,"message":"no"}}`, code)
	return adapters.Reply{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body)}
}
