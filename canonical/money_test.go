package canonical_test

import (
	"encoding/json"
	"go/ast"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/canonical"
)

func TestParseAmountTakesTheGrammarAndPrintsWhatItRead(t *testing.T) {
	for _, text := range []string{"0", "0.0", "0.00000000", "7", "10", "2500.00", "0.1", "1.10", "999999999999999", "999999999999999.99999999"} {
		t.Run(text, func(t *testing.T) {
			amount, err := canonical.ParseAmount(text)
			if err != nil {
				t.Fatal(err)
			}
			if got := amount.String(); got != text {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestParseAmountRefusesEverythingElse(t *testing.T) {
	tests := []struct{ name, text string }{
		{"nothing", ""},
		{"a blank", " "},
		{"an exponent", "1e9"},
		{"an exponent that would fill the memory", "1e1000000000"},
		{"a capital exponent", "1E9"},
		{"a sign", "-1"},
		{"a plus sign", "+1"},
		{"the minus sign U+2212", "\u22121"},
		{"full-width digits", "\uff11\uff12"},
		{"arabic-indic digits", "\u0661"},
		{"leading zeros", "007"},
		{"two zeros", "00"},
		{"sixteen digits", "1000000000000000"},
		{"nine decimals", "0.123456789"},
		{"a point and nothing after it", "1."},
		{"a point and nothing before it", ".5"},
		{"two points", "1.2.3"},
		{"a comma", "1,50"},
		{"a thousands mark", "1 000"},
		{"an underscore", "1_000"},
		{"hexadecimal", "0x10"},
		{"a blank before", " 1"},
		{"a line end after", "1\n"},
		{"a zero byte", "1\x00"},
		{"infinity", "Inf"},
		{"no number", "NaN"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if amount, err := canonical.ParseAmount(test.text); err == nil {
				t.Errorf("%q was read as %s", test.text, amount)
			}
		})
	}
}

func TestParseMoneyKeepsToTheDigitsOfTheCurrency(t *testing.T) {
	tests := []struct{ name, value, currency, want string }{
		{"two digits", "2500", "USD", "2500.00 USD"},
		{"no digits", "2500", "JPY", "2500 JPY"},
		{"zeros beyond no digits", "2500.00", "JPY", "2500 JPY"},
		{"three digits", "1.5", "BHD", "1.500 BHD"},
		{"four digits", "1", "CLF", "1.0000 CLF"},
		{"six digits", "125.4", "USDT", "125.400000 USDT"},
		{"eight digits", "0.00000001", "BTC", "0.00000001 BTC"},
		{"zeros beyond the digits are no digits", "49.90000000", "EUR", "49.90 EUR"},
		{"a yen has no hundredths", "2500.01", "JPY", ""},
		{"a cent has no tenths", "0.001", "USD", ""},
		{"a fils has no tenths", "0.0001", "BHD", ""},
		{"an asset with one digit too many", "0.0000001", "USDT", ""},
		{"a currency that is none", "1", "XYZ", ""},
		{"a currency in small letters", "1", "usd", ""},
		{"no currency", "1", "", ""},
		{"gold is no means of payment", "1", "XAU", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m, err := canonical.ParseMoney(test.value, test.currency)
			switch {
			case test.want == "" && err == nil:
				t.Errorf("was read as %s", m)
			case test.want != "" && err != nil:
				t.Error(err)
			case test.want != "" && m.String() != test.want:
				t.Errorf("got %s, want %s", m, test.want)
			}
		})
	}
}

func TestMoneyOfRefusesWhatCouldNotBeReadAgain(t *testing.T) {
	nines, err := canonical.ParseAmount("999999999999999")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := canonical.MoneyOf(nines, "JPY"); err != nil {
		t.Errorf("the largest amount: %v", err)
	}
	one, _ := canonical.ParseAmount("1")
	if m, err := canonical.MoneyOf(nines.Add(one), "JPY"); err == nil {
		t.Errorf("one more was taken: %s", m)
	}
}

func TestMoneyInJSON(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"is written as it was", `{"value":"2500.00","currency":"USD"}`, `{"value":"2500.00","currency":"USD"}`},
		{"is filled up to the currency's digits", `{"value":"49.9","currency":"USD"}`, `{"value":"49.90","currency":"USD"}`},
		{"loses zeros the currency has no digits for", `{"value":"7.000","currency":"JPY"}`, `{"value":"7","currency":"JPY"}`},
		{"never loses digits", `{"value":"7.125","currency":"USD"}`, `{"value":"7.125","currency":"USD"}`},
		{"of a currency that is none stays as it is", `{"value":"7.1","currency":"XYZ"}`, `{"value":"7.1","currency":"XYZ"}`},
		{"beyond what a float can hold", `{"value":"999999999999999.99","currency":"USD"}`, `{"value":"999999999999999.99","currency":"USD"}`},
		{"refuses a number", `{"value":2500.00,"currency":"USD"}`, ""},
		{"refuses an exponent", `{"value":"1e9","currency":"USD"}`, ""},
		{"refuses a sign", `{"value":"-1","currency":"USD"}`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var m canonical.Money
			err := json.Unmarshal([]byte(test.text), &m)
			if test.want == "" {
				if err == nil {
					t.Errorf("was read as %s", m)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestCheckTellsWhatReadingLetThrough(t *testing.T) {
	for _, text := range []string{`{"value":"7.125","currency":"USD"}`, `{"value":"7","currency":"XYZ"}`} {
		var m canonical.Money
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			t.Fatal(err)
		}
		if m.Check() == nil {
			t.Errorf("%s was accepted", text)
		}
	}
	if err := euros(1).Check(); err != nil {
		t.Error(err)
	}
}

func TestAmountsCompareAsNumbers(t *testing.T) {
	short, long := canonical.MustMoney("1.5", "EUR").Value, canonical.MustMoney("1.50000", "USDT").Value
	if !short.Equal(long) || short.Less(long) || long.Less(short) {
		t.Error("1.50 and 1.500000 are not the same number")
	}
	if canonical.MustMoney("1", "EUR").Equal(canonical.MustMoney("1", "USD")) {
		t.Error("a euro is a dollar")
	}
	if got := cents(250).Least(cents(249)); !got.Equal(cents(249)) {
		t.Errorf("the least of 2.50 and 2.49 is %s", got)
	}
	if got := canonical.Zero("BHD").String(); got != "0.000 BHD" {
		t.Errorf("no dinars are written %s", got)
	}
}

func TestAmountsAreNeverNegative(t *testing.T) {
	tests := []struct {
		name string
		make func()
	}{
		{"from a number", func() { canonical.AmountOf(decimal.NewFromInt(-1)) }},
		{"from a difference", func() { cents(1).Sub(cents(2)) }},
		{"from a constant", func() { canonical.MustMoney("-1", "EUR") }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			test.make()
		})
	}
}

// TestSettingsOfTheDecimalPackageAreLeftAlone: they are global, and change how every amount is
// divided, printed and read in the whole process.
func TestSettingsOfTheDecimalPackageAreLeftAlone(t *testing.T) {
	for name, same := range map[string]bool{
		"DivisionPrecision":          decimal.DivisionPrecision == 16,
		"PowPrecision":               decimal.PowPrecisionNegativeExponent == 16,
		"MarshalJSONWithoutQuotes":   !decimal.MarshalJSONWithoutQuotes,
		"TrimTrailingZeros":          decimal.TrimTrailingZeros,
		"UseScientificNotation":      !decimal.UseScientificNotation,
		"ExpMaxIterations":           decimal.ExpMaxIterations == 1000,
		"MaxDecodeExponent":          decimal.MaxDecodeExponent == 10000,
		"assigned in no source file": len(assignedInDecimal(t)) == 0,
	} {
		if !same {
			t.Errorf("%s is not as the package has it", name)
		}
	}
}

// assignedInDecimal lists the assignments to variables of the decimal package in our sources.
func assignedInDecimal(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, file := range sources(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			assignment, is := n.(*ast.AssignStmt)
			if !is {
				return true
			}
			for _, left := range assignment.Lhs {
				if selector, is := left.(*ast.SelectorExpr); is {
					if of, is := selector.X.(*ast.Ident); is && of.Name == "decimal" {
						found = append(found, selector.Sel.Name)
					}
				}
			}
			return true
		})
	}
	return found
}
