package adapters

import "testing"

// The verdict table is unexported on purpose: what it says is seen through Client. These tests are
// about the table itself.

var rulings = []struct {
	name         string
	row          string // of the table
	facts        facts
	money, other ruling
}{
	{"credentials nobody takes", "no token to be had: our credentials are refused", facts{denied: true, reach: NotSent}, isMisconfigure, isMisconfigure},
	{"credentials nobody takes any more, after a 401", "no token to be had: our credentials are refused", facts{denied: true, reach: Replied, status: 401, tokened: true}, isMisconfigure, isMisconfigure},
	{"never left", "breaker open, bulkhead full, or no connection obtained", facts{reach: NotSent}, isUnavailable, isUnavailable},
	{"no reply", "connection obtained, no reply", facts{reach: Sent}, isDoubt, isUnavailable},
	{"a redirect", "redirect", facts{reach: Replied, status: 307}, isUnkept, isGarbled},
	{"a listed redirect is still one", "redirect", facts{reach: Replied, status: 302, failure: &Failure{Means: MeansState}}, isUnkept, isGarbled},
	{"401 with a fresh token", "401 or 403 with a fresh token", facts{reach: Replied, status: 401, tokened: true}, isMisconfigure, isMisconfigure},
	{"403 with a fresh token, listed", "401 or 403 with a fresh token", facts{reach: Replied, status: 403, tokened: true, failure: &Failure{Means: MeansState}}, isMisconfigure, isMisconfigure},
	{"a listed 422", "a failure the exchange lists", facts{reach: Replied, status: 422, failure: &Failure{Means: MeansDeclined}}, isListed, isListed},
	{"a listed 503 beats Before", "a failure the exchange lists", facts{reach: Replied, status: 503, failure: &Failure{Means: MeansState}, before: true}, isListed, isListed},
	{"401 in a style without a token, listed", "a failure the exchange lists", facts{reach: Replied, status: 401, failure: &Failure{Means: MeansState}}, isListed, isListed},
	{"a 429 that comes before acting", "408, 425, 429, 5xx, answered before acting", facts{reach: Replied, status: 429, before: true}, isBusy, isUnavailable},
	{"408", "408, 425, 429, 5xx", facts{reach: Replied, status: 408}, isDoubt, isUnavailable},
	{"425", "408, 425, 429, 5xx", facts{reach: Replied, status: 425}, isDoubt, isUnavailable},
	{"429", "408, 425, 429, 5xx", facts{reach: Replied, status: 429}, isDoubt, isUnavailable},
	{"500", "408, 425, 429, 5xx", facts{reach: Replied, status: 500}, isDoubt, isUnavailable},
	{"599", "408, 425, 429, 5xx", facts{reach: Replied, status: 599}, isDoubt, isUnavailable},
	{"400", "400, 404, 422 not listed", facts{reach: Replied, status: 400}, isRefused, isRefused},
	{"404", "400, 404, 422 not listed", facts{reach: Replied, status: 404}, isRefused, isRefused},
	{"422", "400, 404, 422 not listed", facts{reach: Replied, status: 422}, isRefused, isRefused},
	{"401 without a token", "any other status outside 2xx", facts{reach: Replied, status: 401}, isDoubt, isGarbled},
	{"409", "any other status outside 2xx", facts{reach: Replied, status: 409}, isDoubt, isGarbled},
	{"101", "any other status outside 2xx", facts{reach: Replied, status: 101}, isDoubt, isGarbled},
	{"204 where that is a yes", "2xx without a body, and that is the lender's yes", facts{reach: Replied, status: 204, empty: true, bare: true}, isBare, isGarbled},
	{"204 where it is none", "2xx unreadable, id or status missing", facts{reach: Replied, status: 204, empty: true, unreadable: true}, isReadBack, isGarbled},
	{"garbage where a bare 2xx is a yes", "2xx unreadable, id or status missing", facts{reach: Replied, status: 200, bare: true, unreadable: true}, isReadBack, isGarbled},
	{"another amount", "2xx, this movement's amount, currency or reference other than asked", facts{reach: Replied, status: 200, other: true}, isUnkept, isGarbled},
	{"another amount, in an unknown word", "2xx, this movement's amount, currency or reference other than asked", facts{reach: Replied, status: 200, other: true, unknown: true}, isUnkept, isGarbled},
	{"an unknown word", "2xx, unknown word", facts{reach: Replied, status: 200, unknown: true}, isDrift, isOutcome},
	{"a word that does not confirm", "2xx, a known word that does not confirm it", facts{reach: Replied, status: 200, unexpected: true}, isReadBack, isOutcome},
	{"all is well", "2xx, readable, known word", facts{reach: Replied, status: 201}, isOutcome, isOutcome},
}

