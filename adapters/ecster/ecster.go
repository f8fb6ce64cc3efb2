package ecster

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// Adapter is Ecster as a style.
var Adapter = adapters.Adapter{
	Name: "ecster", Title: "Ecster", Docs: "https://developer.ecster.se/appi/order-management/",
	Settings: settings, Define: define,
}

var settings = []adapters.Setting{
	{Name: "api_key", Kind: adapters.TextSetting, Required: true, Secret: true, Help: "Sent as x-api-key."},
	{Name: "merchant_key", Kind: adapters.TextSetting, Required: true, Identity: true, Help: "Digits, sent as x-merchant-key: whose orders these are."},
	{Name: "shop_terms_url", Example: "https://shop.example/terms", Kind: adapters.TextSetting, Help: "The shop's terms, shown in the checkout. Without it orders can be adopted and not created."},
	{Name: "locale", Kind: adapters.TextSetting, Default: "sv-SE", Assumed: true, Help: "Language and country of the checkout where the customer has none."},
	{Name: "cart_ttl", Kind: adapters.DurationSetting, Default: "24h", Assumed: true, Help: "How long a customer may take in the checkout. A cart without an order after that has expired."},
	{Name: "notification_header_name", Kind: adapters.TextSetting, Help: "The header agreed with Ecster for notifications."},
	{Name: "notification_header_value", Kind: adapters.TextSetting, Secret: true, Help: "What that header holds."},
	{Name: "notification_path_secret", Kind: adapters.TextSetting, Secret: true, Help: "Last segment of the address notifications are sent to. Without it and without the header none is believed."},
	{Name: "annul_type", Kind: adapters.ChoiceSetting, Default: "ANNUL", Choices: []string{"ANNUL", "ANNULL"}, Assumed: true, Help: "How the type of a cancel is spelled."},
	{Name: "annul_body", Kind: adapters.ChoiceSetting, Default: "minimal", Choices: []string{"minimal", "full"}, Assumed: true, Help: "Whether a cancel carries amount and rows."},
	{Name: "swish_refunds", Kind: adapters.ChoiceSetting, Default: "separate", Choices: []string{"separate", "off"}, Assumed: true, Help: "Swish orders are refunded at an endpoint of their own, or not at all."},
	{Name: "rounding_row", Kind: adapters.FlagSetting, Default: "true", Assumed: true, Help: "What a line's unit price loses when written in whole öre becomes a row of its own; otherwise such a line is sent as one piece."},
}

// The words of an order's status that the code tells apart.
const (
	ready              = "READY"
	partiallyDelivered = "PARTIALLY_DELIVERED"
	fullyDelivered     = "FULLY_DELIVERED"
	annulled           = "ANNULLED"
	annuled            = "ANNULED"
)

var words = []canonical.Word{
	{Word: "PENDING_PAYMENT", Phase: canonical.Pending, WaitingFor: canonical.ForCustomer},
	{Word: "PENDING_DECISION", Phase: canonical.Pending, WaitingFor: canonical.ForLender},
	{Word: "PENDING_PROCESSING", Phase: canonical.Pending, WaitingFor: canonical.ForLender},
	{Word: "MANUAL_PROCESSING", Phase: canonical.Pending, WaitingFor: canonical.ForLender},
	{Word: "PENDING_SIGNATURE", Phase: canonical.Approved, WaitingFor: canonical.ForCustomer},
	{Word: "AWAITING_CONTRACT", Phase: canonical.Approved, WaitingFor: canonical.ForCustomer, Note: "older word for PENDING_SIGNATURE"},
	{Word: ready, Phase: canonical.Open},
	{Word: partiallyDelivered, Phase: canonical.Open, Note: "captured is debitedAmount, refunded is creditedAmount"},
	{Word: fullyDelivered, Phase: canonical.Open, Note: "no more debits: captured is debitedAmount, refunded is creditedAmount"},
	{Word: annulled, Phase: canonical.Ended, EndedBy: canonical.ByCancel},
	{Word: annuled, Phase: canonical.Ended, EndedBy: canonical.ByCancel, Note: "older spelling"},
	{Word: "ABORTED", Phase: canonical.Ended, EndedBy: canonical.ByCancel},
	{Word: "STOPPED", Phase: canonical.Ended, EndedBy: canonical.ByCancel, Note: "older word"},
	{Word: "EXPIRED", Phase: canonical.Ended, EndedBy: canonical.ByTime},
	{Word: "DENIED", Phase: canonical.Ended, EndedBy: canonical.ByLender},
	{Word: "BLOCKED", Phase: canonical.Ended, EndedBy: canonical.ByLender, Note: "suspicion of fraud"},
	{Word: "FAILED", Phase: canonical.Ended, EndedBy: canonical.ByError},
}

