package canonical_test

import (
	"testing"

	"github.com/lendgate/lendgate/canonical"
)

func TestDigitsOfCurrencies(t *testing.T) {
	tests := []struct {
		currency string
		want     int
	}{
		{"USD", 2}, {"EUR", 2}, {"GBP", 2}, {"SEK", 2}, {"CHF", 2}, {"HUF", 2}, {"IDR", 2}, {"MGA", 2}, {"MRU", 2}, {"XCG", 2}, {"VED", 2},
		{"JPY", 0}, {"KRW", 0}, {"ISK", 0}, {"CLP", 0}, {"VND", 0}, {"UGX", 0}, {"XAF", 0}, {"XPF", 0},
		{"BHD", 3}, {"KWD", 3}, {"OMR", 3}, {"JOD", 3}, {"TND", 3}, {"IQD", 3}, {"LYD", 3},
		{"CLF", 4}, {"UYW", 4},
		{"USDT", 6}, {"USDC", 6}, {"BTC", 8},
	}
	for _, test := range tests {
		t.Run(test.currency, func(t *testing.T) {
			got, known := canonical.Digits(test.currency)
			if !known || got != test.want {
				t.Errorf("got %d, known %v; want %d", got, known, test.want)
			}
		})
	}
}

func TestCodesThatAreNoMeansOfPaymentAreUnknown(t *testing.T) {
	for _, code := range []string{"", "XXX", "XTS", "XAU", "XDR", "DEM", "usd", "USD ", "US", "ETH"} {
		if digits, known := canonical.Digits(code); known {
			t.Errorf("%q has %d digits", code, digits)
		}
	}
}
