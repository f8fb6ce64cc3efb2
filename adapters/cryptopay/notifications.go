package cryptopay

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// window is how far the time of signing may be off.
const window = 300 * time.Second

func notifications(v adapters.Values) *adapters.Notifications {
	secret := v.Text("webhook_secret")
	if secret == "" {
		return nil
	}
	test := strings.HasPrefix(v.Text("api_key"), testKey)
	return &adapters.Notifications{
		Verify: func(m canonical.Message) bool { return verify(secret, m) },
		Read:   func(m canonical.Message) (canonical.Notice, error) { return readNotice(secret, test, m) },
	}
}

func verify(secret string, m canonical.Message) bool {
	timestamp := adapters.Sole(m.Header, "X-Fluxa-Timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || m.At.Sub(time.Unix(seconds, 0)).Abs() > window {
		return false
	}
	wanted := mac(secret, timestamp+"."+string(m.Body))
	return hmac.Equal([]byte(adapters.Sole(m.Header, "X-Fluxa-Signature")), []byte(wanted))
}

// readNotice: deliveries have no id, and two refunds differ in the refunded total alone. A message
// about an order of the other mode is none for us: a live key hears of test orders too.
func readNotice(secret string, test bool, m canonical.Message) (canonical.Notice, error) {
	body, err := unseal(secret, m)
	var said notice
	if err == nil {
		err = json.Unmarshal(body, &said)
	}
	if err != nil {
		return canonical.Notice{}, canonical.Errorf(canonical.InvalidRequest, "the notification cannot be read")
	}
	switch {
	case said.OrderID == "":
		return canonical.Notice{}, canonical.Errorf(canonical.InvalidRequest, "the notification names no order")
	case said.IsTest != nil && *said.IsTest != test:
		return canonical.Notice{}, canonical.Errorf(canonical.InvalidRequest, "the notification is about an order of the other mode")
	}
	id := said.Event + "|" + said.OrderID + "|" + said.RefundedAmount
	return canonical.Notice{ID: id, ProviderID: said.OrderID, Reference: said.MerchantOrderID, Event: said.Event}, nil
}

// unseal opens a body that is an envelope: nonce, cipher text and tag, under the hash of the secret.
func unseal(secret string, m canonical.Message) ([]byte, error) {
	algorithm := http.Header(m.Header).Get("X-Fluxa-Encryption")
	if algorithm == "" {
		return m.Body, nil
	}
	var sealed envelope
	if err := json.Unmarshal(m.Body, &sealed); err != nil {
		return nil, err
	}
	if algorithm != "A256GCM" || sealed.Alg != algorithm {
		return nil, errors.New("unknown encryption")
	}
	key := sha256.Sum256([]byte(secret))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	if len(sealed.Data) < gcm.NonceSize() {
		return nil, errors.New("envelope too short")
	}
	return gcm.Open(nil, sealed.Data[:gcm.NonceSize()], sealed.Data[gcm.NonceSize():], nil)
}
