package certify

import (
	"slices"

	"github.com/lendgate/lendgate/adapters"
)

// Unjudged leaves the recorded exchanges aside: only what happens in the lives counts.
func (s *Subject) Unjudged() *Subject {
	s.harness = nil
	return s
}

// Only has no other faults tried than these, by their names.
func (s *Subject) Only(names ...string) *Subject {
	s.only = []fateName{}
	for _, name := range names {
		s.only = append(s.only, fateName(name))
	}
	return s
}

// Faults are the names of all faults.
func Faults() []string {
	var all []string
	for _, f := range faults {
		all = append(all, string(f.name))
	}
	return all
}

// ClaimsKey has a row claim a key that its lender does not know.
func (s *Subject) ClaimsKey(row string) *Subject {
	for i := range s.define.Exchanges {
		if x := &s.define.Exchanges[i]; x.Name == row {
			x.Key = adapters.KeyPlace{Header: "x-key"}
		}
	}
	return s
}

// OnlyLife leaves one life.
func (s *Subject) OnlyLife(name string) *Subject {
	s.stories = slices.DeleteFunc(s.stories, func(one *story) bool { return one.name != name })
	return s
}
