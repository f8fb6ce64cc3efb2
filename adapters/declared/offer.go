package declared

import (
	"errors"
	"fmt"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// offerReading is how terms are read from a row of a list.
type offerReading struct {
	rows                                        pointer
	when                                        *term
	id, name, description                       *leaf
	installments                                *leaf
	interval                                    string
	rate                                        *pointer
	installmentAmount, totalPayable, toInterest *leaf
	expires                                     *leaf
	details                                     []named
}

// report reads the offers of a reply.
func (r *offerReading) report(a asked, s *scope, choosable bool) (canonical.Report, error) {
	report := canonical.Report{Finding: canonical.Found}
	rows, err := s.Reply.list(r.rows)
	if err != nil {
		return report, err
	}
	for i, one := range rows {
		within := s.ofRow(one)
		within.Purse.currency, within.Row = a.Amount.Currency, within.Reply
		meant, err := r.when.holds(within)
		if err == nil && meant {
			var offer canonical.Offer
			offer, err = r.offer(within)
			offer.Amount, offer.Choosable = a.Amount, choosable && offer.ProviderOffer != ""
			report.Offers = append(report.Offers, offer)
		}
		if err != nil {
			return canonical.Report{}, fmt.Errorf("row %d: %w", i, err)
		}
	}
	return report, nil
}

func (r *offerReading) offer(s *scope) (o canonical.Offer, err error) {
	for _, one := range []struct {
		leaf *leaf
		into *string
	}{{r.id, &o.ProviderOffer}, {r.name, &o.Name}, {r.description, &o.Description}} {
		if *one.into, err = one.leaf.text(s); err != nil {
			return o, err
		}
	}
	if o.Name == "" {
		return o, errors.New("the name is missing")
	}
	for _, one := range []struct {
		leaf *leaf
		into **canonical.Money
	}{{r.installmentAmount, &o.Plan.InstallmentAmount}, {r.totalPayable, &o.Plan.TotalPayable}, {r.toInterest, &o.Illustration.InterestToPay}} {
		if *one.into, err = one.leaf.sum(s); err != nil {
			return o, err
		}
	}
	o.Illustration.TotalPayable = o.Plan.TotalPayable
	if err := r.terms(s, &o); err != nil {
		return o, err
	}
	o.Details, err = shown(r.details, s)
	return o, err
}

// terms reads how it is paid back, and until when it stands.
func (r *offerReading) terms(s *scope, o *canonical.Offer) (err error) {
	if o.Plan.Installments, err = r.installments.whole(s); err != nil {
		return err
	}
	if o.Plan.Installments > 0 {
		o.Plan.Interval = r.interval
	}
	if o.Plan.InterestRate, err = r.percent(s.Reply); err != nil {
		return err
	}
	var ends *time.Time
	if ends, err = r.expires.moment(s); err == nil && ends != nil {
		o.ExpiresAt = *ends
	}
	return err
}

// percent is a rate as the lender writes it, checked.
func (r *offerReading) percent(s row) (string, error) {
	const digits = 8 // more than any rate has
	if r.rate == nil {
		return "", nil
	}
	said, err := s.figure(*r.rate)
	if err != nil || said == nil {
		return "", err
	}
	rate, err := adapters.MajorNumber.Parse(said, digits)
	if err != nil {
		return "", fmt.Errorf("%s is no rate", r.rate.written)
	}
	return rate.Decimal().String(), nil
}

// sum is the money a leaf comes to; nil where it is not said.
func (l *leaf) sum(s *scope) (*canonical.Money, error) {
	m, err := l.money(s)
	if errors.Is(err, errUnsaid) {
		return nil, nil
	}
	return &m, err
}

// whole is the whole number a leaf comes to; 0 where it is not said.
func (l *leaf) whole(s *scope) (n int, err error) {
	switch {
	case !l.written():
		return 0, nil
	case l.pointer != nil:
		n, err = s.Reply.whole(*l.pointer)
	default:
		var value any
		if value, err = l.term.run(s); err == nil {
			n = value.(int)
		}
	}
	switch {
	case errors.Is(err, errUnsaid):
		return 0, nil
	case err == nil && n < 0:
		err = errors.New("a number that is counted is below zero")
	}
	return n, err
}

func (c *compiler) offersRead(s *section) *read {
	r, in := c.asking(s, namesOfWishes...)
	in.item = rowItem
	leaf := func(name string, wanted shape) *leaf { return c.leaf(s.ask(name), in, wanted) }
	r.offers = &offerReading{
		when: c.condition(s.ask("if"), in), id: leaf("id", textShape), name: leaf("name", textShape), description: leaf("description", textShape),
		installments: leaf("installments", wholeShape), interval: s.choice("interval"), rate: c.pointer(s.ask("interest_rate")),
		installmentAmount: leaf("installment_amount", moneyShape), totalPayable: leaf("total_payable", moneyShape),
		toInterest: leaf("interest_to_pay", moneyShape), expires: leaf("expires_at", timeShape),
	}
	if rows := c.pointer(s.ask("rows")); rows != nil {
		r.offers.rows = *rows
	}
	details := s.section("details")
	for _, e := range details.at.entries {
		r.offers.details = append(r.offers.details, named{e.name, c.leaf(details.ask(e.name), in, textShape, flagShape, wholeShape, moneyShape)})
	}
	if r.offers.installments.stands() && r.offers.interval == "" {
		s.ask("interval").note(c.noted, "is missing: what is the time between installments?")
	}
	s.close()
	return r
}
