package iwocapay

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

const signatureHeader = "X-Iwocapay-Hmac-Sha256"

// Sign returns what the lender writes into X-Iwocapay-Hmac-Sha256 over a body, sent or answered.
// The key is the merchant's own access token.
func Sign(token string, body []byte) string {
	h := hmac.New(sha256.New, []byte(token))
	h.Write(body)
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

type webhook struct {
	WebhookID string `json:"webhook_id"`
	EventType string `json:"event_type"`
	OrderID   string `json:"order_id"`
	Amount    pounds `json:"amount"`
	Reference string `json:"reference"`
	Status    string `json:"status"`
}

type legacyWebhook struct {
	OrderID   int    `json:"order_id"`
	PayLinkID string `json:"pay_link_id"`
	Amount    pounds `json:"amount"`
	Reference string `json:"reference"`
	Status    string `json:"status"`
}

// notify tells the merchant the status of an order. The older dialect tells of every order, at an
// address registered beforehand; the newer one only where the order named its own.
func (l *Lender) notify(o *order) {
	header := http.Header{"Content-Type": {"application/json"}}
	switch {
	case l.settings.LegacyWebhooks:
		body := encode(envelope{legacyWebhook{o.number, o.payLinkID, pounds{o.amount}, o.reference, o.status}})
		l.notices = append(l.notices, lender.Notice{Header: header, Body: body})
	case o.webhookURL != "":
		body := encode(envelope{webhook{
			l.ids.UUID(), "ORDER_STATUS_CHANGED", o.id, pounds{o.amount}, o.reference, o.status,
		}})
		header.Set(signatureHeader, Sign(l.settings.SellerToken, body))
		l.notices = append(l.notices, lender.Notice{URL: o.webhookURL, Header: header, Body: body})
	}
}
