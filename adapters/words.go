package adapters

import (
	"strings"

	"github.com/lendgate/lendgate/canonical"
)

// word finds what a lender's word means.
func (d *Definition) word(spelled string) (canonical.Word, bool) {
	for _, w := range d.Words {
		if w.Word == spelled || (d.FoldWords && strings.EqualFold(w.Word, spelled)) {
			return w, true
		}
	}
	return canonical.Word{}, false
}

// interpret gives a sighting the meaning of its word. A sighting that carries a phase already, or no
// word, stays as it is.
func (d *Definition) interpret(s *canonical.Sighting) {
	if s == nil || s.Phase != "" || s.Word == "" {
		return
	}
	w, known := d.word(s.Word)
	if !known {
		s.Unknown = true
		return
	}
	s.Phase, s.EndedBy = w.Phase, w.EndedBy
	if s.WaitingFor == "" {
		s.WaitingFor = w.WaitingFor
	}
	if w.Captured || w.Refunded {
		s.Captured = s.Net
	}
	if w.Refunded {
		s.Refunded = s.Net
	}
}

// confirms says whether a sighting's word is one that confirms the exchange's movement.
func (x *Exchange) confirms(s *canonical.Sighting) bool {
	if len(x.Yes) == 0 || s == nil || s.Word == "" {
		return true
	}
	for _, word := range x.Yes {
		if strings.EqualFold(word, s.Word) {
			return true
		}
	}
	return false
}
