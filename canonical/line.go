package canonical

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// Line is a row of the basket. A line of kind discount counts negative.
type Line struct {
	Kind        string   `json:"kind,omitempty" enum:"goods,shipping,fee,discount" doc:"goods where absent"`
	Name        string   `json:"name" minLength:"1" maxLength:"200"`
	Description string   `json:"description,omitempty" maxLength:"400"`
	Quantity    Amount   `json:"quantity" doc:"Decimal string." example:"1" pattern:"^(0|[1-9][0-9]{0,14})(\\.[0-9]{1,8})?$"`
	Unit        string   `json:"unit,omitempty" maxLength:"20"`
	UnitAmount  Amount   `json:"unit_amount" doc:"Of one unit, with tax, in the order's currency." example:"125.00" pattern:"^(0|[1-9][0-9]{0,14})(\\.[0-9]{1,8})?$"`
	TaxRate     *Amount  `json:"tax_rate,omitempty" doc:"Percent." example:"25" pattern:"^(0|[1-9][0-9]{0,14})(\\.[0-9]{1,8})?$"`
	Discount    *Amount  `json:"discount,omitempty" doc:"Of the whole line, positive." pattern:"^(0|[1-9][0-9]{0,14})(\\.[0-9]{1,8})?$"`
	SKU         string   `json:"sku,omitempty" maxLength:"64"`
	Serials     []string `json:"serials,omitempty" maxItems:"100"`
}

// LineDiscount is the kind of a line that counts negative.
const LineDiscount = "discount"

// total is quantity times unit amount, rounded half up to the currency's digits, less the discount;
// negative for a line of kind discount.
func (l Line) total(digits int) decimal.Decimal {
	sum := l.Quantity.d.Mul(l.UnitAmount.d).Round(int32(digits))
	if l.Discount != nil {
		sum = sum.Sub(l.Discount.d)
	}
	if l.Kind == LineDiscount {
		return sum.Neg()
	}
	return sum
}

// LinesTotal adds up lines in a currency. A sum below zero is an error, and so is a line that does not
// come out in the currency's digits: only a discount can do that.
func LinesTotal(lines []Line, currency string) (Money, error) {
	digits, known := Digits(currency)
	if !known {
		return Money{}, fmt.Errorf("unknown currency %q", currency)
	}
	sum := decimal.Zero
	for i, line := range lines {
		total := line.total(digits)
		if !total.Equal(total.Round(int32(digits))) {
			return Money{}, fmt.Errorf("line %d: discount %s has more decimals than %s takes", i+1, line.Discount, currency)
		}
		sum = sum.Add(total)
	}
	if sum.IsNegative() {
		return Money{}, fmt.Errorf("the lines sum to %s, below zero", sum.StringFixed(int32(digits)))
	}
	return MoneyOf(Amount{sum}, currency)
}

// CheckLines says by how much lines miss the amount they should sum to; nil where there are none.
func CheckLines(lines []Line, amount Money) error {
	if len(lines) == 0 {
		return nil
	}
	sum, err := LinesTotal(lines, amount.Currency)
	if err != nil {
		return err
	}
	if sum.Equal(amount) {
		return nil
	}
	return fmt.Errorf("the lines sum to %s, the amount is %s: they differ by %s", sum.Value, amount.Value, sum.Value.d.Sub(amount.Value.d).Abs().StringFixed(int32(sum.Value.Decimals())))
}
