package cryptopay_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/cryptopay"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// vectors are known answers of the signature, made with the secret sk_test_gateway_example_0001.
var vectors = []struct {
	name, method, path, query, body string
	timestamp                       int64
	signature                       string
	status                          int // of a processor without orders
}{
	{"a charge", "POST", charges, "",
		`{"merchant_order_id":"gw-7f31","amount":"125.40","currency":"USDT","channel":"usdt_trc20","subject":"Order 7f31"}`,
		1781166300, "f66947810a6c05e2bce45f0729beb4c4bca7ba0b1fe7852129d640c30ca75b65", 201},
	{"an order", "GET", orders + "/ord_01JX4T9M6Q", "", "",
		1781166301, "1a0c32d8f2eafe3f3273342433d8c590c9296e97ba264856902d3bf160d45c0e", 404},
	{"a list in the client's own order", "GET", orders, "status=paid&offset=0&limit=50", "",
		1781166302, "ccb85d34d4e2b81448efb3910cd078a5c888acbbac35cd28fce79214408b9a35", 200},
	{"a part refund", "POST", orders + "/ord_01JX4T9M6Q/refund", "", `{"amount":"25.40","reason":"item returned"}`,
		1781166303, "3e4a3891e9e56202c20304ee85b928fdbb8f714af9901941c719ed455e8b3d08", 404},
	{"a full refund without a body", "POST", orders + "/ord_01JX4T9M6Q/refund", "", "",
		1781166304, "225356b31816858cb5cfaf5f16ccdb1ff242a24af0830d4352743a03243ee3d3", 404},
}

func TestTheKnownAnswersOfTheSignatureAreAccepted(t *testing.T) {
	mounts := []struct{ name, mounted, unsigned string }{
		{"at the root", "", ""},
		{"below a mount that is not signed", mount, mount},
	}
	for _, at := range mounts {
		for _, v := range vectors {
			t.Run(v.name+" "+at.name, func(t *testing.T) {
				s := settings()
				s.Secret, s.UnsignedPrefix = "sk_test_gateway_example_0001", at.unsigned
				l := cryptopay.New(s)
				r := lender.Request{
					Method: v.method, Path: v.path, MountedPath: at.mounted + v.path, RawQuery: v.query,
					Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(v.body),
				}
				r.Header.Set("X-Api-Key", key)
				r.Header.Set("X-Timestamp", strconv.FormatInt(v.timestamp, 10))
				r.Header.Set("X-Signature", strings.Repeat("0", 64))
				if reply := l.Serve(time.Unix(v.timestamp, 0), r); reply.Status != 401 {
					t.Errorf("another signature: %d %s", reply.Status, reply.Body)
				}
				r.Header.Set("X-Signature", v.signature)
				if reply := l.Serve(time.Unix(v.timestamp, 0), r); reply.Status != v.status {
					t.Errorf("got %d %s, want %d", reply.Status, reply.Body, v.status)
				}
			})
		}
	}
}

func TestEveryChangeAfterSigningIsRefused(t *testing.T) {
	tests := []struct {
		name   string
		change func(*lender.Request)
		code   string
	}{
		{"no key", func(r *lender.Request) { r.Header.Del("X-Api-Key") }, "invalid_api_key"},
		{"another key", func(r *lender.Request) { r.Header.Set("X-Api-Key", "pk_live_sandbox") }, "invalid_api_key"},
		{"no timestamp", func(r *lender.Request) { r.Header.Del("X-Timestamp") }, "timestamp_out_of_range"},
		{"a timestamp that is no number", func(r *lender.Request) { r.Header.Set("X-Timestamp", "2026-06-11") }, "timestamp_out_of_range"},
		{"another timestamp", func(r *lender.Request) { r.Header.Set("X-Timestamp", "1781179201") }, "bad_signature"},
		{"no signature", func(r *lender.Request) { r.Header.Del("X-Signature") }, "bad_signature"},
		{"a signature in capitals", func(r *lender.Request) { r.Header.Set("X-Signature", strings.ToUpper(r.Header.Get("X-Signature"))) }, "bad_signature"},
		{"another method", func(r *lender.Request) { r.Method = "PUT" }, "bad_signature"},
		{"a path without the mount", func(r *lender.Request) { r.MountedPath = r.Path }, "bad_signature"},
		{"another query", func(r *lender.Request) { r.RawQuery = "limit=1" }, "bad_signature"},
		{"one byte more of body", func(r *lender.Request) { r.Body = append(r.Body, '\n') }, "bad_signature"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, settings())
			r := s.request("POST", charges, charge("gw-1", "5", "mock"))
			test.change(&r)
			reply := s.lender.Serve(s.now, r)
			if reply.Status != 401 || !strings.Contains(string(reply.Body), `"code":"`+test.code+`"`) {
				t.Errorf("got %d %s, want %s", reply.Status, reply.Body, test.code)
			}
			if len(s.lender.Orders()) > 0 {
				t.Error("an order was made")
			}
		})
	}
}

func TestTheClockMayBeFiveMinutesOff(t *testing.T) {
	tests := []struct {
		name   string
		off    time.Duration
		status int
	}{
		{"five minutes slow", 300 * time.Second, 200},
		{"more than five minutes slow", 301 * time.Second, 401},
		{"five minutes fast", -300 * time.Second, 200},
		{"more than five minutes fast", -301 * time.Second, 401},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, settings())
			r := s.request("GET", "/api/v1/me", "")
			here := s.now.Add(test.off)
			reply := s.lender.Serve(here, r)
			if reply.Status != test.status {
				t.Errorf("got %d %s, want %d", reply.Status, reply.Body, test.status)
			}
			if got := reply.Header.Get("Date"); got != here.Format(http.TimeFormat) {
				t.Errorf("the reply is dated %s, want the processor's %s", got, here)
			}
		})
	}
}

func TestASignatureIsSingleUseAsLongAsItCouldBeAccepted(t *testing.T) {
	tests := []struct{ name, method, path, body string }{
		{"a charge", "POST", charges, charge("gw-1", "5", "mock")},
		{"a read", "GET", orders, ""},
		{"a request that was refused", "GET", orders + "/ord_1", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, settings())
			signed := s.now
			r := s.request(test.method, test.path, test.body)
			for i, moment := range []time.Duration{-300 * time.Second, 0, 300 * time.Second} {
				reply := s.lender.Serve(signed.Add(moment), r)
				if replayed := strings.Contains(string(reply.Body), `"code":"replayed_request"`); replayed != (i > 0) || replayed != (reply.Status == 401) {
					t.Errorf("sending %d: %d %s", i+1, reply.Status, reply.Body)
				}
			}
			s.now = signed.Add(301 * time.Second)
			r = s.request(test.method, test.path, test.body)
			if reply := s.lender.Serve(s.now, r); reply.Status == 401 {
				t.Errorf("signed again: %s", reply.Body)
			}
		})
	}
}
