package gateway_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/lendgate/lendgate/"

// arrows says what each folder may import of ours, and why no more. The longest prefix decides.
var arrows = []struct {
	folder string
	may    []string
	why    string
}{
	{"canonical", nil, "everyone agrees on it, so it depends on nobody"},
	{"config", nil, "it parses and locates; what it parses is nobody's business"},
	{"state", []string{"canonical"}, "it remembers records and knows nothing of who makes them"},
	{"state/badger", []string{"state", "canonical", "state/statetest"}, "one store of several"},
	{"state/statetest", []string{"state", "canonical"}, "every store must pass it"},
	{"adapters", []string{"canonical", "config"}, "the frame of all styles"},
	{"adapters/all", []string{"adapters", "adapters/creditkey", "adapters/spendoption", "adapters/ecster", "adapters/iwocapay", "adapters/cryptopay"}, "the list of the styles"},
	{"adapters/creditkey", styleMay, styleWhy},
	{"adapters/spendoption", styleMay, styleWhy},
	{"adapters/ecster", styleMay, styleWhy},
	{"adapters/iwocapay", styleMay, styleWhy},
	{"adapters/cryptopay", styleMay, styleWhy},
	{"docs/harbor", styleMay, "the example of a style"},
	{"adapters/declared", []string{"adapters", "canonical", "config"}, "a contract is a file with mistakes at places, and becomes a style like any other"},
	{"adapters/adaptertest", []string{"adapters", "canonical", "config"}, "the judge of every style"},
	{"adapters/workshop", []string{"adapters", "adapters/all", "adapters/declared", "adapters/adaptertest", "canonical"}, "it tries any lender through the client, and no engine or store runs"},
	{"adapters/sandbox", []string{"adapters/sandbox/lender", "adapters/sandbox/creditkey", "adapters/sandbox/spendoption", "adapters/sandbox/ecster", "adapters/sandbox/iwocapay", "adapters/sandbox/cryptopay"}, lenderWhy},
	{"adapters/sandbox/lender", nil, lenderWhy},
	{"adapters/sandbox/creditkey", lenderMay, lenderWhy},
	{"adapters/sandbox/spendoption", lenderMay, lenderWhy},
	{"adapters/sandbox/ecster", lenderMay, lenderWhy},
	{"adapters/sandbox/iwocapay", lenderMay, lenderWhy},
	{"adapters/sandbox/cryptopay", lenderMay, lenderWhy},
	{"gateway/engine", []string{"state", "canonical"}, "it is driven by a simulation too, so it knows no adapter, no file and no HTTP"},
	{"gateway/api", []string{"gateway/engine", "canonical", "state"}, "it translates between HTTP and the engine"},
	{"gateway/telemetry", nil, "anything may be recorded, so it knows nothing of what is"},
	{"gateway/console", []string{"gateway/telemetry"}, "it shows what is recorded"},
	{"gateway/lendgate", []string{"gateway"}, "the binary gets its name"},
	{"gateway/certify", []string{"gateway/engine", "adapters", "adapters/adaptertest", "adapters/all", "adapters/declared", "adapters/sandbox", "adapters/sandbox/lender", "canonical", "config", "state"}, "it drives engine and adapters against a lender that does what its documentation says"},
	{"gateway/simulation", []string{"*"}, "it drives everything but the real store"},
	{"gateway/simulation/proof", nil, "every harness keeps its records with it"},
	{"gateway/simulation/prove", []string{"gateway/simulation/proof"}, "it runs the harnesses"},
	{"gateway/simulation/planted", nil, "its bugs are planted from outside"},
	{"gateway", []string{"*"}, "it wires everything"},
}

var (
	styleMay  = []string{"adapters", "canonical"}
	lenderMay = []string{"adapters/sandbox/lender"}
)

const (
	styleWhy  = "a style is data and pure functions, and knows no other style"
	lenderWhy = "the simulated lenders are written from the contract and share nothing with the adapters"
)

// outside says which libraries are kept to one place.
var outside = []struct {
	prefix string
	only   []string // files or folders
	why    string
}{
	{"github.com/gin-gonic/gin", []string{"gateway/api/"}, "one HTTP API"},
	{"github.com/danielgtaylor/huma", []string{"gateway/api/"}, "one HTTP API"},
	{"github.com/dgraph-io/badger", []string{"state/badger/"}, "the rest speaks to the store's contract"},
	{"github.com/go-resty/resty", []string{"adapters/transport.go"}, "one place decides how a request leaves"},
	{"github.com/expr-lang/expr", []string{"adapters/declared/"}, "one place decides what a contract may say"},
	{"github.com/sony/gobreaker", []string{"adapters/breaker.go"}, "one place decides whether a request leaves"},
	{"go.opentelemetry.io/otel/sdk", []string{"gateway/telemetry/"}, "anyone may use the API, one place sets it up"},
}

func TestLayers(t *testing.T) {
	eachFile(t, func(path string, imports []string) {
		if strings.HasSuffix(path, "_test.go") {
			return // a test may look from outside
		}
		folder := filepath.ToSlash(filepath.Dir(path))
		for _, imported := range imports {
			ours, is := strings.CutPrefix(imported, module)
			if is && !mayImport(t, folder, ours) {
				t.Errorf("%s imports %s: %s", path, ours, whyOf(folder))
			}
			checkOutside(t, path, imported)
		}
	})
}

func checkOutside(t *testing.T, path, imported string) {
	for _, rule := range outside {
		if strings.HasPrefix(imported, rule.prefix) && !within(path, rule.only) {
			t.Errorf("%s imports %s, kept to %s: %s", path, imported, strings.Join(rule.only, ", "), rule.why)
		}
	}
}

func within(path string, places []string) bool {
	for _, place := range places {
		if strings.HasPrefix(path, place) {
			return true
		}
	}
	return false
}

func mayImport(t *testing.T, folder, ours string) bool {
	for _, row := range arrows {
		if row.folder != folder {
			continue
		}
		for _, may := range row.may {
			if may == "*" || may == ours {
				return true
			}
		}
		return false
	}
	t.Errorf("folder %s has no row in the table of arrows", folder)
	return true
}

func whyOf(folder string) string {
	for _, row := range arrows {
		if row.folder == folder {
			return row.why
		}
	}
	return ""
}

// eachFile visits every Go file of the repository with what it imports.
func eachFile(t *testing.T, visit func(path string, imports []string)) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		var imports []string
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			imports = append(imports, name)
		}
		relative, err := filepath.Rel("..", path)
		visit(filepath.ToSlash(relative), imports)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func source(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
