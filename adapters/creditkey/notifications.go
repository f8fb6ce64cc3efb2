package creditkey

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"hash"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// notifications verifies and reads the lender's events; nil where no secret is configured.
// ASSUMED: header, hash, spelling and that the raw body is signed; the documents only say to verify.
func notifications(v adapters.Values) *adapters.Notifications {
	if v.Text("webhook_secret") == "" {
		return nil
	}
	hashes := map[string]func() hash.Hash{"sha256": sha256.New, "sha512": sha512.New, "sha1": sha1.New}
	decode := hex.DecodeString
	if v.Text("webhook_signature_encoding") == "base64" {
		decode = base64.StdEncoding.Strict().DecodeString
	}
	return &adapters.Notifications{Read: readEvent, Verify: func(m canonical.Message) bool {
		signature, err := decode(adapters.Sole(m.Header, v.Text("webhook_signature_header")))
		mac := hmac.New(hashes[v.Text("webhook_signature_algorithm")], []byte(v.Text("webhook_secret")))
		mac.Write(m.Body)
		return err == nil && hmac.Equal(signature, mac.Sum(nil))
	}}
}

// readEvent names the order an event is about. Events about a company name none.
func readEvent(m canonical.Message) (canonical.Notice, error) {
	var w wireEvent
	err := json.Unmarshal(m.Body, &w)
	digest := sha256.Sum256(m.Body)
	notice := canonical.Notice{
		ID:         cmp.Or(w.ID, hex.EncodeToString(digest[:])),
		ProviderID: cmp.Or(w.Data.Key, w.Data.Order.Key, w.Key),
		Reference:  cmp.Or(w.Data.MerchantOrderID, w.Data.Order.MerchantOrderID),
		Event:      w.Event,
	}
	if err != nil || (notice.ProviderID == "" && notice.Reference == "") {
		return canonical.Notice{}, canonical.Errorf(canonical.InvalidRequest, "the notification names no order")
	}
	return notice, nil
}
