package api

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lendgate/lendgate/canonical"
)

// What holds where a schema says nothing else.
const (
	maxText     = 2000
	maxItems    = 500
	maxMistakes = 50 // named in one answer
)

// wanted says in words what a value of a schema's type is.
var wanted = map[string]string{
	huma.TypeObject: "an object", huma.TypeArray: "a list", huma.TypeString: "a string",
	huma.TypeInteger: "a whole number", huma.TypeBoolean: "true or false",
}

var wholeNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,14})$`)

// checker holds values against schemas and remembers every mistake.
type checker struct {
	api    *API
	fields []canonical.Field
}

// check says everything that is wrong with a value at once, each mistake by its JSON pointer. Nothing
// of the value is repeated but names.
func (a *API) check(at string, schema *huma.Schema, value any) error {
	k := &checker{api: a}
	k.value(at, schema, value)
	return k.result()
}

func (k *checker) result() error {
	if k.fields == nil {
		return nil
	}
	detail := "one field is not valid"
	if len(k.fields) > 1 {
		detail = strconv.Itoa(len(k.fields)) + " fields are not valid"
	}
	return &canonical.Error{Kind: canonical.InvalidRequest, Detail: detail, Fields: k.fields}
}

func (k *checker) wrong(at, detail string) {
	if len(k.fields) < maxMistakes {
		k.fields = append(k.fields, canonical.Field{Pointer: at, Detail: detail})
	}
}

func (k *checker) value(at string, s *huma.Schema, value any) {
	for s.Ref != "" {
		s = k.api.huma.OpenAPI().Components.Schemas.SchemaFromRef(s.Ref)
	}
	fits := true
	switch v := value.(type) {
	case map[string]any:
		if fits = s.Type == huma.TypeObject; fits {
			k.object(at, s, v)
		}
	case []any:
		if fits = s.Type == huma.TypeArray; fits {
			k.list(at, s, v)
		}
	case string:
		if fits = s.Type == huma.TypeString; fits {
			k.text(at, s, v)
		}
	case number:
		if fits = s.Type == huma.TypeInteger; fits {
			k.integer(at, s, v)
		}
	case bool:
		fits = s.Type == huma.TypeBoolean
	default:
		fits = false
	}
	if !fits && s.Type != "" {
		k.wrong(at, mismatch(s, value))
	}
}

func mismatch(s *huma.Schema, value any) string {
	detail := "must be " + wanted[s.Type] + example(s)
	if value == nil {
		detail += ", not null: leave it out where there is none"
	}
	return detail
}

func example(s *huma.Schema) string {
	if len(s.Examples) == 0 {
		return ""
	}
	if text, is := s.Examples[0].(string); is {
		return ", such as " + strconv.Quote(text)
	}
	return ""
}

func (k *checker) object(at string, s *huma.Schema, object map[string]any) {
	if s.MaxProperties != nil && len(object) > *s.MaxProperties {
		k.wrong(at, "may have at most "+strconv.Itoa(*s.MaxProperties)+" names")
	}
	for _, name := range s.Required {
		if _, there := object[name]; !there {
			k.wrong(below(at, name), "is missing")
		}
	}
	others, free := s.AdditionalProperties.(*huma.Schema)
	for _, name := range slices.Sorted(maps.Keys(object)) {
		switch child, known := s.Properties[name]; {
		case known:
			k.value(below(at, name), child, object[name])
		case free:
			k.value(below(at, name), others, object[name])
		default:
			k.wrong(below(at, name), unknown(name, slices.Sorted(maps.Keys(s.Properties))))
		}
	}
}

// unknown says what could have been meant.
func unknown(name string, known []string) string {
	for _, right := range known {
		if strings.EqualFold(right, name) {
			return "is written " + right
		}
	}
	if len(known) == 0 {
		return "is not known: nothing may be given here"
	}
	return "is not known; known are " + strings.Join(known, ", ")
}

func (k *checker) list(at string, s *huma.Schema, list []any) {
	most := maxItems
	if s.MaxItems != nil {
		most = *s.MaxItems
	}
	if len(list) > most {
		k.wrong(at, "may have at most "+strconv.Itoa(most)+" items")
		return
	}
	for i, item := range list {
		here := at + "/" + strconv.Itoa(i)
		k.value(here, s.Items, item)
		// Only lists of texts are declared to have no item twice, and those may have few.
		if text, is := item.(string); is && s.UniqueItems && slices.Contains(list[:i], any(text)) {
			k.wrong(here, "is given twice")
		}
	}
}

func (k *checker) text(at string, s *huma.Schema, text string) {
	most := maxText
	if s.MaxLength != nil {
		most = *s.MaxLength
	}
	switch length := utf8.RuneCountInString(text); {
	case s.Pattern != "" && !k.api.pattern(s.Pattern).MatchString(text):
		k.wrong(at, "must be "+form(s)+example(s))
	case length > most:
		k.wrong(at, "may have at most "+strconv.Itoa(most)+" characters")
	case s.MinLength != nil && length < *s.MinLength:
		k.wrong(at, "must have at least "+strconv.Itoa(*s.MinLength)+" characters")
	case len(s.Enum) > 0 && !slices.Contains(s.Enum, any(text)):
		k.wrong(at, "must be one of "+words(s.Enum))
	case s.Format == "date-time" && !isTime(text):
		k.wrong(at, "must be a time such as 2026-01-31T09:30:00Z")
	}
}

// pattern is a schema's pattern, compiled once.
func (a *API) pattern(text string) *regexp.Regexp {
	if known, there := a.patterns.Load(text); there {
		return known.(*regexp.Regexp)
	}
	compiled := regexp.MustCompile(text)
	a.patterns.Store(text, compiled)
	return compiled
}

func form(s *huma.Schema) string {
	if said, there := patternWords[s.Pattern]; there {
		return said
	}
	return "text that matches " + s.Pattern
}

func words(values []any) string {
	var all []string
	for _, value := range values {
		if word, is := value.(string); is {
			all = append(all, word)
		}
	}
	return strings.Join(all, ", ")
}

func isTime(text string) bool {
	_, err := time.Parse(time.RFC3339, text)
	return err == nil
}

func (k *checker) integer(at string, s *huma.Schema, text number) {
	if !wholeNumber.MatchString(string(text)) {
		k.wrong(at, "must be a whole number of at most 15 digits")
		return
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || (s.Minimum != nil && n < int64(*s.Minimum)) || (s.Maximum != nil && n > int64(*s.Maximum)) {
		k.wrong(at, "must be a whole number"+bounds(s))
	}
}

func bounds(s *huma.Schema) string {
	text := ""
	if s.Minimum != nil {
		text += " from " + strconv.FormatInt(int64(*s.Minimum), 10)
	}
	if s.Maximum != nil {
		text += " to " + strconv.FormatInt(int64(*s.Maximum), 10)
	}
	return text
}

// escapes are those of RFC 6901.
var escapes = strings.NewReplacer("~", "~0", "/", "~1")

func below(at, name string) string { return at + "/" + escapes.Replace(name) }

// checkQuery holds the query against the parameters a route declares. A name is given once, and not empty.
func (a *API) checkQuery(declared []*huma.Param, query string) error {
	if query == "" {
		return nil
	}
	given, err := url.ParseQuery(query)
	if err != nil {
		return canonical.Errorf(canonical.InvalidRequest, "the query of the address cannot be read")
	}
	known := make(map[string]*huma.Schema)
	for _, parameter := range declared {
		if parameter.In == "query" {
			known[parameter.Name] = parameter.Schema
		}
	}
	k := &checker{api: a}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		schema, is := known[name]
		switch {
		case !is:
			k.wrong(short(name), unknown(name, slices.Sorted(maps.Keys(known))))
		case len(given[name]) > 1:
			k.wrong(name, "is given more than once")
		case given[name][0] == "":
			k.wrong(name, "is empty: leave it out")
		case !plain(given[name][0]):
			k.wrong(name, "has characters in it that are none")
		default:
			k.value(name, schema, typed(schema, given[name][0]))
		}
	}
	return k.result()
}

func plain(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

func short(name string) string { return strings.ToValidUTF8(name[:min(len(name), maxName)], "") }

// typed is a query's text as the JSON value its schema wants, where it is one.
func typed(s *huma.Schema, text string) any {
	switch {
	case s.Type == huma.TypeInteger:
		return number(text)
	case s.Type == huma.TypeBoolean && (text == "true" || text == "false"):
		return text == "true"
	}
	return text
}
