package canonical

import (
	"encoding/json"
	"fmt"

	"github.com/shopspring/decimal"
)

// Amount is an exact decimal number of zero or more, in major units where it is money.
// It keeps the number of decimals it was written with and prints them again. The zero Amount is 0.
type Amount struct{ d decimal.Decimal }

// AmountOf returns d as an Amount; a negative d is a programmer's fault and panics.
func AmountOf(d decimal.Decimal) Amount {
	if d.IsNegative() {
		panic("canonical: negative amount " + d.String())
	}
	return Amount{d}
}

// largest is the greatest amount there is: what is larger could be written, and never read again.
var largest = Amount{decimal.New(1, 15).Sub(decimal.New(1, -8))}

// ParseAmount reads `^(0|[1-9][0-9]{0,14})(\.[0-9]{1,8})?$`. The text is checked before any number is made of it.
func ParseAmount(text string) (Amount, error) {
	if !wellFormed(text) {
		return Amount{}, fmt.Errorf("not an amount: want digits with at most 15 before and 8 after the point, such as %q", "2500.00")
	}
	d, err := decimal.NewFromString(text)
	return Amount{d}, err
}

// wellFormed is the grammar of amounts, written out because it runs on every number of every request.
func wellFormed(text string) bool {
	whole, i := 0, 0
	for i < len(text) && isDigit(text[i]) {
		whole, i = whole+1, i+1
	}
	if whole == 0 || whole > 15 || (whole > 1 && text[0] == '0') {
		return false
	}
	if i == len(text) {
		return true
	}
	decimals := text[i+1:]
	if text[i] != '.' || len(decimals) < 1 || len(decimals) > 8 {
		return false
	}
	for j := range len(decimals) {
		if !isDigit(decimals[j]) {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// Decimal returns the number for the wire code of a provider.
func (a Amount) Decimal() decimal.Decimal { return a.d }

// Decimals is how many digits stand after the point.
func (a Amount) Decimals() int { return int(max(0, -a.d.Exponent())) }

// Add returns a + b.
func (a Amount) Add(b Amount) Amount { return Amount{a.d.Add(b.d)} }

// Sub returns a - b. A negative result is a programmer's fault and panics: compare first.
func (a Amount) Sub(b Amount) Amount { return AmountOf(a.d.Sub(b.d)) }

// Less says whether a < b.
func (a Amount) Less(b Amount) bool { return a.d.LessThan(b.d) }

// Equal says whether a and b are the same number, however they are written.
func (a Amount) Equal(b Amount) bool { return a.d.Equal(b.d) }

// IsZero says whether a is 0.
func (a Amount) IsZero() bool { return a.d.IsZero() }

// Least returns the smaller of a and b.
func (a Amount) Least(b Amount) Amount {
	if b.Less(a) {
		return b
	}
	return a
}

// Scaled returns a written with the given number of decimals; ok is false where that would round.
func (a Amount) Scaled(digits int) (scaled Amount, ok bool) {
	r := a.d.Round(int32(digits))
	return Amount{r}, r.Equal(a.d)
}

// String prints a with all the decimals it carries, never an exponent.
func (a Amount) String() string { return a.d.StringFixed(int32(a.Decimals())) }

// MarshalText makes an Amount a JSON string.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what ParseAmount reads.
func (a *Amount) UnmarshalText(text []byte) error {
	parsed, err := ParseAmount(string(text))
	*a = parsed
	return err
}

// Money is an amount of one currency.
type Money struct {
	Value    Amount `json:"value" doc:"Decimal string in major units, at most as many decimals as the currency has." example:"2500.00" pattern:"^(0|[1-9][0-9]{0,14})(\\.[0-9]{1,8})?$"`
	Currency string `json:"currency" doc:"ISO 4217 code, or USDT, USDC, BTC." example:"USD" minLength:"3" maxLength:"5"`
}

// ParseMoney reads an amount of a known currency, with no more decimals than the currency has.
func ParseMoney(value, currency string) (Money, error) {
	amount, err := ParseAmount(value)
	if err != nil {
		return Money{}, err
	}
	return MoneyOf(amount, currency)
}

// MoneyOf writes an amount with the currency's own number of decimals. It refuses to round, and what
// has more than 15 digits before the point.
func MoneyOf(amount Amount, currency string) (Money, error) {
	digits, known := Digits(currency)
	if !known {
		return Money{}, fmt.Errorf("unknown currency %q", currency)
	}
	if largest.Less(amount) {
		return Money{}, fmt.Errorf("%s has more than 15 digits before the point", amount)
	}
	scaled, exact := amount.Scaled(digits)
	if !exact {
		return Money{}, fmt.Errorf("%s has %d decimals, %s takes at most %d", amount, amount.Decimals(), currency, digits)
	}
	return Money{scaled, currency}, nil
}

// MustMoney is ParseMoney for constants and tests; it panics on a mistake.
func MustMoney(value, currency string) Money {
	m, err := ParseMoney(value, currency)
	if err != nil {
		panic("canonical: " + err.Error())
	}
	return m
}

// Zero is no money of a currency, written with its decimals.
func Zero(currency string) Money {
	digits, _ := Digits(currency)
	return Money{Amount{decimal.New(0, -int32(digits))}, currency}
}

// With returns another amount of the same currency, written with its decimals where that is exact.
func (m Money) With(amount Amount) Money {
	if digits, known := Digits(m.Currency); known {
		if scaled, exact := amount.Scaled(digits); exact {
			amount = scaled
		}
	}
	return Money{amount, m.Currency}
}

// Equal says whether currency and number are the same.
func (m Money) Equal(o Money) bool { return m.Currency == o.Currency && m.Value.Equal(o.Value) }

// IsZero says whether there is none of it.
func (m Money) IsZero() bool { return m.Value.IsZero() }

// String prints "2500.00 USD".
func (m Money) String() string { return m.Value.String() + " " + m.Currency }

// UnmarshalJSON writes the amount with the currency's decimals where that is exact; Check tells the rest.
func (m *Money) UnmarshalJSON(text []byte) error {
	type plain Money
	if err := json.Unmarshal(text, (*plain)(m)); err != nil {
		return err
	}
	*m = m.With(m.Value)
	return nil
}

// Check says what is wrong with m as an input: an unknown currency or too many decimals.
func (m Money) Check() error {
	_, err := MoneyOf(m.Value, m.Currency)
	return err
}
