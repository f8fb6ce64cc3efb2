package ecster_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters/sandbox/ecster"
)

func refundBody(amount int64, debit string) string {
	return fmt.Sprintf(`{"amount":%d,"debitTransaction":%q,"message":"sorry"}`, amount, debit)
}

func swishOrder(t *testing.T, l *ecster.Lender) (id, debit string) {
	t.Helper()
	id = orderOf(t, l, 10000, "complete_swish")
	return id, firstDebit(t, l, id)
}

func TestSwishRefundsTakeTime(t *testing.T) {
	tests := []struct {
		name, act string
		then      string
		ledger    string
	}{
		{"the next look finds it done", "", "SUCCESS", "refund 30.00"},
		{"it ends before the look", "finish_refund", "SUCCESS", "refund 30.00"},
		{"it fails", "fail_refund", "FAILED", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLender()
			id, debit := swishOrder(t, l)
			if got := mustSend(t, l, "/v1/orders/"+id+"/refunds", refundBody(3000, debit))["status"]; got != "ONGOING" {
				t.Fatalf("at first %v", got)
			}
			if moved := slices.Contains(ledger(l), "refund 30.00"); moved {
				t.Error("money moved while the refund is ongoing")
			}
			if tt.act != "" {
				act(t, l, id, tt.act, "")
			}
			for range 2 {
				if _, said := send(t, l, "GET", "/v1/orders/"+id+"/refunds/latest/status", ""); said["status"] != tt.then {
					t.Errorf("then %v, want %s", said, tt.then)
				}
			}
			want := []string{"authorize 100.00 ref-1", "capture 100.00"}
			if tt.ledger != "" {
				want = append(want, tt.ledger)
			}
			if diff := cmp.Diff(want, ledger(l)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSwishRefundsAreChecked(t *testing.T) {
	tests := []struct {
		name string
		path string
		body func(debit string) string
		want string
	}{
		{"no amount", "refunds", func(d string) string { return fmt.Sprintf(`{"debitTransaction":%q}`, d) }, "400 4003"},
		{"an amount of nothing", "refunds", func(d string) string { return refundBody(0, d) }, "400 4003"},
		{"an unknown debit", "refunds", func(string) string { return refundBody(100, "x") }, "400 4003"},
		{"above the debit", "refunds", func(d string) string { return refundBody(10001, d) }, "400 4003"},
		{"an unknown field", "refunds", func(d string) string { return `{"amount":1,"debitTransaction":"` + d + `","rows":[]}` }, "400 4003"},
		{"a credit instead", "transactions", func(d string) string { return movementBody("CREDIT", 100, `,"debitTransaction":"`+d+`"`) }, "422 4424"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLender()
			id, debit := swishOrder(t, l)
			expectRefusal(t, l, "/v1/orders/"+id+"/"+tt.path, tt.body(debit), tt.want)
			if _, said := send(t, l, "GET", "/v1/orders/"+id, ""); said["creditedAmount"] != json.Number("0") {
				t.Errorf("credited %v", said["creditedAmount"])
			}
		})
	}
}

func TestOneSwishRefundAtATime(t *testing.T) {
	l := newLender()
	id, debit := swishOrder(t, l)
	mustSend(t, l, "/v1/orders/"+id+"/refunds", refundBody(3000, debit))
	expectRefusal(t, l, "/v1/orders/"+id+"/refunds", refundBody(3000, debit), "422 4424")
	act(t, l, id, "finish_refund", "")
	mustSend(t, l, "/v1/orders/"+id+"/refunds", refundBody(7000, debit))
	act(t, l, id, "finish_refund", "")
	expectRefusal(t, l, "/v1/orders/"+id+"/refunds", refundBody(1, debit), "400 4003")
}

func TestInvoicesAreNotRefundedAsSwish(t *testing.T) {
	l := newLender()
	id := orderOf(t, l, 10000, "complete")
	act(t, l, id, "debit", "")
	expectRefusal(t, l, "/v1/orders/"+id+"/refunds", refundBody(100, firstDebit(t, l, id)), "422 4424")
}

func TestStaffCreditsTheOldestDebitFirst(t *testing.T) {
	l := newLender()
	id := orderOf(t, l, 10000, "complete")
	act(t, l, id, "debit", "40.00")
	act(t, l, id, "debit", "")
	act(t, l, id, "credit", "55.00")
	want := []string{"authorize 100.00 ref-1", "capture 40.00", "capture 60.00", "refund 40.00", "refund 15.00"}
	if diff := cmp.Diff(want, ledger(l)); diff != "" {
		t.Error(diff)
	}
}

func TestNotificationsSayWhatHappened(t *testing.T) {
	l := newLender()
	id, debit := swishOrder(t, l)
	act(t, l, id, "credit", "10.00")
	act(t, l, id, "finish_refund", "")
	type said struct{ OrderID, OrderReference, Status, Time, Event, TransactionID string }
	var got []said
	for _, n := range l.Notices(noon) {
		if n.URL != "https://shop.example/oen/x1" || n.Header.Get("X-Shop-Token") != "agreed" || n.Header.Get("Content-Type") != "application/json" {
			t.Errorf("sent to %s with %v", n.URL, n.Header)
		}
		var one said
		if err := json.Unmarshal(n.Body, &one); err != nil {
			t.Fatal(err)
		}
		if one.Event == "CREDIT" {
			one.TransactionID = "of the credit"
		}
		got = append(got, one)
	}
	at := "2026-03-04T12:00:00Z"
	want := []said{
		{id, "ref-1", "PENDING_PAYMENT", at, "CREATED", ""},
		{id, "ref-1", "FULLY_DELIVERED", at, "FULL_DEBIT", debit},
		{id, "ref-1", "FULLY_DELIVERED", at, "CREDIT", "of the credit"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if again := l.Notices(noon); again != nil {
		t.Errorf("%d notifications were handed over twice", len(again))
	}
}

func TestWithoutAnAddressNobodyIsNotified(t *testing.T) {
	l := newLender()
	body := fmt.Sprintf(cartBody, 10000, 5000)
	mustSend(t, l, "/v1/carts", body[:len(body)-len(`,"notificationUrl":"https://shop.example/oen/x1"}`)]+"}")
	act(t, l, "ref-1", "complete", "")
	if got := l.Notices(noon); got != nil {
		t.Errorf("%d notifications", len(got))
	}
}

func TestOperationNamesTheRequest(t *testing.T) {
	tests := []struct{ name, method, path, body, operation, amount string }{
		{"a cart", "POST", "/v1/carts", cartOf(10025), "create", "100.25"},
		{"a debit", "POST", "/v1/orders/x/transactions", movementBody("DEBIT", 4000, ""), "capture", "40.00"},
		{"a credit", "POST", "/v1/orders/x/transactions", movementBody("CREDIT", 5, ""), "refund", "0.05"},
		{"an annul", "POST", "/v1/orders/x/transactions", `{"type":"ANNUL"}`, "cancel", ""},
		{"a Swish refund", "POST", "/v1/orders/x/refunds", refundBody(100, "d"), "refund", "1.00"},
		{"a change of reference", "PUT", "/v1/orders/x/orderReference", `{"orderReference":"r"}`, "update", ""},
		{"a look", "GET", "/v1/orders/x", "", "read", ""},
		{"a search", "GET", "/v1/orders/?orderReference=r", "", "read", ""},
		{"a look at a refund", "GET", "/v1/orders/x/refunds/latest/status", "", "read", ""},
		{"an unreadable cart", "POST", "/v1/carts", "{", "create", ""},
		{"an unreadable transaction", "POST", "/v1/orders/x/transactions", "{", "", ""},
		{"anything else", "GET", "/v1/x", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			operation, amount := newLender().Operation(request(tt.method, tt.path, tt.body))
			if operation != tt.operation || amount != tt.amount {
				t.Errorf("%q %q", operation, amount)
			}
		})
	}
}

func TestRepeatedCartsAreSeveralCarts(t *testing.T) {
	l := newLender()
	first := mustSend(t, l, "/v1/carts", cartOf(10000))
	second := mustSend(t, l, "/v1/carts", cartOf(10000))
	if cmp.Equal(first, second) {
		t.Error("both have the same key")
	}
	if status, _ := send(t, l, "GET", "/v1/orders/?orderReference=ref-1", ""); status != http.StatusOK || len(l.Book().Effects()) != 0 {
		t.Errorf("status %d, %d effects", status, len(l.Book().Effects()))
	}
}
