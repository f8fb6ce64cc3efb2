package api_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
)

// canary is in whatever a test sends as a value: it must come back nowhere.
const canary = "Zebedee-7731"

func TestBadBodiesAreRefusedWithTheirPointers(t *testing.T) {
	k := newKit(t)
	cases := []struct {
		name string
		body string
		at   []string // pointers of the mistakes
	}{
		{"an unknown name", `{"provider": "alpha", "colour": "` + canary + `"}`, []string{"/colour"}},
		{"a name in other case", `{"Provider": "` + canary + `"}`, []string{"/Provider"}},
		{"an unknown name further down", `{"amount": {"value": "1.00", "currency": "USD", "minor": 100}}`, []string{"/amount/minor"}},
		{"a name with the characters a pointer escapes", `{"a/b~c": 1}`, []string{"/a~1b~0c"}},
		{"a name twice", `{"provider": "alpha", "provider": "` + canary + `"}`, []string{"/provider"}},
		{"a name twice, once escaped", `{"provider": "alpha", "\u0070rovider": "` + canary + `"}`, []string{"/provider"}},
		{"a name twice further down", `{"lines": [{"name": "x", "name": "y"}]}`, []string{"/lines/0/name"}},
		{"a name twice where anything may be", `{"provider_options": {"note": {"a": 1, "a": 2}}}`, []string{"/provider_options/note/a"}},
		{"something after the end", `{} {}`, []string{""}},
		{"a bracket after the end", `{}]`, []string{""}},
		{"nothing but white space", ` `, []string{""}},
		{"an end too early", `{"provider": "alpha"`, []string{""}},
		{"no JSON", `provider=` + canary, []string{""}},
		{"a comment", `{} // ` + canary, []string{""}},
		{"a comma too many", `{"provider": "alpha",}`, []string{""}},
		{"single quotes", `{'provider': 'alpha'}`, []string{""}},
		{"not a number", `{"plan": {"installments": NaN}}`, []string{""}},
		{"a byte order mark", "\xef\xbb\xbf{}", []string{""}},
		{"invalid UTF-8", "{\"reference\": \"\xff\xfe\"}", []string{""}},
		{"half a surrogate pair", `{"reference": "\ud800"}`, []string{""}},
		{"a NUL", `{"reference": "a\u0000b"}`, []string{"/reference"}},
		{"a NUL in a name", `{"metadata": {"a\u0000b": "c"}}`, []string{""}},
		{"a bare control character", "{\"reference\": \"a\nb\"}", []string{""}},
		{"17 levels", `{"provider_options": ` + strings.Repeat("[", 16) + strings.Repeat("]", 16) + `}`, []string{""}},
		{"a hundred thousand levels", strings.Repeat("[", 60000), []string{""}},
		{"a very long name", `{"` + strings.Repeat("a", 5000) + `": 1}`, []string{""}},
		{"a list", `[]`, []string{""}},
		{"a string", `"` + canary + `"`, []string{""}},
		{"null", `null`, []string{""}},
		{"a number for a string", `{"provider": 7}`, []string{"/provider"}},
		{"null for an object", `{"amount": null}`, []string{"/amount"}},
		{"a string for an object", `{"amount": "` + canary + `"}`, []string{"/amount"}},
		{"an object for a list", `{"lines": {"0": {}}}`, []string{"/lines"}},
		{"a string for a number", `{"plan": {"installments": "12"}}`, []string{"/plan/installments"}},
		{"half a number", `{"plan": {"installments": 12.5}}`, []string{"/plan/installments"}},
		{"a number with an exponent", `{"plan": {"installments": 1e1}}`, []string{"/plan/installments"}},
		{"a number of a million digits' size", `{"plan": {"installments": 1e1000000}}`, []string{"/plan/installments"}},
		{"a number past all bounds", `{"plan": {"installments": 99999999999999999999}}`, []string{"/plan/installments"}},
		{"a number too small", `{"plan": {"installments": 0}}`, []string{"/plan/installments"}},
		{"a word that is none of the list", `{"customer": {"type": "` + canary + `"}}`, []string{"/customer/type"}},
		{"a text too long", `{"reference": "` + strings.Repeat("a", 101) + `"}`, []string{"/reference"}},
		{"a text too long where nothing is said", `{"customer": {"name": "` + strings.Repeat("a", 2001) + `"}}`, []string{"/customer/name"}},
		{"a text too short", `{"lines": [{"name": "", "quantity": "1", "unit_amount": "1"}]}`, []string{"/lines/0/name"}},
		{"too many lines", `{"lines": [` + repeated(`{}`, 201) + `]}`, []string{"/lines"}},
		{"too many names", `{"metadata": {` + manyNames(51) + `}}`, []string{"/metadata"}},
		{"a value that is no string", `{"metadata": {"colour": 7}}`, []string{"/metadata/colour"}},
		{"members missing", `{"lines": [{}]}`, []string{"/lines/0/name", "/lines/0/quantity", "/lines/0/unit_amount"}},
		{"several mistakes at once", `{"amount": {"value": 1, "currency": "USD"}, "plan": {"interval": "day"}, "what": 1}`, []string{"/amount/value", "/plan/interval", "/what"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			k.t = t
			got := k.post("/v1/orders", c.body).problem(canonical.InvalidRequest)
			if at := got.pointers(); !slices.Equal(at, c.at) {
				t.Errorf("got mistakes at %q, want %q: %s", at, c.at, got.body)
			}
			if strings.Contains(string(got.body), canary) {
				t.Errorf("the answer repeats what was sent: %s", got.body)
			}
		})
	}
	if k.lender.calls() != 0 {
		t.Error("a lender was called")
	}
}

