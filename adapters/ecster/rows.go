package ecster

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/canonical"
)

// Ecster insists on rows that add up to the amount. ASSUMED: it reckons exactly, where our lines
// round each line to whole öre.

// The longest texts Ecster takes in a row.
const (
	mostPartNumber  = 32
	mostDescription = 128
)

// cartRows are the order's lines, or one row of its amount.
func (e *ecster) cartRows(cmd canonical.Command) ([]row, error) {
	lines := cmd.Lines
	if len(lines) == 0 {
		lines = cmd.Order.Lines
	}
	if len(lines) == 0 {
		return []row{e.one("Order", cmd.Amount, nil)}, nil
	}
	return e.rows(lines, cmd.Amount)
}

// captureRows are the lines of this delivery, or the order's where it is the whole order, or one row.
// A capture of all that is left carries what Ecster added as a row of its own.
func (e *ecster) captureRows(cmd canonical.Command) ([]row, error) {
	goods := cmd.Amount
	var fee []row
	if all := cmd.Order.Most(cmd.Kind); all != nil && cmd.Amount.Value.Equal(*all) && !sumTo(cmd.Lines, cmd.Amount) {
		share := cmd.Order.Totals.LenderFees.Least(cmd.Amount.Value)
		goods = cmd.Amount.With(cmd.Amount.Value.Sub(share))
		fee = e.feeRow(cmd.Amount.With(share))
	}
	lines := cmd.Lines
	if len(lines) == 0 && sumTo(cmd.Order.Lines, goods) {
		lines = cmd.Order.Lines
	}
	if len(lines) == 0 {
		if !goods.IsZero() {
			fee = append([]row{e.one("Delivery", goods, cmd.Order.Lines)}, fee...)
		}
		return fee, nil
	}
	rows, err := e.rows(lines, goods)
	return append(rows, fee...), err
}

func (e *ecster) feeRow(share canonical.Money) []row {
	if share.IsZero() {
		return nil
	}
	fee := e.one("Invoice fee", share, nil)
	fee.Fee = true
	return []row{fee}
}

// refundRows are the lines given back, or one row: a refund that was split over captures has lines
// that belong to all its parts.
func (e *ecster) refundRows(cmd canonical.Command) ([]row, error) {
	if !sumTo(cmd.Lines, cmd.Amount) {
		return []row{e.one("Refund", cmd.Amount, cmd.Order.Lines)}, nil
	}
	return e.rows(cmd.Lines, cmd.Amount)
}

func sumTo(lines []canonical.Line, amount canonical.Money) bool {
	return len(lines) > 0 && canonical.CheckLines(lines, amount) == nil
}

// one is the row of an amount nobody itemized, with the tax rate of the order's lines where they agree.
func (e *ecster) one(name string, amount canonical.Money, lines []canonical.Line) row {
	return row{Name: name, Quantity: json.RawMessage("1"), UnitAmount: e.definition.Figure(amount), VATRate: agreedRate(lines)}
}

func agreedRate(lines []canonical.Line) json.RawMessage {
	none := json.RawMessage("0")
	for i, line := range lines {
		if line.TaxRate == nil || (i > 0 && !line.TaxRate.Equal(*lines[0].TaxRate)) {
			return none
		}
	}
	if len(lines) == 0 {
		return none
	}
	rate, err := rateOf(lines[0])
	if err != nil {
		return none
	}
	return rate
}

// rateOf is a tax rate in hundredths of a percent.
func rateOf(line canonical.Line) (json.RawMessage, error) {
	if line.TaxRate == nil {
		return json.RawMessage("0"), nil
	}
	hundredths := line.TaxRate.Decimal().Shift(2)
	if !hundredths.IsInteger() {
		return nil, fmt.Errorf("tax rates have at most two decimals at Ecster, not %s", line.TaxRate)
	}
	return json.RawMessage(hundredths.String()), nil
}

// rows turns lines that sum to the amount into rows that do.
func (e *ecster) rows(lines []canonical.Line, amount canonical.Money) ([]row, error) {
	if err := canonical.CheckLines(lines, amount); err != nil {
		return nil, canonical.Invalid("/lines", err.Error())
	}
	var rows []row
	lost := decimal.Zero
	for i, line := range lines {
		written, rounding, err := e.row(line, amount.Currency)
		if err != nil {
			return nil, canonical.Invalid("/lines/"+strconv.Itoa(i), err.Error())
		}
		rows, lost = append(rows, written), lost.Add(rounding)
	}
	if !lost.IsZero() {
		rows = append(rows, row{Name: "Rounding", Quantity: json.RawMessage("1"), UnitAmount: plain(lost), VATRate: json.RawMessage("0"), Fee: true})
	}
	return rows, nil
}

// row writes one line, and says how many öre its unit price lost by being written in whole ones.
// A line that cannot be written so is written as one piece.
func (e *ecster) row(line canonical.Line, currency string) (written row, lost decimal.Decimal, err error) {
	rate, err := rateOf(line)
	if err != nil {
		return written, lost, err
	}
	digits := int32(e.definition.CurrencyDigits(currency))
	quantity, unit, discount := line.Quantity.Decimal(), line.UnitAmount.Decimal().Shift(digits), decimal.Zero
	if line.Discount != nil {
		discount = line.Discount.Decimal().Shift(digits)
	}
	total := quantity.Mul(unit).Round(0).Sub(discount)
	unit = unit.Round(0)
	lost = total.Sub(quantity.Mul(unit).Sub(discount))
	asWritten := quantity.IsPositive() && discount.IsInteger() && (lost.IsZero() || lost.IsInteger() && e.settings.Flag("rounding_row"))
	if line.Kind == canonical.LineDiscount {
		asWritten = asWritten && discount.IsZero()
	}
	if !asWritten {
		quantity, unit, discount, lost = decimal.NewFromInt(1), total, decimal.Zero, decimal.Zero
	}
	if line.Kind == canonical.LineDiscount {
		unit, lost = unit.Neg(), lost.Neg()
	}
	return row{
		Name: line.Name, Quantity: plain(quantity), UnitAmount: plain(unit), VATRate: rate, DiscountAmount: nonZero(discount),
		PartNumber: cut(line.SKU, mostPartNumber), Description: cut(line.Description, mostDescription), Unit: line.Unit,
		Serials: line.Serials, Fee: line.Kind == "shipping" || line.Kind == "fee",
	}, lost, nil
}

func plain(d decimal.Decimal) json.RawMessage { return json.RawMessage(d.String()) }

func nonZero(d decimal.Decimal) json.RawMessage {
	if d.IsZero() {
		return nil
	}
	return plain(d)
}

// cut shortens a text to so many characters.
func cut(text string, most int) string {
	characters := 0
	for at := range text {
		if characters == most {
			return text[:at]
		}
		characters++
	}
	return text
}
