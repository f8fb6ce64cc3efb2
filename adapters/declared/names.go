package declared

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/config"
)

// realm is what an expression can know where it stands.
type realm uint8

const (
	ofOrder   realm = 1 << iota // order, what is kept of it, its options
	ofCommand                   // what is asked of it
	ofReply                     // what a lender wrote
	ofRequest                   // a request that is signed
	ofMaking                    // what is known only while a request is made, and not when its reply is read again
)

// roots says where a name, or its first word, means something, where that is not a command.
var roots = map[string]realm{
	"order": ofOrder, "zero": ofOrder, "status": ofReply, "request": ofRequest,
	"lines": ofMaking, "taxed": ofMaking, "message": ofMaking, "reason": ofMaking, "notify_url": ofMaking, "shipping": ofMaking,
	"order.lines": ofMaking, "order.capturable": ofMaking, "order.refundable": ofMaking,
}

// declaredRoots are followed by a name that the contract declares.
var declaredRoots = map[string]realm{"option": ofOrder, "kept": ofOrder, "setting": 0}

func realmOf(name string) realm {
	root, _, _ := strings.Cut(name, ".")
	for _, one := range []string{name, root} {
		if in, is := roots[one]; is {
			return in
		}
	}
	return ofCommand
}

// names of the language, with their types; a name that only begins others has none.
var (
	scopeNames = tagged(reflect.TypeFor[scope](), "")
	lineNames  = tagged(reflect.TypeFor[line](), "item.")
)

func tagged(of reflect.Type, before string) map[string]reflect.Type {
	all := make(map[string]reflect.Type)
	for i := range of.NumField() {
		field := of.Field(i)
		name := field.Tag.Get("expr")
		if name == "" || strings.HasPrefix(name, "_") {
			continue
		}
		if within := fieldsOf(field.Type); within {
			maps.Copy(all, tagged(field.Type, before+name+"."))
			continue
		}
		all[before+name] = field.Type
	}
	return all
}

func fieldsOf(of reflect.Type) bool {
	return of.Kind() == reflect.Struct && of.NumField() > 0 && of.Field(0).Tag.Get("expr") != ""
}

// near is the name that was probably meant.
func near(name string, among map[string]reflect.Type) string {
	known := slices.Sorted(maps.Keys(among))
	if close := config.Closest(name, known); close != "" {
		return "did you mean " + close + "?"
	}
	root, _, _ := strings.Cut(name, ".")
	var beside []string
	for _, one := range known {
		if strings.HasPrefix(one, root+".") {
			beside = append(beside, one)
		}
	}
	if len(beside) == 0 {
		var first []string
		for _, one := range known {
			one, _, _ = strings.Cut(one, ".")
			first = append(first, one)
		}
		beside = slices.Compact(first)
	}
	return "use one of " + strings.Join(beside, ", ")
}

// shape is the type of a value, as a contract's author knows it.
type shape string

const (
	textShape   shape = "text"
	flagShape   shape = "true or false"
	wholeShape  shape = "a whole number"
	moneyShape  shape = "money"
	priceShape  shape = "an amount of a line"
	figureShape shape = "a figure"
	timeShape   shape = "a time"
	rowShape    shape = "a row"
	rowsShape   shape = "a list of rows"
	linesShape  shape = "a list of lines"
	textsShape  shape = "a list of texts"
	bytesShape  shape = "bytes"
	otherShape  shape = "something else"
)

var shapes = map[reflect.Type]shape{
	reflect.TypeFor[string](): textShape, reflect.TypeFor[bool](): flagShape, reflect.TypeFor[int](): wholeShape,
	reflect.TypeFor[money](): moneyShape, reflect.TypeFor[price](): priceShape, reflect.TypeFor[figure](): figureShape,
	reflect.TypeFor[time.Time](): timeShape, reflect.TypeFor[row](): rowShape, reflect.TypeFor[[]row](): rowsShape,
	reflect.TypeFor[[]line](): linesShape, reflect.TypeFor[[]string](): textsShape, reflect.TypeFor[[]byte](): bytesShape,
}

func shapeOf(of reflect.Type) shape {
	if s, known := shapes[of]; known {
		return s
	}
	return otherShape
}

// ofTypes puts the library's names of types into ours.
var ofTypes = strings.NewReplacer("[]declared.row", "a list of rows", "[]declared.line", "a list of lines", "[]uint8", "bytes", "[]string", "a list of texts",
	"declared.row", "a row", "declared.line", "a line", "declared.money", "money", "declared.price", "an amount of a line", "declared.figure", "a figure",
	"time.Time", "a time", "string", "text", "bool", "true or false", "int", "a whole number", "[]interface {}", "a list")
