package declared_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/declared"
	"github.com/lendgate/lendgate/canonical"
)

// FuzzRead reads any text. What is read without a mistake can be defined and asked, whatever it says.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("contracts/*.yaml")
	if err != nil || len(files) == 0 {
		f.Fatalf("no contracts: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add(plain)
	everything, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(everything))
	for _, expression := range []string{
		`any(lines, any(lines, true))`, `amount - order.amount == zero`, `((((`, `text("/a/b") in ["x"]`, `filter(rows("/a"), #) == 1`, `let x = 1; x`, `#`, `.a`, `"\u{0}"`,
		`order.`, `order.lines[0]`, `1_000 == 0x1`, `amount.is`, `_reply == _reply`, `_money_add(amount, amount) == zero`, `$env["order"]`, `kept["x"] == ""`, `setting.api_key.a == ""`,
	} {
		f.Add(strings.Replace(plain, `order.phase == "open"`, "'"+strings.ReplaceAll(expression, "'", "''")+"'", 1))
		f.Add(strings.Replace(plain, "total: =amount", "total: '="+strings.ReplaceAll(expression, "'", "''")+"'", 1))
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, mistakes := declared.Read("c.yaml", []byte(text))
		if (c == nil) != (mistakes != nil) {
			t.Fatalf("a contract %t and mistakes %t", c != nil, mistakes != nil)
		}
		if c == nil {
			_ = mistakes.Error()
			return
		}
		a := c.Adapter()
		settings := a.Defaults(nil)
		for _, s := range a.Settings {
			settings[s.Name] += "1"
		}
		d, err := a.Define(settings)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range d.Exchanges {
			cmd := asked(x.Kind, "20.00")
			if x.When != nil {
				_ = x.When(cmd)
			}
			for _, need := range x.Needs {
				_ = need.Missing(cmd)
			}
			if x.Encode != nil {
				_, _ = x.Encode(cmd)
			}
			if x.Decode != nil {
				_, _ = x.Decode(cmd, says(200, `{"id":"o1","status":"OPEN","a":[{"b":1}]}`))
			}
			if x.Collect != nil {
				call := func(context.Context, string, string) (adapters.Reply, error) {
					return says(200, `{"id":"o1","status":"OPEN","orders":[{"id":"o1"}],"rows":[{"name":"a"}],"next":"2"}`), nil
				}
				_, _ = x.Collect(t.Context(), call, canonical.Query{Read: x.Name, Order: cmd.Order, Amount: cmd.Amount})
			}
			if x.Read != nil {
				_, _ = x.Read(canonical.Query{Order: cmd.Order}, says(200, `{"id":"o1","status":"OPEN","captures":[{"amount":1}]}`))
			}
		}
		if d.Notifications != nil {
			_ = d.Notifications.Verify(canonical.Message{Body: []byte("{}")})
			_, _ = d.Notifications.Read(canonical.Message{Body: []byte(`{"id":"o1"}`)})
		}
	})
}

func FuzzAfterpayReplies(f *testing.F) { adaptertest.Fuzz(f, harness(f, "afterpay")) }
func FuzzSezzleReplies(f *testing.F)   { adaptertest.Fuzz(f, harness(f, "sezzle")) }
func FuzzRivertyReplies(f *testing.F)  { adaptertest.Fuzz(f, harness(f, "riverty")) }
func FuzzBillieReplies(f *testing.F)   { adaptertest.Fuzz(f, harness(f, "billie")) }
func FuzzAlmaReplies(f *testing.F)     { adaptertest.Fuzz(f, harness(f, "alma")) }
func FuzzWalleyReplies(f *testing.F)   { adaptertest.Fuzz(f, harness(f, "walley")) }
func FuzzSezzleNotices(f *testing.F)   { adaptertest.FuzzNotices(f, harness(f, "sezzle")) }
func FuzzBillieNotices(f *testing.F)   { adaptertest.FuzzNotices(f, harness(f, "billie")) }
func FuzzAlmaNotices(f *testing.F)     { adaptertest.FuzzNotices(f, harness(f, "alma")) }