func TestAMistakeSaysWhatToDo(t *testing.T) {
	k := newKit(t)
	for body, want := range map[string]string{
		`{"Provider": "alpha"}`: "is written provider",
		`{"amount": {"amount": 1, "currency": "USD", "value": "1"}}`: "known are currency, value",
		`{"customer": {"type": "firm"}}`:                             "person, company",
		`{"plan": {"installments": 601}}`:                            "from 1 to 600",
		`{"offer": "a b"}`:                                           "letters, digits, dots, - and _",
		`{"amount": null}`:                                           "leave it out",
	} {
		if got := k.post("/v1/orders", body).problem(canonical.InvalidRequest); !strings.Contains(got.text("fields/0/detail"), want) {
			t.Errorf("%s: got %q, want it to say %q", body, got.text("fields/0/detail"), want)
		}
	}
}

func manyNames(n int) string {
	var members []string
	for i := range n {
		members = append(members, fmt.Sprintf(`"n%d": "v"`, i))
	}
	return strings.Join(members, ", ")
}

func repeated(text string, n int) string { return strings.Repeat(text+",", n-1) + text }

func TestMoneyIsADecimalStringAndNothingElse(t *testing.T) {
	k := newKit(t)
	for _, value := range []string{
		`10`, `10.5`, `1e2`, `true`, `null`, `{}`, `""`, `"."`, `"1."`, `".5"`, `"-1.00"`, `"+1.00"`, `"1e5"`, `"1E5"`, `"1,000.00"`, `"1 000"`,
		`" 1.00"`, `"1.00 "`, `"01.00"`, `"00"`, `"0x10"`, `"1_000"`, `"NaN"`, `"Infinity"`, `"1.123456789"`, `"1234567890123456"`,
		`"\u0661\u0662"`, `"\uff11"`, `"\u22121.00"`, `"1.00\n"`, `"1` + strings.Repeat("0", 50000) + `"`,
	} {
		t.Run(value[:min(len(value), 20)], func(t *testing.T) {
			k.t = t
			got := k.post("/v1/orders", `{"provider": "alpha", "amount": {"value": `+value+`, "currency": "USD"}}`).problem(canonical.InvalidRequest)
			if at := got.pointers(); !slices.Equal(at, []string{"/amount/value"}) {
				t.Errorf("got mistakes at %q: %s", at, got.body)
			}
			if !strings.Contains(got.text("fields/0/detail"), "2500.00") {
				t.Errorf("the mistake does not show what to send: %s", got.text("fields/0/detail"))
			}
		})
	}
	for _, value := range []string{"100", "100.0", "100.00", "999999999999999"} {
		t.Run(value+" is taken", func(t *testing.T) {
			k.t = t
			k.post("/v1/orders", `{"provider": "alpha", "amount": {"value": "`+value+`", "currency": "USD"}}`).wants(http.StatusCreated)
		})
	}
}

