package planted

// changes are slips in what one commit writes of an order.
var changes = []Bug{
	{
		Name: "the version stays", File: "gateway/engine/change.go",
		Old:  "\t\tc.order.Version++\n",
		New:  "",
		Rule: "STO-9: order by version, not by time", Invariant: versionsCount,
	},
	{
		Name: "an event about the order alone is not written", File: "gateway/engine/change.go",
		Old:  "\t\tif err := tx.Append(sealed); err != nil {\n",
		New:  "\t\tif l.op == nil {\n\t\t\tcontinue\n\t\t}\n\t\tif err := tx.Append(sealed); err != nil {\n",
		Rule: "IDM-6: the change and its line in one commit", Invariant: chained,
	},
	{
		Name: "an event does not name the one before", File: "canonical/event.go",
		Old:  "Body: body, PreviousHash: o.Hidden.LastHash}",
		New:  "Body: body}",
		Rule: "SEC-20: every line has the hash of the one before", Invariant: chained,
	},
	{
		Name: "the hash of an event covers its body alone", File: "canonical/event.go",
		Old:  "\tsum.Write([]byte(s.PreviousHash))\n",
		New:  "",
		Rule: "SEC-20: every line has the hash of the one before", Invariant: chained,
	},
	{
		Name: "what stands beside an event's body is not looked at", File: "canonical/event.go",
		Old:  "return s.PreviousHash == previousHash && s.Hash == s.chain() && s.labeled()",
		New:  "return s.PreviousHash == previousHash && s.Hash == s.chain()",
		Rule: "SEC-20: every line can be checked by itself", Invariant: chained,
	},
	{
		Name: "an event shows the order as it was before the change", File: "gateway/engine/change.go",
		Old:  "\tc.order.Refresh()\n\tif err := e.attend(tx, c); err != nil {\n\t\treturn err\n\t}\n\tif err := e.record(tx, c); err != nil {\n\t\treturn err\n\t}\n",
		New:  "\tif err := e.record(tx, c); err != nil {\n\t\treturn err\n\t}\n\tc.order.Refresh()\n\tif err := e.attend(tx, c); err != nil {\n\t\treturn err\n\t}\n",
		Rule: "STO-6: every order replays to its stored state", Invariant: historyReplays,
	},
	{
		Name: "an event does not say who asked", File: "gateway/engine/change.go",
		Old:  "event.Operation, event.Origin, event.Actor, event.TraceID, event.Next = &op, op.Origin, op.Recovery.Actor, op.TraceID, op.Next",
		New:  "event.Operation, event.Origin, event.TraceID, event.Next = &op, op.Origin, op.TraceID, op.Next",
		Rule: "SEC-20: every line names its actor", Invariant: whoSaidSo,
	},
	{
		Name: "what is personal stands in the history", File: "canonical/event.go",
		Old:  "\tsnapshot.Customer, snapshot.Shipping = o.Customer.impersonal(), o.Shipping.impersonal()\n",
		New:  "",
		Rule: "SEC-16: the history survives that a person is forgotten", Invariant: secretsStay,
	},
	{
		Name: "the books change in a copy that is not stored", File: "gateway/engine/change.go",
		Old:  "\treturn tx.Orders().Replace(c.order.ID, *c.order)\n",
		New:  "\tif len(c.lines) == 0 {\n\t\treturn nil\n\t}\n\treturn tx.Orders().Replace(c.order.ID, *c.order)\n",
		Rule: "IDM-6: all of a change in one commit", Invariant: storeHolds,
	},
	{
		Name: "a commit whose answer was lost counts as failed", File: "gateway/engine/change.go",
		Old:  "\t\tif !errors.Is(err, state.ErrUncertain) {\n\t\t\tbreak\n\t\t}\n",
		New:  "\t\tbreak\n",
		Rule: "STO-4: a lost answer is an unknown outcome", Invariant: wholeOrAbsent,
	},
	{
		Name: "what a commit wrote before its answer was lost is not recognized", File: "gateway/engine/begin.go",
		Old:  "if err != nil || landed {",
		New:  "if err != nil || (landed && it.op.ID == \"\") {",
		Rule: "STO-3: functions given to the store can run again", Invariant: wholeOrAbsent,
	},
	{
		Name: "an order keeps its number after its end", File: "gateway/engine/settle.go",
		Old:  "\treturn e.letGoReferences(tx, c.order, names...)\n",
		New:  "\tif len(names) == 0 {\n\t\treturn nil\n\t}\n\treturn e.letGoReferences(tx, c.order, names...)\n",
		Rule: "IDM-10: a number is held by one order, while something can come of it", Invariant: noTrace,
	},
	{
		Name: "a repeat is answered with the order as it is by now", File: "gateway/engine/read.go",
		Old:  "\tif err != nil || then == nil {\n",
		New:  "\tif true {\n",
		Rule: "IDM-2: the earlier result again", Invariant: forwardAnswers,
	},
	{
		Name: "a failure is told as a success", File: "gateway/engine/perform.go",
		Old:  "\tif s.op.State == canonical.Failed {\n\t\treturn Answer{}, problemOf(&s.op)\n\t}\n\te.present",
		New:  "\te.present",
		Rule: "UNK-11: the API tells the truth", Invariant: doneThere,
	},
	{
		Name: "what could not be written down is told as failed", File: "gateway/engine/perform.go",
		Old:  "\t\te.log.Error(\"operation\", \"operation\", it.op.ID, \"order\", it.order.ID, \"error\", failure)\n\t\treturn e.answer(begun, it.provider)\n",
		New:  "\t\treturn Answer{}, failure\n",
		Rule: "UNK-11: the API tells the truth", Invariant: undoneThere,
	},
}
