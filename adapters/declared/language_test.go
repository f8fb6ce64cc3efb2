package declared_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/declared"
	"github.com/lendgate/lendgate/canonical"
)

const plainBody = "{ref: =reference, amount: =amount}"

func TestBodiesAreWrittenAsTheTreeSays(t *testing.T) {
	for _, row := range []struct{ name, tree, want string }{
		{"text, money and their order", "{z: =reference, a: =amount}", `{"z":"att_1","a":20.00}`},
		{"numbers and flags stay as written", "{ref: =reference, a: 10.10, b: true, c: 'yes'}", `{"ref":"att_1","a":10.10,"b":true,"c":"yes"}`},
		{"what is empty is left out", "{ref: =reference, a: =message, b: {c: =order.cancel_url}, d: [=message]}", `{"ref":"att_1"}`},
		{"texts are escaped", "{ref: =reference, a: =order.number}", `{"ref":"att_1","a":"S-\"1\""}`},
		{"a slash at the beginning", `{ref: =reference, a: '="/x"'}`, `{"ref":"att_1","a":"/x"}`},
		{"a dollar at the beginning", "{ref: =reference, $$a: 1}", `{"ref":"att_1","$a":1}`},
		{"a condition that holds", `{ref: =reference, a: {$if: amount < order.amount, b: 1}}`, `{"ref":"att_1","a":{"b":1}}`},
		{"a condition that does not", `{ref: =reference, a: {$if: amount == order.amount, b: 1}}`, `{"ref":"att_1"}`},
		{"a value by itself under a condition", `{ref: =reference, a: {$if: 'amount != order.amount', $is: =amount}}`, `{"ref":"att_1","a":20.00}`},
		{"other forms of money", `{ref: =reference, a: =minor(amount), b: =plain(amount), c: =number(amount)}`, `{"ref":"att_1","a":2000,"b":"20.00","c":20.00}`},
		{"a time, a count and a flag", `{ref: =reference, a: =order.created_at, b: =order.plan.installments, c: =final}`, `{"ref":"att_1","b":0,"c":false}`},
		{"rest and cumulative", `{ref: =reference, a: =rest, b: =cumulative}`, `{"ref":"att_1","a":10.00,"b":20.00}`},
		{"lines that do not come to the amount", "{ref: =reference, a: {$each: lines, n: =item.name}}", `{"ref":"att_1"}`},
		{"lines of the order", "{ref: =reference, a: {$each: order.lines, n: =item.name, q: =item.quantity, u: =item.unit_amount, t: =item.total, m: =minor(item.tax), r: =item.tax_rate}}",
			`{"ref":"att_1","a":[{"n":"Lamp","q":2,"u":20.00,"t":40.00,"m":800,"r":25},{"n":"Spring sale","q":1,"u":-10.00,"t":-10.00,"m":-200,"r":25}]}`},
		{"a list of values", "{ref: =reference, a: {$each: order.lines, $is: =item.sku}}", `{"ref":"att_1","a":["L1"]}`},
		{"net and tax that cannot be told", "{ref: =reference, a: =taxed.net}", `error: lines: this provider is told net and tax: lines with a tax rate are needed, and they must come to the amount`},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := defined(t, keyed, plainBody, row.tree)
			if got := body(t, d, asked(canonical.OpCapture, "20.00")); got != row.want {
				t.Errorf("body is\n%s\nwant\n%s", got, row.want)
			}
		})
	}
}

func TestMoneyIsWrittenInTheFormOfTheContract(t *testing.T) {
	for _, row := range []struct{ form, want string }{
		{"{form: minor_integer}", `2000`}, {"{form: major_number}", `20.00`}, {"{form: major_string}", `"20.00"`},
		{"{form: major_string, digits: {EUR: 0}}", `"20"`},
		{"{form: minor_integer, object: {amount: cents, currency: iso}}", `{"cents":2000,"iso":"EUR"}`},
	} {
		d := defined(t, keyed, "{form: major_number}", row.form)
		if got := body(t, d, asked(canonical.OpCapture, "20.00")); got != `{"ref":"att_1","amount":`+row.want+`}` {
			t.Errorf("%s: %s", row.form, got)
		}
	}
}