func TestHeadersAndQueriesAreHeldToTheContract(t *testing.T) {
	k := newKit(t)
	id := k.created()
	const orders = "/v1/orders"
	json := []string{"application/json"}
	cases := []struct {
		name   string
		method string
		path   string
		header http.Header
		want   canonical.Kind
		at     []string
	}{
		{"an unknown query parameter", "GET", orders + "?colour=red", nil, canonical.InvalidRequest, []string{"colour"}},
		{"an unknown query parameter of a POST", "POST", orders + "?sync=true", nil, canonical.InvalidRequest, []string{"sync"}},
		{"a query parameter in other case", "GET", orders + "?Limit=3", nil, canonical.InvalidRequest, []string{"Limit"}},
		{"a query parameter twice", "GET", orders + "?limit=3&limit=4", nil, canonical.InvalidRequest, []string{"limit"}},
		{"an empty query parameter", "GET", orders + "?status=", nil, canonical.InvalidRequest, []string{"status"}},
		{"a limit of no items", "GET", orders + "?limit=0", nil, canonical.InvalidRequest, []string{"limit"}},
		{"a limit too high", "GET", orders + "?limit=201", nil, canonical.InvalidRequest, []string{"limit"}},
		{"a limit that is no number", "GET", orders + "?limit=ten", nil, canonical.InvalidRequest, []string{"limit"}},
		{"a limit with an exponent", "GET", orders + "?limit=1e1", nil, canonical.InvalidRequest, []string{"limit"}},
		{"an unknown status", "GET", orders + "?status=paid", nil, canonical.InvalidRequest, []string{"status"}},
		{"a day for a time", "GET", orders + "?created_after=2026-01-31", nil, canonical.InvalidRequest, []string{"created_after"}},
		{"yes for true", "GET", orders + "/" + id + "?sync=yes", nil, canonical.InvalidRequest, []string{"sync"}},
		{"1 for true", "GET", orders + "/" + id + "?sync=1", nil, canonical.InvalidRequest, []string{"sync"}},
		{"a cursor that is none", "GET", orders + "?cursor=abc", nil, canonical.InvalidRequest, []string{"cursor"}},
		{"a query with a NUL", "GET", orders + "?reference=%00", nil, canonical.InvalidRequest, []string{"reference"}},
		{"a query that is no UTF-8", "GET", orders + "?reference=%ff", nil, canonical.InvalidRequest, []string{"reference"}},
		{"an id with what no id has", "GET", orders + "?provider=a%20b", nil, canonical.InvalidRequest, []string{"provider"}},
		{"a query that is broken", "GET", orders + "?limit=%zz", nil, canonical.InvalidRequest, []string{}},
		{"a query with semicolons", "GET", orders + "?limit=3;status=failed", nil, canonical.InvalidRequest, []string{}},
		{"several mistakes", "GET", orders + "?limit=0&colour=red", nil, canonical.InvalidRequest, []string{"colour", "limit"}},
		{"a form for JSON", "POST", orders, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, canonical.UnsupportedMediaType, []string{}},
		{"no content type", "POST", orders, http.Header{"Content-Type": nil}, canonical.UnsupportedMediaType, []string{}},
		{"two content types", "POST", orders, http.Header{"Content-Type": {"application/json", "text/plain"}}, canonical.UnsupportedMediaType, []string{}},
		{"another character set", "POST", orders, http.Header{"Content-Type": {"application/json; charset=utf-16"}}, canonical.UnsupportedMediaType, []string{}},
		{"a relative of JSON", "POST", orders, http.Header{"Content-Type": {"application/merge-patch+json"}}, canonical.UnsupportedMediaType, []string{}},
		{"a compressed body", "POST", orders, http.Header{"Content-Type": json, "Content-Encoding": {"gzip"}}, canonical.UnsupportedMediaType, []string{}},
		{"only XML is accepted", "POST", orders, http.Header{"Accept": {"application/xml"}}, canonical.NotAcceptable, []string{}},
		{"JSON is ruled out", "POST", orders, http.Header{"Accept": {"text/html, application/json;q=0"}}, canonical.NotAcceptable, []string{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			k.t = t
			before := k.lender.calls()
			r := request{method: c.method, path: c.path, as: "merchant", header: c.header}
			if c.method == http.MethodPost {
				r.body = simpleOrder
			}
			got := k.do(r).problem(c.want)
			if at := got.pointers(); !slices.Equal(at, c.at) {
				t.Errorf("got mistakes at %q, want %q: %s", at, c.at, got.body)
			}
			if k.lender.calls() != before {
				t.Error("a lender was called")
			}
		})
	}
}

