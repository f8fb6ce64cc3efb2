package simulation

import (
	"slices"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/creditkey"
	"github.com/lendgate/lendgate/adapters/cryptopay"
	"github.com/lendgate/lendgate/adapters/ecster"
	"github.com/lendgate/lendgate/adapters/iwocapay"
	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/adapters/spendoption"
	"github.com/lendgate/lendgate/canonical"
)

// style is one kind of lender: the real definition, and what people do there.
type style struct {
	adapter   adapters.Adapter
	variant   string // of its settings, and of the lender's; "" is the usual one
	settings  adapters.Values
	opens     func() lender.Lender // with credentials and habits that fit the settings
	currency  string
	customer  string // the borrower's reference, where the lender wants one
	define    adapters.Definition
	asks      []canonical.OperationKind // what a merchant may try
	finishes  [][]string                // what a customer does, one way or another; the likely ways come several times
	staff     []staffAct
	books     []canonical.OperationKind // the movements that the lender's book has
	closes    time.Duration
	authorize bool // the merchant authorizes, not the customer
}

// staffAct is what somebody can do in the lender's own dashboard.
type staffAct struct {
	do     string
	amount bool // it takes one
}

func (s *style) name() string { return s.adapter.Name }

// String names the style and its variant.
func (s *style) String() string {
	if s.variant == "" {
		return s.name()
	}
	return s.name() + " (" + s.variant + ")"
}

// styles are the five, with the credentials of the simulated lenders.
var styles = defined(
	&style{
		adapter: creditkey.Adapter, currency: "USD", customer: "4711", authorize: true,
		settings: adapters.Values{"client_id": "sandbox", "client_secret": "sandbox-secret", "webhook_secret": "sandbox-webhook-secret"},
		asks:     []canonical.OperationKind{canonical.OpAuthorize, canonical.OpUpdate, canonical.OpCapture, canonical.OpCancel, canonical.OpRefund},
		finishes: [][]string{{"complete"}, {}, {}, {"leave"}},
		staff:    []staffAct{{"capture", false}, {"cancel", false}, {"refund", true}},
		books:    allMoney,
	},
	&style{
		adapter: spendoption.Adapter, currency: "GBP", customer: "customer-7", authorize: true,
		settings: adapters.Values{"merchant_id": "0d4c7d1e-52a5-4d0b-9a54-6f2f5f0c9e21", "tenant_id": "tn-sandbox"},
		asks:     []canonical.OperationKind{canonical.OpAuthenticate, canonical.OpAuthorize, canonical.OpCapture, canonical.OpCancel, canonical.OpRefund},
		finishes: [][]string{{"authenticate"}, {"authenticate"}, {"fail"}},
		staff:    []staffAct{{"release", false}},
		books:    allMoney,
	},
	&style{
		adapter: ecster.Adapter, currency: "SEK",
		settings: adapters.Values{
			"api_key": "sandbox-api-key", "merchant_key": "10045127", "shop_terms_url": "https://shop.example/terms",
			"notification_header_name": "X-Shop-Token", "notification_header_value": "sandbox-token",
		},
		asks: []canonical.OperationKind{canonical.OpUpdate, canonical.OpCapture, canonical.OpCapture, canonical.OpCancel, canonical.OpRefund},
		finishes: [][]string{
			{"complete"}, {"complete"}, {"complete"}, {"complete_with_fee"}, {"complete_part_payment"}, {"complete_card"}, {"complete_swish"},
			{"await_decision", "approve"}, {"await_signature", "sign"}, {"await_payment", "pay"}, {"await_processing", "complete"},
			{"await_staff", "complete"}, {"await_decision", "deny"}, {"await_signature", "leave"}, {"deny"}, {"leave"}, {"expire"},
		},
		staff: []staffAct{{"debit", true}, {"credit", true}, {"annul", false}},
		books: allMoney,
	},
	&style{
		adapter: iwocapay.Adapter, currency: "GBP",
		settings: adapters.Values{"seller_token": "sandbox-seller-token", "supplier_id": "2f0c6f5e-0d5b-4b1e-9a63-5c2b7f6d1a90"},
		asks:     []canonical.OperationKind{canonical.OpCancel, canonical.OpCancel, canonical.OpCapture, canonical.OpUpdate},
		finishes: [][]string{{"complete"}, {"begin", "approve", "complete"}, {"begin", "complete_pay_now"}, {"begin", "decline"}, {"begin", "approve"}, {"decline"}, {"leave"}},
		books:    []canonical.OperationKind{canonical.OpCapture},
		closes:   72 * time.Hour,
	},
	&style{
		adapter: cryptopay.Adapter, currency: "USDT",
		settings: adapters.Values{
			"api_key": "pk_test_sandbox", "api_secret": "sk_test_sandbox", "webhook_secret": "whsec_sandbox_0123456789abcdef", "channel": "mock",
		},
		asks:     []canonical.OperationKind{canonical.OpRefund, canonical.OpRefund, canonical.OpCancel, canonical.OpCapture},
		finishes: [][]string{{"pay"}, {"pay"}, {"seen", "confirmed"}, {"underpay", "pay"}, {"late_pay"}, {"leave"}, {"fail"}},
		staff:    []staffAct{{"refund", true}},
		books:    []canonical.OperationKind{canonical.OpCapture, canonical.OpRefund},
	},
)

var allMoney = []canonical.OperationKind{canonical.OpAuthorize, canonical.OpCapture, canonical.OpCancel, canonical.OpRefund}

// defined completes styles with the lenders that the sandbox offers to a newcomer.
func defined(all ...*style) []*style {
	for _, s := range all {
		s.opens = func() lender.Lender {
			all := sandbox.Defaults()
			return all[slices.IndexFunc(all, func(l lender.Lender) bool { return l.Name() == s.name() })]
		}
		s.complete()
	}
	return all
}

// complete makes the definition, which is a value that all runs share.
func (s *style) complete() {
	define, err := s.adapter.Define(s.adapter.Defaults(s.settings))
	if err != nil {
		panic("simulation: " + s.String() + ": " + err.Error())
	}
	s.define = define
}

func styleNamed(name string) *style {
	for _, s := range styles {
		if s.name() == name {
			return s
		}
	}
	return nil
}

// styleOf is the style of an order's provider in this run.
func (r *run) styleOf(provider string) *style {
	for _, s := range r.styles {
		if s.name() == provider {
			return s
		}
	}
	return nil
}

// client is one lender's, in one process.
func (p *process) client(s *style) *adapters.Client {
	return adapters.NewClient(adapters.ClientOptions{
		Provider: canonical.Provider{ID: s.name(), Mode: canonical.Test, Config: "simulated", Polling: canonical.Polling{After: p.run.plan.polls, Until: 72 * time.Hour}, CloseAfter: s.closes},
		Adapter:  s.adapter, Define: s.define, BaseURL: "http://lender/" + s.name(), NotifyURL: noticeURL(s.name()),
		Timeouts:  adapters.Timeouts{Write: 25 * time.Second, Read: 8 * time.Second},
		Transport: transport{p}, Gate: p.gate(s.name()), Now: p.run.kernel.now,
	})
}

// proofs are the headers that prove where a notification comes from.
var proofs = []string{"X-CreditKey-Signature", "X-Shop-Token", "X-Iwocapay-Hmac-Sha256", "X-Fluxa-Signature"}

// noticeURL is where a lender's notifications go.
func noticeURL(name string) string { return "https://gateway.example/notifications/" + name }
