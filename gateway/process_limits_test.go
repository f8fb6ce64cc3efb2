package gateway_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// A lender that is slow takes the place of nobody: there is one, and others work meanwhile.
func TestASlowLenderKeepsNobodyWaiting(t *testing.T) {
	s := newSite(t)
	s.configure("in_flight: 64 #", "in_flight: 1 #")
	s.together()
	s.fault("creditkey", "create", "slow", 1)
	var slow sync.WaitGroup
	slow.Go(func() {
		if a, status, err := s.ask("POST", "/v1/orders", tradeAt("creditkey-us").newOrder("SLOW-1", "100.00")); status != http.StatusCreated {
			t.Errorf("the slow one: %d %+v %v", status, a, err)
		}
	})
	s.until("the slow one is at its lender", func() bool { return s.arrived("creditkey", "create") == 1 })
	s.must(http.StatusOK, "GET", "/v1/orders", "")
	s.place("newday-uk", "FAST-1", "100.00")
	slow.Wait()
}

func TestACallerOfTheRunningGatewaySaysHowLongItWaits(t *testing.T) {
	s := newSite(t)
	s.together()
	s.fault("creditkey", "create", "slow", 1)
	r, err := http.NewRequest(http.MethodPost, "http://"+s.address+"/v1/orders", strings.NewReader(tradeAt("creditkey-us").newOrder("BRIEF-1", "100.00")))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Authorization": {"Bearer " + s.key}, "Idempotency-Key": {"brief"}, "Content-Type": {"application/json"}, "Prefer": {"wait=0"}}
	response, err := caller.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusAccepted || response.Header.Get("Preference-Applied") != "wait=0" {
		t.Errorf("got %d %v", response.StatusCode, response.Header)
	}
	operation := response.Header.Get("Location")
	s.until("the order is made", func() bool {
		r, err := s.send(s.key, "", "GET", operation, "")
		return err == nil && strings.Contains(string(r.body), `"state":"succeeded"`)
	})
	if made := s.arrived("creditkey", "create"); made != 1 {
		t.Errorf("the lender got %d requests", made)
	}
}

func TestTheLimitsOfTheConfigurationHold(t *testing.T) {
	s := newSite(t)
	s.configure("requests: 1000/s", "requests: 2/h", "connections: 4096", "connections: 2", "connections_per_address: 1024", "connections_per_address: 2")
	s.together()
	s.must(http.StatusOK, "GET", "/v1/orders", "")
	s.must(http.StatusOK, "GET", "/v1/orders", "")
	if got := s.must(http.StatusTooManyRequests, "GET", "/v1/orders", ""); got.Code != "rate_limited" {
		t.Errorf("got %+v", got)
	}
	text, _ := s.page("/metrics", "")
	for _, line := range []string{
		"lendgate_requests_rate_limited_total 1", "lendgate_requests_in_flight 0", `lendgate_requests_waiting{class="reads"} 0`, `lendgate_requests_refused_total{class="kept"} 0`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("missing: %s", line)
		}
	}
	caller.CloseIdleConnections()
	s.until("there is room for two, and not for a third", func() bool {
		in := 0
		for range 3 {
			connection, err := net.Dial("tcp", s.address)
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
			if answers(t, connection) {
				in++
			}
		}
		return in == 2
	})
}

// answers says whether the gateway speaks on a connection or has closed it.
func answers(t *testing.T, connection net.Conn) bool {
	t.Helper()
	_, err := io.WriteString(connection, "GET /livez HTTP/1.1\r\nHost: gate\r\n\r\n")
	if err == nil {
		_, err = connection.Read(make([]byte, 1))
	}
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
		t.Fatal(err)
	}
	return err == nil
}
