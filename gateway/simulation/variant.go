package simulation

import (
	"maps"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/sandbox/creditkey"
	"github.com/lendgate/lendgate/adapters/sandbox/cryptopay"
	"github.com/lendgate/lendgate/adapters/sandbox/ecster"
	"github.com/lendgate/lendgate/adapters/sandbox/iwocapay"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/adapters/sandbox/spendoption"
	"github.com/lendgate/lendgate/canonical"
)

// variants are the styles with other settings, and the lenders that go with them. A run draws one of them, or
// the usual one.
var variants = []*style{
	variant("creditkey", "finds orders by our number", adapters.Values{"reference_lookup": "ecomm", "public_key": "public", "shared_secret": "shared"},
		creditkeyWith(func(s *creditkey.Settings) { s.PublicKey, s.SharedSecret = "public", "shared" })),
	variant("creditkey", "second generation", adapters.Values{"path_prefix": "/v2"},
		creditkeyWith(func(s *creditkey.Settings) { s.Prefix = "/v2" })).does([][]string{{"review", "approve"}, {"review"}, {}, {}}),
	variant("creditkey", "a day to capture", adapters.Values{"authorization_days": "1"},
		creditkeyWith(func(s *creditkey.Settings) { s.CancelAfter = 24 * time.Hour })),
	variant("spendoption", "keys replay refusals", adapters.Values{"idempotency_replays_refusals": "true"}, spendoptionWith(nil)),
	variant("spendoption", "keys are not trusted", adapters.Values{"idempotent_ops": "authorize"},
		spendoptionWith(func(s *spendoption.Settings) { s.IgnoresKeyOn = []string{"settle", "reverse", "refund"} })),
	variant("spendoption", "no authentication", adapters.Values{"sca": "off"}, spendoptionWith(nil)),
	variant("spendoption", "a capture releases the rest", adapters.Values{"capture_releases_rest": "true"},
		spendoptionWith(func(s *spendoption.Settings) { s.SettleReleasesRest = true })),
	variant("ecster", "tells nobody", adapters.Values{"notification_header_name": "", "notification_header_value": ""}, func() lender.Lender {
		return ecster.New(ecster.Settings{APIKey: "sandbox-api-key", MerchantKey: "10045127", MerchantID: "60417733"})
	}),
	variant("iwocapay", "forgets what was canceled", nil, func() lender.Lender {
		return iwocapay.New(iwocapay.Settings{SellerToken: "sandbox-seller-token", SupplierUUID: "2f0c6f5e-0d5b-4b1e-9a63-5c2b7f6d1a90", ForgetCanceled: true})
	}),
	variant("cryptopay", "settles directly", adapters.Values{"channel": "usdt_trc20"}, cryptopayWith(nil)).asking(canonical.OpCancel, canonical.OpRefund),
	variant("cryptopay", "encrypts what it tells", nil, cryptopayWith(func(s *cryptopay.Settings) { s.EncryptWebhooks = true })),
}

// variant is a style with other settings.
func variant(of, name string, settings adapters.Values, opens func() lender.Lender) *style {
	s := *styleNamed(of)
	s.variant, s.opens, s.settings = name, opens, maps.Clone(s.settings)
	for key, value := range settings {
		s.settings[key] = value
	}
	s.complete()
	return &s
}

// does says what the customers of a variant do.
func (s *style) does(finishes [][]string) *style {
	s.finishes = finishes
	return s
}

// asking says what merchants ask for with a variant.
func (s *style) asking(kinds ...canonical.OperationKind) *style {
	s.asks, s.staff = kinds, nil
	return s
}

func creditkeyWith(change func(*creditkey.Settings)) func() lender.Lender {
	return func() lender.Lender {
		s := creditkey.Settings{ClientID: "sandbox", ClientSecret: "sandbox-secret", WebhookSecret: "sandbox-webhook-secret"}
		change(&s)
		return creditkey.New(s)
	}
}

func spendoptionWith(change func(*spendoption.Settings)) func() lender.Lender {
	return func() lender.Lender {
		s := spendoption.Settings{MerchantID: "0d4c7d1e-52a5-4d0b-9a54-6f2f5f0c9e21", TenantID: "tn-sandbox"}
		if change != nil {
			change(&s)
		}
		return spendoption.New(s)
	}
}

func cryptopayWith(change func(*cryptopay.Settings)) func() lender.Lender {
	return func() lender.Lender {
		s := cryptopay.Settings{Key: "pk_test_sandbox", Secret: "sk_test_sandbox", WebhookSecret: "whsec_sandbox_0123456789abcdef"}
		if change != nil {
			change(&s)
		}
		return cryptopay.New(s)
	}
}

// likelyVariant is how often a run has one of the variants of a style that has some.
const likelyVariant = 0.4

// drawVariant draws which settings a style has.
func drawVariant(d *dice, s *style) *style {
	var all []*style
	for _, v := range variants {
		if v.name() == s.name() {
			all = append(all, v)
		}
	}
	if len(all) == 0 || !d.happens(likelyVariant) {
		return s
	}
	return pick(d, all...)
}
