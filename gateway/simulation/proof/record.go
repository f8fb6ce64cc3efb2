package proof

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// The environment of a run.
const (
	recordsVariable = "LENDGATE_PROVE"     // folder the records are kept in; unset: none are
	forVariable     = "LENDGATE_PROVE_FOR" // how long each long form runs, as Go writes durations; unset: short forms
)

// Run is the record of what a harness did.
type Run struct {
	Harness string           `json:"harness"`
	Code    string           `json:"code"`             // digest of the sources it ran
	Commit  string           `json:"commit,omitempty"` // the last commit below them
	Seeds   *Seeds           `json:"seeds,omitempty"`
	Runs    int              `json:"runs"` // how many were added up
	Counts  map[string]int64 `json:"counts"`
	At      time.Time        `json:"at"` // when the last of them ended
	Took    Took             `json:"took"`
}

// Seeds is a range of seeds, both ends included. Parts that follow one another join.
type Seeds struct {
	First uint64 `json:"first"`
	Last  uint64 `json:"last"`
}

// Took is a duration as Go writes it, in whole seconds.
type Took time.Duration

// MarshalText writes the duration.
func (t Took) MarshalText() ([]byte, error) {
	return []byte(time.Duration(t).Round(time.Second).String()), nil
}

// UnmarshalText reads a duration.
func (t *Took) UnmarshalText(text []byte) error {
	read, err := time.ParseDuration(string(text))
	*t = Took(read)
	return err
}

// Long says whether long forms are wanted, and how long each may take.
func Long() (budget time.Duration, wanted bool) {
	budget, err := time.ParseDuration(os.Getenv(forVariable))
	return budget, err == nil && budget > 0
}

// Keep adds a run to the harness's record, where records are kept. The test fails where it cannot.
func Keep(t testing.TB, harness string, seeds *Seeds, counts map[string]int64, took time.Duration) {
	t.Helper()
	folder := os.Getenv(recordsVariable)
	if folder == "" || t.Failed() {
		return
	}
	code, err := Code(harness)
	if err != nil {
		t.Fatal(err)
	}
	now := Run{Harness: harness, Code: code, Commit: commit(), Seeds: seeds, Runs: 1, Counts: counts, At: time.Now().UTC().Truncate(time.Second), Took: Took(took)}
	if err := keep(filepath.Join(folder, harness+".json"), now); err != nil {
		t.Fatal(err)
	}
}

// Before is the record so far of a harness on this very code, for a part that goes on where the last one
// ended. The zero Run where there is none.
func Before(harness string) Run {
	folder := os.Getenv(recordsVariable)
	if folder == "" {
		return Run{}
	}
	found, err := read(filepath.Join(folder, harness+".json"))
	if code, failed := Code(harness); err != nil || failed != nil || found.Code != code {
		return Run{}
	}
	return found
}

func keep(path string, now Run) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	before, err := read(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err == nil && before.Code == now.Code {
		now = before.and(now)
	}
	text, err := json.MarshalIndent(now, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

func read(path string) (run Run, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return run, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return run, decoder.Decode(&run)
}

// and adds a later run of the same code.
func (r Run) and(next Run) Run {
	next.Runs += r.Runs
	next.Took += r.Took
	sum := maps.Clone(r.Counts)
	for name, count := range next.Counts {
		sum[name] += count
	}
	next.Counts = sum
	if r.Seeds != nil && next.Seeds != nil {
		next.Seeds = &Seeds{min(r.Seeds.First, next.Seeds.First), max(r.Seeds.Last, next.Seeds.Last)}
	}
	return next
}

// Records reads all records of a folder, by name.
func Records(folder string) ([]Run, error) {
	paths, err := filepath.Glob(filepath.Join(folder, "*.json"))
	var runs []Run
	for _, path := range paths {
		run, failed := read(path)
		err = errors.Join(err, failed)
		runs = append(runs, run)
	}
	slices.SortFunc(runs, func(a, b Run) int { return cmp.Compare(a.Harness, b.Harness) })
	return runs, err
}

// Environment is how a run is told where to keep records and which forms to run; 0 are the short ones.
func Environment(folder string, long time.Duration) []string {
	environment := []string{recordsVariable + "=" + folder}
	if long > 0 {
		environment = append(environment, forVariable+"="+long.String())
	}
	return environment
}
