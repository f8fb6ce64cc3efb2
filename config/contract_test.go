package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/config"
)

const declared = `version: 1
providers:
  - id: north
    style: declared
    contract: lenders/acme.yaml
    mode: test
    base_url: http://127.0.0.1:8081/acme
`

// contracts reads files that are there only in a test.
func contracts(files map[string]string) config.Options {
	return config.Options{ReadFile: func(path string) ([]byte, error) {
		text, there := files[path]
		if !there {
			return nil, os.ErrNotExist
		}
		return []byte(text), nil
	}}
}

func TestAContractIsReadBesideTheFileThatNamesIt(t *testing.T) {
	file, err := config.Parse("/etc/lendgate/providers.yaml", []byte(declared), contracts(map[string]string{"/etc/lendgate/lenders/acme.yaml": "one"}))
	if err != nil {
		t.Fatal(err)
	}
	c := file.Providers[0].Contract
	if string(c.Text) != "one" || c.Name != "lenders/acme.yaml" || c.File != "/etc/lendgate/lenders/acme.yaml" {
		t.Errorf("got %q of %s at %s", c.Text, c.Name, c.File)
	}
	if diff := cmp.Diff([]string{"/etc/lendgate/lenders/acme.yaml"}, file.Files); diff != "" {
		t.Errorf("the files to watch (-want +got):\n%s", diff)
	}
}

func TestAContractThatComesWithLendgateIsNoFile(t *testing.T) {
	file := parse(t, strings.Replace(declared, "lenders/acme.yaml", "acme", 1), contracts(nil))
	if c := file.Providers[0].Contract; c.Name != "acme" || c.File != "" || len(file.Files) > 0 {
		t.Errorf("got %+v and %v", c, file.Files)
	}
}

func TestAnotherTextOfAContractIsAnotherConfiguration(t *testing.T) {
	one := parse(t, declared, contracts(map[string]string{"lenders/acme.yaml": "one"}))
	two := parse(t, declared, contracts(map[string]string{"lenders/acme.yaml": "two"}))
	was, is := one.Providers[0], two.Providers[0]
	if was.Hash("") == is.Hash("") || was.Contract.Same(is.Contract) {
		t.Error("it counts as the same")
	}
	want := []config.Difference{{Provider: "north", Name: "contract", Change: config.Changed, Before: "lenders/acme.yaml (7692c3ad3540)", After: "lenders/acme.yaml (3fc4ccfe7458)"}}
	if diff := cmp.Diff(want, config.Compare(one, two)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMistakesWithContracts(t *testing.T) {
	large := filepath.Join(t.TempDir(), "large.yaml")
	if err := os.WriteFile(large, make([]byte, 256<<10+1), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, old, replacement, want string }{
		{"none", "    contract: lenders/acme.yaml\n", "", "3:5: providers[0].contract: is missing: add it"},
		{"an odd name", "lenders/acme.yaml", "Acme", "5:15: providers[0].contract: must be a file such as acme.yaml, or the name of a contract that comes with Lendgate"},
		{"a reference", "lenders/acme.yaml", "${env:ACME}", "5:15: providers[0].contract: references are read only in settings and in store.badger.key: write the value itself"},
		{"a file that is not there", "lenders/acme.yaml", "acme.yaml", "5:15: providers[0].contract: there is no file acme.yaml: create it, or correct the path"},
		{"a file that is too large", "lenders/acme.yaml", large, "5:15: providers[0].contract: the file " + large + " cannot be read: it is larger than 256KiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			refuses(t, strings.Replace(declared, tt.old, tt.replacement, 1), tt.want)
		})
	}
}
