package adaptertest

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// A tree is JSON with numbers as the text they were written in.

func parsed(text []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return nil
	}
	return value
}

func written(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic("adaptertest: " + err.Error())
	}
	return text
}

func tree(value any) any { return parsed(written(value)) }

// pruned leaves out what is empty.
func pruned(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, one := range v {
			if one = pruned(one); empty(one) {
				delete(v, key)
			} else {
				v[key] = one
			}
		}
	case []any:
		for i := range v {
			v[i] = pruned(v[i])
		}
	}
	return value
}

func empty(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return value == nil || value == "" || value == false || value == json.Number("0") || value == "0001-01-01T00:00:00Z"
}

// replaced is the tree with every leaf that fits replaced, and how many there were.
func replaced(value any, fits func(leaf any) bool, by any) (any, int) {
	switch v := value.(type) {
	case map[string]any:
		other, count := map[string]any{}, 0
		for key, one := range v {
			changed, n := replaced(one, fits, by)
			other[key], count = changed, count+n
		}
		return other, count
	case []any:
		other, count := make([]any, 0, len(v)), 0 // an empty list stays one
		for _, one := range v {
			changed, n := replaced(one, fits, by)
			other, count = append(other, changed), count+n
		}
		return other, count
	}
	if fits(value) {
		return by, 1
	}
	return value, 0
}

// variants are the tree with one leaf replaced, for every leaf, each with the path to it.
func variants(value any, by any) map[string]any {
	all := map[string]any{}
	switch v := value.(type) {
	case map[string]any:
		for key := range v {
			for path, child := range variants(v[key], by) {
				all["/"+key+path] = withKey(v, key, child)
			}
		}
	case []any:
		for i := range v {
			for path, child := range variants(v[i], by) {
				other := append([]any{}, v...)
				other[i] = child
				all["/"+strconv.Itoa(i)+path] = other
			}
		}
	default:
		all[""] = by
	}
	return all
}

func withKey(v map[string]any, key string, child any) map[string]any {
	other := map[string]any{}
	for name, one := range v {
		other[name] = one
	}
	other[key] = child
	return other
}

// isText fits a leaf that is this text.
func isText(text string) func(any) bool {
	return func(leaf any) bool { return text != "" && leaf == text }
}

// isFigure fits a leaf that is this number, however it is written.
func isFigure(figure string) func(any) bool {
	want, err := decimal.NewFromString(strings.Trim(figure, `"`))
	return func(leaf any) bool {
		var text string
		switch v := leaf.(type) {
		case json.Number:
			text = v.String()
		case string:
			text = v
		}
		if err != nil || text == "" || strings.ContainsAny(text, "eE") {
			return false
		}
		got, broken := decimal.NewFromString(text)
		return broken == nil && got.Equal(want)
	}
}
