package gateway_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// message is what a lender sends.
type message struct {
	path   string
	header map[string]string
	body   string
	order  string // ours, that it is about
}

// creditkeySecret is what the simulated lender signs with; the shipped configuration names it too.
const creditkeySecret = "sandbox-webhook-secret"

// signed is a message of Credit Key's as it signs them.
func signed(body string) message {
	mac := hmac.New(sha256.New, []byte(creditkeySecret))
	mac.Write([]byte(body))
	return message{
		path: "/notifications/creditkey-us", body: body,
		header: map[string]string{"Content-Type": "application/json", "X-CreditKey-Signature": hex.EncodeToString(mac.Sum(nil))},
	}
}

// messages are what Credit Key would say of orders.
func (s *site) messages(orders []answered, status string) []message {
	var all []message
	for i, o := range orders {
		m := signed(fmt.Sprintf(`{"id":"evt_%s_%d","event":"order.updated","data":{"key":%q,"merchant_order_id":%q,"status":%q}}`, status, i, o.ProviderOrder.ID, o.ProviderOrder.Reference, status))
		m.order = o.ID
		all = append(all, m)
	}
	return all
}

// tell sends a message to the gateway.
func (s *site) tell(m message) (status int, body []byte, err error) {
	request, err := http.NewRequest(http.MethodPost, "http://"+s.address+m.path, strings.NewReader(m.body))
	if err != nil {
		return 0, nil, err
	}
	for name, value := range m.header {
		request.Header.Set(name, value)
	}
	response, err := caller.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	return response.StatusCode, body, err
}

// mustTell wants a status.
func (s *site) mustTell(want int, m message) {
	s.t.Helper()
	if status, body, err := s.tell(m); err != nil || status != want {
		s.t.Errorf("%s: status %d %s %v, want %d", m.path, status, body, err, want)
	}
}

// tellersAtOnce is how many messages are on their way at the same time.
const tellersAtOnce = 100

// flood sends messages, many at once, and returns those that were acknowledged. answered hears how many were
// answered so far.
func (s *site) flood(messages []message, answered func(done int)) (taken []message) {
	var running sync.WaitGroup
	var mu sync.Mutex
	var next, done atomic.Int64
	for range tellersAtOnce {
		running.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(messages)); i = next.Add(1) - 1 {
				status, _, err := s.tell(messages[i])
				answered(int(done.Add(1)))
				if err == nil && status == http.StatusOK {
					mu.Lock()
					taken = append(taken, messages[i])
					mu.Unlock()
				}
			}
		})
	}
	running.Wait()
	return taken
}

// TestAThousandMessagesAtOnce: nothing that was acknowledged is lost when the gateway is killed under them, and
// the lender is read about once for each order, not for each message.
func TestAThousandMessagesAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.tune(hurried...)
	s.lend()
	gateway := s.apart()
	s.posting("creditkey", `{"mode":"drop"}`)
	orders := s.authorized(50)
	for _, o := range orders {
		s.act("creditkey", o.ProviderOrder.ID, "capture")
	}
	var messages []message
	for n := range 20 {
		messages = append(messages, s.messages(orders, fmt.Sprint("CAPTURED", n))...)
	}
	before := s.arrived("creditkey", "read")
	taken := s.flood(messages, func(done int) {
		if done == 700 {
			gateway.kill()
		}
	})
	if len(taken) < 600 {
		t.Errorf("only %d messages were acknowledged before the gateway was killed", len(taken))
	}
	s.apart()
	for _, m := range taken {
		s.until("the lender was read for a message that was acknowledged", func() bool { return s.order(m.order).Status == "captured" })
	}
	if reads := s.arrived("creditkey", "read") - before; reads > 3*len(orders) {
		t.Errorf("%d messages about %d orders made %d reads", len(messages), len(orders), reads)
	}
	s.wantEqualBooks()
	s.wantVerified()
}

