package adaptertest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

func (s *suite) checkLost() []string {
	return s.each(func(one sample) []string {
		if one.row.Local {
			return nil
		}
		never, lost := s.again(one, answer{reach: adapters.NotSent}), s.again(one, answer{reach: adapters.Sent})
		all := failing(never, canonical.ProviderUnavailable, "never sent")
		if !one.money() {
			return append(all, failing(lost, canonical.ProviderUnavailable, "reply lost")...)
		}
		all = append(all, doubtful(lost, "reply lost")...)
		all = append(all, doubtful(s.repeated(one, answer{reach: adapters.NotSent}), "a repeat that was never sent")...)
		return append(all, doubtful(s.repeated(one, answer{reach: adapters.Sent}), "a repeat whose reply was lost")...)
	})
}

// failing complains where a result is anything but an error of a kind.
func failing(was played, kind canonical.Kind, when string) []string {
	if was.panicked == nil && was.err != nil && canonical.KindOf(was.err) == kind {
		return nil
	}
	return complain("%s: %s, want error %s", when, was, kind)
}

// otherCode is an error code that no lender has.
const otherCode = "999999"

// errorKinds are the meanings that are errors: certainly nothing moved.
var errorKinds = map[adapters.Meaning]canonical.Kind{
	adapters.MeansRefused: canonical.Refused, adapters.MeansState: canonical.OperationNotAllowed, adapters.MeansBusy: canonical.ProviderBusy,
	adapters.MeansMisconfigured: canonical.ProviderMisconfigured, adapters.MeansAbsent: canonical.NotFound,
}

func (s *suite) checkFailures() []string {
	return s.each(func(one sample) []string {
		var all []string
		for _, row := range one.row.Failures {
			all = append(all, s.checkFailure(one, row)...)
		}
		return all
	})
}

func (s *suite) checkFailure(one sample, row adapters.Failure) []string {
	status, code := row.Status, exampleOf(row.Code)
	if status == 0 {
		status = http.StatusUnprocessableEntity
	}
	if status == http.StatusNotFound && one.from.query != nil {
		return nil // a read sees a 404 itself: it means absent
	}
	refusal := s.refusal(status, code)
	if s.definition.Refusal != nil && row.Code != "" {
		if read, _ := s.definition.Refusal(refusal.reply); read != code {
			return complain("failure %d: the code %q is read as %q", status, code, read)
		}
	}
	when := fmt.Sprintf("failure %d %s", status, code)
	means := row.Means
	if s.definition.Token != nil && (status == http.StatusUnauthorized || status == http.StatusForbidden) {
		means = adapters.MeansMisconfigured
	}
	all := s.meant(one, means, s.again(one, refusal), when)
	no := means == adapters.MeansDeclined || means == adapters.MeansRefused
	if one.money() && !(one.row.Key.ReplaysRefusals && no) {
		all = append(all, doubtful(s.repeated(one, refusal), "a repeat answered with "+when)...)
	}
	return all
}

func (s *suite) meant(one sample, means adapters.Meaning, was played, when string) []string {
	uncertain := means == adapters.MeansInDoubt || means == adapters.MeansAlreadyDone
	outcome, _ := was.gives.(canonical.Outcome)
	switch {
	case means == adapters.MeansDeclined:
		if was.failed() || outcome.State != canonical.Declined {
			return complain("%s: %s, want declined", when, was)
		}
		return nil
	case uncertain && !one.money():
		return failing(was, canonical.ProviderUnavailable, when)
	case uncertain:
		if means == adapters.MeansAlreadyDone && !outcome.ReadBack {
			return complain("%s: already done is read back", when)
		}
		return doubtful(was, when)
	}
	return failing(was, errorKinds[means], when)
}

// exampleOf is a code that a row's pattern fits.
func exampleOf(pattern string) string {
	switch {
	case pattern == "":
		return otherCode
	case strings.HasPrefix(pattern, "*"):
		return "9" + pattern[1:]
	case strings.HasSuffix(pattern, "*"):
		return strings.TrimSuffix(pattern, "*") + "9"
	}
	return pattern
}

// refusal is an error reply as the lender writes it.
func (s *suite) refusal(status int, code string) answer {
	if s.Refusal == nil {
		return answered(status, []byte(`{}`))
	}
	reply := s.Refusal(status, code)
	reply.Status = status
	return answer{adapters.Replied, reply}
}

// judged is how a status nobody listed is judged: the error's kind, or "" for in doubt.
type judged struct {
	status       int
	money, other canonical.Kind
}

var statuses = []judged{
	{301, "", canonical.ProviderGarbled}, {302, "", canonical.ProviderGarbled}, {307, "", canonical.ProviderGarbled}, {308, "", canonical.ProviderGarbled},
	{400, canonical.Refused, canonical.Refused}, {404, canonical.Refused, canonical.Refused}, {422, canonical.Refused, canonical.Refused},
	{405, "", canonical.ProviderGarbled}, {409, "", canonical.ProviderGarbled}, {418, "", canonical.ProviderGarbled},
	{408, "", canonical.ProviderUnavailable}, {425, "", canonical.ProviderUnavailable}, {429, "", canonical.ProviderUnavailable},
	{500, "", canonical.ProviderUnavailable}, {502, "", canonical.ProviderUnavailable}, {503, "", canonical.ProviderUnavailable}, {504, "", canonical.ProviderUnavailable},
}

func (s *suite) checkStatuses() []string {
	return s.each(func(one sample) []string {
		var all []string
		for _, row := range statuses {
			if !one.row.Local && !listed(one.row, row.status) && !(row.status == 404 && one.from.query != nil) {
				all = append(all, s.checkStatus(one, row)...)
			}
		}
		return all
	})
}

func listed(x *adapters.Exchange, status int) bool {
	return slices.ContainsFunc(x.Failures, func(f adapters.Failure) bool { return f.Status == status && f.Code == "" })
}

func (s *suite) checkStatus(one sample, row judged) []string {
	refusal, when := s.refusal(row.status, otherCode), fmt.Sprintf("status %d", row.status)
	if !one.money() {
		return failing(s.again(one, refusal), row.other, when)
	}
	was := s.again(one, refusal)
	all := doubtful(s.repeated(one, refusal), "a repeat answered with "+when)
	if one.row.Key.ReplaysRefusals && row.money == canonical.Refused {
		all = nil
	}
	switch {
	case slices.Contains(one.row.Before, row.status):
		return append(all, failing(was, canonical.ProviderBusy, when)...)
	case row.money != "":
		return append(all, failing(was, row.money, when)...)
	}
	return append(all, doubtful(was, when)...)
}
