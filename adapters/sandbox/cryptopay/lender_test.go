package cryptopay_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lendgate/lendgate/adapters/sandbox/cryptopay"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

const (
	key           = "pk_test_sandbox"
	secret        = "sk_test_sandbox"
	webhookSecret = "whsec_sandbox_0123456789abcdef"
	mount         = "/cryptopay"
	charges       = "/api/v1/charges"
	orders        = "/api/v1/orders"
)

func settings() cryptopay.Settings {
	return cryptopay.Settings{Key: key, Secret: secret, WebhookSecret: webhookSecret}
}

// shop is a merchant's till that talks to one processor and lets a second pass per request.
type shop struct {
	t      *testing.T
	lender *cryptopay.Lender
	now    time.Time
	key    string
}

func open(t *testing.T, s cryptopay.Settings) *shop {
	t.Helper()
	return &shop{t: t, lender: cryptopay.New(s), now: time.Date(2026, 6, 11, 12, 0, 0, 0, time.UTC), key: s.Key}
}

func hash(secret, message string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(message))
	return hex.EncodeToString(h.Sum(nil))
}

// request is one signed over the whole path below the mount; path may carry a query.
func (s *shop) request(method, path, body string) lender.Request {
	path, query, _ := strings.Cut(path, "?")
	r := lender.Request{Method: method, Path: path, MountedPath: mount + path, RawQuery: query, Header: http.Header{}, Body: []byte(body)}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	s.sign(&r)
	return r
}

func (s *shop) sign(r *lender.Request) {
	timestamp := strconv.FormatInt(s.now.Unix(), 10)
	pieces := strings.Split(r.RawQuery, "&")
	slices.Sort(pieces)
	body := sha256.Sum256(r.Body)
	message := fmt.Sprintf("%s\n%s\n%s\n%s\n%x", r.Method, r.MountedPath, strings.Join(pieces, "&"), timestamp, body)
	r.Header.Set("X-Api-Key", s.key)
	r.Header.Set("X-Timestamp", timestamp)
	r.Header.Set("X-Signature", hash(secret, message))
}

// ask sends a signed request, demands a status and reads the reply.
func (s *shop) ask(status int, method, path, body string) said {
	s.t.Helper()
	s.now = s.now.Add(time.Second)
	reply := s.lender.Serve(s.now, s.request(method, path, body))
	if reply.Status != status {
		s.t.Fatalf("%s %s %s: got %d %s, want %d", method, path, body, reply.Status, reply.Body, status)
	}
	var answer said
	if err := json.Unmarshal(reply.Body, &answer); err != nil {
		s.t.Fatalf("%v in %s", err, reply.Body)
	}
	return answer
}

// said is any reply of the processor.
type said struct {
	Order struct {
		ID              string
		MerchantOrderID string `json:"merchant_order_id"`
		Status          string
		Amount          string
		RefundedAmount  string  `json:"refunded_amount"`
		SettlementMode  string  `json:"settlement_mode"`
		ChannelCode     string  `json:"channel_code"`
		ExpiresAt       *string `json:"expires_at"`
		PaidAt          *string `json:"paid_at"`
		IsTest          bool    `json:"is_test"`
	}
	Payment     struct{ ID, Status string }
	Instruction map[string]any
	Idempotent  bool
	Settlements []struct{ Status, Amount, Fee string }
	CheckoutURL string `json:"checkout_url"`
	Error       struct{ Code, Message string }
	Data        []struct {
		ID, Status, Code string
		MerchantOrderID  string `json:"merchant_order_id"`
	}
	Total, Limit, Offset int
}

func charge(merchantID, amount, channel string) string {
	return `{"merchant_order_id":"` + merchantID + `","amount":"` + amount + `","currency":"USDT","channel":"` + channel + `","expires_in_seconds":1800}`
}

