package creditkey

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// Adapter is the style creditkey.
var Adapter = adapters.Adapter{
	Name:     "creditkey",
	Title:    "Credit Key",
	Docs:     "https://docs.creditkey.com/docs/orders",
	Settings: settings,
	Define:   define,
}

var settings = []adapters.Setting{
	{Name: "client_id", Kind: adapters.TextSetting, Required: true, Identity: true, Help: "Client id for the token endpoint; with auth_mode static_bearer any name of the account."},
	{Name: "client_secret", Kind: adapters.TextSetting, Required: true, Secret: true, Help: "Client secret for the token endpoint; with auth_mode static_bearer the token itself."},
	{Name: "auth_mode", Kind: adapters.ChoiceSetting, Default: "oauth_like", Choices: []string{"oauth_like", "static_bearer"}, Assumed: true, Help: "oauth_like fetches tokens from /auth/login; static_bearer sends client_secret as the token."},
	{Name: "path_prefix", Kind: adapters.ChoiceSetting, Default: "/v1", Choices: []string{"/v1", "/v2", ""}, Help: "What order paths begin with. /v2 is the second generation, with its own fields."},
	{Name: "refund_method", Kind: adapters.ChoiceSetting, Default: http.MethodPatch, Choices: []string{http.MethodPatch, http.MethodPost}, Help: "Method of a refund: the guide says PATCH, the reference POST."},
	{Name: "capture_sets_merchant_order_id", Kind: adapters.FlagSetting, Default: "true", Assumed: true, Help: "Sends the order number again with the capture, which is refused without one."},
	{Name: "authorization_days", Kind: adapters.IntegerSetting, Default: "30", Help: "Days after creation until Credit Key cancels what is not captured; longer terms can be negotiated."},
	{Name: "reference_lookup", Kind: adapters.ChoiceSetting, Default: "none", Choices: []string{"none", "ecomm"}, Help: "ecomm finds orders by our reference through the oldest API: settles a lost create and tells what was refunded."},
	{Name: "lookup_url", Kind: adapters.TextSetting, Help: "Where the oldest API lives, such as https://www.creditkey.com; absent: at base_url."},
	{Name: "public_key", Kind: adapters.TextSetting, Help: "Public key of the oldest API; needed with reference_lookup ecomm."},
	{Name: "shared_secret", Kind: adapters.TextSetting, Secret: true, Help: "Shared secret of the oldest API; needed with reference_lookup ecomm."},
	{Name: "webhook_secret", Kind: adapters.TextSetting, Secret: true, Help: "What notifications are signed with; absent: none are taken."},
	{Name: "webhook_signature_header", Kind: adapters.TextSetting, Default: "X-CreditKey-Signature", Assumed: true, Help: "Header of a notification's signature."},
	{Name: "webhook_signature_algorithm", Kind: adapters.ChoiceSetting, Default: "sha256", Choices: []string{"sha256", "sha512", "sha1"}, Assumed: true, Help: "Hash of the HMAC over the raw body."},
	{Name: "webhook_signature_encoding", Kind: adapters.ChoiceSetting, Default: "hex", Choices: []string{"hex", "base64"}, Assumed: true, Help: "How the signature is written."},
}

// The lender's words for the status of an order.
const (
	created    = "CREATED"
	pending    = "PENDING"
	authorized = "AUTHORIZED"
	captured   = "CAPTURED"
	canceled   = "CANCELED"
	returned   = "RETURNED"
)

var words = []canonical.Word{
	{Word: created, Phase: canonical.Created, WaitingFor: canonical.ForMerchant},
	{Word: pending, Phase: canonical.Pending, WaitingFor: canonical.ForLender, Note: "second generation only"},
	{Word: authorized, Phase: canonical.Open},
	{Word: captured, Phase: canonical.Open, Captured: true, Note: "says nothing of refunds"},
	{Word: canceled, Phase: canonical.Ended, EndedBy: canonical.ByCancel, Note: "by us, or by the lender when its time was up"},
	{Word: returned, Phase: canonical.Open, Captured: true, Refunded: true},
}

