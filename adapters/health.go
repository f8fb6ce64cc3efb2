package adapters

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// shown is what a call says about the lender, not about the payment: a decline is healthy.
func (c *Client) shown(t tried, f facts) Shown {
	s := Shown{Health: health(f), Why: t.why(f), Pause: c.pause(t.reply)}
	if t.kept && !f.denied {
		s.Health = Neutral
	}
	return s
}

func health(f facts) Health {
	forbidden := f.status == http.StatusUnauthorized || f.status == http.StatusForbidden
	switch {
	case f.denied, forbidden && f.tokened, forbidden && f.failure != nil && f.failure.Means == MeansMisconfigured:
		return Denied
	case f.reach == NotSent || f.reach == Sent, f.status >= 500:
		return Unhealthy
	case forbidden, f.status == http.StatusRequestTimeout, f.status == http.StatusTooEarly, f.status == http.StatusTooManyRequests:
		return Neutral
	case f.status == http.StatusConflict && f.failure != nil && (f.failure.Means == MeansBusy || f.failure.Means == MeansInDoubt):
		return Neutral // the same key is being worked on
	case f.status >= 300 && f.status < 400, f.unreadable, f.other:
		return Unhealthy
	}
	return Healthy
}

// why names what was wrong, in words that carry nothing of the order.
func (t tried) why(f facts) string {
	switch {
	case f.denied:
		return "no token for them"
	case f.reach != Replied:
		return t.reason
	case f.unreadable, f.other:
		return fmt.Sprintf("an answer with status %d that does not keep to its contract", f.status)
	}
	return fmt.Sprintf("status %d", f.status)
}

// pauseUnsaid is how long a lender is left alone that says it is asked too much, and not for how long.
const pauseUnsaid = time.Second

// pause is how long a lender asks to be left alone.
func (c *Client) pause(reply Reply) time.Duration {
	if reply.Status != http.StatusTooManyRequests && reply.Status != http.StatusServiceUnavailable {
		return 0
	}
	after := reply.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(after); err == nil {
		return max(0, min(time.Duration(seconds), 3600)) * time.Second
	}
	if until, err := http.ParseTime(after); err == nil {
		now, err := http.ParseTime(reply.Header.Get("Date"))
		if err != nil {
			now = c.now()
		}
		return max(0, until.Sub(now))
	}
	if reply.Status == http.StatusTooManyRequests {
		return pauseUnsaid
	}
	return 0
}

// reasonOf is why a call got no reply, as a person says it.
func reasonOf(err error) string {
	var late interface{ Timeout() bool }
	switch {
	case err == nil:
		return ""
	case errors.As(err, &late) && late.Timeout():
		return "no answer in time"
	}
	return err.Error()
}
