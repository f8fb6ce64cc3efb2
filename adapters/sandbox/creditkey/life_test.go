package creditkey_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lendgate/lendgate/adapters/sandbox/creditkey"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

func TestAnOrderLooksAsTheContractShowsIt(t *testing.T) {
	d := open(t, func(s *creditkey.Settings) { s.TokenLife = 72 * time.Hour })
	reply := d.send("POST", "/v1/order", `{"company_id":"40217","amount":1849.5,"merchant_order_id":"GW-731"}`)
	key := reply.want(http.StatusCreated)["key"].(string)
	if !strings.HasPrefix(key, "CK-") {
		t.Errorf("key %q does not begin with CK-", key)
	}
	wantText(t, reply.reply.Body, `{"key":"`+key+`","company_id":40217,"merchant_order_id":"GW-731","amount":1849.50,`+
		`"status":"CREATED","installments":null,"created_at":"2026-06-03T09:12:44Z","capture_date":null,"externally_managed_payments":false}`)

	d.patch(key, `{"installments":6,"status":"AUTHORIZED"}`).want(http.StatusOK)
	d.now = opening.Add(48 * time.Hour)
	reply = d.patch(key, `{"status":"CAPTURED"}`)
	wantText(t, reply.reply.Body, `{"key":"`+key+`","company_id":40217,"merchant_order_id":"GW-731","amount":1849.50,`+
		`"status":"CAPTURED","installments":6,"created_at":"2026-06-03T09:12:44Z","capture_date":"2026-06-05","externally_managed_payments":false}`)
	if got := d.send("GET", "/v1/order/"+key, ""); string(got.reply.Body) != string(reply.reply.Body) {
		t.Errorf("read %s after the capture answered %s", got.reply.Body, reply.reply.Body)
	}
	if got := d.send("GET", "/v1/order/CK-UNKNOWN", "").refused(http.StatusNotFound); got != `"Order not found"` {
		t.Errorf("an unknown order is refused with %s", got)
	}
}