var details = []canonical.Option{
	{Name: "capture_date", Type: canonical.TextOption, Help: "The lender's date of the capture."},
	{Name: "externally_managed_payments", Type: canonical.BooleanOption, Help: "Whether the merchant collects the repayments."},
	{Name: "reasons", Type: canonical.ListOption, Help: "Why the order waits for approval, in the lender's words."},
}

// ASSUMED: the name capture_date; the reference describes the field without showing its name.
var options = []canonical.Option{
	{Name: "externally_managed_payments", Type: canonical.BooleanOption, Help: "Whether the merchant collects the repayments.", Operations: settable},
	{Name: "capture_date", Type: canonical.TextOption, Help: "When the capture is expected, YYYY-MM-DD.", Operations: settable},
}

var settable = []canonical.OperationKind{canonical.OpCreate, canonical.OpUpdate}

// reasons are the lender's words for a no to the borrower, as its own clients know them, and ours.
var reasons = []struct{ word, reason string }{
	{"MAX_LOAN_AMOUNT_EXCEEDED", "amount_too_high"},
	{"CREDIT_BALANCE_NEGATIVE", "credit_limit_exceeded"},
	{"EXCEEDS_AVAILABLE_CREDIT", "credit_limit_exceeded"},
	{"EXCEEDS_XPL_LIMIT", "credit_limit_exceeded"},
	{"PAYMENT_AMOUNT_UNAFFORDABLE", "unaffordable"},
	{"NOT_APPROVED", "not_approved"},
	{"COMPANY_ON_HOLD", "customer_on_hold"},
	{"COMPANY_PAST_DUE", "customer_past_due"},
	{"PENDING_APPLICATION", "application_pending"},
	{"NO_CREDIT_LINE", "no_credit_line"},
	{"NO_BORROWER", "customer_unknown"},
	{"ADDRESS_MISMATCH", "address_mismatch"},
	{"ERROR", "lender_error"},
}

func define(v adapters.Values) (adapters.Definition, error) {
	if err := check(v); err != nil {
		return adapters.Definition{}, err
	}
	second := v.Text("path_prefix") == "/v2"
	d := adapters.Definition{
		Currencies: []string{currency},
		Amounts:    adapters.MajorNumber,
		// ASSUMED: 64; no limit of merchant_order_id is documented.
		Reference: canonical.ReferenceForm{Max: 64},
		// The second generation may let a new order wait, and authorize it by itself.
		Traits: canonical.Traits{CreateReservesNothing: !second, Final: canonical.FinalByUpdate},
		Words:  words,
		// ASSUMED: without regard to case; the documents write upper case throughout.
		FoldWords:     true,
		Details:       details,
		Refusal:       refusal,
		Notifications: notifications(v),
	}
	if v.Text("auth_mode") == "static_bearer" {
		d.Headers = []adapters.Header{{Name: "Authorization", Value: "Bearer " + v.Text("client_secret")}}
	} else {
		d.Token = token(v)
	}
	if !second {
		d.Options = options
	}
	s := style{&d, v, second}
	d.Exchanges = append(s.writes(), s.reads()...)
	return d, nil
}

// check finds settings that are missing or do not go together.
func check(v adapters.Values) error {
	needed := []string{"client_id", "client_secret"}
	if v.Text("reference_lookup") == "ecomm" {
		needed = append(needed, "public_key", "shared_secret")
	}
	for _, name := range needed {
		if v.Text(name) == "" {
			return errors.New(name + ": is missing")
		}
	}
	switch {
	case v.Integer("authorization_days") < 1:
		return errors.New("authorization_days: must be at least 1")
	case !keepsSecrets(v.Text("lookup_url")):
		return errors.New("lookup_url: must start with https://, for secrets travel in the address")
	}
	return nil
}

// keepsSecrets says whether nobody on the way can read an address; "" is the provider's own.
func keepsSecrets(address string) bool {
	return address == "" || slices.ContainsFunc([]string{"https://", "http://127.0.0.1", "http://localhost"}, func(begin string) bool {
		return strings.HasPrefix(address, begin)
	})
}
