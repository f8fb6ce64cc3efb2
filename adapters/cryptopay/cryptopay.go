package cryptopay

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// Adapter is fluxa as a style.
var Adapter = adapters.Adapter{
	Name: "cryptopay", Title: "fluxa", Docs: "https://docs.fluxa.cash",
	Settings: settings, Define: define,
}

const (
	testKey = "pk_test_"
	liveKey = "pk_live_"
)

var settings = []adapters.Setting{
	{Name: "api_key", Example: "pk_test_example", Kind: adapters.TextSetting, Required: true, Identity: true, Help: "Key id, pk_test_... or pk_live_...: it also chooses the mode."},
	{Name: "api_secret", Kind: adapters.TextSetting, Required: true, Secret: true, Help: "Signs requests."},
	{Name: "webhook_secret", Kind: adapters.TextSetting, Secret: true, Help: "Signs and encrypts notifications; absent: none is believed."},
	{Name: "channel", Kind: adapters.TextSetting, Help: "How orders are paid where they do not say, such as usdt_trc20."},
	{Name: "network", Kind: adapters.TextSetting, Help: "Instead of channel: the chain, such as tron; the processor picks the channel."},
	{Name: "expires_in", Kind: adapters.DurationSetting, Default: "30m", Help: "How long an order can be paid where it does not say."},
	{Name: "refund", Kind: adapters.ChoiceSetting, Default: auto, Choices: []string{auto, always, never}, Assumed: true, Help: "auto refunds what the processor says it can; always lets it refuse; never does not ask."},
	{Name: "digits", Kind: adapters.ListSetting, Assumed: true, Help: "Decimals the processor takes of a currency, where fewer than usual, such as [USDT=2]."},
}

// The choices of the setting refund.
const (
	auto   = "auto"
	always = "always"
	never  = "never"
)

// The words of an order's status that the code tells apart.
const (
	paid              = "paid"
	partiallyRefunded = "partially_refunded"
	refunded          = "refunded"
)

var words = []canonical.Word{
	{Word: "created", Phase: canonical.Created, WaitingFor: canonical.ForCustomer},
	{Word: "pending", Phase: canonical.Pending, WaitingFor: canonical.ForLender},
	{Word: paid, Phase: canonical.Open, Captured: true, Note: "also after expired: a payment that arrived late is real"},
	{Word: "expired", Phase: canonical.Ended, EndedBy: canonical.ByTime},
	{Word: "canceled", Phase: canonical.Ended, EndedBy: canonical.ByCancel},
	{Word: "failed", Phase: canonical.Ended, EndedBy: canonical.ByError},
	{Word: partiallyRefunded, Phase: canonical.Open, Captured: true, Note: "refunded is refunded_amount"},
	{Word: refunded, Phase: canonical.Open, Captured: true, Refunded: true},
}

var options = []canonical.Option{
	{Name: "channel", Type: canonical.TextOption, Operations: creating, Help: "How the order is paid, such as usdt_trc20."},
	{Name: "expires_in", Type: canonical.IntegerOption, Operations: creating, Help: "Seconds until the order can no longer be paid."},
}

var creating = []canonical.OperationKind{canonical.OpCreate}

var details = []canonical.Option{
	{Name: "channel", Type: canonical.TextOption, Help: "The channel the order is paid on."},
	{Name: "settlement_mode", Type: canonical.TextOption, Help: "direct: the money goes to the merchant's wallet. custodial: the processor holds it and can refund."},
	{Name: "payment", Type: canonical.AnyOption, Help: "The latest payment attempt."},
	{Name: "checkout_url", Type: canonical.TextOption, Help: "The last link to the hosted checkout."},
}

// cryptopay is the translation with its settings.
type cryptopay struct {
	settings   adapters.Values
	definition *adapters.Definition
	test       bool
}

func define(v adapters.Values) (adapters.Definition, error) {
	digits, err := check(v)
	if err != nil {
		return adapters.Definition{}, err
	}
	d := adapters.Definition{
		// ASSUMED: what orders are priced in; the documentation names no others. What can be paid with is the channel's.
		Currencies: []string{"USDT", "USDC", "USD"},
		Amounts:    adapters.MajorString,
		Digits:     digits,
		// ASSUMED: length and alphabet of merchant_order_id; none are documented.
		Reference:     canonical.ReferenceForm{Max: 64},
		Words:         words,
		Options:       options,
		Details:       details,
		Sign:          sign(v.Text("api_key"), v.Text("api_secret")),
		Refusal:       refusal,
		Notifications: notifications(v),
	}
	c := &cryptopay{v, &d, strings.HasPrefix(v.Text("api_key"), testKey)}
	d.Exchanges = append(c.operations(), c.reads()...)
	return d, nil
}

