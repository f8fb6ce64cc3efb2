package canonical_test

import (
	"strings"
	"testing"

	"github.com/lendgate/lendgate/canonical"
)

// line is quantity, unit amount and discount, "" for none.
func line(t *testing.T, kind, quantity, unit, discount string) canonical.Line {
	t.Helper()
	l := canonical.Line{Kind: kind, Name: "lamp", Quantity: parsed(t, quantity), UnitAmount: parsed(t, unit)}
	if discount != "" {
		l.Discount = pointer(parsed(t, discount))
	}
	return l
}

func parsed(t *testing.T, text string) canonical.Amount {
	t.Helper()
	amount, err := canonical.ParseAmount(text)
	if err != nil {
		t.Fatal(err)
	}
	return amount
}

func TestLinesTotal(t *testing.T) {
	tests := []struct {
		name     string
		currency string
		lines    []canonical.Line
		want     string
	}{
		{"no lines", "EUR", nil, "0.00 EUR"},
		{"quantity times unit amount", "EUR", []canonical.Line{line(t, "", "3", "125.00", "")}, "375.00 EUR"},
		{"half a cent rounds up", "EUR", []canonical.Line{line(t, "", "0.5", "0.01", "")}, "0.01 EUR"},
		{"less than half a cent rounds down", "EUR", []canonical.Line{line(t, "", "0.49", "0.01", "")}, "0.00 EUR"},
		{"an even half rounds up too", "EUR", []canonical.Line{line(t, "", "0.5", "0.05", "")}, "0.03 EUR"},
		{"every line is rounded by itself", "EUR", []canonical.Line{line(t, "", "0.5", "0.01", ""), line(t, "", "0.5", "0.01", "")}, "0.02 EUR"},
		{"units may cost parts of a cent", "EUR", []canonical.Line{line(t, "", "1000", "0.00125", "")}, "1.25 EUR"},
		{"a yen is rounded to yen", "JPY", []canonical.Line{line(t, "", "1.5", "33", "")}, "50 JPY"},
		{"a dinar is rounded to fils", "BHD", []canonical.Line{line(t, "", "0.3333", "1", "")}, "0.333 BHD"},
		{"a discount is of the whole line", "EUR", []canonical.Line{line(t, "goods", "3", "10", "5.50")}, "24.50 EUR"},
		{"a discount is taken off after rounding", "EUR", []canonical.Line{line(t, "", "0.5", "0.05", "0.01")}, "0.02 EUR"},
		{"a line of kind discount counts negative", "EUR", []canonical.Line{line(t, "goods", "1", "10", ""), line(t, "discount", "1", "2.50", "")}, "7.50 EUR"},
		{"half a cent of discount rounds up before it counts negative", "EUR", []canonical.Line{line(t, "goods", "1", "1", ""), line(t, "discount", "0.5", "0.01", "")}, "0.99 EUR"},
		{"fees and shipping count like goods", "EUR", []canonical.Line{line(t, "fee", "1", "1", ""), line(t, "shipping", "1", "2", "")}, "3.00 EUR"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := canonical.LinesTotal(test.lines, test.currency)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestLinesThatCannotBeSummed(t *testing.T) {
	tests := []struct {
		name     string
		currency string
		lines    []canonical.Line
		says     string
	}{
		{"a currency that is none", "XYZ", []canonical.Line{line(t, "", "1", "1", "")}, "XYZ"},
		{"more discount than goods", "EUR", []canonical.Line{line(t, "", "1", "1", ""), line(t, "discount", "1", "6", "")}, "-5.00"},
		{"a discount of half a cent", "EUR", []canonical.Line{line(t, "", "1", "1", ""), line(t, "", "1", "1", "0.005")}, "line 2"},
		{"two discounts that only together are whole cents", "EUR", []canonical.Line{line(t, "", "1", "1", "0.005"), line(t, "", "1", "1", "0.005")}, "line 1"},
		{"more than an amount can hold", "EUR", []canonical.Line{line(t, "", "999999999999999", "999999999999999", "")}, "15 digits"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := canonical.LinesTotal(test.lines, test.currency)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %s and error %v, want one that says %q", got, err, test.says)
			}
		})
	}
}

func TestCheckLinesNamesTheDifference(t *testing.T) {
	lines := []canonical.Line{line(t, "", "2", "10.00", "0.50")}
	tests := []struct{ name, amount, says string }{
		{"equal", "19.50", ""},
		{"equal, written with fewer decimals", "19.5", ""},
		{"the lines are less", "20.00", "differ by 0.50"},
		{"the lines are more", "19.49", "differ by 0.01"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := canonical.CheckLines(lines, canonical.MustMoney(test.amount, "EUR"))
			if test.says == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want an error that says %q", err, test.says)
			}
		})
	}
	if err := canonical.CheckLines(nil, canonical.MustMoney("20.00", "EUR")); err != nil {
		t.Errorf("no lines: %v", err)
	}
}
