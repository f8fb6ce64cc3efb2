package api_test

import (
	"bytes"
	"mime"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/lendgate/lendgate/gateway/api"
)

// contract is the OpenAPI document, as a caller gets it.
type contract struct {
	doc     map[string]any
	paths   map[string]*regexp.Regexp // by template
	mu      sync.Mutex
	schemas *jsonschema.Compiler
}

const contractURL = "https://gate.example/openapi.json"

// theContract reads the document once for all tests.
var theContract = sync.OnceValues(func() (*contract, error) {
	made, err := api.New(api.Options{PublicURL: publicURL, Version: "1.0.0", Advance: (&kit{}).advance})
	if err != nil {
		return nil, err
	}
	recorder := httptest.NewRecorder()
	made.Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/openapi.json", nil))
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(recorder.Body.Bytes()))
	if err != nil {
		return nil, err
	}
	c := &contract{doc: doc.(map[string]any), paths: map[string]*regexp.Regexp{}, schemas: jsonschema.NewCompiler()}
	for _, schema := range c.components() {
		// Answers may come to say more; today they say what is described and nothing else.
		if described := schema.(map[string]any); described["properties"] != nil {
			described["additionalProperties"] = false
		}
	}
	c.schemas.DefaultDraft(jsonschema.Draft2020)
	c.schemas.AssertFormat()
	if err := c.schemas.AddResource(contractURL, doc); err != nil {
		return nil, err
	}
	for template := range c.doc["paths"].(map[string]any) {
		c.paths[template] = regexp.MustCompile("^" + regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(template, "[^/]+") + "$")
	}
	return c, nil
})

func (c *contract) components() map[string]any {
	return c.doc["components"].(map[string]any)["schemas"].(map[string]any)
}

// each visits every operation.
func (c *contract) each(visit func(method, template string, operation map[string]any)) {
	for template, item := range c.doc["paths"].(map[string]any) {
		for method, operation := range item.(map[string]any) {
			visit(method, template, operation.(map[string]any))
		}
	}
}

func readContract(t testing.TB) *contract {
	t.Helper()
	c, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// operation is the description of a request, nil where there is none.
func (c *contract) operation(method, path string) (template string, operation map[string]any) {
	path, _, _ = strings.Cut(path, "?")
	for template, matches := range c.paths {
		if matches.MatchString(path) {
			operation, _ := c.doc["paths"].(map[string]any)[template].(map[string]any)[strings.ToLower(method)].(map[string]any)
			return template, operation
		}
	}
	return "", nil
}

// holds wants an answer to be one that the document describes. Every answer of every test goes
// through it.
func (c *contract) holds(t testing.TB, r request, a answer) {
	t.Helper()
	template, operation := c.operation(r.method, r.path)
	if operation == nil {
		return
	}
	status := strconv.Itoa(a.status)
	responses := operation["responses"].(map[string]any)
	if _, described := responses[status]; !described {
		status = "default"
	}
	content, _ := responses[status].(map[string]any)["content"].(map[string]any)
	if content == nil {
		if len(a.body) > 0 {
			t.Errorf("%s %s answered %d with a body that the document does not describe: %s", r.method, template, a.status, a.body)
		}
		return
	}
	media, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if _, described := content[media]; err != nil || !described {
		t.Errorf("%s %s answered %d as %q, which the document does not describe", r.method, template, a.status, media)
		return
	}
	at := "paths/" + pointer(template) + "/" + strings.ToLower(r.method) + "/responses/" + status + "/content/" + pointer(media) + "/schema"
	if err := c.valid(at, a.body); err != nil {
		t.Errorf("%s %s answered %d with what the document does not allow: %v", r.method, template, a.status, err)
	}
}

func pointer(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(name)
}

// valid holds JSON against the schema at a place of the document.
func (c *contract) valid(at string, body []byte) error {
	c.mu.Lock()
	schema, err := c.schemas.Compile(contractURL + "#/" + at)
	c.mu.Unlock()
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}
