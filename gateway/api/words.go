package api

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// described says by which type the document describes a type of the model: those of closed lists by
// their words, an amount by its grammar.
var described = map[reflect.Type]reflect.Type{
	reflect.TypeFor[canonical.Amount]():         reflect.TypeFor[amountText](),
	reflect.TypeFor[canonical.Status]():         reflect.TypeFor[statusWord](),
	reflect.TypeFor[canonical.OperationKind]():  reflect.TypeFor[kindWord](),
	reflect.TypeFor[canonical.OperationState](): reflect.TypeFor[stateWord](),
	reflect.TypeFor[canonical.Kind]():           reflect.TypeFor[problemWord](),
	reflect.TypeFor[state.Role]():               reflect.TypeFor[roleWord](),
}

type (
	amountText  string
	statusWord  string
	kindWord    string
	stateWord   string
	problemWord string
	roleWord    string
	seconds     string
)

// Schema of a header that is absent where there is nothing to wait for.
func (seconds) Schema(huma.Registry) *huma.Schema { return &huma.Schema{Type: huma.TypeInteger} }

const (
	// amountPattern is the grammar of canonical.ParseAmount.
	amountPattern = `^(0|[1-9][0-9]{0,14})(\.[0-9]{1,8})?$`
	// idPattern stands in the tags of fields that name a thing of ours.
	idPattern = `^[A-Za-z0-9][A-Za-z0-9._-]*$`
	// durationPattern stands in the tag of how far time is moved.
	durationPattern = `^([0-9]{1,6}(h|m|s|ms))+$`
)

// patternWords says patterns in words.
var patternWords = map[string]string{
	amountPattern:   "digits, at most 15 before and 8 after the point, without sign or exponent",
	idPattern:       "letters, digits, dots, - and _",
	durationPattern: "a duration in h, m, s and ms",
}

func (amountText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: amountPattern, Examples: []any{"2500.00"}}
}

func (statusWord) Schema(huma.Registry) *huma.Schema { return oneOf(canonical.Statuses()) }

func (kindWord) Schema(huma.Registry) *huma.Schema { return oneOf(canonical.OperationKinds) }

func (stateWord) Schema(huma.Registry) *huma.Schema {
	return oneOf(append([]canonical.OperationState{canonical.Planned}, canonical.OperationStates...))
}

func (problemWord) Schema(huma.Registry) *huma.Schema {
	var kinds []canonical.Kind
	for _, row := range canonical.Problems {
		kinds = append(kinds, row.Kind)
	}
	return oneOf(kinds)
}

func (roleWord) Schema(huma.Registry) *huma.Schema { return oneOf(state.Roles) }

func oneOf[W ~string](all []W) *huma.Schema {
	schema := &huma.Schema{Type: huma.TypeString}
	for _, word := range all {
		schema.Enum = append(schema.Enum, string(word))
	}
	return schema
}
