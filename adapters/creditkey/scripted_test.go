package creditkey_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// script answers every request with one reply and keeps what was sent.
type script struct {
	reply adapters.Reply
	wires []adapters.Wire
}

func (s *script) Send(_ context.Context, w adapters.Wire) (adapters.Reply, adapters.Reach, error) {
	s.wires = append(s.wires, w)
	return s.reply, adapters.Replied, nil
}

func says(status int, body string) adapters.Reply {
	return adapters.Reply{Status: status, Header: http.Header{}, Body: []byte(body)}
}

// scripted is a client with a token of its own, so that the only request is the one of the test.
func scripted(t testing.TB, reply adapters.Reply, settings ...string) (*adapters.Client, *script) {
	t.Helper()
	s := &script{reply: reply}
	values := with(append(settings, "auth_mode", "static_bearer", "client_secret", "tok-1")...)
	return newClient(t, values, "https://lender.example", s, func() time.Time { return opening }), s
}

func dollars(value string) canonical.Money { return canonical.MustMoney(value, "USD") }

// ordered is an order with the ledger given, all of it authorized.
func ordered(phase canonical.Phase, amount, captured, canceled, refunded string) canonical.Order {
	o := canonical.Order{
		ID: "ord_1", Phase: phase, Amount: dollars(amount), Customer: canonical.Customer{Reference: "40217"},
		ProviderOrder: canonical.ProviderOrder{ID: "CK-1", Reference: "INV-7-1"},
		Plan:          &canonical.Plan{Installments: 6, Interval: "month", InterestRate: "9.9"},
	}
	if phase == canonical.Open {
		o.Totals.Ledger = canonical.Ledger{
			Authorized: dollars(amount).Value, Captured: dollars(captured).Value,
			Canceled: dollars(canceled).Value, Refunded: dollars(refunded).Value,
		}
	}
	o.Refresh()
	return o
}

var (
	inCreation = canonical.Order{ID: "ord_1", Phase: canonical.Created, Amount: dollars("1849.50"), Customer: canonical.Customer{Reference: "40217"}}
	asCreated  = ordered(canonical.Created, "1849.50", "", "", "")
	asReserved = ordered(canonical.Open, "1849.50", "0", "0", "0")
	asLowered  = ordered(canonical.Open, "1849.50", "0", "249.50", "0")
	asCaptured = ordered(canonical.Open, "1600.00", "1600.00", "0", "125.25")
)

func ask(kind canonical.OperationKind, order canonical.Order, amount string) canonical.Command {
	return canonical.Command{Kind: kind, Attempt: "att_1", Order: order, Amount: dollars(amount), Reference: "INV-7-1"}
}

func text(s string) *string { return &s }

func changing(order canonical.Order, change canonical.Change) canonical.Command {
	cmd := ask(canonical.OpUpdate, order, order.Amount.Value.String())
	cmd.Change = &change
	if change.Amount != nil {
		cmd.Amount = *change.Amount
	}
	return cmd
}

func quantity(s string) canonical.Amount {
	a, err := canonical.ParseAmount(s)
	if err != nil {
		panic(err)
	}
	return a
}

var lowered = dollars("1600.00")

var asChosen = canonical.Values{"externally_managed_payments": []byte("true"), "capture_date": []byte(`"2026-07-01"`)}

func withOptions(cmd canonical.Command, options canonical.Values) canonical.Command {
	cmd.Options = options
	return cmd
}

var fullChange = canonical.Change{
	Reference: text("INV-8"), Amount: &lowered, Plan: &canonical.Plan{Installments: 12},
	Lines: []canonical.Line{
		{Name: "Drill", Quantity: quantity("2.0"), UnitAmount: quantity("700.00"), SKU: "DR-1"},
		{Name: "Cable", Quantity: quantity("2.5"), UnitAmount: quantity("66.666")},
		{Name: "Saw", Quantity: quantity("1"), UnitAmount: quantity("43.33"), Discount: &quarter},
		{Kind: canonical.LineDiscount, Name: "Loyalty", Quantity: quantity("1"), UnitAmount: quantity("9.75")},
	},
	Shipping: &canonical.Shipping{Carrier: "UPS", Address: &canonical.Address{
		Name: "Ana Maria Ortiz", Company: "Ortiz Tools", Line1: "12 Mill Rd", City: "Reno", Region: "NV", PostalCode: "89501", Country: "US", Phone: "+1 (775) 555-0100", Email: "ana@ortiz.example",
	}},
}