func wantText(t *testing.T, got []byte, want string) {
	t.Helper()
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

func TestStatusMayChangeOnlyAsTheContractDraws(t *testing.T) {
	allowed := map[string]string{
		"CREATED":    "AUTHORIZED CANCELED",
		"AUTHORIZED": "CAPTURED CANCELED",
		"CAPTURED":   "RETURNED",
		"CANCELED":   "",
		"RETURNED":   "",
	}
	statuses := []string{"CREATED", "AUTHORIZED", "CAPTURED", "CANCELED", "RETURNED"}
	for _, from := range statuses {
		for _, to := range statuses {
			t.Run(from+" to "+to, func(t *testing.T) {
				d := open(t, nil)
				key := d.order(from)
				if from == "CREATED" {
					d.patch(key, `{"installments":6}`).want(http.StatusOK)
				}
				before := len(d.lender.Book().Of(key))
				reply := d.patch(key, `{"status":"`+to+`"}`)
				if strings.Contains(allowed[from], to) {
					reply.want(http.StatusOK)
					d.wantStatus(key, to)
					return
				}
				reply.refused(http.StatusUnprocessableEntity)
				d.wantStatus(key, from)
				if after := len(d.lender.Book().Of(key)); after != before {
					t.Errorf("a refused change made %d entries", after-before)
				}
			})
		}
	}
}

func TestTheBookHasEveryMovementOnce(t *testing.T) {
	tests := []struct {
		name  string
		steps []string
		want  []string
	}{
		{"creating moves nothing", nil, nil},
		{"canceling what is not reserved moves nothing", []string{`{"status":"CANCELED"}`}, nil},
		{"authorizing reserves the amount of the moment",
			[]string{`{"amount":2000.00}`, `{"installments":6,"status":"AUTHORIZED"}`}, []string{"authorize 2000.00"}},
		{"lowering a reserved amount releases the difference and canceling the rest",
			[]string{`{"installments":6,"status":"AUTHORIZED"}`, `{"amount":1600}`, `{"status":"CANCELED"}`},
			[]string{"authorize 1849.50", "cancel 249.50", "cancel 1600.00"}},
		{"amount and capture may come together",
			[]string{`{"installments":6}`, `{"status":"AUTHORIZED"}`, `{"amount":1600.00,"status":"CAPTURED"}`},
			[]string{"authorize 1849.50", "cancel 249.50", "capture 1600.00"}},
		{"a full return gives back what was captured",
			[]string{`{"installments":6,"status":"AUTHORIZED"}`, `{"status":"CAPTURED"}`, `{"status":"RETURNED"}`},
			[]string{"authorize 1849.50", "capture 1849.50", "refund 1849.50"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := open(t, nil)
			key := d.order("CREATED")
			for _, step := range tt.steps {
				d.patch(key, step).want(http.StatusOK)
			}
			d.wantBook(key, tt.want...)
		})
	}
}

func TestUpdatesTheLenderRefuses(t *testing.T) {
	tests := []struct {
		name, from, body, message string
	}{
		{"authorizing without installments", "CREATED", `{"status":"AUTHORIZED"}`, `"installments are required before the order can be AUTHORIZED"`},
		{"a credit line that does not cover it", "CREATED", `{"amount":500.13,"installments":6,"status":"AUTHORIZED"}`, `["EXCEEDS_AVAILABLE_CREDIT"]`},
		{"raising a reserved amount", "AUTHORIZED", `{"amount":1849.51}`, `["EXCEEDS_AVAILABLE_CREDIT"]`},
		{"another term after the authorization", "AUTHORIZED", `{"installments":12}`, `"installments can not change once the order is AUTHORIZED"`},
		{"another amount after the capture", "CAPTURED", `{"amount":100.00}`, `"order is CAPTURED and can not be changed any more"`},
		{"another number after the capture", "CAPTURED", `{"merchant_order_id":"B"}`, `"order is CAPTURED and can not be changed any more"`},
		{"an edit along with the return", "CAPTURED", `{"merchant_order_id":"B","status":"RETURNED"}`, `"order is CAPTURED and can not be changed any more"`},
		{"an edit after the end", "CANCELED", `{"amount":100.00}`, `"order is CANCELED and can not be changed any more"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := open(t, nil)
			key := d.order(tt.from)
			before := d.send("GET", "/v1/order/"+key, "").reply
			if got := d.patch(key, tt.body).refused(http.StatusUnprocessableEntity); got != tt.message {
				t.Errorf("message %s, want %s", got, tt.message)
			}
			wantText(t, d.send("GET", "/v1/order/"+key, "").reply.Body, string(before.Body))
		})
	}
}

func TestACaptureNeedsTheMerchantsNumber(t *testing.T) {
	d := open(t, nil)
	key := d.send("POST", "/v1/order", `{"company_id":"7","amount":10}`).want(http.StatusCreated)["key"].(string)
	d.patch(key, `{"installments":3,"status":"AUTHORIZED"}`).want(http.StatusOK)
	if got := d.patch(key, `{"status":"CAPTURED"}`).refused(http.StatusUnprocessableEntity); got != `"merchant order id is required"` {
		t.Errorf("message %s", got)
	}
	d.patch(key, `{"status":"CAPTURED","merchant_order_id":"late"}`).want(http.StatusOK)
	d.wantBook(key, "authorize 10.00", "capture 10.00")
}

func TestRefundsAddUpToTheCapture(t *testing.T) {
	d := open(t, nil)
	key := d.order("CAPTURED")
	if got := d.refund(key, `{"amount":125.25}`).want(http.StatusOK)["status"]; got != "CAPTURED" {
		t.Errorf("after a part the status is %v", got)
	}
	if got := d.refund(key, `{"amount":1724.26}`).refused(http.StatusUnprocessableEntity); got != `"refund exceeds the 1724.25 that are left"` {
		t.Errorf("message %s", got)
	}
	d.refund(key, `{"amount":1724.25,"date":"2026-06-01"}`).want(http.StatusOK)
	d.wantStatus(key, "RETURNED")
	d.refund(key, `{"amount":0.01}`).refused(http.StatusUnprocessableEntity)
	d.wantBook(key, "authorize 1849.50", "capture 1849.50", "refund 125.25", "refund 1724.25")

	for _, early := range []string{"CREATED", "AUTHORIZED", "CANCELED"} {
		key := d.order(early)
		d.refund(key, `{"amount":1}`).refused(http.StatusUnprocessableEntity)
	}
}

func TestARefundIsReachedByOneMethodOnly(t *testing.T) {
	tests := []struct {
		name, setting, right, wrong string
		status                      int
	}{
		{"PATCH unless told otherwise", "", "PATCH", "POST", http.StatusOK},
		{"POST where settings say so", "POST", "POST", "PATCH", http.StatusCreated},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := open(t, func(s *creditkey.Settings) { s.RefundMethod = tt.setting })
			path := "/v1/order/" + d.order("CAPTURED") + "/refund"
			d.send(tt.wrong, path, `{"amount":1.00}`).refused(http.StatusNotFound)
			d.send(tt.right, path, `{"amount":1.00}`).want(tt.status)
		})
	}
}

func TestTheLenderCancelsWhatIsNotCapturedInTime(t *testing.T) {
	d := open(t, func(s *creditkey.Settings) { s.TokenLife = 100 * 24 * time.Hour })
	reserved, kept := d.order("AUTHORIZED"), d.order("CAPTURED")
	d.now = opening.Add(24 * time.Hour)
	younger := d.order("CREATED")
	d.lender.Notices(d.now)

	due := opening.Add(30 * 24 * time.Hour)
	d.now = due.Add(-time.Second)
	d.wantStatus(reserved, "AUTHORIZED")
	d.now = due.Add(time.Hour)
	d.wantStatus(reserved, "CANCELED")
	d.wantStatus(kept, "CAPTURED")
	d.wantStatus(younger, "CREATED")
	d.wantBook(reserved, "authorize 1849.50", "cancel 1849.50")
	if at := d.lender.Book().Of(reserved)[1].At; !at.Equal(due) {
		t.Errorf("canceled at %s, want %s", at, due)
	}
	d.patch(reserved, `{"status":"CAPTURED"}`).refused(http.StatusUnprocessableEntity)
	if got := d.lender.Notices(d.now); len(got) != 1 {
		t.Errorf("%d notices of the lapse, want 1", len(got))
	}
	d.now = due.Add(24 * time.Hour)
	if got := d.lender.Notices(d.now); len(got) != 1 {
		t.Errorf("%d notices of the younger order's lapse, want 1", len(got))
	}
	d.wantStatus(younger, "CANCELED")
}

func TestOrdersSumUpWhatMoved(t *testing.T) {
	d := open(t, nil)
	key := d.order("AUTHORIZED")
	d.patch(key, `{"amount":1600,"status":"CAPTURED"}`).want(http.StatusOK)
	d.refund(key, `{"amount":100}`).want(http.StatusOK)
	want := []lender.Order{{
		Lender: "creditkey", ID: key, Reference: "GW-731", Status: "CAPTURED", Currency: "USD",
		Amount: "1600.00", Captured: "1600.00", Refunded: "100.00", Canceled: "249.50",
	}}
	if diff := cmp.Diff(want, d.lender.Orders()); diff != "" {
		t.Errorf("orders (-want +got):\n%s", diff)
	}
}
