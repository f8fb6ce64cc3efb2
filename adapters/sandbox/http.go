package sandbox

import (
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

const maxBody = 1 << 20

// heard are the headers lenders listen to, beside those that begin with X-. No other reaches them,
// so that what is journaled is all they ever saw.
var heard = []string{
	"Authorization", "Content-Type", "Context-Merchantid", "Context-Tenantid", "Idempotency-Key",
	"Ocp-Apim-Subscription-Key", "Sca-Token",
}

func heardOf(sent http.Header) http.Header {
	kept := http.Header{}
	for name, values := range sent {
		if slices.Contains(heard, name) || strings.HasPrefix(name, "X-") {
			kept[name] = values
		}
	}
	return kept
}

// Handler serves the lenders under their names, people under /control/, and what there is under /.
//
// From then on time passes by itself, until the world is closed.
func (w *World) Handler() http.Handler {
	control := w.control()
	w.waker.run(func() { _ = w.Wake(w.now()) }) // it fails when the world is broken or closed
	return http.HandlerFunc(func(to http.ResponseWriter, r *http.Request) {
		path := r.URL.EscapedPath()
		mount, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
		switch {
		case mount == "control":
			_ = w.Wake(w.now()) // a world that is broken still tells what it knows
			control.ServeHTTP(to, r)
		case path == "/":
			w.index(to, r)
		default:
			w.serve(to, r, mount)
		}
	})
}

// serve passes one request to a lender and its answer back, if it has one.
func (w *World) serve(to http.ResponseWriter, r *http.Request, name string) {
	body, err := io.ReadAll(http.MaxBytesReader(to, r.Body, maxBody))
	if err != nil {
		status := http.StatusBadRequest
		if large := new(http.MaxBytesError); errors.As(err, &large) {
			status = http.StatusRequestEntityTooLarge
		}
		http.Error(to, err.Error(), status)
		return
	}
	reply, fate := w.Handle(w.now(), name, received(r, name, body))
	if !fate.Drip && !wait(r, fate.Delay) {
		return
	}
	if fate.Cut && fate.Bytes == 0 {
		cut(to)
		return
	}
	for name, values := range reply.Header {
		to.Header()[name] = values
	}
	if fate.Cut {
		// The server cuts the connection when less comes than was announced.
		to.Header().Set("Content-Length", strconv.Itoa(len(reply.Body)))
		reply.Body = reply.Body[:fate.Bytes]
	}
	to.WriteHeader(reply.Status)
	if fate.Drip {
		drip(to, r, reply.Body, fate.Delay)
		return
	}
	_, _ = to.Write(reply.Body)
}

// drips is in how many pieces a dripping answer comes.
const drips = 20

// drip writes an answer in pieces, until a delay is over or the caller has left.
func drip(to http.ResponseWriter, r *http.Request, body []byte, over time.Duration) {
	flow := http.NewResponseController(to)
	for i := range drips {
		piece := body[i*len(body)/drips : (i+1)*len(body)/drips]
		if _, err := to.Write(piece); err != nil || flow.Flush() != nil || !wait(r, over/drips) {
			return
		}
	}
}

func received(r *http.Request, name string, body []byte) lender.Request {
	path := r.URL.EscapedPath()
	request := lender.Request{
		Method: r.Method, Path: strings.TrimPrefix(path, "/"+name), MountedPath: path, RawQuery: r.URL.RawQuery,
		Header: r.Header, Body: body, TLS: r.TLS != nil,
	}
	if r.TLS != nil && len(r.TLS.VerifiedChains) > 0 {
		request.ClientCert = r.TLS.VerifiedChains[0][0].Subject.CommonName
	}
	return request
}

// wait says whether the caller is still there when the delay is over.
func wait(r *http.Request, delay time.Duration) bool {
	if delay == 0 {
		return true
	}
	over := time.NewTimer(delay)
	defer over.Stop()
	select {
	case <-over.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// cut ends the connection without an answer; where it can, with a reset, so that nobody mistakes
// it for an orderly end.
func cut(to http.ResponseWriter) {
	connection, _, err := http.NewResponseController(to).Hijack()
	if err != nil {
		// HTTP/2 does not hand over its connection: the server resets the stream instead.
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = connection.Close()
}
