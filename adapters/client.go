package adapters

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/lendgate/lendgate/canonical"
)

// Client is one provider with one merchant's credentials: a definition that can be asked. It is the
// engine's Provider. All methods may be called at the same time.
type Client struct {
	description canonical.Provider
	definition  *Definition
	base        string
	notify      string
	timeouts    Timeouts
	transport   Transport
	gate        Gate
	token       *token
	former      []FormerNotifications
	now         func() time.Time
	tracer      trace.Tracer
}

// Timeouts are a provider's limits of patience.
type Timeouts struct{ Write, Read time.Duration }

// ClientOptions is what a Client is made of.
type ClientOptions struct {
	Provider  canonical.Provider // id, mode, acceptance, config hash: the rest is filled from the definition
	Adapter   Adapter
	Define    Definition
	BaseURL   string
	NotifyURL string
	Timeouts  Timeouts
	Transport Transport
	Gate      Gate
	Now       func() time.Time // business time
	Telemetry Telemetry

	// Follows is a client of the same lender, with the same credentials and the same gate: its token is used on.
	// nil: there is none.
	Follows *Client
	Former  []FormerNotifications
}

// FormerNotifications are messages as they were proved before a secret was replaced: what the lender had signed
// by then is still on its way.
type FormerNotifications struct {
	Until time.Time
	*Notifications
}

// NewClient makes a client.
func NewClient(o ClientOptions) *Client {
	c := &Client{
		definition: &o.Define, base: strings.TrimRight(o.BaseURL, "/"), notify: o.NotifyURL,
		timeouts: o.Timeouts, transport: o.Transport, gate: o.Gate, now: o.Now, token: &token{}, former: o.Former,
	}
	if o.Follows != nil {
		c.token = o.Follows.token
	}
	c.description = describe(o.Provider, o.Adapter, c.definition)
	o.Telemetry.over(c)
	return c
}

// Describe returns what the provider is and can do.
func (c *Client) Describe() canonical.Provider { return c.description }

// exchange finds a row by its name.
func (c *Client) exchange(name string) *Exchange {
	for i := range c.definition.Exchanges {
		if c.definition.Exchanges[i].Name == name {
			return &c.definition.Exchanges[i]
		}
	}
	return nil
}

// Prepare builds the request of one attempt. It is pure. Errors: operation_unsupported,
// operation_not_allowed, invalid_request; nothing was sent.
func (c *Client) Prepare(cmd canonical.Command) (canonical.Request, error) {
	x, err := c.choose(&cmd)
	if err != nil {
		return canonical.Request{}, err
	}
	if err := x.missing(&cmd); err != nil {
		return canonical.Request{}, err
	}
	request := canonical.Request{Exchange: x.Name, Local: x.Local, Harmless: x.Class != MoneyCall}
	if x.Local {
		return request, nil
	}
	if !c.definition.fits(cmd.Amount) {
		return request, canonical.Invalid("/amount", "this provider takes fewer decimals of "+cmd.Amount.Currency)
	}
	cmd.NotifyURL = c.notify
	return c.build(request, x, &cmd)
}

func (c *Client) build(request canonical.Request, x *Exchange, cmd *canonical.Command) (canonical.Request, error) {
	values := named(cmd)
	path, err := expandPath(x.Path, values)
	if err != nil {
		return request, &canonical.Error{Kind: canonical.OperationNotAllowed, Detail: "the lender cannot be asked yet: " + err.Error()}
	}
	request.Method, request.Path, request.Timeout = x.Method, path, c.patience(x)
	if request.Header, err = x.headers(values); err != nil {
		return request, canonical.Errorf(canonical.InvalidRequest, err.Error())
	}
	request.Sealed = x.sealed(request.Header)
	if x.Encode == nil {
		return request, nil
	}
	body, err := x.Encode(*cmd)
	if err != nil {
		return request, asInvalid(err)
	}
	if body != nil {
		request.Body, err = json.Marshal(body)
	}
	return request, err
}

func asInvalid(err error) error {
	if canonical.KindOf(err) != canonical.Internal {
		return err
	}
	return canonical.Errorf(canonical.InvalidRequest, err.Error())
}

func (c *Client) patience(x *Exchange) time.Duration {
	switch {
	case x.Timeout > 0:
		return x.Timeout
	case x.Class == ReadCall:
		return c.timeouts.Read
	}
	return c.timeouts.Write
}

