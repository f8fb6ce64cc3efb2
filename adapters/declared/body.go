package declared

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/canonical"
)

const mostLeaves = 500

// body is a tree that becomes JSON: an object, a list, or a value.
type body struct {
	at      *node
	leaf    *leaf
	literal json.RawMessage // a number, or true or false, as written
	members []bodyMember
	items   []*body
	isList  bool
	when    *term  // $if
	each    *term  // $each
	need    string // $need: what to tell a caller who left it out
	pointer string // of the field that is needed
}

type bodyMember struct {
	name  string
	value *body
}

type member struct {
	name  string
	value json.RawMessage
}

// need is what a caller must have given, inferred from a body.
type need struct {
	pointer, help string
	within        []*term // conditions under which it is asked at all
	of            *body
	missing       *term // written out, in place of the body's own emptiness
}

// bodies reads the trees of one body.
type bodies struct {
	*compiler
	in     place
	parts  []string // that are being put in
	within []*term
	needs  []need
}

var valued = []shape{textShape, flagShape, wholeShape, moneyShape, priceShape, figureShape, timeShape, textsShape}

func (b *bodies) tree(at *node) *body {
	made := &body{at: at}
	if b.leaves++; b.leaves > mostLeaves {
		if b.leaves == mostLeaves+1 {
			at.note(b.noted, "is one value too many: the bodies of a contract have at most %d", mostLeaves)
		}
		return made
	}
	switch at.kind {
	case object:
		b.object(made, at)
	case list:
		made.isList = true
		for _, item := range at.items {
			made.items = append(made.items, b.tree(item))
		}
	case number, boolean:
		made.literal = json.RawMessage(at.text)
		if !json.Valid(made.literal) {
			at.note(b.noted, "must be written as JSON writes it: put text in quotes")
		}
	case text:
		made.leaf = b.compiler.leaf(at, b.in, valued...)
	}
	return made
}

// ours are the keys that begin with $.
var ours = (&form{keys: bodyKeys}).names()

func (b *bodies) object(made *body, at *node) {
	outer := *b
	if when := at.find("$if"); when != nil {
		made.when = b.condition(when.node, b.in)
		b.within = append(slices.Clone(b.within), made.when)
	}
	if each := at.find("$each"); each != nil {
		b.each(made, each.node)
	}
	if need := at.find("$need"); need != nil {
		b.need(made, need.node)
	}
	if is := at.find("$is"); is != nil {
		made.leaf = b.compiler.leaf(is.node, b.in, valued...)
	}
	b.membersOf(made, at)
	if is := at.find("$is"); is != nil && len(made.members) > 0 {
		is.key.note(b.noted, "stands for the whole value: no other keys go beside it")
	}
	if made.need != "" && outer.in.item == noItem { // what is needed of each line is only known as it is written
		b.needs = append(b.needs, need{pointer: made.pointer, help: made.need, within: b.within, of: made})
	}
	b.in, b.within = outer.in, outer.within
}

func (b *bodies) each(made *body, at *node) {
	if b.in.item != noItem {
		at.note(b.noted, "stands inside another $each: a list in a list is not written here")
		return
	}
	if at.kind == text {
		made.each = b.term(at, 0, b.in, linesShape)
		b.in.item = lineItem
	} else if at.kind != broken {
		at.note(b.noted, "must be a list such as lines and is %s", at.kind)
	}
}

func (b *bodies) need(made *body, at *node) {
	if at.kind != text {
		at.note(b.noted, "must be text that tells what is needed and is %s", at.kind)
		return
	}
	made.need = at.text
}

func (b *bodies) membersOf(made *body, at *node) {
	for _, e := range at.entries {
		name, escaped := strings.CutPrefix(e.name, "$$")
		switch {
		case escaped:
			made.members = append(made.members, bodyMember{"$" + name, b.tree(e.node)})
		case e.name == "$part":
			b.part(made, e.node)
		case slices.Contains(ours, e.name):
		case strings.HasPrefix(e.name, "$"):
			e.key.note(b.noted, "is not known here; %s; a key that really begins with $ is written $$", meant(e.name, ours))
		default:
			made.members = append(made.members, bodyMember{e.name, b.tree(e.node)})
		}
	}
	made.pointer = pointerOf(made)
}

// part puts the keys of a part where it is named.
func (b *bodies) part(made *body, at *node) {
	part := b.root.field("parts").find(at.text)
	switch {
	case at.kind != text || part == nil:
		at.note(b.noted, "names no part; %s", meant(at.text, b.root.field("parts").names()))
		return
	case slices.Contains(b.parts, at.text):
		at.note(b.noted, "part %s puts itself in", at.text)
		return
	case part.node.kind != object:
		part.node.note(b.noted, "must be a map of keys and is %s", part.node.kind)
		return
	}
	b.used("part", at.text)
	b.parts = append(b.parts, at.text)
	b.membersOf(made, part.node)
	b.parts = b.parts[:len(b.parts)-1]
}

// pointerOf is the field of an order or request that a body's value comes from.
func pointerOf(b *body) string {
	source := b.each
	if source == nil && b.leaf != nil {
		source = b.leaf.term
	}
	if source == nil || len(source.names) == 0 {
		return ""
	}
	name := strings.TrimPrefix(source.names[0], "=")
	if option, is := strings.CutPrefix(name, "option."); is {
		return "/provider_options/" + option
	}
	return "/" + strings.ReplaceAll(strings.TrimPrefix(name, "order."), ".", "/")
}

// write is the body as JSON; nil where it is left out.
func (b *body) write(s *scope) (json.RawMessage, error) {
	holds, err := b.when.holds(s)
	if err != nil || !holds {
		return nil, err
	}
	written, err := b.value(s)
	if err == nil && written == nil && b.need != "" {
		return nil, canonical.Invalid(b.pointer, b.need)
	}
	return written, err
}

func (b *body) value(s *scope) (json.RawMessage, error) {
	switch {
	case b.each != nil:
		return b.elements(s)
	case b.leaf != nil:
		return b.leaf.json(s)
	case b.literal != nil:
		return b.literal, nil
	case b.isList:
		var all []json.RawMessage
		for _, item := range b.items {
			one, err := item.write(s)
			if err != nil {
				return nil, err
			}
			all = append(all, one)
		}
		return listed(all), nil
	}
	return b.fields(s)
}

func (b *body) elements(s *scope) (json.RawMessage, error) {
	value, err := b.each.run(s)
	if err != nil {
		return nil, err
	}
	outer := s.Line
	defer func() { s.Line = outer }()
	var all []json.RawMessage
	for _, s.Line = range value.([]line) {
		one, err := b.element(s)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return listed(all), nil
}

func (b *body) element(s *scope) (json.RawMessage, error) {
	if b.leaf != nil {
		return b.leaf.json(s)
	}
	return b.fields(s)
}

func (b *body) fields(s *scope) (json.RawMessage, error) {
	var all []member
	for _, m := range b.members {
		value, err := m.value.write(s)
		if err != nil {
			return nil, err
		}
		if value != nil {
			all = append(all, member{m.name, value})
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	return joined(all), nil
}
