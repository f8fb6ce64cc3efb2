package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

const story = `Lendgate offers several lenders behind one API: an order has one life, one set of amounts and one way to be asked about, whoever finances it.

Amounts are decimal strings. Requests are strict: a name that is not known, or is given twice, is refused with its pointer. A text may have 2000 characters and a list 500 items where nothing else is said, a body 64 KiB.

A request that can move money carries an Idempotency-Key. Send the same key again whenever you are not sure: it never acts twice. A lender that does not answer is no error: the answer is 202, the operation is in doubt, and the gateway finds out. Every answer, problem and event says in ` + "`next`" + ` what is safe to do now.

A key of role platform or operator names the merchant in the header Lendgate-Merchant.

There is so much that the gateway can do at a time. A key has a number of requests a second in each class: quotes, reads, orders (create, authenticate, authorize) and kept, which is work on orders that exist. Where there is more to do than can be done, quotes are turned away first, then reads, then new orders: 503 with Retry-After, and nothing was stored. Work on orders that exist waits for its turn, and no merchant waits for another's flood.

What a lender sends to the address it was given needs no key and is taken as it is: it proves itself.`

const schemaRefs = "#/components/schemas/"

// describe is what is said of the API as a whole.
func (a *API) describe(version string) huma.Config {
	schemas := huma.NewMapRegistry(schemaRefs, huma.DefaultSchemaNamer)
	for of, by := range described {
		schemas.RegisterTypeAlias(of, by)
	}
	format := huma.Format{Marshal: writeJSON, Unmarshal: decode}
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "Lendgate", Version: version, Description: story},
			Servers: []*huma.Server{{URL: a.publicURL}},
			Components: &huma.Components{
				Schemas: schemas,
				Headers: headersWith(route{who: anyKey}),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"key": {Type: "http", Scheme: "bearer", BearerFormat: "lg_live_... or lg_test_...", Description: "An API key. It sees the providers and orders of its mode alone."},
				},
			},
			Tags: a.tags(),
		},
		Formats:       map[string]huma.Format{jsonType: format, problemType: format},
		DefaultFormat: jsonType,
	}
}

var tags = []*huma.Tag{
	{Name: "Offers", Description: "Terms a customer may choose for an amount until a time."},
	{Name: "Orders", Description: "What a customer buys and one provider finances, and what may be asked of it."},
	{Name: "Events", Description: "What happened, in order, each event chained to the one before by its hash."},
	{Name: "Operations", Description: "Each thing asked of an order, with the requests made to the lender for it."},
	{Name: "Providers", Description: "The configured lenders."},
	{Name: "Keys", Description: "API keys, for operators."},
	{Name: "Notifications", Description: "Where lenders send their messages. No key is needed: a message proves itself."},
	{Name: "Sandbox", Description: "There with the simulated lenders alone. No key is needed."},
	{Name: "Health", Description: "For whatever watches the process. No key is needed."},
}

// tags are those that some route has.
func (a *API) tags() []*huma.Tag {
	return slices.DeleteFunc(slices.Clone(tags), func(tag *huma.Tag) bool {
		return !slices.ContainsFunc(a.routes, func(r route) bool { return r.tag == tag.Name })
	})
}

// decode reads a body that has passed its schema: what cannot be read then is a fault of the schema.
// An error would make huma answer with the body in it.
func decode(body []byte, into any) error {
	if err := json.Unmarshal(body, into); err != nil {
		panic(fmt.Errorf("a body that fits its schema: %w", err))
	}
	return nil
}

