package adaptertest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// fewAnswers are those of a short hunt.
const fewAnswers = 2500

// Hunt gives a style's client answers that no honest lender gives. None makes it panic, none is taken for
// a yes that does not say so, and none is taken for proof that something was not done.
//
// long says how long a long hunt may take, and keep adds what was counted to the style's record. Seeds is
// how records name a range of seeds: a long hunt has a seed of its own, and names none.
func Hunt[Seeds any](t *testing.T, h Harness, long func() (time.Duration, bool), keep func(testing.TB, string, Seeds, map[string]int64, time.Duration)) {
	s, err := newSuite(h, false)
	if err != nil {
		t.Fatal(err)
	}
	begun, seed := time.Now(), uint64(1)
	budget, wanted := long()
	if wanted {
		seed = uint64(begun.UnixNano())
	}
	counts, wrong := s.hunt(seed, func(n uint64) bool { return n < fewAnswers || (wanted && time.Since(begun) < budget) })
	for _, what := range wrong {
		t.Error(what)
	}
	var seeds Seeds
	keep(t, "evil-answers-"+h.Adapter.Name, seeds, counts, time.Since(begun))
}

// hunt ends with the first answer that deceives the client. A hunt in which something never happened
// proves nothing about it.
func (s *suite) hunt(seed uint64, more func(n uint64) bool) (counts map[string]int64, wrong []string) {
	counts = map[string]int64{"answers": 0, "taken for a yes": 0, "left in doubt": 0, "refused": 0, "reads": 0, "reads taken": 0, "repeats": 0}
	for _, twist := range twists {
		counts["bent: "+twist.name] = 0
	}
	for _, tear := range tears {
		counts["bent: "+tear.name] = 0
	}
	for n := uint64(0); more(n) && wrong == nil; n++ {
		if wrong = s.tried(seed, n, counts); wrong != nil {
			return counts, append(complain("answer %d of seed %d", n, seed), wrong...)
		}
	}
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		if counts[what] == 0 {
			wrong = append(wrong, what+": none in the whole hunt")
		}
	}
	return counts, wrong
}

// tried gives one evil answer to one question.
func (s *suite) tried(seed, n uint64, counts map[string]int64) []string {
	e := &evil{Rand: rand.New(rand.NewPCG(seed, n)), suite: s}
	for e.one.row == nil || e.one.row.Local {
		e.one = pick(e, s.worked)
	}
	e.ids = e.one.names()
	answers, did := e.answers()
	repeat := e.one.from.command != nil && (e.one.from.Repeat || e.IntN(4) == 0)
	play := s.again
	if repeat {
		play = s.repeated
		counts["repeats"]++
	}
	was := play(e.one, answers...)
	counts["answers"]++
	for _, what := range did {
		counts["bent: "+what]++
	}
	var all []string
	if wrong := s.judgeEvil(e.one, was, answers, repeat); len(wrong) > 0 {
		all = complain("%s, repeat %t, %s\n%s", e.one.row.Name, repeat, strings.Join(did, ", "), shownAnswers(answers))
		all = append(all, wrong...)
	}
	count(e.one, was, counts)
	return all
}

func count(one sample, was played, counts map[string]int64) {
	outcome, sent := was.gives.(canonical.Outcome)
	switch {
	case !sent:
		counts["reads"]++
		if was.err == nil {
			counts["reads taken"]++
		}
	case was.err != nil:
		counts["refused"]++
	case outcome.State == canonical.Doubtful:
		counts["left in doubt"]++
	case outcome.State == canonical.Succeeded:
		counts["taken for a yes"]++
	}
}

// names are what a question names its order, movement, customer and capture by.
func (one sample) names() []string {
	var all []string
	order := func(o canonical.Order) {
		all = append(all, o.ProviderOrder.ID, o.ProviderOrder.Reference, o.Customer.Reference)
	}
	if cmd := one.from.command; cmd != nil {
		order(cmd.Order)
		all = append(all, cmd.Reference, cmd.Key)
		if cmd.Capture != nil {
			all = append(all, cmd.Capture.Reference)
		}
	}
	if q := one.from.query; q != nil {
		order(q.Order)
		if q.Attempt != nil {
			all = append(all, q.Attempt.Reference)
		}
	}
	return slices.DeleteFunc(append(all, "another"), func(name string) bool { return name == "" })
}

// answers are those of the sample, of another exchange or of another case, with one of them changed.
func (e *evil) answers() ([]answer, []string) {
	answers := e.one.from.replies()
	var did []string
	i := e.IntN(len(answers))
	from := answers[i]
	if e.IntN(6) == 0 {
		if others := pick(e, e.suite.cases).replies(); len(others) > 0 {
			if other := pick(e, others); other.reach == adapters.Replied {
				from, did = other, append(did, "of another exchange")
			}
		}
	}
	to, more := e.answer(from)
	answers[i] = to
	return answers, append(did, more...)
}

func shownAnswers(answers []answer) string {
	var all []string
	for _, a := range answers {
		all = append(all, fmt.Sprintf("%s %d %.2000q", a.reach, a.reply.Status, a.reply.Body))
	}
	return strings.Join(all, "\n")
}
