package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// shape is a schema of the document, as far as requests use schemas.
type shape struct {
	Ref                  string            `json:"$ref"`
	Type                 string            `json:"type"`
	Properties           map[string]*shape `json:"properties"`
	Required             []string          `json:"required"`
	AdditionalProperties json.RawMessage   `json:"additionalProperties"`
	Items                *shape            `json:"items"`
	Enum                 []string          `json:"enum"`
	Pattern              string            `json:"pattern"`
	Format               string            `json:"format"`
	MinLength            *int              `json:"minLength"`
	MaxLength            *int              `json:"maxLength"`
	MaxItems             *int              `json:"maxItems"`
	MaxProperties        *int              `json:"maxProperties"`
	Minimum              *int              `json:"minimum"`
	Maximum              *int              `json:"maximum"`
	UniqueItems          bool              `json:"uniqueItems"`

	others *shape // of names beside the properties; nil: there may be none
}

func (s *shape) closed() bool { return s != nil && s.Type == "object" && s.others == nil }

// described is an operation of the document, as far as requests need it.
type described struct {
	ID          string `json:"operationId"`
	Description string `json:"description"`
	Parameters  []struct {
		Name     string `json:"name"`
		In       string `json:"in"`
		Required bool   `json:"required"`
		Schema   *shape `json:"schema"`
	} `json:"parameters"`
	RequestBody struct {
		Content map[string]struct {
			Schema *shape `json:"schema"`
		} `json:"content"`
	} `json:"requestBody"`
	Security []any `json:"security"`

	method, path string
	methods      []string // of the same path
	roles        []string
	body         *shape            // of JSON; nil: none
	query        map[string]*shape // by name
}

func (d *described) has(name string) bool {
	for _, p := range d.Parameters {
		if p.Name == name && p.In != "query" {
			return true
		}
	}
	return false
}

func (d *described) isMessage() bool { return strings.HasPrefix(d.path, "/notifications/") }

// readOperations reads every operation of the document, in the order of their ids.
func readOperations(t testing.TB) []*described {
	t.Helper()
	text, err := json.Marshal(readContract(t).doc)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths      map[string]map[string]*described
		Components struct{ Schemas map[string]*shape }
	}
	// Answers have types that requests have not; what requests use is read in full below.
	text = []byte(strings.ReplaceAll(string(text), `"type":["array","null"]`, `"type":"array"`))
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	var all []*described
	for path, item := range doc.Paths {
		for method, d := range item {
			d.method, d.path = strings.ToUpper(method), path
			for other := range item {
				d.methods = append(d.methods, strings.ToUpper(other))
			}
			d.complete(doc.Components.Schemas)
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b *described) int { return strings.Compare(a.ID, b.ID) })
	return all
}

func (d *described) complete(schemas map[string]*shape) {
	if _, roles, said := strings.Cut(d.Description, "For keys of role "); said {
		d.roles = strings.Split(strings.TrimSuffix(roles, "."), ", ")
	}
	d.query = map[string]*shape{}
	for _, p := range d.Parameters {
		if p.In == "query" {
			d.query[p.Name] = p.Schema.resolved(schemas)
		}
	}
	if body := d.RequestBody.Content["application/json"].Schema; body != nil {
		d.body = body.resolved(schemas)
	}
}

// resolved follows references, everywhere below too.
func (s *shape) resolved(schemas map[string]*shape) *shape {
	for s.Ref != "" {
		s = schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
	}
	for name, property := range s.Properties {
		s.Properties[name] = property.resolved(schemas)
	}
	if s.Items != nil {
		s.Items = s.Items.resolved(schemas)
	}
	if text := string(s.AdditionalProperties); strings.HasPrefix(text, "{") && s.others == nil {
		s.others = &shape{}
		if err := json.Unmarshal(s.AdditionalProperties, s.others); err != nil {
			panic(err)
		}
		s.others = s.others.resolved(schemas)
	}
	return s
}

// node is a JSON value that can also hold what JSON must not: a name twice, broken text.
type node struct {
	at      string // RFC 6901
	of      *shape // nil where anything may be
	text    string // of a value without members, as it is written
	members []member
	items   []*node
	kind    byte // one of { [ " 0 and t for true and false
}

type member struct {
	name  string // as it is written, with its quotes
	plain string
	value *node
}

// write renders a value as it stands.
func (n *node) write(b *strings.Builder) {
	switch n.kind {
	case '{':
		b.WriteByte('{')
		for i, m := range n.members {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(m.name + ":")
			m.value.write(b)
		}
		b.WriteByte('}')
	case '[':
		b.WriteByte('[')
		for i, item := range n.items {
			if i > 0 {
				b.WriteByte(',')
			}
			item.write(b)
		}
		b.WriteByte(']')
	default:
		b.WriteString(n.text)
	}
}

func (n *node) String() string {
	var b strings.Builder
	n.write(&b)
	return b.String()
}

// all lists a value and everything below it.
func (n *node) all() []*node {
	found := []*node{n}
	for _, m := range n.members {
		found = append(found, m.value.all()...)
	}
	for _, item := range n.items {
		found = append(found, item.all()...)
	}
	return found
}

func (n *node) replace(kind byte, text string) {
	n.kind, n.text, n.members, n.items = kind, text, nil, nil
}