func (x *Exchange) headers(values func(string) string) (map[string]string, error) {
	header := make(map[string]string)
	for _, h := range x.Headers {
		text, err := expandHeader(h.Value, values)
		if err != nil && h.Optional {
			continue
		}
		if err != nil {
			return nil, err
		}
		header[h.Name] = text
	}
	if x.Key.Header != "" {
		header[x.Key.Header] = values("key")
	}
	return header, nil
}

// sealed names the headers of a request that carry something secret of one call.
func (x *Exchange) sealed(header map[string]string) []string {
	var names []string
	for _, h := range x.Headers {
		if _, sent := header[h.Name]; sent && h.Sealed {
			names = append(names, h.Name)
		}
	}
	return names
}

func (x *Exchange) missing(cmd *canonical.Command) error {
	var fields []canonical.Field
	for _, need := range x.Needs {
		if need.Missing(*cmd) {
			fields = append(fields, canonical.Field{Pointer: need.Pointer, Detail: need.Help})
		}
	}
	if fields == nil {
		return nil
	}
	return &canonical.Error{Kind: canonical.InvalidRequest, Detail: "this provider needs more for " + string(cmd.Kind), Fields: fields}
}

// Send makes one attempt. An error means certainly nothing moved; everything else is an Outcome.
// A request that Repeats may have been sent before: then only a clear yes, or a refusal that the
// lender's key replays, counts.
func (c *Client) Send(ctx context.Context, cmd canonical.Command, request canonical.Request) (canonical.Outcome, error) {
	x := c.exchange(request.Exchange)
	if x == nil {
		return canonical.Outcome{}, canonical.Errorf(canonical.ProviderMisconfigured, "the provider no longer knows the exchange "+request.Exchange)
	}
	if x.Local {
		return c.local(x, cmd)
	}
	tried := c.try(ctx, x, wireRequest{method: request.Method, path: request.Path, header: request.Header, body: request.Body, timeout: request.Timeout, recovering: request.Repeat})
	outcome, err := c.judgeTraced(ctx, x, &cmd, tried)
	outcome.Sends = tried.sends
	c.definition.limitHold(cmd.Kind, outcome, c.now())
	switch {
	case request.Repeat && x.Class == MoneyCall:
		return x.judgeRepeat(outcome, err)
	case outcome.Existed && x.Class == MoneyCall:
		return x.doubtFirst(outcome), nil
	}
	return outcome, err
}

func (c *Client) local(x *Exchange, cmd canonical.Command) (canonical.Outcome, error) {
	outcome := canonical.Outcome{State: canonical.Succeeded}
	if x.Decode == nil {
		return outcome, nil
	}
	outcome, err := x.Decode(cmd, Reply{})
	c.definition.interpret(outcome.Sighting)
	if outcome.State == "" {
		outcome.State = canonical.Succeeded
	}
	return outcome, err
}

// judgeRepeat keeps a repeat's reply only where it is evidence about the first request.
func (x *Exchange) judgeRepeat(outcome canonical.Outcome, err error) (canonical.Outcome, error) {
	settled := err == nil && (outcome.State == canonical.Succeeded || outcome.State == canonical.Waiting)
	no := outcome.State == canonical.Declined || canonical.KindOf(err) == canonical.Refused
	if settled || (x.Key.ReplaysRefusals && no) {
		return outcome, err
	}
	return canonical.Outcome{State: canonical.Doubtful, ReadBack: outcome.ReadBack, Alarm: outcome.Alarm, Sends: outcome.Sends}, nil
}

// doubtFirst: a request that was never sent before cannot be known to the lender.
func (x *Exchange) doubtFirst(outcome canonical.Outcome) canonical.Outcome {
	alarm := outcome.Alarm
	if alarm == "" {
		alarm = "the lender says that it had " + x.Name + " before it was first sent"
	}
	return canonical.Outcome{State: canonical.Doubtful, Code: outcome.Code, Alarm: alarm, Sends: outcome.Sends}
}

// Notice verifies a notification and reads whom it is about. Pure.
func (c *Client) Notice(m canonical.Message) (canonical.Notice, error) {
	n := c.definition.Notifications
	if n == nil {
		return canonical.Notice{}, canonical.Errorf(canonical.NotFound, "this provider sends no notifications")
	}
	if n.Verify(m) {
		return n.Read(m)
	}
	for _, former := range c.former {
		if m.At.Before(former.Until) && former.Verify(m) {
			return former.Read(m)
		}
	}
	return canonical.Notice{}, canonical.Errorf(canonical.Unauthenticated, "the notification does not verify")
}

