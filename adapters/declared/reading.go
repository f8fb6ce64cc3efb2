package declared

import (
	"errors"
	"fmt"
	"slices"

	"github.com/lendgate/lendgate/canonical"
)

// reading is how an order is read from a reply.
type reading struct {
	id, reference *leaf
	word          []wordCase
	phase         canonical.Phase
	waitingFor    canonical.Party
	currency      *leaf
	amount        *leaf
	net           *leaf
	captured      *leaf
	refunded      *leaf
	fees          *leaf
	reason        *leaf
	created       *leaf
	holdEnds      *leaf
	orderEnds     *leaf
	kept          []named
	details       []named
	action        *actionReading
	seen          []seenReading
	requires      []pointer
}

// named is a leaf under a name of the contract.
type named struct {
	name string
	leaf *leaf
}

type wordCase struct {
	when *term
	is   *leaf
}

type seenReading struct {
	kind            canonical.OperationKind
	each            pointer
	when            *term
	amount          *leaf
	reference       *leaf
	lenderReference *leaf
	capture         *leaf
}

// sight reads an order. The reply of the scope is where the order begins.
func (r *reading) sight(s *scope) (*canonical.Sighting, error) {
	for _, at := range r.requires {
		if said, err := s.Reply.text(at); err == nil && said == "" {
			return nil, fmt.Errorf("%s is missing", at.written)
		}
	}
	currency, err := r.currency.text(s)
	if err == nil {
		err = s.Purse.learn(currency)
	}
	if err != nil {
		return nil, err
	}
	said := &canonical.Sighting{Phase: r.phase, WaitingFor: r.waitingFor}
	for _, read := range []func(*scope, *canonical.Sighting) error{r.names, r.amounts, r.times, r.movements, r.extras} {
		if err := read(s, said); err != nil {
			return nil, err
		}
	}
	return said, nil
}

// names reads who the order is and what the lender calls its state.
func (r *reading) names(s *scope, said *canonical.Sighting) (err error) {
	if said.ID, err = r.id.required(s, "the id"); err != nil {
		return err
	}
	if said.Reference, err = r.reference.text(s); err != nil {
		return err
	}
	if said.Reason, err = r.reason.text(s); err != nil {
		return err
	}
	for _, one := range r.word {
		holds, err := one.when.holds(s)
		if err != nil {
			return plainly(err)
		}
		if holds {
			said.Word, err = one.is.required(s, "the word")
			return err
		}
	}
	return nil
}

// plainly makes of what is unsaid an error like any other.
func plainly(err error) error {
	if errors.Is(err, errUnsaid) {
		return errors.New(err.Error())
	}
	return err
}

func (r *reading) amounts(s *scope, said *canonical.Sighting) error {
	whole, err := r.amount.money(s)
	switch {
	case err == nil:
		said.Amount = &whole
	case !errors.Is(err, errUnsaid):
		return err
	}
	for _, one := range []struct {
		leaf *leaf
		into **canonical.Amount
	}{{r.net, &said.Net}, {r.captured, &said.Captured}, {r.refunded, &said.Refunded}, {r.fees, &said.Fees}} {
		if *one.into, err = one.leaf.amount(s); err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) times(s *scope, said *canonical.Sighting) (err error) {
	if said.CreatedAt, err = r.created.moment(s); err != nil {
		return err
	}
	if said.Deadlines.AuthorizationExpiresAt, err = r.holdEnds.moment(s); err != nil {
		return err
	}
	said.Deadlines.OrderExpiresAt, err = r.orderEnds.moment(s)
	return err
}

// movements reads the lists of single movements. A list that is not there says nothing.
func (r *reading) movements(s *scope, said *canonical.Sighting) error {
	outer := s.Row
	defer func() { s.Row = outer }()
	whole := s.Reply
	for _, one := range r.seen {
		rows, err := whole.list(one.each)
		if errors.Is(err, errUnsaid) {
			continue
		}
		if err != nil {
			return err
		}
		for _, s.Row = range rows {
			seen, err := one.read(s)
			if err != nil {
				return unreadable(err)
			}
			if seen == nil {
				continue
			}
			if twice(said.Seen, seen) {
				return errors.New("one movement is listed twice, and sums would count it twice")
			}
			said.Seen = append(said.Seen, *seen)
		}
	}
	return nil
}

func twice(all []canonical.Seen, one *canonical.Seen) bool {
	return one.LenderReference != "" && slices.ContainsFunc(all, func(other canonical.Seen) bool {
		return other.Kind == one.Kind && other.LenderReference == one.LenderReference
	})
}

// read reads one movement; nil where the row is about something else.
func (one *seenReading) read(s *scope) (*canonical.Seen, error) {
	whole := s.Reply
	s.Reply = s.Row // pointers go into the row
	defer func() { s.Reply = whole }()
	holds, err := one.when.holds(s)
	if err != nil || !holds {
		return nil, err
	}
	seen := &canonical.Seen{Kind: one.kind}
	if seen.Amount, err = one.amount.money(s); err != nil {
		return nil, err
	}
	if seen.LenderReference, err = one.lenderReference.required(s, "the lender's name of a movement"); err != nil {
		return nil, err
	}
	for _, text := range []struct {
		leaf *leaf
		into *string
	}{{one.reference, &seen.Reference}, {one.capture, &seen.Capture}} {
		if *text.into, err = text.leaf.text(s); err != nil {
			return nil, err
		}
	}
	return seen, nil
}

// extras reads what is kept, shown, and asked of the customer.
func (r *reading) extras(s *scope, said *canonical.Sighting) error {
	for _, one := range r.kept {
		text, err := one.leaf.text(s)
		if err != nil {
			return err
		}
		if text != "" {
			if said.Kept == nil {
				said.Kept = make(map[string]string)
			}
			said.Kept[one.name] = text
		}
	}
	var err error
	if said.Details, err = shown(r.details, s); err != nil || r.action == nil {
		return err
	}
	said.Action, err = r.action.read(s)
	return err
}

// lists says whether a reply holds every list in which a movement of a kind would stand.
func (r *reading) lists(kind canonical.OperationKind, whole row) bool {
	listed := false
	for _, one := range r.seen {
		if one.kind != kind {
			continue
		}
		if _, there := whole.at(one.each); !there {
			return false
		}
		listed = true
	}
	return listed
}

// movedOf is what the lender says has moved in all of a kind; nil where it does not say.
func movedOf(s *canonical.Sighting, kind canonical.OperationKind) *canonical.Amount {
	switch kind {
	case canonical.OpCapture:
		return s.Captured
	case canonical.OpRefund:
		return s.Refunded
	}
	return nil
}

// pointers are all the places of a reply that a reading looks at.
func (r *reading) pointers() (all []pointer) {
	leaves := []*leaf{r.id, r.reference, r.currency, r.amount, r.net, r.captured, r.refunded, r.fees, r.reason, r.created, r.holdEnds, r.orderEnds}
	for _, one := range r.word {
		leaves = append(leaves, one.is)
		if one.when != nil {
			all = append(all, one.when.pointers...)
		}
	}
	for _, one := range slices.Concat(r.kept, r.details) {
		leaves = append(leaves, one.leaf)
	}
	if r.action != nil {
		leaves = append(leaves, r.action.url)
	}
	for _, one := range leaves {
		all = append(all, one.pointers()...)
	}
	for _, one := range r.seen {
		all = append(all, one.each)
	}
	return append(all, r.requires...)
}
