package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"
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
		if err := a.checkBody(httptest.NewRecorder(), r, schema); err != nil {
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
