package spendoption

import (
	"net/url"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/shopspring/decimal"
)

// ASSUMED: ten minutes and one use; the lender publishes neither.
const tokenLife = 10 * time.Minute

const (
	scaExempt        = "Exempt"                 // ASSUMED: the lender has an SCAStatus, its values are not public
	scaRequired      = "AuthenticationRequired" // ASSUMED, likewise
	scaAuthenticated = "Authenticated"
	scaFailed        = "Failed"
)

// session is one initiate: whether this customer must authenticate for this purchase.
type session struct {
	purchaseOf
	token    string // as initiate returned it; the widget is opened with it
	upgraded string // as the widget returned it
	amount   decimal.Decimal
	status   string
	expires  time.Time
	used     bool
}

// purchaseOf says what an initiate and an authorisation have in common.
type purchaseOf struct{ customer, reference string }

// ASSUMED field names, all of them.
type initiated struct {
	Status    string `json:"status"`
	ScaToken  string `json:"scaToken"`
	WidgetURL string `json:"widgetUrl,omitempty"`
}

func (l *Lender) initiate(c call) (any, *refusal) {
	f := readBody(c.request.Body)
	amount, reference := f.money("amount"), f.text("orderReference", true, 50)
	picked, override := l.readChoice(f), f.flag("overrideExemption")
	if no := f.refused(); no != nil {
		return nil, no
	}
	if no := picked.refused(c, amount); no != nil {
		return nil, no
	}
	s := &session{
		purchaseOf: purchaseOf{c.customer, reference}, token: "sca-" + l.ids.Hex(40), amount: amount,
		status: scaExempt, expires: c.now.Add(tokenLife),
	}
	l.tokens[s.token], l.latest[s.purchaseOf] = s, s
	l.rows = append(l.rows, s)
	if !override && cents(amount) != centsAuthenticate {
		return initiated{Status: scaExempt, ScaToken: s.token}, nil
	}
	s.status = scaRequired
	return initiated{scaRequired, s.token, l.settings.WidgetURL + "?scaToken=" + url.QueryEscape(s.token)}, nil
}

// proven checks the sca-token of an authorisation, and that there is one where one is demanded:
// for amounts that demand it, and after an initiate that did.
func (l *Lender) proven(c call, reference string, amount decimal.Decimal) (*session, *refusal) {
	token, asked := c.request.Header.Get("sca-token"), purchaseOf{c.customer, reference}
	if token == "" {
		if last := l.latest[asked]; cents(amount) == centsAuthenticate || (last != nil && last.status != scaExempt) {
			return nil, scaRefusal("an sca-token is required")
		}
		return nil, nil
	}
	s := l.tokens[token]
	switch {
	case s == nil || s != l.latest[asked] || !s.amount.Equal(amount):
		return nil, scaRefusal("the sca-token is not that of the latest initiate for this customer, orderReference and amount")
	case s.used:
		return nil, scaRefusal("the sca-token was used")
	case !c.now.Before(s.expires):
		return nil, scaRefusal("the sca-token has expired")
	case s.status == scaFailed || (s.status != scaExempt && token != s.upgraded):
		return nil, scaRefusal("the customer has not authenticated with this sca-token")
	}
	return s, nil
}

// ASSUMED: 403, and that amount and reference are bound to the token.
func scaRefusal(why string) *refusal {
	return &refusal{status: 403, title: "Strong customer authentication", detail: why}
}

func (s *session) row() (lender.Order, bool) {
	status := s.status
	if status == scaAuthenticated {
		status += ", sca-token " + s.upgraded
	}
	return lender.Order{
		Lender: "spendoption", ID: s.token, Reference: s.reference, Status: status, Currency: currency,
		Amount: s.amount.StringFixed(2), Captured: "0.00", Refunded: "0.00", Canceled: "0.00",
	}, !s.used
}
