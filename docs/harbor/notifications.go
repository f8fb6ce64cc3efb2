package harbor

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// signed compares in constant time what the lender signed with what it must be.
func signed(m canonical.Message, secret string) bool {
	signature, err := hex.DecodeString(adapters.Sole(m.Header, "X-Harbor-Signature"))
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(m.Body)
	return err == nil && hmac.Equal(signature, mac.Sum(nil))
}

// readEvent names the order, and no more: the engine reads the lender's truth.
func readEvent(m canonical.Message) (canonical.Notice, error) {
	var e event
	if err := json.Unmarshal(m.Body, &e); err != nil || e.ID == "" || e.OrderID == "" {
		return canonical.Notice{}, canonical.Errorf(canonical.InvalidRequest, "the notification names no order")
	}
	return canonical.Notice{ID: e.ID, ProviderID: e.OrderID, Event: e.Event}, nil
}
