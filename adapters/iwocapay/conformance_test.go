package iwocapay_test

import (
	"encoding/json"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/iwocapay"
)

func TestIwocaPayKeepsEveryRule(t *testing.T) {
	adaptertest.Run(t, adaptertest.Harness{
		Adapter: iwocapay.Adapter, Cases: "testdata/cases", Refusal: refusal,
		Settings: adapters.Values{"seller_token": "seller-5b0f2c71e9", "former_tokens": "seller-00aa11bb22", "supplier_id": supplier},
	})
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
