package creditkey

import (
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

type wireEvent struct {
	ID        string    `json:"id"`
	Event     string    `json:"event"`
	CreatedAt string    `json:"created_at"`
	Data      wireOrder `json:"data"`
}

// notify keeps a signed notification for whoever the merchant has registered.
// ASSUMED: the header, the signature (hex HMAC-SHA256 of the raw body) and the shape of the body;
// the documents name the two events and tell the receiver to verify, no more.
func (l *Lender) notify(at time.Time, name string, o order) {
	if l.settings.WebhookSecret == "" {
		return
	}
	body := encode(wireEvent{
		ID:        "evt_" + l.ids.Hex(16),
		Event:     name,
		CreatedAt: at.UTC().Format(time.RFC3339),
		Data:      o.wire(),
	})
	header := http.Header{"Content-Type": {"application/json"}}
	header.Set(l.settings.WebhookHeader, hex.EncodeToString(mac(l.settings.WebhookSecret, body)))
	l.notices = append(l.notices, lender.Notice{Header: header, Body: body})
}

// Notices returns the notifications since the last call. Their URL is empty: Credit Key sends all
// of them to the one address that was registered beforehand.
func (l *Lender) Notices(now time.Time) []lender.Notice {
	l.Wake(now)
	waiting := l.notices
	l.notices = nil
	return waiting
}

func (l *Lender) newKey() string { return "CK-" + strings.ToUpper(l.ids.Hex(12)) }
