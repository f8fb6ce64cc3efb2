package ecster_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/ecster"
	"github.com/lendgate/lendgate/canonical"
)

// given are settings for tests: none of them opens anything.
func given() adapters.Values {
	return adapters.Values{
		"api_key": "key-5b0f2c71e9", "merchant_key": "10045127", "shop_terms_url": "https://shop.test/terms",
		"notification_header_name": "X-Shop-Token", "notification_header_value": "token-93ac1d07",
		"notification_path_secret": "path-4e8b6f25",
	}
}

func harness() adaptertest.Harness {
	return adaptertest.Harness{
		Adapter: ecster.Adapter, Settings: given(), Cases: "testdata/cases", Refusal: refusal,
		// The header and the address stay as they are: nothing of the body is proven.
		Prove: func(adapters.Values, *canonical.Message) bool { return true },
		// What the recorded replies tell of the customer.
		Private: []string{"SE850617-2396", "Sandlund", "Provgatan", "alva@example.com", "+46700000012"},
		// A notification can only come to the address the cart names.
		InBody: []string{"notification_path_secret"},
	}
}

func TestEcsterKeepsEveryRule(t *testing.T) { adaptertest.Run(t, harness()) }

func FuzzRecordedReplies(f *testing.F) { adaptertest.Fuzz(f, harness()) }

func FuzzNotices(f *testing.F) { adaptertest.FuzzNotices(f, harness()) }

func refusal(status int, code string) adapters.Reply {
	body := fmt.Sprintf(`{"code":%s,"type":"REFUSED","message":"no"}`, code)
	return adapters.Reply{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body)}
}
