package adaptertest

import (
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// unheard is a word in no vocabulary.
const unheard = "LENDGATE_UNHEARD_OF"

// saying plays a sample with another word where its replies have the order's. ok is false where the
// sample has none.
func (s *suite) saying(one sample, word string) (played, bool) {
	seen := one.was.sighting()
	if seen == nil || seen.Word == "" {
		return played{}, false
	}
	answers, changed := one.with(isText(seen.Word), word)
	return s.again(one, answers...), changed > 0
}

// with is a sample's replies with the leaves that fit replaced, and how many there were.
func (one sample) with(fits func(any) bool, by any) ([]answer, int) {
	answers, changed := one.from.replies(), 0
	for i, a := range answers {
		if body := parsed(a.reply.Body); body != nil {
			other, n := replaced(body, fits, by)
			answers[i].reply.Body, changed = written(other), changed+n
		}
	}
	return answers, changed
}

func (s *suite) sampleNamed(row string) (sample, bool) {
	for _, one := range s.samples {
		if one.row.Name == row {
			return one, true
		}
	}
	return sample{}, false
}

func (s *suite) checkEveryWord() []string {
	var f findings
	one, there := s.sampleNamed("sync")
	for _, word := range s.definition.Words {
		if !there {
			break
		}
		was, said := s.saying(one, word.Word)
		seen := was.sighting()
		switch {
		case s.recordedWord(word):
		case !said || was.failed() || seen == nil:
			f.when(true, "%s: no recorded exchange says it, and sync cannot be made to: %s", word.Word, was)
		default:
			f.when(seen.Word != word.Word, "%s: is not kept verbatim, but as %q", word.Word, seen.Word)
			f.when(seen.Unknown || seen.Phase != word.Phase || seen.EndedBy != word.EndedBy, "%s: read as phase %q ended by %q", word.Word, seen.Phase, seen.EndedBy)
		}
	}
	return f
}

// recordedWord says whether a recorded exchange shows a word with its meaning.
func (s *suite) recordedWord(word canonical.Word) bool {
	return slices.ContainsFunc(s.cases, func(c *recorded) bool {
		seen := s.play(c, c.replies()).sighting()
		return seen != nil && seen.Word == word.Word && seen.Phase == word.Phase && seen.EndedBy == word.EndedBy
	})
}

func (s *suite) checkUnheardWord() []string {
	if len(s.definition.Words) == 0 {
		return nil
	}
	return s.each(func(one sample) []string {
		was, said := s.saying(one, unheard)
		if !said {
			return nil
		}
		if one.money() {
			return doubtful(was, "an unheard word")
		}
		seen := was.sighting()
		var f findings
		f.when(was.failed() || seen == nil, "an unheard word: %s", was)
		f.when(seen != nil && (!seen.Unknown || seen.Phase != ""), "an unheard word is given a meaning")
		return f
	})
}

// doubtful complains where a result is anything but in doubt.
func doubtful(was played, when string) []string {
	if isDoubt(was) {
		return nil
	}
	return complain("%s: %s, want in doubt", when, was)
}

func (s *suite) checkYes() []string {
	return s.each(func(one sample) []string {
		if !one.money() || len(one.row.Yes) == 0 {
			return nil
		}
		var f findings
		for _, word := range s.definition.Words {
			was, said := s.saying(one, word.Word)
			if !said {
				break
			}
			succeeded := !was.failed() && was.gives.(canonical.Outcome).State == canonical.Succeeded
			f.when(succeeded && !confirms(one.row, word.Word), "%s: %s", word.Word, was)
		}
		return f
	})
}

func confirms(x *adapters.Exchange, word string) bool {
	return slices.ContainsFunc(x.Yes, func(yes string) bool { return strings.EqualFold(yes, word) })
}
