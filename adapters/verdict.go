package adapters

import (
	"strings"

	"github.com/lendgate/lendgate/canonical"
)

// facts is all the verdict may look at.
type facts struct {
	reach      Reach
	status     int
	failure    *Failure // the row of the exchange's failures that fits
	before     bool     // the lender answers this status before it acts
	tokened    bool     // the style has a token, and a fresh one was tried
	denied     bool     // the token endpoint does not take our credentials
	empty      bool     // no body, or one that says nothing
	bare       bool     // a 2xx alone is the lender's yes
	unreadable bool
	other      bool // amount, currency or reference of this movement other than asked
	unknown    bool // the lender's word is in no vocabulary
	unexpected bool // the word is known and does not confirm the movement
}

// ruling is what a verdict says.
type ruling string

const (
	isOutcome      ruling = "outcome"  // what the reply says
	isBare         ruling = "moved"    // as asked
	isDoubt        ruling = "in doubt" // may or may not have happened
	isDrift        ruling = "in doubt, vocabulary drift"
	isUnkept       ruling = "in doubt, contract alarm"
	isReadBack     ruling = "read back, then in doubt" // a read now may settle it
	isUnavailable  ruling = "error: unavailable"
	isBusy         ruling = "error: busy"
	isRefused      ruling = "error: refused"
	isMisconfigure ruling = "error: misconfigured"
	isGarbled      ruling = "error: garbled"
	isListed       ruling = "as the failure says"
)

// verdict is a row of the verdict table.
type verdict struct {
	what  string
	fits  func(facts) bool
	money ruling
	other ruling // harmless and read
}

// verdicts is read from the top; the first row that fits decides.
var verdicts = []verdict{
	{"no token to be had: our credentials are refused", func(f facts) bool { return f.denied }, isMisconfigure, isMisconfigure},
	{"breaker open, bulkhead full, or no connection obtained", func(f facts) bool { return f.reach == NotSent }, isUnavailable, isUnavailable},
	{"connection obtained, no reply", func(f facts) bool { return f.reach == Sent }, isDoubt, isUnavailable},
	{"redirect", func(f facts) bool { return f.status >= 300 && f.status < 400 }, isUnkept, isGarbled},
	{"401 or 403 with a fresh token", func(f facts) bool { return f.tokened && (f.status == 401 || f.status == 403) }, isMisconfigure, isMisconfigure},
	{"a failure the exchange lists", func(f facts) bool { return f.failure != nil }, isListed, isListed},
	{"408, 425, 429, 5xx, answered before acting", func(f facts) bool { return f.before }, isBusy, isUnavailable},
	{"408, 425, 429, 5xx", func(f facts) bool { return overloaded(f.status) }, isDoubt, isUnavailable},
	{"400, 404, 422 not listed", func(f facts) bool { return f.status == 400 || f.status == 404 || f.status == 422 }, isRefused, isRefused},
	{"any other status outside 2xx", func(f facts) bool { return f.status < 200 || f.status > 299 }, isDoubt, isGarbled},
	{"2xx without a body, and that is the lender's yes", func(f facts) bool { return f.empty && f.bare }, isBare, isGarbled},
	{"2xx unreadable, id or status missing", func(f facts) bool { return f.unreadable }, isReadBack, isGarbled},
	{"2xx, this movement's amount, currency or reference other than asked", func(f facts) bool { return f.other }, isUnkept, isGarbled},
	{"2xx, unknown word", func(f facts) bool { return f.unknown }, isDrift, isOutcome},
	{"2xx, a known word that does not confirm it", func(f facts) bool { return f.unexpected }, isReadBack, isOutcome},
	{"2xx, readable, known word", func(facts) bool { return true }, isOutcome, isOutcome},
}

func overloaded(status int) bool {
	return status == 408 || status == 425 || status == 429 || status >= 500
}

func rule(f facts, class Class) ruling {
	for _, row := range verdicts {
		if !row.fits(f) {
			continue
		}
		if class == MoneyCall {
			return row.money
		}
		return row.other
	}
	panic("adapters: the last verdict fits everything")
}

// failureOf finds the row of an exchange's failures that fits a reply.
func (x *Exchange) failureOf(status int, code string) *Failure {
	if status >= 200 && status <= 299 {
		return nil
	}
	for i := range x.Failures {
		if x.Failures[i].fits(status, code) {
			return &x.Failures[i]
		}
	}
	return nil
}

func (f *Failure) fits(status int, code string) bool {
	if f.Status != 0 && f.Status != status {
		return false
	}
	want, code := strings.ToLower(f.Code), strings.ToLower(code)
	switch {
	case strings.HasPrefix(want, "*"):
		return strings.Contains(code, want[1:])
	case strings.HasSuffix(want, "*"):
		return strings.HasPrefix(code, want[:len(want)-1])
	}
	return want == "" || want == code
}

func (x *Exchange) answersBefore(status int) bool {
	for _, s := range x.Before {
		if s == status {
			return true
		}
	}
	return false
}

// errorKinds maps the rulings that are errors: certainly nothing moved.
var errorKinds = map[ruling]canonical.Kind{
	isUnavailable:  canonical.ProviderUnavailable,
	isBusy:         canonical.ProviderBusy,
	isRefused:      canonical.Refused,
	isMisconfigure: canonical.ProviderMisconfigured,
	isGarbled:      canonical.ProviderGarbled,
}

// meaningKinds maps the meanings of failures that are errors.
var meaningKinds = map[Meaning]canonical.Kind{
	MeansRefused:       canonical.Refused,
	MeansState:         canonical.OperationNotAllowed,
	MeansBusy:          canonical.ProviderBusy,
	MeansMisconfigured: canonical.ProviderMisconfigured,
	MeansAbsent:        canonical.NotFound,
}
