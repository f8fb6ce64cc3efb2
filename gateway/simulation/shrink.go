package simulation

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Shrunk is a failing run with everything left out that it does not need.
type Shrunk struct {
	Result
	Without []string // what was left out
	Needed  []string // the faults and steps that are left
}

// How many runs a shrinking may take, and for how long.
const (
	mostPlays   = 300
	mostPlaying = 15 * time.Second
)

// Shrink leaves faults and steps out of a failing run, first many and then few at a time, as long as the same
// invariant is broken. What is left is the story.
func Shrink(failing Result, c *crew) Shrunk {
	s := &shrinker{seed: failing.Seed, invariant: failing.Violation.Name, crew: c, left: mostPlays, until: time.Now().Add(mostPlaying), best: failing}
	for size := (len(s.parts()) + 1) / 2; size >= 1; size /= 2 {
		for s.round(size) && s.goesOn() {
			continue
		}
	}
	told := Play(Options{Seed: s.seed, Without: set(s.without), Tell: true}, c)
	return Shrunk{Result: told, Without: s.without, Needed: told.parts()}
}

type shrinker struct {
	seed      uint64
	invariant string
	crew      *crew
	left      int // plays
	until     time.Time
	without   []string
	best      Result
}

// parts are what can be left out of a run.
func (r Result) parts() []string { return append(slices.Clone(r.Met), r.Taken...) }

func (s *shrinker) parts() []string { return s.best.parts() }

func (s *shrinker) goesOn() bool { return s.left > 0 && time.Now().Before(s.until) }

// round tries to leave out each piece of a size, and says whether any could go.
func (s *shrinker) round(size int) (smaller bool) {
	parts := s.parts()
	for from := 0; from < len(parts) && s.goesOn(); from += size {
		piece := parts[from:min(from+size, len(parts))]
		without := append(slices.Clone(s.without), piece...)
		s.left--
		tried := Play(Options{Seed: s.seed, Without: set(without)}, s.crew)
		if v := tried.Violation; v == nil || v.Name != s.invariant {
			continue
		}
		s.without, s.best, smaller = without, tried, true
	}
	return smaller
}

func set(names []string) map[string]bool {
	all := make(map[string]bool)
	for _, name := range names {
		all[name] = true
	}
	return all
}

// Command replays the run: faults and steps that it does without are named.
func (s Shrunk) Command() string {
	command := fmt.Sprintf("go test ./gateway/simulation -run '^TestOneSeed$' -v -seed %d", s.Seed)
	if len(s.Without) > 0 {
		command += " -without '" + strings.Join(s.Without, ",") + "'"
	}
	return command
}

// String tells what is wrong, how to see it again, and the whole story.
func (s Shrunk) String() string {
	return fmt.Sprintf("seed %d: %v\n  it takes: %s\n  to see it again: %s\n%s",
		s.Seed, s.Violation, strings.Join(s.Needed, "; "), s.Command(), strings.Join(s.Story, "\n"))
}
