package adapters

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/go-resty/resty/v2"
)

// mostReply is the largest reply read, decompressed.
const mostReply = 1 << 20

// HTTPTransport sends requests over HTTP. It sends each once: no retries, no redirects, no proxy from
// the environment, no cookies.
type HTTPTransport struct {
	client *resty.Client
	closed atomic.Bool
}

// TransportOptions is what a connection to a lender needs.
type TransportOptions struct {
	Connect  time.Duration
	Requests int // calls at once, as the gate's limits have it
	TLS      *TLS
}

// NewHTTPTransport makes a transport. The error says what is wrong with the certificates.
func NewHTTPTransport(o TransportOptions) (*HTTPTransport, error) {
	secure, err := o.TLS.config()
	if err != nil {
		return nil, err
	}
	own, common := split(o.Requests)
	most := own + common + own
	dialer := &net.Dialer{Timeout: o.Connect, KeepAlive: 30 * time.Second}
	round := &http.Transport{
		Proxy:                  nil,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        secure,
		TLSHandshakeTimeout:    o.Connect + time.Second,
		MaxIdleConns:           most,
		MaxIdleConnsPerHost:    most,
		MaxConnsPerHost:        most,
		IdleConnTimeout:        60 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		ForceAttemptHTTP2:      true,
	}
	plain := &http.Client{Transport: round, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	client := resty.NewWithClient(plain).SetRetryCount(0).SetResponseBodyLimit(mostReply).SetPreRequestHook(sendOnce)
	return &HTTPTransport{client: client}, nil
}

// sendOnce takes from net/http the means to send a request again by itself. (A header spelled
// Idempotency-Key would be another: headers go out under the lower-case names they have here.)
func sendOnce(_ *resty.Client, r *http.Request) error {
	r.GetBody = nil
	return nil
}

// Send makes one request. See Transport.
func (t *HTTPTransport) Send(ctx context.Context, w Wire) (Reply, Reach, error) {
	defer t.tidy()
	ctx, cancel := context.WithTimeout(ctx, w.Timeout)
	defer cancel()
	var connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})
	request := t.client.R().SetContext(ctx)
	for name, values := range w.Header {
		request.Header[name] = values
	}
	if w.Body != nil {
		request.SetBody(w.Body)
	}
	response, err := request.Execute(w.Method, w.URL)
	if err != nil {
		return Reply{}, reached(&connected), cause(err)
	}
	return Reply{response.StatusCode(), response.Header(), response.Body()}, Replied, nil
}

func reached(connected *atomic.Bool) Reach {
	if connected.Load() {
		return Sent
	}
	return NotSent
}

// cause strips the address from an error: it may carry what must not be logged.
func cause(err error) error {
	var named interface{ Unwrap() error }
	for errors.As(err, &named) {
		inner := named.Unwrap()
		if inner == nil {
			break
		}
		err = inner
	}
	return err
}

// Close lets go of the connections: of the idle ones now, of the others when their calls have ended. A call
// that begins later is made all the same, over a connection of its own.
func (t *HTTPTransport) Close() {
	t.closed.Store(true)
	t.tidy()
}

func (t *HTTPTransport) tidy() {
	if t.closed.Load() {
		t.client.GetClient().CloseIdleConnections()
	}
}

func (t *TLS) config() (*tls.Config, error) {
	secure := &tls.Config{MinVersion: tls.VersionTLS12}
	if t == nil {
		return secure, nil
	}
	if t.Certificate != "" || t.Key != "" {
		pair, err := tls.X509KeyPair([]byte(t.Certificate), []byte(t.Key))
		if err != nil {
			return nil, fmt.Errorf("client certificate: %w", err)
		}
		secure.Certificates = []tls.Certificate{pair}
	}
	if t.RootCA != "" {
		secure.RootCAs = x509.NewCertPool()
		if !secure.RootCAs.AppendCertsFromPEM([]byte(t.RootCA)) {
			return nil, errors.New("root certificate: no PEM certificate in it")
		}
	}
	return secure, nil
}