func check(v adapters.Values) (digits map[string]int, err error) {
	key := v.Text("api_key")
	switch {
	case !strings.HasPrefix(key, testKey) && !strings.HasPrefix(key, liveKey):
		return nil, errors.New("api_key begins with " + testKey + " or " + liveKey)
	case v.Text("channel") != "" && v.Text("network") != "":
		return nil, errors.New("channel and network exclude each other")
	case v.Duration("expires_in") < time.Second:
		return nil, errors.New("expires_in is a second at least")
	}
	digits = make(map[string]int)
	for _, item := range v.List("digits") {
		currency, text, _ := strings.Cut(item, "=")
		usual, known := canonical.Digits(currency)
		n, err := strconv.Atoi(text)
		if err != nil || !known || n < 0 || n > usual {
			return nil, fmt.Errorf("digits: %q is not a currency and at most as many decimals as it has, such as USDT=2", item)
		}
		digits[currency] = n
	}
	return digits, nil
}

const (
	chargesPath  = "/api/v1/charges"
	ordersPath   = "/api/v1/orders"
	channelsPath = "/api/v1/channels"
)

// arrival is how late a request may still take effect: its signature is taken for 300 seconds on the
// processor's clock, which may be as much behind ours.
const arrival = 10 * time.Minute

// strange is a request that is not let in.
var strange = adapters.Failure{Status: http.StatusUnauthorized, Means: adapters.MeansMisconfigured, Note: "bad_signature; ASSUMED: so is a key or a clock that is wrong"}

// replayed is a signature the processor knows: a copy of the request arrived before.
var replayed = adapters.Failure{Code: "replayed_request", Means: adapters.MeansInDoubt, Note: "the first copy arrived; what became of it is not known"}

var chargeFailures = []adapters.Failure{
	replayed, strange,
	{Code: "channel_environment_mismatch", Means: adapters.MeansMisconfigured, Note: "the channel is not for keys of this mode"},
	{Status: http.StatusConflict, Means: adapters.MeansInDoubt, Note: "ASSUMED: the reference exists with other data"},
}

var refundFailures = []adapters.Failure{
	replayed, strange,
	{Code: "refund_unsupported", Means: adapters.MeansRefused, Reason: "refund_unsupported", Note: "settled directly to the merchant; the status is not documented"},
	{Status: http.StatusConflict, Code: "conflict", Means: adapters.MeansState, Note: "ASSUMED: the order's state does not allow it"},
}

// readFailures: a replay moved nothing; the next second has another signature.
var readFailures = []adapters.Failure{{Code: "replayed_request", Means: adapters.MeansBusy}, strange}

func (c *cryptopay) operations() []adapters.Exchange {
	return []adapters.Exchange{
		{
			Name: "charge", Kind: canonical.OpCreate, Class: adapters.MoneyCall,
			Method: http.MethodPost, Path: chargesPath, Encode: c.encodeCreate, Decode: c.decodeCreate,
			Needs: []adapters.Need{{Pointer: "/provider_options/channel", Help: "how the order is to be paid", Missing: c.channelMissing}},
			Key:   adapters.KeyPlace{InBody: true}, Lost: []canonical.Recovery{canonical.RepeatSameKey}, Horizon: arrival,
			// ASSUMED: requests are counted before they are worked on. If not, an order nobody pays is left to lapse.
			Before: []int{http.StatusTooManyRequests}, Failures: chargeFailures,
		},
		{Name: "paid", Kind: canonical.OpAuthorize, By: canonical.ForCustomer},
		{Name: "captured", Kind: canonical.OpCapture, By: canonical.ForLender},
		{
			Name: "refund", Kind: canonical.OpRefund, Class: adapters.MoneyCall, Partial: true, When: c.refundable,
			Method: http.MethodPost, Path: ordersPath + "/{id}/refund", Encode: c.encodeRefund, Decode: c.decodeRefund,
			Lost: []canonical.Recovery{canonical.CompareTotals}, Horizon: arrival, Failures: refundFailures,
			Yes: []string{partiallyRefunded, refunded},
		},
	}
}

func (c *cryptopay) channelMissing(cmd canonical.Command) bool {
	return c.channel(cmd) == "" && c.settings.Text("network") == ""
}

// refundable: only what the processor holds can be given back by it.
func (c *cryptopay) refundable(cmd canonical.Command) bool {
	switch c.settings.Text("refund") {
	case always:
		return true
	case never:
		return false
	}
	kept := cmd.Order.Hidden.Kept
	return kept[keptMode] == custodial || kept[keptRefunds] == "true"
}
