package iwocapay

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// Adapter is the style iwocapay.
var Adapter = adapters.Adapter{
	Name:     "iwocapay",
	Title:    "iwocaPay",
	Docs:     "https://ecommerce-api.iwoca.com/technical-overview/endpoints",
	Settings: settings,
	Define:   define,
}

var settings = []adapters.Setting{
	{Name: "seller_token", Kind: adapters.TextSetting, Required: true, Secret: true, Help: "Seller access token; it also signs what iwoca sends."},
	{Name: "former_tokens", Kind: adapters.TextSetting, Secret: true, Help: "Tokens that were replaced, separated by commas: what iwoca signed with them is still taken."},
	{Name: "supplier_id", Kind: adapters.TextSetting, Required: true, Identity: true, Help: "UUID of the supplier; staging and production have different ones."},
	{Name: "api_style", Kind: adapters.ChoiceSetting, Default: "lending", Choices: []string{"lending", "iwocapay"}, Help: "Paths of get and cancel: lending is the documented family, iwocapay the newer one."},
	{Name: "cancel", Kind: adapters.ChoiceSetting, Default: "delete", Choices: []string{"delete", "unsupported"}, Assumed: true, Help: "Whether orders can be canceled: only iwoca's own module shows that they can."},
	{Name: "send_webhook_url", Kind: adapters.FlagSetting, Default: "true", Assumed: true, Help: "Names the address for notifications with each order; without it there are none."},
	{Name: "send_redirect_url", Kind: adapters.FlagSetting, Default: "true", Assumed: true, Help: "Names the return address with each order; false: iwoca has one fixed for the token."},
	{Name: "verify_response_hmac", Kind: adapters.ChoiceSetting, Default: "if_present", Choices: []string{"off", "if_present", "required"}, Assumed: true, Help: "Whether replies to reads must be signed; only the newer paths sign them."},
	{Name: "webhook_dialect", Kind: adapters.ChoiceSetting, Default: "signed", Choices: []string{"signed", "legacy"}, Help: "legacy also takes the older, unsigned notifications, which are hints to read the order and no more."},
}

// The lender's words for the status of an order.
const (
	successful   = "SUCCESSFUL"
	unsuccessful = "UNSUCCESSFUL"
)

var words = []canonical.Word{
	{Word: "CREATED", Phase: canonical.Created, WaitingFor: canonical.ForCustomer},
	{Word: "PENDING", Phase: canonical.Pending, WaitingFor: canonical.ForCustomer},
	{Word: "APPROVED", Phase: canonical.Approved, WaitingFor: canonical.ForCustomer, Note: "nothing is promised yet"},
	{Word: successful, Phase: canonical.Open, Captured: true},
	{Word: unsuccessful, Phase: canonical.Ended, EndedBy: canonical.ByLender, Note: "by cancel after our own"},
}

var options = []canonical.Option{
	{Name: "allowed_payment_terms", Type: canonical.ListOption, Values: []string{"PAY_NOW", "PAY_LATER"}, Help: "How the buyer may pay; absent: both ways.", Operations: []canonical.OperationKind{canonical.OpCreate}},
}

var details = []canonical.Option{
	{Name: "allowed_payment_terms", Type: canonical.ListOption, Help: "How the buyer may pay."},
	{Name: "pay_link_id", Type: canonical.TextOption, Help: "The pay link behind the order."},
	{Name: "pricing", Type: canonical.AnyOption, Help: "Interest and promotions the buyer is shown."},
	{Name: "seller_name", Type: canonical.TextOption, Help: "The seller as the buyer sees it."},
}

// terminal is our code for what the lender says in a sentence.
const terminal = "terminal_state"

// access are the refusals of a token. It has no successor to be tried.
var access = []adapters.Failure{
	{Status: http.StatusUnauthorized, Means: adapters.MeansMisconfigured},
	{Status: http.StatusForbidden, Means: adapters.MeansMisconfigured},
}

