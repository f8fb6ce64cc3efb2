package engine

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/canonical"
)

// checkOptions refuses provider options that the provider does not declare for this kind of operation.
func checkOptions(p canonical.Provider, kind canonical.OperationKind, given canonical.Values) error {
	return checkDeclared(p, given, func(o canonical.Option) bool { return slices.Contains(o.Operations, kind) })
}

func checkDeclared(p canonical.Provider, given canonical.Values, applies func(canonical.Option) bool) error {
	var fields []canonical.Field
	for _, name := range sortedNames(given) {
		if wrong := optionMistake(p, name, given[name], applies); wrong != "" {
			fields = append(fields, canonical.Field{Pointer: "/provider_options/" + name, Detail: wrong})
		}
	}
	if fields == nil {
		return nil
	}
	return &canonical.Error{Kind: canonical.InvalidRequest, Provider: p.ID, Detail: "a provider option is not valid", Fields: fields}
}

func sortedNames(values canonical.Values) []string {
	return slices.Sorted(maps.Keys(values))
}

func optionMistake(p canonical.Provider, name string, value json.RawMessage, applies func(canonical.Option) bool) string {
	var takes []string
	for _, option := range p.Options {
		if !applies(option) {
			continue
		}
		takes = append(takes, option.Name)
		if option.Name == name {
			return valueMistake(option, value)
		}
	}
	if takes == nil {
		return "provider " + p.ID + " takes no options here"
	}
	return "provider " + p.ID + " takes here: " + strings.Join(takes, ", ")
}

func valueMistake(o canonical.Option, value json.RawMessage) string {
	values := canonical.Values{o.Name: value}
	switch o.Type {
	case canonical.TextOption:
		text := values.Text(o.Name)
		if text == "" || (len(o.Values) > 0 && !slices.Contains(o.Values, text)) {
			return "must be " + oneOf("a text", o.Values)
		}
	case canonical.BooleanOption:
		if text := string(value); text != "true" && text != "false" {
			return "must be true or false"
		}
	case canonical.IntegerOption:
		if values.Integer(o.Name) <= 0 {
			return "must be a whole number above zero"
		}
	case canonical.ListOption:
		return listMistake(o, values.List(o.Name))
	}
	return ""
}

func listMistake(o canonical.Option, items []string) string {
	if len(items) == 0 {
		return "must be a list of texts"
	}
	for _, item := range items {
		if len(o.Values) > 0 && !slices.Contains(o.Values, item) {
			return "each must be " + oneOf("a text", o.Values)
		}
	}
	return ""
}

func oneOf(otherwise string, words []string) string {
	if len(words) == 0 {
		return otherwise
	}
	return "one of " + strings.Join(words, ", ")
}

// withoutSecrets keeps the options that belong to the order; secret ones belong to one call.
func withoutSecrets(p canonical.Provider, given canonical.Values) canonical.Values {
	var kept canonical.Values
	for _, option := range p.Options {
		if value, there := given[option.Name]; there && !option.Secret {
			kept = kept.WithJSON(option.Name, value)
		}
	}
	return kept
}
