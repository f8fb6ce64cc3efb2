package creditkey_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/creditkey"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

func TestEveryFieldIsChecked(t *testing.T) {
	address := func(member string) string { return `{"shipping_address":{` + member + `}}` }
	item := func(members string) string { return `{"items":[{` + members + `}]}` }
	tests := []struct {
		name, method, path, body, message string
	}{
		{"no body", "POST", "/v1/order", ``, `["body must be a JSON object"]`},
		{"null", "POST", "/v1/order", `null`, `["body must be a JSON object"]`},
		{"text after the body", "POST", "/v1/order", `{"company_id":"7","amount":1}x`, `["body must be a JSON object"]`},
		{"no company", "POST", "/v1/order", `{"amount":1}`, `["company_id must not be empty"]`},
		{"a company as a number", "POST", "/v1/order", `{"company_id":7,"amount":1}`, `["company_id must be a string of digits"]`},
		{"a company that is no number", "POST", "/v1/order", `{"company_id":"acme","amount":1}`, `["company_id must be a string of digits"]`},
		{"no amount", "POST", "/v1/order", `{"company_id":"7"}`, `["amount must not be empty"]`},
		{"an amount as text", "POST", "/v1/order", `{"company_id":"7","amount":"1.00"}`, `["amount must be a positive number with at most 2 decimals"]`},
		{"no money", "POST", "/v1/order", `{"company_id":"7","amount":0.00}`, `["amount must be a positive number with at most 2 decimals"]`},
		{"less than no money", "POST", "/v1/order", `{"company_id":"7","amount":-1}`, `["amount must be a positive number with at most 2 decimals"]`},
		{"a tenth of a cent", "POST", "/v1/order", `{"company_id":"7","amount":1.001}`, `["amount must be a positive number with at most 2 decimals"]`},
		{"an exponent", "POST", "/v1/order", `{"company_id":"7","amount":1e3}`, `["amount must be a positive number with at most 2 decimals"]`},
		{"two complaints", "POST", "/v1/order", `{}`, `["company_id must not be empty","amount must not be empty"]`},
		{"an empty number", "POST", "/v1/order", `{"company_id":"7","amount":1,"merchant_order_id":""}`, `["merchant_order_id must be a string that is not empty"]`},
		{"a flag as text", "POST", "/v1/order", `{"company_id":"7","amount":1,"externally_managed_payments":"true"}`, `["externally_managed_payments must be a boolean"]`},
		{"a date nobody can read", "POST", "/v1/order", `{"company_id":"7","amount":1,"capture_date":"soon"}`, `["capture_date must be a date"]`},
		{"an address that is none", "POST", "/v1/order", `{"company_id":"7","amount":1,"ip_address":"home"}`, `["ip_address must be an IP address"]`},
		{"unknown fields, in order", "POST", "/v1/order", `{"company_id":"7","amount":1,"b":1,"Amount":1}`, `["property Amount should not exist","property b should not exist"]`},
		{"a status on create", "POST", "/v1/order", `{"company_id":"7","amount":1,"status":"CREATED"}`, `["property status should not exist"]`},
		{"nothing to change", "PATCH", "/v1/order/KEY", `{}`, `["body must name something to change"]`},
		{"null for a status", "PATCH", "/v1/order/KEY", `{"status":null}`, `["status must be one of the order statuses, in upper case"]`},
		{"a status in lower case", "PATCH", "/v1/order/KEY", `{"status":"captured"}`, `["status must be one of the order statuses, in upper case"]`},
		{"a status of the other generation", "PATCH", "/v1/order/KEY", `{"status":"PENDING"}`, `["status must be one of the order statuses, in upper case"]`},
		{"installments as text", "PATCH", "/v1/order/KEY", `{"installments":"6"}`, `["installments must be a positive integer"]`},
		{"no installments", "PATCH", "/v1/order/KEY", `{"installments":0}`, `["installments must be a positive integer"]`},
		{"a company on update", "PATCH", "/v1/order/KEY", `{"company_id":"7"}`, `["property company_id should not exist"]`},
		{"no items", "PATCH", "/v1/order/KEY", `{"items":[]}`, `["items must be an array that is not empty"]`},
		{"an item that is none", "PATCH", "/v1/order/KEY", `{"items":[7]}`, `["items.0 must be an object"]`},
		{"an item without a price", "PATCH", "/v1/order/KEY", item(`"name":"Saw","quantity":1`), `["items.0.price must not be empty"]`},
		{"an item in halves", "PATCH", "/v1/order/KEY", item(`"name":"Saw","price":1,"quantity":0.5`), `["items.0.quantity must be a positive integer"]`},
		{"an address as text", "PATCH", "/v1/order/KEY", `{"shipping_address":"Main St"}`, `["shipping_address must be an object"]`},
		{"a telephone number with brackets", "PATCH", "/v1/order/KEY", address(`"phone_number":"(555) 1"`), `["shipping_address.phone_number must have digits and dashes only"]`},
		{"an unknown line of an address", "PATCH", "/v1/order/KEY", address(`"country":"US"`), `["shipping_address.property country should not exist"]`},
		{"a refund of nothing said", "PATCH", "/v1/order/KEY/refund", `{}`, `["amount must not be empty"]`},
		{"a refund with a reason", "PATCH", "/v1/order/KEY/refund", `{"amount":1,"reason":"x"}`, `["property reason should not exist"]`},
		{"a refund on no day", "PATCH", "/v1/order/KEY/refund", `{"amount":1,"date":"1.6."}`, `["date must be a date"]`},
		{"no secret", "POST", "/auth/login", `{"client_id":"cid"}`, `["client_secret must not be empty"]`},
		{"no client", "POST", "/auth/login", `{"client_secret":"hush"}`, `["client_id must not be empty"]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := open(t, nil)
			path := strings.Replace(tt.path, "KEY", d.order("CREATED"), 1)
			if got := d.send(tt.method, path, tt.body).refused(http.StatusBadRequest); got != tt.message {
				t.Errorf("message %s, want %s", got, tt.message)
			}
			if got := len(d.lender.Orders()); got != 1 {
				t.Errorf("%d orders, want the 1 from before", got)
			}
		})
	}
}

func TestAllDocumentedFieldsAreTaken(t *testing.T) {
	d := open(t, nil)
	body := d.send("POST", "/v1/order", ` { "company_id" : "7" , "amount" : 100.00 , "merchant_order_id":"A","capture_date":"2026-07-01",`+
		`"externally_managed_payments":true,"ip_address":"192.0.2.1","vendor":"v"}`).want(http.StatusCreated)
	if body["externally_managed_payments"] != true {
		t.Errorf("externally_managed_payments is %v", body["externally_managed_payments"])
	}
	changed := d.patch(body["key"].(string), `{"merchant_order_id":"B","amount":90.5,"installments":12,"capture_date":"2026-07-02T00:00:00Z",`+
		`"externally_managed_payments":false,"items":[{"merchant_id":"1","name":"Saw","price":45.25,"quantity":2,"sku":"s","size":"L","color":"red","tax":0}],`+
		`"shipping_address":{"first_name":"A","last_name":"B","company_name":"C","email":"a@b.example","address1":"1","address2":"","city":"X","state":"TX","zip":"75001","phone_number":"555-0100"}}`).want(http.StatusOK)
	if changed["merchant_order_id"] != "B" || changed["externally_managed_payments"] != false {
		t.Errorf("not all taken over: %v", changed)
	}
}

func TestEveryHeaderIsChecked(t *testing.T) {
	tests := []struct {
		name    string
		change  func(*lender.Request)
		status  int
		message string
	}{
		{"no token", func(r *lender.Request) { r.Header.Del("Authorization") }, 401, `"Unauthorized"`},
		{"another scheme", func(r *lender.Request) { retoken(r, "Bearer ", "Basic ") }, 401, `"Unauthorized"`},
		{"a changed signature", func(r *lender.Request) { r.Header.Set("Authorization", r.Header.Get("Authorization")+"x") }, 401, `"Unauthorized"`},
		{"changed claims", func(r *lender.Request) { retoken(r, ".", ".e") }, 401, `"Unauthorized"`},
		{"half a token", func(r *lender.Request) { r.Header.Set("Authorization", "Bearer abc") }, 401, `"Unauthorized"`},
		{"two tokens", func(r *lender.Request) { r.Header.Add("Authorization", r.Header.Get("Authorization")) }, 401, `"Unauthorized"`},
		{"no content type", func(r *lender.Request) { r.Header.Del("Content-Type") }, 400, `"Content-Type must be application/json"`},
		{"a form", func(r *lender.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, 400, `"Content-Type must be application/json"`},
		{"a query", func(r *lender.Request) { r.RawQuery = "a=1" }, 400, `"query parameters are not accepted here"`},
		{"another method", func(r *lender.Request) { r.Method = "PUT" }, 404, `"Cannot PUT /v1/order"`},
		{"another path", func(r *lender.Request) { r.Path = "/v1/order/" }, 404, `"Cannot POST /v1/order/"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := open(t, nil)
			r := lender.Request{
				Method: "POST", Path: "/v1/order", Header: d.header.Clone(), Body: []byte(`{"company_id":"7","amount":1}`),
			}
			r.Header.Set("Content-Type", "application/json; charset=utf-8")
			tt.change(&r)
			if got := d.serve(r).refused(tt.status); got != tt.message {
				t.Errorf("message %s, want %s", got, tt.message)
			}
			if got := len(d.lender.Orders()); got != 0 {
				t.Errorf("a refused create made %d orders", got)
			}
		})
	}
	d := open(t, nil)
	if got := d.send("GET", "/v1/order/"+d.order("CREATED"), `{}`).refused(400); got != `"a body is not accepted here"` {
		t.Errorf("a read with a body is refused with %s", got)
	}
}

