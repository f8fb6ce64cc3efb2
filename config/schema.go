package config

import (
	"encoding/json"
	"maps"
	"slices"
)

// SettingType is how a setting is written in the file.
type SettingType string

// The types. Each has its reader in Settings.
const (
	TextSetting     SettingType = "text"
	SecretSetting   SettingType = "secret"
	FlagSetting     SettingType = "flag"
	IntegerSetting  SettingType = "integer"
	DurationSetting SettingType = "duration"
	ChoiceSetting   SettingType = "choice" // one of Choices
	ListSetting     SettingType = "list"   // of text, or of Choices where there are some
	MapSetting      SettingType = "map"
)

// SettingSchema describes one setting of a style, for Schema.
type SettingSchema struct {
	Name, Help string
	Type       SettingType
	Required   bool
	Choices    []string
	Default    string // as an editor should show it, "" for none
}

// schema is a JSON Schema, or a part of one, about to be written.
type schema map[string]any

// Schema is a JSON Schema (2020-12) of the file, for editors and for checks without Lendgate. What
// it refuses, Parse or the style refuses too. They also see what a schema cannot: a literal secret,
// a reference to nothing, an id used twice, bounds the wrong way round.
func Schema(styles map[string][]SettingSchema) []byte {
	root := closed(schema{
		"version":   schema{"const": version, "description": "the version of this format"},
		"server":    serverSchema(),
		"store":     storeSchema(),
		"providers": schema{"type": "array", "items": providerSchema(styles), "description": "the lenders"},
	}, "version")
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Lendgate providers.yaml"
	// Only texts, numbers, lists and maps of them: encoding cannot fail.
	text, _ := json.MarshalIndent(root, "", "  ")
	return append(text, '\n')
}

func serverSchema() schema {
	address := addressForm.orEmpty("where the gateway listens")
	address["default"] = usualAddress
	return closed(schema{
		"address":       address,
		"admin_address": addressForm.orEmpty("metrics, console and operator routes elsewhere, if set"),
		"public_url":    urlForm.schema("notification and problem URLs start with it"),
		"limits":        serverLimitsSchema(),
	})
}

func storeSchema() schema {
	floor := sizeForm.schema("below this much free space new orders are refused")
	floor["default"] = usualFloor
	ballast := sizeForm.schema("size of a file that is let go of when the disk is full, so that the gateway can start and finish its work")
	ballast["default"] = usualBallast
	return closed(schema{
		"badger": closed(schema{
			"path": schema{"type": "string", "minLength": 1, "default": usualBadgerPath, "description": "the folder of the embedded store"},
			"key":  schema{"type": "string", "minLength": 1, "description": "encrypts the store; decided when the store is created"},
		}),
		"floor":             floor,
		"ballast":           ballast,
		keepBodiesSpan.name: keepBodiesSpan.schema(),
	})
}

func providerSchema(styles map[string][]SettingSchema) schema {
	names := slices.Sorted(maps.Keys(styles))
	style := idForm.schema("the kind of API the lender speaks")
	if len(names) > 0 {
		style["enum"] = append(slices.Clone(names), DeclaredStyle)
	}
	mode := oneOf([]string{string(Live), string(Test)})
	mode["description"] = "live or test; a key sees only providers of its mode"
	provider := closed(schema{
		"id":          idForm.schema("your name for the provider"),
		"style":       style,
		"contract":    contractForm.schema("describes the lender where the style is declared: a file, relative to this one's folder, or the name of a contract that comes with Lendgate"),
		"mode":        mode,
		"base_url":    urlForm.schema("where the lender's API is"),
		"settings":    schema{"type": "object", "description": "what this style needs"},
		"merchants":   merchantsSchema(schema{"type": "object"}),
		"accepts":     acceptsSchema(),
		"timeouts":    spans(connectSpan, writeSpan, readSpan),
		"limits":      limitsSchema(),
		"breaker":     breakerSchema(),
		"polling":     spans(pollAfterSpan, pollUntilSpan),
		"close_after": closeAfterSpan.schema(),

		formerSecretsSpan.name: formerSecretsSpan.schema(),

		"trace_context": schema{
			"type": "boolean", "default": false, "description": "sends the lender the id of our trace, in the header traceparent, so that its log and ours can be laid side by side",
		},
		"words": schema{
			"type": "object", "additionalProperties": schema{"type": "string", "minLength": 1},
			"description": "the lender's word: its meaning here; adds to the style's vocabulary",
		},
	}, "id", "style", "mode", "base_url")
	var rules []schema
	for _, name := range names {
		rules = append(rules, styleRule(name, styles[name]))
	}
	provider["allOf"] = append(rules, contractRule())
	return provider
}

