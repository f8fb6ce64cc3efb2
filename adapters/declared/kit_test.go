package declared_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/declared"
	"github.com/lendgate/lendgate/canonical"
)

// changed is the plain contract with some of its text replaced, pair by pair.
func changed(t testing.TB, pairs ...string) string {
	t.Helper()
	text := plain
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("the contract has no %q", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

// defined is a provider by the plain contract, changed.
func defined(t testing.TB, settings adapters.Values, pairs ...string) adapters.Definition {
	t.Helper()
	c, mistakes := declared.Read("c.yaml", []byte(changed(t, pairs...)))
	if mistakes != nil {
		t.Fatal(mistakes.Error())
	}
	d, err := c.Adapter().Define(settings)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var keyed = adapters.Values{"api_key": "k-1"}

func exchange(t testing.TB, d adapters.Definition, name string) adapters.Exchange {
	t.Helper()
	for _, x := range d.Exchanges {
		if x.Name == name {
			return x
		}
	}
	t.Fatalf("there is no row %s", name)
	return adapters.Exchange{}
}

func euros(value string) canonical.Money { return canonical.MustMoney(value, "EUR") }

func number(text string) canonical.Amount {
	n, err := canonical.ParseAmount(text)
	if err != nil {
		panic(err)
	}
	return n
}

var quarter = number("25")

// asked is a command about an order of 30 euros.
func asked(kind canonical.OperationKind, value string) canonical.Command {
	return canonical.Command{
		Kind: kind, Amount: euros(value), Reference: "att_1", Key: "key-1",
		Order: canonical.Order{
			Phase: canonical.Open, Amount: euros("30.00"), Reference: `S-"1"`, ProviderOrder: canonical.ProviderOrder{ID: "o1", Reference: "S-1-AB"},
			Totals: canonical.Totals{Ledger: canonical.Ledger{Authorized: euros("30").Value}, Capturable: euros("30").Value},
			Lines: []canonical.Line{
				{Name: "Lamp", SKU: "L1", Quantity: number("2"), UnitAmount: number("20.00"), TaxRate: &quarter},
				{Name: "Spring sale", Kind: "discount", Quantity: number("1"), UnitAmount: number("10.00"), TaxRate: &quarter},
			},
		},
	}
}

func body(t testing.TB, d adapters.Definition, cmd canonical.Command) string {
	t.Helper()
	made, err := exchange(t, d, string(cmd.Kind)).Encode(cmd)
	if err != nil {
		return "error: " + err.Error()
	}
	text, err := json.Marshal(made)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func says(status int, body string) adapters.Reply {
	return adapters.Reply{Status: status, Header: http.Header{}, Body: []byte(body)}
}
