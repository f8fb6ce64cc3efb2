package api_test

import (
	"bytes"
	"net/http"
	"os"
	"testing"

	"github.com/danielgtaylor/huma/v2/yaml"

	"github.com/lendgate/lendgate/gateway/api"
)

// rendered compares a rendered file with what it would be now, or writes it.
func rendered(t *testing.T, path string, now []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, now, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	was, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(was, now) {
		t.Errorf("%s is not current: run go test ./gateway/api -update and read the difference", path)
	}
}

func TestTheDocumentInTheRepositoryIsTheOneServed(t *testing.T) {
	served := newKit(t).do(request{method: http.MethodGet, path: "/openapi.json"}).wants(http.StatusOK)
	text := bytes.NewBufferString("# rendered from the routes and types of gateway/api, do not edit\n")
	if err := yaml.Convert(text, bytes.NewReader(served.body)); err != nil {
		t.Fatal(err)
	}
	rendered(t, "openapi.yaml", text.Bytes())
}

func TestTheProblemsPageInTheRepositoryIsCurrent(t *testing.T) {
	rendered(t, "../../PROBLEMS.md", []byte(api.ProblemsMarkdown()))
}
