package adapters_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters"
)

func newTransport(t *testing.T, secure *adapters.TLS) *adapters.HTTPTransport {
	t.Helper()
	transport, err := adapters.NewHTTPTransport(adapters.TransportOptions{Connect: 2 * time.Second, Requests: 4, TLS: secure})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(transport.Close)
	return transport
}

func post(url, body string) adapters.Wire {
	return adapters.Wire{
		Class: adapters.MoneyCall, Method: http.MethodPost, URL: url, Body: []byte(body), Timeout: 5 * time.Second,
		Header: http.Header{"idempotency-key": {"key-1"}, "Content-Type": {"application/json"}},
	}
}

// dyingServer answers the first request of its first connection and dies on the second, having read it.
func dyingServer(t *testing.T) (url string, arrived *atomic.Int64) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	arrived = new(atomic.Int64)
	go func() {
		for first := true; ; first = false {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go serveUntilDeath(connection, first, arrived)
		}
	}()
	return "http://" + listener.Addr().String(), arrived
}

func serveUntilDeath(connection net.Conn, first bool, arrived *atomic.Int64) {
	defer func() { _ = connection.Close() }()
	reader := bufio.NewReader(connection)
	for n := 1; ; n++ {
		request, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, request.Body)
		arrived.Add(1)
		if first && n == 2 {
			return
		}
		_, _ = io.WriteString(connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
	}
}

func TestAPostIsNeverSentTwiceByItself(t *testing.T) {
	for _, row := range []struct {
		name, header string
		body         []byte
	}{
		{"with a body", "idempotency-key", []byte(`{"amount":1}`)},
		{"without a body", "idempotency-key", nil},
		{"under a name that net/http takes as leave to", "Idempotency-Key", []byte(`{"amount":1}`)},
	} {
		t.Run(row.name, func(t *testing.T) {
			url, arrived := dyingServer(t)
			transport := newTransport(t, nil)
			wire := post(url, "")
			wire.Header, wire.Body = http.Header{row.header: {"key-1"}, "Content-Type": {"application/json"}}, row.body
			if _, reach, err := transport.Send(t.Context(), wire); reach != adapters.Replied || err != nil {
				t.Fatalf("the first request: %s %v", reach, err)
			}
			_, reach, err := transport.Send(t.Context(), wire)
			if reach != adapters.Sent || err == nil {
				t.Errorf("the connection died: %s %v, want sent and an error", reach, err)
			}
			if got := arrived.Load(); got != 2 {
				t.Errorf("%d requests arrived, want 2", got)
			}
		})
	}
}

func TestARedirectIsAReplyAndNotFollowed(t *testing.T) {
	var elsewhere atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		lender := httptest.NewServer(http.RedirectHandler(other.URL, status))
		reply, reach, err := newTransport(t, nil).Send(t.Context(), post(lender.URL, `{}`))
		lender.Close()
		if reply.Status != status || reach != adapters.Replied || err != nil {
			t.Errorf("%d: %d %s %v", status, reply.Status, reach, err)
		}
	}
	if elsewhere.Load() != 0 {
		t.Errorf("%d requests followed a redirect", elsewhere.Load())
	}
}

func TestAReplyIsReadUpToAMegabyteAndNotAsPartOfOne(t *testing.T) {
	for _, row := range []struct {
		name  string
		size  int
		zip   bool
		reach adapters.Reach
	}{
		{"just short of it", 1<<20 - 1, false, adapters.Replied},
		{"more than it", 1<<20 + 1, false, adapters.Sent},
		{"more than it, compressed to little", 1<<20 + 1, true, adapters.Sent},
	} {
		t.Run(row.name, func(t *testing.T) {
			lender := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write(large(w, row.size, row.zip))
			}))
			defer lender.Close()
			reply, reach, err := newTransport(t, nil).Send(t.Context(), post(lender.URL, `{}`))
			if reach != row.reach || (err == nil) != (reach == adapters.Replied) {
				t.Errorf("%s %v, want %s", reach, err, row.reach)
			}
			if reach == adapters.Replied && len(reply.Body) != row.size {
				t.Errorf("%d bytes, want %d", len(reply.Body), row.size)
			}
		})
	}
}

func large(w http.ResponseWriter, size int, zip bool) []byte {
	body := bytes.Repeat([]byte("a"), size)
	if !zip {
		return body
	}
	w.Header().Set("Content-Encoding", "gzip")
	var small bytes.Buffer
	writer := gzip.NewWriter(&small)
	_, _ = writer.Write(body)
	_ = writer.Close()
	return small.Bytes()
}

