package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
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

func TestEverySchemaOfTheDocumentIsOne(t *testing.T) {
	c := readContract(t)
	for name := range c.components() {
		if _, err := c.schemas.Compile(contractURL + "#/components/schemas/" + name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// examples finds every example in a part of the document, with the place of the schema it is of.
func examples(at string, part any, found map[string]any) {
	switch v := part.(type) {
	case map[string]any:
		if example, there := v["example"]; there && v["schema"] != nil {
			found[at+"/schema"] = example
		}
		for name, below := range v {
			if name != "example" {
				examples(at+"/"+pointer(name), below, found)
			}
		}
	case []any:
		for i, below := range v {
			examples(at+"/"+strconv.Itoa(i), below, found)
		}
	}
}

func TestEveryExampleFitsItsSchema(t *testing.T) {
	c := readContract(t)
	found := map[string]any{}
	examples("paths", c.doc["paths"], found)
	bodies := 0
	for at, example := range found {
		text, err := json.Marshal(example)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.valid(at, text); err != nil {
			t.Errorf("%s: %v", at, err)
		}
		if strings.Contains(at, "requestBody") {
			bodies++
		}
	}
	if bodies < 9 {
		t.Errorf("only %d request bodies have an example", bodies)
	}
}

func TestEveryOperationIsDescribedInFull(t *testing.T) {
	c := readContract(t)
	tags, _ := json.Marshal(c.doc["tags"])
	ids := map[any]string{}
	c.each(func(method, template string, operation map[string]any) {
		at := method + " " + template
		if before, taken := ids[operation["operationId"]]; taken || operation["operationId"] == nil {
			t.Errorf("%s has the id of %s", at, before)
		}
		ids[operation["operationId"]] = at
		tag, _ := operation["tags"].([]any)
		if operation["summary"] == nil || len(tag) != 1 || !strings.Contains(string(tags), `"name":"`+tag[0].(string)+`"`) {
			t.Errorf("%s has summary %v and tags %v", at, operation["summary"], tag)
		}
		if secured := operation["security"] != nil; secured != strings.HasPrefix(template, "/v1/") {
			t.Errorf("%s: needs a key: %t", at, secured)
		}
		if problem, _ := json.Marshal(operation["responses"].(map[string]any)["default"]); !strings.Contains(string(problem), `"application/problem+json"`) || !strings.Contains(string(problem), "internal") {
			t.Errorf("%s has no problems: %s", at, problem)
		}
		parameters, _ := json.Marshal(operation["parameters"])
		_, queued := operation["responses"].(map[string]any)["202"]
		late := operation["operationId"] == "resolve-operation" || operation["operationId"] == "advance-clock"
		if keyed := strings.Contains(string(parameters), `"Idempotency-Key"`); (keyed || late) != queued {
			t.Errorf("%s: takes a key: %t, may answer 202: %t", at, keyed, queued)
		}
		for _, name := range regexp.MustCompile(`\{[a-z]+\}`).FindAllString(template, -1) {
			if !strings.Contains(string(parameters), `"name":"`+strings.Trim(name, "{}")+`"`) {
				t.Errorf("%s does not declare %s", at, name)
			}
		}
	})
	if c.doc["openapi"] != "3.1.0" || c.doc["servers"].([]any)[0].(map[string]any)["url"] != publicURL {
		t.Errorf("got version %v and servers %v", c.doc["openapi"], c.doc["servers"])
	}
}

func TestTheProblemsPageInTheRepositoryIsCurrent(t *testing.T) {
	rendered(t, "../../PROBLEMS.md", []byte(api.ProblemsMarkdown()))
}
