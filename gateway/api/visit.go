package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/trace"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

// visit is what is known of one request.
type visit struct {
	requestID string
	traceID   string
	path      string // of a route that exists, without what is secret in it
	call      engine.Call
	message   canonical.Message // of a lender
	until     time.Time         // when the caller waits no longer; zero: it has not said
	place     *place            // among the requests that are worked on; nil: it takes none
}

type visitKey struct{}

func visitOf(ctx context.Context) *visit {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{}
}

// plainID is a request id we take over from a caller.
var plainID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)

// visit begins every request, whatever becomes of it.
func (a *API) visit(c *gin.Context) {
	v := &visit{requestID: c.GetHeader("X-Request-Id")}
	if !plainID.MatchString(v.requestID) {
		v.requestID = "req_" + chance(12)
	}
	if c.FullPath() != "" {
		v.path = strings.TrimSuffix(c.Request.URL.Path, "/"+c.Param("secret"))
	}
	ctx := callersTrace(c.Request)
	if span := trace.SpanContextFromContext(ctx); span.HasTraceID() {
		v.traceID = span.TraceID().String()
	} else {
		v.traceID = chance(16)
	}
	c.Request = c.Request.WithContext(context.WithValue(ctx, visitKey{}, v))
	header := c.Writer.Header()
	header.Set("X-Request-Id", v.requestID)
	header.Set("X-Trace-Id", v.traceID)
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
}

func chance(bytes int) string {
	random := make([]byte, bytes)
	_, _ = rand.Read(random) // never fails: it ends the process where the machine has no chance to give
	return hex.EncodeToString(random)
}

// survive keeps a panic to the request it happened in.
func (a *API) survive(c *gin.Context) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if cause == http.ErrAbortHandler {
			panic(cause)
		}
		a.log.ErrorContext(c.Request.Context(), "panic", "panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
		if !c.Writer.Written() {
			a.refuse(c, fmt.Errorf("panic: %v", cause))
		}
	}()
	c.Next()
}
