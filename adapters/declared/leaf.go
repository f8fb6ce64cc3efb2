package declared

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/canonical"
)

// leaf is a value of a contract: a constant, a pointer into a reply, or an expression. The zero leaf is
// one that is not written.
type leaf struct {
	at      *node
	fixed   *string // a constant, as written
	pointer *pointer
	term    *term
}

func (l *leaf) written() bool {
	return l != nil && (l.fixed != nil || l.pointer != nil || l.term != nil)
}

// stands says whether something is written, right or wrong.
func (l *leaf) stands() bool { return l != nil && l.at != nil && l.at.kind != absent }

// constant is the text a leaf always is.
func (l *leaf) constant() (string, bool) {
	switch {
	case l == nil:
	case l.fixed != nil:
		return *l.fixed, true
	case l.term != nil && l.term.isFixed:
		return l.term.fixed, true
	}
	return "", false
}

// leaf reads a leaf that must come to one of some shapes. A constant is text.
func (c *compiler) leaf(at *node, in place, wanted ...shape) *leaf {
	l := &leaf{at: at}
	switch {
	case at.kind == absent || at.kind == broken:
		return l
	case at.kind == object || at.kind == list:
		at.note(c.noted, "must be a pointer such as /id, an expression such as =amount, or text, and is %s", at.kind)
		return l
	case at.kind == text && at.text != "" && at.text[0] == '=':
		l.term = c.term(at, 1, in, wanted...)
		return l
	case at.kind == text && at.text != "" && at.text[0] == '/':
		if in.realm&ofReply == 0 {
			at.note(c.noted, "is a pointer into a reply, and there is none here: write an expression such as =amount, or =\"/x\" for the text itself")
			return l
		}
		l.pointer = c.pointer(at)
		return l
	}
	inside, braced := inBracesAlone(at.text)
	switch {
	case !slices.Contains(wanted, textShape):
		at.note(c.noted, "must be %s and is text: write a pointer such as /amount, or an expression such as =zero", wanted[0])
	case braced && c.isName(inside, in):
		at.note(c.noted, "has a name in braces, as paths and headers have: write =%s", inside)
	case c.isName(at.text, in) && at.kind == text && at.lead == 0 && !c.made.knows(at.text):
		at.note(c.noted, "is the word %s itself: write =%s for what it stands for, or \"%s\" in quotes for the word", at.text, at.text, at.text)
	default:
		l.fixed = &at.text
	}
	return l
}

// isName says whether a text is a name of the language where it stands.
func (c *compiler) isName(text string, in place) bool {
	root, rest, _ := strings.Cut(text, ".")
	_, known := scopeNames[text]
	_, ofLine := lineNames[text]
	_, declared := c.declared[root][rest]
	return known || declared || (ofLine && in.item == lineItem)
}

// inBracesAlone is the name that a text is, in braces and nothing beside them.
func inBracesAlone(text string) (name string, is bool) {
	found := inBraces.FindStringSubmatch(text)
	if found == nil || found[0] != text {
		return "", false
	}
	return found[1], true
}

// told reads a leaf that a lender tells: one that is always the same text is a slip of the pen.
func (c *compiler) told(at *node, in place) *leaf {
	l := c.leaf(at, in, textShape)
	if _, fixed := l.constant(); fixed {
		at.note(c.noted, "is always the same text: write a pointer such as /id, or an expression such as =text(\"/id\")")
	}
	return l
}

// pointer reads what must be a pointer; nil where it is none.
func (c *compiler) pointer(at *node) *pointer {
	switch at.kind {
	case absent, broken:
		return nil
	case text:
		p, err := parsePointer(at.text)
		if err == nil {
			return &p
		}
		at.note(c.noted, "%v", err)
	default:
		at.note(c.noted, "must be a pointer such as /id and is %s", at.kind)
	}
	return nil
}

// condition reads an expression that is true or false, where one is written.
func (c *compiler) condition(at *node, in place) *term {
	switch at.kind {
	case absent, broken:
		return nil
	case text, boolean:
		return c.term(at, 0, in, flagShape)
	}
	at.note(c.noted, "must be an expression that is true or false and is %s", at.kind)
	return nil
}

// text is the text a leaf comes to; "" where there is none.
func (l *leaf) text(s *scope) (string, error) {
	switch {
	case s.note != nil:
		return s.traceText(l)
	case !l.written():
		return "", nil
	case l.fixed != nil:
		return *l.fixed, nil
	case l.pointer != nil:
		return s.Reply.text(*l.pointer)
	}
	value, err := l.term.run(s)
	if err != nil {
		return "", err
	}
	return value.(string), nil
}

// money is the money a leaf comes to. Where there is none the error is errUnsaid.
func (l *leaf) money(s *scope) (m canonical.Money, err error) {
	switch {
	case s.note != nil:
		return s.traceMoney(l)
	case !l.written():
		return m, errUnsaid
	case l.pointer != nil:
		return s.Reply.money(*l.pointer)
	}
	value, err := l.term.run(s)
	if err != nil {
		return m, err
	}
	return value.(money).is, nil
}

// amount is the amount a leaf comes to, in the order's currency; nil where it is not said.
func (l *leaf) amount(s *scope) (*canonical.Amount, error) {
	m, err := l.money(s)
	if errors.Is(err, errUnsaid) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &m.Value, nil
}

// moment is the time a leaf comes to; nil where it is not said, or cannot be read.
func (l *leaf) moment(s *scope) (*time.Time, error) {
	var at time.Time
	var err error
	switch {
	case s.note != nil:
		return s.traceMoment(l)
	case !l.written():
		return nil, nil
	case l.pointer != nil:
		at, err = s.Reply.time(*l.pointer)
	default:
		var value any
		if value, err = l.term.run(s); err == nil {
			at = value.(time.Time)
		}
	}
	if errors.Is(err, errUnsaid) || (err == nil && at.IsZero()) {
		return nil, nil
	}
	return &at, err
}

// pointers are the places of a reply that a leaf reads.
func (l *leaf) pointers() []pointer {
	switch {
	case l == nil:
		return nil
	case l.pointer != nil:
		return []pointer{*l.pointer}
	case l.term != nil:
		return l.term.pointers
	}
	return nil
}

// required is the text of a leaf that must be there.
func (l *leaf) required(s *scope, what string) (string, error) {
	said, err := l.text(s)
	if err == nil && said == "" && l.written() {
		err = fmt.Errorf("%s is missing", what)
	}
	return said, err
}
