package declared

import (
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// failures reads a table of errors. kind is "" for those of all rows.
func (c *compiler) failures(s *section, name string, kind canonical.OperationKind) (all []adapters.Failure) {
	for _, one := range s.sections(name) {
		f := adapters.Failure{Status: one.whole("status"), Code: one.text("code"), Means: adapters.Meaning(one.choice("means")), Reason: one.text("reason"), Note: one.text("note")}
		switch {
		case one.ask("status").kind == absent && one.ask("code").kind == absent:
			one.at.note(c.noted, "fits every reply: add a status or a code")
		case f.Means == adapters.MeansDeclined && !slices.Contains(ofCustomers, kind):
			one.ask("means").note(c.noted, "only the lender's no to the customer is a decline (a row of create, authenticate, authorize): means: refused or state")
		case slices.ContainsFunc(all, func(earlier adapters.Failure) bool { return covers(earlier, f) }):
			one.at.note(c.noted, "is never reached: an earlier row takes it")
		}
		one.close()
		all = append(all, f)
	}
	return all
}

// covers says whether a row takes every reply another would.
func covers(a, b adapters.Failure) bool {
	return (a.Status == 0 || a.Status == b.Status) && (a.Code == "" || strings.EqualFold(a.Code, b.Code))
}

// withShared adds the errors of the whole contract to a row's own.
func withShared(own, shared []adapters.Failure) []adapters.Failure {
	all := slices.Clone(own)
	for _, f := range shared {
		if !slices.ContainsFunc(own, func(earlier adapters.Failure) bool { return covers(earlier, f) }) {
			all = append(all, f)
		}
	}
	return all
}
