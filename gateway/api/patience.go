package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// preferHeader is how a caller says for how long it waits (RFC 7240): wait=5 are seconds, respond-async
// alone is none. What cannot be read is no preference, as the RFC has it.
const preferHeader = "Prefer"

// preferredWait is how long a caller waits for its answer.
func preferredWait(header http.Header) (wait time.Duration, stated bool) {
	async := false
	for preference := range strings.SplitSeq(strings.Join(header.Values(preferHeader), ","), ",") {
		preference, _, _ = strings.Cut(preference, ";")
		name, value, _ := strings.Cut(preference, "=")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "wait":
			seconds, err := strconv.ParseUint(strings.Trim(strings.TrimSpace(value), `"`), 10, 16)
			if err == nil {
				return time.Duration(seconds) * time.Second, true
			}
		case "respond-async":
			async = true
		}
	}
	return 0, async
}

// prefer notes until when the caller waits.
func (v *visit) prefer(header http.Header, answer http.Header) {
	wait, stated := preferredWait(header)
	if !stated {
		return
	}
	v.until = time.Now().Add(wait)
	answer.Set("Preference-Applied", "wait="+strconv.Itoa(int(wait/time.Second)))
}

// patience is the rest of the time that the caller waits, at most so long.
func (v *visit) patience(most time.Duration) time.Duration {
	if v.until.IsZero() {
		return most
	}
	return min(most, max(0, time.Until(v.until)))
}

// Away says that the request of ctx does nothing from here on but wait for a lender, and for how long:
// no longer than its caller does. Another request takes its place meanwhile. What waits for something
// else, or is no request, waits for as long as it would.
func Away(ctx context.Context, patience time.Duration) time.Duration {
	v := visitOf(ctx)
	v.place.leave()
	return v.patience(patience)
}
