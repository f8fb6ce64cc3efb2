package planted_test

import (
	"errors"
	"flag"
	"go/parser"
	"go/token"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lendgate/lendgate/gateway/simulation/planted"
	"github.com/lendgate/lendgate/gateway/simulation/proof"
)

// handful is how many bugs the short form plants.
const handful = 4

func TestEveryPlantedBugIsCaught(t *testing.T) {
	began := time.Now()
	var caught, simulated atomic.Int64
	var planting []planted.Bug
	root := moduleFolder(t)
	for _, b := range chosen(t) {
		t.Run(b.Name, func(t *testing.T) {
			planting = append(planting, b)
			t.Parallel() // goes on when all are known
			places <- struct{}{}
			defer func() { <-places }()
			green(t, root, b.Suite.Package, planting)
			if isCaught(t, root, b) {
				caught.Add(1)
				if b.Simulated() {
					simulated.Add(1)
				}
			}
		})
	}
	t.Cleanup(func() { // when all have run
		if len(planting) < len(planted.Bugs) {
			return
		}
		proof.Keep(t, "planted-bugs", nil, map[string]int64{
			"planted": int64(len(planting)), "caught": caught.Load(), "caught by the simulation": simulated.Load(),
		}, time.Since(began))
	})
}

// byName says whether somebody asks for a row by its name.
func byName() bool {
	asked := flag.Lookup("test.run")
	return asked != nil && strings.Contains(asked.Value.String(), "/")
}

// chosen are the bugs of this run: all in the long form, and where one is asked for by its name; else
// the handful that the digest of the code chooses.
func chosen(t *testing.T) []planted.Bug {
	if _, long := proof.Long(); long || byName() {
		return planted.Bugs
	}
	code, err := proof.Code("planted-bugs")
	if err != nil {
		t.Fatal(err)
	}
	digest := fnv.New64()
	_, _ = digest.Write([]byte(code))
	dice := rand.New(rand.NewPCG(digest.Sum64(), 0))
	bugs := slices.Clone(planted.Bugs)
	dice.Shuffle(len(bugs), func(i, j int) { bugs[i], bugs[j] = bugs[j], bugs[i] })
	return bugs[:min(handful, len(bugs))]
}

// places bounds how many bugs are built and tested at once.
var places = make(chan struct{}, 2)

// isCaught says whether the tests see the bug, and fails where they do not.
func isCaught(t *testing.T, root string, b planted.Bug) bool {
	t.Helper()
	overlay, err := b.Plant(root, t.TempDir())
	if err != nil {
		t.Error(err)
		return false
	}
	output, passed := tests(t, root, b.Suite.Package, b.Suite.Run, "-overlay="+overlay)
	switch {
	case strings.Contains(output, "[build failed]"):
		t.Errorf("it does not compile:\n%s", output)
	case passed:
		t.Errorf("%s -run %s does not see it", b.Suite.Package, b.Suite.Run)
	case !b.Named(output):
		t.Errorf("%s -run %s fails and does not name %q:\n%s", b.Suite.Package, b.Suite.Run, b.Names(), tail(output))
	default:
		return true
	}
	return false
}

var cleanRuns sync.Map // by package: func() string

// green demands that the tests of a package that must fail with a bug pass without one.
func green(t *testing.T, root, folder string, bugs []planted.Bug) {
	t.Helper()
	run, _ := cleanRuns.LoadOrStore(folder, sync.OnceValue(func() string {
		var runs []string
		for _, b := range bugs {
			if b.Suite.Package == folder && !slices.Contains(runs, b.Suite.Run) {
				runs = append(runs, b.Suite.Run)
			}
		}
		output, passed := tests(t, root, folder, strings.Join(runs, "|"))
		if passed {
			return ""
		}
		return output
	}))
	if output := run.(func() string)(); output != "" {
		t.Fatalf("%s fails without any bug:\n%s", folder, tail(output))
	}
}

// tests runs tests of one package and returns what they print.
func tests(t *testing.T, root, folder, run string, more ...string) (output string, passed bool) {
	t.Helper()
	args := slices.Concat([]string{"go", "test", "-count=1", "-vet=off", "-p=1", "-ldflags=-s -w", "-timeout=3m", "-run=" + run}, more, []string{"./" + folder})
	if nice, err := exec.LookPath("nice"); err == nil {
		args = slices.Concat([]string{nice, "-n", "10"}, args)
	}
	command := exec.CommandContext(t.Context(), args[0], args[1:]...)
	command.Dir, command.Env = root, append(withoutProof(os.Environ()), "GOFLAGS=", "GOGC=400") // most of the time is for building
	text, err := command.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(text), err == nil
}

// withoutProof leaves out what makes tests run long and keep records: a bug's runs are nobody's proof.
func withoutProof(environment []string) []string {
	return slices.DeleteFunc(slices.Clone(environment), func(variable string) bool { return strings.HasPrefix(variable, "LENDGATE_PROVE") })
}

func tail(output string) string { return output[max(0, len(output)-4000):] }

// moduleFolder is where the module is.
func moduleFolder(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func TestEveryRowFitsTheCode(t *testing.T) {
	root := moduleFolder(t)
	names := make(map[string]bool)
	for _, b := range planted.Bugs {
		t.Run(b.Name, func(t *testing.T) {
			if names[b.Name] {
				t.Error("another row has the name")
			}
			names[b.Name] = true
			text, err := b.Changed(root)
			if err != nil {
				t.Fatal(err)
			}
			if b.Old == b.New {
				t.Error("it changes nothing")
			}
			if _, err := parser.ParseFile(token.NewFileSet(), b.File, text, parser.SkipObjectResolution); err != nil {
				t.Errorf("it cannot compile: %v", err)
			}
			if !regexp.MustCompile(`^[A-Z]{2,4}-[0-9]+: .`).MatchString(b.Rule) {
				t.Errorf("rule %q is not a short name and words", b.Rule)
			}
		})
	}
}

// The words of an invariant are the simulation's, where it checks it, and nobody else's.
func TestInvariantsAreNamedAsTheSimulationNamesThem(t *testing.T) {
	table, err := os.ReadFile(filepath.Join("..", "invariants.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range planted.Bugs {
		for _, invariant := range append([]string{b.Invariant}, b.Or...) {
			number, words, whole := strings.Cut(strings.TrimSuffix(invariant, ")"), " (")
			if _, err := strconv.Atoi(number); err != nil || !whole || words == "" {
				t.Errorf("%s: invariant %q is no number with words", b.Name, invariant)
			}
			row := `number: ` + number + `, name: "` + words + `"`
			known, numbered := strings.Contains(string(table), row), strings.Contains(string(table), `number: `+number+`,`)
			if !known && (numbered || b.Simulated()) {
				t.Errorf("%s: the simulation has no invariant %s", b.Name, invariant)
			}
		}
	}
}

func TestEverySuiteHasItsTest(t *testing.T) {
	root := moduleFolder(t)
	for _, b := range planted.Bugs {
		test := strings.TrimSuffix(strings.TrimPrefix(b.Suite.Run, "^"), "$")
		if !hasTest(t, filepath.Join(root, b.Suite.Package), test) {
			t.Errorf("%s: there is no test %q in %q", b.Name, test, b.Suite.Package)
		}
	}
}

func hasTest(t *testing.T, folder, test string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "\nfunc "+test+"(") {
			return true
		}
	}
	return false
}
