package iwocapay

import "github.com/lendgate/lendgate/adapters/sandbox/lender"

// answered are the operations whose answers show the order. A cancel is answered with nothing.
var answered = []string{"create", "read"}

// Lies are told of the status and the amount: no answer names a currency.
func (l *Lender) Lies() []lender.Lie {
	return []lender.Lie{
		{Of: answered, Fact: lender.Status, Path: "data.status", Words: statuses},
		{Of: answered, Fact: lender.Amount, Path: "data.amount"},
	}
}

// Seal signs an answer again that was signed.
func (l *Lender) Seal(reply *lender.Reply) {
	if reply.Header.Get(signatureHeader) != "" {
		reply.Header.Set(signatureHeader, Sign(l.settings.SellerToken, reply.Body))
	}
}

// Forge tells another status, signed with another token. The older dialect signs nothing: there a
// forgery cannot be told from the real one.
func (l *Lender) Forge(n lender.Notice) lender.Notice {
	forged := lender.Lie{Fact: lender.Status, Path: "data.status", Words: statuses}
	n.Body, _ = forged.Tell(n.Body, 0)
	n.Header = n.Header.Clone()
	if n.Header.Get(signatureHeader) != "" {
		n.Header.Set(signatureHeader, Sign("not "+l.settings.SellerToken, n.Body))
	}
	return n
}
