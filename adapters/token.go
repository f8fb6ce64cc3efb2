package adapters

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"time"
)

// token is the bearer token of one set of credentials. It is read and written only inside Gate.Alone, which
// also makes many callers that find it expired fetch one new token.
type token struct {
	value   string
	expires time.Time
}

// errDenied: the token endpoint does not take our credentials.
var errDenied = errors.New("the token endpoint refuses our credentials")

// bearer returns a token that is good for a while and is not the one the lender refused, "" where the
// style has none.
func (c *Client) bearer(ctx context.Context, refused string) (string, error) {
	spec := c.definition.Token
	if spec == nil {
		return "", nil
	}
	var value string
	err := c.gate.Alone(ctx, func() error {
		good := c.token.value != refused && c.now().Before(c.token.expires.Add(-spec.Lead))
		if !good {
			fetched, err := c.fetchToken(ctx, spec)
			if err != nil {
				return err
			}
			*c.token = fetched
		}
		value = c.token.value
		return nil
	})
	return value, err
}

func (c *Client) fetchToken(ctx context.Context, spec *Token) (t token, err error) {
	leave, err := c.gate.Enter(ctx, Errand{Class: TokenCall})
	if err != nil {
		return t, fmt.Errorf("token: %w", err)
	}
	wire, err := spec.wire(c.base, c.timeouts.Read)
	if err != nil {
		leave(Shown{Health: Neutral})
		return t, fmt.Errorf("token: %w", err)
	}
	reply, reach, err := c.transport.Send(ctx, wire)
	leave(c.shown(tried{reply: reply, reach: reach, reason: reasonOf(err), kept: reach != Replied && ctx.Err() != nil}, facts{reach: reach, status: reply.Status}))
	switch {
	case err != nil:
		return t, fmt.Errorf("token: %w", err)
	case reply.Status == http.StatusUnauthorized || reply.Status == http.StatusForbidden:
		return t, errDenied
	case !ok2xx(reply.Status):
		return t, fmt.Errorf("token: status %d", reply.Status)
	}
	t.value, t.expires, err = spec.Decode(reply, c.now())
	return t, err
}

// wire is the request for a token.
func (spec *Token) wire(base string, timeout time.Duration) (w Wire, err error) {
	w = Wire{Class: TokenCall, Method: http.MethodPost, URL: base + spec.Path, Timeout: timeout, Header: http.Header{"Accept": {"application/json"}}}
	switch body := spec.Body().(type) {
	case url.Values:
		w.Body, w.Header["Content-Type"] = []byte(body.Encode()), []string{"application/x-www-form-urlencoded"}
	default:
		w.Header["Content-Type"] = []string{"application/json"}
		w.Body, err = json.Marshal(body)
	}
	maps.Copy(w.Header, spec.Header)
	return w, err
}

// authorization is what a call carries that has the token.
func (spec *Token) authorization(token string) string {
	return cmp.Or(spec.Scheme, "Bearer") + " " + token
}