func TestWhatDoesNotVerifyIsRefusedAndChangesNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.configure("      notification_header_name: X-Shop-Token # Ecster sends this header with every notification\n", "",
		"      notification_header_value: sandbox-token\n", "      notification_path_secret: Jq3vXn8s\n")
	s.lend()
	s.apart()
	order := s.authorized(1)[0]
	s.posting("creditkey", `{"mode":"drop"}`)
	s.act("creditkey", order.ProviderOrder.ID, "capture")
	right := s.messages([]answered{order}, "CAPTURED")[0]
	altered, unsigned, elsewhere, unknown := right, right, right, right
	altered.body = strings.Replace(right.body, "CAPTURED", "RETURNED", 1)
	unsigned.header = nil
	elsewhere.path = "/notifications/fluxa"
	unknown.path = "/notifications/nobody"
	cart := message{body: `{"orderId":"1","status":"READY","time":"2026-11-21T09:00:00Z","event":"CREATED"}`}
	ecster := func(path string) message {
		m := cart
		m.path = "/notifications/ecster-se" + path
		return m
	}
	for _, c := range []struct {
		name string
		want int
		message
	}{
		{"another body under the same signature", http.StatusUnauthorized, altered},
		{"no signature", http.StatusUnauthorized, unsigned},
		{"to another provider", http.StatusUnauthorized, elsewhere},
		{"to a provider that sends none", http.StatusNotFound, message{path: "/notifications/newday-uk", body: "{}"}},
		{"to nobody", http.StatusNotFound, unknown},
		{"to an address without its secret", http.StatusUnauthorized, ecster("")},
		{"to an address with another secret", http.StatusUnauthorized, ecster("/Jq3vXn8t")},
		{"to the secret address", http.StatusOK, ecster("/Jq3vXn8s")},
		{"as large as may be, and forged", http.StatusUnauthorized, message{path: right.path, body: strings.Repeat("x", 256<<10)}},
		{"larger than may be", http.StatusRequestEntityTooLarge, message{path: right.path, body: strings.Repeat("x", 256<<10+1)}},
		{"much larger than may be", http.StatusRequestEntityTooLarge, message{path: right.path, body: strings.Repeat("x", 8<<20)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, body, err := s.tell(c.message)
			tooLarge := c.want == http.StatusRequestEntityTooLarge && err != nil // the answer may be lost when the rest is not read
			if status != c.want && !tooLarge {
				t.Errorf("status %d %s %v, want %d", status, body, err, c.want)
			}
			if bytes.Contains(body, []byte("Jq3vXn8")) {
				t.Errorf("the answer tells the secret: %s", body)
			}
		})
	}
	s.mustTell(http.StatusOK, signed(right.body+strings.Repeat(" ", 256<<10-len(right.body))))
	s.until("the lender was read for the largest message", func() bool { return s.order(order.ID).Status == "captured" })
}

// TestMessagesThatComeLateTwiceOrBackwards: however messages come, the order ends as the lender has it.
func TestMessagesThatComeLateTwiceOrBackwards(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.lend()
	s.apart()
	for _, mode := range []string{"twice", "hold", "reverse", "forge", "early", "delay"} {
		t.Run(mode, func(t *testing.T) {
			s.posting("cryptopay", `{"mode":"`+mode+`"}`)
			order := s.must(http.StatusCreated, "POST", "/v1/orders", tradeAt("fluxa").newOrder("MODE-"+mode, "120.00"))
			s.act("cryptopay", order.ProviderOrder.ID, "seen")
			s.act("cryptopay", order.ProviderOrder.ID, "confirmed")
			s.posting("cryptopay", `{"mode":"send"}`)
			s.until("the lender was read", func() bool { return s.order(order.ID).Status == "captured" })
			refunded := s.must(http.StatusOK, "POST", "/v1/orders/"+order.ID+"/refund", `{"amount":{"value":"20.00","currency":"USDT"}}`)
			if refunded.Status != "partially_refunded" {
				t.Errorf("the order is %v, want partially_refunded", refunded.Status)
			}
		})
	}
	s.wantEqualBooks()
	s.wantVerified()
}

// TestALenderRepeatsWhatNobodyTook: the gateway is down when the lender has something to tell.
func TestALenderRepeatsWhatNobodyTook(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.lend()
	gateway := s.apart()
	order := s.must(http.StatusCreated, "POST", "/v1/orders", tradeAt("fluxa").newOrder("DOWN", "120.00"))
	gateway.kill()
	s.act("cryptopay", order.ProviderOrder.ID, "pay")
	s.apart()
	s.until("the message came again", func() bool { return s.order(order.ID).Status == "captured" })
	for _, op := range s.operations() {
		if op.Kind == "capture" && op.FoundBy != "notification" {
			t.Errorf("the payment was found by %s, want notification", op.FoundBy)
		}
	}
}

// TestSlowSendersKeepNobodyOut: many connections that send their bodies a byte at a time do not keep others
// from being answered, and are cut off.
func TestSlowSendersKeepNobodyOut(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.lend()
	s.apart()
	var slow []net.Conn
	for range 50 {
		conn, err := net.Dial("tcp", s.address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST /notifications/creditkey-us HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{")
		slow = append(slow, conn)
	}
	order := s.authorized(1)[0]
	s.mustTell(http.StatusOK, s.messages([]answered{order}, "AUTHORIZED")[0])
	for _, conn := range slow {
		_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
		answer, err := io.ReadAll(conn)
		if timeout, is := err.(net.Error); (is && timeout.Timeout()) || bytes.Contains(answer, []byte(" 200 ")) {
			t.Fatalf("a connection that sends nothing more: %v and %q", err, answer)
		}
	}
}
