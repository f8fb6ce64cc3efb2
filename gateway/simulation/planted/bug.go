package planted

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Bug is one slip that somebody could make, and who must notice it.
type Bug struct {
	Name      string   // reads as a sentence, and names the row to `go test -run`
	File      string   // below the folder of the module
	Old       string   // stands in the file exactly once
	New       string   // stands there instead
	Rule      string   // that is broken, with its short name
	Invariant string   // that does not hold any more, with its number
	Or        []string // invariants that fall with it: which of them a run meets first depends on its seed
	Suite     Suite    // which must fail
}

// Suite is the tests that must fail, and whose output must name what is wrong.
type Suite struct {
	Package string // below the folder of the module
	Run     string // as `go test -run` takes it
	Names   string // what the output must hold; "" is the bug's invariant
}

// simulated is the suite of all bugs that the simulation sees by itself.
var simulated = Suite{Package: "gateway/simulation", Run: "^TestManyLivesKeepEveryInvariant$"}

// by is one test of a package.
func by(folder, test string) Suite {
	return Suite{Package: folder, Run: "^" + test + "$", Names: "--- FAIL: " + test + " "}
}

// Simulated says whether the simulation sees the bug by itself.
func (b Bug) Simulated() bool { return b.Suite == simulated }

// Named says whether the output of the suite names what is wrong.
func (b Bug) Named(output string) bool {
	return slices.ContainsFunc(b.Names(), func(name string) bool { return strings.Contains(output, name) })
}

// Names is what the output of the suite must hold, one or another.
func (b Bug) Names() []string {
	if b.Suite.Names != "" {
		return []string{b.Suite.Names}
	}
	var names []string
	for _, invariant := range append([]string{b.Invariant}, b.Or...) {
		names = append(names, "invariant "+invariant)
	}
	return names
}

// Bugs is the table: every bug once.
var Bugs = slices.Concat(intents, doubts, judgements, ledgers, changes, replies, styles, calls, messages, restores, stores, doors, configurations)

// Changed is the file of a bug as it is with the bug in it. root is the folder of the module.
func (b Bug) Changed(root string) (string, error) {
	text, err := os.ReadFile(filepath.Join(root, b.File))
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(text), b.Old); n != 1 {
		return "", fmt.Errorf("%s holds the text %d times, not once: %s", b.File, n, b.Old)
	}
	return strings.Replace(string(text), b.Old, b.New, 1), nil
}

// Plant writes the changed file into a folder, and beside it what `go test -overlay` wants. The code
// itself stays as it is.
func (b Bug) Plant(root, folder string) (overlay string, err error) {
	text, err := b.Changed(root)
	if err != nil {
		return "", err
	}
	copied := filepath.Join(folder, filepath.Base(b.File))
	if err := os.WriteFile(copied, []byte(text), 0o600); err != nil {
		return "", err
	}
	replace := map[string]map[string]string{"Replace": {filepath.Join(root, b.File): copied}}
	listed, err := json.Marshal(replace)
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(folder, "overlay.json")
	return overlay, os.WriteFile(overlay, listed, 0o600)
}
