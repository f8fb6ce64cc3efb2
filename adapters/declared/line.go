package declared

import (
	"errors"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/canonical"
)

// line is a row of a basket. A line of kind discount counts negative, and so its prices do.
type line struct {
	Name        string `expr:"name"`
	Description string `expr:"description"`
	SKU         string `expr:"sku"`
	Kind        string `expr:"kind"`
	Unit        string `expr:"unit"`
	Quantity    figure `expr:"quantity"`
	UnitAmount  price  `expr:"unit_amount"`
	UnitNet     price  `expr:"unit_net"`
	Total       price  `expr:"total"`
	Net         price  `expr:"net"`
	Tax         price  `expr:"tax"`
	TaxRate     figure `expr:"tax_rate"`
	Discount    price  `expr:"discount"`
}

// figure is a number that is written as it is; the zero figure is left out.
type figure struct{ written string }

// price is an amount of a line, which may be below zero. It can be written, and nothing else.
type price struct {
	value    decimal.Decimal
	currency string
}

// taxedNames is what the lines of a command come to.
type taxedNames struct {
	Gross money `expr:"gross"`
	Net   money `expr:"net"`
	Tax   money `expr:"tax"`
}

func linesOf(lines []canonical.Line, currency string) []line {
	var all []line
	for _, l := range lines {
		all = append(all, lineOf(l, currency))
	}
	return all
}

func lineOf(l canonical.Line, currency string) line {
	digits, _ := canonical.Digits(currency)
	in := func(d decimal.Decimal) price {
		if l.Kind == canonical.LineDiscount {
			d = d.Neg()
		}
		return price{d, currency}
	}
	unit, discount := l.UnitAmount.Decimal(), decimal.Zero
	if l.Discount != nil {
		discount = l.Discount.Decimal()
	}
	total := l.Quantity.Decimal().Mul(unit).Round(int32(digits)).Sub(discount)
	net := withoutTax(total, l.TaxRate, digits)
	written := line{
		Name: l.Name, Description: l.Description, SKU: l.SKU, Kind: l.Kind, Unit: l.Unit, Quantity: figure{l.Quantity.String()},
		UnitAmount: in(unit), UnitNet: in(withoutTax(unit, l.TaxRate, digits)), Total: in(total), Net: in(net), Tax: in(total.Sub(net)), Discount: in(discount),
	}
	if l.TaxRate != nil {
		written.TaxRate = figure{l.TaxRate.String()}
	}
	return written
}

var hundred = decimal.NewFromInt(100)

// withoutTax takes the tax out of an amount, rounded half up to the digits of its currency.
func withoutTax(amount decimal.Decimal, rate *canonical.Amount, digits int) decimal.Decimal {
	if rate == nil {
		return amount
	}
	return amount.Mul(hundred).DivRound(hundred.Add(rate.Decimal()), int32(digits))
}

// basket is the lines a command is about: its own, or else the order's, where they come to its amount.
func basket(cmd *canonical.Command) []canonical.Line {
	for _, lines := range [][]canonical.Line{cmd.Lines, cmd.Order.Lines} {
		if len(lines) > 0 && canonical.CheckLines(lines, cmd.Amount) == nil {
			return lines
		}
	}
	return nil
}

var errTaxed = errors.New("this provider is told net and tax: lines with a tax rate are needed, and they must come to the amount")

// taxedOf adds up net and tax. What cannot be told from the lines is the caller's mistake.
func taxedOf(lines []canonical.Line, amount canonical.Money) (taxedNames, error) {
	net, tax := decimal.Zero, decimal.Zero
	for _, l := range lines {
		if l.TaxRate == nil {
			return taxedNames{}, errTaxed
		}
		one := lineOf(l, amount.Currency)
		net, tax = net.Add(one.Net.value), tax.Add(one.Tax.value)
	}
	if len(lines) == 0 || net.IsNegative() || tax.IsNegative() {
		return taxedNames{}, errTaxed
	}
	in := func(d decimal.Decimal) money { return money{amount.With(canonical.AmountOf(d))} }
	return taxedNames{money{amount}, in(net), in(tax)}, nil
}

// fill works out what is costly, for the expressions that use it.
func (s *scope) fill(uses uses) error {
	if s.command == nil {
		return nil
	}
	currency := s.Order.Currency
	if uses.lines && s.Lines == nil {
		s.Lines, s.Order.Lines = linesOf(basket(s.command), currency), linesOf(s.command.Order.Lines, currency)
	}
	if !uses.taxed || s.Taxed != (taxedNames{}) {
		return nil
	}
	taxed, err := taxedOf(basket(s.command), s.command.Amount)
	if err != nil {
		return fmt.Errorf("lines: %w", err)
	}
	s.Taxed = taxed
	return nil
}

// uses is what an expression needs that is not always worked out.
type uses struct{ lines, taxed bool }
