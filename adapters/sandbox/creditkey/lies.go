package creditkey

import (
	"encoding/hex"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// answered are the operations whose answers show the order.
var answered = []string{"create", "read", "update", "authorize", "capture", "cancel", "refund"}

// Lies are told of the status and the amount: no answer names a currency.
func (l *Lender) Lies() []lender.Lie {
	legacy := make([]string, 0, len(statusesV2))
	for _, status := range statusesV2 {
		legacy = append(legacy, legacyWords[status])
	}
	return []lender.Lie{
		{Of: answered, Fact: lender.Status, Path: "status", Words: l.dialect.statuses},
		{Of: []string{"read"}, Fact: lender.Status, Path: "status", Words: legacy},
		{Of: answered, Fact: lender.Amount, Path: "amount"},
	}
}

// Forge tells another status, signed with another secret.
func (l *Lender) Forge(n lender.Notice) lender.Notice {
	forged := lender.Lie{Fact: lender.Status, Path: "data.status", Words: l.dialect.statuses}
	n.Body, _ = forged.Tell(n.Body, 0)
	n.Header = n.Header.Clone()
	n.Header.Set(l.settings.WebhookHeader, hex.EncodeToString(mac("not "+l.settings.WebhookSecret, n.Body)))
	return n
}