func retoken(r *lender.Request, old, new string) {
	r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, new, 1))
}

func TestATokenIsGoodUntilItExpires(t *testing.T) {
	d := open(t, func(s *creditkey.Settings) { s.TokenLife = 10 * time.Minute })
	login := d.send("POST", "/auth/login", `{"client_id":"cid","client_secret":"hush"}`)
	body := login.want(http.StatusOK)
	wantText(t, login.reply.Body, `{"access_token":"`+body["access_token"].(string)+`","created_at":1780477964,"expires_in":600}`)

	key := d.order("CREATED")
	d.now = opening.Add(10*time.Minute - time.Second)
	d.wantStatus(key, "CREATED")
	d.now = opening.Add(10 * time.Minute)
	d.send("GET", "/v1/order/"+key, "").refused(http.StatusUnauthorized)

	again := d.send("POST", "/auth/login", `{"client_id":"cid","client_secret":"hush"}`).want(http.StatusOK)
	d.header.Set("Authorization", "Bearer "+again["access_token"].(string))
	d.wantStatus(key, "CREATED")
}

func TestALogInNeedsBothCredentials(t *testing.T) {
	d := open(t, nil)
	for _, body := range []string{`{"client_id":"cid","client_secret":"wrong"}`, `{"client_id":"wrong","client_secret":"hush"}`} {
		if got := d.send("POST", "/auth/login", body).refused(http.StatusUnauthorized); got != `"Unauthorized"` {
			t.Errorf("%s is refused with %s", body, got)
		}
	}
	other := open(t, func(s *creditkey.Settings) { s.ClientSecret = "hush" })
	foreign := creditkey.New(creditkey.Settings{ClientID: "cid", ClientSecret: "different"})
	reply := foreign.Serve(opening, lender.Request{Method: "GET", Path: "/v1/order/x", Header: other.header})
	if reply.Status != http.StatusUnauthorized {
		t.Errorf("a token of another lender is answered with %d", reply.Status)
	}
}
