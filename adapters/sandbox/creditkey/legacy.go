package creditkey

import (
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

const lookUpPath = "/app/ecomm/find_order_by_merchant_order_id"

// legacyWords are the statuses as the oldest generation spells them.
// ASSUMED: which word belongs to which newer status; only clients of both tell.
var legacyWords = map[string]string{
	created:    "new",
	pending:    "new",
	authorized: "placed",
	captured:   "shipped",
	canceled:   "canceled",
	returned:   "returned",
}

// legacyOrder leaves out capture_status and merchant_status: their words are not known.
type legacyOrder struct {
	ID              string          `json:"id"`
	Status          string          `json:"status"`
	Amount          dollars         `json:"amount"`
	RefundedAmount  dollars         `json:"refunded_amount"`
	Items           json.RawMessage `json:"items"`
	MerchantOrderID string          `json:"merchant_order_id"`
	ShippingAddress json.RawMessage `json:"shipping_address"`
}

func (o order) legacy() legacyOrder {
	w := legacyOrder{
		ID:              o.key,
		Status:          legacyWords[o.status],
		Amount:          dollars{o.amount},
		RefundedAmount:  dollars{o.refunded},
		Items:           json.RawMessage("[]"),
		MerchantOrderID: o.merchantOrderID,
		ShippingAddress: o.address,
	}
	if o.items != nil {
		w.Items = o.items
	}
	return w
}

// lookUp finds an order by the merchant's number; where several carry it, the newest.
// ASSUMED: the newest; numbers are called unique, but nothing says that the lender insists.
func (l *Lender) lookUp(c call) lender.Reply {
	query, err := url.ParseQuery(c.r.RawQuery)
	if err != nil || len(query["public_key"]) != 1 || len(query["shared_secret"]) != 1 ||
		query.Get("public_key") != l.settings.PublicKey || query.Get("shared_secret") != l.settings.SharedSecret {
		return legacyRefusal(http.StatusUnauthorized, "unauthorized")
	}
	if len(query) != 3 || len(query["merchant_order_id"]) != 1 || query.Get("merchant_order_id") == "" {
		return legacyRefusal(http.StatusBadRequest, "merchant order id is required, and nothing else")
	}
	found := l.newestWith(query.Get("merchant_order_id"))
	if found == nil {
		return legacyRefusal(http.StatusNotFound, "not found")
	}
	return answer(http.StatusOK, found.legacy())
}

func legacyRefusal(status int, text string) lender.Reply {
	return answer(status, struct {
		Result string `json:"result"`
	}{text})
}
