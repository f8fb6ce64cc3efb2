package canonical_test

import (
	"encoding/json"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/canonical"
)

var grammar = regexp.MustCompile(`\A(0|[1-9][0-9]{0,14})(\.[0-9]{1,8})?\z`)

// FuzzMoney holds the parser against the grammar as an expression, and against exact rationals.
func FuzzMoney(f *testing.F) {
	f.Fuzz(func(t *testing.T, value, currency string) {
		amount, err := canonical.ParseAmount(value)
		if wanted := grammar.MatchString(value); (err == nil) != wanted {
			t.Fatalf("%q: got error %v, the grammar takes it: %v", value, err, wanted)
		}
		if err != nil {
			return
		}
		if amount.String() != value {
			t.Fatalf("%q is printed %q", value, amount)
		}
		m, err := canonical.ParseMoney(value, currency)
		digits, known := canonical.Digits(currency)
		if wanted := known && decimals(value) <= digits; (err == nil) != wanted {
			t.Fatalf("%q %q: got error %v, want one: %v", value, currency, err, !wanted)
		}
		if err == nil {
			comesBack(t, m, value)
		}
	})
}

// decimals counts the digits after the point that are not zeros at the end.
func decimals(value string) int {
	_, after, _ := strings.Cut(value, ".")
	return len(strings.TrimRight(after, "0"))
}

// comesBack writes money as JSON, reads it again, and compares with the number in the text.
func comesBack(t *testing.T, m canonical.Money, value string) {
	t.Helper()
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var again canonical.Money
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	twice, err := json.Marshal(again)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := new(big.Rat).SetString(value)
	got, _ := new(big.Rat).SetString(again.Value.String())
	if want.Cmp(got) != 0 || string(twice) != string(text) || !again.Equal(m) || again.Check() != nil {
		t.Fatalf("%s became %s and then %s", value, text, twice)
	}
}

// FuzzCommands tells an order any story, two bytes a command.
func FuzzCommands(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		var commands []command
		for i := 0; i+1 < len(data) && i < 400; i += 2 {
			commands = append(commands, command{data[i], data[i+1]})
		}
		tell(t, commands)
	})
}
