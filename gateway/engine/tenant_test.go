package engine_test

import (
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/sandbox/creditkey"
	"github.com/lendgate/lendgate/adapters/sandbox/cryptopay"
	"github.com/lendgate/lendgate/adapters/sandbox/ecster"
	"github.com/lendgate/lendgate/adapters/sandbox/iwocapay"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
)

// accounts are those of the tenant, at each lender that sends notifications.
var accounts = map[string]account{
	"creditkey": {
		adapters.Values{"client_id": "acme", "client_secret": "acme-secret", "webhook_secret": "acme-webhook-secret"},
		func() lender.Lender {
			return creditkey.New(creditkey.Settings{ClientID: "acme", ClientSecret: "acme-secret", WebhookSecret: "acme-webhook-secret"})
		},
	},
	"ecster": {
		adapters.Values{
			"api_key": "acme-api-key", "merchant_key": "20045127", "shop_terms_url": "https://acme.example/terms",
			"notification_header_name": "X-Shop-Token", "notification_header_value": "acme-token",
		},
		func() lender.Lender {
			return ecster.New(ecster.Settings{APIKey: "acme-api-key", MerchantKey: "20045127", NoticeName: "X-Shop-Token", NoticeValue: "acme-token"})
		},
	},
	"iwocapay": {
		adapters.Values{"seller_token": "acme-seller-token", "supplier_id": "5b2f6c01-9d5b-4b1e-9a63-5c2b7f6d1a90"},
		func() lender.Lender {
			return iwocapay.New(iwocapay.Settings{SellerToken: "acme-seller-token", SupplierUUID: "5b2f6c01-9d5b-4b1e-9a63-5c2b7f6d1a90"})
		},
	},
	"cryptopay": {
		adapters.Values{"api_key": "pk_test_acme", "api_secret": "sk_test_acme", "webhook_secret": "whsec_acme", "channel": "mock"},
		func() lender.Lender {
			return cryptopay.New(cryptopay.Settings{Key: "pk_test_acme", Secret: "sk_test_acme", WebhookSecret: "whsec_acme"})
		},
	},
}

// withTenant is a style whose tenant has credentials of its own.
func withTenant(s style) style {
	own := accounts[s.name()]
	s.tenant = &own
	return s
}

// TestAMessageIsAboutAnOrderOfItsOwnCredentials has an order of one name at two lenders: both count alike.
func TestAMessageIsAboutAnOrderOfItsOwnCredentials(t *testing.T) {
	ends := map[string]struct {
		do     string
		status canonical.Status
	}{
		"creditkey": {"leave", canonical.StatusCanceled}, "ecster": {"complete", canonical.StatusAuthorized},
		"iwocapay": {"complete", canonical.StatusCaptured}, "cryptopay": {"pay", canonical.StatusCaptured},
	}
	for _, one := range tellings[:4] {
		t.Run(one.name, func(t *testing.T) {
			s, end := withTenant(one.style), ends[one.name]
			theirs := mount(s.name(), tenant)
			k := newKit(t, s)
			stranger(k, one.style, "1000.00")
			foreign := k.mail()
			call := k.call()
			call.Merchant = tenant
			created, err := k.engine.Create(t.Context(), call, s.newOrder("1000.00"))
			if err != nil {
				t.Fatal(err)
			}
			order := created.Order
			k.act(theirs, order.ProviderOrder.Reference, end.do, "")
			own := k.mail()
			if here, there := k.world.Orders(s.name())[0], k.world.Orders(theirs)[0]; here.ID != there.ID {
				t.Fatalf("the lenders call the orders %s and %s: the test wants one name", here.ID, there.ID)
			}
			foreign = append(foreign, one.forged(foreign[0], k.world.Orders(s.name())[0].Reference, order.ProviderOrder.Reference))
			looks := k.looks(theirs)
			k.deliverThese(foreign)
			k.later(time.Minute)
			if after := k.all()[0]; after.Version != order.Version || k.looks(theirs) != looks {
				t.Errorf("version %d after %d, %d looks", after.Version, order.Version, k.looks(theirs)-looks)
			}
			k.wantTimers()
			k.deliverThese(own)
			k.later(soon)
			if got := k.all()[0]; got.Status != end.status {
				t.Errorf("the order is %s, want %s", got.Status, end.status)
			}
			k.wantAbout(order.ID, own)
			k.wantVerified()
		})
	}
}
