package cryptopay

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// window is how far a client's clock may be from ours, either way.
const window = 300 * time.Second

var timestampForm = regexp.MustCompile(`^[0-9]{1,12}$`)

// verify checks key, clock and signature, and uses the signature up.
func (l *Lender) verify(now time.Time, r lender.Request) *refusal {
	if r.Header.Get("X-Api-Key") != l.settings.Key {
		return &refusal{401, "invalid_api_key", "X-Api-Key is missing or unknown"} // ASSUMED code
	}
	timestamp := r.Header.Get("X-Timestamp")
	if !timestampForm.MatchString(timestamp) || !within(now, timestamp) {
		return &refusal{401, "timestamp_out_of_range", "X-Timestamp must be Unix seconds within 300 s of the Date of this reply"} // ASSUMED code
	}
	signature := r.Header.Get("X-Signature")
	path := strings.TrimPrefix(r.MountedPath, l.settings.UnsignedPrefix)
	if !hmac.Equal([]byte(signature), []byte(mac(l.settings.Secret, canonical(r, path, timestamp)))) {
		return &refusal{401, "bad_signature", "X-Signature does not fit the request"}
	}
	if !l.guard.first(now, signature) {
		return &refusal{401, "replayed_request", "X-Signature was used before: sign again with another timestamp"}
	}
	return nil
}

func within(now time.Time, timestamp string) bool {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	apart := now.Sub(time.Unix(seconds, 0))
	return err == nil && apart.Abs() <= window
}

// canonical is what a client signs: five lines, the third empty where there is no query.
func canonical(r lender.Request, path, timestamp string) string {
	pieces := strings.Split(r.RawQuery, "&")
	slices.Sort(pieces)
	body := sha256.Sum256(r.Body)
	return strings.Join([]string{
		strings.ToUpper(r.Method), path, strings.Join(pieces, "&"), timestamp, hex.EncodeToString(body[:]),
	}, "\n")
}

func mac(secret, message string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(message))
	return hex.EncodeToString(h.Sum(nil))
}

// guard remembers the signatures whose timestamp could still be accepted.
type guard struct {
	used  map[string]bool
	since []use // oldest first
}

type use struct {
	signature string
	at        time.Time
}

func (g *guard) first(now time.Time, signature string) bool {
	for len(g.since) > 0 && now.Sub(g.since[0].at) > 2*window {
		delete(g.used, g.since[0].signature)
		g.since = g.since[1:]
	}
	if g.used[signature] {
		return false
	}
	g.used[signature] = true
	g.since = append(g.since, use{signature, now})
	return true
}

// signNotice signs a notification: its own secret, its own form.
func signNotice(secret, timestamp string, body []byte) string {
	return mac(secret, timestamp+"."+string(body))
}

// seal encrypts a notification. The nonce follows from the body, so that a replay makes the same bytes
// and no nonce serves two bodies.
func seal(secret string, body []byte) string {
	key := sha256.Sum256([]byte(secret))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(fmt.Sprintf("AES refuses a key of 32 bytes: %v", err))
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(fmt.Sprintf("GCM refuses AES: %v", err))
	}
	nonce := sha256.Sum256(body)
	sealed := gcm.Seal(nonce[:gcm.NonceSize()], nonce[:gcm.NonceSize()], body, nil)
	return base64.StdEncoding.EncodeToString(sealed)
}
