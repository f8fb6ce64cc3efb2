package spendoption

import "github.com/lendgate/lendgate/adapters/sandbox/lender"

// Lies are told of the few things its answers say: most are an id and no more.
func (l *Lender) Lies() []lender.Lie {
	lies := []lender.Lie{
		{Of: []string{"authenticate"}, Fact: lender.Status, Path: "status", Words: []string{scaExempt, scaRequired, scaAuthenticated, scaFailed}},
		{Of: []string{"offers"}, Fact: lender.Status, Path: "options.0.offerStatus", Words: []string{active, inactive, over}},
		{Of: []string{"offers"}, Fact: lender.Amount, Path: "options.0.illustration.totalRepayable.value"},
		{Of: []string{"offers"}, Fact: lender.Currency, Path: "options.0.illustration.totalRepayable.currencyCode", Words: currencies},
		{Of: []string{"cancel"}, Fact: lender.Amount, Path: "remainingFloat.value"},
		{Of: []string{"cancel"}, Fact: lender.Currency, Path: "remainingFloat.currencyCode", Words: currencies},
	}
	if l.settings.Legacy {
		return lies
	}
	return append(lies, lender.Lie{Of: []string{"authorize"}, Fact: lender.Status, Path: "result", Words: []string{authorised, declined}})
}

// currencies are the lender's own and one it has nothing to do with.
var currencies = []string{currency, "EUR"}
