package cryptopay

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters"
)

// sign proves a request by its five lines: method, path and query as sent, time, hash of the body.
// The line of the query is there also where there is none.
func sign(key, secret string) adapters.Sign {
	return func(w adapters.Wire, at time.Time) http.Header {
		var path, query string
		if u, err := url.Parse(w.URL); err == nil {
			path, query = u.EscapedPath(), sorted(u.RawQuery)
		}
		timestamp, body := strconv.FormatInt(at.Unix(), 10), sha256.Sum256(w.Body)
		lines := []string{strings.ToUpper(w.Method), path, query, timestamp, hex.EncodeToString(body[:])}
		return http.Header{
			"X-Api-Key": {key}, "X-Timestamp": {timestamp}, "X-Signature": {mac(secret, strings.Join(lines, "\n"))},
		}
	}
}

// sorted orders the pieces of a raw query by their bytes; nothing is decoded.
func sorted(query string) string {
	pieces := strings.Split(query, "&")
	slices.Sort(pieces)
	return strings.Join(pieces, "&")
}

func mac(secret, message string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(message))
	return hex.EncodeToString(h.Sum(nil))
}
