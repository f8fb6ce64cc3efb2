package spendoption

import (
	"errors"
	"net/http"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// Adapter is the spend-option kind of lender as a style.
var Adapter = adapters.Adapter{
	Name: "spendoption", Title: "NewDay (Newpay)",
	Docs:     "https://docs.newdaytechnology.co.uk/solutions-catalogue/newpay-for-retailers/order-processing/",
	Settings: settings, Define: define,
}

// The operations an idempotency key can be trusted with.
var keyed = []string{string(canonical.OpAuthorize), string(canonical.OpCapture), string(canonical.OpCancel), string(canonical.OpRefund)}

var settings = []adapters.Setting{
	{Name: "merchant_id", Kind: adapters.TextSetting, Required: true, Identity: true, Help: "Sent as context-merchantId: the merchant's GUID."},
	{Name: "tenant_id", Kind: adapters.TextSetting, Required: true, Identity: true, Help: "Sent as context-tenantId."},
	{Name: "subscription_key", Kind: adapters.TextSetting, Secret: true, Help: "Sent as Ocp-Apim-Subscription-Key; absent: the header is not sent."},
	{Name: "client_certificate", Kind: adapters.TextSetting, Secret: true, Help: "PEM of the client certificate, such as ${file:/run/secrets/newday.crt}. NewDay demands one."},
	{Name: "client_key", Kind: adapters.TextSetting, Secret: true, Help: "PEM of the key that belongs to it."},
	{Name: "root_ca", Kind: adapters.TextSetting, Secret: true, Help: "PEM of the authority that signed the lender's certificate, where the machine does not know it."},
	{Name: "dialect", Kind: adapters.ChoiceSetting, Default: "current", Choices: []string{"current", legacy}, Help: "legacy names a plan by treatmentId and spendType, and answers Authorise with an id alone."},
	{Name: "sca", Kind: adapters.ChoiceSetting, Default: "on", Choices: []string{"on", "off"}, Help: "Whether Initiate asks for strong customer authentication; off: an order is created here alone."},
	{Name: "idempotent_ops", Kind: adapters.ListSetting, Default: "authorize,capture,cancel,refund", Choices: keyed, Assumed: true, Help: "Operations the lender does once however often it gets the same key. A lost reply of any other is left to a person."},
	{Name: "idempotency_life", Kind: adapters.DurationSetting, Default: "24h", Assumed: true, Help: "How long the lender remembers a key."},
	{Name: "idempotency_replays_refusals", Kind: adapters.FlagSetting, Default: "false", Assumed: true, Help: "Whether a refusal, too, is what the same key gets again: then a refused repeat proves that nothing moved."},
	{Name: "partial_capture", Kind: adapters.FlagSetting, Default: "true", Assumed: true, Help: "The merchant's contract lets a part be settled."},
	{Name: "partial_cancel", Kind: adapters.FlagSetting, Default: "true", Assumed: true, Help: "The merchant's contract lets a part be reversed."},
	{Name: "partial_refund", Kind: adapters.FlagSetting, Default: "true", Assumed: true, Help: "The merchant's contract lets a part of a transaction be refunded."},
	{Name: "capture_releases_rest", Kind: adapters.FlagSetting, Default: "false", Assumed: true, Help: "Settling a part gives the rest of the hold back."},
	{Name: "hold_expiry", Kind: adapters.DurationSetting, Assumed: true, Help: "How long a hold stands, for authorization_expires_at; absent: until it is settled or reversed, as the contract says."},
	{Name: "offer_life", Kind: adapters.DurationSetting, Default: "30m", Assumed: true, Help: "How long a spend option can be used after it was shown."},
}

// The lender's words. ASSUMED: all but Authorised; it has the types and publishes no values.
const (
	exempt     = "Exempt"
	required   = "AuthenticationRequired"
	authorised = "Authorised"
	declined   = "Declined"
)

var words = []canonical.Word{
	{Word: exempt, Phase: canonical.Created, WaitingFor: canonical.ForMerchant, Note: "ASSUMED: Initiate's word"},
	{Word: required, Phase: canonical.Pending, WaitingFor: canonical.ForCustomer, Note: "ASSUMED: Initiate's word"},
	{Word: authorised, Phase: canonical.Open, Note: "what happens to the hold later has no words: our ledger tells"},
	{Word: declined, Phase: canonical.Ended, EndedBy: canonical.ByLender, Note: "ASSUMED: with a 2xx"},
}

var options = []canonical.Option{
	{Name: "authentication_token", Type: canonical.TextOption, Secret: true, Operations: authorizing, Help: "The scaToken which the authentication widget posts to its redirect_uri."},
	{Name: "customer_access_token", Type: canonical.TextOption, Secret: true, Operations: asking, Help: "Token of the lender's log-in widget, in PSD2 journeys."},
	{Name: "client_session_id", Type: canonical.TextOption, Operations: authorizing, Help: "Correlates the purchase with the customer's browser session."},
	{Name: "verification_id", Type: canonical.TextOption, Operations: authorizing, Help: "Reference of an identity check."},
	{Name: "override_exemption", Type: canonical.BooleanOption, Operations: initiating, Help: "true demands authentication of a customer who is exempt."},
	{Name: "description", Type: canonical.TextOption, Operations: describing, Help: "Free text about the goods."},
	{Name: "promo_only", Type: canonical.BooleanOption, Offers: true, Help: "Only promotional offers."},
	{Name: "zero_percent_only", Type: canonical.BooleanOption, Offers: true, Help: "Only offers without interest."},
	{Name: "product", Type: canonical.TextOption, Offers: true, Help: "The credit product, where no customer is named."},
}

var (
	initiating  = []canonical.OperationKind{canonical.OpCreate, canonical.OpAuthenticate}
	authorizing = []canonical.OperationKind{canonical.OpAuthorize}
	asking      = []canonical.OperationKind{canonical.OpCreate, canonical.OpAuthenticate, canonical.OpAuthorize}
	describing  = []canonical.OperationKind{canonical.OpCreate, canonical.OpAuthorize, canonical.OpCapture, canonical.OpRefund}
)

var details = []canonical.Option{
	{Name: "decline_reason", Type: canonical.TextOption, Help: "Why an authorization was declined, in the lender's words."},
	{Name: "offer_code", Type: canonical.TextOption, Help: "Of an offer: the lender's code."},
	{Name: "offer_source", Type: canonical.TextOption, Help: "Of an offer: Product or Promotional."},
	{Name: "spend_type", Type: canonical.TextOption, Help: "Of an offer: Instalment or Purchase."},
}

const legacy = "legacy"

// spendoption is the translation with its settings.
type spendoption struct{ settings adapters.Values }

func define(v adapters.Values) (adapters.Definition, error) {
	if (v.Text("client_certificate") == "") != (v.Text("client_key") == "") {
		return adapters.Definition{}, errors.New("client_certificate and client_key need each other")
	}
	s := &spendoption{v}
	return adapters.Definition{
		// ASSUMED: the documentation shows no other currency.
		Currencies: []string{"GBP"},
		Amounts:    adapters.MajorNumber,
		// ASSUMED: the length; none is documented.
		Reference: canonical.ReferenceForm{Max: 50},
		Traits: canonical.Traits{
			CreateReservesNothing: true, RefundNamesCapture: true, Final: s.final(), Unreadable: true,
		},
		Exchanges: append(s.operations(), s.reads()...),
		Words:     words, FoldWords: true,
		Options: options, Details: details,
		Headers:   s.headers(),
		Refusal:   refusal,
		TLS:       s.tls(),
		OfferLife: v.Duration("offer_life"),
		HoldLife:  v.Duration("hold_expiry"),
	}, nil
}

func (s *spendoption) headers() []adapters.Header {
	headers := []adapters.Header{
		{Name: "context-merchantId", Value: s.settings.Text("merchant_id")},
		{Name: "context-tenantId", Value: s.settings.Text("tenant_id")},
	}
	if key := s.settings.Text("subscription_key"); key != "" {
		headers = append(headers, adapters.Header{Name: "Ocp-Apim-Subscription-Key", Value: key})
	}
	return headers
}

func (s *spendoption) tls() *adapters.TLS {
	t := adapters.TLS{
		Certificate: s.settings.Text("client_certificate"), Key: s.settings.Text("client_key"), RootCA: s.settings.Text("root_ca"),
	}
	if t == (adapters.TLS{}) {
		return nil
	}
	return &t
}

func (s *spendoption) final() canonical.FinalCapture {
	switch {
	case !s.settings.Flag("partial_capture"):
		return canonical.FinalNot
	case s.settings.Flag("capture_releases_rest"):
		return canonical.FinalAlways
	}
	return canonical.FinalThenCancel
}

const (
	customerPath = "/merchant/{customer}"
	holdPath     = customerPath + "/authorisation/{id}"
	keyHeader    = "idempotency-key"
)

// beforeActing. ASSUMED: the subscription-key gateway in front counts requests, not the API.
var beforeActing = []int{http.StatusTooManyRequests}

// closed are the refusals of a hold or a transaction beside 400, 404 and 422.
var closed = []adapters.Failure{
	{Status: http.StatusConflict, Code: "*idempotency", Means: adapters.MeansInDoubt, Note: "ASSUMED: the key is in use, so a first copy arrived"},
	{Status: http.StatusConflict, Means: adapters.MeansState, Note: "ASSUMED: settled, reversed or refunded already"},
	{Status: http.StatusUnauthorized, Means: adapters.MeansMisconfigured, Note: "ASSUMED: certificate, subscription key or context headers"},
	{Status: http.StatusForbidden, Means: adapters.MeansMisconfigured, Note: "ASSUMED: likewise"},
}

// unauthorised are those of Authorise. Its certificate and context are those of every call; what it
// adds are tokens.
var unauthorised = []adapters.Failure{
	{Status: http.StatusUnauthorized, Means: adapters.MeansMisconfigured, Note: "ASSUMED: certificate, subscription key or context headers"},
	{Status: http.StatusForbidden, Means: adapters.MeansRefused, Reason: "authentication_required", Note: "ASSUMED: the token is missing, bad or expired"},
}

var customerNeed = adapters.Need{
	Pointer: "/customer/reference", Help: "the lender's reference of the customer is in every request",
	Missing: func(cmd canonical.Command) bool { return cmd.Order.Customer.Reference == "" },
}

func (s *spendoption) operations() []adapters.Exchange {
	rows := append(s.initiations(), adapters.Exchange{
		Name: "authorise", Kind: canonical.OpAuthorize, Class: adapters.MoneyCall,
		Method: http.MethodPost, Path: customerPath + "/authorisation", Encode: s.encodeAuthorize, Decode: decodeAuthorize,
		Headers: []adapters.Header{
			{Name: "sca-token", Value: "{kept." + keptToken + "}", Optional: true},
			{Name: "sca-token", Value: "{option.authentication_token}", Optional: true, Sealed: true},
			{Name: "customer-access-token", Value: "{option.customer_access_token}", Optional: true, Sealed: true},
			{Name: "client-session-id", Value: "{option.client_session_id}", Optional: true},
		},
		Needs: []adapters.Need{customerNeed, {
			Pointer: "/provider_options/authentication_token", Help: "the customer must authenticate in the widget, which hands out this token",
			Missing: unauthenticated,
		}},
		Failures: unauthorised, Yes: []string{authorised},
	}, adapters.Exchange{
		Name: "settle", Kind: canonical.OpCapture, Class: adapters.MoneyCall, Partial: s.settings.Flag("partial_capture"), When: held,
		Method: http.MethodPost, Path: holdPath + "/settle", Encode: encodeDescribed, Decode: s.decodeCapture, Failures: closed,
	}, adapters.Exchange{
		Name: "reverse", Kind: canonical.OpCancel, Class: adapters.MoneyCall, Partial: s.settings.Flag("partial_cancel"), When: held,
		Method: http.MethodPost, Path: holdPath + "/reverse", Encode: encodeCancel, Decode: decodeCancel, Failures: closed,
	}, adapters.Exchange{
		Name: "refund", Kind: canonical.OpRefund, Class: adapters.MoneyCall, Partial: s.settings.Flag("partial_refund"), When: held,
		Method: http.MethodPost, Path: customerPath + "/transaction/{capture}/refund", Encode: encodeDescribed, Decode: decodeRefund, Failures: closed,
	}, adapters.Exchange{
		Name: "withdraw", Kind: canonical.OpCancel, Class: adapters.Harmless, Local: true, When: unheld, Decode: decodeWithdrawn,
	})
	for i := range rows {
		s.key(&rows[i])
	}
	return rows
}

// initiations are the ways an order begins.
func (s *spendoption) initiations() []adapters.Exchange {
	if s.settings.Text("sca") == "off" {
		return []adapters.Exchange{{
			Name: "register", Kind: canonical.OpCreate, Class: adapters.Harmless, Local: true,
			Needs: []adapters.Need{customerNeed}, Decode: decodeRegistered,
		}}
	}
	initiate := adapters.Exchange{
		Name: "initiate", Kind: canonical.OpCreate, Class: adapters.Harmless,
		Method: http.MethodPost, Path: customerPath + "/initiate", Encode: s.encodeInitiate, Decode: decodeInitiate,
		Headers: []adapters.Header{
			// ASSUMED: that Initiate takes these two; they are documented for Authorise.
			{Name: "customer-access-token", Value: "{option.customer_access_token}", Optional: true, Sealed: true},
			{Name: keyHeader, Value: "{key}", Optional: true},
		},
		Needs: []adapters.Need{customerNeed}, Lost: []canonical.Recovery{canonical.SendAgain}, Failures: closed,
	}
	again := initiate
	again.Name, again.Kind = "initiate_again", canonical.OpAuthenticate
	return []adapters.Exchange{initiate, again}
}

// key says how far a row's idempotency key is trusted. It is sent either way.
func (s *spendoption) key(x *adapters.Exchange) {
	if x.Class != adapters.MoneyCall {
		return
	}
	x.Before = beforeActing
	if !s.settings.Has("idempotent_ops", string(x.Kind)) {
		x.Headers = append(x.Headers, adapters.Header{Name: keyHeader, Value: "{key}"})
		x.Lost = []canonical.Recovery{canonical.AskAPerson}
		return
	}
	x.Lost = []canonical.Recovery{canonical.RepeatSameKey}
	x.Key = adapters.KeyPlace{
		Header: keyHeader, TTL: s.settings.Duration("idempotency_life"), ReplaysRefusals: s.settings.Flag("idempotency_replays_refusals"),
	}
}

func held(cmd canonical.Command) bool { return cmd.Order.ProviderOrder.ID != "" }

func unheld(cmd canonical.Command) bool { return !held(cmd) }

// unauthenticated: the latest Initiate demanded what the caller does not give.
func unauthenticated(cmd canonical.Command) bool {
	return cmd.Order.Hidden.Kept[keptSCA] == required && cmd.Options.Text("authentication_token") == ""
}
