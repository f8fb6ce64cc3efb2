package gateway_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway"
	"github.com/lendgate/lendgate/state"
)

// BenchmarkOperation is the gateway inside this process, so that its allocations are counted: one
// operation from the parsed request to the answer, with its two commits and the call to the lender.
func BenchmarkOperation(b *testing.B) { benchInside(b, newSite(b)) }

// BenchmarkDeclaredOperation is the same with the same lender, described by a contract and not in Go.
func BenchmarkDeclaredOperation(b *testing.B) {
	s := newSite(b)
	s.declare()
	benchInside(b, s)
}

func benchInside(b *testing.B, s *site) {
	s.unlimited()
	s.lend()
	g, err := gateway.Open(b.Context(), gateway.Options{Config: s.config, Data: s.data, Sandbox: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = g.Close() }()
	_, key, err := g.Engine.NewKey(b.Context(), state.APIKey{Role: state.RoleMerchant, Merchant: "demo", Mode: canonical.Test})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	before := ownCPU(b)
	for n := 0; n < b.N; n += perFlow {
		inside(b, g.API.Handler(), key, n)
	}
	b.ReportMetric(float64(ownCPU(b)-before)/float64(b.N), "cpu-ns/op")
}

// ownCPU is the processor time that this process has used.
func ownCPU(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func inside(b *testing.B, h http.Handler, key string, n int) {
	order := ask(b, h, key, "/v1/orders", fmt.Sprintf("c%d", n), `{"provider":"creditkey-us","amount":{"value":"2500.00","currency":"USD"},"customer":{"reference":"12345","type":"company"},"plan":{"installments":12}}`)
	for _, operation := range []string{"authorize", "capture", "refund"} {
		ask(b, h, key, "/v1/orders/"+order+"/"+operation, fmt.Sprintf("%s%d", operation, n), "{}")
	}
}

// ask calls the API without a socket and returns the id of the order in the answer.
func ask(b *testing.B, h http.Handler, key, path, idempotency, body string) string {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header = http.Header{"Authorization": {"Bearer " + key}, "Idempotency-Key": {"inside-" + idempotency}, "Content-Type": {"application/json"}}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var answer struct{ ID string }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code > 299 {
		b.Fatalf("%s: status %d %s", path, w.Code, w.Body)
	}
	return answer.ID
}
