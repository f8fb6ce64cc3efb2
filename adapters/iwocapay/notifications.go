package iwocapay

import (
	"cmp"
	"encoding/json"
	"net/http"

	"github.com/lendgate/lendgate/canonical"
)

// verify takes what one of our tokens signed, and where the dialect is legacy also the older form,
// which has no signature.
func (s style) verify(m canonical.Message) bool {
	if s.signed(m.Header, m.Body) {
		return true
	}
	unsigned := len(http.Header(m.Header).Values(signatureHeader)) == 0
	if s.settings.Text("webhook_dialect") != "legacy" || !unsigned {
		return false
	}
	var w envelope[webhook]
	return json.Unmarshal(m.Body, &w) == nil && w.Data.legacy()
}

// legacy: the older form names the order by a number of its own.
func (w webhook) legacy() bool {
	return len(w.OrderID) > 0 && w.OrderID[0] >= '0' && w.OrderID[0] <= '9' && w.PayLinkID != ""
}

// readWebhook names the order. The older form can be matched by our reference alone. The lender's
// id is that of a delivery, so the order and its status count where there is none.
func readWebhook(m canonical.Message) (canonical.Notice, error) {
	var w envelope[webhook]
	err := json.Unmarshal(m.Body, &w)
	order := canonical.Values{"id": w.Data.OrderID}.Text("id")
	if err != nil || (order == "" && w.Data.Reference == "") {
		return canonical.Notice{}, canonical.Errorf(canonical.InvalidRequest, "the notification names no order")
	}
	return canonical.Notice{
		ID:         cmp.Or(w.Data.WebhookID, cmp.Or(order, w.Data.PayLinkID)+" "+w.Data.Status),
		ProviderID: order,
		Reference:  w.Data.Reference,
		Event:      cmp.Or(w.Data.EventType, "ORDER_STATUS_CHANGED"),
	}, nil
}
