package declared

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lendgate/lendgate/canonical"
)

// Reading is one value that a contract has read, for whoever wants to see how.
type Reading struct {
	At      string   // the key of the contract, such as readings.order.captured
	Line    int      // of its file
	Written string   // what stands there
	Value   string   // what it came to; "" where nothing was found
	Form    string   // of money that a pointer led to: how the lender writes it
	Looked  []Looked // the places of the reply that it looked at
	Case    string   // of one of several cases: why it is this one
	Wanted  string   // of what must be repeated: the expression it is compared with
	Err     error

	Condition bool // it is one, and what it came to is true or false
}

// Looked is a place of a reply, and what stands there; "" where nothing does.
type Looked struct{ Pointer, Holds string }

// Traced is the contract, telling every value that it reads and every condition that it works out. It is slower,
// and is for one call at a time.
func (c *Contract) Traced(note func(Reading)) *Contract {
	traced := *c
	traced.note = note
	return &traced
}

// Figure is a value of a contract that money hangs on: a figure of the order, or a name by which it or a movement is
// found.
type Figure struct {
	At    string // as Reading's
	Line  int
	Where []string // the pointers that it is read by
	Each  string   // of a movement: where the list is
}

// Figures are all of a contract, each once.
func (c *Contract) Figures() (all []Figure) {
	add := func(each string, leaves ...*leaf) {
		for _, l := range leaves {
			if !l.written() || slices.ContainsFunc(all, func(f Figure) bool { return f.At == l.at.path() }) {
				continue
			}
			f := Figure{At: l.at.path(), Line: l.at.line, Each: each}
			for _, p := range l.pointers() {
				f.Where = append(f.Where, p.written)
			}
			all = append(all, f)
		}
	}
	for _, o := range c.operations {
		if o.reply != nil {
			add("", o.reply.moved, o.reply.movement)
		}
	}
	for _, r := range c.readings() {
		add("", r.id, r.reference, r.amount, r.net, r.captured, r.refunded)
		for _, one := range r.kept {
			add("", one.leaf)
		}
		for _, one := range r.seen {
			add(one.each.written, one.amount, one.reference, one.lenderReference, one.capture)
		}
	}
	return all
}

// readings are the ways in which a contract reads an order. Several places may share one.
func (c *Contract) readings() (all []*reading) {
	for _, o := range c.operations {
		if o.reply != nil {
			all = append(all, o.reply.order)
		}
	}
	for _, r := range slices.Concat(c.reads.sync, c.reads.list, c.reads.finds()) {
		all = append(all, r.order)
	}
	return slices.DeleteFunc(all, func(r *reading) bool { return r == nil })
}

// finds are the ways in which an order is looked for.
func (r *reads) finds() []*read {
	if r.find == nil {
		return nil
	}
	return r.find.create
}

// Condition is what chooses a row of operations, as it is written; "" where it always fits.
func (c *Contract) Condition(row string) string {
	for _, o := range c.operations {
		if o.row.Name == row && o.when != nil {
			return o.when.at.text
		}
	}
	return ""
}

// untraced does what it has to without telling of what it is made of.
func (s *scope) untraced(f func()) {
	note := s.note
	s.note = nil
	defer func() { s.note = note }()
	f()
}

func (s *scope) traceText(l *leaf) (said string, err error) {
	s.untraced(func() { said, err = l.text(s) })
	s.trace(l, inQuotes(said), "", err)
	return said, err
}

// inQuotes shows a text; nothing of an empty one.
func inQuotes(said string) string {
	if said == "" {
		return ""
	}
	return strconv.Quote(said)
}

func (s *scope) traceMoney(l *leaf) (m canonical.Money, err error) {
	s.untraced(func() { m, err = l.money(s) })
	shown, form := "", ""
	if err == nil {
		shown = m.String()
	}
	if err == nil && l.pointer != nil {
		form = string(s.Purse.form)
	}
	s.trace(l, shown, form, err)
	return m, err
}

func (s *scope) traceMoment(l *leaf) (at *time.Time, err error) {
	s.untraced(func() { at, err = l.moment(s) })
	shown := ""
	if at != nil {
		shown = at.Format(time.RFC3339)
	}
	s.trace(l, shown, "", err)
	return at, err
}

func (s *scope) traceCondition(t *term) (holds bool, err error) {
	s.untraced(func() { holds, err = t.holds(s) })
	r := Reading{At: t.at.path(), Line: t.at.line, Written: t.at.text, Value: strconv.FormatBool(holds), Looked: s.looked(t.pointers), Err: err, Condition: true}
	if s.Row.value != nil {
		r.Looked = append(r.Looked, Looked{"item", asText(s.Row.value)})
	}
	s.note(r)
	return holds, err
}

// trace tells of a leaf that was read.
func (s *scope) trace(l *leaf, value, form string, err error) {
	if s.note == nil || !l.written() {
		return
	}
	r := Reading{At: l.at.path(), Line: l.at.line, Written: l.at.text, Value: value, Form: form, Looked: s.looked(l.pointers()), Err: err}
	if errors.Is(err, errUnsaid) {
		r.Err = nil
	}
	r.Case, r.Wanted = l.at.chosen(), l.at.wanted()
	s.note(r)
}

func (s *scope) looked(pointers []pointer) (all []Looked) {
	for _, p := range pointers {
		one := Looked{Pointer: p.written}
		if found, there := s.Reply.at(p); there {
			one.Holds = asText(found.value)
		}
		all = append(all, one)
	}
	return all
}

// asText is a part of a reply as JSON.
func asText(value any) string {
	written, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(written)
}

// chosen says which of several cases a value is; "" where there is one alone.
func (n *node) chosen() string {
	if n.step != ".is" || n.parent == nil || n.parent.parent == nil || n.parent.parent.kind != list {
		return ""
	}
	cases := n.parent.parent.items
	for i, one := range cases {
		if one != n.parent {
			continue
		}
		said := "case " + strconv.Itoa(i+1) + " of " + strconv.Itoa(len(cases))
		if when := one.field("if"); when.kind != absent {
			return said + ", if " + when.text
		}
		return said + ", none before it holds"
	}
	return ""
}

// wanted is the other half of a pair that must be the same.
func (n *node) wanted() string {
	if n.parent == nil || n.parent.parent == nil || !strings.HasSuffix(n.parent.parent.step, ".same") || len(n.parent.items) != 2 {
		return ""
	}
	return n.parent.items[1].text
}
