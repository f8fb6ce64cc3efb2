package config

import (
	"slices"
	"strings"
	"time"
)

// Settings reads one map of the file by name and remembers what was asked for, so that whatever
// nobody knows can be named. A name that is not written reads as the zero value; one that is
// written wrong does too, and the mistake is noted. One reader serves one goroutine.
type Settings struct {
	at       *node // the map, or where it would be
	entries  []entry
	asked    []string
	refused  []string
	children []*Settings
	terms    *terms
}

// terms is what all readers of one pass share.
type terms struct {
	literalSecrets bool
	noted          Mistakes
}

func newSettings(at *node, terms *terms) *Settings {
	return &Settings{at: at, entries: at.entries, terms: terms}
}

// At is where the map stands; a map that is not written has the line of what is around it.
func (s *Settings) At() Value { return Value{s.at} }

// Value is where a setting stands, for mistakes about it. It does not count as reading it.
func (s *Settings) Value(name string) Value { return Value{s.find(name)} }

// Has tells whether a setting is written, rightly or wrongly.
func (s *Settings) Has(name string) bool { return s.ask(name).kind != absent }

// Names lists what is written, in the order of the file: for maps whose keys are free.
func (s *Settings) Names() []string {
	names := make([]string, 0, len(s.entries))
	for _, e := range s.entries {
		names = append(names, e.name)
	}
	return names
}

// Add notes a mistake about a setting.
func (s *Settings) Add(name, format string, args ...any) {
	s.terms.noted.Add(s.Value(name), format, args...)
}

// AddAt notes a mistake about something beside the settings.
func (s *Settings) AddAt(at Value, format string, args ...any) {
	s.terms.noted.Add(at, format, args...)
}

// Require notes a mistake for each name that is not written or is empty text.
func (s *Settings) Require(names ...string) {
	for _, name := range names {
		switch n := s.ask(name); {
		case s.at.kind != object && s.at.kind != absent: // one mistake is enough for what is no map
		case n.kind == absent:
			s.Add(name, "is missing: add it")
		case n.kind == text && n.text() == "":
			s.Add(name, "is empty: give it a value")
		}
	}
}

// Text reads text.
func (s *Settings) Text(name string) string {
	word, _ := s.scalar(s.ask(name), text, "text")
	return word
}

// Secret reads a secret: a reference, or a literal where the options allow it.
func (s *Settings) Secret(name string) Secret {
	n := s.ask(name)
	scalar := n.kind == text || n.kind == number || n.kind == boolean
	if scalar && !n.reference && !s.terms.literalSecrets {
		s.Add(name, "is a secret and must not stand in the file: write ${env:NAME} or ${file:/path}")
		return Secret{}
	}
	word, ok := s.scalar(n, text, "text")
	if !ok {
		return Secret{}
	}
	return NewSecret(word)
}

// Bool reads true or false.
func (s *Settings) Bool(name string) bool {
	n := s.ask(name)
	word, ok := s.scalar(n, boolean, "true or false")
	if ok && word != "true" && word != "false" {
		s.Add(name, "must be true or false")
	}
	return word == "true"
}

// OneOf reads one of a few words.
func (s *Settings) OneOf(name string, words ...string) string {
	n := s.ask(name)
	must := "one of " + strings.Join(words, ", ")
	word, ok := s.scalar(n, text, must)
	if !ok || slices.Contains(words, word) {
		return word
	}
	s.Add(name, "must be %s", must)
	return ""
}

// Integer reads a whole number.
func (s *Settings) Integer(name string) int {
	whole, _ := s.integer(name)
	return whole
}

// Duration reads a positive duration such as 90s or 1h30m.
func (s *Settings) Duration(name string) time.Duration {
	d, _ := s.duration(name)
	return d
}

// Texts reads a list of text.
func (s *Settings) Texts(name string) []string {
	var texts []string
	for _, item := range s.listItems(name) {
		if word, ok := s.scalar(item, text, "text"); ok {
			texts = append(texts, word)
		}
	}
	return texts
}

// Map reads a map; its unread keys count as unread here too.
func (s *Settings) Map(name string) *Settings { return s.child(s.ask(name)) }

// Maps reads a list of maps.
func (s *Settings) Maps(name string) []*Settings {
	var maps []*Settings
	for _, item := range s.listItems(name) {
		maps = append(maps, s.child(item))
	}
	return maps
}

// Unread lists the keys nobody asked for, here and in the maps that were read, in the file's order.
func (s *Settings) Unread() []Value {
	var unread []Value
	for _, u := range s.unread() {
		unread = append(unread, Value{u.key})
	}
	return unread
}

// Mistakes is everything wrong with these settings: what was read wrong, what was added, and every
// key nobody asked for, with the likely name. Ask it last.
func (s *Settings) Mistakes() Mistakes {
	all := slices.Clone(s.terms.noted)
	for _, u := range s.unread() {
		all.Add(Value{u.key}, "is not known here: %s", advice(u.key.text(), u.known))
	}
	return all.sorted()
}

type unreadKey struct {
	key   *node
	known []string
}

func (s *Settings) unread() []unreadKey {
	var unread []unreadKey
	for _, e := range s.entries {
		if !slices.Contains(s.asked, e.name) && !slices.Contains(s.refused, e.name) {
			unread = append(unread, unreadKey{e.key, s.asked})
		}
	}
	for _, child := range s.children {
		unread = append(unread, child.unread()...)
	}
	return unread
}

// refuse notes a mistake about a key that is known and does nothing yet.
func (s *Settings) refuse(name, sentence string) {
	s.refused = append(s.refused, name)
	if s.find(name).kind != absent {
		s.Add(name, "%s", sentence)
	}
}

func (s *Settings) child(n *node) *Settings {
	for _, child := range s.children {
		if child.at == n {
			return child
		}
	}
	if n.kind != object && n.kind != absent && n.kind != broken {
		s.terms.noted.Add(Value{n}, "must be a map of names and values")
	}
	child := newSettings(n, s.terms)
	s.children = append(s.children, child)
	return child
}

func (s *Settings) listItems(name string) []*node {
	n := s.ask(name)
	if n.kind != list && n.kind != absent && n.kind != broken {
		s.terms.noted.Add(Value{n}, "must be a list, such as [first, second]")
	}
	return n.items
}

func (s *Settings) find(name string) *node {
	for _, e := range s.entries {
		if e.name == name {
			return e.node
		}
	}
	return s.at.field(name)
}

func (s *Settings) ask(name string) *node {
	if !slices.Contains(s.asked, name) {
		s.asked = append(s.asked, name)
	}
	return s.find(name)
}

// scalar gives what is written if it has the kind wanted. A reference has any kind: whether its
// text fits is for the caller to see.
func (s *Settings) scalar(n *node, want kind, must string) (string, bool) {
	at := Value{n}
	switch {
	case n.kind == absent || n.kind == broken:
	case n.reference:
		return n.text(), true
	case want == text && (n.kind == number || n.kind == boolean):
		s.terms.noted.Add(at, "must be %s, in quotes", must)
	case n.kind != want:
		s.terms.noted.Add(at, "must be %s", must)
	case strings.Contains(n.text(), "${"):
		s.terms.noted.Add(at, "references are read only in settings and in store.badger.key: write the value itself")
	default:
		return n.text(), true
	}
	return "", false
}
