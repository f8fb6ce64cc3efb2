package adapters

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/canonical"
)

// AmountForm is how a lender writes money.
type AmountForm string

// The forms.
const (
	MinorInteger AmountForm = "minor_integer" // 15000
	MajorNumber  AmountForm = "major_number"  // 150.00
	MajorString  AmountForm = "major_string"  // "150.00"
)

// Write returns money as the JSON a lender wants. digits is how many decimals it takes of the currency.
func (f AmountForm) Write(m canonical.Money, digits int) json.RawMessage {
	text := m.Value.Decimal().StringFixed(int32(digits))
	switch f {
	case MinorInteger:
		return json.RawMessage(m.Value.Decimal().Shift(int32(digits)).StringFixed(0))
	case MajorString:
		return json.RawMessage(`"` + text + `"`)
	}
	return json.RawMessage(text)
}

// Parse reads a lender's figure, quoted or not, of a currency with so many digits. Extra digits are
// taken if they are zero: "49.900000000" is 49.90. Anything else is an error, never rounded.
func (f AmountForm) Parse(figure json.RawMessage, digits int) (canonical.Amount, error) {
	text := strings.Trim(string(figure), `"`)
	if !plainFigure(text) {
		return canonical.Amount{}, fmt.Errorf("not a figure: %.40q", text)
	}
	d, err := decimal.NewFromString(text)
	if err != nil {
		return canonical.Amount{}, err
	}
	if f == MinorInteger {
		d = d.Shift(-int32(digits))
	}
	exact := d.Round(int32(digits))
	if !exact.Equal(d) {
		return canonical.Amount{}, fmt.Errorf("figure %s has more than %d decimals", text, digits)
	}
	return canonical.ParseAmount(exact.StringFixed(int32(digits))) // no more digits than we can keep
}

// plainFigure: digits and at most one point, short enough to cost nothing.
func plainFigure(text string) bool {
	points := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c == '.':
			points++
		case c < '0' || c > '9':
			return false
		}
	}
	return len(text) > points && len(text) <= 40 && points <= 1
}

// CurrencyDigits is how many decimals this lender takes of a currency.
func (d *Definition) CurrencyDigits(currency string) int {
	if digits, own := d.Digits[currency]; own {
		return digits
	}
	digits, _ := canonical.Digits(currency)
	return digits
}

// fits says whether money can be written for this lender without losing a digit.
func (d *Definition) fits(m canonical.Money) bool {
	_, exact := m.Value.Scaled(d.CurrencyDigits(m.Currency))
	return exact
}

// Figure writes money as this lender wants it.
func (d *Definition) Figure(m canonical.Money) json.RawMessage {
	return d.Amounts.Write(m, d.CurrencyDigits(m.Currency))
}

// Amount reads a figure of this lender.
func (d *Definition) Amount(figure json.RawMessage, currency string) (canonical.Amount, error) {
	return d.Amounts.Parse(figure, d.CurrencyDigits(currency))
}
