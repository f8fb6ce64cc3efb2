package certify

import (
	"fmt"
	"slices"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// claimName names something that a contract says of its lender.
type claimName string

// The claims.
const (
	claimKey      claimName = "key"
	claimHarmless claimName = "harmless"
	claimFound    claimName = "found by reference"
	claimTotals   claimName = "totals tell"
	claimCompared claimName = "reads tell"
	claimHorizon  claimName = "horizon"
	claimPartial  claimName = "partial"
	claimBefore   claimName = "answered before acting"
	claimAmount   claimName = "amount"
	claimReply    claimName = "reply"
	claimReads    claimName = "reads"
	claimDeclined claimName = "declines"
	claimNotices  claimName = "notifications"
)

// claimKind is a row of what a contract can claim.
type claimKind struct {
	name  claimName
	says  string
	made  func(*adapters.Exchange) bool
	shown []fateName // the faults that try it; without one, nothing but its step does
	// what the lender's block says against it by itself; "" where nothing
	against func(*block, request, *adapters.Exchange) string
}

var claimKinds = []claimKind{
	{claimKey, "sent again with the same key, it acts once", func(x *adapters.Exchange) bool { return x.Key.Honored() }, []fateName{lostAfter, failedAfter, lostLong, twice}, againstKey},
	{claimHarmless, "a second one reserves and owes nothing", func(x *adapters.Exchange) bool { return x.Class == adapters.Harmless && x.Kind != "" }, []fateName{lostAfter, twice}, againstHarmless},
	{claimFound, "it is found by our reference", settledBy(canonical.FindByReference), []fateName{lostAfter, lostLong, lostBefore}, againstFound},
	{claimTotals, "totals tell whether it happened", settledBy(canonical.CompareTotals), []fateName{lostAfter, lostLong, lostBefore}, nil},
	{claimCompared, "a read tells whether it happened", settledBy(canonical.ReadAndCompare), []fateName{lostAfter, lostLong, lostBefore}, nil},
	{claimHorizon, "later than this it does not take effect any more", func(x *adapters.Exchange) bool { return x.Horizon > 0 }, []fateName{slow}, againstHorizon},
	{claimPartial, "a part may be asked for", func(x *adapters.Exchange) bool { return x.Partial }, nil, againstPartial},
	{claimBefore, "some errors come before it acts", answersBefore, []fateName{tooMany}, againstBefore},
	{claimAmount, "it moves what is asked, in the currency asked", moves, []fateName{noFault}, nil},
	{claimReply, "its reply says what became of it", answers, []fateName{truncated, wrongAmount, wrongCurrency, unknownWord}, nil},
}

func moves(x *adapters.Exchange) bool { return x.Class == adapters.MoneyCall }

// answers: a row whose 2xx alone is the yes claims nothing of its reply.
func answers(x *adapters.Exchange) bool { return moves(x) && !x.Bare }

func settledBy(way canonical.Recovery) func(*adapters.Exchange) bool {
	return func(x *adapters.Exchange) bool { return x.Class == adapters.MoneyCall && slices.Contains(x.Lost, way) }
}

// overloads are the statuses that a lender may give before it acts.
var overloads = []int{408, 425, 429, 500, 502, 503, 504}

func answersBefore(x *adapters.Exchange) bool { return len(earlyOf(x)) > 0 }

// earlyOf are the statuses after which a row takes for granted that nothing moved.
func earlyOf(x *adapters.Exchange) []int {
	if x.Class != adapters.MoneyCall {
		return nil
	}
	early := slices.Clone(x.Before)
	for _, f := range x.Failures {
		if slices.Contains(overloads, f.Status) && f.Means != adapters.MeansInDoubt && f.Means != adapters.MeansAlreadyDone {
			early = append(early, f.Status)
		}
	}
	return early
}

func againstKey(_ *block, fact request, x *adapters.Exchange) string {
	switch {
	case fact.Key == nil:
		return "the lender has no key for it"
	case fact.Key.Life > 0 && (x.Key.TTL == 0 || x.Key.TTL > fact.Key.Life):
		return fmt.Sprintf("the lender remembers a key for %s", fact.Key.Life)
	}
	return ""
}

func againstHarmless(_ *block, fact request, _ *adapters.Exchange) string {
	if fact.Does != "" && fact.Does != nothing {
		return "at the lender it is " + string(fact.Does)
	}
	return ""
}

func againstFound(b *block, _ request, _ *adapters.Exchange) string {
	if !b.Searchable {
		return "the lender does not show what we called it"
	}
	return ""
}

func againstHorizon(b *block, _ request, x *adapters.Exchange) string {
	if x.Horizon < b.ActsWithin {
		return fmt.Sprintf("the contract says %s, and the lender may act as late as %s", x.Horizon, b.ActsWithin)
	}
	return ""
}

func againstPartial(_ *block, fact request, _ *adapters.Exchange) string {
	if fact.Partial != nil && !*fact.Partial {
		return "the lender always takes all"
	}
	return ""
}

func againstBefore(b *block, _ request, x *adapters.Exchange) string {
	for _, status := range earlyOf(x) {
		if !slices.Contains(b.BeforeActing, status) {
			return fmt.Sprintf("the lender may have acted when it answers %d", status)
		}
	}
	return ""
}
