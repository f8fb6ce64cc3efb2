package iwocapay

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
)

const signatureHeader = "X-Iwocapay-Hmac-Sha256"

// keysOf are the tokens whose signatures are taken: the one in force, and former ones.
func keysOf(v adapters.Values) []string {
	keys := []string{v.Text("seller_token")}
	for _, former := range v.List("former_tokens") {
		if former = strings.TrimSpace(former); former != "" {
			keys = append(keys, former)
		}
	}
	return keys
}

// signed says whether one of the keys signed the body.
func (s style) signed(header http.Header, body []byte) bool {
	signature, err := base64.StdEncoding.Strict().DecodeString(adapters.Sole(header, signatureHeader))
	return err == nil && slices.ContainsFunc(s.keys, func(key string) bool {
		mac := hmac.New(sha256.New, []byte(key))
		mac.Write(body)
		return hmac.Equal(signature, mac.Sum(nil))
	})
}
