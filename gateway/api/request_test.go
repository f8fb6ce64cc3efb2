package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/canonical"
)

// request is one HTTP request of a test.
type request struct {
	method, path, body string
	as                 string // name of a key; "" is none
	idempotency        string // "" is a fresh one
	header             http.Header
}

// answer is what came back.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
}

// do sends a request. One that changes something gets a fresh Idempotency-Key, where it brings none.
func (k *kit) do(r request) answer {
	k.t.Helper()
	out, err := http.NewRequest(r.method, k.server.URL+r.path, strings.NewReader(r.body))
	if err != nil {
		k.t.Fatal(err)
	}
	if r.body != "" {
		out.Header.Set("Content-Type", "application/json")
	}
	if r.as != "" {
		out.Header.Set("Authorization", "Bearer "+k.keys[r.as])
	}
	if r.idempotency == "" {
		r.idempotency = fmt.Sprintf("key-%d", k.serial.Add(1))
	}
	out.Header.Set("Idempotency-Key", r.idempotency)
	for name, values := range r.header {
		out.Header[name] = values
	}
	in, err := k.server.Client().Do(out)
	if err != nil {
		k.t.Fatal(err)
	}
	defer in.Body.Close()
	body, err := io.ReadAll(in.Body)
	if err != nil {
		k.t.Fatal(err)
	}
	got := answer{k.t, in.StatusCode, in.Header, body}
	readContract(k.t).holds(k.t, r, got)
	return got
}

func (k *kit) post(path, body string) answer {
	k.t.Helper()
	return k.do(request{method: http.MethodPost, path: path, body: body, as: "merchant"})
}

func (k *kit) get(path string) answer {
	k.t.Helper()
	return k.do(request{method: http.MethodGet, path: path, as: "merchant"})
}

const simpleOrder = `{"provider": "alpha", "amount": {"value": "100.00", "currency": "USD"}}`

// order makes an order and has it authorized.
func (k *kit) order() string {
	k.t.Helper()
	id := k.created()
	k.post("/v1/orders/"+id+"/authorize", "").wants(http.StatusOK)
	return id
}

func (k *kit) created() string {
	k.t.Helper()
	return k.post("/v1/orders", simpleOrder).wants(http.StatusCreated).text("id")
}

func (a answer) wants(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("got status %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

// problem wants a problem of a code, whole as every problem is.
func (a answer) problem(code canonical.Kind) answer {
	a.t.Helper()
	row := canonical.ProblemOf(code)
	a.wants(row.Status)
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		a.t.Fatalf("got a problem as %s", got)
	}
	if got := a.text("code"); got != string(code) {
		a.t.Fatalf("got problem %s, want %s: %s", got, code, a.body)
	}
	return a
}

// at is a member of the body by its JSON pointer, nil where there is none.
func (a answer) at(pointer string) any {
	a.t.Helper()
	var value any
	decoder := json.NewDecoder(bytes.NewReader(a.body))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		a.t.Fatalf("body %q: %v", a.body, err)
	}
	for name := range strings.SplitSeq(pointer, "/") {
		switch v := value.(type) {
		case map[string]any:
			value = v[name]
		case []any:
			var i int
			if _, err := fmt.Sscan(name, &i); err != nil || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

func (a answer) text(pointer string) string {
	a.t.Helper()
	value := a.at(pointer)
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}

// pointers are those of a problem's fields.
func (a answer) pointers() []string {
	a.t.Helper()
	all := []string{}
	fields, _ := a.at("fields").([]any)
	for i := range fields {
		all = append(all, a.text(fmt.Sprintf("fields/%d/pointer", i)))
	}
	return all
}
