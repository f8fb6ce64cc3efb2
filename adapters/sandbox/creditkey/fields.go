package creditkey

import (
	"encoding/json"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"
)

// field is one member a request may have.
type field struct {
	name     string
	required bool
	kind     kind
}

// kind says what is wrong with a value, each complaint worded to follow the field's name.
type kind func(json.RawMessage) []string

const (
	needed   = true
	optional = false
)

// dialect is what a generation of the API reads on create and update.
type dialect struct {
	create, update []field
	statuses       []string
	termNeeded     bool // installments belong to the authorization
	reviews        bool // knows PENDING
}

func dialectOf(prefix string) dialect {
	if prefix == "/v2" {
		return dialect{create: createV2, update: updateV2, statuses: statusesV2, reviews: true}
	}
	return dialect{create: createV1, update: updateV1, statuses: statusesV1, termNeeded: true}
}

// ASSUMED: the names capture_date, ip_address and vendor; the documents describe them only. So with
// items and shipping_address in updateV1, whose names are those of the second generation.
var (
	createV1 = []field{
		{"company_id", needed, company},
		{"amount", needed, amount},
		{"merchant_order_id", optional, text},
		{"capture_date", optional, date},
		{"externally_managed_payments", optional, boolean},
		{"ip_address", optional, ip},
		{"vendor", optional, text},
	}
	updateV1 = []field{
		{"merchant_order_id", optional, text},
		{"amount", optional, amount},
		{"status", optional, statusOf(statusesV1...)},
		{"installments", optional, count},
		{"capture_date", optional, date},
		{"externally_managed_payments", optional, boolean},
		{"items", optional, listOf(itemFields)},
		{"shipping_address", optional, objectOf(addressFields)},
	}
	createV2 = []field{
		{"company_id", needed, company},
		{"amount", needed, amount},
		{"status", optional, statusOf(created, authorized)},
		{"merchant_order_id", optional, text},
		{"shipping_address", optional, objectOf(addressFields)},
		{"billing_address", optional, objectOf(addressFields)},
		{"items", optional, listOf(itemFields)},
		{"metadata", optional, anyObject},
	}
	updateV2 = []field{
		{"amount", optional, amount},
		{"merchant_order_id", optional, text},
		{"status", optional, statusOf(statusesV2...)},
		{"shipping_address", optional, objectOf(addressFields)},
		{"metadata", optional, anyObject},
		{"items", optional, listOf(itemFields)},
	}
	refundFields = []field{
		{"amount", needed, amount},
		{"date", optional, date},
	}
	loginFields = []field{
		{"client_id", needed, text},
		{"client_secret", needed, text},
	}
	// ASSUMED: an item needs a name, a price and a quantity; the documents only list the names.
	itemFields = []field{
		{"merchant_id", optional, anyText},
		{"name", needed, text},
		{"price", needed, price},
		{"quantity", needed, count},
		{"sku", optional, anyText},
		{"size", optional, anyText},
		{"color", optional, anyText},
		{"tax", optional, price},
	}
	addressFields = []field{
		{"first_name", optional, anyText},
		{"last_name", optional, anyText},
		{"company_name", optional, anyText},
		{"email", optional, anyText},
		{"address1", optional, anyText},
		{"address2", optional, anyText},
		{"city", optional, anyText},
		{"state", optional, anyText},
		{"zip", optional, anyText},
		{"phone_number", optional, phone},
	}
)

// ASSUMED: amounts have two decimals at most and no exponent; a company is a number written as text,
// because orders show it as an integer.
var (
	amountForm  = regexp.MustCompile(`^[0-9]{1,9}(\.[0-9]{1,2})?$`)
	countForm   = regexp.MustCompile(`^[1-9][0-9]{0,5}$`)
	companyForm = regexp.MustCompile(`^[1-9][0-9]{0,14}$`)
	phoneForm   = regexp.MustCompile(`^[0-9-]+$`)
)

