package declared_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/lendgate/lendgate/adapters/declared"
)

func schemaOfContracts(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(declared.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("contract.schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("contract.schema.json")
	if err != nil {
		t.Fatalf("the schema is not a valid JSON Schema 2020-12: %v", err)
	}
	return schema
}

// inEditor is a contract as an editor sees it.
func inEditor(t *testing.T, text []byte) any {
	t.Helper()
	var content any
	if err := yaml.Unmarshal(text, &content); err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(encoded))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// full is a contract that uses every key there is.
func full(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestTheSchemaAndTheReaderTakeTheSameContracts(t *testing.T) {
	schema := schemaOfContracts(t)
	texts := map[string][]byte{"plain": []byte(plain), "basic": byBasic(), "full": full(t)}
	files, err := filepath.Glob("contracts/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if texts[file], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range texts {
		if _, mistakes := declared.Read(name, text); mistakes != nil {
			t.Errorf("the reader refuses %s:\n%v", name, mistakes)
		}
		if err := schema.Validate(inEditor(t, text)); err != nil {
			t.Errorf("the schema refuses %s:\n%v", name, err)
		}
	}
}

// byBasic is a contract with what the full one cannot have beside its token.
func byBasic() []byte {
	return []byte(strings.Replace(plain, "  headers: {X-Key: \"{setting.api_key}\"}\n", "  basic: {user: api_key, password: api_key}\n", 1))
}

// TestTheReaderTakesEveryKeyOfTheSchema: these contracts, which the reader takes, use each.
func TestTheReaderTakesEveryKeyOfTheSchema(t *testing.T) {
	var root map[string]any
	if err := json.Unmarshal(declared.Schema(), &root); err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, text := range [][]byte{full(t), byBasic()} {
		visit(root, "", root, inEditor(t, text), used)
	}
	for _, key := range append(keysOf("", root), inDefs(root)...) {
		if !used[key] {
			t.Errorf("%s is used nowhere", key)
		}
	}
	if len(used) < 150 {
		t.Errorf("%d keys are used", len(used))
	}
}

// visit notes the keys of a schema that a value uses.
func visit(root map[string]any, place string, schema map[string]any, value any, used map[string]bool) {
	if to, is := schema["$ref"].(string); is {
		place = strings.TrimPrefix(to, "#/$defs/")
		schema = root["$defs"].(map[string]any)[place].(map[string]any)
	}
	for _, way := range listOf(schema["anyOf"]) {
		visit(root, place, way, value, used)
	}
	switch value := value.(type) {
	case map[string]any:
		properties, _ := schema["properties"].(map[string]any)
		for name, within := range value {
			if known, is := properties[name].(map[string]any); is {
				used[place+"/"+name] = true
				visit(root, place+"/"+name, known, within, used)
			} else if any, is := schema["additionalProperties"].(map[string]any); is {
				visit(root, place, any, within, used)
			}
			if patterns, is := schema["patternProperties"].(map[string]any); is && properties[name] == nil {
				for _, pattern := range patterns {
					visit(root, place, pattern.(map[string]any), within, used)
				}
			}
		}
	case []any:
		items, _ := schema["items"].(map[string]any)
		for _, within := range value {
			visit(root, place, items, within, used)
		}
	}
}

func listOf(value any) (all []map[string]any) {
	list, _ := value.([]any)
	for _, one := range list {
		all = append(all, one.(map[string]any))
	}
	return all
}

// keysOf are all keys of a schema, but for those of its definitions.
func keysOf(place string, schema map[string]any) (keys []string) {
	properties, _ := schema["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		keys = append(append(keys, place+"/"+name), keysOf(place+"/"+name, properties[name].(map[string]any))...)
	}
	for _, way := range listOf(schema["anyOf"]) {
		keys = append(keys, keysOf(place, way)...)
	}
	for _, name := range []string{"items", "additionalProperties"} {
		if within, is := schema[name].(map[string]any); is {
			keys = append(keys, keysOf(place, within)...)
		}
	}
	return keys
}

func inDefs(root map[string]any) (keys []string) {
	defs := root["$defs"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(defs)) {
		keys = append(keys, keysOf(name, defs[name].(map[string]any))...)
	}
	return keys
}

// ofForm are the mistakes that a schema must see too: a key that is not known or is missing, a value of
// the wrong kind, a word that is none of a few.
var ofForm = regexp.MustCompile(`(is not known here; (did|use)|is missing: add it\.|must be (text|number|list|map|true or false) and is (text|number|list|map|true or false)$)`)

// What stands in the full contract is replaced by something else, or goes, or gets a key too many.
func TestTheSchemaAndTheReaderRefuseTheSameContracts(t *testing.T) {
	schema, text := schemaOfContracts(t), full(t)
	tried := 0
	bend(t, text, func(what string, bent []byte) {
		tried++
		_, mistakes := declared.Read("full.yaml", bent)
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(bent))
		if err != nil {
			t.Fatal(err)
		}
		err = schema.Validate(value)
		seen := slices.ContainsFunc(strings.Split(fmt.Sprint(mistakes), "\n"), ofForm.MatchString)
		switch {
		case err != nil && mistakes == nil:
			t.Errorf("%s: the reader takes it, and the schema says\n%v", what, err)
		case err == nil && seen:
			t.Errorf("%s: the schema takes it, and the reader says\n%v", what, mistakes)
		}
	})
	if tried < 350 {
		t.Errorf("only %d were tried", tried)
	}
}

// bend gives each of the ways in which one place of a contract can be wrong.
func bend(t *testing.T, text []byte, with func(what string, bent []byte)) {
	t.Helper()
	var root any
	if err := yaml.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	try := func(what string) {
		bent, err := json.Marshal(root) // which is YAML too
		if err != nil {
			t.Fatal(err)
		}
		with(what, bent)
	}
	places, others := 0, []any{map[string]any{"zzz": 1}, []any{[]any{}}, "zzz", 0, true}
	each(root, "", func(path string, value any, set func(any), drop func() func()) {
		if places++; places%2 == 0 { // all of both would take too long
			other := others[places/2%len(others)]
			set(other)
			try(fmt.Sprintf("%s: %v", path, other))
			set(value)
		} else if drop != nil {
			back := drop()
			try("without " + path)
			back()
		}
		if within, is := value.(map[string]any); is {
			within["zzz"] = 1
			try(path + " with zzz")
			delete(within, "zzz")
		}
	})
}

// each goes through every place below a value, but for what nobody reads.
func each(value any, path string, with func(path string, value any, set func(any), drop func() (back func()))) {
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if path == "" && name == "lender" {
				continue
			}
			was := value[name]
			with(path+"/"+name, was, func(other any) { value[name] = other }, func() func() {
				delete(value, name)
				return func() { value[name] = was }
			})
			each(was, path+"/"+name, with)
		}
	case []any:
		for i := range value {
			at := fmt.Sprintf("%s/%d", path, i)
			with(at, value[i], func(other any) { value[i] = other }, nil)
			each(value[i], at, with)
		}
	}
}

func TestTheSchemaIsTheSameEveryTime(t *testing.T) {
	first := declared.Schema()
	for range 20 {
		if !bytes.Equal(first, declared.Schema()) {
			t.Fatal("two schemas differ")
		}
	}
}