// contractRule asks for a contract where the style is a declared one, and for none elsewhere.
func contractRule() schema {
	return schema{
		"if":   schema{"properties": schema{"style": schema{"const": DeclaredStyle}}, "required": []string{"style"}},
		"then": schema{"required": []string{"contract"}},
		"else": schema{"properties": schema{"contract": false}},
	}
}

// styleRule applies a style's settings to the providers of that style. A merchant may leave out
// what the provider already has.
func styleRule(style string, settings []SettingSchema) schema {
	properties := schema{}
	var required []string
	for _, s := range settings {
		properties[s.Name] = s.schema()
		if s.Required {
			required = append(required, s.Name)
		}
	}
	then := schema{"properties": schema{
		"settings":  closed(properties, required...),
		"merchants": merchantsSchema(closed(properties)),
	}}
	if len(required) > 0 {
		then["required"] = []string{"settings"}
	}
	return schema{
		"if":   schema{"properties": schema{"style": schema{"const": style}}, "required": []string{"style"}},
		"then": then,
	}
}

func merchantsSchema(settings schema) schema {
	return schema{
		"type":                 "object",
		"propertyNames":        schema{"pattern": merchantForm.pattern.String()},
		"additionalProperties": closed(schema{"settings": settings}, "settings"),
		"description":          "other credentials for some merchants",
	}
}

func acceptsSchema() schema {
	return closed(schema{
		"currencies": listOf(currencyForm),
		"countries":  listOf(countryForm),
		"customers":  listOf(customerForm),
		"amount": closed(schema{
			"min": amountForm.schema("the smallest amount, in the order's currency"),
			"max": amountForm.schema("the largest amount, in the order's currency"),
		}),
	})
}

func limitsSchema() schema {
	rate := rateForm.schema("calls in a time")
	rate["default"] = usualRate
	return closed(schema{inFlightCount.name: inFlightCount.schema(), "rate": rate})
}

func breakerSchema() schema {
	breaker := spans(windowSpan, openForSpan, openForAtMostSpan)
	properties := breaker["properties"].(schema)
	properties[inARowCount.name] = inARowCount.schema()
	properties[minimumCallsCount.name] = minimumCallsCount.schema()
	properties["failure_ratio"] = schema{
		"type": "number", "exclusiveMinimum": 0, "maximum": 1, "multipleOf": json.Number("0.001"),
		"default": json.Number(usualRatio), "description": "the share of failures in the window that opens the breaker",
	}
	return breaker
}

func spans(all ...span) schema {
	properties := schema{}
	for _, s := range all {
		properties[s.name] = s.schema()
	}
	return closed(properties)
}

// closed is a map with these keys and no others.
func closed(properties schema, required ...string) schema {
	s := schema{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

func listOf(f form) schema {
	return schema{"type": "array", "minItems": 1, "uniqueItems": true, "items": f.schema(f.must)}
}

func oneOf(words []string) schema { return schema{"type": "string", "enum": words} }

func (f form) schema(help string) schema {
	return schema{"type": "string", "pattern": f.pattern.String(), "description": help}
}

// orEmpty is for texts that mean the default when they are empty.
func (f form) orEmpty(help string) schema {
	return schema{"anyOf": []schema{{"const": ""}, f.schema(f.must)}, "description": help}
}

func (p span) schema() schema {
	s := durationForm.schema(p.help)
	if p.usual > 0 {
		s["default"] = brief(p.usual)
	}
	return s
}

func (c count) schema() schema {
	return schema{"type": "integer", "minimum": c.least, "maximum": c.most, "default": c.usual, "description": c.help}
}

func (s SettingSchema) schema() schema {
	setting := schema{"type": "object"}
	switch s.Type {
	case MapSetting:
	case ListSetting:
		setting = schema{"type": "array", "items": s.orReference()}
	default:
		setting = s.orReference()
	}
	setting["description"] = s.Help
	if s.Default != "" {
		setting["default"] = s.Default
	}
	return setting
}

// orReference takes a reference in place of the scalar.
func (s SettingSchema) orReference() schema {
	return schema{"anyOf": []schema{s.scalar(), {"type": "string", "pattern": referencePattern.String()}}}
}

func (s SettingSchema) scalar() schema {
	switch {
	case s.Type == FlagSetting:
		return schema{"type": "boolean"}
	case s.Type == IntegerSetting:
		return schema{"type": "integer"}
	case s.Type == DurationSetting:
		return durationForm.schema(durationForm.must)
	case len(s.Choices) > 0:
		return oneOf(s.Choices)
	}
	literal := schema{"type": "string"}
	if s.Required {
		literal["minLength"] = 1
	}
	return literal
}
