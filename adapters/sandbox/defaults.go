package sandbox

import (
	"github.com/lendgate/lendgate/adapters/sandbox/creditkey"
	"github.com/lendgate/lendgate/adapters/sandbox/cryptopay"
	"github.com/lendgate/lendgate/adapters/sandbox/ecster"
	"github.com/lendgate/lendgate/adapters/sandbox/iwocapay"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/adapters/sandbox/spendoption"
)

// Defaults are the five lenders with the sandbox credentials, new and without any orders. None of
// the credentials opens anything else.
func Defaults() []lender.Lender {
	return []lender.Lender{
		creditkey.New(creditkey.Settings{
			ClientID: "sandbox", ClientSecret: "sandbox-secret", WebhookSecret: "sandbox-webhook-secret",
		}),
		spendoption.New(spendoption.Settings{
			MerchantID: "0d4c7d1e-52a5-4d0b-9a54-6f2f5f0c9e21", TenantID: "tn-sandbox",
		}),
		ecster.New(ecster.Settings{
			APIKey: "sandbox-api-key", MerchantKey: "10045127", MerchantID: "60417733",
			NoticeName: "X-Shop-Token", NoticeValue: "sandbox-token",
		}),
		iwocapay.New(iwocapay.Settings{
			SellerToken: "sandbox-seller-token", SupplierUUID: "2f0c6f5e-0d5b-4b1e-9a63-5c2b7f6d1a90",
		}),
		cryptopay.New(cryptopay.Settings{
			Key: "pk_test_sandbox", Secret: "sk_test_sandbox", WebhookSecret: "whsec_sandbox_0123456789abcdef",
		}),
	}
}

// peopleAt are the acts of the default lenders, for the index page. Their doc.go says more.
var peopleAt = []struct{ lender, acts string }{
	{"creditkey", "complete leave capture cancel refund review approve"},
	{"spendoption", "authenticate fail release"},
	{"ecster", "complete complete_with_fee complete_part_payment complete_card complete_swish " +
		"await_payment await_decision await_signature await_processing await_staff " +
		"pay approve sign deny fail block leave expire debit credit annul finish_refund fail_refund"},
	{"iwocapay", "begin approve complete complete_pay_now decline leave"},
	{"cryptopay", "seen confirmed pay underpay leave fail late_pay refund resend"},
}