func TestEveryVerdictRulesAsItIsWritten(t *testing.T) {
	seen := map[string]bool{}
	for _, row := range rulings {
		t.Run(row.name, func(t *testing.T) {
			if got := firstFit(row.facts); got != row.row {
				t.Errorf("decided by %q, want %q", got, row.row)
			}
			if got := rule(row.facts, MoneyCall); got != row.money {
				t.Errorf("money: %s, want %s", got, row.money)
			}
			for _, class := range []Class{Harmless, ReadCall} {
				if got := rule(row.facts, class); got != row.other {
					t.Errorf("%s: %s, want %s", class, got, row.other)
				}
			}
		})
		seen[row.row] = true
	}
	for _, v := range verdicts {
		if !seen[v.what] {
			t.Errorf("nothing above is decided by %q", v.what)
		}
	}
}

func firstFit(f facts) string {
	for _, v := range verdicts {
		if v.fits(f) {
			return v.what
		}
	}
	return ""
}

// Only doubt and success are no errors: everything else says that certainly nothing moved.
func TestMoneyIsAnErrorOnlyWhereNothingMoved(t *testing.T) {
	certain := map[ruling]bool{isUnavailable: true, isBusy: true, isRefused: true, isMisconfigure: true, isListed: true}
	for _, v := range verdicts {
		_, fails := errorKinds[v.money]
		if fails && !certain[v.money] {
			t.Errorf("%q fails money with %s", v.what, v.money)
		}
		if v.money == isGarbled {
			t.Errorf("%q calls money garbled: a reply nobody can read may be a yes", v.what)
		}
	}
}

func TestWhatACallSaysAboutTheLendersHealth(t *testing.T) {
	for _, row := range []struct {
		name  string
		facts facts
		want  Health
	}{
		{"our credentials are wrong", facts{denied: true, reach: NotSent}, Denied},
		{"no connection", facts{reach: NotSent}, Unhealthy},
		{"no reply", facts{reach: Sent}, Unhealthy},
		{"500", facts{reach: Replied, status: 500}, Unhealthy},
		{"503, listed", facts{reach: Replied, status: 503, failure: &Failure{}}, Unhealthy},
		{"401", facts{reach: Replied, status: 401}, Neutral},
		{"403", facts{reach: Replied, status: 403}, Neutral},
		{"401 with a fresh token", facts{reach: Replied, status: 401, tokened: true}, Denied},
		{"403 that the lender gives to wrong keys", facts{reach: Replied, status: 403, failure: &Failure{Means: MeansMisconfigured}}, Denied},
		{"403 that is about the order", facts{reach: Replied, status: 403, failure: &Failure{Means: MeansState}}, Neutral},
		{"400 that names a setting of ours", facts{reach: Replied, status: 400, failure: &Failure{Means: MeansMisconfigured}}, Healthy},
		{"409, the same key is at work", facts{reach: Replied, status: 409, failure: &Failure{Means: MeansInDoubt}}, Neutral},
		{"409, the order does not allow it", facts{reach: Replied, status: 409, failure: &Failure{Means: MeansState}}, Healthy},
		{"408", facts{reach: Replied, status: 408}, Neutral},
		{"425", facts{reach: Replied, status: 425}, Neutral},
		{"429", facts{reach: Replied, status: 429}, Neutral},
		{"a redirect", facts{reach: Replied, status: 302}, Unhealthy},
		{"garbage", facts{reach: Replied, status: 200, unreadable: true}, Unhealthy},
		{"another amount", facts{reach: Replied, status: 200, other: true}, Unhealthy},
		{"a decline", facts{reach: Replied, status: 422, failure: &Failure{Means: MeansDeclined}}, Healthy},
		{"an unknown word", facts{reach: Replied, status: 200, unknown: true}, Healthy},
		{"a yes", facts{reach: Replied, status: 201}, Healthy},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := health(row.facts); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
		})
	}
}

func TestWhichRowOfFailuresFits(t *testing.T) {
	x := Exchange{Failures: []Failure{
		{Status: 422, Code: "4424", Note: "exact"}, {Code: "card_*", Note: "beginning"}, {Code: "*_replayed", Note: "part"}, {Status: 409, Note: "status"},
	}}
	for _, row := range []struct {
		name   string
		status int
		code   string
		want   string
	}{
		{"status and code", 422, "4424", "exact"},
		{"the code alone is not enough", 400, "4424", ""},
		{"a beginning, in another case", 400, "CARD_declined", "beginning"},
		{"a part", 400, "request_replayed_twice", "part"},
		{"a status, whatever the code", 409, "anything", "status"},
		{"the first that fits", 409, "card_x", "beginning"},
		{"nothing fits a success", 200, "card_x", ""},
		{"nothing fits", 400, "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := ""
			if f := x.failureOf(row.status, row.code); f != nil {
				got = f.Note
			}
			if got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}
