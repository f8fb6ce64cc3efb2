package iwocapay_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/adapters/sandbox/iwocapay"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

func TestEveryFieldIsChecked(t *testing.T) {
	const (
		money     = "amount must be a positive number with at most 2 decimals"
		reference = "reference must be a string of 1 to 255 characters"
		terms     = "allowed_payment_terms must list PAY_NOW, PAY_LATER or both"
	)
	data := func(members string) string { return `{"data":{` + members + `}}` }
	with := func(member string) string { return data(`"amount":1,"reference":"A",` + member) }
	tests := []struct {
		name, body string
		details    []string
	}{
		{"no body", ``, []string{"the body must be a JSON object"}},
		{"null", `null`, []string{"the body must be a JSON object"}},
		{"text after the body", data(`"amount":1,"reference":"A"`) + `x`, []string{"the body must be a JSON object"}},
		{"no wrapping", `{"amount":1,"reference":"A"}`, []string{"data is required", "amount is not known", "reference is not known"}},
		{"an empty wrapping", `{"data":null}`, []string{"data must be an object"}},
		{"something beside data", `{"data":{"amount":1,"reference":"A"},"meta":1}`, []string{"meta is not known"}},
		{"nothing said", data(``), []string{"amount is required", "reference is required"}},
		{"no amount", data(`"reference":"A"`), []string{"amount is required"}},
		{"an amount as text", data(`"amount":"1.00","reference":"A"`), []string{money}},
		{"no money", data(`"amount":0,"reference":"A"`), []string{money}},
		{"less than no money", data(`"amount":-1,"reference":"A"`), []string{money}},
		{"a tenth of a penny", data(`"amount":1.001,"reference":"A"`), []string{money}},
		{"an exponent", data(`"amount":1E2,"reference":"A"`), []string{money}},
		{"no reference", data(`"amount":1`), []string{"reference is required"}},
		{"an empty reference", data(`"amount":1,"reference":""`), []string{reference}},
		{"a reference that is a number", data(`"amount":1,"reference":7`), []string{reference}},
		{"a reference too long", data(`"amount":1,"reference":"` + strings.Repeat("é", 256) + `"`), []string{reference}},
		{"no terms", with(`"allowed_payment_terms":[]`), []string{terms}},
		{"an unknown term", with(`"allowed_payment_terms":["PAY_NEVER"]`), []string{terms}},
		{"a term twice", with(`"allowed_payment_terms":["PAY_NOW","PAY_NOW"]`), []string{terms}},
		{"terms as text", with(`"allowed_payment_terms":"PAY_NOW"`), []string{terms}},
		{"a webhook that is a path", with(`"webhook_url":"/hook"`), []string{"webhook_url must be an absolute http or https URL"}},
		{"a redirect to nowhere", with(`"redirect_url":"ftp://shop.example"`), []string{"redirect_url must be an absolute http or https URL"}},
		{"a source that is a number", with(`"source":1`), []string{"source must be a string"}},
		{"metadata in a list", with(`"meta_data":[]`), []string{"meta_data must be an object"}},
		{"unknown fields, in order", with(`"currency":"GBP","Amount":1`), []string{"Amount is not known", "currency is not known"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t, nil)
			wantRefused(t, s.send("POST", createPath, tt.body), http.StatusBadRequest, tt.details...)
			if got := len(s.lender.Orders()); got != 0 {
				t.Errorf("a refused create made %d orders", got)
			}
		})
	}
	s := open(t, nil)
	s.order(with(`"allowed_payment_terms":["PAY_NOW"],"webhook_url":"http://h.example","redirect_url":"https://r.example","source":"x","meta_data":{"a":1}`))
	s.order(data(`"amount":1,"reference":"` + strings.Repeat("é", 255) + `"`))
}

