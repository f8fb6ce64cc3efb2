package canonical_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/canonical"
)

func TestValuesAreReadAsWhatTheyAre(t *testing.T) {
	values := canonical.Values{
		"text": json.RawMessage(`"a"`), "yes": json.RawMessage(`true`), "number": json.RawMessage(`7`),
		"list": json.RawMessage(`["a","b"]`), "half": json.RawMessage(`["a",1]`), "broken": json.RawMessage(`{`),
	}
	if got := values.Text("text"); got != "a" {
		t.Errorf("text is %q", got)
	}
	if yes, set := values.Bool("yes"); !yes || !set {
		t.Errorf("yes is %v, set %v", yes, set)
	}
	if got := values.Integer("number"); got != 7 {
		t.Errorf("number is %d", got)
	}
	if diff := cmp.Diff([]string{"a", "b"}, values.List("list")); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
	for _, name := range []string{"absent", "yes", "broken", "half"} {
		if text, list, number := values.Text(name), values.List(name), values.Integer(name); text != "" || list != nil || number != 0 {
			t.Errorf("%s was read as %q, %v and %d", name, text, list, number)
		}
	}
	if yes, set := values.Bool("absent"); yes || set {
		t.Errorf("absent is %v, set %v", yes, set)
	}
}

func TestValuesTakeOneMore(t *testing.T) {
	var none canonical.Values
	got := none.With("text", `a "b"`).With("empty", "").WithJSON("rate", json.RawMessage(`0.149`)).WithJSON("nothing", nil)
	want := canonical.Values{"text": json.RawMessage(`"a \"b\""`), "rate": json.RawMessage(`0.149`)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}