func below(at, name string) string {
	return at + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

func quoted(text string) string {
	written, _ := json.Marshal(text)
	return string(written)
}

// chance is where a request's accidents come from.
type chance struct{ *rand.Rand }

func pick[T any](c chance, from []T) T { return from[c.IntN(len(from))] }

func (c chance) often(percent int) bool { return c.IntN(100) < percent }

// text is a text of some length, with all that a text may hold.
func (c chance) text(least, most int) string {
	length := least + c.IntN(min(most-least, 12)+1)
	if c.often(2) {
		length = min(most, 200)
	}
	var b strings.Builder
	for range length {
		b.WriteString(pick(c, []string{"a", "B", "7", " ", "é", "ß", "漢", "🧾", "\"", "\\", "/", "~", "<", "&", "'", "%", "\u2028", "\t", "-"}))
	}
	return b.String()
}

// grow makes a value that fits a shape.
func (c chance) grow(s *shape, at string, depth int) *node {
	n := &node{at: at, of: s}
	switch {
	case s == nil || s.Type == "":
		n.of = nil
		c.anything(n, depth)
	case s.Type == "object":
		c.object(n, depth)
	case s.Type == "array":
		n.kind = '['
		for i := range c.IntN(min(4, deref(s.MaxItems, 4))) {
			item := c.grow(s.Items, at+"/"+strconv.Itoa(i), depth+1)
			if s.UniqueItems && slices.ContainsFunc(n.items, func(before *node) bool { return before.text == item.text }) {
				break
			}
			n.items = append(n.items, item)
		}
	case s.Type == "integer":
		low, high := deref(s.Minimum, -1000), deref(s.Maximum, 1000)
		n.kind, n.text = '0', strconv.Itoa(low+c.IntN(high-low+1))
	case s.Type == "boolean":
		n.kind, n.text = 't', pick(c, []string{"true", "false"})
	case s.Type == "string":
		n.kind, n.text = '"', quoted(c.word(s))
	default:
		panic("a request has a value of type " + s.Type)
	}
	return n
}

func (c chance) object(n *node, depth int) {
	n.kind = '{'
	for _, name := range slices.Sorted(maps.Keys(n.of.Properties)) {
		if slices.Contains(n.of.Required, name) || c.often(60-10*depth) {
			n.members = append(n.members, member{quoted(name), name, c.grow(n.of.Properties[name], below(n.at, name), depth+1)})
		}
	}
	if n.of.others != nil {
		for i := range c.IntN(3) {
			name := fmt.Sprintf("%c%s", 'a'+i, c.text(0, 8))
			n.members = append(n.members, member{quoted(name), name, c.grow(n.of.others, below(n.at, name), depth+1)})
		}
	}
	c.Shuffle(len(n.members), func(i, j int) { n.members[i], n.members[j] = n.members[j], n.members[i] })
}

// anything is a value where the document says nothing of it.
func (c chance) anything(n *node, depth int) {
	switch kind := c.IntN(8); {
	case kind == 0 && depth < 8:
		n.kind = '['
		n.items = []*node{{at: n.at + "/0"}}
		c.anything(n.items[0], depth+1)
	case kind == 1 && depth < 8:
		n.kind = '{'
		n.members = []member{{`"in"`, "in", &node{at: n.at + "/in"}}}
		c.anything(n.members[0].value, depth+1)
	case kind < 5:
		n.kind, n.text = '"', quoted(c.text(0, 20))
	case kind < 6:
		n.kind, n.text = '0', pick(c, []string{"0", "-1", "12", "1.5", "1e9", "9007199254740993", "-0.0e-7"})
	default:
		n.kind, n.text = 't', pick(c, []string{"true", "false"})
	}
}

// wordsOf makes texts that fit a pattern; a pattern of the document that is not here fails the test.
var wordsOf = map[string]func(chance) string{
	`^[A-Za-z0-9][A-Za-z0-9._-]*$`: func(c chance) string { return pick(c, []string{"alpha-7", "ord_1", "x", "7.a_b-c"}) },
	`^(0|[1-9][0-9]{0,14})(\.[0-9]{1,8})?$`: func(c chance) string {
		return pick(c, []string{"0", "0.5", "1.00", "125.00", "999999999999999.99999999", "10", "0.00000001"})
	},
	`^[a-z0-9][a-z0-9_-]{0,62}$`: func(c chance) string { return pick(c, []string{"demo", "a", "shop_7-b"}) },
	`^([0-9]{1,6}(h|m|s|ms))+$`:  func(c chance) string { return pick(c, []string{"1h", "90s", "1h30m", "5ms"}) },
}

func (c chance) word(s *shape) string {
	switch {
	case len(s.Enum) > 0:
		return pick(c, s.Enum)
	case s.Pattern != "":
		make, known := wordsOf[s.Pattern]
		if !known {
			panic("nobody knows how to make " + s.Pattern)
		}
		return make(c)
	case s.Format == "date-time":
		return "2026-01-31T09:30:00Z"
	}
	if c.often(10) && deref(s.MaxLength, 2000) > len(canary) {
		return canary
	}
	return c.text(deref(s.MinLength, 0), deref(s.MaxLength, 2000))
}

func deref(n *int, otherwise int) int {
	if n == nil {
		return otherwise
	}
	return *n
}
