package engine

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// fingerprintScheme goes into every fingerprint, so that a later scheme can tell its own from older ones.
const fingerprintScheme = "1"

// fingerprint tells two requests apart by their meaning without keeping what they say.
func (e *Engine) fingerprint(call Call) string {
	return fingerprintScheme + ":" + e.digest("fingerprint", call.Meaning)
}

// digest is a keyed digest for one purpose.
func (e *Engine) digest(purpose string, text []byte) string {
	mac := hmac.New(sha256.New, e.secret)
	mac.Write([]byte(purpose))
	mac.Write([]byte{0})
	mac.Write(text)
	return hex.EncodeToString(mac.Sum(nil))
}
