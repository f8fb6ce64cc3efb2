package adapters_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

func TestMoneyIsWrittenAsTheLenderWantsIt(t *testing.T) {
	for _, row := range []struct {
		name   string
		form   adapters.AmountForm
		amount canonical.Money
		digits int
		want   string
	}{
		{"minor units", adapters.MinorInteger, canonical.MustMoney("150.00", "SEK"), 2, `15000`},
		{"one minor unit", adapters.MinorInteger, canonical.MustMoney("0.01", "SEK"), 2, `1`},
		{"a currency without decimals", adapters.MinorInteger, canonical.MustMoney("150", "JPY"), 0, `150`},
		{"three decimals", adapters.MinorInteger, canonical.MustMoney("1.234", "KWD"), 3, `1234`},
		{"a number", adapters.MajorNumber, canonical.MustMoney("150.50", "USD"), 2, `150.50`},
		{"a number written short", adapters.MajorNumber, canonical.MustMoney("150.5", "USD"), 2, `150.50`},
		{"text", adapters.MajorString, canonical.MustMoney("150.00", "USD"), 2, `"150.00"`},
		{"fewer decimals than the currency has", adapters.MajorString, canonical.MustMoney("1.5", "USDT"), 2, `"1.50"`},
		{"more than a float can hold", adapters.MinorInteger, canonical.MustMoney("999999999999999.99", "SEK"), 2, `99999999999999999`},
		{"nothing", adapters.MajorNumber, canonical.Zero("EUR"), 2, `0.00`},
	} {
		t.Run(row.name, func(t *testing.T) {
			text := row.form.Write(row.amount, row.digits)
			if string(text) != row.want || !json.Valid(text) {
				t.Fatalf("%s, want %s", text, row.want)
			}
			back, err := row.form.Parse(text, row.digits)
			if err != nil || !back.Equal(row.amount.Value) {
				t.Errorf("read back as %s %v", back, err)
			}
		})
	}
}

func TestFiguresAreReadExactlyOrNotAtAll(t *testing.T) {
	for _, row := range []struct {
		name, figure string
		form         adapters.AmountForm
		want         string // "" is an error
	}{
		{"extra digits that are zero", `49.900000000`, adapters.MajorNumber, "49.90"},
		{"extra digits that are not", `49.901`, adapters.MajorNumber, ""},
		{"half a minor unit", `4990.5`, adapters.MinorInteger, ""},
		{"a minor unit with a zero fraction", `4990.0`, adapters.MinorInteger, "49.90"},
		{"quoted where a number is usual", `"49.9"`, adapters.MajorNumber, "49.90"},
		{"a number where text is usual", `49.9`, adapters.MajorString, "49.90"},
		{"leading zeros", `0049.90`, adapters.MajorString, "49.90"},
		{"negative", `-1`, adapters.MajorNumber, ""}, {"a sign", `+1`, adapters.MajorNumber, ""}, {"an exponent", `1e2`, adapters.MajorNumber, ""},
		{"an exponent that would cost dearly", `1e1000000000`, adapters.MajorNumber, ""},
		{"a separator", `"1,000.00"`, adapters.MajorString, ""}, {"two points", `1.2.3`, adapters.MajorNumber, ""}, {"a point alone", `.`, adapters.MajorNumber, ""},
		{"nothing", ``, adapters.MajorNumber, ""}, {"null", `null`, adapters.MajorNumber, ""}, {"empty text", `""`, adapters.MajorString, ""},
		{"a space", `" 1"`, adapters.MajorString, ""}, {"more digits than we keep", strings.Repeat("9", 16), adapters.MajorNumber, ""}, {"too long", strings.Repeat("0", 40) + "1", adapters.MajorNumber, ""}, {"no figure", `true`, adapters.MajorNumber, ""},
		{"an object", `{}`, adapters.MajorNumber, ""}, {"a digit of another script", `"٣"`, adapters.MajorString, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := row.form.Parse(json.RawMessage(row.figure), 2)
			if row.want == "" {
				if err == nil {
					t.Errorf("read as %s", got)
				}
				return
			}
			if err != nil || got.String() != row.want {
				t.Errorf("%s %v, want %s", got, err, row.want)
			}
		})
	}
}

func TestADefinitionKnowsItsLendersDigits(t *testing.T) {
	d := adapters.Definition{Amounts: adapters.MajorString, Digits: map[string]int{"USDT": 2}}
	if got := string(d.Figure(canonical.MustMoney("1.5", "USDT"))); got != `"1.50"` {
		t.Errorf("its own digits: %s", got)
	}
	if got := string(d.Figure(canonical.MustMoney("1.5", "USDC"))); got != `"1.500000"` {
		t.Errorf("the currency's digits: %s", got)
	}
	if _, err := d.Amount(json.RawMessage(`"1.505"`), "USDT"); err == nil {
		t.Error("a figure with more digits than the lender has is read")
	}
	if got, err := d.Amount(json.RawMessage(`"1.505"`), "USDC"); err != nil || got.String() != "1.505000" {
		t.Errorf("%s %v", got, err)
	}
}

func TestMoneyThatALenderCannotWriteIsSentBack(t *testing.T) {
	d := shop()
	d.Digits = map[string]int{"EUR": 0}
	cmd := command(canonical.OpCapture)
	cmd.Amount = canonical.MustMoney("20.50", "EUR")
	if _, err := newClient(d, always(200, ""), wideGate()).Prepare(cmd); canonical.KindOf(err) != canonical.InvalidRequest {
		t.Errorf("%v, want invalid_request: half a unit would be lost", err)
	}
}

func FuzzFigures(f *testing.F) {
	for _, seed := range []string{`49.90`, `"49.9"`, `1e9`, `-0`, `0.`, `null`, `00.10`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, figure []byte) {
		for _, form := range []adapters.AmountForm{adapters.MinorInteger, adapters.MajorNumber, adapters.MajorString} {
			amount, err := form.Parse(figure, 2)
			if err != nil {
				continue
			}
			back, err := form.Parse(form.Write(canonical.Money{Value: amount, Currency: "EUR"}, 2), 2)
			if err == nil && !back.Equal(amount) {
				t.Errorf("%q is %s, and written and read again %s", figure, amount, back)
			}
		}
	})
}