var createFailures = append([]adapters.Failure{
	{Status: http.StatusConflict, Means: adapters.MeansRefused, Reason: "duplicate_reference", Note: "ASSUMED: references are called unique, no refusal is documented"},
}, access...)

var cancelFailures = append([]adapters.Failure{
	{Status: http.StatusBadRequest, Code: terminal, Means: adapters.MeansAlreadyDone, Note: "the buyer may have completed meanwhile"},
	{Status: http.StatusNotFound, Means: adapters.MeansAlreadyDone, Note: "ASSUMED: a canceled order may be forgotten"},
}, access...)

// lateArrival is how late a request that was sent may still take effect.
// ASSUMED: three times the 20 seconds after which the lender's own module gives up.
const lateArrival = time.Minute

func define(v adapters.Values) (adapters.Definition, error) {
	for _, name := range []string{"seller_token", "supplier_id"} {
		if v.Text(name) == "" {
			return adapters.Definition{}, errors.New(name + ": is missing")
		}
	}
	d := adapters.Definition{
		Currencies: []string{currency},
		Amounts:    adapters.MajorNumber,
		// ASSUMED: 255; the documents name no limit.
		Reference: canonical.ReferenceForm{Max: 255},
		Words:     words,
		Options:   options,
		Details:   details,
		Headers:   []adapters.Header{{Name: "Authorization", Value: "Bearer " + v.Text("seller_token")}},
		Refusal:   refusal,
		// ASSUMED: what is shown of an order after its DELETE is undocumented; UNSUCCESSFUL and 404 both count.
		Traits: canonical.Traits{ForgetsCanceled: true},
	}
	s := style{&d, v, keysOf(v)}
	d.Exchanges = s.exchanges()
	d.Notifications = &adapters.Notifications{Verify: s.verify, Read: readWebhook}
	return d, nil
}

func (s style) exchanges() []adapters.Exchange {
	supplier := url.PathEscape(s.settings.Text("supplier_id"))
	order := "/api/lending/edge/ecommerce/order/{id}/"
	if s.settings.Text("api_style") == "iwocapay" {
		order = "/api/iwocapay/ecommerce/seller/" + supplier + "/order/{id}/"
	}
	rows := []adapters.Exchange{
		{
			Name: "create", Kind: canonical.OpCreate, Class: adapters.Harmless, Method: http.MethodPost,
			Path:   "/api/lending/edge/ecommerce/seller/" + supplier + "/order/",
			Encode: s.encodeCreate, Decode: s.decodeCreate, Lost: []canonical.Recovery{canonical.SendAgain}, Failures: createFailures,
		},
		{Name: "authorize", Kind: canonical.OpAuthorize, Class: adapters.MoneyCall, By: canonical.ForCustomer},
		{Name: "capture", Kind: canonical.OpCapture, Class: adapters.MoneyCall, By: canonical.ForLender},
		{
			Name: "cancel", Kind: canonical.OpCancel, Class: adapters.MoneyCall, Method: http.MethodDelete, Path: order,
			Bare:   true, // ASSUMED: any 2xx; neither code nor body is documented
			Decode: s.decodeCancel, Yes: []string{unsuccessful}, Failures: cancelFailures, Horizon: lateArrival,
			Lost: []canonical.Recovery{canonical.SendAgain, canonical.ReadAndCompare},
		},
		{Name: "sync", Class: adapters.ReadCall, Method: http.MethodGet, Path: order, Read: s.decodeRead, Failures: access},
		{
			Name: "probe", Class: adapters.ReadCall, Method: http.MethodGet, Read: s.decodeProbe, Failures: access,
			Path:  "/api/iwocapay/ecommerce/seller/" + supplier + "/connection_check/",
			Query: func(canonical.Query) string { return "?integration_name=lendgate&integration_version=1" },
		},
	}
	if s.settings.Text("cancel") == "unsupported" {
		return slices.DeleteFunc(rows, func(x adapters.Exchange) bool { return x.Kind == canonical.OpCancel })
	}
	return rows
}
