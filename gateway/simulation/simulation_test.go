package simulation

import (
	"flag"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/gateway/simulation/proof"
)

var (
	oneSeed   = flag.Uint64("seed", 0, "of TestOneSeed: which")
	without   = flag.String("without", "", "of TestOneSeed: the faults and steps to leave out, with commas between them")
	shrinking = flag.Bool("shrink", false, "of TestOneSeed: leave out what its failure does not need")
)

// The work of the short forms.
const (
	shortOperations = 100_000
	racedOperations = 4_000
	quickOperations = 8_000
	rareOperations  = 10 * shortOperations // by when even what is told seldom has been told
)

// TestSimulatedLivesKeepEveryInvariant is the harness: in its long form it goes on where the last part ended.
func TestSimulatedLivesKeepEveryInvariant(t *testing.T) {
	hunt := Hunt{First: 1, Enough: operations(shortOperations)}
	switch budget, long := proof.Long(); {
	case long:
		hunt.Enough, hunt.Until = nil, time.Now().Add(budget)
		if before := proof.Before("simulation").Seeds; before != nil {
			hunt.First = before.Last + 1
		}
	case raced:
		hunt.Enough = operations(racedOperations)
	case testing.Short():
		hunt.Enough = operations(quickOperations)
	}
	began := time.Now()
	total := play(t, hunt)
	counts := total.Counts.named()
	proof.Keep(t, "simulation", &proof.Seeds{First: total.First, Last: total.Last}, counts, time.Since(began))
	report(t, counts)
	if hunt.Enough == nil || total.Counts.operations >= shortOperations {
		wantReached(t, total.Counts)
	}
}

// TestManyLivesKeepEveryInvariant is short: a planted bug must show in it.
func TestManyLivesKeepEveryInvariant(t *testing.T) {
	play(t, Hunt{First: 1 << 32, Enough: operations(quickOperations), Until: time.Now().Add(18 * time.Second)})
}

func operations(n int64) func(*Total) bool {
	return func(t *Total) bool { return t.Counts.operations >= n }
}

// play plays a hunt, and fails with the shrunk story of the first run that did.
func play(t *testing.T, h Hunt) Total {
	t.Helper()
	total := h.Play()
	if total.Failed != nil {
		c := &crew{}
		defer c.dismiss()
		t.Fatal(Shrink(*total.Failed, c))
	}
	if len(total.Unequal) > 0 {
		t.Fatalf("invariant 51 (the same seed leads to the same trace): seeds %v did not", total.Unequal)
	}
	return total
}

// TestOneSeed plays one seed and tells its story.
func TestOneSeed(t *testing.T) {
	if *oneSeed == 0 {
		t.Skip("no -seed")
	}
	c := &crew{}
	defer c.dismiss()
	left := make(map[string]bool)
	for name := range strings.SplitSeq(*without, ",") {
		left[name] = true
	}
	result := Play(Options{Seed: *oneSeed, Without: left, Tell: true}, c)
	if result.Violation != nil && *shrinking {
		t.Fatal(Shrink(result, c))
	}
	t.Log(strings.Join(result.Story, "\n"))
	if result.Violation != nil {
		t.Fatal(result.Violation)
	}
}

// wantReached fails where something was never reached: what no run meets proves nothing.
func wantReached(t *testing.T, c *counts) {
	t.Helper()
	counts := c.named()
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		rare := strings.HasPrefix(name, "doubts cleared") || (c.operations < rareOperations && strings.HasPrefix(name, "told as"))
		if counts[name] == 0 && !rare {
			t.Errorf("invariant 52 (everything is reached): %s: never", name)
		}
	}
	if counts["faults"] < 3*c.runs {
		t.Errorf("invariant 52 (everything is reached): %d faults in %d runs, at least three in each on average", counts["faults"], c.runs)
	}
	if c.few > 0 {
		t.Errorf("invariant 52 (everything is reached): %d of %d runs had fewer than %d requests for money", c.few, c.runs, leastRequests)
	}
	if !c.clearedSoon() {
		t.Errorf("invariant 15 (every doubt ends): of 100 more than one was cleared later than %v after its end could be known: %v within %v", soon, c.cleared, bounds)
	}
}

func report(t *testing.T, counts map[string]int64) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%10d %s", counts[name], name)
	}
}
