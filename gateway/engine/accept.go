package engine

import (
	"net/url"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/canonical"
)

// check says everything that is wrong with a new order for a provider, at once.
func (n *NewOrder) check(p canonical.Provider) error {
	var fields []canonical.Field
	add := func(pointer, detail string) {
		if detail != "" {
			fields = append(fields, canonical.Field{Pointer: pointer, Detail: detail})
		}
	}
	n.checkAmount(p, add)
	add("/customer/country", outside(n.Customer.Country, p.Accepts.Countries))
	add("/customer/type", outside(n.Customer.Type, p.Accepts.Customers))
	add("/return_url", addressMistake(n.ReturnURL))
	add("/cancel_url", addressMistake(n.CancelURL))
	if err := checkOptions(p, canonical.OpCreate, n.Options); err != nil {
		fields = append(fields, err.(*canonical.Error).Fields...)
	}
	if fields == nil {
		return nil
	}
	return &canonical.Error{Kind: canonical.InvalidRequest, Provider: p.ID, Detail: "provider " + p.ID + " cannot take this order", Fields: fields}
}

func (n *NewOrder) checkAmount(p canonical.Provider, add func(pointer, detail string)) {
	if n.Amount == nil {
		if n.ProviderOrder == "" {
			add("/amount", "is missing")
		}
		return
	}
	amount := *n.Amount
	add("/amount/currency", outside(amount.Currency, p.Accepts.Currencies))
	if err := amount.Check(); err != nil {
		add("/amount/value", err.Error())
		return
	}
	add("/amount/value", outsideLimits(amount, p.Accepts))
	if err := canonical.CheckLines(n.Lines, amount); err != nil {
		add("/lines", err.Error())
	}
}

// outsideLimits says why a provider does not take an order of this amount.
func outsideLimits(amount canonical.Money, accepts canonical.Acceptance) string {
	switch {
	case amount.IsZero():
		return "must be more than zero"
	case accepts.Min != nil && amount.Value.Less(*accepts.Min):
		return "is less than the provider's minimum of " + accepts.Min.String()
	case accepts.Max != nil && accepts.Max.Less(amount.Value):
		return "is more than the provider's maximum of " + accepts.Max.String()
	}
	return ""
}

// outside says that a word given is not among those accepted.
func outside(word string, accepted []string) string {
	if word == "" || len(accepted) == 0 || slices.Contains(accepted, word) {
		return ""
	}
	return "the provider takes " + strings.Join(accepted, ", ")
}

// addressMistake: the customer is sent to it, so it must be absolute and https.
func addressMistake(address string) string {
	if address == "" {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return "must be an absolute https address"
	}
	return ""
}
