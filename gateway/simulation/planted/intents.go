package planted

// intents are slips in what is written before a call and around it.
var intents = []Bug{
	{
		Name: "the bytes of a call are not written before it", File: "gateway/engine/begin.go",
		Old:  "c.add(&it.op, it.requests)\n\tif it.takes.here",
		New:  "c.add(&it.op, nil)\n\tif it.takes.here",
		Rule: "UNK-1: a durable intent before the first byte", Invariant: intentFirst,
	},
	{
		Name: "a call is made while its intent is being written", File: "gateway/engine/perform.go",
		Old:  "\tif err := e.begin(ctx, call, it); err != nil {\n\t\treturn Answer{}, err\n\t}\n\treturn e.perform(ctx, it)",
		New:  "\tif it.op.State == canonical.Started {\n\t\tnow := e.rt.Now()\n\t\tstartFirst(&it.op, it.requests, now, e.set.CallMargin)\n\t\tit.op.State = canonical.Started\n\t\t_, _ = it.provider.Send(ctx, it.commands[0], it.requests[0])\n\t}\n\tif err := e.begin(ctx, call, it); err != nil {\n\t\treturn Answer{}, err\n\t}\n\treturn e.answer(settlement{order: it.order, op: it.op}, it.provider)",
		Rule: "UNK-1: a durable intent before the first byte", Invariant: intentFirst,
	},
	{
		Name: "money is sent again where its reply was lost", File: "gateway/engine/perform.go",
		Old:  "\tif err == nil || !d.request.Harmless || !lost {",
		New:  "\tif outcome.State != canonical.Doubtful && (err == nil || !d.request.Harmless || !lost) {",
		Rule: "UNK-4: no blind resend", Invariant: onceThere,
	},
	{
		Name: "a process that was held up sends all the same", File: "gateway/engine/perform.go",
		Old:  "e.rt.Now().After(latest) {",
		New:  "false && e.rt.Now().After(latest) {",
		Rule: "UNK-3: not sent only where it is provable", Invariant: intentFirst,
	},
	{
		Name: "the time in which bytes may leave is taken too short", File: "gateway/engine/begin.go",
		Old:  "return now.Add(3*timeout + margin)",
		New:  "return now.Add(timeout)",
		Rule: "UNK-3: not sent only where it is provable", Invariant: intentFirst,
	},
	{
		Name: "an operation begins on an order that has changed since it was read", File: "gateway/engine/begin.go",
		Old:  "if present.Version != it.order.Version || holding(&present) != holding(c.order) {",
		New:  "if holding(&present) != holding(c.order) {",
		Rule: "IDM-6: what was checked still holds in the commit", Invariant: oneOpen,
	},
	{
		Name: "an operation begins although another took hold of the order", File: "gateway/engine/begin.go",
		Old:  "if present.Version != it.order.Version || holding(&present) != holding(c.order) {",
		New:  "if present.Version != it.order.Version {",
		Rule: "UNK-7: one unresolved money operation for each order", Invariant: oneOpen,
	},
	{
		Name: "what is queued is sent although it was withdrawn", File: "gateway/engine/queued.go",
		Old:  "\t\tcase attempt.State != d.attempt.State:\n\t\t\treturn nil, errStale\n",
		New:  "",
		Rule: "UNK-10: read again in the commit, and only then act", Invariant: endsAreFinal,
	},
	{
		Name: "a caller who hangs up stops the intent", File: "gateway/engine/begin.go",
		Old:  "return e.alter(context.WithoutCancel(ctx), func(tx state.Tx) (*change, error) {",
		New:  "return e.alter(ctx, func(tx state.Tx) (*change, error) {",
		Rule: "UNK-12: a client that hangs up cancels nothing", Invariant: hangingUp,
	},
	{
		Name: "the caller's key is not looked up in the caller's name", File: "gateway/engine/ask.go",
		Old:  "return state.KeyID{Merchant: c.Merchant, Mode: c.Mode, Key: c.Key} }",
		New:  "return state.KeyID{Mode: c.Mode, Key: c.Key} }",
		Rule: "IDM-4: a key is its merchant's own", Invariant: othersData,
	},
	{
		Name: "a key is free again while its operation is in doubt", File: "gateway/engine/ask.go",
		Old:  "if op.State == canonical.Failed && freesKey(op.Recovery.Problem) {",
		New:  "if op.State == canonical.Doubtful || (op.State == canonical.Failed && freesKey(op.Recovery.Problem)) {",
		Rule: "IDM-11: what is in doubt is not free", Invariant: oneForEachKey,
	},
	{
		Name: "a key is good for any request", File: "gateway/engine/ask.go",
		Old:  "\tif key.Fingerprint != e.fingerprint(call) {\n\t\treturn canonical.Errorf(canonical.IdempotencyKeyReused, \"the key was used with another request\")\n\t}\n",
		New:  "",
		Rule: "IDM-2: the same key with another payload is refused", Invariant: otherPayload,
	},
	{
		Name: "a key is taken whoever has it by then", File: "gateway/engine/begin.go",
		Old:  "case err == nil && it.key != nil && present == *it.key:",
		New:  "case err == nil && present.Operation != \"\":",
		Rule: "IDM-6: claim of the key and intent in one commit", Invariant: oneForEachKey,
	},
	{
		Name: "a repeat while the first request runs is answered as if it had ended", File: "gateway/engine/ask.go",
		Old:  "\tif op.State == canonical.Started {\n\t\twait",
		New:  "\tif false {\n\t\twait",
		Rule: "IDM-2: the same key while the first runs is told to wait", Invariant: oneOfTwo,
	},
	{
		Name: "the lender's key changes with every attempt to send", File: "gateway/engine/recover.go",
		Old:  "\td.request.Repeat = true\n",
		New:  "\td.command.Key = keyFor(d.attempt.ID + \" again\")\n\tif d.request, err = d.provider.Prepare(d.command); err != nil {\n\t\treturn f, false, err\n\t}\n\td.request.Repeat = true\n",
		Rule: "IDM-12: a lender's key is derived and sent unchanged", Invariant: intentFirst,
	},
	{
		Name: "a repeat leaves before its time is written", File: "gateway/engine/recover.go",
		Old:  "\tif err := e.prolong(ctx, d); err != nil {\n\t\treturn f, false, err\n\t}\n",
		New:  "",
		Rule: "UNK-1: a durable intent before the first byte", Invariant: intentFirst,
	},
	{
		Name: "the same bytes are repeated after the lender has forgotten their key", File: "gateway/engine/recover.go",
		Old:  "forgotten := life > 0 && now.Sub(*d.attempt.StartedAt) > life-life/10",
		New:  "forgotten := life < 0",
		Rule: "IDM-12: resent only while the lender remembers the key", Invariant: onceThere,
	},
	{
		Name: "a request is let in while another is in doubt", File: "canonical/allowed.go",
		Old:  "if open := o.Hidden.Open; open != nil && !o.yields(kind) {",
		New:  "if open := o.Hidden.Open; open != nil && open.State != Doubtful && !o.yields(kind) {",
		Rule: "UNK-7: one unresolved money operation for each order", Invariant: oneOpen,
	},
	{
		Name: "an order is free while its operation is in doubt", File: "canonical/books.go",
		Old:  "\tif !op.State.Unresolved() {\n\t\tif o.Hidden.Open != nil",
		New:  "\tif !op.State.Unresolved() || op.State == Doubtful {\n\t\tif o.Hidden.Open != nil",
		Rule: "UNK-6: what is in doubt is held", Invariant: oneOpen,
	},
	{
		Name: "a reference is taken from the order that holds it", File: "gateway/engine/references.go",
		Old:  "\tcase present.Held:\n",
		New:  "\tcase false:\n",
		Rule: "IDM-10: a second net under the keys", Invariant: oneOfTwo,
	},
}
