package creditkey_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lendgate/lendgate/adapters/sandbox/creditkey"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

func TestThePathPrefixIsSelectable(t *testing.T) {
	tests := []struct{ name, setting, served string }{
		{"v1 unless told otherwise", "", "/v1"},
		{"v2", "/v2", "/v2"},
		{"none", "/", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := open(t, func(s *creditkey.Settings) { s.Prefix = tt.setting })
			for _, prefix := range []string{"/v1", "/v2", ""} {
				reply := d.send("POST", prefix+"/order", `{"company_id":"7","amount":1}`)
				if prefix != tt.served {
					reply.refused(http.StatusNotFound)
					continue
				}
				key := reply.want(http.StatusCreated)["key"].(string)
				d.send("GET", prefix+"/order/"+key, "").want(http.StatusOK)
			}
		})
	}
}

func TestTheSecondGenerationHasItsOwnFields(t *testing.T) {
	d := open(t, func(s *creditkey.Settings) { s.Prefix = "/v2" })
	create := `{"company_id":"7","amount":100.00,"merchant_order_id":"A","status":"AUTHORIZED","metadata":{"a":1},` +
		`"items":[{"name":"Saw","price":50,"quantity":2}],"shipping_address":{"zip":"1"},"billing_address":{"zip":"1"}}`
	key := d.send("POST", "/v2/order", create).want(http.StatusCreated)["key"].(string)
	d.wantBook(key, "authorize 100.00")

	declined := strings.Replace(create, "100.00", "100.13", 1)
	if got := d.send("POST", "/v2/order", declined).refused(http.StatusUnprocessableEntity); got != `["EXCEEDS_AVAILABLE_CREDIT"]` {
		t.Errorf("message %s", got)
	}
	if got := len(d.lender.Orders()); got != 1 {
		t.Errorf("%d orders, want 1: a refused one is not kept", got)
	}
	if got := d.send("PATCH", "/v2/order/"+key, `{"installments":6}`).refused(http.StatusBadRequest); got != `["property installments should not exist"]` {
		t.Errorf("message %s", got)
	}
	d.send("PATCH", "/v2/order/"+key, `{"metadata":{"b":2},"status":"CAPTURED"}`).want(http.StatusOK)
	d.wantBook(key, "authorize 100.00", "capture 100.00")
}

func TestAReviewKeepsAnOrderPending(t *testing.T) {
	d := open(t, func(s *creditkey.Settings) { s.Prefix = "/v2" })
	key := d.send("POST", "/v2/order", `{"company_id":"7","amount":5,"merchant_order_id":"A"}`).want(http.StatusCreated)["key"].(string)
	d.act("A", "review", "")
	body := d.send("GET", "/v2/order/"+key, "").want(http.StatusOK)
	if diff := cmp.Diff([]any{"PENDING", []any{"PENDING_APPLICATION"}}, []any{body["status"], body["reasons"]}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	d.send("PATCH", "/v2/order/"+key, `{"status":"AUTHORIZED"}`).refused(http.StatusUnprocessableEntity)
	d.act(key, "approve", "")
	d.wantBook(key, "authorize 5.00")
}

func (d *desk) act(order, do, amount string) {
	d.t.Helper()
	if err := d.lender.Act(d.now, lender.Act{Order: order, Do: do, Amount: amount}); err != nil {
		d.t.Fatal(err)
	}
}

const lookUp = "/app/ecomm/find_order_by_merchant_order_id"

func TestTheOldLookUpFindsByTheMerchantsNumber(t *testing.T) {
	d := open(t, nil)
	first := d.order("CREATED")
	second := d.order("AUTHORIZED")
	d.patch(second, `{"items":[{"name":"Saw","price":1,"quantity":1}]}`).want(http.StatusOK)
	d.patch(second, `{"status":"CAPTURED"}`).want(http.StatusOK)
	d.refund(second, `{"amount":100.00}`).want(http.StatusOK)
	d.header = http.Header{}

	found := d.send("GET", lookUp+"?public_key=pub&shared_secret=priv&merchant_order_id=GW-731", "")
	wantText(t, found.reply.Body, `{"id":"`+second+`","status":"shipped","amount":1849.50,"refunded_amount":100.00,`+
		`"items":[{"name":"Saw","price":1,"quantity":1}],"merchant_order_id":"GW-731","shipping_address":null}`)
	if first == second {
		t.Error("two orders have the same key")
	}

	tests := []struct {
		name, query string
		status      int
		result      string
	}{
		{"no keys", "merchant_order_id=GW-731", 401, "unauthorized"},
		{"a wrong public key", "public_key=x&shared_secret=priv&merchant_order_id=GW-731", 401, "unauthorized"},
		{"a wrong secret", "public_key=pub&shared_secret=x&merchant_order_id=GW-731", 401, "unauthorized"},
		{"no number", "public_key=pub&shared_secret=priv", 400, "merchant order id is required, and nothing else"},
		{"an empty number", "public_key=pub&shared_secret=priv&merchant_order_id=", 400, "merchant order id is required, and nothing else"},
		{"something else as well", "public_key=pub&shared_secret=priv&merchant_order_id=GW-731&id=1", 400, "merchant order id is required, and nothing else"},
		{"an unknown number", "public_key=pub&shared_secret=priv&merchant_order_id=GW-999", 404, "not found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := d.send("GET", lookUp+"?"+tt.query, "").want(tt.status)["result"]; got != tt.result {
				t.Errorf("result %v, want %s", got, tt.result)
			}
		})
	}
}

