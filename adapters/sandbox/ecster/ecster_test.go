package ecster_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters/sandbox/ecster"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func newLender() *ecster.Lender {
	return ecster.New(ecster.Settings{
		APIKey: "key-1", MerchantKey: "20011", MerchantID: "60417733",
		NoticeName: "X-Shop-Token", NoticeValue: "agreed", Seed: "test",
	})
}

func request(method, path, body string) lender.Request {
	path, query, _ := strings.Cut(path, "?")
	header := http.Header{}
	header.Set("x-api-key", "key-1")
	header.Set("x-merchant-key", "20011")
	header.Set("Content-Type", "application/json")
	return lender.Request{Method: method, Path: path, RawQuery: query, Header: header, Body: []byte(body)}
}

func send(t *testing.T, l *ecster.Lender, method, path, body string) (int, map[string]any) {
	t.Helper()
	reply := l.Serve(noon, request(method, path, body))
	var read map[string]any
	if len(reply.Body) > 0 && reply.Body[0] == '{' {
		decoder := json.NewDecoder(strings.NewReader(string(reply.Body)))
		decoder.UseNumber()
		if err := decoder.Decode(&read); err != nil {
			t.Fatalf("reply %s: %v", reply.Body, err)
		}
	}
	return reply.Status, read
}

func mustSend(t *testing.T, l *ecster.Lender, path, body string) map[string]any {
	t.Helper()
	status, read := send(t, l, "POST", path, body)
	if status != http.StatusCreated {
		t.Fatalf("POST %s: %d %v", path, status, read)
	}
	return read
}

func act(t *testing.T, l *ecster.Lender, order, do, amount string) {
	t.Helper()
	if err := l.Act(noon, lender.Act{Order: order, Do: do, Amount: amount}); err != nil {
		t.Fatalf("%s: %v", do, err)
	}
}

const cartBody = `{"locale":{"language":"sv","country":"SE"},"countryCode":"SE",
 "parameters":{"shopTermsUrl":"https://shop.example/terms","returnUrl":"https://shop.example/back","purchaseType":{"type":"B2C"}},
 "cart":{"amount":%d,"currency":"SEK","rows":[{"name":"Kettle","quantity":2.0,"unitAmount":%d,"vatRate":2500,"discountAmount":0}]},
 "orderReference":"ref-1","notificationUrl":"https://shop.example/oen/x1"}`

func cartOf(amount int64) string { return fmt.Sprintf(cartBody, amount, amount/2) }

func movementBody(kind string, amount int64, more string) string {
	return fmt.Sprintf(`{"type":%q,"amount":%d,"transactionReference":"move-1",`+
		`"rows":[{"name":"Kettle","quantity":1.0,"unitAmount":%d,"vatRate":2500,"provided":false}]%s}`, kind, amount, amount, more)
}

// orderOf opens a cart and has the customer do something with it; it returns the order's id.
func orderOf(t *testing.T, l *ecster.Lender, amount int64, do string) string {
	t.Helper()
	mustSend(t, l, "/v1/carts", cartOf(amount))
	act(t, l, "ref-1", do, "")
	orders := l.Orders()
	return orders[len(orders)-1].ID
}

func status(l *ecster.Lender) string { return l.Orders()[len(l.Orders())-1].Status }

// ledger writes the book as one line per movement.
func ledger(l *ecster.Lender) []string {
	var lines []string
	for _, e := range l.Book().Effects() {
		lines = append(lines, strings.TrimSpace(e.Kind+" "+e.Amount.StringFixed(2)+" "+e.Reference))
	}
	return lines
}

