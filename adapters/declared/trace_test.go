package declared_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/declared"
	"github.com/lendgate/lendgate/canonical"
)

// traced is the plain contract, changed, and what it tells while it reads.
func traced(t testing.TB, pairs ...string) (adapters.Definition, *[]string) {
	t.Helper()
	c, mistakes := declared.Read("c.yaml", []byte(changed(t, pairs...)))
	if mistakes != nil {
		t.Fatal(mistakes.Error())
	}
	var told []string
	d, err := c.Traced(func(r declared.Reading) { told = append(told, line(r)) }).Adapter().Define(keyed)
	if err != nil {
		t.Fatal(err)
	}
	return d, &told
}

func line(r declared.Reading) string {
	said := fmt.Sprintf("%s = %s <- %s", r.At, r.Value, r.Written)
	for _, one := range r.Looked {
		said += fmt.Sprintf(" [%s: %s]", one.Pointer, one.Holds)
	}
	for _, more := range []string{r.Form, r.Case, r.Wanted} {
		if more != "" {
			said += " (" + more + ")"
		}
	}
	if r.Err != nil {
		said += " error: " + r.Err.Error()
	}
	return said
}

func TestEveryValueThatIsReadIsTold(t *testing.T) {
	const simple = "reply: {movement: /id}"
	for _, row := range []struct {
		name, reply, body string
		want              []string
	}{
		{"a pointer", simple, `{"id":"m1"}`, []string{`operations.capture.reply.movement = "m1" <- /id [/id: "m1"]`}},
		{"money", "reply: {moved: /amount}", `{"amount":20.00}`, []string{`operations.capture.reply.moved = 20.00 EUR <- /amount [/amount: 20.00] (major_number)`}},
		{"money that is not there", "reply: {moved: /amount, movement: /id}", `{"id":"m1"}`, []string{`operations.capture.reply.moved =  <- /amount [/amount: ]`}},
		{"another type", simple, `{"id":[1]}`, []string{`operations.capture.reply.movement =  <- /id [/id: [1]] error: /id is a list and not text`}},
		{"an expression", `reply: {movement: '=lower(text("/id"))'}`, `{"id":"M1"}`, []string{`operations.capture.reply.movement = "m1" <- =lower(text("/id")) [/id: "M1"]`}},
		{"what must be the same", "reply: {movement: /id, same: [[/left, rest]]}", `{"id":"m1","left":10}`,
			[]string{`operations.capture.reply.same[0][0] = 10.00 EUR <- /left [/left: 10] (major_number) (rest)`, `operations.capture.reply.movement = "m1" <- /id [/id: "m1"]`}},
	} {
		t.Run(row.name, func(t *testing.T) {
			d, told := traced(t, simple, row.reply)
			_, _ = exchange(t, d, "capture").Decode(asked(canonical.OpCapture, "20.00"), says(200, row.body))
			if diff := cmp.Diff(row.want, *told); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOfSeveralCasesTheOneThatHoldsIsTold(t *testing.T) {
	d, told := traced(t, "word: /status", `word: [{if: 'has("/closed")', is: DONE}, {is: /status}]`)
	_, _ = exchange(t, d, "sync").Read(canonical.Query{Order: asked(canonical.OpSync, "30.00").Order}, says(200, `{"id":"o1","status":"OPEN","captured":20,"captures":[]}`))
	got := strings.Join(*told, "\n")
	for _, want := range []string{
		`word[0].if = false <- has("/closed") [/closed: ]`, `word[1].is = "OPEN" <- /status [/status: "OPEN"] (case 2 of 2, none before it holds)`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not told:\n%s", want, got)
		}
	}
}

func TestTellingChangesNothingThatIsRead(t *testing.T) {
	all, err := declared.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		told := 0
		h := harness(t, c.Adapter().Name)
		h.Adapter = c.Traced(func(declared.Reading) { told++ }).Adapter()
		complaints, err := adaptertest.Check(h)
		if err != nil {
			t.Fatal(err)
		}
		for _, complaint := range complaints {
			t.Errorf("%s: %s: %s", c.Adapter().Name, complaint.Rule, complaint.What)
		}
		if told == 0 {
			t.Errorf("%s tells nothing", c.Adapter().Name)
		}
	}
}

func TestTheConditionOfARowIsAsItIsWritten(t *testing.T) {
	all, err := declared.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if c.Adapter().Name != "sezzle" {
			continue
		}
		if got := c.Condition("release") + "|" + c.Condition("capture") + "|" + c.Condition("other"); got != `order.phase == "open"||` {
			t.Errorf("conditions: %s", got)
		}
	}
}