// operation is what is said of one route.
func (a *API) operation(r route) huma.Operation {
	op := huma.Operation{
		Method: r.method, Path: r.path, OperationID: r.id, Tags: []string{r.tag}, Summary: r.summary, DefaultStatus: r.status,
		SkipValidateParams: true, SkipValidateBody: true,
		Middlewares: huma.Middlewares{a.guard(r)},
		Parameters:  headersOf(r),
		Responses:   map[string]*huma.Response{"default": a.problemsOf(r)},
	}
	op.Description = notes[r.id]
	if r.who != nil {
		op.Description = strings.TrimSpace(op.Description + " For keys of role " + roles(r.who) + ".")
		op.Security = []map[string][]string{{"key": {}}}
	}
	if sample, there := samples[r.id]; there {
		op.RequestBody = &huma.RequestBody{Content: map[string]*huma.MediaType{jsonType: {Example: sample}}}
	}
	if r.message && r.method == http.MethodPost {
		op.RequestBody = &huma.RequestBody{Description: "Whatever the lender sends, at most 256 KiB.", Content: map[string]*huma.MediaType{"*/*": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}
	}
	if also, text := r.also(); also != "" {
		op.Responses[also] = &huma.Response{Description: text}
	}
	return op
}

// also is the status of a second answer with the same body, and what it means.
func (r route) also() (status, text string) {
	switch {
	case r.keyed:
		return "202", "Taken and durable, but not settled: do not send it again under another key. Location names the operation to look at."
	case r.id == "resolve-operation":
		return "202", "Taken and durable, and the operation is not settled by it: another attempt of it is open, or still to be made."
	case r.id == "advance-clock":
		return "202", "There was more to do than a minute is enough for: time came as far as now says, and the rest goes on falling due. Ask again."
	case r.path == "/readyz":
		return "503", "It cannot, for now."
	}
	return "", ""
}

func roles(who []state.Role) string {
	var names []string
	for _, role := range who {
		names = append(names, string(role))
	}
	return strings.Join(names, ", ")
}

// headersOf are the request headers that the guard reads.
func headersOf(r route) []*huma.Param {
	var headers []*huma.Param
	if r.keyed {
		headers = append(headers, &huma.Param{
			Name: keyHeader, In: "header", Required: true, Example: "7d1c9a52-order-10001",
			Description: "Names this request and every repeat of it: 1 to 255 visible ASCII characters, bare or in double quotes.",
			Schema:      &huma.Schema{Type: huma.TypeString, MinLength: count(1), MaxLength: count(2*keyMax + 2)},
		})
	}
	if r.who != nil {
		headers = append(headers, &huma.Param{
			Name: merchantHeader, In: "header", Example: "demo",
			Description: "The merchant, for keys of role platform and operator.",
			Schema:      &huma.Schema{Type: huma.TypeString, Pattern: merchantName.String()},
		})
	}
	if r.who != nil && r.method != http.MethodDelete {
		headers = append(headers, &huma.Param{
			Name: preferHeader, In: "header", Example: "wait=5",
			Description: "wait=5: you wait 5 seconds for the answer, no longer. What is not done by then goes on, and is answered as far as it came: 202 where money moves.",
			Schema:      &huma.Schema{Type: huma.TypeString},
		})
	}
	return headers
}

func count(n int) *int { return &n }

// problemsOf is every problem of a route, as its default response.
func (a *API) problemsOf(r route) *huma.Response {
	kinds := []canonical.Kind{canonical.InvalidRequest, canonical.RateLimited, canonical.Overloaded, canonical.Internal}
	if !r.message {
		kinds = append(kinds, canonical.NotAcceptable)
	}
	if r.who != nil {
		kinds = append(kinds, canonical.Unauthenticated, canonical.Forbidden)
	}
	if !r.message && (r.method == http.MethodPost || r.method == http.MethodPatch) {
		kinds = append(kinds, canonical.PayloadTooLarge, canonical.UnsupportedMediaType)
	}
	kinds = append(kinds, r.problems...)
	var lines []string
	for _, row := range canonical.Problems {
		if slices.Contains(kinds, row.Kind) {
			lines = append(lines, fmt.Sprintf("%d `%s`", row.Status, row.Kind))
		}
	}
	schema := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[problem](), true, "")
	return &huma.Response{
		Description: "A problem: " + strings.Join(lines, ", ") + ".",
		Headers:     map[string]*huma.Param{"Retry-After": {Description: "Seconds to wait first.", Schema: &huma.Schema{Type: huma.TypeInteger}}},
		Content:     map[string]*huma.MediaType{problemType: {Schema: schema, Example: problemSample}},
	}
}

