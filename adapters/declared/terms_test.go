package declared

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/config"
)

const answer = `{"status":"OPEN","amount":"10.10","same":10.1,"count":3,"yes":true,"at":"2026-03-02T10:00:00Z","none":null,"empty":[],
	"rows":[{"kind":"a","amount":"1.50","ref":"r1"},{"kind":"b","amount":"2.50","ref":"r2"},{"kind":"a","amount":"4.00","ref":"r3"}],
	"odd":[{"kind":"a"}],"mixed":["x"],"twins":[{"ref":"x"},{"ref":"x"}]}`

var everywhere = place{realm: ofOrder | ofCommand | ofReply | ofRequest | ofMaking}

// compiled is a term that is right, and the scope it is tried in.
func compiled(t *testing.T, source string) (*term, *scope) {
	t.Helper()
	var noted config.Mistakes
	c := &compiler{root: &node{kind: object}, noted: &noted, made: &Contract{}, uses: map[string]bool{}, declared: map[string]map[string]string{
		"option": {"fast": "flag", "days": "whole", "word": "text", "terms": "list"}, "kept": {"token": "text"}, "setting": {"key": "text", "on": "flag", "days": "whole"},
	}}
	var all []shape
	for _, one := range shapes {
		all = append(all, one)
	}
	compiled := c.term(&node{file: "c.yaml", line: 1, column: 1, kind: text, text: source}, 0, everywhere, all...)
	if compiled == nil {
		t.Fatalf("%s: %s", source, noted.Error())
	}
	made := &Contract{tender: tender{form: adapters.MajorString, currencies: []string{"EUR"}}}
	s := made.commandScope(adapters.Values{"key": "secret", "on": "true", "days": "30"}, &canonical.Command{
		Kind: canonical.OpCapture, Amount: canonical.MustMoney("10.10", "EUR"), Reference: "att_1", Key: "k",
		Options: canonical.Values{"fast": json.RawMessage("true"), "days": json.RawMessage("14")},
		Order: canonical.Order{
			Phase: canonical.Open, Amount: canonical.MustMoney("30.00", "EUR"), ReturnURL: "https://shop.test", Reference: "S-1",
			ProviderOptions: canonical.Values{"word": json.RawMessage(`"of the order"`), "terms": json.RawMessage(`["a","b"]`)},
			Hidden:          canonical.Hidden{Kept: map[string]string{"token": "t1"}},
			Totals:          canonical.Totals{Ledger: canonical.Ledger{Authorized: amount("30.00"), Captured: amount("5.00")}, Capturable: amount("25.00")},
			Lines:           []canonical.Line{{Name: "Lamp", Quantity: amount("1"), UnitAmount: amount("10.10"), TaxRate: &rate}},
			Customer:        canonical.Customer{Name: "Alva Maria Sandlund", Addresses: []canonical.Address{{Kind: "billing", City: "Umeå"}}},
		},
	})
	d, err := readDocument([]byte(answer))
	if err != nil {
		t.Fatal(err)
	}
	s.Reply = row{d, s.Purse}
	s.Request = requestNames{Method: "POST", Path: "/a", Body: "{}", At: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)}
	return compiled, s
}

var rate = amount("25")

func amount(text string) canonical.Amount { return canonical.MustMoney(text, "EUR").Value }

func printed(value any) string {
	switch v := value.(type) {
	case money:
		return v.is.String()
	case price:
		return v.value.String() + " " + v.currency
	case figure:
		return v.written
	case []row:
		return fmt.Sprintf("%d rows", len(v))
	case []any:
		return fmt.Sprintf("%d rows", len(v))
	case time.Time:
		return v.Format(time.RFC3339)
	}
	return fmt.Sprint(value)
}

