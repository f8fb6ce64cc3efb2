package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lendgate/lendgate/canonical"
)

// These are internal because they fuzz what has no name outside.

func FuzzCursor(f *testing.F) {
	for _, place := range []string{"ord_01K9ZT5X1Q8W3Y7V2B4N6M8P0R", "42", "page/2", "\x00"} {
		f.Add(cursorText(ordersCursor, place))
		f.Add(cursorText(eventsCursor, place))
	}
	f.Add("")
	f.Add("b29vb29vb28")
	f.Fuzz(func(t *testing.T, text string) {
		place, err := placeOf(ordersCursor, text)
		if err != nil {
			if place != "" {
				t.Fatalf("refused, and yet it says %q", place)
			}
			return
		}
		if cursorText(ordersCursor, place) != text {
			t.Fatalf("%q and %q are the same place", text, cursorText(ordersCursor, place))
		}
		if _, err := placeOf(eventsCursor, text); err == nil && text != "" {
			t.Fatal("it is a cursor of two lists")
		}
	})
}

// FuzzIdempotencyKey: a header is a key, the same bare and in quotes, or a caller's mistake that names it.
func FuzzIdempotencyKey(f *testing.F) {
	for _, text := range []string{"7d1c", `"7d1c"`, `"a\"b\\c"`, `a"b\c`, "", `""`, `"`, `"abc`, `"abc";v=1`, `"a\bc"`, `"abc\`, "a b", "a, b", "cl\xc3\xa9", "\x00", strings.Repeat("k", 255), strings.Repeat("k", 256), `"` + strings.Repeat(`\"`, 255) + `"`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		key, err := idempotencyKey(http.Header{keyHeader: {text}})
		if err != nil {
			kind, at := canonical.KindOf(err), err.(*canonical.Error).Fields
			if key != "" || (kind == canonical.IdempotencyKeyMissing) != (text == "") || (text != "" && (kind != canonical.InvalidRequest || at[0].Pointer != keyHeader)) {
				t.Fatalf("%q is refused as %v, and yet %q", text, err, key)
			}
			return
		}
		if len(key) < 1 || len(key) > keyMax || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
			t.Fatalf("%q was taken as %q", text, key)
		}
		again, err := idempotencyKey(http.Header{keyHeader: {`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(key) + `"`}})
		if err != nil || again != key {
			t.Fatalf("%q in quotes is %q: %v", key, again, err)
		}
		if _, err := idempotencyKey(http.Header{keyHeader: {text, text}}); err == nil {
			t.Fatal("it was taken twice")
		}
	})
}

// FuzzQuery: a query is what the route declares, as text, or a caller's mistake.
func FuzzQuery(f *testing.F) {
	a, err := New(Options{PublicURL: "http://gate.example"})
	if err != nil {
		f.Fatal(err)
	}
	for _, query := range []string{
		"", "limit=3&status=failed", "limit=3&limit=4", "Limit=3", "limit=0", "limit=1e1", "status=", "colour=red", "reference=%00", "reference=%ff", "limit=%zz", "limit=3;status=failed",
		"created_after=2026-01-31T09:30:00Z", "created_after=2026-01-31", "in_doubt=true", "provider=a%20b", "cursor=" + strings.Repeat("A", 501), "a%5Bb%5D=1&%F0%9F%92%B8=2",
	} {
		f.Add(query)
	}
	declared := a.huma.OpenAPI().Paths["/v1/orders"].Get.Parameters
	f.Fuzz(func(t *testing.T, query string) {
		err := a.checkQuery(declared, query)
		if err != nil {
			if kind := canonical.KindOf(err); kind != canonical.InvalidRequest {
				t.Fatalf("%q is refused as %s", query, kind)
			}
			if _, unmarshaled := json.Marshal(a.problem(t.Context(), err)); unmarshaled != nil {
				t.Fatal(unmarshaled)
			}
			return
		}
		given, err := url.ParseQuery(query)
		if err != nil {
			t.Fatalf("%q was taken: %v", query, err)
		}
		for name, values := range given {
			if len(values) != 1 || values[0] == "" || !plain(values[0]) || !slices.ContainsFunc(declared, func(p *huma.Param) bool { return p.Name == name && p.In == "query" }) {
				t.Fatalf("%q was taken with %q", name, values)
			}
		}
	})
}

// FuzzBody: whatever the body is, it is taken or refused as a caller's mistake. What is taken, huma
// reads: a panic of decode fails this.
func FuzzBody(f *testing.F) {
	a, err := New(Options{PublicURL: "http://gate.example"})
	if err != nil {
		f.Fatal(err)
	}
	for _, sample := range []string{
		`{}`, `{"provider": "alpha", "amount": {"value": "1.00", "currency": "USD"}, "refunded": "0.5"}`, `{"plan": {"installments": 12, "interval": "month"}}`,
		`{"lines": [{"name": "x", "quantity": "1", "unit_amount": "2.50", "tax_rate": "25"}]}`, `{"provider_options": {"a": [1e9, {"b": null}]}, "metadata": {"a": "b"}}`,
		`{"customer": {"addresses": [{"line1": "é"}]}, "shipping": {"address": {}}}`,
	} {
		f.Add(sample)
	}
	schema := a.huma.OpenAPI().Paths["/v1/orders"].Post.RequestBody.Content["application/json"].Schema
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest(http.MethodPost, "/v1/orders", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		read, err := readJSON(httptest.NewRecorder(), r)
		if err == nil {
			err = a.checkBody(r, read, schema)
		}
		if err != nil {
			p := a.problem(r.Context(), err)
			if p.Status < 400 || p.Status > 499 {
				t.Fatalf("got problem %s: %v", p.Code, err)
			}
			return
		}
		if !utf8.ValidString(body) {
			t.Fatal("what is no UTF-8 was taken")
		}
		if strings.TrimSpace(body) == "" {
			body = "{}"
		}
		var in createInput
		if err := decode([]byte(body), &in.Body); err != nil {
			t.Fatal(err)
		}
		if _, err := meaning(routes[2], &in); err != nil {
			t.Fatal(err)
		}
	})
}