// polish says what follows from all routes together, or what huma cannot say.
func (a *API) polish(doc *huma.OpenAPI) {
	a.polishSchemas(doc)
	for _, r := range a.routes {
		op := operationAt(doc, r)
		if body := bodyOf(op); body != nil {
			op.RequestBody.Required = len(resolve(doc, body).Required) > 0
		}
		first := op.Responses[strconv.Itoa(op.DefaultStatus)]
		if r.keyed && r.status == http.StatusCreated {
			first.Content[jsonType].Example = orderSample
		}
		if also, _ := r.also(); also != "" {
			op.Responses[also].Content, op.Responses[also].Headers = first.Content, first.Headers
		}
		for _, response := range op.Responses {
			if response.Headers == nil {
				response.Headers = map[string]*huma.Param{}
			}
			for name := range headersWith(r) {
				response.Headers[name] = &huma.Param{Ref: "#/components/headers/" + name}
			}
		}
	}
}

func (a *API) polishSchemas(doc *huma.OpenAPI) {
	strict := make(map[string]bool)
	for _, r := range a.routes {
		reach(doc, bodyOf(operationAt(doc, r)), strict)
	}
	for of, schema := range doc.Components.Schemas.Map() {
		for name, property := range schema.Properties {
			schema.Properties[name] = withNull(schema, name, property)
		}
		if !strict[of] {
			schema.AdditionalProperties = nil // answers may come to say more
		}
	}
}

var onEveryAnswer = map[string]*huma.Param{
	"X-Request-Id": {Description: "The request's, or one made for it.", Schema: &huma.Schema{Type: huma.TypeString}},
	"X-Trace-Id":   {Description: "Finds the trace and the log lines.", Schema: &huma.Schema{Type: huma.TypeString}},
}

// headersWith are the headers of every answer of a route.
func headersWith(r route) map[string]*huma.Param {
	headers := maps.Clone(onEveryAnswer)
	if r.who != nil {
		maps.Copy(headers, onLimitedAnswers)
	}
	return headers
}

var onLimitedAnswers = map[string]*huma.Param{
	policyHeader: {Description: "How many requests of this class your key has in how many seconds, as in \"reads\";q=1000;w=1.", Schema: &huma.Schema{Type: huma.TypeString}},
	limitHeader:  {Description: "How many of them are left, and in how many seconds there are all again, as in \"reads\";r=999;t=1.", Schema: &huma.Schema{Type: huma.TypeString}},
}

// reach marks every component that a schema leads to.
func reach(doc *huma.OpenAPI, s *huma.Schema, marked map[string]bool) {
	if s == nil {
		return
	}
	if name, is := strings.CutPrefix(s.Ref, schemaRefs); is && !marked[name] {
		marked[name] = true
		reach(doc, resolve(doc, s), marked)
	}
	reach(doc, s.Items, marked)
	for _, property := range s.Properties {
		reach(doc, property, marked)
	}
}

// withNull: what may be left out is never null, and two objects are null where there is none.
func withNull(of *huma.Schema, name string, property *huma.Schema) *huma.Schema {
	if !slices.Contains(of.Required, name) {
		property.Nullable = false
	}
	if name := strings.TrimPrefix(property.Ref, schemaRefs); name == "InDoubt" || name == "Drift" {
		return &huma.Schema{AnyOf: []*huma.Schema{{Ref: property.Ref}, {Type: "null"}}, Description: property.Description}
	}
	return property
}

// bodyOf is the schema of a request's JSON body, nil where it has none.
func bodyOf(op *huma.Operation) *huma.Schema {
	if op.RequestBody == nil || op.RequestBody.Content[jsonType] == nil {
		return nil
	}
	return op.RequestBody.Content[jsonType].Schema
}

func resolve(doc *huma.OpenAPI, s *huma.Schema) *huma.Schema {
	for s.Ref != "" {
		s = doc.Components.Schemas.SchemaFromRef(s.Ref)
	}
	return s
}

func operationAt(doc *huma.OpenAPI, r route) *huma.Operation {
	item := doc.Paths[r.path]
	return map[string]*huma.Operation{
		http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
	}[r.method]
}