func TestWhatIsUsualIsTaken(t *testing.T) {
	k := newKit(t)
	for _, header := range []http.Header{
		{"Content-Type": {"application/json; charset=utf-8"}},
		{"Content-Type": {"Application/JSON"}},
		{"Content-Type": {"application/json"}, "Accept": {"*/*"}},
		{"Content-Type": {"application/json"}, "Accept": {"text/html, application/*;q=0.8"}},
		{"Content-Type": {"application/json"}, "Accept": {"application/problem+json"}},
	} {
		got := k.do(request{method: http.MethodPost, path: "/v1/orders", body: simpleOrder, as: "merchant", header: header}).wants(http.StatusCreated)
		if media := got.header.Get("Content-Type"); media != "application/json" {
			t.Errorf("got an order as %s", media)
		}
	}
	k.do(request{method: http.MethodPost, path: "/v1/orders/" + k.created() + "/authorize", as: "merchant", body: ""}).wants(http.StatusOK)
	k.do(request{method: http.MethodPost, path: "/v1/orders/" + k.created() + "/authorize", as: "merchant", body: "{}"}).wants(http.StatusOK)
}

func TestABodyOverTheLimitIsRefused(t *testing.T) {
	k := newKit(t)
	fits := `{"provider": "alpha", "amount": {"value": "1.00", "currency": "USD"}` + strings.Repeat(" ", 64<<10-70)
	fits += strings.Repeat(" ", 64<<10-1-len(fits)) + "}"
	k.post("/v1/orders", fits).wants(http.StatusCreated)
	k.post("/v1/orders", fits+" ").problem(canonical.PayloadTooLarge)
}

func TestALargeBodyIsRefusedBeforeItIsRead(t *testing.T) {
	k := newKit(t)
	for name, framing := range map[string]string{
		"with its length": "Content-Length: 10485760\r\n\r\n",
		"in chunks":       "Transfer-Encoding: chunked\r\n\r\n" + "11000\r\n" + strings.Repeat(" ", 0x11000),
	} {
		t.Run(name, func(t *testing.T) {
			connection, err := net.Dial("tcp", k.server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
			if err := connection.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
				t.Fatal(err)
			}
			_, err = io.WriteString(connection, "POST /v1/orders HTTP/1.1\r\nHost: gate\r\nConnection: close\r\nContent-Type: application/json\r\nIdempotency-Key: large\r\n"+
				"Authorization: Bearer "+k.keys["merchant"]+"\r\n"+framing)
			if err != nil {
				t.Fatal(err)
			}
			// Nothing more is sent: an answer can only come from a server that does not wait for the rest.
			start := make([]byte, 12)
			if _, err := io.ReadFull(connection, start); err != nil {
				t.Fatal(err)
			}
			if got := string(start); got != "HTTP/1.1 413" {
				t.Errorf("got %s", got)
			}
		})
	}
}
