package harbor

import (
	"errors"
	"net/http"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// Adapter is the style harbor.
var Adapter = adapters.Adapter{
	Name: "harbor", Title: "Harbor Pay", Docs: "https://docs.harbor.example/merchant-api",
	Settings: settings, Define: define,
}

var settings = []adapters.Setting{
	{Name: "api_key", Kind: adapters.TextSetting, Required: true, Secret: true, Identity: true, Help: "The key of one shop."},
	{Name: "signing_secret", Kind: adapters.TextSetting, Required: true, Secret: true, Help: "What notifications are signed with."},
}

const (
	awaitingBuyer = "AWAITING_BUYER"
	approved      = "APPROVED"
	canceled      = "CANCELED"
)

var words = []canonical.Word{
	{Word: awaitingBuyer, Phase: canonical.Pending, WaitingFor: canonical.ForCustomer},
	{Word: approved, Phase: canonical.Open},
	{Word: "REFUSED", Phase: canonical.Ended, EndedBy: canonical.ByLender},
	{Word: "EXPIRED", Phase: canonical.Ended, EndedBy: canonical.ByTime},
	{Word: canceled, Phase: canonical.Ended, EndedBy: canonical.ByCancel},
}

// lateArrival is how late a request that was sent may still take effect.
// ASSUMED: "30 seconds at most" is about the work, not about the way there.
const lateArrival = time.Minute

func define(v adapters.Values) (adapters.Definition, error) {
	for _, s := range settings {
		if v.Text(s.Name) == "" {
			return adapters.Definition{}, errors.New(s.Name + ": is missing")
		}
	}
	d := adapters.Definition{
		Currencies: []string{"EUR", "DKK"},
		Amounts:    adapters.MajorString,
		Reference:  canonical.ReferenceForm{Max: 40},
		Traits:     canonical.Traits{Final: canonical.FinalThenCancel, RefundNamesCapture: true},
		Words:      words,
		Headers:    []adapters.Header{{Name: "X-Harbor-Key", Value: v.Text("api_key")}},
		Refusal:    refusal,
		HoldLife:   28 * 24 * time.Hour,
		Notifications: &adapters.Notifications{
			Verify: func(m canonical.Message) bool { return signed(m, v.Text("signing_secret")) },
			Read:   readEvent,
		},
	}
	d.Exchanges = style{&d}.exchanges()
	return d, nil
}

var (
	key    = adapters.KeyPlace{Header: "idempotency-key", TTL: 24 * time.Hour} // in lower case, or net/http would send the request again by itself
	repeat = []canonical.Recovery{canonical.RepeatSameKey, canonical.FindByReference}
)

func (s style) exchanges() []adapters.Exchange {
	return []adapters.Exchange{
		{
			Name: "create", Kind: canonical.OpCreate, Class: adapters.MoneyCall, Method: http.MethodPost, Path: "/v1/orders",
			Needs: []adapters.Need{needReturnURL}, Encode: s.encodeCreate, Decode: s.decodeCreate, Yes: []string{awaitingBuyer},
			Lost: []canonical.Recovery{canonical.FindByReference}, Horizon: lateArrival,
			Failures: failures(
				adapters.Failure{Status: http.StatusUnprocessableEntity, Code: "buyer_refused", Means: adapters.MeansDeclined},
				adapters.Failure{Status: http.StatusConflict, Code: "duplicate_ref", Means: adapters.MeansAlreadyDone, Note: "the order is looked for"},
			),
		},
		{Name: "authorize", Kind: canonical.OpAuthorize, Class: adapters.MoneyCall, By: canonical.ForCustomer},
		{
			Name: "capture", Kind: canonical.OpCapture, Class: adapters.MoneyCall, Partial: true, Method: http.MethodPost, Path: "/v1/orders/{id}/captures",
			Key: key, Encode: s.encodeMovement, Decode: s.decodeMovement, Lost: repeat, Horizon: lateArrival, Failures: failures(tooHigh),
		},
		{
			Name: "refund", Kind: canonical.OpRefund, Class: adapters.MoneyCall, Partial: true, Method: http.MethodPost, Path: "/v1/orders/{id}/captures/{capture}/refunds",
			Key: key, Encode: s.encodeMovement, Decode: s.decodeMovement, Lost: repeat, Horizon: lateArrival, Failures: failures(tooHigh),
		},
		{
			Name: "cancel", Kind: canonical.OpCancel, Class: adapters.MoneyCall, Method: http.MethodPost, Path: "/v1/orders/{id}/cancel",
			Decode: s.decodeCancel, Lost: []canonical.Recovery{canonical.ReadAndCompare}, Horizon: lateArrival, Failures: failures(),
		},
		{Name: "sync", Class: adapters.ReadCall, Method: http.MethodGet, Path: "/v1/orders/{id}", Read: s.decodeRead, Failures: failures()},
		{Name: "find", Class: adapters.ReadCall, Collect: s.find, Failures: failures()},
	}
}

var needReturnURL = adapters.Need{
	Pointer: "/return_url", Help: "Harbor Pay sends the buyer back to it",
	Missing: func(cmd canonical.Command) bool { return cmd.Order.ReturnURL == "" },
}

var tooHigh = adapters.Failure{Status: http.StatusUnprocessableEntity, Code: "amount_too_high", Means: adapters.MeansRefused}

// failures are an exchange's own, then those that mean the same everywhere.
func failures(own ...adapters.Failure) []adapters.Failure {
	return append(own,
		adapters.Failure{Status: http.StatusUnauthorized, Means: adapters.MeansMisconfigured},
		adapters.Failure{Status: http.StatusNotFound, Means: adapters.MeansState},
		adapters.Failure{Code: "wrong_state", Means: adapters.MeansState},
		adapters.Failure{Status: http.StatusTooManyRequests, Means: adapters.MeansBusy, Note: "answered before anything is done"},
	)
}
