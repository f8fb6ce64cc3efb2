package declared

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// tender is how a lender writes money.
type tender struct {
	form       adapters.AmountForm
	digits     map[string]int
	amount     string // names of an object {amount, currency}; "" where money is a figure alone
	currency   string
	currencies []string
}

// purse is money in one reply or request. What a reply names no currency of is in the order's; where
// none is known yet, the first that is named counts.
type purse struct {
	*tender
	currency string
}

// errUnsaid: what was looked for is not there. An optional field is left unsaid then.
var errUnsaid = errors.New("is not there")

var errOtherCurrency = errors.New("the reply is in another currency than the order")

func (t *tender) digitsOf(currency string) (int, error) {
	digits, known := canonical.Digits(currency)
	if own, is := t.digits[currency]; is {
		digits = own
	}
	if !known {
		return 0, errors.New("the currency is not known")
	}
	return digits, nil
}

// learn takes a currency that a reply names.
func (p *purse) learn(currency string) error {
	switch {
	case currency == "":
		return nil
	case p.currency == "":
		p.currency = currency
	case p.currency != currency:
		return errOtherCurrency
	}
	return nil
}

// known is the currency of what names none.
func (p *purse) known() (string, error) {
	switch {
	case p.currency != "":
		return p.currency, nil
	case len(p.currencies) == 1:
		return p.currencies[0], nil
	}
	return "", errors.New("the reply does not say the currency")
}

// money reads money at a place of a reply.
func (r row) money(at pointer) (canonical.Money, error) {
	var none canonical.Money
	found, there := r.at(at)
	if !there {
		return none, fmt.Errorf("%s %w", at.written, errUnsaid)
	}
	value := found
	if name := r.purse.tender.amount; name != "" {
		value, there = found.at(pointer{at.written, []string{name}})
		if !there {
			return none, found.not(at, "money")
		}
		currency, err := found.text(pointer{at.written, []string{r.purse.tender.currency}})
		if err == nil && currency == "" {
			err = fmt.Errorf("%s says no currency", at.written)
		}
		if err != nil {
			return none, err
		}
		if err := r.purse.learn(currency); err != nil {
			return none, err
		}
	}
	figure, err := value.figure(pointer{written: at.written})
	if err != nil {
		return none, err
	}
	return r.purse.read(at, figure)
}

func (p *purse) read(at pointer, figure json.RawMessage) (canonical.Money, error) {
	currency, err := p.known()
	if err != nil {
		return canonical.Money{}, err
	}
	digits, err := p.digitsOf(currency)
	if err != nil {
		return canonical.Money{}, err
	}
	amount, err := p.form.Parse(figure, digits)
	if err != nil {
		return canonical.Money{}, fmt.Errorf("%s is no amount", at.written)
	}
	return canonical.MoneyOf(amount, currency)
}

// write writes money as the lender wants it. A digit is never lost.
func (p *purse) write(form adapters.AmountForm, value decimal.Decimal, currency string) (json.RawMessage, error) {
	digits, err := p.digitsOf(currency)
	if err != nil {
		return nil, err
	}
	scaled, exact := canonical.AmountOf(value.Abs()).Scaled(digits)
	if !exact {
		return nil, fmt.Errorf("%s has more decimals than this provider takes of %s", value, currency)
	}
	written := form.Write(canonical.Money{Value: scaled, Currency: currency}, digits)
	switch {
	case !value.IsNegative() || value.IsZero():
	case written[0] == '"':
		written = append(json.RawMessage(`"-`), written[1:]...)
	default:
		written = append(json.RawMessage("-"), written...)
	}
	return written, nil
}

// object writes money with all that belongs to it.
func (p *purse) object(value decimal.Decimal, currency string) (json.RawMessage, error) {
	figure, err := p.write(p.form, value, currency)
	if err != nil || p.tender.amount == "" {
		return figure, err
	}
	return joined([]member{{p.tender.amount, figure}, {p.tender.currency, quoted(currency)}}), nil
}
