package iwocapay

import (
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// field is one member a request may have.
type field struct {
	name     string
	required bool
	fits     func(json.RawMessage) bool
	must     string
}

// ASSUMED: the limits on amount and reference, and that webhook_url and redirect_url are absolute.
var orderFields = []field{
	{"amount", true, isMoney, "must be a positive number with at most 2 decimals"},
	{"reference", true, isReference, "must be a string of 1 to 255 characters"},
	{"allowed_payment_terms", false, areTerms, "must list PAY_NOW, PAY_LATER or both"},
	{"webhook_url", false, isAddress, "must be an absolute http or https URL"},
	{"redirect_url", false, isAddress, "must be an absolute http or https URL"},
	{"source", false, isText, "must be a string"},
	{"meta_data", false, isObject, "must be an object"},
}

var wrapper = []field{{"data", true, isObject, "must be an object"}}

type object map[string]json.RawMessage

// readOrder unwraps a create request and lists what is wrong with it.
func readOrder(raw []byte) (object, []string) {
	wrapped, complaints := read(raw, wrapper)
	if complaints != nil {
		return nil, complaints
	}
	return read(wrapped["data"], orderFields)
}

func read(raw []byte, fields []field) (object, []string) {
	var sent object
	if err := json.Unmarshal(raw, &sent); err != nil || sent == nil {
		return nil, []string{"the body must be a JSON object"}
	}
	var complaints []string
	unknown := maps.Clone(sent)
	for _, f := range fields {
		delete(unknown, f.name)
		value, there := sent[f.name]
		switch {
		case !there && f.required:
			complaints = append(complaints, f.name+" is required")
		case there && !f.fits(value):
			complaints = append(complaints, f.name+" "+f.must)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(unknown)) {
		complaints = append(complaints, name+" is not known")
	}
	return sent, complaints
}

func isText(raw json.RawMessage) bool   { return raw[0] == '"' }
func isObject(raw json.RawMessage) bool { return raw[0] == '{' }
func isMoney(raw json.RawMessage) bool  { return money(raw).IsPositive() }

func isReference(raw json.RawMessage) bool {
	length := utf8.RuneCountInString(textIn(raw))
	return length >= 1 && length <= 255
}

func isAddress(raw json.RawMessage) bool {
	address, err := url.Parse(textIn(raw))
	return err == nil && address.Host != "" && (address.Scheme == "https" || address.Scheme == "http")
}

func areTerms(raw json.RawMessage) bool {
	sent, readable := texts(raw)
	if !readable || len(sent) == 0 {
		return false
	}
	for i, term := range sent {
		if !slices.Contains(allTerms, term) || slices.Contains(sent[:i], term) {
			return false
		}
	}
	return true
}

// textIn reads a JSON string; "" when it is none.
func textIn(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

func texts(raw json.RawMessage) (list []string, readable bool) {
	err := json.Unmarshal(raw, &list)
	return list, err == nil
}

var moneyForm = regexp.MustCompile(`^[0-9]{1,9}(\.[0-9]{1,2})?$`)

// money reads a JSON number with at most two decimals and no exponent; zero when it is none.
func money(raw []byte) decimal.Decimal {
	if !moneyForm.Match(raw) {
		return decimal.Zero
	}
	return decimal.RequireFromString(string(raw))
}
