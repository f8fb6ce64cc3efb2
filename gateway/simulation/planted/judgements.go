package planted

// judgements are slips in what a lender's word does to our books.
var judgements = []Bug{
	{
		Name: "a movement of another amount is taken for ours", File: "canonical/sighting.go",
		Old:  "case attempt.Amount != nil && m.Amount.Equal(attempt.Amount.Value):",
		New:  "case attempt.Amount != nil:",
		Rule: "SEC-6: what lenders say is held against what was asked", Invariant: doneThere,
	},
	{
		Name: "what a lender would not show is taken for absent", File: "canonical/sighting.go",
		Old:  "\treturn drift != \"\" || len(again) > 0\n",
		New:  "\treturn true || drift != \"\" || len(again) > 0\n",
		Rule: "UNK-4: absence is proof where the lender would show it", Invariant: undoneThere,
	},
	{
		Name: "an unknown word says that nothing happened", File: "canonical/sighting.go",
		Old:  "\tcase s.Unknown || s.Phase == \"\":\n\t\treturn Mute\n",
		New:  "\tcase s.Unknown || s.Phase == \"\":\n\t\treturn Absent\n",
		Rule: "UNK-2: what is not recognized is in doubt", Invariant: unknownWords,
	},
	{
		Name: "a report that goes back is passed over", File: "canonical/sighting.go",
		Old:  "\tif !ok || target.captured.Less(p.Captured) || target.refunded.Less(p.Refunded) {\n\t\treturn nil, false, s.describe()\n",
		New:  "\tif !ok || target.captured.Less(p.Captured) || target.refunded.Less(p.Refunded) {\n\t\treturn nil, false, \"\"\n",
		Rule: "WHK-13: what goes back is refused and told", Invariant: movesOfTable,
	},
	{
		Name: "a promise that was given back stands again when an old report says so", File: "canonical/sighting.go",
		Old:  "\tcase captures || p.Authorized.IsZero():\n",
		New:  "\tcase captures || !p.Canceled.IsZero() || p.Authorized.IsZero():\n",
		Rule: "WHK-13: what goes back is refused and told", Invariant: movesOfTable,
	},
	{
		Name: "an end gives back nothing", File: "canonical/sighting.go",
		Old:  "\t\tt.net = t.captured\n",
		New:  "",
		Rule: "WHK-9: the state that was read is applied whole", Invariant: equalBooks,
	},
	{
		Name: "a refund that was made there is not taken over", File: "canonical/sighting.go",
		Old:  "\tadd(Refund, p.Refunded, t.refunded)\n",
		New:  "",
		Rule: "WHK-9: the state that was read is applied whole", Invariant: equalBooks,
	},
	{
		Name: "a raised authorization is no sign of the lender's fees", File: "canonical/sighting.go",
		Old:  "attempt.Kind == OpAuthorize && attempt.Amount != nil && attempt.Amount.Value.Less(m.Amount):",
		New:  "attempt.Kind == OpAuthorize && attempt.Amount != nil && m.Amount.Less(attempt.Amount.Value):",
		Rule: "SEC-6: what lenders say is held against what was asked", Invariant: discrepancy,
	},
	{
		Name: "an update is judged by the reference alone", File: "canonical/sighting.go",
		Old:  "case named && (!amount || change.Amount.Equal(before)):",
		New:  "case named:",
		Rule: "SEC-6: what lenders say is held against what was asked", Invariant: doneThere,
	},
	{
		Name: "what was read is applied to an order that has changed since", File: "gateway/engine/absorb.go",
		Old:  "if order.Version != seen.Version || order.Hidden.Open != nil {",
		New:  "if order.Hidden.Open != nil {",
		Rule: "UNK-10: read again in the commit, and only then act", Invariant: equalBooks,
	},
	{
		Name: "what was read is applied while an operation is under way", File: "gateway/engine/absorb.go",
		Old:  "if order.Version != seen.Version || order.Hidden.Open != nil {",
		New:  "if order.Version != seen.Version {",
		Rule: "UNK-7: one unresolved money operation for each order", Invariant: bookedOnce,
	},
	{
		Name: "an unknown word ends a contradiction", File: "gateway/engine/absorb.go",
		Old:  "\tif !s.Unknown && s.Phase != \"\" {\n",
		New:  "\tif s.Word != \"\" {\n",
		Rule: "UNK-2: what is not recognized is in doubt", Invariant: unknownWords,
	},
	{
		Name: "a contradiction of our books is not kept", File: "gateway/engine/change.go",
		Old:  "c.order.Drift, c.drifted = &canonical.Drift{Seen: seen, Since: c.at}, true",
		New:  "c.drifted = false",
		Rule: "UNK-14: every break is a stored object", Invariant: discrepancy,
	},
	{
		Name: "money that moved after the end wakes nobody", File: "gateway/engine/decide.go",
		Old:  "\tcase late:\n\t\tc.alarm(\"money moved after the order had ended\")\n",
		New:  "\tcase late:\n\t\treturn movements\n",
		Rule: "UNK-14: every break is a stored object", Invariant: discrepancy,
	},
	{
		Name: "what a lender did besides is not booked", File: "gateway/engine/settle.go",
		Old:  "\tif leftover != nil && ours {\n",
		New:  "\tif leftover != nil && !ours {\n",
		Rule: "WHK-9: the state that was read is applied whole", Invariant: equalBooks,
	},
	{
		Name: "what the books cannot hold is booked by no one and told to no one", File: "gateway/engine/decide.go",
		Old:  "\t\t\tc.drift(\"the lender did what our books cannot hold: \" + err.Error())\n\t\t}\n\t}\n\tif rest",
		New:  "\t\t\t_ = err\n\t\t}\n\t}\n\tif rest",
		Rule: "UNK-14: every break is a stored object", Invariant: discrepancy,
	},
	{
		Name: "a last capture keeps the rest", File: "gateway/engine/decide.go",
		Old:  "attempt.Final && !rest.IsZero() {",
		New:  "attempt.Final && rest.IsZero() {",
		Rule: "UNK-6: what is given back is booked as such", Invariant: equalBooks,
	},
	{
		Name: "a declined create leaves its order open", File: "gateway/engine/decide.go",
		Old:  "\tif attempt.Kind == canonical.OpCreate {\n\t\tc.end(canonical.ByLender)\n\t}\n",
		New:  "",
		Rule: "SEC-5: only transitions of the table", Invariant: noTrace,
	},
	{
		Name: "another order's number at the lender is taken over", File: "gateway/engine/begin.go",
		Old:  "\treturn taken(present, c.order)\n}\n\nfunc providerOrderID",
		New:  "\tpresent.Order = c.order.ID\n\treturn tx.ProviderOrders().Replace(id, present)\n}\n\nfunc providerOrderID",
		Rule: "SEC-1: nobody's records but one's own", Invariant: othersData,
	},
	{
		Name: "a notification's order is taken for ours unseen", File: "gateway/engine/sync.go",
		Old:  "return s.Reference != order.ProviderOrder.Reference\n",
		New:  "return s.Reference != \"\" && s.Reference != order.ProviderOrder.Reference\n",
		Rule: "WHK-9: a message is a hint", Invariant: messagesHint,
	},
	{
		Name: "one look that does not show an expired order ends it", File: "gateway/engine/absent.go",
		Old:  "\t\tcase absent == nil:\n\t\t\tresult.Order.Hidden.Watch.Absent = &report.AsOf\n\t\t\treturn c, nil\n\t\tcase report",
		New:  "\t\tcase absent != nil && report",
		Rule: "UNK-4: absence is two reads apart", Invariant: timeIsAsked,
	},
	{
		Name: "an order that is not shown ends before its time is over", File: "gateway/engine/absent.go",
		Old:  "\t\texpires != nil && !report.AsOf.Before(*expires)",
		New:  "\t\texpires != nil",
		Rule: "UNK-4: absence is two reads apart", Invariant: timeIsAsked,
	},
}