func TestEveryHeaderIsChecked(t *testing.T) {
	const unknown = "the bearer token is missing or not known"
	tests := []struct {
		name   string
		change func(*lender.Request)
		status int
		detail string
	}{
		{"no token", func(r *lender.Request) { r.Header.Del("Authorization") }, 401, unknown},
		{"a wrong token", func(r *lender.Request) { r.Header.Set("Authorization", "Bearer x") }, 401, unknown},
		{"another scheme", func(r *lender.Request) { r.Header.Set("Authorization", "Token "+token) }, 401, unknown},
		{"two tokens", func(r *lender.Request) { r.Header.Add("Authorization", "Bearer "+token) }, 401, unknown},
		{"no content type", func(r *lender.Request) { r.Header.Del("Content-Type") }, 400, "Content-Type must be application/json"},
		{"a form", func(r *lender.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, 400, "Content-Type must be application/json"},
		{"a query", func(r *lender.Request) { r.RawQuery = "a=1" }, 400, "query parameters that are not known here"},
		{"another seller", func(r *lender.Request) { r.Path = strings.Replace(r.Path, seller, "other", 1) }, 403, "the token belongs to another seller"},
		{"another method", func(r *lender.Request) { r.Method = "PUT" }, 405, "Method Not Allowed: PUT " + createPath},
		{"another path", func(r *lender.Request) { r.Path += "x/" }, 404, "Not Found: POST " + createPath + "x/"},
		{"the newer path, which does not create", func(r *lender.Request) { r.Path = newer("") }, 404, "Not Found: POST " + newer("")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t, nil)
			r := request("POST", createPath, sample)
			tt.change(&r)
			wantRefused(t, s.lender.Serve(opening, r), tt.status, tt.detail)
			if got := len(s.lender.Orders()); got != 0 {
				t.Errorf("a refused create made %d orders", got)
			}
		})
	}
	r := request("GET", connectionPath, "")
	r.Header.Set("Authorization", "Bearer ")
	wantRefused(t, iwocapay.New(iwocapay.Settings{SupplierUUID: seller}).Serve(opening, r), 401, unknown)
}

func TestReadsAndCancelsAreChecked(t *testing.T) {
	s := open(t, nil)
	id := s.order(sample)
	for _, method := range []string{"GET", "DELETE"} {
		wantRefused(t, s.send(method, older("unknown"), ""), 404, "no such order")
		wantRefused(t, s.send(method, newer("unknown"), ""), 404, "no such order")
		wantRefused(t, s.send(method, strings.Replace(newer(id), seller, "other", 1), ""), 404, "no such order")
		wantRefused(t, s.send(method, older(id), "{}"), 400, "a body is not accepted here")
	}
	s.wantStatus(id, "CREATED")
}

func TestTheCredentialCheckWantsTokenAndSeller(t *testing.T) {
	s := open(t, nil)
	r := request("GET", connectionPath, "")
	r.RawQuery = "integration_name=lendgate&integration_version=1"
	s.data(http.StatusOK, s.lender.Serve(opening, r))

	r.RawQuery = "name=lendgate"
	wantRefused(t, s.lender.Serve(opening, r), 400, "query parameters that are not known here")
	wantRefused(t, s.send("GET", strings.Replace(connectionPath, seller, "other", 1), ""), 403, "the token belongs to another seller")
	r.Header.Set("Authorization", "Bearer x")
	wantRefused(t, s.lender.Serve(opening, r), 401, "the bearer token is missing or not known")
}

func TestAPathWithoutItsSlashIsRedirected(t *testing.T) {
	s := open(t, nil)
	id := s.order(sample)
	tests := []struct{ name, method, path string }{
		{"create", "POST", createPath},
		{"read", "GET", older(id)},
		{"read, newer", "GET", newer(id)},
		{"cancel", "DELETE", older(id)},
		{"credential check", "GET", connectionPath},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := request(tt.method, strings.TrimSuffix(tt.path, "/"), "")
			r.RawQuery = "a=1"
			reply := s.lender.Serve(opening, r)
			if got, want := reply.Header.Get("Location"), "/iwocapay"+tt.path+"?a=1"; reply.Status != 301 || got != want {
				t.Errorf("status %d to %q, want 301 to %q", reply.Status, got, want)
			}
		})
	}
	s.wantStatus(id, "CREATED")
	wantRefused(t, s.send("GET", "/api", ""), 404, "Not Found: GET /api")
}

func TestOperationsAreNamed(t *testing.T) {
	tests := []struct {
		name, method, path, body, operation, amount string
	}{
		{"create", "POST", createPath, sample, "create", "1480.50"},
		{"create, malformed", "POST", createPath, `{"data":{"amount":"1"`, "create", ""},
		{"create, amount as text", "POST", createPath, `{"data":{"amount":"1"}}`, "create", ""},
		{"read", "GET", older("x"), ``, "read", ""},
		{"read, newer", "GET", newer("x"), ``, "read", ""},
		{"cancel", "DELETE", older("x"), ``, "cancel", ""},
		{"cancel, newer", "DELETE", newer("x"), ``, "cancel", ""},
		{"credential check", "GET", connectionPath, ``, "read", ""},
		{"nothing known", "GET", "/", ``, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			operation, amount := open(t, nil).lender.Operation(request(tt.method, tt.path, tt.body))
			if operation != tt.operation || amount != tt.amount {
				t.Errorf("%q %q, want %q %q", operation, amount, tt.operation, tt.amount)
			}
		})
	}
}
