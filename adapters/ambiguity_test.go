package adapters_test

import (
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

func TestAReplyThatSaysTwoThingsAtOnceSaysNothing(t *testing.T) {
	for _, row := range []struct {
		name, body string
		taken      bool
	}{
		{"a word", `{"Status":"PAID"}`, true},
		{"two words", `{"Status":"NEW","Status":"PAID"}`, false},
		{"the same word twice", `{"Status":"PAID","Status":"PAID"}`, false},
		{"two words, one name in another case", `{"STATUS":"NEW","Status":"PAID"}`, false},
		{"two words, one name in letters that pass for others", `{"ſtatus":"NEW","Status":"PAID"}`, false},
		{"two words, one name escaped", `{"\u0053tatus":"NEW","Status":"PAID"}`, false},
		{"two figures, after objects and lists", `{"a":{"b":[{},[1]]},"Amount":20,"c":null,"Amount":20.00,"Status":"PAID"}`, false},
		{"two figures in an object further down", `{"Status":"PAID","a":[{"Amount":1},{"Amount":1,"b":2,"Amount":1}]}`, false},
		{"a name in two objects", `{"Status":"PAID","a":{"Status":"NEW"},"b":[{"Status":"NEW"},{"Status":"NEW"}]}`, true},
		{"a value that is called as a name is", `{"a":"Status","b":["Status","Status"],"Status":"PAID"}`, true},
		{"a figure beyond all floats before it", `{"a":1e999999,"Status":"NEW","Status":"PAID"}`, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			client := newClient(shop(), always(200, row.body), wideGate())
			outcome, err := send(t, client, canonical.OpCapture, false)
			if want := map[bool]canonical.OperationState{true: canonical.Succeeded, false: canonical.Doubtful}[row.taken]; err != nil || outcome.State != want {
				t.Errorf("a payment ended %q %v, want %q", outcome.State, err, want)
			}
			report, err := client.Read(t.Context(), canonical.Query{Read: "sync", Order: openOrder()})
			if row.taken != (report.Finding == canonical.Found) || (!row.taken && canonical.KindOf(err) != canonical.ProviderGarbled) {
				t.Errorf("a read gave %q %v", report.Finding, err)
			}
		})
	}
}

func TestAReadThatIsAmbiguousIsNoSignOfHealth(t *testing.T) {
	g := breaking()
	client := newClient(shop(), always(200, `{"Status":"NEW","Status":"PAID"}`), g)
	for range 3 {
		if _, err := client.Read(t.Context(), canonical.Query{Read: "sync", Order: openOrder()}); err == nil {
			t.Fatal("it was read")
		}
	}
	if got := g.State(adapters.ReadCall); got != "open" {
		t.Errorf("breaker %s, want open", got)
	}
}
