package canonical

import "encoding/json"

// Values holds what one style takes or shows beyond the canonical model, by name, as JSON.
// Numbers stay text: nothing passes through a float.
type Values map[string]json.RawMessage

// Text returns a string value, "" where it is absent or something else.
func (v Values) Text(name string) string { return read[string](v, name) }

// Bool returns a boolean value and whether it is there.
func (v Values) Bool(name string) (value, set bool) {
	_, set = v[name]
	return read[bool](v, name), set
}

// Integer returns a whole number, 0 where it is absent or something else.
func (v Values) Integer(name string) int { return read[int](v, name) }

// List returns a list of strings.
func (v Values) List(name string) []string { return read[[]string](v, name) }

func read[T any](v Values, name string) T {
	var value T
	if text, there := v[name]; there {
		if json.Unmarshal(text, &value) != nil {
			var none T
			return none
		}
	}
	return value
}

// With returns v with one more value; an empty one is left out. v itself may be nil and is changed where it is not.
func (v Values) With(name, value string) Values {
	if value == "" {
		return v
	}
	text, err := json.Marshal(value)
	if err != nil {
		return v
	}
	return v.WithJSON(name, text)
}

// WithJSON returns v with one more value that is JSON already.
func (v Values) WithJSON(name string, value json.RawMessage) Values {
	if len(value) == 0 {
		return v
	}
	if v == nil {
		v = Values{}
	}
	v[name] = value
	return v
}
