package certify

import (
	"io/fs"
	"slices"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
)

// conformance is the harness of the rules for recorded exchanges, made of what the lender block says.
func (s *Subject) conformance(cases fs.FS) *adaptertest.Harness {
	b := s.block
	h := &adaptertest.Harness{
		Adapter: s.adapter, Settings: b.Settings, Recorded: cases, Private: b.Private, InBody: b.InBody, FoldIDs: b.FoldIDs, Number: b.Number, Mark: b.Mark,
	}
	if b.Refusal.tree != nil {
		h.Refusal = b.refusal()
	}
	if b.Token != nil {
		h.Token = func() adapters.Reply { return b.token(dawn) }
	}
	for _, row := range sortedKeys(b.Requests) {
		h.Yes = append(h.Yes, b.Requests[row].yes(row))
	}
	return h
}

var claimsOf = map[string]adaptertest.Claim{
	"text": adaptertest.AText, "figure": adaptertest.AnyFigure, "amount": adaptertest.TheAmount, "currency": adaptertest.TheCurrency,
	"reference": adaptertest.TheReference, "order": adaptertest.TheOrder,
}

func (r request) yes(row string) adaptertest.Yes {
	yes := adaptertest.Yes{Row: row}
	for _, where := range sortedKeys(r.Yes) {
		said := adaptertest.Said{At: where}
		if said.Is = claimsOf[r.Yes[where].What]; len(r.Yes[where].Words) > 0 {
			said.Is = adaptertest.Word(r.Yes[where].Words...)
		}
		yes.Says = append(yes.Says, said)
	}
	if len(r.No) > 0 {
		yes.No = func(look adaptertest.Look) bool {
			return slices.ContainsFunc(sortedKeys(r.No), func(where string) bool {
				word, _ := look(where).(string)
				return slices.Contains(r.No[where].Words, word)
			})
		}
	}
	return yes
}
