package planted

// calls are slips in how a request leaves: wire, gate, token, signature.
var calls = []Bug{
	{
		Name: "net/http may send a request again by itself", File: "adapters/transport.go",
		Old:  "\tr.GetBody = nil\n",
		New:  "",
		Rule: "UNK-4: no blind resend", Invariant: onceThere,
		Suite: by("adapters", "TestAPostIsNeverSentTwiceByItself"),
	},
	{
		Name: "redirects are followed", File: "adapters/transport.go",
		Old:  "error { return http.ErrUseLastResponse }}",
		New:  "error { return nil }}",
		Rule: "SEC-6: no redirects", Invariant: onceThere,
		Suite: by("adapters", "TestARedirectIsAReplyAndNotFollowed"),
	},
	{
		Name: "a reply may be of any length", File: "adapters/transport.go",
		Old:  "SetResponseBodyLimit(mostReply)",
		New:  "SetResponseBodyLimit(0)",
		Rule: "SEC-6: replies are bounded", Invariant: memoryStays,
		Suite: by("adapters", "TestAReplyIsReadUpToAMegabyteAndNotAsPartOfOne"),
	},
	{
		Name: "a request without a reply was never sent", File: "adapters/transport.go",
		Old:  "\tif connected.Load() {\n\t\treturn Sent\n",
		New:  "\tif !connected.Load() {\n\t\treturn Sent\n",
		Rule: "UNK-3: not sent only where it is provable", Invariant: undoneThere,
		Suite: by("adapters", "TestACallerThatWentAwaySendsNothing"),
	},
	{
		Name: "an error tells the address with its secrets", File: "adapters/transport.go",
		Old:  "return Reply{}, reached(&connected), cause(err)",
		New:  "return Reply{}, reached(&connected), err",
		Rule: "SEC-12: no secret in a log", Invariant: secretsStay,
		Suite: by("adapters", "TestAnErrorDoesNotTellTheAddress"),
	},
	{
		Name: "recovery has no share of its own", File: "adapters/gate.go",
		Old:  "\tif e.Recovering {\n\t\town = g.recovery\n\t}\n",
		New:  "",
		Rule: "BRK-11: a reserved share for recovery", Invariant: recoverysShare,
		Suite: by("adapters", "TestNewWorkAndRecoveryKeepPlacesForEachOther"),
	},
	{
		Name: "a neutral call counts as one that went well", File: "adapters/gate.go",
		Old:  "IsExcluded:   func(err error) bool { return err == errNeutral },",
		New:  "IsExcluded:   func(error) bool { return false },",
		Rule: "BRK-7: what says nothing of the lender's health is neutral", Invariant: breakerHolds,
		Suite: by("adapters", "TestWhenABreakerOpens"),
	},
	{
		Name: "a call that the breaker refuses keeps its place", File: "adapters/gate.go",
		Old:  "\tif err != nil {\n\t\tfree()\n\t\treturn nil, fmt.Errorf(\"breaker: %w\", err)",
		New:  "\tif err != nil {\n\t\treturn nil, fmt.Errorf(\"breaker: %w\", err)",
		Rule: "BRK-11: places are given back", Invariant: memoryStays,
		Suite: by("adapters", "TestACallThatTheBreakerRefusesHoldsNoPlace"),
	},
	{
		Name: "the same bytes get the same second twice", File: "adapters/gate.go",
		Old:  "used && last >= second {",
		New:  "used && last > second {",
		Rule: "SEC-13: no two requests carry the same signature", Invariant: onceThere,
		Suite: by("adapters", "TestAStampIsNeverRepeatedForTheSameBytes"),
	},
	{
		Name: "every caller fetches a token of its own", File: "adapters/token.go",
		Old:  "good := c.token.value != refused && c.now().Before(c.token.expires.Add(-spec.Lead))",
		New:  "good := refused == \"\" && c.token.value != \"\" && c.now().Before(c.token.expires.Add(-spec.Lead))",
		Rule: "BRK-1: one refresh for all who wait", Invariant: recoverysShare,
		Suite: by("adapters", "TestOfManyWhoseTokenIsRefusedTogetherOneFetches"),
	},
	{
		Name: "a token is used to its last second and beyond", File: "adapters/token.go",
		Old:  "c.now().Before(c.token.expires.Add(-spec.Lead))",
		New:  "c.token.value != \"\"",
		Rule: "BRK-1: a token is renewed before it ends", Invariant: doubtsEnd,
		Suite: by("adapters", "TestATokenIsRenewedBeforeItEnds"),
	},
	{
		Name: "the token goes to every host", File: "adapters/client.go",
		Old:  "\tif !strings.HasPrefix(r.path, \"/\") { // a whole",
		New:  "\tif r.path == \"\" { // a whole",
		Rule: "SEC-12: a secret goes to whom it is for", Invariant: secretsStay,
		Suite: by("adapters/creditkey", "TestTheOtherHostGetsItsKeysAndNoToken"),
	},
}
