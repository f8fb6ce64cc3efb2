package declared

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lendgate/lendgate/config"
)

// section reads one map of a contract by name. A name that is not written reads as the zero value; one
// that is written wrong does too, and the mistake is noted.
type section struct {
	at    *node
	form  *form
	noted *config.Mistakes
}

// newSection reads a map by the form of what may stand there.
func newSection(at *node, of *form, noted *config.Mistakes) *section {
	if at.kind != object && at.kind != absent && at.kind != broken {
		at.note(noted, "must be a map and is %s", at.kind)
		at = &node{file: at.file, line: at.line, column: at.column, parent: at.parent, step: at.step, kind: broken}
	}
	return &section{at: at, form: of.within(), noted: noted}
}

// ask finds a value. A key without a form would be one that the schema does not know.
func (s *section) ask(name string) *node {
	n := s.at.field(name)
	if s.form.key(name) == nil {
		n.note(s.noted, "is read and has no form: this is a fault of Lendgate")
	}
	return n
}

func (s *section) formOf(name string) *form {
	if f := s.form.key(name); f != nil {
		return f
	}
	return &nothing
}

// scalar is what is written under a name, where it is of the kind wanted.
func (s *section) scalar(name string, want kind) (string, bool) {
	n := s.ask(name)
	switch n.kind {
	case want:
		return n.text, true
	case absent, broken:
	default:
		n.note(s.noted, "must be %s and is %s", want, n.kind)
	}
	return "", false
}

func (s *section) text(name string) string {
	word, _ := s.scalar(name, text)
	return word
}

func (s *section) flag(name string) bool {
	word, ok := s.scalar(name, boolean)
	if ok && word != "true" && word != "false" {
		s.ask(name).note(s.noted, "must be true or false")
	}
	return word == "true"
}

func (s *section) whole(name string) int {
	word, ok := s.scalar(name, number)
	if !ok {
		return 0
	}
	f := s.formOf(name)
	whole, err := strconv.Atoi(word)
	if err != nil || whole < f.least || whole > f.most {
		s.ask(name).note(s.noted, "must be a whole number between %d and %d", f.least, f.most)
		return 0
	}
	return whole
}

func (s *section) duration(name string) time.Duration {
	n := s.ask(name)
	if n.kind == absent || n.kind == broken {
		return 0
	}
	d, err := time.ParseDuration(n.text)
	if n.kind != text || err != nil || d <= 0 {
		n.note(s.noted, "must be a duration such as 90s, 5m or 24h")
		return 0
	}
	return d
}

// choice is one of a few words.
func (s *section) choice(name string) string {
	words := s.formOf(name).choices()
	word, ok := s.scalar(name, text)
	if !ok || slices.Contains(words, word) {
		return word
	}
	s.ask(name).note(s.noted, "%s", meant(word, words))
	return ""
}

// texts is a list of text; a single one stands for a list of one.
func (s *section) texts(name string) []string {
	var words []string
	for _, item := range s.many(name) {
		switch item.kind {
		case text:
			words = append(words, item.text)
		case broken:
		default:
			item.note(s.noted, "must be text and is %s", item.kind)
		}
	}
	return words
}

// many is a list; a single value stands for a list of one.
func (s *section) many(name string) []*node {
	switch n := s.ask(name); n.kind {
	case absent, broken:
		return nil
	case list:
		return n.items
	default:
		return []*node{n}
	}
}

func (s *section) section(name string) *section {
	return newSection(s.ask(name), s.formOf(name), s.noted)
}

// sections is a list of maps; a single map stands for a list of one.
func (s *section) sections(name string) []*section {
	var all []*section
	for _, item := range s.many(name) {
		all = append(all, newSection(item, s.formOf(name), s.noted))
	}
	return all
}

// close notes every key that is not known, and every one that is missing.
func (s *section) close() {
	if s.form.each != nil {
		return
	}
	known := s.form.names()
	for _, e := range s.at.entries {
		if !slices.Contains(known, e.name) {
			e.key.note(s.noted, "is not known here; %s", meant(e.name, known))
		}
	}
	for _, k := range s.form.keys {
		if k.must && s.at.kind == object && s.at.find(k.name) == nil {
			s.at.field(k.name).note(s.noted, "is missing: add it. %s", k.help)
		}
	}
}

// meant says which word was probably meant, or which there are.
func meant(word string, known []string) string {
	if near := config.Closest(word, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "use one of " + strings.Join(slices.Sorted(slices.Values(known)), ", ")
}
