package certify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// value is JSON written in YAML. Numbers stay as they are written.
type value struct{ tree any }

// UnmarshalYAML keeps what stands there.
func (v *value) UnmarshalYAML(n *yaml.Node) (err error) {
	v.tree, err = treeOf(n)
	return err
}

func treeOf(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.AliasNode:
		return treeOf(n.Alias)
	case yaml.MappingNode:
		all := make(map[string]any)
		for i := 0; i+1 < len(n.Content); i += 2 {
			one, err := treeOf(n.Content[i+1])
			if err != nil {
				return nil, err
			}
			all[n.Content[i].Value] = one
		}
		return all, nil
	case yaml.SequenceNode:
		all := []any{}
		for _, item := range n.Content {
			one, err := treeOf(item)
			if err != nil {
				return nil, err
			}
			all = append(all, one)
		}
		return all, nil
	}
	return leafOf(n)
}

func leafOf(n *yaml.Node) (any, error) {
	switch n.Tag {
	case "!!int", "!!float":
		if !json.Valid([]byte(n.Value)) {
			return nil, fmt.Errorf("line %d: the number is not one of JSON's: put it in quotes, or write it plainly", n.Line)
		}
		return json.Number(n.Value), nil
	case "!!bool":
		return n.Value == "true", nil
	case "!!null":
		return nil, nil
	}
	return n.Value, nil
}

// parsed reads JSON; nil where it is none.
func parsed(text []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var tree any
	if decoder.Decode(&tree) != nil {
		return nil
	}
	return tree
}

func written(tree any) []byte {
	text, err := json.Marshal(tree)
	if err != nil {
		panic("certify: " + err.Error()) // a tree is made of JSON
	}
	return text
}

// mapped is a tree with each text replaced.
func mapped(tree any, text func(string) string) any {
	switch v := tree.(type) {
	case map[string]any:
		all := make(map[string]any, len(v))
		for name, one := range v {
			all[name] = mapped(one, text)
		}
		return all
	case []any:
		all := make([]any, len(v))
		for i, one := range v {
			all[i] = mapped(one, text)
		}
		return all
	case string:
		return text(v)
	}
	return tree
}

// pointerSteps are the parts of a JSON pointer.
func pointerSteps(pointer string) []string {
	if pointer == "" {
		return nil
	}
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, part := range parts {
		parts[i] = strings.ReplaceAll(strings.ReplaceAll(part, "~1", "/"), "~0", "~")
	}
	return parts
}

// at is what stands at a pointer.
func at(tree any, pointer string) (any, bool) {
	for _, part := range pointerSteps(pointer) {
		switch v := tree.(type) {
		case map[string]any:
			one, found := v[part]
			if !found {
				return nil, false
			}
			tree = one
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			tree = v[i]
		default:
			return nil, false
		}
	}
	return tree, true
}

// put gives a tree with something else at a pointer. A list grows by the index that follows its last.
func put(tree any, parts []string, to any) (any, error) {
	if len(parts) == 0 {
		return to, nil
	}
	switch v := tree.(type) {
	case nil:
		return put(map[string]any{}, parts, to)
	case map[string]any:
		one, err := put(v[parts[0]], parts[1:], to)
		v[parts[0]] = one
		return v, err
	case []any:
		i, err := strconv.Atoi(parts[0])
		if err != nil || i < 0 || i > len(v) {
			return v, fmt.Errorf("a list of %d has no place %q", len(v), parts[0])
		}
		if i == len(v) {
			v = append(v, nil)
		}
		v[i], err = put(v[i], parts[1:], to)
		return v, err
	}
	return tree, fmt.Errorf("%q is below a text or a number", parts[0])
}

// drop takes away what stands at a pointer.
func drop(tree any, parts []string) any {
	switch v := tree.(type) {
	case map[string]any:
		if len(parts) == 1 {
			delete(v, parts[0])
		} else if one, found := v[parts[0]]; found {
			v[parts[0]] = drop(one, parts[1:])
		}
	case []any:
		i, err := strconv.Atoi(parts[0])
		switch {
		case err != nil || i < 0 || i >= len(v):
		case len(parts) == 1:
			return slices.Delete(v, i, i+1)
		default:
			v[i] = drop(v[i], parts[1:])
		}
	}
	return tree
}

func sortedKeys[T any](all map[string]T) []string { return slices.Sorted(maps.Keys(all)) }
