package api_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/lendgate/lendgate/gateway/api"
)

// BenchmarkConstant is what gin alone costs: a handler that writes the bytes of an order.
func BenchmarkConstant(b *testing.B) {
	k := benchKit(b)
	path := "/v1/orders/" + k.order()
	text := k.get(path).wants(http.StatusOK).body
	router := gin.New()
	router.GET("/v1/orders/:id", func(c *gin.Context) { c.Data(http.StatusOK, "application/json", text) })
	benchmark(b, k, router, path)
}

// BenchmarkReadOrder is the same order through key, engine, store and schema.
func BenchmarkReadOrder(b *testing.B) {
	k := benchKit(b)
	benchmark(b, k, k.server.Config.Handler, "/v1/orders/"+k.order())
}

// BenchmarkRefuse is a read of a key that has used up its requests.
func BenchmarkRefuse(b *testing.B) {
	k := newKitWith(b, kitOptions{store: memory(b), limits: api.Limits{Requests: api.Rate{Count: 1, Per: time.Hour}}})
	k.get("/v1/orders").wants(http.StatusOK)
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodGet, "/v1/orders", nil)
		r.Header.Set("Authorization", "Bearer "+k.keys["merchant"])
		w := httptest.NewRecorder()
		k.server.Config.Handler.ServeHTTP(w, r)
		if w.Code != http.StatusTooManyRequests {
			b.Fatalf("got %d: %s", w.Code, w.Body)
		}
	}
}

func benchKit(b *testing.B) *kit {
	b.Helper()
	return newKitWith(b, kitOptions{store: memory(b)})
}

func benchmark(b *testing.B, k *kit, handler http.Handler, path string) {
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Authorization", "Bearer "+k.keys["merchant"])
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatalf("got %d: %s", w.Code, w.Body)
		}
	}
}
