package declared

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

const (
	deepestReply = 64
	mostRows     = 1000
)

// document is JSON that a lender wrote, or a part of it. Figures stay as they are written.
type document struct{ value any }

// readDocument reads a whole body. A body of more than one value, or of one nested too deep, is an error.
func readDocument(body []byte) (document, error) {
	var d document
	if nested(body) > deepestReply {
		return d, fmt.Errorf("nested more than %d levels deep", deepestReply)
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&d.value); err != nil {
		return d, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return d, errors.New("something follows the JSON")
	}
	return d, nil
}

// nested says how deep JSON goes.
func nested(body []byte) int {
	deepest, depth, quoted := 0, 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}

// at is what a pointer leads to. Null is nothing.
func (d document) at(p pointer) (document, bool) {
	value := d.value
	for _, step := range p.steps {
		next, there := follow(value, step)
		if !there {
			return document{}, false
		}
		value = next
	}
	return document{value}, true
}

// text is the text at a place, "" where there is none.
func (d document) text(p pointer) (string, error) {
	found, there := d.at(p)
	if !there {
		return "", nil
	}
	value, is := found.value.(string)
	if !is {
		return "", found.not(p, "text")
	}
	return value, nil
}

// name is text, or a whole number as it is written: some lenders number their orders.
func (d document) name(p pointer) (string, error) {
	found, there := d.at(p)
	if number, is := found.value.(json.Number); there && is && ordinal(number.String()) {
		return number.String(), nil
	}
	return d.text(p)
}

// ordinal says whether a number may be the name of something: digits alone, and not too many.
func ordinal(number string) bool {
	return len(number) <= 20 && strings.Trim(number, "0123456789") == ""
}

// flag is true or false; false where there is none.
func (d document) flag(p pointer) (bool, error) {
	found, there := d.at(p)
	if !there {
		return false, nil
	}
	value, is := found.value.(bool)
	if !is {
		return false, found.not(p, "true or false")
	}
	return value, nil
}

// figure is a number, or a text that may hold one, as it is written; nil where there is none.
func (d document) figure(p pointer) (json.RawMessage, error) {
	found, there := d.at(p)
	if !there {
		return nil, nil
	}
	switch value := found.value.(type) {
	case json.Number:
		return json.RawMessage(value), nil
	case string:
		return json.RawMessage(value), nil
	}
	return nil, found.not(p, "a figure")
}

// rows are the elements of a list; none where there is no list.
func (d document) rows(p pointer) ([]document, error) {
	found, there := d.at(p)
	if !there {
		return nil, nil
	}
	values, is := found.value.([]any)
	switch {
	case !is:
		return nil, found.not(p, "a list")
	case len(values) > mostRows:
		return nil, fmt.Errorf("%s has more than %d rows", p.written, mostRows)
	}
	rows := make([]document, len(values))
	for i, value := range values {
		rows[i] = document{value}
	}
	return rows, nil
}

// mentions says whether a text stands anywhere in it.
func (d document) mentions(text string) bool {
	switch within := d.value.(type) {
	case string:
		return within == text
	case []any:
		return slices.ContainsFunc(within, func(one any) bool { return document{one}.mentions(text) })
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(within)), func(one any) bool { return document{one}.mentions(text) })
	}
	return false
}

// not says what a place holds instead; never its value.
func (d document) not(p pointer, wanted string) error {
	holds := "something else"
	switch d.value.(type) {
	case map[string]any:
		holds = "an object"
	case []any:
		holds = "a list"
	case string:
		holds = "text"
	case json.Number:
		holds = "a number"
	case bool:
		holds = "true or false"
	}
	return fmt.Errorf("%s is %s and not %s", p.written, holds, wanted)
}
