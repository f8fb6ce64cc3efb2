package adaptertest

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// node is JSON as it is written: names in their order, and as often as they stand there.
type node struct {
	text    string // of what is neither an object nor a list, as JSON
	object  bool
	list    bool
	members []member
}

// member is a value of an object, or of a list, where it has no name.
type member struct {
	name  string
	value *node
}

// readNode reads the one value that a text is.
func readNode(text []byte) (*node, error) {
	if !json.Valid(text) {
		return nil, errors.New("no JSON")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return nextNode(decoder)
}

func nextNode(decoder *json.Decoder) (*node, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	n := &node{object: token == json.Delim('{'), list: token == json.Delim('[')}
	if !n.object && !n.list {
		n.text = string(written(token))
		return n, nil
	}
	for decoder.More() {
		var m member
		if n.object {
			name, err := decoder.Token()
			if err != nil {
				return nil, err
			}
			m.name = name.(string)
		}
		if m.value, err = nextNode(decoder); err != nil {
			return nil, err
		}
		n.members = append(n.members, m)
	}
	_, err = decoder.Token()
	return n, err
}

func (n *node) write() []byte {
	var text bytes.Buffer
	n.writeTo(&text)
	return text.Bytes()
}

func (n *node) writeTo(text *bytes.Buffer) {
	if !n.object && !n.list {
		text.WriteString(n.text)
		return
	}
	text.WriteString(map[bool]string{true: "{", false: "["}[n.object])
	for i, m := range n.members {
		if i > 0 {
			text.WriteByte(',')
		}
		if n.object {
			text.Write(written(m.name))
			text.WriteByte(':')
		}
		m.value.writeTo(text)
	}
	text.WriteString(map[bool]string{true: "}", false: "]"}[n.object])
}

// walk visits a node and all below it.
func (n *node) walk(visit func(*node)) {
	visit(n)
	for _, m := range n.members {
		m.value.walk(visit)
	}
}

func (n *node) leaf() bool { return !n.object && !n.list }

// value is a leaf as a text, a json.Number, a bool or nil.
func (n *node) value() any { return parsed([]byte(n.text)) }

// twice says whether an object has a name twice, in whatever case: then nobody knows what it says.
func (n *node) twice() bool {
	found := false
	n.walk(func(n *node) {
		for i := range n.members {
			for _, m := range n.members[:i] {
				found = found || (n.object && strings.EqualFold(m.name, n.members[i].name))
			}
		}
	})
	return found
}

// at finds what stands at a path, such as /order/amount; nil where nothing does.
func (n *node) at(path string) *node {
	for name := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		var next *node
		for _, m := range n.members {
			if n.object && strings.EqualFold(m.name, name) {
				next = m.value
			}
		}
		if next == nil {
			return nil
		}
		n = next
	}
	return n
}
