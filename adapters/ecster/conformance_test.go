package ecster_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/ecster"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/simulation/proof"
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
		Adapter: ecster.Adapter, Settings: given(), Cases: "testdata/cases", Refusal: refusal, Yes: yes, Number: "orderReference", Mark: "transactionReference",
		// The header and the address stay as they are: nothing of the body is proven.
		Prove: func(adapters.Values, *canonical.Message) bool { return true },
		// What the recorded replies tell of the customer.
		Private: []string{"SE850617-2396", "Sandlund", "Provgatan", "alva@example.com", "+46700000012"},
		// A notification can only come to the address the cart names.
		InBody: []string{"notification_path_secret"},
	}
}

func TestEcsterKeepsEveryRule(t *testing.T) { adaptertest.Run(t, harness()) }

func TestEvilAnswers(t *testing.T) { adaptertest.Hunt(t, harness(), proof.Long, proof.Keep) }

func FuzzRecordedReplies(f *testing.F) { adaptertest.Fuzz(f, harness()) }

func FuzzNotices(f *testing.F) { adaptertest.FuzzNotices(f, harness()) }

func refusal(status int, code string) adapters.Reply {
	body := fmt.Sprintf(`{"code":%s,"type":"REFUSED","message":"no"}`, code)
	return adapters.Reply{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body)}
}

// yes is Ecster's: the transaction that was made. Of a Swish refund a status is all.
var yes = []adaptertest.Yes{
	{Row: "cart", Says: []adaptertest.Said{{At: "/checkoutCart/key", Is: adaptertest.AText}}},
	{Row: "reference"},
	{Row: "debit", Says: made(adaptertest.Exactly("DEBIT"), adaptertest.Word("PARTIALLY_DELIVERED", "FULLY_DELIVERED"), adaptertest.TheAmount)},
	{Row: "credit", Says: append(made(adaptertest.Exactly("CREDIT"), adaptertest.Word("PARTIALLY_DELIVERED", "FULLY_DELIVERED"), adaptertest.TheAmount),
		adaptertest.Said{At: "/transaction/debitTransaction", Is: adaptertest.TheCapture, May: true})},
	{Row: "annul", Says: made(adaptertest.Exactly("ANNUL", "ANNULL"), adaptertest.Word("ANNULLED", "ANNULED"), adaptertest.AnyFigure)},
	{Row: "swish_refund", Says: []adaptertest.Said{{At: "/status", Is: adaptertest.Word("SUCCESS")}}},
}

func made(kind, status, amount adaptertest.Claim) []adaptertest.Said {
	return []adaptertest.Said{
		{At: "/orderStatus", Is: status}, {At: "/transaction/id", Is: adaptertest.AText}, {At: "/transaction/amount", Is: amount},
		{At: "/transaction/type", Is: kind}, {At: "/transaction/transactionReference", Is: adaptertest.TheReference, May: true},
	}
}
