package declared

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/lendgate/lendgate/config"
)

const (
	largestFile = 256 << 10
	deepest     = 32
	mostEntries = 500 // of one map or list
)

// kind is what stands at a place of the file.
type kind string

const (
	absent  kind = "absent"
	broken  kind = "broken" // its mistake is noted already
	text    kind = "text"
	number  kind = "number"
	boolean kind = "true or false"
	list    kind = "list"
	object  kind = "map"
	unread  kind = "unread"
)

// lenderKey is the key whose value this package does not read.
const lenderKey = "lender"

// node is one place of a contract.
type node struct {
	file         string
	line, column int
	parent       *node
	step         string // ".capture", "[2]", `["400.100"]`
	kind         kind
	text         string // of a scalar, as written
	lead         int    // characters of its place before the text begins: a quotation mark; -1: more than one line
	items        []*node
	entries      []entry
	raw          *yaml.Node // of what is unread
}

type entry struct {
	name string
	key  *node // where the name stands
	node *node
}

// parse returns the tree of a contract; nil where the file is not even YAML.
func parse(file string, content []byte, noted *config.Mistakes) *node {
	top := &node{file: file, line: 1, column: 1, kind: broken}
	if len(content) > largestFile {
		top.note(noted, "the file is larger than 256 KiB: a contract is a few hundred lines")
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	var first, second yaml.Node
	switch err := decoder.Decode(&first); {
	case errors.Is(err, io.EOF):
		top.note(noted, "the file is empty: it needs at least contract: 1")
		return nil
	case err != nil:
		syntax(top, err, noted)
		return nil
	}
	if err := decoder.Decode(&second); err == nil {
		(&node{file: file, line: second.Line, column: second.Column}).note(noted, "a second document starts here: a contract is one, without ---")
	} else if !errors.Is(err, io.EOF) {
		syntax(top, err, noted)
	}
	root := build(file, first.Content[0], nil, "", noted)
	if root.kind != object && root.kind != broken {
		root.note(noted, "the file must be a map that starts with contract: 1")
	}
	return root
}

var complaintLine = regexp.MustCompile(`^line ([0-9]+): `)

// syntax notes what the YAML parser says.
func syntax(top *node, err error, noted *config.Mistakes) {
	complaint, at := strings.TrimPrefix(err.Error(), "yaml: "), *top
	if found := complaintLine.FindStringSubmatch(complaint); found != nil {
		at.line, _ = strconv.Atoi(found[1])
		complaint = strings.TrimPrefix(complaint, found[0])
	}
	at.note(noted, "%s: check the indentation, and put text that holds a comma, a colon or a brace in quotes", complaint)
}

func build(file string, y *yaml.Node, parent *node, step string, noted *config.Mistakes) *node {
	n := &node{file: file, line: max(y.Line, 1), column: max(y.Column, 1), parent: parent, step: step}
	if refusal := unwanted(y, n.depth()); refusal != "" {
		n.kind = broken
		n.note(noted, "%s", refusal)
		return n
	}
	switch y.Kind {
	case yaml.MappingNode:
		n.kind = object
		n.addEntries(y, noted)
	case yaml.SequenceNode:
		n.kind = list
		for i, item := range y.Content {
			n.items = append(n.items, build(file, item, n, fmt.Sprintf("[%d]", i), noted))
		}
	default:
		n.kind, n.text, n.lead = scalarKind(y.Tag), y.Value, lead(y.Style)
	}
	return n
}

func lead(style yaml.Style) int {
	switch {
	case style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return -1
	case style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		return 1
	}
	return 0
}

func (n *node) addEntries(y *yaml.Node, noted *config.Mistakes) {
	for i := 0; i+1 < len(y.Content); i += 2 {
		name := y.Content[i].Value
		key := build(n.file, y.Content[i], n, step(name), noted)
		value := n.value(y.Content[i+1], name, noted)
		earlier := n.find(name)
		switch {
		case key.kind == broken || severed(y.Content[i], y.Content[i+1]):
		case key.kind == list || key.kind == object || y.Content[i].Tag == "!!merge":
			key.note(noted, "is a key and must be text")
		case earlier != nil:
			key.note(noted, "is written twice, first on line %d: keep one of them", earlier.key.line)
		default:
			n.entries = append(n.entries, entry{name, key, value})
		}
	}
}

// value is what stands under a key. The facts of the lender are left as they are: others read them.
func (n *node) value(y *yaml.Node, name string, noted *config.Mistakes) *node {
	if n.parent == nil && name == lenderKey {
		return &node{file: n.file, line: y.Line, column: y.Column, parent: n, step: step(name), kind: unread, raw: y}
	}
	if severed(&yaml.Node{Value: name}, y) {
		at := node{file: n.file, line: n.line, column: n.column, parent: n.parent, step: n.step}
		at.note(noted, "ends a text at a comma, and %q is left over: put text that holds a comma in quotes", name)
		return &node{file: n.file, line: y.Line, column: y.Column, parent: n, step: step(name), kind: broken}
	}
	return build(n.file, y, n, step(name), noted)
}

// severed says whether a key is the rest of a text that a comma ended: words, and no value.
func severed(key, value *yaml.Node) bool {
	return value.Tag == "!!null" && value.Value == "" && strings.Contains(key.Value, " ")
}

func unwanted(y *yaml.Node, depth int) string {
	switch {
	case depth > deepest:
		return fmt.Sprintf("is nested more than %d levels deep: flatten it", deepest)
	case len(y.Content) > 2*mostEntries:
		return fmt.Sprintf("holds more than %d entries: make it smaller", mostEntries)
	case y.Kind == yaml.AliasNode:
		return "aliases (*name) are not read here: write the value out"
	case y.Anchor != "":
		return "anchors (&name) are not read here: write the value out"
	case y.Style&yaml.TaggedStyle != 0:
		return "tags (!name) are not read here: put text that starts with ! in quotes"
	case y.Kind == yaml.ScalarNode && y.Tag == "!!null":
		return "has no value: give it one or remove the key; text in braces stands in quotes"
	}
	return ""
}

// scalarKind maps YAML's own guess. A time stamp is text.
func scalarKind(tag string) kind {
	switch tag {
	case "!!int", "!!float":
		return number
	case "!!bool":
		return boolean
	}
	return text
}

func (n *node) find(name string) *entry {
	for i := range n.entries {
		if n.entries[i].name == name {
			return &n.entries[i]
		}
	}
	return nil
}

func (n *node) names() []string {
	var names []string
	for _, e := range n.entries {
		names = append(names, e.name)
	}
	return names
}

// field is the value of a key; one that is not written has the place of the map.
func (n *node) field(name string) *node {
	if e := n.find(name); e != nil {
		return e.node
	}
	return &node{file: n.file, line: n.line, column: n.column, parent: n, step: step(name), kind: absent}
}

func (n *node) depth() int {
	depth := 0
	for at := n.parent; at != nil; at = at.parent {
		depth++
	}
	return depth
}

func (n *node) path() string {
	var path string
	for at := n; at != nil; at = at.parent {
		path = at.step + path
	}
	return strings.TrimPrefix(path, ".")
}

func (n *node) note(noted *config.Mistakes, format string, args ...any) {
	*noted = append(*noted, config.Mistake{File: n.file, Line: n.line, Column: n.column, Path: n.path(), Text: fmt.Sprintf(format, args...)})
}

var plainName = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_-]*$`)

func step(name string) string {
	if plainName.MatchString(name) {
		return "." + name
	}
	return "[" + strconv.Quote(name) + "]"
}