func TestTheOldLookUpIsClosedWithoutKeys(t *testing.T) {
	d := open(t, func(s *creditkey.Settings) { s.PublicKey, s.SharedSecret = "", "" })
	d.order("CREATED")
	d.send("GET", lookUp+"?public_key=&shared_secret=&merchant_order_id=GW-731", "").refused(http.StatusNotFound)
}

func TestPeopleAtTheLenderChangeOrders(t *testing.T) {
	tests := []struct {
		name, from, do, amount, status string
		book                           []string
	}{
		{"the customer accepts the terms", "CREATED", "complete", "", "CREATED", nil},
		{"the customer withdraws", "CREATED", "leave", "", "CANCELED", nil},
		{"staff captures", "AUTHORIZED", "capture", "", "CAPTURED", []string{"authorize 1849.50", "capture 1849.50"}},
		{"staff cancels", "AUTHORIZED", "cancel", "", "CANCELED", []string{"authorize 1849.50", "cancel 1849.50"}},
		{"staff refunds a part", "CAPTURED", "refund", "49.50", "CAPTURED", []string{"authorize 1849.50", "capture 1849.50", "refund 49.50"}},
		{"staff refunds all", "CAPTURED", "refund", "1849.50", "RETURNED", []string{"authorize 1849.50", "capture 1849.50", "refund 1849.50"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := open(t, nil)
			key := d.order(tt.from)
			d.act(key, tt.do, tt.amount)
			d.wantStatus(key, tt.status)
			d.wantBook(key, tt.book...)
		})
	}
	d := open(t, nil)
	key := d.order("CREATED")
	d.act("GW-731", "complete", "")
	d.patch(key, `{"status":"AUTHORIZED"}`).want(http.StatusOK)
}