func TestExpressionsComeToWhatTheySay(t *testing.T) {
	for _, row := range []struct{ source, want string }{
		// What the library compares by fields is compared by value.
		{`amount == money("/same")`, "true"}, {`amount != money("/same")`, "false"}, {`not (amount != money("/amount"))`, "true"},
		{`amount < order.amount`, "true"}, {`amount <= amount`, "true"}, {`amount > order.amount`, "false"}, {`amount >= money("/same")`, "true"},
		{`amount + money("/same") - zero == order.amount`, "false"}, {`amount + amount + amount - amount`, "20.20 EUR"}, {`order.amount - amount`, "19.90 EUR"},
		{`rest`, "14.90 EUR"}, {`cumulative`, "15.10 EUR"}, {`order.net`, "30.00 EUR"}, {`order.capturable`, "25.00 EUR"},
		{`text("/status") == "OPEN" and flag("/yes") and whole("/count") >= 3`, "true"}, {`whole("/count") < 3 or not flag("/none")`, "true"},
		{`text("/missing")`, ""}, {`has("/none")`, "false"}, {`has("/empty")`, "true"}, {`flag("/missing")`, "false"}, {`numbered("/count")`, "3"},
		{`total(rows("/rows"), "/amount")`, "8.00 EUR"}, {`total(filter(rows("/rows"), text(#, "/kind") == "a"), "/amount")`, "5.50 EUR"},
		{`total(rows("/empty"), "/amount") == zero`, "true"}, {`count(rows("/rows"), text(#, "/kind") == "a")`, "2"},
		{`any(rows("/rows"), money(#, "/amount") > amount)`, "false"}, {`all(rows("/rows"), has(#, "/ref"))`, "true"}, {`none(rows("/empty"), true)`, "true"},
		{`text(pick(rows("/rows"), "/ref", "r2"), "/kind")`, "b"}, {`join(rows("/rows"), "/ref", ",")`, "r1,r2,r3"}, {`rows("/rows")`, "3 rows"},
		{`count(filter(rows("/rows"), text(#, "/kind") == "a"), true)`, "2"},
		{`text("/status") in ["OPEN", "NEW"]`, "true"}, {`text("/status") contains "PE" and "ab" startsWith "a" and "ab" endsWith "b"`, "true"},
		{`final ? "last" : "more" + " to come"`, "more to come"}, {`first("", text("/missing"), "x")`, "x"}, {`join_text("a", "", "b")`, "a//b"},
		{`after("https://x/orders/7", "/orders/")`, "7"}, {`before("a-b", "-")`, "a"}, {`after("a", "-")`, ""}, {`lower("A") + upper("å") + cut("Umeå-3", 4)`, "aÅUmeå"},
		{`minor(amount)`, "1010"}, {`number(amount)`, "10.10"}, {`plain(amount)`, "10.10"},
		{`time("/at")`, "2026-03-02T10:00:00Z"}, {`stamp(time("/at"), "unix") + stamp(request.at, "date")`, "17724456002026-03-02"}, {`stamp(request.at, "yyyy-MM-dd HH:mm:ss")`, "2026-03-02 10:00:00"},
		{`hex(hmac("sha256", setting.key, request.body))`, "77325902caca812dc259733aacd046b73817372c777b8d95b402647474516e13"}, {`base64(hash("sha1", "a"))`, "hvfkN/qlp/zhXR3cuerq6jd2Z7g="}, {`base64("user:pass")`, "dXNlcjpwYXNz"},
		{`option.fast`, "true"}, {`option.days`, "14"}, {`option.word`, "of the order"}, {`option.terms`, "[a b]"}, {`kept.token`, "t1"}, {`setting.on and setting.days > 7`, "true"},
		{`order.customer.first_name + "|" + order.customer.last_name + "|" + order.billing.city`, "Alva Maria|Sandlund|Umeå"},
		{`taxed.net`, "8.08 EUR"}, {`taxed.tax + taxed.net == taxed.gross`, "true"}, {`count(lines, #.kind == "")`, "1"}, {`any(order.lines, .name == "Lamp")`, "true"},
		{`"a | b" + 'c || d'`, "a | bc || d"}, {`header("Location")`, ""},
	} {
		t.Run(row.source, func(t *testing.T) {
			term, s := compiled(t, row.source)
			value, err := term.run(s)
			if err != nil {
				t.Fatal(err)
			}
			if got := printed(value); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
		})
	}
}

func TestWhatCannotBeWorkedOutIsAnErrorAndNeverAPanic(t *testing.T) {
	for _, row := range []struct {
		source, want string
		unsaid       bool
	}{
		{`amount - order.amount`, "a difference is below zero", false},
		{`zero - amount == zero`, "a difference is below zero", false},
		{`money("/missing")`, "/missing is not there", true},
		{`money("/none") == zero`, "/none is not there", true},
		{`money("/status")`, "/status is no amount", false},
		{`money("/rows")`, "/rows is a list and not a figure", false},
		{`whole("/missing")`, "/missing is not there", true},
		{`whole("/status")`, "/status is no whole number", false},
		{`text("/count")`, "/count is a number and not text", false},
		{`flag("/count")`, "/count is a number and not true or false", false},
		{`rows("/missing")`, "/missing is not there", true},
		{`rows("/status")`, "/status is text and not a list", false},
		{`total(rows("/odd"), "/amount")`, "a row of a list says too little: /amount is not there", false},
		{`text(pick(rows("/rows"), "/ref", "r9"), "/kind")`, "a row with this /ref is not there", true},
		{`text(pick(rows("/twins"), "/ref", "x"), "/kind")`, "more than one row has this /ref", false},
		{`time("/missing")`, "/missing is not there", true},
		{`count(rows("/mixed"), has(#, "/a")) == 0`, "/mixed has a row that is no object", false},
		{`any(rows("/rows"), money(#, "/ref") == zero)`, "/ref is no amount", false},
	} {
		t.Run(row.source, func(t *testing.T) {
			term, s := compiled(t, row.source)
			value, err := term.run(s)
			if err == nil || err.Error() != row.want || errors.Is(err, errUnsaid) != row.unsaid {
				t.Errorf("%v, %v; want %s, unsaid %t", value, err, row.want, row.unsaid)
			}
		})
	}
}