func TestHowFarARequestGot(t *testing.T) {
	silent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	defer silent.Close()
	cut := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = connection.Close()
		}
	}))
	defer cut.Close()
	half := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"id":`)
	}))
	defer half.Close()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	for _, row := range []struct {
		name, url string
		want      adapters.Reach
	}{
		{"nobody listens", closed.URL, adapters.NotSent},
		{"no such host", "http://lender.invalid", adapters.NotSent},
		{"no TLS on the other side", strings.Replace(plain.URL, "http:", "https:", 1), adapters.NotSent},
		{"no answer in time", silent.URL, adapters.Sent},
		{"the connection is cut", cut.URL, adapters.Sent},
		{"half an answer", half.URL, adapters.Sent},
	} {
		t.Run(row.name, func(t *testing.T) {
			wire := post(row.url, `{}`)
			if row.url == silent.URL {
				wire.Timeout = 50 * time.Millisecond
			}
			_, reach, err := newTransport(t, nil).Send(t.Context(), wire)
			if reach != row.want || err == nil {
				t.Errorf("%s %v, want %s", reach, err, row.want)
			}
		})
	}
}

func TestAnErrorDoesNotTellTheAddress(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	_, _, err := newTransport(t, nil).Send(t.Context(), post(closed.URL+"/orders/private-7781", `{}`))
	if err == nil || strings.Contains(err.Error(), "private-7781") {
		t.Errorf("%v", err)
	}
}

func TestACallerThatWentAwaySendsNothing(t *testing.T) {
	lender := httptest.NewServer(http.NotFoundHandler())
	defer lender.Close()
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, reach, err := newTransport(t, nil).Send(gone, post(lender.URL, `{}`)); reach != adapters.NotSent || err == nil {
		t.Errorf("%s %v, want not_sent", reach, err)
	}
}

func TestNoProxyIsTakenFromTheEnvironment(t *testing.T) {
	var proxied atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { proxied.Add(1) }))
	defer proxy.Close()
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	// A name that is not this machine: for localhost no proxy would be asked anyway.
	_, reach, _ := newTransport(t, nil).Send(t.Context(), post("http://lender.invalid/pay", `{}`))
	if reach != adapters.NotSent || proxied.Load() != 0 {
		t.Errorf("%s, and %d requests went through the proxy", reach, proxied.Load())
	}
}

func TestHeadersGoOutAsTheyAreAndNoCookieComesBack(t *testing.T) {
	var cookies atomic.Int64
	var key atomic.Value
	lender := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cookies.Add(int64(len(r.Cookies())))
		key.Store(r.Header.Get("Idempotency-Key"))
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "of another merchant"})
	}))
	defer lender.Close()
	transport := newTransport(t, nil)
	for range 2 {
		if _, _, err := transport.Send(t.Context(), post(lender.URL, `{}`)); err != nil {
			t.Fatal(err)
		}
	}
	if cookies.Load() != 0 || key.Load() != "key-1" {
		t.Errorf("%d cookies came back, the key was %q", cookies.Load(), key.Load())
	}
}

// TestAClosedTransportKeepsNoConnection: neither those that were idle, nor those whose calls end afterwards, nor
// those of calls that begin afterwards.
func TestAClosedTransportKeepsNoConnection(t *testing.T) {
	var open atomic.Int64
	arrived, answer := make(chan struct{}, 1), make(chan struct{})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			arrived <- struct{}{}
			<-answer
		}
		_, _ = io.WriteString(w, "{}")
	}))
	server.Config.ConnState = func(_ net.Conn, to http.ConnState) {
		switch to {
		case http.StateNew:
			open.Add(1)
		case http.StateClosed:
			open.Add(-1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	transport := newTransport(t, nil)
	call := func(path string) {
		if reply, reach, err := transport.Send(t.Context(), post(server.URL+path, "{}")); err != nil || reply.Status != http.StatusOK {
			t.Errorf("%s: %d %s %v", path, reply.Status, reach, err)
		}
	}
	none := func(when string) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); open.Load() > 0; runtime.Gosched() {
			if time.Now().After(deadline) { // an idle one would stay for a minute
				t.Fatalf("%s %d connections are open", when, open.Load())
			}
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		call("/slow")
	}()
	<-arrived
	call("/quick")
	transport.Close()
	if open.Load() == 0 {
		t.Error("the call under way was cut off")
	}
	close(answer)
	<-done
	none("after the last call")
	call("/late")
	none("after a late call")
}
