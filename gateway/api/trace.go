package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Telemetry is who is told of requests. The zero value tells nobody.
type Telemetry struct {
	Tracer trace.Tracer
	// Answered is called when a request has been answered; route is "" where there is none.
	Answered func(method, route string, status int, took time.Duration)
	Metrics  http.Handler // nil: no /metrics
	Console  http.Handler // nil: no /console; it checks itself who asks
}

// incoming are the options of every request's span. It is made once, because it is needed often.
var incoming = []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindServer)}

// follow traces and counts a request from its first byte to its answer.
func (a *API) follow(c *gin.Context) {
	route := a.names[c.FullPath()]
	began := time.Now()
	if a.telemetry.Answered != nil {
		defer func() { a.telemetry.Answered(c.Request.Method, route, c.Writer.Status(), time.Since(began)) }()
	}
	if a.telemetry.Tracer == nil || !tracedRoute(route) {
		c.Next()
		return
	}
	ctx, span := a.telemetry.Tracer.Start(callersTrace(c.Request), c.Request.Method+" "+route, incoming...)
	defer func() { closeSpan(span, c, route) }()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}

// namesOf gives routes the names that the document has for them, by what the router calls them.
func namesOf(router *gin.Engine) map[string]string {
	names := make(map[string]string)
	for _, r := range router.Routes() {
		parts := strings.Split(r.Path, "/")
		for i, part := range parts {
			if name, variable := strings.CutPrefix(part, ":"); variable {
				parts[i] = "{" + name + "}"
			}
		}
		names[r.Path] = strings.Join(parts, "/")
	}
	return names
}

// tracedRoute: what people and machines look at all the time tells nothing, and a path that is no route may
// be anything.
func tracedRoute(route string) bool {
	return strings.HasPrefix(route, "/v1/") || strings.HasPrefix(route, "/notifications/")
}

// callersTrace is the request's context, with the caller's own trace where nothing has begun one yet.
func callersTrace(r *http.Request) context.Context {
	ctx := r.Context()
	if trace.SpanContextFromContext(ctx).HasTraceID() {
		return ctx
	}
	return propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(r.Header))
}

func closeSpan(span trace.Span, c *gin.Context, route string) {
	status := c.Writer.Status()
	span.SetAttributes(attribute.String("http.request.method", c.Request.Method), attribute.String("http.route", route), attribute.Int("http.response.status_code", status))
	if status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, http.StatusText(status))
	}
	span.End()
}
