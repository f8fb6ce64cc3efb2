package ecster

import (
	"net/http"
	"net/url"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

const maxReference = 64

// currencies that Ecster's countries use. ASSUMED: all its examples are in SEK.
var currencies = []string{"SEK", "NOK", "DKK", "EUR"}

// createCart opens a checkout. It reserves nothing; the same cart may be sent any number of times.
func (l *Lender) createCart(c call) (lender.Reply, error) {
	var sent cartRequest
	if err := decode(c.body, &sent); err != nil {
		return lender.Reply{}, err
	}
	if err := sent.check(); err != nil {
		return lender.Reply{}, err
	}
	rows, err := newRows(sent.Cart.Rows, *sent.Cart.Amount)
	if err != nil {
		return lender.Reply{}, err
	}
	o := &order{
		cart: l.ids.Hex(32), status: inCart, reference: sent.OrderReference, currency: sent.Cart.Currency,
		asked: *sent.Cart.Amount, amount: *sent.Cart.Amount, rows: rows, notifyURL: sent.NotificationURL, created: c.now,
		consumer: someone(),
	}
	if sent.Consumer != nil {
		o.consumer = *sent.Consumer
	}
	l.orders = append(l.orders, o)
	return answer(http.StatusCreated, map[string]any{"checkoutCart": map[string]string{"key": o.cart}})
}

// check looks at everything but the rows.
// ASSUMED: which fields are required; the documents show them without saying so.
func (s cartRequest) check() error {
	required := []struct{ name, value string }{
		{"locale.language", s.Locale.Language},
		{"locale.country", s.Locale.Country},
		{"countryCode", s.CountryCode},
		{"parameters.shopTermsUrl", s.Parameters.ShopTermsURL},
		{"parameters.returnUrl", s.Parameters.ReturnURL},
	}
	for _, field := range required {
		if field.value == "" {
			return invalid("%s is missing", field.name)
		}
	}
	switch {
	case s.Cart == nil || s.Cart.Amount == nil || *s.Cart.Amount <= 0:
		return invalid("cart.amount is missing or not above 0")
	case !slices.Contains(currencies, s.Cart.Currency):
		return invalid("cart.currency is missing or unknown")
	case s.Parameters.PurchaseType != nil && s.Parameters.PurchaseType.Type != "B2C" && s.Parameters.PurchaseType.Type != "B2B":
		return invalid("parameters.purchaseType.type is neither B2C nor B2B")
	case utf8.RuneCountInString(s.OrderReference) > maxReference:
		return invalid("orderReference is longer than %d", maxReference)
	}
	return s.checkAddresses()
}

func (s cartRequest) checkAddresses() error {
	addresses := []struct{ name, value string }{
		{"parameters.shopTermsUrl", s.Parameters.ShopTermsURL},
		{"parameters.returnUrl", s.Parameters.ReturnURL},
		{"notificationUrl", s.NotificationURL},
	}
	for _, field := range addresses {
		if field.value == "" {
			continue
		}
		if at, err := url.Parse(field.value); err != nil || at.Host == "" || (at.Scheme != "http" && at.Scheme != "https") {
			return invalid("%s is not an address on the web", field.name)
		}
	}
	return nil
}

// someone is the customer of a cart that names none.
func someone() consumer {
	return consumer{
		NationalID:  "SE850617-2396",
		Name:        personName{FirstName: "Alva", LastName: "Sandlund"},
		Address:     address{Line1: "Provgatan 3", City: "Umeå", Zip: "90325", Country: "SE"},
		ContactInfo: contactInfo{Email: "alva@example.com", Cellular: &phoneNumber{Number: "+46700000012"}},
	}
}

// open turns a cart into an order that was paid for by a method and carries a fee.
func (l *Lender) open(now time.Time, o *order, method string, fee int64) {
	o.id, o.method, o.created = l.ids.Hex(20), method, now
	if fee > 0 {
		o.fee, o.amount = fee, o.asked+fee
		// ASSUMED: the order's own rows show the fee that Ecster added.
		o.rows = append(slices.Clone(o.rows), oneRow("Invoice fee", fee, true))
	}
	l.add(now, o, typeOriginal, movement{amount: o.amount, rows: o.rows})
}
