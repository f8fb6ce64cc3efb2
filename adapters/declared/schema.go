package declared

import (
	"encoding/json"
	"slices"
)

// schema is a JSON Schema, or a part of one, about to be written.
type schema map[string]any

// Schema is a JSON Schema (2020-12) of contracts, for editors: every key with its help, what is required,
// and the words to choose from. What it refuses, Read refuses too. Read also sees what a schema cannot:
// expressions, names of nothing, and what contradicts itself.
func Schema() []byte {
	defs := schema{}
	root := contractForm.schema(defs)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Lendgate contract of a lender"
	root["$defs"] = defs
	// Only texts, numbers, lists and maps of them: encoding cannot fail.
	text, _ := json.MarshalIndent(root, "", "  ")
	return append(text, '\n')
}

// schema is what a form says. Forms with a name are written once, into defs.
func (f *form) schema(defs schema) schema {
	if f.name == "" {
		return f.inPlace(defs)
	}
	if _, written := defs[f.name]; !written {
		defs[f.name] = schema{} // a body refers to itself
		defs[f.name] = f.inPlace(defs)
	}
	return reference(f.name)
}

func reference(name string) schema { return schema{"$ref": "#/$defs/" + name} }

func (f *form) inPlace(defs schema) schema {
	switch {
	case f.unread:
		return schema{}
	case f.tree:
		return bodySchema(defs)
	case f.or != nil:
		var ways []schema
		for i := range f.or {
			ways = append(ways, f.or[i].schema(defs))
		}
		return schema{"anyOf": ways}
	case f.items != nil:
		return f.listSchema(defs)
	case f.each != nil:
		return schema{"type": "object", "additionalProperties": f.each.schema(defs)}
	case f.keys != nil:
		return f.mapSchema(defs)
	}
	return f.scalarSchema()
}

func (f *form) listSchema(defs schema) schema {
	s := schema{"type": "array", "items": f.items.schema(defs)}
	if f.fixed > 0 {
		s["minItems"], s["maxItems"] = f.fixed, f.fixed
	}
	return s
}

func (f *form) mapSchema(defs schema) schema {
	properties, required := schema{}, []string{}
	for i := range f.keys {
		k := &f.keys[i]
		value := k.form.schema(defs)
		value["description"] = k.help
		properties[k.name] = value
		if k.must {
			required = append(required, k.name)
		}
	}
	s := schema{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	if f.name == rowForm.name {
		s["if"], s["then"], s["else"] = nothingSent, schema{"propertyNames": schema{"enum": elsewhereForm.names()}}, schema{"required": []string{"request"}}
	}
	return s
}

// nothingSent holds for a row that sends nothing.
var nothingSent = schema{"anyOf": []schema{
	{"required": []string{"by"}},
	{"required": []string{"local"}, "properties": schema{"local": schema{"const": true}}},
}}

var scalarTypes = map[kind]string{text: "string", number: "number", boolean: "boolean"}

func (f *form) scalarSchema() schema {
	var types []string
	for _, one := range f.kinds {
		types = append(types, scalarTypes[one])
	}
	s := schema{"type": types}
	if len(types) == 1 {
		s["type"] = types[0]
	}
	if f.words != nil {
		s["enum"] = f.words
	}
	if f.pattern != "" {
		s["pattern"] = f.pattern
	}
	if slices.Contains(f.kinds, number) && f.most > 0 {
		s["type"], s["minimum"], s["maximum"] = "integer", f.least, f.most
	}
	return s
}

// bodySchema is any JSON. Keys that begin with $ are ours, and one that really does is written $$.
func bodySchema(defs schema) schema {
	keys := (&form{keys: bodyKeys}).mapSchema(defs)
	keys["patternProperties"] = schema{`^(\$\$|[^$]|$)`: reference(treeForm.name)}
	return schema{"anyOf": []schema{
		{"type": []string{"string", "number", "boolean"}},
		{"type": "array", "items": reference(treeForm.name)},
		keys,
	}}
}