func (s *shop) charged(merchantID, amount, channel string) string {
	s.t.Helper()
	return s.ask(201, "POST", charges, charge(merchantID, amount, channel)).Order.ID
}

func (s *shop) act(do, order string) {
	s.t.Helper()
	if err := s.lender.Act(s.now, lender.Act{Order: order, Do: do}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) status(order string) string {
	s.t.Helper()
	return s.ask(200, "GET", orders+"/"+order, "").Order.Status
}

func (s *shop) movements() []string {
	var moved []string
	for _, e := range s.lender.Book().Effects() {
		moved = append(moved, e.Kind+" "+e.Amount.String()+" "+e.Currency)
	}
	return moved
}

func TestACustodialOrderIsPaidAndRefundedInParts(t *testing.T) {
	s := open(t, settings())
	id := s.charged("gw-1", "125.40", "mock")
	s.act("pay", id)
	got := s.ask(200, "GET", orders+"/"+id, "")
	if got.Order.Status != "paid" || got.Payment.Status != "succeeded" || got.Order.RefundedAmount != "" || got.CheckoutURL == "" {
		t.Errorf("after paying: %+v", got)
	}
	if diff := cmp.Diff([]struct{ Status, Amount, Fee string }{{"confirmed", "124.77", "0.63"}}, got.Settlements); diff != "" {
		t.Error(diff)
	}
	refund := orders + "/" + id + "/refund"
	steps := []struct{ body, status, total string }{
		{`{"amount":"25.40","reason":"item returned"}`, "partially_refunded", "25.40"},
		{`{"amount":"0.5"}`, "partially_refunded", "25.90"},
		{`{"amount":"0.000001"}`, "partially_refunded", "25.900001"},
		{``, "refunded", "125.40"},
	}
	for _, step := range steps {
		got := s.ask(200, "POST", refund, step.body).Order
		if got.Status != step.status || got.RefundedAmount != step.total {
			t.Errorf("refund %s: %s of %s, want %s of %s", step.body, got.Status, got.RefundedAmount, step.status, step.total)
		}
	}
	if got := s.ask(200, "GET", orders+"/"+id, "").Order; got.Status != "refunded" || got.RefundedAmount != "125.40" {
		t.Errorf("read back %+v", got)
	}
	if diff := cmp.Diff([]string{"capture 125.4 USDT", "refund 25.4 USDT", "refund 0.5 USDT", "refund 0.000001 USDT", "refund 99.499999 USDT"}, s.movements()); diff != "" {
		t.Error(diff)
	}
	row := []lender.Order{{
		Lender: "cryptopay", ID: id, Reference: "gw-1", Status: "refunded", Currency: "USDT",
		Amount: "125.40", Captured: "125.40", Refunded: "125.40", Canceled: "0",
	}}
	if diff := cmp.Diff(row, s.lender.Orders()); diff != "" {
		t.Error(diff)
	}
}

func TestTheNextOrderToExpireIsDue(t *testing.T) {
	for _, lives := range [][]int{{60, 1800, 600}, {1800, 600, 60}, {600, 60, 1800}} {
		s := open(t, settings())
		for i, life := range lives {
			s.ask(201, "POST", charges, fmt.Sprintf(`{"merchant_order_id":"gw-%d","amount":"100","currency":"USDT","channel":"mock","expires_in_seconds":%d}`, i, life))
		}
		first := s.now
		var due []int
		for at, waiting := s.lender.Due(); waiting; at, waiting = s.lender.Due() {
			due = append(due, int(at.Sub(first).Round(10*time.Second)/time.Second))
			s.lender.Wake(at)
		}
		if diff := cmp.Diff([]int{60, 600, 1800}, due); diff != "" {
			t.Errorf("%v: %s", lives, diff)
		}
	}
}

func TestAnUnpaidOrderExpiresByTheClock(t *testing.T) {
	tests := []struct {
		name  string
		acts  []string
		after time.Duration
		want  string
	}{
		{"a second early", nil, 1799 * time.Second, "created"},
		{"in time", nil, 1800 * time.Second, "expired"},
		{"with a payment under way", []string{"seen"}, time.Hour, "expired"},
		{"with too little received", []string{"underpay"}, time.Hour, "expired"},
		{"a paid one", []string{"pay"}, time.Hour, "paid"},
		{"a canceled one", []string{"leave"}, time.Hour, "canceled"},
		{"a failed one", []string{"fail"}, time.Hour, "failed"},
		{"one that was paid late", []string{"late_pay"}, time.Hour, "paid"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, settings())
			id := s.charged("gw-1", "100", "mock")
			start := s.now
			for _, do := range test.acts {
				if do == "late_pay" {
					s.now = start.Add(test.after)
				}
				s.act(do, id)
			}
			s.lender.Notices(s.now)
			s.now = start.Add(test.after - time.Second)
			if got := s.status(id); got != test.want {
				t.Errorf("status %s, want %s", got, test.want)
			}
			if got := s.lender.Orders()[0].Status; got != test.want {
				t.Errorf("listed as %s, want %s", got, test.want)
			}
			if told := s.lender.Notices(s.now); told != nil {
				t.Errorf("somebody was told: %s", told[0].Body)
			}
		})
	}
}

