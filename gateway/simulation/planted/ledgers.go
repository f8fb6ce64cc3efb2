package planted

// ledgers are slips in amounts: what is held, what is left, how a figure is written.
var ledgers = []Bug{
	{
		Name: "a capture in doubt is not taken off what may be captured", File: "canonical/books.go",
		Old:  "o.held(position.Remaining(), OpCapture, OpCancel, OpUpdate)",
		New:  "o.held(position.Remaining(), OpCancel, OpUpdate)",
		Rule: "UNK-6: in doubt amounts are held", Invariant: capturesFit,
	},
	{
		Name: "a refund in doubt is not taken off what may be refunded", File: "canonical/books.go",
		Old:  "o.held(ledger.Refundable(), OpRefund)",
		New:  "o.held(ledger.Refundable(), OpCapture)",
		Rule: "UNK-6: in doubt amounts are held", Invariant: refundsFit,
	},
	{
		Name: "an operation that is to be tried again holds nothing", File: "canonical/operation.go",
		Old:  "if attempt.State.Unresolved() && attempt.Amount != nil {",
		New:  "if attempt.State == Started && attempt.Amount != nil {",
		Rule: "UNK-6: in doubt amounts are held", Invariant: capturesFit,
	},
	{
		Name: "what was canceled may still be captured", File: "canonical/ledger.go",
		Old:  "func (l Ledger) Remaining() Amount { return l.Authorized.Sub(l.Captured).Sub(l.Canceled) }",
		New:  "func (l Ledger) Remaining() Amount { return l.Authorized.Sub(l.Captured) }",
		Rule: "SEC-5: no capture after a cancel", Invariant: movesOfTable,
	},
	{
		Name: "what was refunded may be refunded again", File: "canonical/ledger.go",
		Old:  "func (l Ledger) Refundable() Amount { return l.Captured.Sub(l.Refunded) }",
		New:  "func (l Ledger) Refundable() Amount { return l.Captured }",
		Rule: "UNK-6: refunds never exceed what was captured", Invariant: movesOfTable,
	},
	{
		Name: "a cancel takes what was captured", File: "canonical/lifecycle.go",
		Old:  "{Cancel, []Phase{Open}, roomRemaining,",
		New:  "{Cancel, []Phase{Open}, roomPromise,",
		Rule: "SEC-5: no cancel after a capture", Invariant: roomToSend,
	},
	{
		Name: "a capture is possible after the end", File: "canonical/lifecycle.go",
		Old:  "{Capture, []Phase{Open}, roomRemaining,",
		New:  "{Capture, []Phase{Open, Ended}, unbounded,",
		Rule: "SEC-5: only transitions of the table", Invariant: movesOfTable,
	},
	{
		Name: "an end forgets the rest", File: "canonical/lifecycle.go",
		Old:  "\tp.Canceled = p.Canceled.Add(p.Remaining())\n",
		New:  "",
		Rule: "SEC-5: authorized is captured, canceled and remaining", Invariant: equalBooks,
	},
	{
		Name: "a refund over several captures begins with the last", File: "canonical/books.go",
		Old:  "\t\tc := &o.Captures[i]\n\t\tif (capture",
		New:  "\t\tc := &o.Captures[len(o.Captures)-1-i]\n\t\tif (capture",
		Rule: "UNK-6: a refund is of the captures it was planned for", Invariant: entriesAddUp,
	},
	{
		Name: "a refund over several captures is entered on the first alone", File: "canonical/books.go",
		Old:  "\t\tshares = append(shares, Share{c.ID, part})\n",
		New:  "\t\treturn append(shares, Share{c.ID, part})\n",
		Rule: "UNK-6: every movement is in the books", Invariant: entriesAddUp,
	},
	{
		Name: "a refund may exceed the capture it names", File: "canonical/books.go",
		Old:  "if !known || capture.refundable().Less(m.Amount) {",
		New:  "if !known || capture == nil {",
		Rule: "UNK-6: refunds never exceed what was captured", Invariant: entriesAddUp,
	},
	{
		Name: "a plan of which a part was done counts as failed", File: "canonical/operation.go",
		Old:  "\t\tcase attempt.State == Failed && succeeded > 0:\n\t\t\treturn Incomplete\n",
		New:  "",
		Rule: "UNK-2: an answer is exactly one of the states", Invariant: undoneThere,
	},
	{
		Name: "a plan is done when its first attempt is", File: "canonical/operation.go",
		Old:  "\t\tcase attempt.State == Planned:\n\t\t\treturn Started\n",
		New:  "\t\tcase attempt.State == Planned:\n\t\t\treturn Succeeded\n",
		Rule: "UNK-2: an answer is exactly one of the states", Invariant: doneThere,
	},
	{
		Name: "a final capture plans no cancel of the rest", File: "canonical/plan.go",
		Old:  "return []Step{capture, {Kind: OpCancel, Amount: o.money(rest)}}",
		New:  "return []Step{capture, {Kind: OpCancel, Amount: o.money(o.Totals.Capturable)}}",
		Rule: "UNK-6: a cancel gives back what is left and no more", Invariant: roomToSend,
	},
	{
		Name: "an amount is rounded to what fits", File: "canonical/money.go",
		Old:  "return Amount{r}, r.Equal(a.d)",
		New:  "return Amount{r}, true",
		Rule: "SEC-25: money is exact", Invariant: equalBooks,
	},
	{
		Name: "money of two currencies is equal", File: "canonical/money.go",
		Old:  "return m.Currency == o.Currency && m.Value.Equal(o.Value)",
		New:  "return m.Value.Equal(o.Value)",
		Rule: "SEC-6: what lenders say is held against what was asked", Invariant: oneCurrency,
	},
	{
		Name: "a yen has cents", File: "canonical/currency.go",
		Old:  "ISK JPY KMF",
		New:  "ISK KMF",
		Rule: "SEC-25: money has its currency's decimals", Invariant: equalBooks,
	},
	{
		Name: "the currency of a request is not looked at", File: "gateway/engine/amount.go",
		Old:  "if currency != \"\" && m.Currency != currency {",
		New:  "if false {",
		Rule: "SEC-6: amounts of one order are in one currency", Invariant: oneCurrency,
	},
	{
		Name: "a request may ask for more than is left", File: "gateway/engine/amount.go",
		Old:  "if room.Value.Less(amount.Value) {",
		New:  "if false {",
		Rule: "SEC-5: nothing beyond what is left", Invariant: roomToSend,
	},
	{
		Name: "all that may be refunded is all that was captured", File: "gateway/engine/amount.go",
		Old:  "left := capture.Amount.Value.Sub(capture.Refunded.Value)",
		New:  "left := capture.Amount.Value",
		Rule: "UNK-6: refunds never exceed what was captured", Invariant: refundsFit,
	},
	{
		Name: "a line's part of a cent is dropped", File: "canonical/line.go",
		Old:  "sum := l.Quantity.d.Mul(l.UnitAmount.d).Round(int32(digits))",
		New:  "sum := l.Quantity.d.Mul(l.UnitAmount.d).Truncate(int32(digits))",
		Rule: "SEC-25: money is exact", Invariant: equalBooks,
	},
	{
		Name: "minor units are always hundredths", File: "adapters/amounts.go",
		Old:  "\t\td = d.Shift(-int32(digits))\n",
		New:  "\t\td = d.Shift(-2)\n",
		Rule: "SEC-25: money has its currency's decimals", Invariant: equalBooks,
	},
	{
		Name: "a lender's figure is rounded to what fits", File: "adapters/amounts.go",
		Old:  "\tif !exact.Equal(d) {\n",
		New:  "\tif false {\n",
		Rule: "SEC-25: money is exact", Invariant: discrepancy,
	},
}