func TestWhatStaysAndWhatWillHaveMoved(t *testing.T) {
	books := canonical.Totals{Ledger: canonical.Ledger{Authorized: amount("30"), Captured: amount("12"), Canceled: amount("4"), Refunded: amount("5")}}
	for _, row := range []struct {
		kind      canonical.OperationKind
		amount    string
		rest, cum string
	}{
		{canonical.OpCapture, "10.00", "4.00 EUR", "22.00 EUR"}, {canonical.OpCapture, "14.00", "0.00 EUR", "26.00 EUR"}, {canonical.OpCapture, "20.00", "0.00 EUR", "32.00 EUR"},
		{canonical.OpCancel, "10.00", "4.00 EUR", "14.00 EUR"}, {canonical.OpRefund, "5.00", "2.00 EUR", "10.00 EUR"},
	} {
		rest, cumulative := standing(&canonical.Command{Kind: row.kind, Amount: canonical.MustMoney(row.amount, "EUR"), Order: canonical.Order{Totals: books}})
		if printed(rest) != row.rest || printed(cumulative) != row.cum {
			t.Errorf("%s of %s: %s stays, %s will have moved", row.kind, row.amount, printed(rest), printed(cumulative))
		}
	}
}

func TestAmountsOfTwoCurrenciesNeverMeet(t *testing.T) {
	for _, source := range []string{"amount == order.amount", "amount != order.amount", "amount < order.amount", "amount + order.amount", "amount - order.amount"} {
		term, s := compiled(t, source)
		s.Amount = money{canonical.MustMoney("1.00", "SEK")}
		if value, err := term.run(s); !errors.Is(err, errTwoCurrencies) {
			t.Errorf("%s: %v, %v", source, value, err)
		}
	}
}

// An order that is adopted has no currency before it is read.
func TestNoneOfItIsNoneOfAnyCurrency(t *testing.T) {
	for source, want := range map[string]string{`money("/amount") == zero`: "false", `zero < money("/amount")`: "true", `money("/amount") - zero`: "10.10 EUR", `zero + money("/amount")`: "10.10 EUR", `money("/amount") + zero`: "10.10 EUR"} {
		term, s := compiled(t, source)
		s.Zero = money{canonical.Zero("")}
		value, err := term.run(s)
		if got := printed(value); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", source, got, err, want)
		}
	}
}

func TestALoopGoesThroughTheLongestListThereMayBe(t *testing.T) {
	long := func(rows int) row {
		d, err := readDocument([]byte(`{"rows":[` + strings.TrimSuffix(strings.Repeat(`{"kind":"a","amount":"0.01"},`, rows), ",") + `]}`))
		if err != nil {
			t.Fatal(err)
		}
		return row{d, &purse{tender: &tender{form: adapters.MajorString}, currency: "EUR"}}
	}
	term, s := compiled(t, `total(filter(rows("/rows"), text(#, "/kind") == "a"), "/amount")`)
	s.Reply = long(mostRows)
	if value, err := term.run(s); err != nil || printed(value) != "10.00 EUR" {
		t.Errorf("%v, %v", value, err)
	}
	s.Reply = long(10 * mostRows)
	if value, err := term.run(s); err == nil || err.Error() != "/rows has more than 1000 rows" {
		t.Errorf("%v, %v", value, err)
	}
}

// A name that an argument does not know was once hidden from the library's checker by the type it had
// noted of the call.
func TestTheLibraryChecksArgumentsOfCallsItHasChecked(t *testing.T) {
	for _, source := range []string{`lower(first(lower(amount)))`, `total(filter(rows("/rows"), text(amount, "/kind") == "a"), "/amount") == zero`, `total(filter(lines, .name == "a"), "/amount")`} {
		var noted config.Mistakes
		c := &compiler{root: &node{kind: object}, noted: &noted, made: &Contract{}, uses: map[string]bool{}}
		if c.term(&node{kind: text, text: source}, 0, everywhere, textShape, flagShape, moneyShape) != nil || len(noted) == 0 {
			t.Errorf("%s is taken", source)
		}
	}
}