var (
	text    = textLike("must be a string that is not empty", func(s string) bool { return s != "" })
	anyText = textLike("must be a string", func(string) bool { return true })
	company = textLike("must be a string of digits", companyForm.MatchString)
	phone   = textLike("must have digits and dashes only", phoneForm.MatchString)
	ip      = textLike("must be an IP address", func(s string) bool { _, err := netip.ParseAddr(s); return err == nil })
	date    = textLike("must be a date", isDate)
	boolean = must("must be a boolean", func(raw json.RawMessage) bool { return raw[0] == 't' || raw[0] == 'f' })
	count   = must("must be a positive integer", func(raw json.RawMessage) bool { return countForm.Match(raw) })
	price   = must("must be a number with at most 2 decimals, not negative", func(raw json.RawMessage) bool { return amountForm.Match(raw) })
	amount  = must("must be a positive number with at most 2 decimals", func(raw json.RawMessage) bool { return money(raw).IsPositive() })

	anyObject = must("must be an object", func(raw json.RawMessage) bool { return raw[0] == '{' })
)

func must(words string, fits func(json.RawMessage) bool) kind {
	return func(raw json.RawMessage) []string {
		if fits(raw) {
			return nil
		}
		return []string{" " + words}
	}
}

func textLike(words string, fits func(string) bool) kind {
	return must(words, func(raw json.RawMessage) bool { return raw[0] == '"' && fits(textIn(raw)) })
}

func statusOf(known ...string) kind {
	return textLike("must be one of the order statuses, in upper case", func(s string) bool { return slices.Contains(known, s) })
}

func objectOf(fields []field) kind {
	return func(raw json.RawMessage) []string {
		if complaints := anyObject(raw); complaints != nil {
			return complaints
		}
		_, complaints := read(raw, fields)
		var placed []string
		for _, c := range complaints {
			placed = append(placed, "."+c)
		}
		return placed
	}
}

func listOf(fields []field) kind {
	return func(raw json.RawMessage) []string {
		var rows []json.RawMessage
		if raw[0] != '[' || json.Unmarshal(raw, &rows) != nil || len(rows) == 0 {
			return []string{" must be an array that is not empty"}
		}
		var complaints []string
		for i, row := range rows {
			for _, c := range objectOf(fields)(row) {
				complaints = append(complaints, "."+strconv.Itoa(i)+c)
			}
		}
		return complaints
	}
}

// read takes an object apart and lists what is wrong with it.
func read(raw []byte, fields []field) (object, []string) {
	var sent object
	if err := json.Unmarshal(raw, &sent); err != nil || sent == nil {
		return nil, []string{"body must be a JSON object"}
	}
	var complaints []string
	unknown := maps.Clone(sent)
	for _, f := range fields {
		delete(unknown, f.name)
		value, there := sent[f.name]
		switch {
		case !there && f.required:
			complaints = append(complaints, f.name+" must not be empty")
		case there:
			for _, c := range f.kind(value) {
				complaints = append(complaints, f.name+c)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(unknown)) {
		complaints = append(complaints, "property "+name+" should not exist")
	}
	return sent, complaints
}

type object map[string]json.RawMessage

func (o object) has(name string) bool              { return o[name] != nil }
func (o object) text(name string) string           { return textIn(o[name]) }
func (o object) money(name string) decimal.Decimal { return money(o[name]) }

// count reads a number that the kind count has let through.
func (o object) count(name string) int {
	n, _ := strconv.Atoi(string(o[name]))
	return n
}

// textIn reads a JSON string; "" when it is none.
func textIn(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// money reads a JSON number with at most two decimals and no exponent; zero when it is none.
func money(raw []byte) decimal.Decimal {
	if !amountForm.Match(raw) {
		return decimal.Zero
	}
	return decimal.RequireFromString(string(raw))
}

func isDate(s string) bool {
	_, asDay := time.Parse(time.DateOnly, s)
	_, asTime := time.Parse(time.RFC3339, s)
	return asDay == nil || asTime == nil
}
