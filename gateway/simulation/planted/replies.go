package planted

// replies are slips in what an answer to a call means, or the lack of one.
var replies = []Bug{
	{
		Name: "a time-out is taken for a refusal", File: "adapters/verdict.go",
		Old:  "return f.reach == Sent }, isDoubt, isUnavailable},",
		New:  "return f.reach == Sent }, isUnavailable, isUnavailable},",
		Rule: "UNK-3: not sent only where it is provable", Invariant: undoneThere,
	},
	{
		Name: "a time-out is taken for a yes", File: "adapters/verdict.go",
		Old:  "return f.reach == Sent }, isDoubt, isUnavailable},",
		New:  "return f.reach == Sent }, isBare, isUnavailable},",
		Rule: "UNK-2: what is not recognized is in doubt", Invariant: doneThere,
	},
	{
		Name: "a 500 is taken for a refusal", File: "adapters/verdict.go",
		Old:  "func(f facts) bool { return overloaded(f.status) }, isDoubt, isUnavailable},",
		New:  "func(f facts) bool { return overloaded(f.status) }, isBusy, isUnavailable},",
		Rule: "BRK-7: 5xx is in doubt", Invariant: undoneThere,
	},
	{
		Name: "a redirect is taken for a refusal", File: "adapters/verdict.go",
		Old:  "return f.status >= 300 && f.status < 400 }, isUnkept, isGarbled},",
		New:  "return f.status >= 300 && f.status < 400 }, isGarbled, isGarbled},",
		Rule: "BRK-7: 3xx is in doubt", Invariant: undoneThere,
	},
	{
		Name: "a strange status is taken for a refusal", File: "adapters/verdict.go",
		Old:  "return f.status < 200 || f.status > 299 }, isDoubt, isGarbled},",
		New:  "return f.status < 200 || f.status > 299 }, isRefused, isGarbled},",
		Rule: "UNK-2: what is not recognized is in doubt", Invariant: undoneThere,
	},
	{
		Name: "an unreadable reply is taken for a refusal", File: "adapters/verdict.go",
		Old:  "func(f facts) bool { return f.unreadable }, isReadBack, isGarbled},",
		New:  "func(f facts) bool { return f.unreadable }, isGarbled, isGarbled},",
		Rule: "UNK-2: a broken body is in doubt", Invariant: undoneThere,
	},
	{
		Name: "an unreadable reply is taken for a yes", File: "adapters/verdict.go",
		Old:  "func(f facts) bool { return f.unreadable }, isReadBack, isGarbled},",
		New:  "func(f facts) bool { return f.unreadable }, isBare, isGarbled},",
		Rule: "UNK-2: a broken body is in doubt", Invariant: doneThere,
	},
	{
		Name: "an unknown word is taken for a yes", File: "adapters/verdict.go",
		Old:  "func(f facts) bool { return f.unknown }, isDrift, isOutcome},",
		New:  "func(f facts) bool { return f.unknown }, isOutcome, isOutcome},",
		Rule: "UNK-2: an unknown word is in doubt", Invariant: unknownWords,
	},
	{
		Name: "any known word is taken for a yes", File: "adapters/judge.go",
		Old:  "if x.confirms(outcome.Sighting) || f.unknown {",
		New:  "if outcome.Sighting == nil || outcome.Sighting.Phase != \"\" || f.unknown {",
		Rule: "UNK-2: an answer is exactly one of the states", Invariant: doneThere,
	},
	{
		Name: "another amount in the reply is taken over", File: "adapters/judge.go",
		Old:  "f.other = outcome.Moved != nil && !outcome.Moved.Equal(cmd.Amount)",
		New:  "f.other = false",
		Rule: "SEC-6: what lenders say is held against what was asked", Invariant: discrepancy,
	},
	{
		Name: "of two amounts in one reply the last counts", File: "adapters/judge.go",
		Old:  "if ambiguous(t.reply.Body) || (x.Bare && c.refuses(t.reply)) {",
		New:  "if x.Bare && c.refuses(t.reply) {",
		Rule: "SEC-24: strict JSON is a rule of money", Invariant: discrepancy,
	},
	{
		Name: "a listed doubt is a refusal", File: "adapters/judge.go",
		Old:  "\t\tif x.Class == MoneyCall {\n\t\t\treturn canonical.Outcome{State: canonical.Doubtful, Code: code, ReadBack: f.Means == MeansAlreadyDone}, nil\n\t\t}\n",
		New:  "",
		Rule: "UNK-2: an answer is exactly one of the states", Invariant: undoneThere,
	},
	{
		Name: "every 429 was answered before acting", File: "adapters/judge.go",
		Old:  "f.before = overloaded(t.reply.Status) && x.answersBefore(t.reply.Status)",
		New:  "f.before = overloaded(t.reply.Status)",
		Rule: "BRK-7: not applied only if documented", Invariant: undoneThere,
	},
	{
		Name: "a decline speaks against the lender's health", File: "adapters/verdict.go",
		Old:  "\tcase f.status >= 300 && f.status < 400, f.unreadable, f.other:\n\t\treturn Unhealthy\n",
		New:  "\tcase f.status >= 300 && f.status < 500, f.unreadable, f.other:\n\t\treturn Unhealthy\n",
		Rule: "BRK-7: declines and 4xx are healthy", Invariant: breakerHolds,
	},
	{
		Name: "a failure of the lender speaks for its health", File: "adapters/verdict.go",
		Old:  "case f.reach == NotSent || f.reach == Sent, f.status >= 500:",
		New:  "case f.reach == NotSent || f.reach == Sent:",
		Rule: "BRK-7: 5xx is a failure", Invariant: breakerHolds,
	},
	{
		Name: "a read is as of when it was answered", File: "adapters/read.go",
		Old:  "\treport.AsOf = asOf\n",
		New:  "\treport.AsOf = c.now()\n",
		Rule: "UNK-4: absence is as of before the question", Invariant: undoneThere,
	},
	{
		Name: "a word's meaning is taken from the row before it", File: "adapters/words.go",
		Old:  "\tif w.Refunded {\n",
		New:  "\tif w.Captured {\n",
		Rule: "UNK-2: words mean what the table says", Invariant: equalBooks,
	},
	{
		Name: "a call that waited too long is sent all the same", File: "adapters/client.go",
		Old:  "\tif c.now().After(r.latest) {\n",
		New:  "\tif r.latest.IsZero() {\n",
		Rule: "UNK-3: not sent only where it is provable", Invariant: intentFirst,
	},
	{
		Name: "a second send with a fresh token that was lost counts as not sent", File: "adapters/client.go",
		Old:  "\t\tif again.reach == NotSent { // the first",
		New:  "\t\tif again.reach != Replied { // the first",
		Rule: "UNK-3: not sent only where it is provable", Invariant: undoneThere,
	},
}
