package ecster

import "github.com/lendgate/lendgate/adapters/sandbox/lender"

// moving are the operations on /transactions; a refund at Swish has an answer of its own.
var moving = []string{"capture", "refund", "cancel"}

// Lies are told of orders, one or the first of a search, and of transactions. A cart and a new
// reference are answered with nothing that could be wrong.
func (l *Lender) Lies() []lender.Lie {
	return []lender.Lie{
		{Of: moving, Fact: lender.Status, Path: "orderStatus", Words: statuses},
		{Of: []string{"refund", "read"}, Fact: lender.Status, Path: "status", Words: refundStatuses},
		{Of: []string{"read"}, Fact: lender.Status, Path: "status", Words: statuses},
		{Of: []string{"read"}, Fact: lender.Status, Path: "0.status", Words: statuses},
		{Of: moving, Fact: lender.Amount, Path: "transaction.amount"},
		{Of: []string{"read"}, Fact: lender.Amount, Path: "amount"},
		{Of: []string{"read"}, Fact: lender.Amount, Path: "debitedAmount"},
		{Of: []string{"read"}, Fact: lender.Amount, Path: "creditedAmount"},
		{Of: []string{"read"}, Fact: lender.Amount, Path: "0.debitedAmount"},
		{Of: []string{"read"}, Fact: lender.Currency, Path: "currency", Words: currencies},
		{Of: []string{"read"}, Fact: lender.Currency, Path: "0.currency", Words: currencies},
	}
}

// Forge tells another status and does not know the agreed value of the header.
func (l *Lender) Forge(n lender.Notice) lender.Notice {
	forged := lender.Lie{Fact: lender.Status, Path: "status", Words: statuses}
	n.Body, _ = forged.Tell(n.Body, 0)
	n.Header = n.Header.Clone()
	if l.settings.NoticeName != "" {
		n.Header.Set(l.settings.NoticeName, "not "+l.settings.NoticeValue)
	}
	return n
}
