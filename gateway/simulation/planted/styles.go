package planted

// styles are slips in one lender's translation.
var styles = []Bug{
	{
		Name: "another transaction than asked for is a yes", File: "adapters/ecster/translate.go",
		Old:  "\tcase t.TransactionReference != \"\" && t.TransactionReference != cmd.Reference:\n",
		New:  "\tcase t.TransactionReference == cmd.Order.ID:\n",
		Rule: "SEC-6: what lenders say is held against what was asked", Invariant: doneThere,
	},
	{
		Name: "a list that lacks movements proves absence", File: "adapters/ecster/reads.go",
		Old:  "case listed && said.Transactions != nil && listsAll(seen, canonical.OpCapture, seen.Captured) && listsAll(seen, canonical.OpRefund, seen.Refunded):",
		New:  "case listed:",
		Rule: "UNK-4: absence is proof where the lender would show it", Invariant: undoneThere,
	},
	{
		Name: "a Swish refund under way shows as none", File: "adapters/ecster/reads.go",
		Old:  "\tif r == refundOngoing || (r == refundDone && none) {\n",
		New:  "\tif r == refundDone && none {\n",
		Rule: "UNK-4: absence is proof where the lender would show it", Invariant: undoneThere,
	},
	{
		Name: "what Ecster credited is not read", File: "adapters/ecster/orders.go",
		Old:  "{\"creditedAmount\", o.CreditedAmount, &s.Refunded},",
		New:  "{\"creditedAmount\", o.CreditedAmount, new(*canonical.Amount)},",
		Rule: "WHK-9: the state that was read is applied whole", Invariant: equalBooks,
	},
	{
		Name: "a last capture at Ecster lets nothing go", File: "adapters/ecster/translate.go",
		Old:  "CloseDebit: &cmd.Final,",
		New:  "CloseDebit: new(bool),",
		Rule: "UNK-6: what is given back is booked as such", Invariant: equalBooks,
	},
	{
		Name: "Ecster's header or its address is enough", File: "adapters/ecster/notifications.go",
		Old:  "return header && path && (name != \"\" || secret != \"\")",
		New:  "return (header || path) && (name != \"\" || secret != \"\")",
		Rule: "WHK-8: verify before anything else", Invariant: messagesHint,
	},
	{
		Name: "another order's reply is a yes at Credit Key", File: "adapters/creditkey/replies.go",
		Old:  "\tcase asked != \"\" && asked != w.Key:\n",
		New:  "\tcase asked != \"\" && w.Key == \"\":\n",
		Rule: "SEC-6: what lenders say is held against what was asked", Invariant: doneThere,
	},
	{
		Name: "an order that is still authorized is taken for captured", File: "adapters/creditkey/exchanges.go",
		Old:  "Encode: s.encodeCapture, Decode: s.decodeWhole, Yes: []string{captured},",
		New:  "Encode: s.encodeCapture, Decode: s.decodeWhole, Yes: []string{captured, authorized},",
		Rule: "UNK-2: an answer is exactly one of the states", Invariant: doneThere,
	},
	{
		Name: "a part canceled at Credit Key is sent as the amount that stays", File: "adapters/creditkey/translate.go",
		Old:  "return orderChange{Amount: s.definition.Figure(cmd.Amount.With(net.Sub(cmd.Amount.Value)))}, nil",
		New:  "return orderChange{Amount: s.definition.Figure(cmd.Amount)}, nil",
		Rule: "SEC-6: the amount that was asked for is the amount that is sent", Invariant: equalBooks,
	},
	{
		Name: "a lost refund of a part is looked for where it does not show", File: "adapters/creditkey/exchanges.go",
		Old:  "s.refund(\"refund\", nil, askPerson),",
		New:  "s.refund(\"refund\", nil, readBack),",
		Rule: "UNK-5: an adapter declares how doubt is solved", Invariant: doubtsEnd,
	},
	{
		Name: "Credit Key's signature is not compared", File: "adapters/creditkey/notifications.go",
		Old:  "return err == nil && hmac.Equal(signature, mac.Sum(nil))",
		New:  "return err == nil && len(signature) == mac.Size()",
		Rule: "WHK-8: verify before anything else", Invariant: messagesHint,
	},
	{
		Name: "an order of test money is taken for live money", File: "adapters/cryptopay/translate.go",
		Old:  "\tif o.IsTest != nil && *o.IsTest != c.test {\n",
		New:  "\tif o.IsTest == nil && c.test {\n",
		Rule: "SEC-11: test and live never meet", Invariant: othersData,
	},
	{
		Name: "a refund's reply is believed whatever its total", File: "adapters/cryptopay/translate.go",
		Old:  "\t\tmoved := cmd.Amount.With(total.Sub(before))\n\t\to.Moved = &moved\n",
		New:  "\t\to.Moved = &cmd.Amount\n",
		Rule: "SEC-6: what lenders say is held against what was asked", Invariant: discrepancy,
	},
	{
		Name: "an old notification is taken at any time", File: "adapters/cryptopay/notifications.go",
		Old:  "if err != nil || m.At.Sub(time.Unix(seconds, 0)).Abs() > window {",
		New:  "if err != nil || time.Unix(seconds, 0).Sub(m.At) > window {",
		Rule: "WHK-8: tolerance of the time of signing", Invariant: messagesHint,
	},
	{
		Name: "a replayed signature is a refusal of the charge", File: "adapters/cryptopay/cryptopay.go",
		Old:  "var replayed = adapters.Failure{Code: \"replayed_request\", Means: adapters.MeansInDoubt,",
		New:  "var replayed = adapters.Failure{Code: \"replayed_request\", Means: adapters.MeansRefused,",
		Rule: "UNK-2: what is not recognized is in doubt", Invariant: undoneThere,
	},
	{
		Name: "a list with gaps proves that a charge never came", File: "adapters/cryptopay/reads.go",
		Old:  "shown := older || len(named) >= total",
		New:  "shown := older || len(named) <= total",
		Rule: "UNK-4: absence is proof where the lender would show it", Invariant: undoneThere,
	},
	{
		Name: "iwocaPay's messages are taken unsigned", File: "adapters/iwocapay/notifications.go",
		Old:  "if s.settings.Text(\"webhook_dialect\") != \"legacy\" || !unsigned {",
		New:  "if !unsigned {",
		Rule: "WHK-8: verify before anything else", Invariant: messagesHint,
	},
	{
		Name: "an order canceled by us was turned down by the lender", File: "adapters/iwocapay/translate.go",
		Old:  "\t\tsighting.Phase, sighting.EndedBy = canonical.Ended, canonical.ByCancel\n",
		New:  "",
		Rule: "UNK-2: words mean what the table says", Invariant: movesOfTable,
	},
	{
		Name: "a cancel that comes too late is a refusal", File: "adapters/iwocapay/iwocapay.go",
		Old:  "{Status: http.StatusBadRequest, Code: terminal, Means: adapters.MeansAlreadyDone,",
		New:  "{Status: http.StatusBadRequest, Code: terminal, Means: adapters.MeansRefused,",
		Rule: "UNK-2: a state the lender reached by itself is read back", Invariant: equalBooks,
	},
	{
		Name: "a key that the contract does not promise is trusted", File: "adapters/spendoption/spendoption.go",
		Old:  "if !s.settings.Has(\"idempotent_ops\", string(x.Kind)) {",
		New:  "if s.settings.Has(\"idempotent_ops\", \"\") {",
		Rule: "UNK-5: an adapter declares how doubt is solved", Invariant: onceThere,
	},
	{
		Name: "a key in use is a refusal", File: "adapters/spendoption/spendoption.go",
		Old:  "{Status: http.StatusConflict, Code: \"*idempotency\", Means: adapters.MeansInDoubt,",
		New:  "{Status: http.StatusConflict, Code: \"*idempotency\", Means: adapters.MeansState,",
		Rule: "BRK-7: the same key in progress is in doubt", Invariant: undoneThere,
	},
	{
		Name: "an authorization without an id is a yes", File: "adapters/spendoption/translate.go",
		Old:  "\tcase id == \"\" || strings.EqualFold(result, declined):\n",
		New:  "\tcase id == \"\" && strings.EqualFold(result, declined):\n",
		Rule: "UNK-2: an answer is exactly one of the states", Invariant: doneThere,
	},
}
