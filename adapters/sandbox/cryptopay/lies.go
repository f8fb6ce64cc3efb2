package cryptopay

import "github.com/lendgate/lendgate/adapters/sandbox/lender"

// answered are the operations whose answers show one order.
var answered = []string{"create", "refund", "read"}

// currencies are some of those that prices come in.
var currencies = []string{"USDT", "USDC", "USD", "EUR"}

// Lies are told of one order, or of the first of a list.
func (l *Lender) Lies() []lender.Lie {
	return []lender.Lie{
		{Of: answered, Fact: lender.Status, Path: "order.status", Words: statuses},
		{Of: []string{"read"}, Fact: lender.Status, Path: "data.0.status", Words: statuses},
		{Of: answered, Fact: lender.Amount, Path: "order.amount"},
		{Of: []string{"refund", "read"}, Fact: lender.Amount, Path: "order.refunded_amount"},
		{Of: []string{"read"}, Fact: lender.Amount, Path: "data.0.amount"},
		{Of: []string{"read"}, Fact: lender.Amount, Path: "data.0.refunded_amount"},
		{Of: answered, Fact: lender.Currency, Path: "order.currency", Words: currencies},
		{Of: []string{"read"}, Fact: lender.Currency, Path: "data.0.currency", Words: currencies},
	}
}

// Forge tells another status, signed with another secret. Where notifications are encrypted it seals
// with that secret whatever it has.
func (l *Lender) Forge(n lender.Notice) lender.Notice {
	secret := "not " + l.settings.WebhookSecret
	if l.settings.EncryptWebhooks {
		n.Body = encode(envelope{encryption, seal(secret, n.Body)})
	} else {
		forged := lender.Lie{Fact: lender.Status, Path: "status", Words: statuses}
		n.Body, _ = forged.Tell(n.Body, 0)
	}
	n.Header = n.Header.Clone()
	n.Header.Set("X-Fluxa-Signature", signNotice(secret, n.Header.Get("X-Fluxa-Timestamp"), n.Body))
	return n
}