func TestTheLifeOfAnOrderWithoutAnExpiryIsTheSettings(t *testing.T) {
	body := `{"merchant_order_id":"gw-1","amount":"5","currency":"EUR","channel":"mock"}`
	if got := open(t, settings()).ask(201, "POST", charges, body).Order; got.ExpiresAt != nil {
		t.Errorf("expires at %s", *got.ExpiresAt)
	}
	limited := settings()
	limited.DefaultExpiry = time.Hour
	if got := open(t, limited).ask(201, "POST", charges, body).Order; got.ExpiresAt == nil || *got.ExpiresAt != "2026-06-11T13:00:01Z" {
		t.Errorf("got %+v", got)
	}
}

func TestOperationNamesTheRequestInCanonicalWords(t *testing.T) {
	tests := []struct{ name, method, path, body, operation, amount string }{
		{"a charge", "POST", charges, charge("gw-1", "125.21", "mock"), "create", "125.21"},
		{"a refund", "POST", orders + "/ord_1/refund", `{"amount":"25.22"}`, "refund", "25.22"},
		{"a refund of the rest", "POST", orders + "/ord_1/refund", "", "refund", ""},
		{"a refund that is no JSON", "POST", orders + "/ord_1/refund", "{", "refund", ""},
		{"a charge that would not fit in memory", "POST", charges, charge("gw-1", "1e999999999", "mock"), "create", ""},
		{"a list", "GET", orders + "?limit=1", "", "read", ""},
		{"a path nobody knows", "GET", "/", "", "read", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, settings())
			operation, amount := s.lender.Operation(s.request(test.method, test.path, test.body))
			if operation != test.operation || amount != test.amount {
				t.Errorf("got %q %q, want %q %q", operation, amount, test.operation, test.amount)
			}
		})
	}
}

func TestReadsChangeNothingThatAReplayNeeds(t *testing.T) {
	run := func(reading bool) (replies []string) {
		s := open(t, settings())
		for _, id := range []string{"gw-1", "gw-2"} {
			s.now = s.now.Add(time.Minute)
			replies = append(replies, string(s.lender.Serve(s.now, s.request("POST", charges, charge(id, "100", "mock"))).Body))
			if reading {
				s.lender.Serve(s.now, s.request("GET", orders, ""))
				s.lender.Serve(s.now, s.request("GET", orders+"/ord_1", ""))
			}
			s.act("pay", id)
			replies = append(replies, string(s.lender.Notices(s.now)[0].Body))
		}
		return replies
	}
	if diff := cmp.Diff(run(true), run(false)); diff != "" {
		t.Error(diff)
	}
}