func TestADigitIsNeverLost(t *testing.T) {
	d := defined(t, keyed, "{form: major_number}", "{form: major_number, digits: {EUR: 0}}")
	if got := body(t, d, asked(canonical.OpCapture, "20.50")); got != "error: 20.5 has more decimals than this provider takes of EUR" {
		t.Errorf("body is %s", got)
	}
}

func TestWhatIsNeededIsToldBeforeAnythingIsSent(t *testing.T) {
	d := defined(t, keyed, plainBody, "{ref: =reference, to: {$is: =order.return_url, $need: the address to come back to}, a: {$if: amount < order.amount, $each: lines, $need: lines of a part, n: =item.name}}")
	x := exchange(t, d, "capture")
	missing := func(cmd canonical.Command) (pointers []string) {
		for _, need := range x.Needs {
			if need.Missing(cmd) {
				pointers = append(pointers, need.Pointer)
			}
		}
		return pointers
	}
	part, whole := asked(canonical.OpCapture, "20.00"), asked(canonical.OpCapture, "30.00")
	if diff := cmp.Diff([]string{"/return_url", "/lines"}, missing(part)); diff != "" {
		t.Errorf("of a part (-want +got):\n%s", diff)
	}
	whole.Order.ReturnURL = "https://shop.test"
	if got := missing(whole); got != nil {
		t.Errorf("of all of it: %q", got)
	}
	part.Order.ReturnURL = "https://shop.test"
	if _, err := x.Encode(part); canonical.KindOf(err) != canonical.InvalidRequest {
		t.Errorf("it is written without lines: %v", err)
	}
}

func TestRepliesMeanOneThing(t *testing.T) {
	const simple = "reply: {movement: /id}"
	for _, row := range []struct {
		name, reply, body string
		status            int
		want              string
	}{
		{"the movement", simple, `{"id":"m1"}`, 200, "succeeded m1"},
		{"no movement", simple, `{"id":""}`, 200, "unreadable: the lender's name of the movement is missing"},
		{"nothing that was looked for", simple, `{"x":1}`, 200, "silent"},
		{"nothing at all", simple, ` `, 200, "silent"},
		{"no JSON", simple, `<html>`, 200, "unreadable: invalid character '<' looking for beginning of value"},
		{"a movement of another type", simple, `{"id":[1]}`, 200, "unreadable: /id is a list and not text"},
		{"the amount", "reply: {moved: /amount}", `{"amount":20.00}`, 200, "succeeded moved 20.00 EUR"},
		{"another amount", "reply: {moved: /amount}", `{"amount":19.00}`, 200, "succeeded moved 19.00 EUR"},
		{"an amount with too many digits", "reply: {moved: /amount}", `{"amount":20.001}`, 200, "unreadable: /amount is no amount"},
		{"no amount", "reply: {moved: /amount, movement: /id}", `{"id":"m1"}`, 200, "unreadable: /amount is not there"},
		{"later", "reply: {movement: /id, later: [202]}", ``, 202, "pending"},
		{"later, and now", "reply: {movement: /id, later: [202]}", `{"id":"m1"}`, 200, "succeeded m1"},
		{"what must be the same", "reply: {movement: /id, same: [[/ref, reference], [/left, rest]]}", `{"id":"m1","ref":"att_1","left":10}`, 200, "succeeded m1"},
		{"another reference", "reply: {movement: /id, same: [[/ref, reference]]}", `{"id":"m1","ref":"att_2"}`, 200, "unreadable: the reply says something else where it should repeat what was asked"},
		{"another rest", "reply: {movement: /id, same: [[/left, rest]]}", `{"id":"m1","left":30}`, 200, "unreadable: the reply says something else where it should repeat what was asked"},
		{"no rest", "reply: {movement: /id, same: [[/left, rest]]}", `{"id":"m1"}`, 200, "unreadable: /left is not there"},
		{"the order inside", "reply: {order: order, at: /data}\n    yes: [OPEN]", `{"data":{"id":"o1","status":"OPEN","captured":20,"captures":[]}}`, 200, "succeeded OPEN captured 20.00"},
		{"another order inside", "reply: {order: order, at: /data}\n    yes: [OPEN]", `{"data":{"id":"o2","status":"OPEN"}}`, 200, "unreadable: the reply is about another order"},
		{"an order without a word", "reply: {order: order, at: /data}\n    yes: [OPEN]", `{"data":{"id":"o1"}}`, 200, "unreadable: the word is missing"},
		{"an id in a header", "reply: {movement: '=after(header(\"Location\"), \"/x/\")'}", `{"id":"m1"}`, 200, "silent"},
	} {
		t.Run(row.name, func(t *testing.T) {
			x := exchange(t, defined(t, keyed, simple, row.reply), "capture")
			outcome, err := x.Decode(asked(canonical.OpCapture, "20.00"), says(row.status, row.body))
			if got := meaning(outcome, err); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
		})
	}
}

