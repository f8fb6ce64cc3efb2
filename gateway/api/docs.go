package api

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lendgate/lendgate/canonical"
)

// docsPage is what the page for people shows. It is read off the OpenAPI document.
type docsPage struct {
	Title, Version string
	Story          []string
	Groups         []docsGroup
	Problems       []canonical.Problem
}

type docsGroup struct {
	Name, Text string
	Operations []docsOperation
}

type docsOperation struct {
	ID, Method, Path, Summary, Text string
	Parameters                      []docsField
	Body                            []docsField
	Sample                          string
	Problems                        string
}

type docsField struct {
	Name, Type, Text string
	Required         bool
}

func (a *API) docs() docsPage {
	doc := a.huma.OpenAPI()
	page := docsPage{Title: doc.Info.Title, Version: doc.Info.Version, Story: strings.Split(strings.ReplaceAll(story, "`", ""), "\n\n"), Problems: canonical.Problems}
	for _, tag := range doc.Tags {
		group := docsGroup{Name: tag.Name, Text: tag.Description}
		for _, r := range a.routes {
			if r.tag == tag.Name {
				group.Operations = append(group.Operations, docsOf(doc, r))
			}
		}
		page.Groups = append(page.Groups, group)
	}
	return page
}

func docsOf(doc *huma.OpenAPI, r route) docsOperation {
	op := operationAt(doc, r)
	shown := docsOperation{
		ID: r.id, Method: r.method, Path: r.path, Summary: op.Summary, Text: op.Description,
		Problems: strings.ReplaceAll(op.Responses["default"].Description, "`", ""),
	}
	for _, p := range op.Parameters {
		shown.Parameters = append(shown.Parameters, docsField{p.Name, p.In + ", " + typeOf(p.Schema), p.Description, p.Required})
	}
	schema := bodyOf(op)
	if schema == nil {
		return shown
	}
	body := resolve(doc, schema)
	for _, name := range slices.Sorted(maps.Keys(body.Properties)) {
		property := body.Properties[name]
		shown.Body = append(shown.Body, docsField{name, typeOf(property), property.Description, slices.Contains(body.Required, name)})
	}
	shown.Sample = sampleText(samples[r.id])
	return shown
}

func sampleText(sample any) string {
	text, err := json.MarshalIndent(sample, "", "  ")
	if sample == nil || err != nil {
		return ""
	}
	return string(text)
}

// typeOf says in a word or two what a schema is.
func typeOf(s *huma.Schema) string {
	switch {
	case s.Ref != "":
		return strings.TrimPrefix(s.Ref, schemaRefs)
	case s.Type == huma.TypeArray:
		return "list of " + typeOf(s.Items)
	case len(s.Enum) > 0:
		return words(s.Enum)
	case s.Format != "":
		return s.Format
	}
	return s.Type
}
