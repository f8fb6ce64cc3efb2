package declared

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters"
)

// function is one of the language. hidden is what the compiler puts before the arguments a contract
// writes; where there is a row to read from, only if the contract names none.
type function struct {
	name    string
	shows   string // how it is written, for who got it wrong
	realm   realm  // where it means something; 0: everywhere
	hidden  string
	whole   int   // arguments written at most, of one whose hidden argument may be written; 0: always hidden
	pointer int   // which argument, counted from the end of those written, is a pointer; 0: none
	words   words // of an argument that is one of a few words
	call    func(args []any) (any, error)
	types   []any // a list is one of rows, or what filter makes of it
}

// words are what one argument may be.
type words struct {
	at int // of the arguments written
	of []string
}

var hashes = []string{"sha1", "sha256", "sha512"}

var stamps = map[string]string{"rfc3339": time.RFC3339, "date": time.DateOnly, "yyyy-MM-dd HH:mm:ss": time.DateTime}

// functions is every function there is, but for the loops, which are the library's.
var functions = []function{
	{name: "text", shows: `text("/a")`, realm: ofReply, hidden: "_reply", whole: 2, pointer: 1, types: []any{new(func(row, pointer) string)},
		call: func(a []any) (any, error) { return a[0].(row).text(a[1].(pointer)) }},
	{name: "numbered", shows: `numbered("/id")`, realm: ofReply, hidden: "_reply", whole: 2, pointer: 1, types: []any{new(func(row, pointer) string)},
		call: func(a []any) (any, error) { return a[0].(row).name(a[1].(pointer)) }},
	{name: "money", shows: `money("/a")`, realm: ofReply, hidden: "_reply", whole: 2, pointer: 1, types: []any{new(func(row, pointer) money)},
		call: func(a []any) (any, error) { m, err := a[0].(row).money(a[1].(pointer)); return money{m}, err }},
	{name: "whole", shows: `whole("/a")`, realm: ofReply, hidden: "_reply", whole: 2, pointer: 1, types: []any{new(func(row, pointer) int)},
		call: func(a []any) (any, error) { return a[0].(row).whole(a[1].(pointer)) }},
	{name: "flag", shows: `flag("/a")`, realm: ofReply, hidden: "_reply", whole: 2, pointer: 1, types: []any{new(func(row, pointer) bool)},
		call: func(a []any) (any, error) { return a[0].(row).flag(a[1].(pointer)) }},
	{name: "has", shows: `has("/a")`, realm: ofReply, hidden: "_reply", whole: 2, pointer: 1, types: []any{new(func(row, pointer) bool)},
		call: func(a []any) (any, error) { _, there := a[0].(row).at(a[1].(pointer)); return there, nil }},
	{name: "rows", shows: `rows("/list")`, realm: ofReply, hidden: "_reply", whole: 2, pointer: 1, types: []any{new(func(row, pointer) []row)},
		call: func(a []any) (any, error) { return a[0].(row).list(a[1].(pointer)) }},
	{name: "time", shows: `time("/a")`, realm: ofReply, hidden: "_reply", whole: 2, pointer: 1, types: []any{new(func(row, pointer) time.Time)},
		call: func(a []any) (any, error) { return a[0].(row).time(a[1].(pointer)) }},
	{name: "total", shows: `total(rows("/list"), "/amount")`, realm: ofReply, hidden: "_purse", pointer: 1, types: []any{new(func(*purse, []row, pointer) money), new(func(*purse, []any, pointer) money)},
		call: func(a []any) (any, error) { return total(rowsOf(a[1]), a[0].(*purse), a[2].(pointer)) }},
	{name: "pick", shows: `pick(rows("/list"), "/a", text)`, realm: ofReply, pointer: 2, types: []any{new(func([]row, pointer, string) row), new(func([]any, pointer, string) row)},
		call: func(a []any) (any, error) { return pick(rowsOf(a[0]), a[1].(pointer), a[2].(string)) }},
	{name: "join", shows: `join(rows("/list"), "/a", ", ")`, realm: ofReply, pointer: 2, types: []any{new(func([]row, pointer, string) string), new(func([]any, pointer, string) string)},
		call: func(a []any) (any, error) { return join(rowsOf(a[0]), a[1].(pointer), a[2].(string)) }},
	{name: "header", shows: `header("Location")`, realm: ofReply, hidden: "_header", types: []any{new(func(headers, string) string)},
		call: func(a []any) (any, error) { return adapters.Sole(a[0].(headers).values, a[1].(string)), nil }},
	{name: "after", shows: `after(text, mark)`, types: []any{new(func(string, string) string)},
		call: func(a []any) (any, error) {
			_, after, _ := strings.Cut(a[0].(string), a[1].(string))
			return after, nil
		}},
	{name: "before", shows: `before(text, mark)`, types: []any{new(func(string, string) string)},
		call: func(a []any) (any, error) {
			before, _, _ := strings.Cut(a[0].(string), a[1].(string))
			return before, nil
		}},
	{name: "lower", shows: `lower(text)`, types: []any{new(func(string) string)},
		call: func(a []any) (any, error) { return strings.ToLower(a[0].(string)), nil }},
	{name: "upper", shows: `upper(text)`, types: []any{new(func(string) string)},
		call: func(a []any) (any, error) { return strings.ToUpper(a[0].(string)), nil }},
	{name: "cut", shows: `cut(text, 10)`, types: []any{new(func(string, int) string)},
		call: func(a []any) (any, error) { return cut(a[0].(string), a[1].(int)), nil }},
	{name: "first", shows: `first(a, b)`, types: []any{new(func(string, ...string) string)},
		call: func(a []any) (any, error) { return first(a), nil }},
	{name: "join_text", shows: `join_text(a, b)`, types: []any{new(func(string, ...string) string)},
		call: func(a []any) (any, error) { return strings.Join(texts(a), "/"), nil }},
	{name: "minor", shows: `minor(amount)`, hidden: "_purse", types: written,
		call: func(a []any) (any, error) { return writeAs(adapters.MinorInteger, a) }},
	{name: "number", shows: `number(amount)`, hidden: "_purse", types: written,
		call: func(a []any) (any, error) { return writeAs(adapters.MajorNumber, a) }},
	{name: "plain", shows: `plain(amount)`, hidden: "_purse", types: []any{new(func(*purse, money) string), new(func(*purse, price) string)},
		call: func(a []any) (any, error) { f, err := writeAs(adapters.MajorNumber, a); return f.written, err }},
	{name: "stamp", shows: `stamp(time, "rfc3339")`, words: words{1, []string{"unix", "rfc3339", "date", "yyyy-MM-dd HH:mm:ss"}}, types: []any{new(func(time.Time, string) string)},
		call: func(a []any) (any, error) { return stamp(a[0].(time.Time), a[1].(string)), nil }},
	{name: "hmac", shows: `hmac("sha256", key, text)`, realm: ofRequest, words: words{0, hashes}, types: []any{new(func(string, string, string) []byte)},
		call: func(a []any) (any, error) { return mac(a[0].(string), a[1].(string), []byte(a[2].(string))), nil }},
	{name: "hash", shows: `hash("sha256", text)`, realm: ofRequest, words: words{0, hashes}, types: []any{new(func(string, string) []byte)},
		call: func(a []any) (any, error) { return digest(a[0].(string), a[1].(string)), nil }},
	{name: "hex", shows: `hex(hash("sha256", text))`, realm: ofRequest, types: []any{new(func([]byte) string)},
		call: func(a []any) (any, error) { return hex.EncodeToString(a[0].([]byte)), nil }},
	{name: "base64", shows: `base64(text)`, types: []any{new(func([]byte) string), new(func(string) string)},
		call: func(a []any) (any, error) { return in64(a[0]), nil }},
	{name: "_option_text", types: []any{new(func(options, string) string)},
		call: func(a []any) (any, error) { name := a[1].(string); return a[0].(options).of(name).Text(name), nil }},
	{name: "_option_flag", types: []any{new(func(options, string) bool)},
		call: func(a []any) (any, error) {
			name := a[1].(string)
			is, _ := a[0].(options).of(name).Bool(name)
			return is, nil
		}},
	{name: "_option_whole", types: []any{new(func(options, string) int)},
		call: func(a []any) (any, error) { name := a[1].(string); return a[0].(options).of(name).Integer(name), nil }},
	{name: "_option_list", types: []any{new(func(options, string) []string)},
		call: func(a []any) (any, error) { name := a[1].(string); return a[0].(options).of(name).List(name), nil }},
	{name: "_kept_text", types: []any{new(func(kept, string) string)},
		call: func(a []any) (any, error) { return a[0].(kept).values[a[1].(string)], nil }},
	{name: "_earlier_row", types: []any{new(func(earlier, string) row)},
		call: func(a []any) (any, error) { return a[0].(earlier).of(a[1].(string)), nil }},
	{name: "_setting_text", types: []any{new(func(settings, string) string)},
		call: func(a []any) (any, error) { return a[0].(settings).values.Text(a[1].(string)), nil }},
	{name: "_setting_flag", types: []any{new(func(settings, string) bool)},
		call: func(a []any) (any, error) { return a[0].(settings).values.Flag(a[1].(string)), nil }},
	{name: "_setting_whole", types: []any{new(func(settings, string) int)},
		call: func(a []any) (any, error) { return a[0].(settings).values.Integer(a[1].(string)), nil }},
	{name: "_money_add", types: []any{new(func(money, money) money)},
		call: func(a []any) (any, error) { return add(a[0].(money), a[1].(money)) }},
	{name: "_money_sub", types: []any{new(func(money, money) money)},
		call: func(a []any) (any, error) { return subtract(a[0].(money), a[1].(money)) }},
	{name: "_money_eq", types: compared, call: comparing(func(order int) bool { return order == 0 })},
	{name: "_money_ne", types: compared, call: comparing(func(order int) bool { return order != 0 })},
	{name: "_money_lt", types: compared, call: comparing(func(order int) bool { return order < 0 })},
	{name: "_money_le", types: compared, call: comparing(func(order int) bool { return order <= 0 })},
	{name: "_money_gt", types: compared, call: comparing(func(order int) bool { return order > 0 })},
	{name: "_money_ge", types: compared, call: comparing(func(order int) bool { return order >= 0 })},
}

