package workshop_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/declared"
	"github.com/lendgate/lendgate/adapters/workshop"
	"github.com/lendgate/lendgate/canonical"
)

// made is a new contract of acme in a folder of its own.
func made(t testing.TB) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if _, err := workshop.New("acme", dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestAMadeContractIsReadWithoutAMistake(t *testing.T) {
	for _, name := range []string{"acme", "acme-uk-2", "a"} {
		dir := t.TempDir()
		files, err := workshop.New(name, dir)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(files, filepath.Join(dir, name, "cases", "create.json")) {
			t.Errorf("no case among %q", files)
		}
		text := read(t, filepath.Join(dir, name+".yaml"))
		c, mistakes := declared.Read(name+".yaml", []byte(text))
		if mistakes != nil {
			t.Fatal(mistakes.Error())
		}
		if got := c.Adapter().Name; got != name {
			t.Errorf("the style is called %q, want %q", got, name)
		}
		if strings.Contains(text, "{{") {
			t.Error("a place of the template is not filled in")
		}
	}
}

func TestAMadeContractSaysWhatEveryKeyIsFor(t *testing.T) {
	lines := strings.Split(read(t, filepath.Join(made(t), "acme.yaml")), "\n")
	var keys []string
	for i, line := range lines {
		if line == "" || line[0] == ' ' || line[0] == '#' {
			continue
		}
		key, _, _ := strings.Cut(line, ":")
		keys = append(keys, key)
		of := slices.Contains([]string{"title", "docs"}, key) // told with name
		if !of && !strings.HasPrefix(lines[i-1], "#") {
			t.Errorf("line %d: nothing is said of %s", i+1, line)
		}
	}
	want := []string{
		"contract", "name", "title", "docs", "settings", "currencies", "money", "reference", "traits", "auth", "errors", "words", "fold_words",
		"options", "details", "readings", "parts", "operations", "reads", "notifications", "assumed", "lender",
	}
	if !slices.Equal(keys, want) {
		t.Errorf("it has %q, want every key of the language: %q", keys, want)
	}
}

func TestAMadeContractKeepsEveryRule(t *testing.T) {
	lender, err := workshop.Open(filepath.Join(made(t), "acme.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	text := adaptertest.Said{At: "/id", Is: adaptertest.AText}
	movement := []adaptertest.Said{text, {At: "/amount", Is: adaptertest.TheAmount}, {At: "/reference", Is: adaptertest.TheReference}}
	adaptertest.Run(t, adaptertest.Harness{ // with -update it writes the template's cases anew
		Adapter: lender.Adapter, Cases: "template/cases", Number: "reference", Mark: "reference",
		Settings: adapters.Values{"merchant_id": "10042", "api_key": "invented-api-key", "webhook_secret": "invented-webhook-secret"},
		Refusal: func(status int, code string) adapters.Reply {
			body, _ := json.Marshal(map[string]any{"error": map[string]any{"code": code, "message": "no"}})
			return adapters.Reply{Status: status, Header: http.Header{}, Body: body}
		},
		Yes: []adaptertest.Yes{
			{Row: "create", Says: []adaptertest.Said{text, {At: "/status", Is: adaptertest.Word("STARTED")}}},
			{Row: "capture", Says: movement}, {Row: "refund", Says: movement}, {Row: "leave"},
			{Row: "release", Says: []adaptertest.Said{{At: "/id", Is: adaptertest.TheOrder}, {At: "/status", Is: adaptertest.Word("CANCELED", "DELIVERED")}}},
		},
		Prove: func(v adapters.Values, m *canonical.Message) bool { return lender.Contract.Prove(v, m) },
	})
}

func TestNothingIsWrittenOver(t *testing.T) {
	dir := made(t)
	before := read(t, filepath.Join(dir, "acme.yaml"))
	if _, err := workshop.New("acme", dir); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("made again: %v", err)
	}
	if read(t, filepath.Join(dir, "acme.yaml")) != before {
		t.Error("the contract is another")
	}
	if err := os.Remove(filepath.Join(dir, "acme.yaml")); err != nil {
		t.Fatal(err)
	}
	if _, err := workshop.New("acme", dir); err == nil {
		t.Error("cases are written over")
	}
	if _, err := os.Stat(filepath.Join(dir, "acme.yaml")); err == nil {
		t.Error("half of it was made")
	}
}

func TestBadNamesAreToldWhatToDo(t *testing.T) {
	for _, row := range []struct{ name, want string }{
		{"", "small letters"}, {"Acme", "small letters"}, {"1st", "small letters"}, {"acme_uk", "small letters"}, {"acme-", "small letters"},
		{"../acme", "small letters"}, {"acme.yaml", "small letters"}, {"ecster", "is a style that is built in"}, {"sezzle", "comes with Lendgate"},
		{strings.Repeat("a", 41), "at most 40"},
	} {
		dir := t.TempDir()
		if _, err := workshop.New(row.name, dir); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%q: %v, want %q", row.name, err, row.want)
		}
		if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
			t.Errorf("%q: left %d files (%v)", row.name, len(files), err)
		}
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
