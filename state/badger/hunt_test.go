package badger_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/lendgate/lendgate/gateway/simulation/proof"
)

// hunt does something again and again, each time with a seed of its own, and counts what came of it:
// in its short form so many times, in its long form for as long as it is given.
type hunt struct {
	*testing.T
	harness string
	rounds  int           // of the short form
	budget  time.Duration // of the long form; 0: this is the short one
	began   time.Time
	seeds   proof.Seeds
	counts  map[string]int64
}

// begin begins a hunt. A count that none may be of is given here, so that the record says 0.
func begin(t *testing.T, harness string, rounds int, none ...string) *hunt {
	t.Helper()
	h := &hunt{T: t, harness: harness, rounds: rounds, began: time.Now(), counts: make(map[string]int64)}
	h.budget, _ = proof.Long()
	h.seeds = proof.Seeds{First: 1}
	if before := proof.Before(harness); before.Seeds != nil {
		h.seeds.First = before.Seeds.Last + 1
	}
	h.seeds.Last = h.seeds.First - 1
	for _, name := range none {
		h.counts[name] = 0
	}
	return h
}

// next is the seed and the dice of one more round.
func (h *hunt) next() (seed uint64, dice *rand.Rand, more bool) {
	done := int(h.seeds.Last - h.seeds.First + 1)
	if h.Failed() || h.budget == 0 && done >= h.rounds || h.budget > 0 && time.Since(h.began) > h.budget {
		return 0, nil, false
	}
	h.seeds.Last++
	return h.seeds.Last, rand.New(rand.NewPCG(h.seeds.Last, 0x5709e)), true
}

// long is whether the hunt may take its time.
func (h *hunt) long() bool { return h.budget > 0 }

// either is a number of the short form, or of the long one.
func (h *hunt) either(short, long int) int {
	if h.long() {
		return long
	}
	return short
}

func (h *hunt) count(name string, more int) { h.counts[name] += int64(more) }

// end keeps the record. What was never met although a round was made shows as such.
func (h *hunt) end() {
	h.Helper()
	line := ""
	for _, name := range slices.Sorted(maps.Keys(h.counts)) {
		line += fmt.Sprintf(" %s %d;", name, h.counts[name])
	}
	h.Logf("%s, seeds %d to %d:%s", h.harness, h.seeds.First, h.seeds.Last, line)
	proof.Keep(h.T, h.harness, &h.seeds, h.counts, time.Since(h.began))
}