// overloads says which function an operator is where both sides are money.
var overloads = []struct{ operator, function string }{
	{"+", "_money_add"}, {"-", "_money_sub"}, {"==", "_money_eq"}, {"!=", "_money_ne"},
	{"<", "_money_lt"}, {"<=", "_money_le"}, {">", "_money_gt"}, {">=", "_money_ge"},
}

var (
	compared = []any{new(func(money, money) bool)}
	written  = []any{new(func(*purse, money) figure), new(func(*purse, price) figure)}
)

func comparing(holds func(int) bool) func([]any) (any, error) {
	return func(a []any) (any, error) {
		order, err := compare(a[0].(money), a[1].(money))
		return holds(order), err
	}
}

func functionNamed(name string) *function {
	for i := range functions {
		if functions[i].name == name {
			return &functions[i]
		}
	}
	return nil
}

// rowsOf takes a list as rows gives it, or as filter does.
func rowsOf(list any) []row {
	if rows, is := list.([]row); is {
		return rows
	}
	var rows []row
	for _, one := range list.([]any) {
		rows = append(rows, one.(row))
	}
	return rows
}

func texts(args []any) []string {
	var all []string
	for _, one := range args {
		all = append(all, one.(string))
	}
	return all
}

func first(args []any) string {
	for _, one := range texts(args) {
		if one != "" {
			return one
		}
	}
	return ""
}

