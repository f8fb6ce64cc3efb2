package engine_test

import (
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/creditkey"
	"github.com/lendgate/lendgate/adapters/cryptopay"
	"github.com/lendgate/lendgate/adapters/ecster"
	"github.com/lendgate/lendgate/adapters/iwocapay"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/adapters/spendoption"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

// style is one kind of lender, and how an order of it comes to hold money.
type style struct {
	adapter  adapters.Adapter
	settings adapters.Values
	currency string
	customer string                              // the borrower's reference, where the lender wants one
	reserve  func(k *kit, order canonical.Order) // from created to reserved, or paid where that is one step
	books    []string                            // the effects this lender's Book knows
	polling  canonical.Polling                   // when orders that wait are read; zero: never
	closes   time.Duration                       // when what no customer has finished is canceled; 0: never
	lender   func() lender.Lender                // nil: the sandbox's own
	tenant   *account                            // a merchant with credentials of its own; nil: there is none
}

func (s style) name() string { return s.adapter.Name }

// styles are the five, with the sandbox credentials.
var styles = []style{creditkeyStyle, spendoptionStyle, ecsterStyle, iwocapayStyle, cryptopayStyle}

var (
	creditkeyStyle = style{
		adapter: creditkey.Adapter, currency: "USD", customer: "4711", reserve: authorizes, books: all,
		settings: adapters.Values{"client_id": "sandbox", "client_secret": "sandbox-secret", "webhook_secret": "sandbox-webhook-secret"},
	}
	spendoptionStyle = style{
		adapter: spendoption.Adapter, currency: "GBP", customer: "customer-7", reserve: authorizes, books: all,
		settings: adapters.Values{"merchant_id": "0d4c7d1e-52a5-4d0b-9a54-6f2f5f0c9e21", "tenant_id": "tn-sandbox"},
	}
	ecsterStyle = style{
		adapter: ecster.Adapter, currency: "SEK", reserve: completes("complete"), books: all,
		settings: adapters.Values{
			"api_key": "sandbox-api-key", "merchant_key": "10045127", "shop_terms_url": "https://shop.example/terms",
			"notification_header_name": "X-Shop-Token", "notification_header_value": "sandbox-token",
		},
	}
	iwocapayStyle = style{
		adapter: iwocapay.Adapter, currency: "GBP", reserve: completes("complete"), books: []string{"capture"},
		settings: adapters.Values{"seller_token": "sandbox-seller-token", "supplier_id": "2f0c6f5e-0d5b-4b1e-9a63-5c2b7f6d1a90"},
	}
	cryptopayStyle = style{
		adapter: cryptopay.Adapter, currency: "USDT", reserve: completes("pay"), books: []string{"capture", "refund"},
		settings: adapters.Values{"api_key": "pk_test_sandbox", "api_secret": "sk_test_sandbox", "webhook_secret": "whsec_sandbox_0123456789abcdef", "channel": "mock"},
	}
	all = []string{"authorize", "capture", "cancel", "refund"}
)

// authorizes is how the merchant reserves.
func authorizes(k *kit, order canonical.Order) {
	k.Helper()
	k.do(order.ID, engine.Ask{Kind: canonical.OpAuthorize, Plan: &canonical.Plan{Installments: 12}})
}

// completes is how the customer reserves or pays, at the lender.
func completes(do string) func(*kit, canonical.Order) {
	return func(k *kit, order canonical.Order) {
		k.Helper()
		k.act(order.Provider, order.ProviderOrder.Reference, do, "")
		k.sync(order.ID)
	}
}

// newOrder is a valid order of a style.
func (s style) newOrder(amount string) engine.NewOrder {
	return engine.NewOrder{
		Provider: s.name(), Reference: "ORD-1", Amount: money(amount, s.currency), ReturnURL: "https://shop.example/back",
		Customer: canonical.Customer{Reference: s.customer},
	}
}

// created is a kit with one order of a style.
func (s style) created(t tester, amount string) (*kit, canonical.Order) {
	t.Helper()
	k := newKit(t, s)
	return k, k.create(s.newOrder(amount)).Order
}

// reserved is a kit with one order of a style whose money is reserved, or paid where that is one step.
func (s style) reserved(t tester, amount string) (*kit, canonical.Order) {
	t.Helper()
	k, order := s.created(t, amount)
	s.reserve(k, order)
	return k, k.order(order.ID)
}

func (s style) money(value string) *canonical.Money { return money(value, s.currency) }

// polled is a style whose orders are read as long as they wait.
func polled(s style) style {
	s.polling = canonical.Polling{After: time.Minute, Until: 72 * time.Hour}
	return s
}
