package iwocapay

import (
	"net/http"
	"slices"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// create does not look for another order of the same reference.
// ASSUMED: references are called unique; nothing says that the lender insists.
func (l *Lender) create(c call) lender.Reply {
	sent, complaints := readOrder(c.r.Body)
	if complaints != nil {
		return refuse(http.StatusBadRequest, complaints...)
	}
	id := l.ids.UUID()
	o := &order{
		id:          id,
		number:      len(l.orders) + 1,
		payLinkID:   l.ids.UUID(),
		url:         l.settings.CheckoutURL + "/pay/order/" + l.ids.Hex(8) + "/landing/",
		amount:      money(sent["amount"]),
		reference:   textIn(sent["reference"]),
		terms:       termsIn(sent["allowed_payment_terms"]),
		webhookURL:  textIn(sent["webhook_url"]),
		redirectURL: returning(textIn(sent["redirect_url"]), id),
	}
	l.orders = append(l.orders, o)
	l.byID[o.id] = o
	l.become(c.now, o, created)
	return answer(http.StatusCreated, o.asCreated())
}

// ASSUMED: 200; the code is not written down.
func (l *Lender) show(c call) lender.Reply {
	o := l.shown(c.order)
	if o == nil {
		return unknownOrder()
	}
	return answer(http.StatusOK, o.asRead(l.settings.SellerName))
}

// cancel ends an order nobody has completed.
// ASSUMED: 204, and UNSUCCESSFUL afterwards; the documents tell neither.
func (l *Lender) cancel(c call) lender.Reply {
	o := l.shown(c.order)
	if o == nil {
		return unknownOrder()
	}
	if o.final() {
		return refuse(http.StatusBadRequest, "Can't cancel order of terminal state")
	}
	o.forgotten = l.settings.ForgetCanceled
	l.become(c.now, o, unsuccessful)
	return lender.Reply{Status: http.StatusNoContent, Header: http.Header{}}
}

func (l *Lender) checkConnection(call) lender.Reply {
	return answer(http.StatusOK, struct{}{})
}

func (l *Lender) shown(id string) *order {
	o := l.byID[id]
	if o == nil || o.forgotten {
		return nil
	}
	return o
}

// termsIn lists what the customer may choose from: everything unless the order says otherwise.
func termsIn(raw []byte) []string {
	sent, _ := texts(raw)
	var chosen []string
	for _, term := range allTerms {
		if len(sent) == 0 || slices.Contains(sent, term) {
			chosen = append(chosen, term)
		}
	}
	return chosen
}