func join(rows []row, at pointer, between string) (string, error) {
	var all []string
	for _, r := range rows {
		one, err := r.text(at)
		if err != nil {
			return "", err
		}
		all = append(all, one)
	}
	return strings.Join(all, between), nil
}

// cut keeps so many characters.
func cut(text string, most int) string {
	for i := range text {
		if most--; most < 0 {
			return text[:i]
		}
	}
	return text
}

func writeAs(form adapters.AmountForm, args []any) (figure, error) {
	of, is := args[1].(price)
	if !is {
		m := args[1].(money).is
		of = price{m.Value.Decimal(), m.Currency}
	}
	written, err := args[0].(*purse).write(form, of.value, of.currency)
	return figure{string(written)}, err
}

func stamp(at time.Time, form string) string {
	if form == "unix" {
		return fmt.Sprint(at.Unix())
	}
	return at.UTC().Format(stamps[form])
}

func hasher(name string) func() hash.Hash {
	switch name {
	case "sha1":
		return sha1.New
	case "sha256":
		return sha256.New
	}
	return sha512.New
}

func mac(name, key string, message []byte) []byte {
	h := hmac.New(hasher(name), []byte(key))
	h.Write(message)
	return h.Sum(nil)
}

func digest(name, message string) []byte {
	h := hasher(name)()
	h.Write([]byte(message))
	return h.Sum(nil)
}

func in64(of any) string {
	if bytes, is := of.([]byte); is {
		return base64.StdEncoding.EncodeToString(bytes)
	}
	return base64.StdEncoding.EncodeToString([]byte(of.(string)))
}
