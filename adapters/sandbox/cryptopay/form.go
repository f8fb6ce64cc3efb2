package cryptopay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"

	"github.com/shopspring/decimal"
)

var (
	amountForm   = regexp.MustCompile(`^(0|[1-9][0-9]{0,19})(\.[0-9]{1,18})?$`)
	merchantForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`) // ASSUMED alphabet and length
	currencyForm = regexp.MustCompile(`^[A-Z]{3,5}$`)
	secondsForm  = regexp.MustCompile(`^[1-9][0-9]{0,7}$`)
)

// form reads the members of one request. Each is taken once; what nobody took is unknown.
// It keeps the first thing that is wrong.
type form struct {
	members map[string]json.RawMessage
	wrong   string
}

func readBody(body []byte) *form {
	f := &form{}
	if err := json.Unmarshal(body, &f.members); err != nil || f.members == nil {
		f.blame("the body must be a JSON object")
	}
	return f
}

func readQuery(raw string) *form {
	f := &form{members: map[string]json.RawMessage{}}
	values, err := url.ParseQuery(raw)
	if err != nil {
		f.blame("the query cannot be read")
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if len(values[name]) > 1 {
			f.blame("%s is given more than once", name)
		}
		f.members[name] = json.RawMessage(values[name][0])
	}
	return f
}

func (f *form) blame(message string, about ...any) {
	if f.wrong == "" {
		f.wrong = fmt.Sprintf(message, about...)
	}
}

func (f *form) take(name string) (json.RawMessage, bool) {
	member, present := f.members[name]
	delete(f.members, name)
	return member, present
}

func (f *form) refused() *refusal {
	for _, name := range slices.Sorted(maps.Keys(f.members)) {
		f.blame("%s is not a known field", name)
	}
	if f.wrong == "" {
		return nil
	}
	return invalid(f.wrong)
}

func (f *form) text(name string) string {
	text, _ := f.optional(name)
	return text
}

// optional takes a string and says whether it was there at all.
func (f *form) optional(name string) (string, bool) {
	raw, present := f.take(name)
	var text string
	if present && (!bytes.HasPrefix(raw, []byte(`"`)) || json.Unmarshal(raw, &text) != nil) {
		f.blame("%s must be a string", name)
	}
	return text, present
}

// shaped takes a string of a form; where it is required, one that is absent is wrong too.
func (f *form) shaped(name string, shape *regexp.Regexp, required bool) string {
	text, present := f.optional(name)
	if (present || required) && !shape.MatchString(text) {
		f.blame("%s is missing or malformed", name)
	}
	return text
}

// amount takes a decimal string; "" and zero where it is absent.
func (f *form) amount(required bool) (string, decimal.Decimal) {
	text := f.shaped("amount", amountForm, required)
	if !amountForm.MatchString(text) {
		return "", decimal.Zero
	}
	amount := decimal.RequireFromString(text)
	if !amount.IsPositive() {
		f.blame("amount must be greater than 0")
	}
	return text, amount
}

func (f *form) link(name string) string {
	text, present := f.optional(name)
	if !present {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		f.blame("%s must be a URL", name)
	}
	return text
}

// object takes a JSON object and returns its bytes without white space.
func (f *form) object(name string) string {
	raw, present := f.take(name)
	if !present {
		return "{}"
	}
	var compact bytes.Buffer
	if !bytes.HasPrefix(raw, []byte("{")) || json.Compact(&compact, raw) != nil {
		f.blame("%s must be an object", name)
	}
	return compact.String()
}

// seconds takes a count of seconds; 0 where it is absent.
func (f *form) seconds(name string) int {
	raw, present := f.take(name)
	if !present {
		return 0
	}
	if !secondsForm.Match(raw) {
		f.blame("%s must be a positive integer", name)
		return 0
	}
	return f.integer(name, raw)
}

// count takes a query value between least and most.
func (f *form) count(name string, usual, least, most int) int {
	raw, present := f.take(name)
	if !present {
		return usual
	}
	n := f.integer(name, raw)
	if n < least || n > most {
		f.blame("%s must be from %d to %d", name, least, most)
	}
	return n
}

func (f *form) integer(name string, raw []byte) int {
	n, err := strconv.Atoi(string(raw))
	if err != nil {
		f.blame("%s must be an integer", name)
	}
	return n
}

// digits is how many decimals a currency takes.
// ASSUMED: the processor publishes no table; fiat money follows ISO 4217.
func digits(currency string) int32 {
	switch currency {
	case "USDT", "USDC":
		return 6
	case "JPY", "KRW":
		return 0
	}
	return 2
}

// fits says whether an amount has no more decimals than its currency.
func fits(amount decimal.Decimal, currency string) bool {
	return -amount.Exponent() <= digits(currency)
}

// write spells a sum the processor made. Its scale is its own: "0" beside "49.90".
func write(amount decimal.Decimal) string {
	if amount.IsZero() {
		return "0"
	}
	if amount.Equal(amount.Truncate(2)) {
		return amount.StringFixed(2)
	}
	return amount.String()
}
