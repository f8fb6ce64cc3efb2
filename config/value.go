package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Value is one place of the file. What stands there is read through Settings; a Value says where
// it is, so that a mistake can point at it. It prints as its place, never as its content.
// The zero Value is no place.
type Value struct{ node *node }

// Path is the way to the value from the top of the file, such as providers[0].timeouts.write.
func (v Value) Path() string {
	if v.node == nil {
		return ""
	}
	return v.node.path()
}

// Present tells whether something is written there.
func (v Value) Present() bool { return v.node != nil && v.node.kind != absent }

// Field is the place of a key inside a map. A key that is not written has the map's line.
func (v Value) Field(name string) Value {
	if v.node == nil {
		return v
	}
	return Value{v.node.field(name)}
}

// String is file:line:column.
func (v Value) String() string {
	if v.node == nil {
		return "nowhere"
	}
	return fmt.Sprintf("%s:%d:%d", v.node.file, v.node.line, v.node.column)
}

func (v Value) covers(m Mistake) bool {
	if v.node == nil || v.node.file != m.File {
		return false
	}
	rest, within := strings.CutPrefix(m.Path, v.node.path())
	return within && (rest == "" || rest[0] == '.' || rest[0] == '[' || v.node.path() == "")
}

type kind string

const (
	absent  kind = "absent"
	broken  kind = "broken" // its mistake is noted already: readers pass over it
	text    kind = "text"
	number  kind = "number"
	boolean kind = "true or false"
	list    kind = "list"
	object  kind = "map"
)

// node is the parsed tree. The path is put together on demand: a deep file must not cost its depth
// squared. Scalars are kept as Secrets: fmt prints a struct it finds in an unexported field with all
// its fields, and any of these may be a secret.
type node struct {
	file         string
	line, column int
	parent       *node
	step         string // ".base_url", "[2]", `["ON HOLD"]`
	kind         kind
	scalar       Secret // as written, or what a reference stands for
	reference    bool
	items        []*node
	entries      []entry
}

type entry struct {
	name string
	key  *node // where the name stands
	node *node // where its value stands
}

func (n *node) text() string { return n.scalar.Reveal() }

func (n *node) path() string {
	var steps []string
	for at := n; at != nil; at = at.parent {
		steps = append(steps, at.step)
	}
	var b strings.Builder
	for i := len(steps) - 1; i >= 0; i-- {
		b.WriteString(steps[i])
	}
	return strings.TrimPrefix(b.String(), ".")
}

func (n *node) field(name string) *node {
	for _, e := range n.entries {
		if e.name == name {
			return e.node
		}
	}
	return &node{file: n.file, line: n.line, column: n.column, parent: n, step: step(name), kind: absent}
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

func step(name string) string {
	if plainName.MatchString(name) {
		return "." + name
	}
	return "[" + strconv.Quote(name) + "]"
}
