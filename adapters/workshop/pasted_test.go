package workshop_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/adapters/workshop"
)

func TestWhatIsCopiedIsReadHoweverItIsWritten(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"a request and its reply", "POST /v1/x HTTP/1.1\nHost: a\nX-A: 1\n\n{\"a\":1}\n\nHTTP/1.1 201 Created\nLocation: /y\n\n{\"b\":2}\n", `POST /v1/x a=1 {"a":1} -> 201 /y {"b":2}`},
		{"line ends of Windows", "POST /v1/x HTTP/1.1\r\nX-A: 1\r\n\r\n{\"a\":1}\r\n\r\nHTTP/2 201\r\nLocation: /y\r\n\r\n{\"b\":2}\r\n", `POST /v1/x a=1 {"a":1} -> 201 /y {"b":2}`},
		{"as documentation has it", "DELETE /v1/x\n\nHTTP/1.1 204 No Content\n", `DELETE /v1/x a=  -> 204  `},
		{"a body without an empty line before it", "POST /v1/x\n{\"a\":1}\nHTTP/1.1 200 OK\n{\"b\":2}", `POST /v1/x a= {"a":1} -> 200  {"b":2}`},
		{"a reply alone", "HTTP/1.1 404 Not Found\n\nnothing", `  a=  -> 404  nothing`},
		{"a body alone", ` {"b": 2} `, `  a=  -> 200  {"b": 2}`},
		{"two exchanges", "GET /a\n\nHTTP/1.1 200 OK\n\n1\n\nGET /b\n\nHTTP/1.1 200 OK\n\n2\n", "GET /a a=  -> 200  1; GET /b a=  -> 200  2"},
		{"a request alone", "POST /hook HTTP/1.1\nX-A: 2\n\n{\"e\":1}", `POST /hook a=2 {"e":1} -> nothing`},
		{"curl -v with an expectation", "> POST /v1/x HTTP/1.1\n> X-A: 5\n> Expect: 100-continue\n> \n< HTTP/1.1 100 Continue\n< \n< HTTP/1.1 201 Created\n< Location: /w\n< \n{\"b\":2}\n", "POST /v1/x a=5  -> 201 /w {\"b\":2}"},
		{"curl -v", "*   Trying 1.2.3.4:443...\n* Connected\n> POST /v1/x HTTP/2\n> X-A: 3\n> \n} [7 bytes data]\n< HTTP/2 201 \n< location: /z\n< \n{ [7 bytes data]\n{\"b\":2}* Connection #0 to host a.test left intact\n",
			"POST /v1/x a=3  -> 201 /z {\"b\":2}"},
		{"HAR", `{"log":{"entries":[{"request":{"method":"PUT","url":"https://a.test/v1/x?q=1","headers":[{"name":"X-A","value":"4"}],"postData":{"text":"{\"a\":1}"}},
			"response":{"status":200,"headers":[{"name":"Location","value":"/h"}],"content":{"text":"eyJiIjoyfQ==","encoding":"base64"}}}]}}`, `PUT https://a.test/v1/x?q=1 a=4 {"a":1} -> 200 /h {"b":2}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			all, err := workshop.Paste([]byte(row.text))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range all {
				said := "nothing"
				if p.Reply != nil {
					said = fmt.Sprintf("%d %s %s", p.Reply.Status, p.Reply.Header.Get("Location"), p.Reply.Body)
				}
				got = append(got, fmt.Sprintf("%s %s a=%s %s -> %s", p.Method, p.Path, p.Sent.Get("X-A"), p.Body, said))
			}
			if got := strings.Join(got, "; "); got != row.want {
				t.Errorf("read as\n%s\nwant\n%s", got, row.want)
			}
		})
	}
}

func TestWhatIsNoExchangeIsRefusedWithItsLine(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"", "it is empty"}, {"\n\n", "it is empty"}, {"\nhello\n", "line 2: an exchange begins with a line such as POST"},
	} {
		if _, err := workshop.Paste([]byte(row.text)); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%q: %v, want %q", row.text, err, row.want)
		}
	}
}

func TestACopiedRequestIsComparedWithTheContracts(t *testing.T) {
	all, err := workshop.Paste([]byte(`PUT /base/v1/orders/o-1/capture HTTP/1.1

{"amount": 100, "currency": "EUR", "lines": [{"sku": "a"}, {"sku": "b"}]}

HTTP/1.1 201 Created

{"id":"c-1","amount":100,"currency":"EUR","reference":"r-1"}
`))
	if err != nil {
		t.Fatal(err)
	}
	one := trial(t, "capture")
	one.ID, one.Amount, one.Reference, one.Replies = "o-1", "1.00", "r-1", workshop.Crossings(all)
	got := strings.Join(run(t, one).Differences(all), "\n")
	want := `the copied request is a PUT, and the contract sends a POST
the copied request goes to /base/v1/orders/o-1/capture, and the contract's to /v1/orders/o-1/captures
the copied request has /lines/*/sku, and the contract's has not
the contract sends /reference, and the copied request has it not`
	if got != want {
		t.Errorf("told\n%s\nwant\n%s", got, want)
	}
}
