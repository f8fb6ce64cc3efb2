package spendoption

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

const currency = "GBP"

// ASSUMED: at most two decimals and no exponent; the lender's own samples show no other.
var amountForm = regexp.MustCompile(`^(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?$`)

var guidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// form reads the members of one request. Each is taken once; what nobody took is unknown.
type form struct {
	members map[string]json.RawMessage
	wrong   map[string][]string
}

func readBody(body []byte) *form {
	f := &form{wrong: map[string][]string{}}
	if err := json.Unmarshal(body, &f.members); err != nil || f.members == nil {
		f.blame("$", "the body must be a JSON object")
	}
	return f
}

func readQuery(raw string) *form {
	f := &form{members: map[string]json.RawMessage{}, wrong: map[string][]string{}}
	values, err := url.ParseQuery(raw)
	if err != nil {
		f.blame("$", "the query cannot be read")
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if len(values[name]) > 1 {
			f.blame(name, "is given more than once")
		}
		f.members[name] = json.RawMessage(values[name][0])
	}
	return f
}

func (f *form) blame(name, message string) { f.wrong[name] = append(f.wrong[name], message) }

func (f *form) take(name string) (json.RawMessage, bool) {
	member, present := f.members[name]
	delete(f.members, name)
	return member, present
}

// refused says what was wrong, and names the members nobody took.
func (f *form) refused() *refusal {
	for _, name := range slices.Sorted(maps.Keys(f.members)) {
		f.blame(name, "is not a known field")
	}
	if len(f.wrong) == 0 {
		return nil
	}
	return &refusal{status: 400, title: "One or more validation errors occurred.", detail: "see errors", fields: f.wrong}
}

func (f *form) text(name string, required bool, longest int) string {
	raw, present := f.take(name)
	var text string
	switch {
	case !present && required:
		f.blame(name, "is required")
	case present && (!bytes.HasPrefix(raw, []byte(`"`)) || json.Unmarshal(raw, &text) != nil):
		f.blame(name, "must be a string")
	case present && required && text == "":
		f.blame(name, "must not be empty")
	case utf8.RuneCountInString(text) > longest:
		f.blame(name, fmt.Sprintf("must not be longer than %d characters", longest))
	}
	return text
}

func (f *form) guid(name string) string {
	_, present := f.members[name]
	text := f.text(name, false, 36)
	if present && len(f.wrong[name]) == 0 && !guidForm.MatchString(text) {
		f.blame(name, "must be a GUID")
	}
	return text
}

func (f *form) flag(name string) bool {
	raw, present := f.take(name)
	if present && string(raw) != "true" && string(raw) != "false" {
		f.blame(name, "must be true or false")
	}
	return string(raw) == "true"
}

// word takes an optional query value out of a closed list.
func (f *form) word(name string, known ...string) string {
	raw, present := f.take(name)
	if present && !slices.Contains(known, string(raw)) {
		f.blame(name, fmt.Sprintf("must be one of %v", known))
	}
	return string(raw)
}

// number takes a required amount in major units.
func (f *form) number(name string) decimal.Decimal {
	raw, present := f.take(name)
	if !present {
		f.blame(name, "is required")
		return decimal.Zero
	}
	if !amountForm.Match(raw) {
		f.blame(name, "must be a number with at most 2 decimals")
		return decimal.Zero
	}
	amount := decimal.RequireFromString(string(raw))
	if !amount.IsPositive() {
		f.blame(name, "must be greater than 0")
	}
	return amount
}

// money takes the required amount object.
func (f *form) money(name string) decimal.Decimal {
	raw, present := f.take(name)
	if !present {
		f.blame(name, "is required")
		return decimal.Zero
	}
	inner := readBody(raw)
	amount := inner.number("value")
	if code := inner.text("currencyCode", true, 3); len(inner.wrong) == 0 && code != currency {
		inner.blame("currencyCode", "must be "+currency)
	}
	if inner.refused() != nil {
		for _, field := range slices.Sorted(maps.Keys(inner.wrong)) {
			f.wrong[name+"."+field] = inner.wrong[field]
		}
	}
	return amount
}

// money is an amount as the lender writes it.
type money struct {
	Value        json.Number `json:"value"`
	CurrencyCode string      `json:"currencyCode"`
}

// pounds writes whole amounts without a decimal point, others with two decimals, as the lender does.
func pounds(amount decimal.Decimal) money {
	if amount.IsInteger() {
		return money{json.Number(amount.String()), currency}
	}
	return money{json.Number(amount.StringFixed(2)), currency}
}

// cents returns the last two digits of an amount, which decide some answers.
func cents(amount decimal.Decimal) int64 {
	return amount.Shift(2).Mod(decimal.NewFromInt(100)).IntPart()
}

const (
	centsDecline      = 13
	centsAuthenticate = 14
)
