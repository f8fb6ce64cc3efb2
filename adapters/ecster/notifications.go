package ecster

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// notifications are not signed: a header agreed with Ecster, a secret address, or both, are all
// there is. With neither none is believed.
func (e *ecster) notifications() *adapters.Notifications {
	name, value := e.settings.Text("notification_header_name"), e.settings.Text("notification_header_value")
	secret := e.settings.Text("notification_path_secret")
	return &adapters.Notifications{
		Verify: func(m canonical.Message) bool {
			header := name == "" || same(adapters.Sole(m.Header, name), value)
			path := secret == "" || same(m.Secret, secret)
			return header && path && (name != "" || secret != "")
		},
		Read: readNotice,
	}
}

// same compares in a time that tells nothing, not even a length.
func same(given, wanted string) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(wanted))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// readNotice: the same status may be told twice for two debits, so what makes a message the same
// again is all it says.
func readNotice(m canonical.Message) (canonical.Notice, error) {
	var said notice
	if err := json.Unmarshal(m.Body, &said); err != nil || said.OrderID == "" {
		return canonical.Notice{}, canonical.Errorf(canonical.InvalidRequest, "the notification names no order")
	}
	return canonical.Notice{
		ID:         strings.Join([]string{said.OrderID, said.Time, said.Status, said.Event, said.TransactionID}, "/"),
		ProviderID: said.OrderID, Reference: said.OrderReference, Event: said.Event,
	}, nil
}
