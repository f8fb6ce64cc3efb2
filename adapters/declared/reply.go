package declared

import (
	"errors"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/canonical"
)

// reply is how the answer to an operation is read.
type reply struct {
	order           *reading
	begins          *pointer
	moved, movement *leaf
	declined        *term
	code, reason    *leaf
	reasons         []named
	later           []int
	same            []pair
	pointers        []pointer
}

// pair are two values that must be the same, or the reply is about something else.
type pair struct {
	says *leaf
	want *term
}

// silent says whether nothing is there of all that is looked at.
func (r *reply) silent(s row) bool {
	return !slices.ContainsFunc(r.pointers, func(at pointer) bool { _, there := s.at(at); return there })
}

// read reads what a reply says. What is declared of the movement must be there.
func (r *reply) read(s *scope) (outcome canonical.Outcome, err error) {
	whole := s.Reply
	if r.order != nil {
		if r.begins != nil {
			s.Reply = whole.under(*r.begins)
		}
		outcome.Sighting, err = r.order.sight(s)
		s.Reply = whole
	}
	if err == nil {
		err = r.checkSame(s)
	}
	if err != nil {
		return outcome, err
	}
	if r.declined != nil {
		declined, err := r.declined.holds(s)
		if err != nil || declined {
			outcome.State = canonical.Declined
			return outcome, r.because(s, &outcome, err)
		}
	}
	if r.moved.written() {
		moved, err := r.moved.money(s)
		if err != nil {
			return outcome, err
		}
		outcome.Moved = &moved
	}
	outcome.Reference, err = r.movement.required(s, "the lender's name of the movement")
	return outcome, err
}

// because fills in why the lender declines.
func (r *reply) because(s *scope, outcome *canonical.Outcome, err error) error {
	if err != nil {
		return err
	}
	if outcome.Code, err = r.code.text(s); err != nil {
		return err
	}
	for _, one := range r.reasons {
		if strings.EqualFold(one.name, outcome.Code) {
			outcome.Reason, err = one.leaf.text(s)
			return err
		}
	}
	outcome.Reason, err = r.reason.text(s)
	return err
}

func (r *reply) checkSame(s *scope) error {
	for _, one := range r.same {
		want, err := one.want.run(s)
		if err != nil {
			return err
		}
		is := false
		if m, of := want.(money); of {
			said, err := one.says.money(s)
			if err != nil {
				return err
			}
			is = said.Equal(m.is)
		} else {
			said, err := one.says.text(s)
			if err != nil {
				return err
			}
			is = said == want
		}
		if !is {
			return errors.New("the reply says something else where it should repeat what was asked")
		}
	}
	return nil
}

// reply reads how a row's reply is read; nil where nothing is said of it.
func (c *compiler) reply(o *operation, at *node) *reply {
	r := &reply{}
	switch at.kind {
	case absent, broken:
		return nil
	case text:
		r.order = c.reading(at, inReply)
	default:
		c.replyOf(r, o, newSection(at, &replyForm, c.noted))
	}
	r.pointers = append(r.pointers, r.looked()...)
	return r
}

func (c *compiler) replyOf(r *reply, o *operation, s *section) {
	r.order, r.begins = c.reading(s.ask("order"), inReply), c.pointer(s.ask("at"))
	r.moved, r.movement = c.leaf(s.ask("moved"), inReply, moneyShape), c.told(s.ask("movement"), inReply)
	r.declined, r.later = c.condition(s.ask("declined"), inReply), c.statuses(s, "later")
	r.code = c.leaf(s.ask("code"), inReply, textShape)
	if at := s.ask("reason"); at.kind == object {
		r.reasons = c.namedLeaves(s.section("reason"), inReply)
	} else {
		r.reason = c.leaf(at, inReply, textShape)
	}
	for _, one := range s.many("same") {
		r.same = append(r.same, c.pair(one))
	}
	if r.declined != nil && !slices.Contains(ofCustomers, o.row.Kind) {
		s.ask("declined").note(c.noted, "only the lender's no to the customer is a decline (create, authenticate, authorize)")
	}
	if r.declined == nil && (r.code.stands() || r.reason.stands() || r.reasons != nil) {
		s.at.note(c.noted, "tells why it was declined and never says when: add declined")
	}
	s.close()
}

func (c *compiler) pair(at *node) (p pair) {
	if at.kind != list || len(at.items) != 2 || at.items[1].kind != text {
		at.note(c.noted, "must be a pair: [/pointer, expression]")
		return p
	}
	p.want = c.term(at.items[1], 0, inReply, textShape, moneyShape)
	wanted := textShape
	if p.want != nil {
		wanted = p.want.shape
	}
	p.says = c.leaf(at.items[0], inReply, wanted)
	return p
}

// looked are the places of a whole reply that are looked at.
func (r *reply) looked() (all []pointer) {
	for _, l := range []*leaf{r.moved, r.movement, r.code, r.reason} {
		all = append(all, l.pointers()...)
	}
	if r.declined != nil {
		all = append(all, r.declined.pointers...)
	}
	for _, one := range r.same {
		all = append(all, one.says.pointers()...)
	}
	if r.order == nil {
		return all
	}
	for _, p := range r.order.pointers() {
		if r.begins != nil {
			p = pointer{r.begins.written + p.written, slices.Concat(r.begins.steps, p.steps)}
		}
		all = append(all, p)
	}
	return all
}
