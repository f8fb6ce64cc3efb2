package adapters

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/lendgate/lendgate/canonical"
)

// Telemetry is who is told of a client's calls. The zero value tells nobody.
type Telemetry struct {
	Tracer trace.Tracer
	Called func(Called)
	// Propagate gives the lender the trace's id, so that its log and ours can be laid side by side.
	Propagate bool
}

// Called is one HTTP request to a lender, as it ended.
type Called struct {
	Provider string
	Class    canonical.BreakerClass
	Reach    Reach
	Status   int // 0: no reply
	Took     time.Duration
	// Skew is how far the lender's clock is ahead of this machine's, by its Date header; nil: it sent none.
	Skew *time.Duration
}

// over lays the telemetry over a client's gate and transport.
func (t Telemetry) over(c *Client) {
	c.tracer = noop.NewTracerProvider().Tracer("")
	if t.Tracer == nil {
		return
	}
	c.tracer = t.Tracer
	host := ""
	if base, err := url.Parse(c.base); err == nil {
		host = base.Hostname()
	}
	c.gate = tracedGate{c.gate, t.Tracer}
	c.transport = tracedTransport{c.transport, t, c.description.ID, host, c.now}
}

// tracedGate shows in a trace what a gate decides.
type tracedGate struct {
	Gate
	tracer trace.Tracer
}

func (g tracedGate) Enter(ctx context.Context, e Errand) (func(Shown), error) {
	_, span := g.tracer.Start(ctx, "breaker decision")
	defer span.End()
	leave, err := g.Gate.Enter(ctx, e)
	var state canonical.CircuitState
	if breaker, tells := g.Gate.(interface {
		State(Class) canonical.CircuitState
	}); tells {
		state = breaker.State(e.Class)
	}
	span.SetAttributes(attribute.String("lendgate.class", string(classOf(e.Class))), attribute.String("lendgate.breaker.state", string(state)))
	if err != nil {
		span.SetStatus(codes.Error, err.Error()) // the gate's own words
	}
	return leave, err
}

// classOf is the class of the breaker that decides about a call.
func classOf(class Class) canonical.BreakerClass {
	switch class {
	case ReadCall:
		return canonical.ReadsBreaker
	case TokenCall:
		return canonical.TokenBreaker
	}
	return canonical.WritesBreaker
}

// tracedTransport shows in a trace how a call went, and measures it.
type tracedTransport struct {
	next Transport
	Telemetry
	provider, host string
	now            func() time.Time // business time: with simulated lenders it can be moved, and theirs moves with it
}

// outgoing are the options of every call's span. It is made once, because it is needed often.
var outgoing = []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindClient)}

func (t tracedTransport) Send(ctx context.Context, w Wire) (Reply, Reach, error) {
	ctx, span := t.Tracer.Start(ctx, "lender call", outgoing...)
	defer span.End()
	if t.Propagate {
		propagation.TraceContext{}.Inject(ctx, lowerCase(w.Header))
	}
	p := &phases{tracer: t.Tracer, ctx: ctx}
	began := time.Now()
	reply, reach, err := t.next.Send(httptrace.WithClientTrace(ctx, p.hooks()), w)
	p.finish()
	took := time.Since(began)
	called := Called{Provider: t.provider, Class: classOf(w.Class), Reach: reach, Status: reply.Status, Took: took, Skew: skew(reply.Header, t.now().Add(-took/2))}
	if t.Called != nil {
		t.Called(called)
	}
	span.SetAttributes(attribute.String("lendgate.class", string(called.Class)), attribute.String("http.request.method", w.Method), attribute.String("server.address", t.host), attribute.String("lendgate.provider", t.provider),
		attribute.Int("http.response.status_code", reply.Status), attribute.String("lendgate.reach", string(reach)))
	if why := failureOf(reply.Status, reach, err); why != "" {
		span.SetStatus(codes.Error, why)
	}
	return reply, reach, err
}

// failureOf says why a call failed, in words of our own; "" where it did not. A refusal is an answer.
func failureOf(status int, reach Reach, err error) string {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case reach == NotSent:
		return "not connected"
	case reach == Sent:
		return "the reply was lost"
	case status >= http.StatusInternalServerError:
		return "the lender failed"
	}
	return ""
}

// skew compares the lender's clock with the middle of the call. Its Date has whole seconds: half of one is added.
func skew(header http.Header, middle time.Time) *time.Duration {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return nil
	}
	ahead := date.Add(500 * time.Millisecond).Sub(middle)
	return &ahead
}

// lowerCase sets headers under the names they have here, as all others of a request are.
type lowerCase http.Header

// Get is not needed to inject.
func (lowerCase) Get(string) string { return "" }

// Set sets a header.
func (h lowerCase) Set(name, value string) { h[name] = []string{value} }

// Keys is not needed to inject.
func (lowerCase) Keys() []string { return nil }

// phases are the parts of one call: connect, wait, read. The hooks run on goroutines of net/http, some
// after the call has ended.
type phases struct {
	tracer trace.Tracer
	ctx    context.Context

	mu      sync.Mutex
	over    bool
	current trace.Span
}

func (p *phases) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn:              func(string) { p.enter("connect") },
		GotConn:              func(httptrace.GotConnInfo) { p.enter("wait") },
		GotFirstResponseByte: func() { p.enter("read") },
	}
}

// enter ends the part before and begins one.
func (p *phases) enter(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return
	}
	p.leave()
	_, p.current = p.tracer.Start(p.ctx, name)
}

func (p *phases) leave() {
	if p.current != nil {
		p.current.End()
	}
}

func (p *phases) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.leave()
	p.over = true
}

// judgeTraced is judge, shown in a trace.
func (c *Client) judgeTraced(ctx context.Context, x *Exchange, cmd *canonical.Command, t tried) (canonical.Outcome, error) {
	_, span := c.tracer.Start(ctx, "verdict")
	defer span.End()
	outcome, err := c.judge(x, cmd, t)
	if !span.IsRecording() {
		return outcome, err
	}
	verdict := string(outcome.State)
	if err != nil {
		verdict = string(canonical.KindOf(err))
	}
	span.SetAttributes(attribute.String("lendgate.verdict", verdict))
	return outcome, err
}
