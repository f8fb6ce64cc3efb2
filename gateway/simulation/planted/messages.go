package planted

// messages are slips in what lenders' notifications do, and in what time does to an order.
var messages = []Bug{
	{
		Name: "a message is acknowledged although it was not stored", File: "gateway/engine/receive.go",
		Old:  "\t_, err = untilFresh(func() (struct{}, error) { return struct{}{}, e.takeIn(ctx, message) })\n\treturn err\n",
		New:  "\t_, _ = untilFresh(func() (struct{}, error) { return struct{}{}, e.takeIn(ctx, message) })\n\treturn nil\n",
		Rule: "WHK-8: stored, then acknowledged", Invariant: messagesKept,
	},
	{
		Name: "a message that comes again is an error", File: "gateway/engine/receive.go",
		Old:  "\t\tif err != state.ErrNotFound {\n\t\t\treturn nil, err // it came before\n\t\t}\n",
		New:  "\t\tif err != nil && err != state.ErrNotFound {\n\t\t\treturn nil, err // it came before\n\t\t}\n",
		Rule: "WHK-10: a message may come again", Invariant: anyOrder,
	},
	{
		Name: "a message is matched without its credentials", File: "gateway/engine/receive.go",
		Old:  "\t\tif credential == provider.Describe().Credential {\n",
		New:  "\t\tif credential != \"\" || provider.Describe().ID != \"\" {\n",
		Rule: "WHK-8: a message is its sender's", Invariant: othersData,
	},
	{
		Name: "a message that does not verify is taken", File: "gateway/engine/receive.go",
		Old:  "\t\tcase err != nil && kind == canonical.Unauthenticated:\n\t\t\ttakes = true\n\t\t\tcontinue\n",
		New:  "\t\tcase err != nil && kind == canonical.Unauthenticated:\n\t\t\ttakes = true\n",
		Rule: "WHK-14: what does not verify is refused", Invariant: messagesHint,
	},
	{
		Name: "a message before its order is lost", File: "gateway/engine/message.go",
		Old:  "\tif m.Order == \"\" && !m.GivenUp {\n\t\treturn after(e.rt.Now(), schedules",
		New:  "\tif m.Order != \"\" && !m.GivenUp {\n\t\treturn after(e.rt.Now(), schedules",
		Rule: "WHK-12: an unknown reference is parked and tried again", Invariant: messagesKept,
	},
	{
		Name: "a message about no order of ours wakes nobody", File: "gateway/engine/message.go",
		Old:  "\t\t\tpresent.GivenUp = true\n",
		New:  "",
		Rule: "WHK-12: after a day somebody is told", Invariant: messagesKept,
	},
	{
		Name: "a hint that came during a look is forgotten with it", File: "gateway/engine/look.go",
		Old:  "if w.watch.Hinted != nil && w.watch.Hinted.Before(l.began) {",
		New:  "if w.watch.Hinted != nil {",
		Rule: "WHK-11: at most one look under way, and one after it", Invariant: messagesKept,
	},
	{
		Name: "every message has the lender read at once", File: "gateway/engine/watch.go",
		Old:  "\treturn latest(*hinted, w.watch.Looked.Add(hintGap))\n",
		New:  "\treturn hinted\n",
		Rule: "WHK-11: a minimum gap between looks", Invariant: anyOrder,
	},
	{
		Name: "a hint is given to the order and no timer is set", File: "gateway/engine/watch.go",
		Old:  "\t{true, waiting.hint},     // a notification came\n",
		New:  "",
		Rule: "WHK-9: fetch the truth", Invariant: messagesKept,
	},
	{
		Name: "an order that waits is never read again", File: "gateway/engine/watch.go",
		Old:  "\t{true, waiting.poll},     // it is time to ask again\n",
		New:  "",
		Rule: "WHK-12: polling finds what no message told", Invariant: equalBooks,
	},
	{
		Name: "a watch whose time has changed keeps the old one", File: "gateway/engine/watch.go",
		Old:  "case w.Due == nil || (before != nil && before.Equal(*w.Due) && !c.fell):",
		New:  "case w.Due == nil || (before != nil && !c.fell):",
		Rule: "STO-6: what waits has its timer", Invariant: oneTimer,
	},
	{
		Name: "the fallen watch of an order is not set anew", File: "gateway/engine/look.go",
		Old:  "\t\tc.fell = true\n",
		New:  "",
		Rule: "STO-6: what waits has its timer", Invariant: oneTimer,
	},
	{
		Name: "a deadline passes unnoticed", File: "gateway/engine/watch.go",
		Old:  "\t{true, waiting.deadline}, // the lender's word ends the order, not the clock\n",
		New:  "",
		Rule: "STO-9: time has the lender asked", Invariant: timeIsAsked,
	},
	{
		Name: "an authorization that is about to end is told to nobody", File: "gateway/engine/look.go",
		Old:  "\tif at := w.warning(); at != nil && !at.After(c.at) {\n",
		New:  "\tif at := w.warning(); at != nil && at.After(c.at) {\n",
		Rule: "BRK-10: an alarm well before the authorization ends", Invariant: timeIsAsked,
	},
	{
		Name: "reads that fail are repeated without a pause", File: "gateway/engine/look.go",
		Old:  "\t\tw.watch.Retry = after(now, schedules[min(w.watch.Failure, failurePauses)])\n",
		New:  "",
		Rule: "BRK-3: back off from a lender that fails", Invariant: recoverysShare,
	},
	{
		Name: "an order nobody finished stands for ever", File: "gateway/engine/look.go",
		Old:  "closes := w.provider.CloseAfter > 0 && w.unfunded() &&",
		New:  "closes := w.provider.CloseAfter < 0 && w.unfunded() &&",
		Rule: "UNK-13: what nobody wants is given back", Invariant: timeIsAsked,
	},
	{
		Name: "bodies of calls are kept for good", File: "gateway/engine/look.go",
		Old:  "\t\tif err := tx.Requests().Delete(attempt); err != nil {\n\t\t\treturn err\n\t\t}\n",
		New:  "\t\t_ = attempt\n",
		Rule: "SEC-17: raw bodies are kept for a time", Invariant: secretsStay,
	},
	{
		Name: "an order that a repeated create left behind is kept", File: "gateway/engine/orphan.go",
		Old:  "\t\te.cancelUnwanted(c)\n",
		New:  "",
		Rule: "UNK-13: what nobody wants is given back", Invariant: equalBooks,
	},
	{
		Name: "a lender that does not answer about an orphan is taken for a no", File: "gateway/engine/message.go",
		Old:  "\tcase err != nil || report.Finding == canonical.Mute ||",
		New:  "\tcase report.Finding == canonical.Mute ||",
		Rule: "UNK-4: an error is no absence", Invariant: messagesKept,
	},
}
