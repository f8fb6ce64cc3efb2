package api

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/lendgate/lendgate/canonical"
)

//go:embed pages/*.html
var pages embed.FS

const (
	htmlType = "text/html; charset=utf-8"
	// The pages fetch nothing and run nothing.
	pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

// addPages serves what is for people and machines beside the contract: the document, the page that
// shows it, and the texts of the problems. They are rendered once.
func (a *API) addPages() error {
	document, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		return err
	}
	parsed, err := template.ParseFS(pages, "pages/*.html")
	if err != nil {
		return err
	}
	var docs bytes.Buffer
	if err := parsed.ExecuteTemplate(&docs, "docs.html", a.docs()); err != nil {
		return err
	}
	a.router.GET("/openapi.json", func(c *gin.Context) { c.Data(http.StatusOK, "application/json", document) })
	a.router.GET("/docs", func(c *gin.Context) { page(c, docs.Bytes()) })
	a.router.GET("/problems/:code", func(c *gin.Context) { a.problemPage(c, parsed.Lookup("problem.html")) })
	if a.telemetry.Metrics != nil {
		a.router.GET("/metrics", gin.WrapH(a.telemetry.Metrics))
	}
	if a.telemetry.Console != nil {
		a.router.GET("/console/*page", gin.WrapH(a.telemetry.Console))
	}
	return nil
}

func page(c *gin.Context, text []byte) {
	c.Header("Content-Security-Policy", pagePolicy)
	c.Data(http.StatusOK, htmlType, text)
}

// problemPage explains a problem, to a browser as HTML and to everyone else as text.
func (a *API) problemPage(c *gin.Context, layout *template.Template) {
	row := canonical.ProblemOf(canonical.Kind(c.Param("code")))
	if string(row.Kind) != c.Param("code") {
		a.refuse(c, canonical.Errorf(canonical.NotFound, "there is no problem of this name"))
		return
	}
	if !strings.Contains(c.GetHeader("Accept"), "text/html") {
		c.String(http.StatusOK, "%s (%d): %s\n\n%s\n\nNext: %s\n", row.Kind, row.Status, row.Title, row.Help, row.Next.Action)
		return
	}
	var text bytes.Buffer
	if err := layout.Execute(&text, row); err != nil {
		a.refuse(c, err)
		return
	}
	page(c, text.Bytes())
}

// ProblemsMarkdown renders the table of problems: PROBLEMS.md.
func ProblemsMarkdown() string {
	var b strings.Builder
	b.WriteString("<!-- rendered from canonical.Problems, do not edit -->\n\n# Problems\n\n")
	b.WriteString("Whatever goes wrong is answered as `application/problem+json` (RFC 9457). `code` is one of these; `next` is the next safe action, which a single problem may state more closely.\n\n")
	b.WriteString("| code | status | next | what it means and what to do |\n|---|---|---|---|\n")
	for _, row := range canonical.Problems {
		b.WriteString("| `" + string(row.Kind) + "` | " + strconv.Itoa(row.Status) + " | `" + string(row.Next.Action) + "` | " + row.Title + ". " + row.Help + " |\n")
	}
	return b.String()
}
