package adapters

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// token is a client's bearer token. It is read and written only inside Gate.Alone, which also makes
// many callers that find it expired fetch one new token.
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
			c.token = fetched
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
	body, err := json.Marshal(spec.Body())
	if err != nil {
		leave(Shown{Health: Neutral})
		return t, fmt.Errorf("token: %w", err)
	}
	reply, reach, err := c.transport.Send(ctx, Wire{
		Class: TokenCall, Method: http.MethodPost, URL: c.base + spec.Path, Body: body, Timeout: c.timeouts.Read,
		Header: http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}},
	})
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