// ecster is the translation with its settings.
type ecster struct {
	settings   adapters.Values
	definition *adapters.Definition
}

func define(settings adapters.Values) (adapters.Definition, error) {
	d := adapters.Definition{
		Currencies: []string{"SEK"},
		Amounts:    adapters.MinorInteger,
		Reference:  canonical.ReferenceForm{Max: 64},
		Traits:     canonical.Traits{CreateReservesNothing: true, RefundNamesCapture: true, Final: canonical.FinalInOne},
		Words:      words,
		Details: []canonical.Option{
			{Name: "payment_method", Type: canonical.TextOption, Help: "INVOICE, PARTPAYMENT, CARD or SWISH."},
			{Name: "payment_submethod", Type: canonical.TextOption, Help: "Ecster's own name of the product, such as INVOICE_SE_1."},
		},
		Headers: []adapters.Header{
			{Name: "x-api-key", Value: settings.Text("api_key")},
			{Name: "x-merchant-key", Value: settings.Text("merchant_key")},
		},
		Refusal: refusal,
	}
	e := &ecster{settings: settings, definition: &d}
	if settings.Text("shop_terms_url") != "" {
		d.Exchanges = append(d.Exchanges, e.create())
	}
	d.Exchanges = slices.Concat(d.Exchanges, e.operations(), e.refunds(), e.reads())
	d.Notifications = e.notifications()
	return d, e.check()
}

// check says which setting is wrong.
func (e *ecster) check() error {
	language, country, _ := strings.Cut(e.settings.Text("locale"), "-")
	switch {
	case len(language) != 2 || len(country) != 2:
		return errors.New("locale is a language and a country, such as sv-SE")
	case (e.settings.Text("notification_header_name") == "") != (e.settings.Text("notification_header_value") == ""):
		return errors.New("notification_header_name and notification_header_value need each other")
	case strings.ContainsAny(e.settings.Text("notification_path_secret"), "/?#%"):
		return errors.New("notification_path_secret is one segment of a path, without /?#%")
	}
	return nil
}

// deniedKeys: ASSUMED: keys are checked before anything else is done.
var deniedKeys = []adapters.Failure{
	{Status: http.StatusUnauthorized, Means: adapters.MeansMisconfigured, Note: "ASSUMED: bad or missing keys"},
	{Status: http.StatusForbidden, Means: adapters.MeansMisconfigured, Note: "4303, from the account API: ASSUMED to be shared"},
}

var transactionFailures = append([]adapters.Failure{
	{Code: "4424", Means: adapters.MeansState, Note: "the order is not in a state for it; nothing is done"},
}, deniedKeys...)

// beforeActing: ASSUMED: Ecster counts requests before it works on them.
var beforeActing = []int{http.StatusTooManyRequests}

// arrival is how late a transaction may still turn up in the order's list.
// ASSUMED: well beyond a lost connection; Ecster says nothing of it.
const arrival = time.Minute

const (
	orderPath        = "/v1/orders/{id}"
	transactionsPath = orderPath + "/transactions"
)

// create: to adopt an order takes no more than reading it.
func (e *ecster) create() adapters.Exchange {
	return adapters.Exchange{
		Name: "cart", Kind: canonical.OpCreate, Class: adapters.Harmless,
		Method: http.MethodPost, Path: "/v1/carts", Encode: e.encodeCart, Decode: e.decodeCart,
		Needs: []adapters.Need{{Pointer: "/return_url", Help: "Ecster sends the customer back to it", Missing: func(cmd canonical.Command) bool { return cmd.Order.ReturnURL == "" }}},
		Lost:  []canonical.Recovery{canonical.SendAgain}, Failures: deniedKeys,
	}
}