var quarter = quantity("0.25")

func TestEveryCommandIsWrittenAsTheLenderReadsIt(t *testing.T) {
	tests := []struct {
		name     string
		settings []string
		cmd      canonical.Command
		exchange string
		want     string
	}{
		{"a create", nil, ask(canonical.OpCreate, inCreation, "1849.50"), "create",
			`POST /v1/order {"company_id":"40217","amount":1849.50,"merchant_order_id":"INV-7-1"}`},
		{"a create with options", nil, withOptions(ask(canonical.OpCreate, inCreation, "1849.50"), asChosen), "create",
			`POST /v1/order {"company_id":"40217","amount":1849.50,"merchant_order_id":"INV-7-1","capture_date":"2026-07-01","externally_managed_payments":true}`},
		{"an authorization with its term", nil, ask(canonical.OpAuthorize, asCreated, "1849.50"), "authorize",
			`PATCH /v1/order/CK-1 {"status":"AUTHORIZED","installments":6}`},
		{"an authorization of the second generation", []string{"path_prefix", "/v2"}, ask(canonical.OpAuthorize, asCreated, "1849.50"), "authorize",
			`PATCH /v2/order/CK-1 {"status":"AUTHORIZED"}`},
		{"a change of everything", nil, changing(asCreated, fullChange), "update_amount",
			`PATCH /v1/order/CK-1 {"amount":1600.00,"merchant_order_id":"INV-7-1","installments":12,"shipping_address":{"first_name":"Ana Maria","last_name":"Ortiz",` +
				`"company_name":"Ortiz Tools","email":"ana@ortiz.example","address1":"12 Mill Rd","city":"Reno","state":"NV","zip":"89501","phone_number":"1775555-0100"},` +
				`"items":[{"name":"Drill","price":700.00,"quantity":2,"sku":"DR-1"},{"name":"Cable","price":166.67,"quantity":1},{"name":"Saw","price":43.08,"quantity":1}]}`},
		{"a change of an option alone", nil, withOptions(changing(asReserved, canonical.Change{}), canonical.Values{"externally_managed_payments": []byte("false")}), "update",
			`PATCH /v1/order/CK-1 {"externally_managed_payments":false}`},
		{"a capture", nil, ask(canonical.OpCapture, asReserved, "1849.50"), "capture",
			`PATCH /v1/order/CK-1 {"status":"CAPTURED","merchant_order_id":"INV-7-1"}`},
		{"a capture without the number", []string{"capture_sets_merchant_order_id", "false"}, ask(canonical.OpCapture, asReserved, "1849.50"), "capture",
			`PATCH /v1/order/CK-1 {"status":"CAPTURED"}`},
		{"a cancel", nil, ask(canonical.OpCancel, asReserved, "1849.50"), "cancel",
			`PATCH /v1/order/CK-1 {"status":"CANCELED"}`},
		{"a cancel of all that is left", nil, ask(canonical.OpCancel, asLowered, "1600.00"), "cancel",
			`PATCH /v1/order/CK-1 {"status":"CANCELED"}`},
		{"a cancel of a part", nil, ask(canonical.OpCancel, asLowered, "100.00"), "cancel_part",
			`PATCH /v1/order/CK-1 {"amount":1500.00}`},
		{"a refund of a part", nil, ask(canonical.OpRefund, asCaptured, "125.25"), "refund",
			`PATCH /v1/order/CK-1/refund {"amount":125.25}`},
		{"a refund of the rest, by POST", []string{"refund_method", "POST"}, ask(canonical.OpRefund, asCaptured, "1474.75"), "refund_all",
			`POST /v1/order/CK-1/refund {"amount":1474.75}`},
		{"a path without prefix", []string{"path_prefix", ""}, ask(canonical.OpCancel, asReserved, "1849.50"), "cancel",
			`PATCH /order/CK-1 {"status":"CANCELED"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, _ := scripted(t, says(200, ""), tt.settings...)
			request, err := client.Prepare(tt.cmd)
			if err != nil || request.Exchange != tt.exchange {
				t.Fatalf("%s %v, want %s", request.Exchange, err, tt.exchange)
			}
			if diff := cmp.Diff(tt.want, request.Method+" "+request.Path+" "+string(request.Body)); diff != "" {
				t.Errorf("request (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOfWhatTheLenderDoesNotKeepItIsNotAsked(t *testing.T) {
	client, _ := scripted(t, says(200, ""), "path_prefix", "/v2")
	cmd := changing(asReserved, canonical.Change{Plan: &canonical.Plan{Installments: 12}, Metadata: canonical.Metadata{"desk": "4"}})
	if _, err := client.Prepare(cmd); canonical.KindOf(err) != canonical.OperationNotAllowed {
		t.Errorf("got %v", err)
	}
}

func TestWhatTheLenderCannotDoIsRefusedBeforeAnythingIsSent(t *testing.T) {
	noPlan, noCompany := asCreated, inCreation
	noPlan.Plan, noCompany.Customer.Reference = nil, ""
	negative := changing(asCreated, canonical.Change{Lines: []canonical.Line{{Name: "Saw", Quantity: quantity("1"), UnitAmount: quantity("0.10"), Discount: &quarter}}})
	tests := []struct {
		name    string
		cmd     canonical.Command
		kind    canonical.Kind
		pointer string
	}{
		{"a create for nobody", ask(canonical.OpCreate, noCompany, "1849.50"), canonical.InvalidRequest, "/customer/reference"},
		{"an authorization without a term", ask(canonical.OpAuthorize, noPlan, "1849.50"), canonical.InvalidRequest, "/plan/installments"},
		{"a capture of a part", ask(canonical.OpCapture, asReserved, "100.00"), canonical.OperationUnsupported, ""},
		{"a cancel of a part of what is not reserved", ask(canonical.OpCancel, asCreated, "100.00"), canonical.OperationUnsupported, ""},
		{"a line below zero", negative, canonical.InvalidRequest, "/lines/0"},
		{"an authentication", ask(canonical.OpAuthenticate, asCreated, "1849.50"), canonical.OperationUnsupported, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, _ := scripted(t, says(200, ""))
			_, err := client.Prepare(tt.cmd)
			refused, is := err.(*canonical.Error)
			if !is || refused.Kind != tt.kind {
				t.Fatalf("got %v, want %s", err, tt.kind)
			}
			if tt.pointer != "" && (len(refused.Fields) != 1 || refused.Fields[0].Pointer != tt.pointer) {
				t.Errorf("fields %v, want %s", refused.Fields, tt.pointer)
			}
		})
	}
}

const reserved = `{"key":"CK-1","company_id":"40217","merchant_order_id":"INV-7-1","amount":1849.50,"status":"AUTHORIZED","installments":6,"created_at":"2026-06-03T09:12:44Z"}`

func TestEveryReplyMeansOneThing(t *testing.T) {
	create, authorize := ask(canonical.OpCreate, inCreation, "1849.50"), ask(canonical.OpAuthorize, asCreated, "1849.50")
	capture, cancel := ask(canonical.OpCapture, asReserved, "1849.50"), ask(canonical.OpCancel, asReserved, "1849.50")
	part, refund := ask(canonical.OpCancel, asReserved, "100.00"), ask(canonical.OpRefund, asCaptured, "125.25")
	update, renumber := changing(asReserved, canonical.Change{Amount: &lowered}), changing(asReserved, canonical.Change{Reference: text("INV-7")})
	tests := []struct {
		name  string
		cmd   canonical.Command
		reply adapters.Reply
		want  string // state or kind of error, and code or alarm
	}{
		{"a create with its key alone", create, says(201, `{"key":"CK-1"}`), "succeeded"},
		{"a create under another number", create, says(201, `{"key":"CK-1","status":"CREATED","merchant_order_id":"INV-9"}`), "in_doubt read back"},
		{"a create that waits for approval", create, says(201, `{"key":"CK-1","status":"PENDING","reasons":["NOT_APPROVED"]}`), "succeeded"},
		{"a create without a key", create, says(201, `{"status":"CREATED","amount":1849.50}`), "in_doubt read back"},
		{"a create of another amount", create, says(201, `{"key":"CK-1","status":"CREATED","amount":1849.51}`), "in_doubt alarm"},
		{"a create with a word nobody knows", create, says(201, `{"key":"CK-1","status":"PARKED","amount":1849.50}`), "in_doubt PARKED"},
		{"a create that is declined", create, says(422, `{"statusCode":422,"message":["NOT_APPROVED"],"error":"Unprocessable Entity"}`), "declined NOT_APPROVED"},
		{"a create that misses a field", create, says(400, `{"message":["company_id must not be empty"],"error":"Bad Request"}`), "refused"},
		{"an authorization, in lower case", authorize, says(200, strings.ToLower(reserved)), "in_doubt read back"},
		{"an authorization", authorize, says(200, strings.Replace(reserved, "AUTHORIZED", "Authorized", 1)), "succeeded"},
		{"an authorization of a quoted amount", authorize, says(200, strings.Replace(reserved, "1849.50", `"1849.5000"`, 1)), "succeeded"},
		{"an authorization of another amount", authorize, says(200, strings.Replace(reserved, "1849.50", "1849.00", 1)), "in_doubt alarm"},
		{"an authorization of a tenth of a cent", authorize, says(200, strings.Replace(reserved, "1849.50", "1849.501", 1)), "in_doubt read back"},
		{"an authorization that stays created", authorize, says(200, strings.Replace(reserved, "AUTHORIZED", "CREATED", 1)), "in_doubt read back"},
		{"an authorization that is reviewed", authorize, says(200, strings.Replace(reserved, "AUTHORIZED", "PENDING", 1)), "pending"},
		{"an authorization of another order", authorize, says(200, strings.Replace(reserved, "CK-1", "CK-2", 1)), "in_doubt read back"},
		{"an authorization with no body", authorize, says(204, ``), "in_doubt read back"},
		{"an authorization over the limit", authorize, says(422, `{"message":"Order refused: EXCEEDS_XPL_LIMIT."}`), "declined EXCEEDS_XPL_LIMIT"},
		{"an authorization that misses the term", authorize, says(422, `{"message":"installments are required"}`), "refused"},
		{"an authorization in no state for it", authorize, says(409, `{"message":"order is CANCELED"}`), "operation_not_allowed"},
		{"a capture over the limit", capture, says(422, `{"message":["COMPANY_ON_HOLD"]}`), "refused COMPANY_ON_HOLD"},
		{"a capture of less", capture, says(200, `{"key":"CK-1","amount":1800.00,"status":"CAPTURED"}`), "in_doubt alarm"},
		{"a capture that is throttled", capture, says(429, ``), "in_doubt"},
		{"a capture with a token that is not taken", capture, says(401, `{"message":"Unauthorized"}`), "provider_misconfigured"},
		{"a cancel", cancel, says(200, `{"key":"CK-1","amount":1849.50,"status":"CANCELED"}`), "succeeded"},
		{"a cancel of a part", part, says(200, strings.Replace(reserved, "1849.50", "1749.50", 1)), "succeeded"},
		{"a cancel of a part that is not done", part, says(200, reserved), "in_doubt alarm"},
		{"a cancel of another part", part, says(200, strings.Replace(reserved, "1849.50", "1700.00", 1)), "in_doubt alarm"},
		{"a cancel of a part that ends the order", part, says(200, `{"key":"CK-1","amount":1749.50,"status":"CANCELED"}`), "in_doubt read back"},
		{"a change of the amount", update, says(200, strings.Replace(reserved, "1849.50", "1600", 1)), "succeeded"},
		{"a change of the number that is not done", renumber, says(200, strings.Replace(reserved, "INV-7-1", "INV-6-1", 1)), "provider_garbled"},
		{"a change of the amount that is not done", update, says(200, reserved), "in_doubt alarm"},
		{"a refund without a body", refund, says(204, ``), "succeeded"},
		{"a refund with an empty object", refund, says(201, `{}`), "succeeded"},
		{"a refund with the order", refund, says(200, `{"key":"CK-1","amount":1600.00,"status":"CAPTURED"}`), "succeeded"},
		{"a refund with something else", refund, says(200, `<html>`), "in_doubt read back"},
		{"a refund of another order", refund, says(200, `{"key":"CK-2","amount":1600.00,"status":"CAPTURED"}`), "in_doubt alarm"},
		{"a refund of an order that is not captured", refund, says(200, `{"key":"CK-1","amount":1600.00,"status":"AUTHORIZED"}`), "in_doubt read back"},
		{"a refund of too much", refund, says(400, `{"message":"refund exceeds","error":"Bad Request"}`), "refused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, _ := scripted(t, tt.reply)
			request, err := client.Prepare(tt.cmd)
			if err != nil {
				t.Fatal(err)
			}
			outcome, err := client.Send(t.Context(), tt.cmd, request)
			if got := meaning(outcome, err); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func meaning(outcome canonical.Outcome, err error) string {
	if refused, is := err.(*canonical.Error); is {
		return strings.TrimSpace(string(refused.Kind) + " " + refused.ProviderCode)
	}
	text := string(outcome.State)
	switch {
	case outcome.ReadBack:
		text += " read back"
	case outcome.Alarm != "":
		text += " alarm"
	case outcome.Code != "":
		text += " " + outcome.Code
	}
	return text
}

func TestAnOrderIsReadAsTheLenderShowsIt(t *testing.T) {
	amount, nothing := dollars("1849.50"), canonical.Amount{}
	createdAt, deadline := opening, opening.AddDate(0, 0, 45)
	tests := []struct {
		name, body string
		want       canonical.Sighting
	}{
		{"authorized", reserved, canonical.Sighting{
			ID: "CK-1", Reference: "INV-7-1", Word: "AUTHORIZED", Phase: canonical.Open, Amount: &amount, Net: &amount.Value, Captured: &nothing,
			CreatedAt: &createdAt, Deadlines: canonical.Deadlines{AuthorizationExpiresAt: &deadline}}},
		{"captured", `{"key":"CK-1","amount":1849.5,"status":"CAPTURED","installments":12,"capture_date":"2026-06-05","externally_managed_payments":true}`, canonical.Sighting{
			ID: "CK-1", Word: "CAPTURED", Phase: canonical.Open, Amount: &amount, Net: &amount.Value, Captured: &amount.Value,
			Plan:    &canonical.Plan{Installments: 12, Interval: "month"},
			Details: canonical.Values{"capture_date": []byte(`"2026-06-05"`), "externally_managed_payments": []byte(`true`)}}},
		{"returned", `{"key":"CK-1","amount":1849.50,"status":"returned","installments":null,"capture_date":null}`, canonical.Sighting{
			ID: "CK-1", Word: "returned", Phase: canonical.Open, Amount: &amount, Net: &amount.Value, Captured: &amount.Value, Refunded: &amount.Value}},
		{"waiting for approval", `{"key":"CK-1","status":"PENDING","reasons":["ADDRESS_MISMATCH"]}`, canonical.Sighting{
			ID: "CK-1", Word: "PENDING", Phase: canonical.Pending, WaitingFor: canonical.ForLender, Details: canonical.Values{"reasons": []byte(`["ADDRESS_MISMATCH"]`)}}},
		{"canceled", `{"key":"CK-1","amount":1849.50,"status":"CANCELED","created_at":"2026-06-03T09:12:44Z"}`, canonical.Sighting{
			ID: "CK-1", Word: "CANCELED", Phase: canonical.Ended, EndedBy: canonical.ByCancel, Amount: &amount, CreatedAt: &createdAt}},
		{"a word nobody knows", `{"key":"CK-1","amount":1849.50,"status":"PARKED"}`, canonical.Sighting{ID: "CK-1", Word: "PARKED", Unknown: true, Amount: &amount}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, _ := scripted(t, says(200, tt.body), "authorization_days", "45")
			report, err := client.Read(t.Context(), canonical.Query{Read: "sync", Order: asCreated})
			if err != nil || report.Finding != canonical.Found {
				t.Fatalf("%s %v", report.Finding, err)
			}
			if diff := cmp.Diff(&tt.want, report.Sighting); diff != "" {
				t.Errorf("sighting (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAReadThatShowsNoOrderSaysSo(t *testing.T) {
	tests := []struct {
		name  string
		reply adapters.Reply
		want  string
	}{
		{"no such order", says(404, `{"message":"Order not found"}`), "absent"},
		{"no status", says(200, `{"key":"CK-1","amount":1849.50}`), "provider_garbled"},
		{"captured of nothing said", says(200, `{"key":"CK-1","status":"CAPTURED"}`), "provider_garbled"},
		{"another order", says(200, strings.Replace(reserved, "CK-1", "CK-2", 1)), "provider_garbled"},
		{"a token that is not taken", says(403, ``), "provider_misconfigured"},
		{"the lender is down", says(503, ``), "provider_unavailable"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, _ := scripted(t, tt.reply)
			report, err := client.Read(t.Context(), canonical.Query{Read: "sync", Order: asCreated})
			got := string(report.Finding)
			if err != nil {
				got = string(canonical.KindOf(err))
			}
			if got != tt.want {
				t.Errorf("%s %v, want %s", got, err, tt.want)
			}
		})
	}
}
