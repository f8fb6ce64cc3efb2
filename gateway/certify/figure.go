package certify

import (
	"strings"

	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/declared"
)

// unseen are the figures and names of a contract that no recorded reply has. A pointer that finds nothing is taken for
// a lender that does not say, so that a misspelt one would never be noticed.
func (s *Subject) unseen(contract *declared.Contract) ([]Complaint, error) {
	held := make(map[string]bool) // by key and pointer
	read := make(map[string]bool) // by key
	h := *s.harness
	h.Adapter = contract.Traced(func(r declared.Reading) {
		read[r.At] = true
		for _, one := range r.Looked {
			if one.Holds != "" && one.Holds != "null" {
				held[r.At+one.Pointer] = true
			}
		}
	}).Adapter()
	if err := adaptertest.ReadAll(h); err != nil {
		return nil, err
	}
	return missing(contract.Figures(), read, held), nil
}

// onPurpose is the pointer by which an expression says that the lender does not say it. No reply has it.
const onPurpose = "/unsaid"

// missing tells once of each place where nothing was found.
func missing(figures []declared.Figure, read, held map[string]bool) (all []Complaint) {
	told := make(map[string]bool)
	for _, f := range figures {
		at, where, what := f.At, f.Where, "nothing stands at "
		if f.Each != "" && !read[f.At] {
			at, where, what = f.At[:strings.LastIndex(f.At, ".")], []string{f.Each}, "no movement of this kind stands at "
		}
		for _, pointer := range where {
			if pointer == onPurpose || held[at+pointer] || told[at+pointer] {
				continue
			}
			told[at+pointer] = true
			all = append(all, Complaint{"figures", at + ": " + what + pointer + " in any recorded reply: correct the pointer, or record an exchange that has it"})
		}
	}
	return all
}