func (e *ecster) operations() []adapters.Exchange {
	return []adapters.Exchange{
		{Name: "authorize", Kind: canonical.OpAuthorize, By: canonical.ForCustomer},
		{
			Name: "reference", Kind: canonical.OpUpdate, Class: adapters.Harmless, When: changesReference,
			Method: http.MethodPut, Path: orderPath + "/orderReference", Encode: encodeReference, Decode: decodeReference,
			Lost: []canonical.Recovery{canonical.ReadAndCompare}, Failures: deniedKeys,
		},
		{Name: "charged", Kind: canonical.OpCapture, By: canonical.ForLender, When: ofSwish},
		{
			Name: "debit", Kind: canonical.OpCapture, Class: adapters.MoneyCall, Partial: true,
			Method: http.MethodPost, Path: transactionsPath, Encode: e.encodeCapture, Decode: e.decodeTransaction,
			Lost: []canonical.Recovery{canonical.FindByReference}, Horizon: arrival, Before: beforeActing,
			Failures: transactionFailures, Yes: []string{partiallyDelivered, fullyDelivered},
		},
		{
			Name: "annul", Kind: canonical.OpCancel, Class: adapters.MoneyCall, When: annullable,
			Method: http.MethodPost, Path: transactionsPath, Encode: e.encodeCancel, Decode: e.decodeCancel,
			Lost: []canonical.Recovery{canonical.ReadAndCompare}, Horizon: arrival, Before: beforeActing,
			Failures: transactionFailures, Yes: []string{annulled, annuled},
		},
	}
}

func (e *ecster) refunds() []adapters.Exchange {
	return []adapters.Exchange{
		{
			Name: "swish_refund", Kind: canonical.OpRefund, Class: adapters.MoneyCall, Partial: true, When: e.refundsSwish,
			Method: http.MethodPost, Path: orderPath + "/refunds", Encode: e.encodeSwishRefund, Decode: decodeSwishRefund,
			// The request has no place for a reference of ours: only the order's totals tell.
			Lost: []canonical.Recovery{canonical.CompareTotals}, Horizon: 15 * arrival, Before: beforeActing, Failures: transactionFailures,
		},
		{
			Name: "credit", Kind: canonical.OpRefund, Class: adapters.MoneyCall, Partial: true, When: func(cmd canonical.Command) bool { return !swish(cmd.Order) },
			Method: http.MethodPost, Path: transactionsPath, Encode: e.encodeRefund, Decode: e.decodeTransaction,
			Lost: []canonical.Recovery{canonical.FindByReference}, Horizon: arrival, Before: beforeActing,
			Failures: transactionFailures, Yes: []string{partiallyDelivered, fullyDelivered},
		},
	}
}

func (e *ecster) reads() []adapters.Exchange {
	return []adapters.Exchange{
		{Name: "sync", Class: adapters.ReadCall, Collect: e.sync, Failures: deniedKeys},
		{Name: "find", Class: adapters.ReadCall, Collect: e.find, Failures: deniedKeys},
		{Name: "list", Class: adapters.ReadCall, Method: http.MethodGet, Path: searchPath, Query: listQuery, Read: e.readList, Failures: deniedKeys},
		{Name: "probe", Class: adapters.ReadCall, Method: http.MethodGet, Path: searchPath + "?orderReference=lendgate-probe", Read: readProbe, Failures: deniedKeys},
	}
}

func swish(o canonical.Order) bool { return o.Hidden.Kept[keptMethod] == methodSwish }

func ofSwish(cmd canonical.Command) bool { return swish(cmd.Order) }

func (e *ecster) refundsSwish(cmd canonical.Command) bool {
	return swish(cmd.Order) && e.settings.Text("swish_refunds") == "separate"
}

func annullable(cmd canonical.Command) bool {
	return cmd.Order.Phase == canonical.Open && cmd.Order.Totals.Captured.IsZero() && !swish(cmd.Order)
}

// changesReference also says yes before the change is known: then it is asked what an order allows.
func changesReference(cmd canonical.Command) bool {
	c := cmd.Change
	return c == nil || (c.Reference != nil && c.Amount == nil && c.Plan == nil && c.Lines == nil && c.Shipping == nil)
}
