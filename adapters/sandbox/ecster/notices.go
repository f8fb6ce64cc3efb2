package ecster

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// notice is an order event notification. It is not signed: one static header is all there is.
// ASSUMED: the event words other than CREATED and FULL_DEBIT.
type notice struct {
	OrderID        string `json:"orderId"`
	OrderReference string `json:"orderReference,omitempty"`
	Status         string `json:"status"`
	Time           string `json:"time"`
	Event          string `json:"event"`
	TransactionID  string `json:"transactionId,omitempty"`
}

// notify queues a notification where the cart named an address for them.
func (l *Lender) notify(now time.Time, o *order, event, transactionID string) {
	if o.notifyURL == "" {
		return
	}
	body, _ := json.Marshal(notice{
		OrderID: o.id, OrderReference: o.reference, Status: o.status,
		Time: now.UTC().Format(time.RFC3339), Event: event, TransactionID: transactionID,
	})
	header := http.Header{"Content-Type": {"application/json"}}
	if l.settings.NoticeName != "" {
		header.Set(l.settings.NoticeName, l.settings.NoticeValue)
	}
	l.notices = append(l.notices, lender.Notice{URL: o.notifyURL, Header: header, Body: body})
}

// Notices hands over the notifications that came up since the last call.
func (l *Lender) Notices(time.Time) []lender.Notice {
	waiting := l.notices
	l.notices = nil
	return waiting
}