func meaning(o canonical.Outcome, err error) string {
	switch {
	case errors.Is(err, adapters.ErrSilent):
		return "silent"
	case err != nil:
		return "unreadable: " + err.Error()
	}
	words := []string{"succeeded"}
	if o.State != "" {
		words[0] = string(o.State)
	}
	if o.Reference != "" {
		words = append(words, o.Reference)
	}
	if o.Moved != nil {
		words = append(words, "moved "+o.Moved.String())
	}
	if s := o.Sighting; s != nil {
		words = append(words, s.Word)
		if s.Captured != nil {
			words = append(words, "captured "+s.Captured.String())
		}
	}
	return strings.Join(words, " ")
}

func TestMoneyThatIsAnObjectSaysItsCurrency(t *testing.T) {
	for body, want := range map[string]string{
		`{"amount":{"cents":2000,"iso":"EUR"}}`: "succeeded moved 20.00 EUR",
		`{"amount":{"cents":2000}}`:             "unreadable: /amount says no currency",
		`{"amount":{"cents":2000,"iso":"SEK"}}`: "unreadable: the reply is in another currency than the order",
		`{"amount":{"iso":"EUR"}}`:              "unreadable: /amount is an object and not money",
		`{"amount":2000}`:                       "unreadable: /amount is a number and not money",
	} {
		x := exchange(t, defined(t, keyed, "{form: major_number}", "{form: minor_integer, object: {amount: cents, currency: iso}}", "reply: {movement: /id}", "reply: {moved: /amount}"), "capture")
		if got := meaning(x.Decode(asked(canonical.OpCapture, "20.00"), says(200, body))); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
}

func TestARowsOwnErrorsComeBeforeThoseOfAllRows(t *testing.T) {
	d := defined(t, keyed, "    reply: {movement: /id}", "    errors: [{status: 429, means: state}, {status: 402, code: x, means: refused}]\n    reply: {movement: /id}")
	want := []adapters.Failure{{Status: 429, Means: adapters.MeansState}, {Status: 402, Code: "x", Means: adapters.MeansRefused}}
	if diff := cmp.Diff(want, exchange(t, d, "capture").Failures); diff != "" {
		t.Errorf("of capture (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]adapters.Failure{{Status: 429, Means: adapters.MeansBusy}}, exchange(t, d, "create").Failures); diff != "" {
		t.Errorf("of create (-want +got):\n%s", diff)
	}
}

func TestAReadTellsTheOrderOrThatThereIsNone(t *testing.T) {
	for _, row := range []struct {
		name, absent string
		reply        adapters.Reply
		want         string
	}{
		{"an order", "[{status: 404}]", says(200, `{"id":"o1","status":"OPEN"}`), "found OPEN"},
		{"an order of another id", "[{status: 404}]", says(200, `{"id":"o2","status":"OPEN"}`), "error"},
		{"none", "[{status: 404}]", says(404, ``), "absent"},
		{"none, and the contract does not say so", `[{if: 'text("/status") == "NONE"'}]`, says(404, `{"status":"x"}`), "error"},
		{"none, said in words", `[{if: 'text("/status") == "NONE"'}]`, says(200, `{"status":"NONE"}`), "absent"},
		{"no JSON where words are looked for", `[{if: 'text("/status") == "NONE"'}]`, says(200, `<html>`), "error"},
		{"a word of another type", `[{if: 'text("/status") == "NONE"'}]`, says(200, `{"status":1}`), "error"},
	} {
		t.Run(row.name, func(t *testing.T) {
			x := exchange(t, defined(t, keyed, "[{status: 404}]", row.absent), "sync")
			report, err := x.Read(canonical.Query{Order: asked(canonical.OpSync, "30").Order}, row.reply)
			got := string(report.Finding)
			if report.Sighting != nil {
				got += " " + report.Sighting.Word
			}
			if err != nil {
				got = "error"
			}
			if got != row.want {
				t.Errorf("%s %v, want %s", got, err, row.want)
			}
		})
	}
}

func TestAMovementThatIsListedTwiceIsNotCountedTwice(t *testing.T) {
	x := exchange(t, defined(t, keyed, "reference: /ref}]", "reference: /ref, lender_reference: /id}]"), "sync")
	twice := `{"id":"o1","status":"OPEN","captures":[{"id":"c","amount":1},{"id":"c","amount":1}]}`
	if report, err := x.Read(canonical.Query{Order: asked(canonical.OpSync, "30").Order}, says(200, twice)); err == nil {
		t.Errorf("%v", report.Sighting)
	}
}

func TestAMovementThatIsSaidToHaveANameHasOne(t *testing.T) {
	x := exchange(t, defined(t, keyed, "reference: /ref}]", "reference: /ref, lender_reference: /id}]"), "sync")
	nameless := `{"id":"o1","status":"OPEN","captures":[{"id":"c","amount":1},{"amount":1}]}`
	if report, err := x.Read(canonical.Query{Order: asked(canonical.OpSync, "30").Order}, says(200, nameless)); err == nil {
		t.Errorf("%v", report.Sighting)
	}
}

func TestAReplyThatIsSaidToCarryOurReferenceDoes(t *testing.T) {
	x := exchange(t, defined(t, keyed, "    id: /id\n    word", "    id: /id\n    reference: /ref\n    word"), "create")
	cmd := asked(canonical.OpCreate, "30.00")
	cmd.Order.ProviderOrder = canonical.ProviderOrder{}
	for body, want := range map[string]string{
		`{"id":"o1","ref":"att_1","status":"OPEN"}`: "succeeded OPEN",
		`{"id":"o1","ref":"att_2","status":"OPEN"}`: "unreadable: the reply does not name the order by our reference",
		`{"id":"o1","status":"OPEN"}`:               "unreadable: the reply does not name the order by our reference",
	} {
		if got := meaning(x.Decode(cmd, says(201, body))); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
}

func TestASearchMustNameTheOrderItFound(t *testing.T) {
	d := defined(t, keyed, "    id: /id\n    word", "    id: /id\n    reference: /ref\n    word", "find: {create: none", `find: {create: {request: "GET /orders/{reference}", absent: [{status: 404}], reply: order}`)
	query := canonical.Query{Order: asked(canonical.OpSync, "30").Order, Attempt: &canonical.Attempt{Kind: canonical.OpCreate, Reference: "S-1-AB"}}
	query.Order.ProviderOrder.ID = ""
	for body, want := range map[string]canonical.Finding{
		`{"id":"o1","ref":"S-1-AB","status":"OPEN"}`: canonical.Found, `{"id":"o1","ref":"S-1-AC","status":"OPEN"}`: "", `{"id":"o1","status":"OPEN"}`: "",
	} {
		call := func(context.Context, string, string) (adapters.Reply, error) { return says(200, body), nil }
		if report, err := exchange(t, d, "find").Collect(t.Context(), call, query); report.Finding != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", body, report.Finding, err)
		}
	}
}

// TestACancelIsAbsentFromAWholeList: the movements listed are whole where they come to what is missing of the
// authorization as our books have it.
func TestACancelIsAbsentFromAWholeList(t *testing.T) {
	d := defined(t, keyed, "seen: [{kind: capture, each: /captures, amount: /amount, reference: /ref}]",
		"net: /net\n    seen: [{kind: capture, each: /captures, amount: /amount, reference: /ref}, {kind: cancel, each: /releases, amount: /amount, reference: /ref}]")
	query := canonical.Query{Order: asked(canonical.OpSync, "30").Order, Attempt: &canonical.Attempt{Kind: canonical.OpCancel, Reference: "att_9"}}
	for body, want := range map[string]canonical.Finding{
		`{"id":"o1","status":"OPEN","net":30,"captures":[],"releases":[]}`:                           canonical.Absent,
		`{"id":"o1","status":"OPEN","net":25,"captures":[],"releases":[{"amount":5,"ref":"att_8"}]}`: canonical.Absent,
		`{"id":"o1","status":"OPEN","net":25,"captures":[],"releases":[{"amount":5,"ref":"att_9"}]}`: canonical.Found,
		`{"id":"o1","status":"OPEN","net":25,"captures":[],"releases":[]}`:                           canonical.Mute,
		`{"id":"o1","status":"OPEN","captures":[],"releases":[]}`:                                    canonical.Mute,
		`{"id":"o1","status":"OPEN","net":20,"captures":[],"releases":[{"amount":5,"ref":"att_8"}]}`: canonical.Mute,
	} {
		call := func(context.Context, string, string) (adapters.Reply, error) { return says(200, body), nil }
		if report, err := exchange(t, d, "find").Collect(t.Context(), call, query); report.Finding != want || err != nil {
			t.Errorf("%s: %q, %v", body, report.Finding, err)
		}
	}
}

func TestAListOfTenThousandRowsIsNotRead(t *testing.T) {
	x := exchange(t, defined(t, keyed), "sync")
	long := `{"id":"o1","status":"OPEN","captures":[` + strings.TrimSuffix(strings.Repeat(`{"id":"c","amount":1},`, 10000), ",") + `]}`
	if report, err := x.Read(canonical.Query{Order: asked(canonical.OpSync, "30").Order}, says(200, long)); err == nil || !strings.Contains(err.Error(), "more than 1000 rows") {
		t.Errorf("%v, %v", report.Finding, err)
	}
}

func TestBoundsOfAContract(t *testing.T) {
	repeated := func(times int, text func(int) string) string {
		var all strings.Builder
		for i := range times {
			all.WriteString(text(i))
		}
		return all.String()
	}
	name := func(i int) string { return "n" + strings.Repeat("x", i) }
	laughs := "parts:\n  a: {x: 1, y: 1}\n" + repeated(20, func(i int) string {
		return "  " + strings.Repeat("a", i+2) + ": {x: {$part: " + strings.Repeat("a", i+1) + "}, y: {$part: " + strings.Repeat("a", i+1) + "}}\n"
	})
	for _, row := range []struct{ what, old, new, want string }{
		{"rows", "reads:", "  cancel:\n" + repeated(70, func(i int) string { return "    - {local: true, name: " + name(i) + "}\n" }) + "reads:", "is one row too many: a contract has at most 64"},
		{"readings", "readings:\n", "readings:\n" + repeated(17, func(i int) string { return "  " + name(i) + ": {id: /id, word: /status}\n" }), "holds more than 16 readings"},
		{"words", "words:\n", "words:\n" + repeated(201, func(i int) string { return "  " + name(i) + ": {phase: open}\n" }), "holds more than 200 words"},
		{"values of bodies", plainBody, "{ref: =reference, a: [" + strings.Repeat("1, ", 499) + "1]}", "is one value too many: the bodies of a contract have at most 500"},
		{"expressions", "reply: {movement: /id}", "reply: {movement: /id, same: [" + strings.TrimSuffix(strings.Repeat("[/ref, reference], ", 500), ", ") + "]}", "is one expression too many: a contract has at most 500"},
		{"parts that grow", "operations:\n  create:\n    request: POST /orders\n    body: {", laughs + "operations:\n  create:\n    request: POST /orders\n    body: {$part: " + strings.Repeat("a", 21) + ", ", "is one value too many"},
		{"aliases", "title: Plain", "title: &a Plain", "anchors (&name) are not read here"},
		{"depth", plainBody, strings.Repeat("{a: ", 40) + "1" + strings.Repeat("}", 40), "is nested more than 32 levels deep"},
		{"steps of a pointer", "captured: /captured", "captured: " + strings.Repeat("/a", 17), "a pointer has at most 16 steps"},
		{"size", "title: Plain", "title: " + strings.Repeat("x", 256<<10), "the file is larger than 256 KiB"},
	} {
		t.Run(row.what, func(t *testing.T) {
			_, mistakes := declared.Read("c.yaml", []byte(changed(t, row.old, row.new)))
			if got := mistakes.Error(); !strings.Contains(got, row.want) {
				t.Errorf("mistakes are\n%.2000s\nwant one with\n%s", got, row.want)
			}
		})
	}
}

func TestADefinitionNamesTheSettingThatIsMissing(t *testing.T) {
	c, mistakes := declared.Read("c.yaml", []byte(plain))
	if mistakes != nil {
		t.Fatal(mistakes.Error())
	}
	if _, err := c.Adapter().Define(adapters.Values{}); err == nil || err.Error() != "api_key: is missing" {
		t.Errorf("%v", err)
	}
}

func TestTheKeyTravelsInLowerCase(t *testing.T) {
	d := defined(t, keyed, "    reply: {movement: /id}", "    key: {header: Idempotency-Key, life: 24h}\n    reply: {movement: /id}")
	if key := exchange(t, d, "capture").Key; key.Header != "idempotency-key" || key.InBody {
		t.Errorf("%+v", key)
	}
	d = defined(t, keyed, "    reply: {movement: /id}", "    key: {life: 24h}\n    reply: {movement: /id}", plainBody, "{ref: =reference, key: =key}")
	if key := exchange(t, d, "capture").Key; key.Header != "" || !key.InBody {
		t.Errorf("%+v", key)
	}
}

func TestSettingsInAPathAreEscaped(t *testing.T) {
	d := defined(t, adapters.Values{"api_key": "a/b ?c&d"}, "POST /orders/{id}/captures", "POST /{setting.api_key}/orders/{id}/captures?key={setting.api_key}")
	if path := exchange(t, d, "capture").Path; path != "/a%2Fb%20%3Fc&d/orders/{id}/captures?key=a%2Fb+%3Fc%26d" {
		t.Errorf("path is %s", path)
	}
}

func TestAReadChoosesItsWayAndEscapesWhatItAsksFor(t *testing.T) {
	d := defined(t, adapters.Values{"api_key": "k 1"}, `  sync: {request: "GET /orders/{id}", absent: [{status: 404}], reply: order}`,
		`  sync:
    - {when: order.id != "", request: "GET /orders/{id}", reply: order}
    - {when: kept.token != "", request: "GET /find/{kept.token}?of={kept.token}&key={setting.api_key}", reply: order}`,
		"    word: /status\n", "    word: /status\n    kept: {token: /token}\n")
	known, kept, unknown := asked(canonical.OpSync, "30").Order, asked(canonical.OpSync, "30").Order, asked(canonical.OpSync, "30").Order
	known.ProviderOrder.ID, kept.ProviderOrder.ID, unknown.ProviderOrder.ID = "a/b", "", ""
	kept.Hidden.Kept = map[string]string{"token": "a&b=c/d"}
	for _, row := range []struct {
		order canonical.Order
		want  string
	}{{known, "GET /orders/a%2Fb"}, {kept, "GET /find/a&b=c%2Fd?of=a%26b%3Dc%2Fd&key=k+1"}, {unknown, ""}} {
		var asked string
		call := func(_ context.Context, method, path string) (adapters.Reply, error) {
			asked = method + " " + path
			return says(200, `{"id":"a/b","status":"OPEN"}`), nil
		}
		report, err := exchange(t, d, "sync").Collect(t.Context(), call, canonical.Query{Order: row.order})
		if asked != row.want || (err == nil) != (row.want != "") {
			t.Errorf("asked %q, want %q: %v, %v", asked, row.want, report.Finding, err)
		}
	}
}

func TestErrorsAreReadFromTheFirstPlaceThatSaysSomething(t *testing.T) {
	d := defined(t, keyed, "code: /code,", "code: [/0/code, /code, /error], message: [/0/message, =lower(text(\"/text\"))],")
	for body, want := range map[string]string{
		`[{"code":"a","message":"no"}]`: "a no", `{"code":4424,"text":"NO"}`: "4424 no", `{"error":"x"}`: "x ", `<html>`: " ", `"bare text"`: " ", `{"code":{"a":1}}`: " ", ``: " ",
	} {
		if code, message := d.Refusal(says(http.StatusBadRequest, body)); code+" "+message != want {
			t.Errorf("%s: %q %q", body, code, message)
		}
	}
}
