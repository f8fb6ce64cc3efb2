package creditkey_test

import (
	"encoding/json"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/creditkey"
)

func TestCreditKeyKeepsEveryRule(t *testing.T) {
	adaptertest.Run(t, adaptertest.Harness{
		Adapter: creditkey.Adapter, Cases: "testdata/cases", Refusal: refusal,
		Settings: adapters.Values{
			"client_id": "client-4410", "client_secret": "secret-5b0f2c71e9", "webhook_secret": "hook-73fd10c2ab",
			"reference_lookup": "ecomm", "public_key": "public-8812", "shared_secret": "shared-0e94c61d",
		},
		Token: func() adapters.Reply {
			return says(200, `{"access_token":"token-for-tests","created_at":1772447400,"expires_in":3600}`)
		},
	})
}

func refusal(status int, code string) adapters.Reply {
	said, err := json.Marshal(map[string]any{"statusCode": status, "message": []string{code}, "error": "no"})
	if err != nil {
		panic(err)
	}
	return says(status, string(said))
}
