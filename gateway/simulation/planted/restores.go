package planted

// restores are slips after a backup was restored, and where a person's word counts.
var restores = []Bug{
	{
		Name: "a restored gateway takes new operations at once", File: "gateway/engine/quarantine.go",
		Old:  "\t\tif err == nil && shut {\n",
		New:  "\t\tif err != nil && shut {\n",
		Rule: "STO-8: no sends before every open order was looked up", Invariant: restoredTruth,
	},
	{
		Name: "a restored gateway sends what was queued", File: "gateway/engine/recover.go",
		Old:  "\tcase d.shut && (d.attempt.State == canonical.Queued || d.request.Harmless):\n\t\treturn s, e.waitOut(ctx, opID)\n",
		New:  "",
		Rule: "STO-8: no sends before every open order was looked up", Invariant: restoredTruth,
	},
	{
		Name: "a restored gateway repeats what was in doubt", File: "gateway/engine/recover.go",
		Old:  "\t\tcase d.shut && (step == canonical.RepeatSameKey || step == canonical.SendAgain):\n",
		New:  "",
		Rule: "STO-8: no sends before every open order was looked up", Invariant: restoredTruth,
	},
	{
		Name: "what was on its way before a restore was never sent", File: "gateway/engine/quarantine.go",
		Old:  "\t\tattempt.State, attempt.Sends, attempt.CallEndsAt = canonical.Doubtful, max(attempt.Sends, 1), &c.at\n",
		New:  "\t\tattempt.CallEndsAt = &c.at\n",
		Rule: "STO-8: what a backup shows as planned may have happened since", Invariant: restoredTruth,
	},
	{
		Name: "a quarantine ends when the list was read", File: "gateway/engine/readback.go",
		Old:  "if q.Listed && len(left) == 0 {",
		New:  "if q.Listed {",
		Rule: "STO-8: no sends before every open order was looked up", Invariant: restoredTruth,
	},
	{
		Name: "a quarantine ends although the lender has no list", File: "gateway/engine/readback.go",
		Old:  "if q.Listed && len(left) == 0 {",
		New:  "if len(left) == 0 {",
		Rule: "STO-8: orders made since the backup are found too", Invariant: restoredTruth,
	},
	{
		Name: "orders that a backup does not know are left alone", File: "gateway/engine/readback.go",
		Old:  "&report.Orders[i], backup); err != nil {",
		New:  "&report.Orders[i], report.AsOf); err != nil {",
		Rule: "UNK-14: in both directions", Invariant: restoredTruth,
	},
	{
		Name: "the first page of a lender's list is all of it", File: "gateway/engine/readback.go",
		Old:  "if cursor = report.Cursor; cursor == \"\" {",
		New:  "if cursor = report.Cursor; cursor != report.Cursor+\"-\" {",
		Rule: "UNK-14: in both directions", Invariant: restoredTruth,
	},
	{
		Name: "an operator's word counts where nothing is in doubt", File: "gateway/engine/resolve.go",
		Old:  "\tif !s.op.State.Uncertain() {\n",
		New:  "\tif !s.op.State.Unresolved() {\n",
		Rule: "SEC-5: a word ends a doubt and nothing else", Invariant: whoSaidSo,
	},
	{
		Name: "an operator may say any amount", File: "gateway/engine/resolve.go",
		Old:  "\tif !raised && !r.Amount.Equal(*asked) {\n",
		New:  "\tif !raised && r.Amount.Currency != asked.Currency {\n",
		Rule: "SEC-5: a movement is what was asked, or did not happen", Invariant: discrepancy,
	},
	{
		Name: "what contradicts an operator's word is passed over", File: "gateway/engine/settle.go",
		Old:  "\tc.order.Hidden.Resolved = c.order.Hidden.Resolved || f.word != nil\n",
		New:  "",
		Rule: "SEC-5: evidence against a word is an alarm", Invariant: discrepancy,
	},
	{
		Name: "who resolved a doubt is not written", File: "gateway/engine/change.go",
		Old:  "\t\t\tevent.Origin, event.Actor, event.TraceID = l.by.origin, l.by.actor, l.by.traceID\n",
		New:  "\t\t\tevent.Origin, event.TraceID = l.by.origin, l.by.traceID\n",
		Rule: "SEC-20: every line names its actor", Invariant: whoSaidSo,
	},
	{
		Name: "a forgotten person's messages stay", File: "gateway/engine/forget.go",
		Old:  "\t\tm.Body = nil\n",
		New:  "",
		Rule: "SEC-16: erased is erased", Invariant: secretsStay,
	},
	{
		Name: "the key of a forgotten person's digests stays", File: "canonical/event.go",
		Old:  "o.Shipping.impersonal(), \"\"\n",
		New:  "o.Shipping.impersonal(), o.Hidden.PersonSalt\n",
		Rule: "SEC-16: erased is erased", Invariant: secretsStay,
	},
	{
		Name: "a secret of one call is stored as it is", File: "gateway/engine/change.go",
		Old:  "\t\tstored, err := e.sealed(attempt, request)\n",
		New:  "\t\tstored, err := request, error(nil)\n",
		Rule: "SEC-17: what is stored of a call is encrypted", Invariant: secretsStay,
	},
	{
		Name: "a secret of a call is kept with its order", File: "gateway/engine/options.go",
		Old:  "there && !option.Secret {",
		New:  "there {",
		Rule: "SEC-12: a secret of one call is that call's", Invariant: secretsStay,
	},
}