func TestCustomersTurnACartIntoAnOrder(t *testing.T) {
	reserved := []string{"authorize 100.00 ref-1"}
	tests := []struct {
		name   string
		acts   []string
		amount int64
		status string
		ledger []string
	}{
		{"an invoice is reserved", []string{"complete"}, 10000, "READY", reserved},
		{"an invoice fee raises the amount", []string{"complete_with_fee"}, 10000, "READY", []string{"authorize 129.00 ref-1"}},
		{"a part payment is reserved", []string{"complete_part_payment"}, 10000, "READY", reserved},
		{"a card is reserved", []string{"complete_card"}, 10000, "READY", reserved},
		{"Swish is charged at once", []string{"complete_swish"}, 10000, "FULLY_DELIVERED", []string{"authorize 100.00 ref-1", "capture 100.00"}},
		{"a payment is awaited", []string{"await_payment"}, 10000, "PENDING_PAYMENT", nil},
		{"an awaited payment comes", []string{"await_payment", "pay"}, 10000, "READY", reserved},
		{"a decision is awaited", []string{"await_decision"}, 10000, "PENDING_DECISION", nil},
		{"an awaited decision is good", []string{"await_decision", "approve"}, 10000, "READY", reserved},
		{"a signature is awaited", []string{"await_signature"}, 10000, "PENDING_SIGNATURE", nil},
		{"an awaited signature comes", []string{"await_signature", "sign"}, 10000, "READY", reserved},
		{"Ecster is busy", []string{"await_processing"}, 10000, "PENDING_PROCESSING", nil},
		{"a person looks and agrees", []string{"await_staff", "complete"}, 10000, "READY", reserved},
		{"a person looks", []string{"await_staff"}, 10000, "MANUAL_PROCESSING", nil},
		{"a person suspects fraud", []string{"await_staff", "block"}, 10000, "BLOCKED", nil},
		{"a payment fails", []string{"await_payment", "fail"}, 10000, "FAILED", nil},
		{"the credit is refused", []string{"deny"}, 10000, "DENIED", nil},
		{"the credit is refused later", []string{"await_decision", "deny"}, 10000, "DENIED", nil},
		{"the customer leaves", []string{"leave"}, 10000, "ABORTED", nil},
		{"the customer leaves before signing", []string{"await_signature", "leave"}, 10000, "ABORTED", nil},
		{"a cart is forgotten", []string{"expire"}, 10000, "CART_EXPIRED", nil},
		{"a pending order is forgotten", []string{"await_payment", "expire"}, 10000, "EXPIRED", nil},
		{"a reservation lapses", []string{"complete", "expire"}, 10000, "EXPIRED", append(reserved, "cancel 100.00")},
		{"an amount ending in .13 is refused", []string{"complete"}, 10013, "DENIED", nil},
		{"an amount ending in .13 is refused at the end", []string{"await_signature", "sign"}, 10013, "DENIED", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLender()
			body := strings.Replace(cartOf(tt.amount), `"quantity":2.0`, `"quantity":1`, 1)
			body = strings.Replace(body, fmt.Sprintf(`"unitAmount":%d`, tt.amount/2), fmt.Sprintf(`"unitAmount":%d`, tt.amount), 1)
			mustSend(t, l, "/v1/carts", body)
			for _, do := range tt.acts {
				act(t, l, "ref-1", do, "")
			}
			if got := status(l); got != tt.status {
				t.Errorf("status %s, want %s", got, tt.status)
			}
			if diff := cmp.Diff(tt.ledger, ledger(l)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMoneyMovesAsTransactionsSay(t *testing.T) {
	tests := []struct {
		name   string
		bodies []string // $D1 and $D2 stand for the first and second debit
		status string
		ledger []string
	}{
		{"the whole amount is debited", []string{movementBody("DEBIT", 10000, "")}, "FULLY_DELIVERED", []string{"capture 100.00 move-1"}},
		{"a part is debited", []string{movementBody("DEBIT", 4000, "")}, "PARTIALLY_DELIVERED", []string{"capture 40.00 move-1"}},
		{"the rest is debited", []string{movementBody("DEBIT", 4000, ""), movementBody("DEBIT", 6000, "")}, "FULLY_DELIVERED",
			[]string{"capture 40.00 move-1", "capture 60.00 move-1"}},
		{"a closing debit lets the rest go", []string{movementBody("DEBIT", 4000, `,"closeDebit":true`)}, "FULLY_DELIVERED",
			[]string{"capture 40.00 move-1", "cancel 60.00 move-1"}},
		{"a credit leaves the status", []string{movementBody("DEBIT", 4000, ""), movementBody("CREDIT", 1500, `,"debitTransaction":"$D1"`)},
			"PARTIALLY_DELIVERED", []string{"capture 40.00 move-1", "refund 15.00 move-1"}},
		{"a closed order takes credits", []string{movementBody("DEBIT", 4000, `,"closeDebit":true`), movementBody("CREDIT", 4000, `,"debitTransaction":"$D1"`)},
			"FULLY_DELIVERED", []string{"capture 40.00 move-1", "cancel 60.00 move-1", "refund 40.00 move-1"}},
		{"a credit may close the debiting", []string{movementBody("DEBIT", 4000, ""), movementBody("CREDIT", 1000, `,"debitTransaction":"$D1","closeDebit":true`)},
			"FULLY_DELIVERED", []string{"capture 40.00 move-1", "refund 10.00 move-1", "cancel 60.00 move-1"}},
		{"each debit is credited by itself", []string{movementBody("DEBIT", 4000, ""), movementBody("DEBIT", 6000, ""),
			movementBody("CREDIT", 6000, `,"debitTransaction":"$D2"`)}, "FULLY_DELIVERED",
			[]string{"capture 40.00 move-1", "capture 60.00 move-1", "refund 60.00 move-1"}},
		{"an annul releases all", []string{`{"type":"ANNUL","transactionReference":"void-1"}`}, "ANNULLED", []string{"cancel 100.00 void-1"}},
		{"an annul in the guide's spelling", []string{movementBody("ANNULL", 10000, "")}, "ANNULLED", []string{"cancel 100.00 move-1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLender()
			id := orderOf(t, l, 10000, "complete")
			debits := []string{"", ""}
			for i, body := range tt.bodies {
				body = strings.NewReplacer("$D1", debits[0], "$D2", debits[1]).Replace(body)
				reply := mustSend(t, l, "/v1/orders/"+id+"/transactions", body)
				if i < 2 {
					debits[i], _ = reply["transaction"].(map[string]any)["id"].(string)
				}
			}
			if got := status(l); got != tt.status {
				t.Errorf("status %s, want %s", got, tt.status)
			}
			if diff := cmp.Diff(append([]string{"authorize 100.00 ref-1"}, tt.ledger...), ledger(l)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTransactionsAreEchoed(t *testing.T) {
	l := newLender()
	id := orderOf(t, l, 10000, "complete")
	reply := mustSend(t, l, "/v1/orders/"+id+"/transactions", movementBody("DEBIT", 4000, `,"message":"Parcel 1"`))
	debit := reply["transaction"].(map[string]any)
	debitID, _ := debit["id"].(string)
	if len(debitID) != 20 {
		t.Errorf("id %q has not 20 characters", debitID)
	}
	want := map[string]any{
		"id": debitID, "transactionReference": "move-1", "type": "DEBIT", "created": "2026-03-04T13:00:00+01:00",
		"amount": json.Number("4000"), "message": "Parcel 1", "merchantId": "60417733",
		"rows": []any{map[string]any{
			"name": "Kettle", "quantity": json.Number("1"), "unitAmount": json.Number("4000"), "vatRate": json.Number("2500"),
			"partNumber": "", "description": "", "unit": "", "discountAmount": json.Number("0"), "serials": []any{}, "fee": false,
		}},
	}
	if diff := cmp.Diff(want, debit); diff != "" {
		t.Error(diff)
	}
	_, read := send(t, l, "GET", "/v1/orders/"+id, "")
	listed := read["transactions"].([]any)
	if diff := cmp.Diff(want, listed[1]); diff != "" {
		t.Error("in the order:", diff)
	}
	if got := listed[0].(map[string]any)["type"]; got != "ORIGINAL" {
		t.Errorf("the first transaction is %v", got)
	}
}

func TestAnAnnulLeavesATransactionOfNothing(t *testing.T) {
	l := newLender()
	id := orderOf(t, l, 10000, "complete")
	reply := mustSend(t, l, "/v1/orders/"+id+"/transactions", movementBody("ANNULL", 10000, ""))
	annul := reply["transaction"].(map[string]any)
	if annul["type"] != "ANNUL" || annul["amount"] != json.Number("0") || reply["orderStatus"] != "ANNULLED" {
		t.Errorf("got %v", reply)
	}
}

func TestAnOrderShowsWhatHappened(t *testing.T) {
	l := newLender()
	id := orderOf(t, l, 10000, "complete_with_fee")
	act(t, l, id, "debit", "40.00")
	act(t, l, id, "credit", "15")
	_, read := send(t, l, "GET", "/v1/orders/"+id, "")
	delete(read, "transactions")
	delete(read, "consumer")
	want := map[string]any{
		"id": id, "merchantId": "60417733", "status": "PARTIALLY_DELIVERED", "created": "2026-03-04T13:00:00+01:00",
		"properties": map[string]any{"method": "INVOICE", "submethod": "INVOICE_SE_1", "invoiceFee": json.Number("2900"), "dueDays": json.Number("14")},
		"amount":     json.Number("12900"), "currency": "SEK", "debitedAmount": json.Number("4000"), "creditedAmount": json.Number("1500"),
		"orderReference": "ref-1", "tags": []any{}, "localizedInfo": []any{},
	}
	if diff := cmp.Diff(want, read); diff != "" {
		t.Error(diff)
	}
}

func TestTheReferenceCanBeChanged(t *testing.T) {
	l := newLender()
	id := orderOf(t, l, 10000, "complete")
	if got, _ := send(t, l, "PUT", "/v1/orders/"+id+"/orderReference", `{"orderReference":"ref-2"}`); got != http.StatusNoContent {
		t.Fatalf("status %d", got)
	}
	if got := l.Orders()[0].Reference; got != "ref-2" {
		t.Errorf("reference %q", got)
	}
}

func TestSearch(t *testing.T) {
	tests := []struct {
		name, query string
		found       int
	}{
		{"everything", "", 2},
		{"by reference", "?orderReference=ref-1", 2},
		{"by another reference", "?orderReference=ref-9", 0},
		{"by status", "?status=READY", 1},
		{"by method", "?paymentMethod=SWISH", 1},
		{"by merchant", "?merchantId=60417733", 2},
		{"by another merchant", "?merchantId=1", 0},
		{"by person", "?nationalId=SE850617-2396&status=READY", 1},
		{"after the orders", "?from=2026-03-04T12:00:01Z", 0},
		{"around the orders", "?from=2026-03-04T12:00:00Z&to=2026-03-04T13:00:00%2B01:00", 2},
	}
	l := newLender()
	orderOf(t, l, 10000, "complete")
	orderOf(t, l, 20000, "complete_swish")
	mustSend(t, l, "/v1/carts", cartOf(30000))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			reply := l.Serve(noon, request("GET", "/v1/orders/"+tt.query, ""))
			var found []map[string]any
			if err := json.Unmarshal(reply.Body, &found); err != nil {
				t.Fatalf("%s: %v", reply.Body, err)
			}
			if len(found) != tt.found {
				t.Errorf("found %d, want %d", len(found), tt.found)
			}
		})
	}
}
