package harbor_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Lookup("update") // the conformance suite's

var quoted = regexp.MustCompile("(?ms)^```(go|yaml)\n(.*?)^```$")

// TestTheTutorialsQuoteWhatIsThere: every block of code in them stands in the example as it is.
func TestTheTutorialsQuoteWhatIsThere(t *testing.T) {
	for language, pattern := range map[string]string{"go": "*.go", "yaml": "harbor.yaml"} {
		var source strings.Builder
		for _, path := range match(t, pattern) {
			source.WriteString(read(t, path))
		}
		for _, tutorial := range match(t, "../*.md") {
			for _, block := range quoted.FindAllStringSubmatch(read(t, tutorial), -1) {
				if block[1] == language && !strings.Contains(source.String(), block[2]) {
					t.Errorf("%s quotes what is not in the example:\n%s", tutorial, block[2])
				}
			}
		}
	}
}

var counted = regexp.MustCompile(`(?s)(<!-- lines:[^\n]*-->\n).*(<!-- end -->)`)

// TestTheCountsAreCurrent: the lines of each style, as the tutorial shows them.
func TestTheCountsAreCurrent(t *testing.T) {
	table := "| style | lines |\n| --- | --- |\n"
	for _, style := range []string{"creditkey", "spendoption", "ecster", "iwocapay", "cryptopay"} {
		table += fmt.Sprintf("| %s | %d |\n", style, lines(t, "../../adapters/"+style+"/*.go"))
	}
	table += fmt.Sprintf("| [harbor](harbor), the example | %d |\n| [its contract](harbor/harbor.yaml) | %d |\n", lines(t, "*.go"), lines(t, "harbor.yaml"))
	const tutorial = "../adding-a-lender-in-go.md"
	was := read(t, tutorial)
	is := counted.ReplaceAllString(was, "${1}"+table+"${2}")
	if update.Value.String() == "true" {
		if err := os.WriteFile(tutorial, []byte(is), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if is != was {
		t.Errorf("%s counts otherwise: run go test ./docs/harbor -update", tutorial)
	}
}

func lines(t *testing.T, pattern string) (count int) {
	for _, path := range match(t, pattern) {
		if !strings.HasSuffix(path, "_test.go") {
			count += strings.Count(read(t, path), "\n")
		}
	}
	return count
}

func match(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: nothing is there: %v", pattern, err)
	}
	return paths
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