// wireRequest is what one call needs beside what proves who we are.
type wireRequest struct {
	method, path string
	header       map[string]string
	body         []byte
	timeout      time.Duration
	recovering   bool      // it ends a doubt
	latest       time.Time // it is not sent later, however long it waited for gate and token
}

// tried is how a call ended, before any judgement.
type tried struct {
	reply  Reply
	reach  Reach
	sends  int
	leave  func(Shown)
	fresh  bool   // a fresh token was tried
	denied bool   // no token to be had: our credentials are refused
	bearer string // the token it carried
	reason string
	kept   bool     // it says nothing of the lender: it was not let pass, got no token, or its caller went away
	gate   *Refusal // why it was not let pass
}

// try passes the gate, proves who we are and sends; a 401 or 403 gets one fresh token and the same bytes again.
func (c *Client) try(ctx context.Context, x *Exchange, r wireRequest) tried {
	r.latest = c.now().Add(2 * r.timeout)
	leave, err := c.gate.Enter(ctx, Errand{x.Class, r.recovering, c.description.Credential})
	if err != nil {
		t := tried{reach: NotSent, leave: func(Shown) {}, reason: err.Error(), kept: true}
		errors.As(err, &t.gate)
		return t
	}
	t := c.once(ctx, x, r, "")
	if c.definition.Token != nil && t.reach == Replied && (t.reply.Status == http.StatusUnauthorized || t.reply.Status == http.StatusForbidden) {
		again := c.once(ctx, x, r, t.bearer)
		again.sends, again.fresh = again.sends+t.sends, true
		if again.reach == NotSent { // the first reply stands: a refusal before acting
			again.reach, again.reply = Replied, t.reply
		}
		t = again
	}
	t.leave = leave
	t.kept = t.kept || (t.reach != Replied && ctx.Err() != nil)
	return t
}

// once sends a request with a token other than the one refused.
func (c *Client) once(ctx context.Context, x *Exchange, r wireRequest, refused string) tried {
	wire, bearer, err := c.wire(ctx, x, r, refused)
	if err != nil {
		t := tried{reach: NotSent, reason: err.Error(), denied: errors.Is(err, errDenied), kept: true}
		errors.As(err, &t.gate)
		return t
	}
	// With its own time-out the last byte leaves within three of them: what the engine counts with
	// before it takes the call for lost.
	if c.now().After(r.latest) {
		return tried{reach: NotSent, reason: "waited too long to be sent", kept: true}
	}
	reply, reach, err := c.transport.Send(ctx, wire)
	t := tried{reply: reply, reach: reach, bearer: bearer, reason: reasonOf(err)}
	if reach != NotSent {
		t.sends = 1
	}
	return t
}

// wire completes a request with what proves who we are.
func (c *Client) wire(ctx context.Context, x *Exchange, r wireRequest, refused string) (Wire, string, error) {
	wire := Wire{Class: x.Class, Method: r.method, URL: c.base + r.path, Body: r.body, Timeout: r.timeout, Header: http.Header{}}
	if !strings.HasPrefix(r.path, "/") { // a whole address: a host that is not to see our token
		wire.URL, wire.Header["Accept"] = r.path, []string{"application/json"}
		return wire, "", nil
	}
	for name, value := range r.header {
		wire.Header[name] = []string{value}
	}
	for _, h := range c.definition.Headers {
		wire.Header[h.Name] = []string{h.Value}
	}
	if len(r.body) > 0 {
		wire.Header["Content-Type"] = []string{"application/json"}
	}
	wire.Header["Accept"] = []string{"application/json"}
	bearer, err := c.bearer(ctx, refused)
	if bearer != "" {
		wire.Header["Authorization"] = []string{c.definition.Token.authorization(bearer)}
	}
	if err == nil && c.definition.Sign != nil {
		at := c.gate.Stamp([]byte(wire.Method+"\n"+wire.URL+"\n"+string(wire.Body)), c.now())
		for name, values := range c.definition.Sign(wire, at) {
			wire.Header[name] = values
		}
	}
	return wire, bearer, err
}

// Evidence says how the truth of an attempt is learned whose reply was lost.
func (c *Client) Evidence(exchange string) canonical.Evidence {
	x := c.exchange(exchange)
	if x == nil {
		return canonical.Evidence{Lost: []canonical.Recovery{canonical.AskAPerson}}
	}
	return canonical.Evidence{Lost: x.Lost, KeyLife: x.Key.TTL, Horizon: x.Horizon}
}
