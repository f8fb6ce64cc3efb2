package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"go.yaml.in/yaml/v3"
)

const (
	largestFile = 1 << 20
	deepest     = 64
	mostKeys    = 1000 // in one map: reading one costs its size squared
)

// document is one file on its way from bytes to a tree.
type document struct {
	name  string
	text  []byte
	lines int
	noted *Mistakes
}

// parse returns the tree, or nil where the file is not even YAML.
func (d *document) parse() *node {
	d.lines = 1 + bytes.Count(d.text, []byte("\n"))
	if len(d.text) > largestFile {
		d.note(1, 1, "the file is larger than 1 MiB: split it or remove what is not configuration")
		return nil
	}
	if at, bad := unreadable(d.text); bad {
		line, column := d.position(at)
		d.note(line, column, "a byte here is not readable text: remove it, and save the file as UTF-8")
		return nil
	}
	return d.decode()
}

func (d *document) decode() *node {
	decoder := yaml.NewDecoder(bytes.NewReader(d.text))
	var first, second yaml.Node
	if err := decoder.Decode(&first); errors.Is(err, io.EOF) {
		d.note(1, 1, "the file is empty: it needs at least `version: 1`")
		return nil
	} else if err != nil {
		d.noteSyntax(err)
		return nil
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		d.note(second.Line, second.Column, "a second document starts here: put everything under one, without ---")
	case !errors.Is(err, io.EOF):
		d.noteSyntax(err)
	}
	root := d.build(first.Content[0], place{})
	if root.kind != object && root.kind != broken {
		d.note(root.line, root.column, "the file must be a map that starts with `version: 1`")
	}
	return root
}

// place is where a node hangs in the tree.
type place struct {
	parent *node
	step   string
	depth  int
}

func (d *document) build(y *yaml.Node, at place) *node {
	n := &node{file: d.name, line: d.within(y.Line), column: max(y.Column, 1), parent: at.parent, step: at.step}
	if refusal := unwanted(y, at.depth); refusal != "" {
		n.kind = broken
		d.noted.Add(Value{n}, "%s", refusal)
		return n
	}
	switch y.Kind {
	case yaml.MappingNode:
		n.kind = object
		d.buildEntries(n, y, at.depth)
	case yaml.SequenceNode:
		n.kind = list
		for i, item := range y.Content {
			n.items = append(n.items, d.build(item, place{n, fmt.Sprintf("[%d]", i), at.depth + 1}))
		}
	default:
		n.kind, n.scalar = scalarKind(y.Tag), NewSecret(y.Value)
	}
	return n
}

func (d *document) buildEntries(n *node, y *yaml.Node, depth int) {
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := d.build(y.Content[i], place{n, step(y.Content[i].Value), depth + 1})
		value := d.build(y.Content[i+1], place{n, key.step, depth + 1})
		earlier := slices.IndexFunc(n.entries, func(e entry) bool { return e.name == key.text() })
		switch {
		case key.kind == broken:
		case y.Content[i].Tag == "!!merge":
			d.noted.Add(Value{key}, "merge keys are not read here: write the keys out")
		case key.kind != text:
			d.noted.Add(Value{key}, "is a key and must be text: put it in quotes")
		case earlier >= 0:
			d.noted.Add(Value{key}, "is written twice, first on line %d: keep one of them", n.entries[earlier].key.line)
		default:
			n.entries = append(n.entries, entry{key.text(), key, value})
		}
	}
}

func unwanted(y *yaml.Node, depth int) string {
	switch {
	case depth > deepest:
		return fmt.Sprintf("is nested more than %d levels deep: flatten it", deepest)
	case y.Kind == yaml.MappingNode && len(y.Content) > 2*mostKeys:
		return fmt.Sprintf("holds more than %d keys: make it smaller", mostKeys)
	case y.Kind == yaml.AliasNode:
		return aliasRefusal
	case y.Anchor != "":
		return "anchors (&name) are not read here: write the value out, and put text that starts with & in quotes"
	case y.Style&yaml.TaggedStyle != 0:
		return "tags (!name) are not read here: remove it, and put text that starts with ! in quotes"
	case y.Kind == yaml.ScalarNode && y.Tag == "!!null":
		return "has no value: give it one or remove the key"
	}
	return ""
}

// scalarKind maps YAML's own guess. A time stamp is text to YAML 1.2, and so it is here.
func scalarKind(tag string) kind {
	switch tag {
	case "!!int", "!!float":
		return number
	case "!!bool":
		return boolean
	}
	return text
}