func TestAnActThatDoesNotFitSaysWhatIsPossible(t *testing.T) {
	d := open(t, nil)
	key, over := d.order("CAPTURED"), d.order("CANCELED")
	tests := []struct {
		name string
		act  lender.Act
		want string
	}{
		{"an unknown order", lender.Act{Order: "CK-X", Do: "cancel"}, `creditkey knows no order "CK-X"`},
		{"no order named", lender.Act{Do: "cancel"}, `creditkey knows no order ""`},
		{"an act of another status", lender.Act{Order: key, Do: "cancel"}, `order ` + key + ` is CAPTURED: "cancel" is not possible, only: refund`},
		{"nothing left to do", lender.Act{Order: over, Do: "capture"}, `order ` + over + ` is CANCELED: "capture" is not possible, only: nothing`},
		{"no amount", lender.Act{Order: key, Do: "refund"}, `refund order ` + key + `: needs an amount such as 12.50, not ""`},
		{"too much", lender.Act{Order: key, Do: "refund", Amount: "1849.51"}, `refund order ` + key + `: refund exceeds the 1849.50 that are left`},
		{"a review in v1", lender.Act{Order: d.order("CREATED"), Do: "review"}, `is CREATED: "review" is not possible, only: complete, leave, cancel`},
		{"an amount too many", lender.Act{Order: d.order("AUTHORIZED"), Do: "capture", Amount: "1"}, `takes no amount`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := d.lender.Act(d.now, tt.act)
			if err == nil || !strings.HasSuffix(err.Error(), tt.want) {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
}

func TestEveryChangeIsNotified(t *testing.T) {
	d := open(t, func(s *creditkey.Settings) { s.WebhookHeader = "X-Ring" })
	key := d.order("AUTHORIZED")
	d.act(key, "capture", "")
	d.refund(key, `{"amount":1}`).want(http.StatusOK)
	d.patch(key, `{"status":"RETURNED"}`).want(http.StatusOK)
	d.patch(key, `{"status":"RETURNED"}`).refused(http.StatusUnprocessableEntity)

	var told []string
	for _, n := range d.lender.Notices(d.now) {
		sum := hmac.New(sha256.New, []byte("ring"))
		sum.Write(n.Body)
		if got, want := n.Header.Get("X-Ring"), hex.EncodeToString(sum.Sum(nil)); got != want {
			t.Errorf("signature %q, want %q", got, want)
		}
		body := readJSON(t, n.Body)
		order := body["data"].(map[string]any)
		if order["key"] != key || order["merchant_order_id"] != "GW-731" || body["created_at"] != "2026-06-03T09:12:44Z" || body["id"] == "" {
			t.Errorf("notice %s", n.Body)
		}
		told = append(told, body["event"].(string)+" "+order["status"].(string))
	}
	want := []string{"order.created CREATED", "order.updated AUTHORIZED", "order.updated CAPTURED", "order.updated RETURNED"}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("notices, a part refund shows nowhere (-want +got):\n%s", diff)
	}
	if left := d.lender.Notices(d.now); left != nil {
		t.Errorf("%d notices come twice", len(left))
	}
}

func TestWithoutASecretNobodyIsNotified(t *testing.T) {
	d := open(t, func(s *creditkey.Settings) { s.WebhookSecret = "" })
	d.order("AUTHORIZED")
	if got := d.lender.Notices(d.now); got != nil {
		t.Errorf("%d notices", len(got))
	}
}

func TestOperationsAreNamed(t *testing.T) {
	d := open(t, func(s *creditkey.Settings) { s.RefundMethod = "POST" })
	tests := []struct {
		name, method, path, body, operation, amount string
	}{
		{"log-in", "POST", "/auth/login", `{}`, "token", ""},
		{"create", "POST", "/v1/order", `{"amount":12.5}`, "create", "12.50"},
		{"create, malformed", "POST", "/v1/order", `{"amount":"12.5"`, "create", ""},
		{"read", "GET", "/v1/order/CK-1", ``, "read", ""},
		{"look-up", "GET", lookUp, ``, "read", ""},
		{"update", "PATCH", "/v1/order/CK-1", `{"amount":7}`, "update", "7.00"},
		{"authorize", "PATCH", "/v1/order/CK-1", `{"status":"AUTHORIZED"}`, "authorize", ""},
		{"capture", "PATCH", "/v1/order/CK-1", `{"status":"CAPTURED","amount":3.21}`, "capture", "3.21"},
		{"cancel", "PATCH", "/v1/order/CK-1", `{"status":"CANCELED"}`, "cancel", ""},
		{"full return", "PATCH", "/v1/order/CK-1", `{"status":"RETURNED"}`, "refund", ""},
		{"refund", "POST", "/v1/order/CK-1/refund", `{"amount":0.22}`, "refund", "0.22"},
		{"the wrong method", "PATCH", "/v1/order/CK-1/refund", `{"amount":0.22}`, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			operation, amount := d.lender.Operation(lender.Request{Method: tt.method, Path: tt.path, Body: []byte(tt.body)})
			if operation != tt.operation || amount != tt.amount {
				t.Errorf("%q %q, want %q %q", operation, amount, tt.operation, tt.amount)
			}
		})
	}
}

func TestTheSameInputsLeadToTheSameState(t *testing.T) {
	play := func(seed string) ([]lender.Order, []lender.Notice) {
		d := open(t, func(s *creditkey.Settings) { s.Seed = seed })
		d.order("RETURNED")
		d.order("CREATED")
		return d.lender.Orders(), d.lender.Notices(d.now)
	}
	orders, notices := play("a")
	againOrders, againNotices := play("a")
	if diff := cmp.Diff(orders, againOrders); diff != "" {
		t.Errorf("orders differ:\n%s", diff)
	}
	if diff := cmp.Diff(notices, againNotices); diff != "" {
		t.Errorf("notices differ:\n%s", diff)
	}
	if others, _ := play("b"); others[0].ID == orders[0].ID {
		t.Errorf("another seed makes the same key %s", others[0].ID)
	}
}

func TestReadsAndLogInsNeedNotBeReplayed(t *testing.T) {
	play := func(reading bool) ([]lender.Order, []lender.Notice, []lender.Effect) {
		d := open(t, func(s *creditkey.Settings) { s.TokenLife = 100 * 24 * time.Hour })
		key := d.order("AUTHORIZED")
		d.now = opening.Add(31 * 24 * time.Hour)
		if reading {
			d.send("POST", "/auth/login", `{"client_id":"cid","client_secret":"hush"}`).want(http.StatusOK)
			d.wantStatus(key, "CANCELED")
		}
		d.now = d.now.Add(time.Hour)
		d.order("CREATED")
		return d.lender.Orders(), d.lender.Notices(d.now), d.lender.Book().Effects()
	}
	orders, notices, effects := play(true)
	replayedOrders, replayedNotices, replayedEffects := play(false)
	if diff := cmp.Diff(orders, replayedOrders); diff != "" {
		t.Errorf("orders differ:\n%s", diff)
	}
	if diff := cmp.Diff(notices, replayedNotices); diff != "" {
		t.Errorf("notices differ:\n%s", diff)
	}
	if diff := cmp.Diff(effects, replayedEffects); diff != "" {
		t.Errorf("effects differ:\n%s", diff)
	}
}
