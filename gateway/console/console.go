package console

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/gateway/telemetry"
)

//go:embed pages/*.html
var pages embed.FS

// The pages fetch nothing and run nothing.
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Options is what a console is made of.
type Options struct {
	Recorder *telemetry.Recorder
	// Operator says whose key it is: the mode it may see, and whether it is an operator's at all.
	Operator func(ctx context.Context, key string) (mode string, ok bool)
	Link     string // leads to a trace in the collector's own pages, with {trace_id} in it; "": there is none
}

// console answers requests below /console.
type console struct {
	Options
	layouts *template.Template
}

// New makes the console's handler.
func New(o Options) (http.Handler, error) {
	layouts, err := template.New("").Funcs(template.FuncMap{"explain": explain, "short": short}).ParseFS(pages, "pages/*.html")
	if err != nil {
		return nil, err
	}
	c := &console{o, layouts}
	mux := http.NewServeMux()
	mux.Handle("GET /console/{$}", http.RedirectHandler("/console/traces", http.StatusSeeOther))
	mux.HandleFunc("GET /console/traces", c.only(c.list))
	mux.HandleFunc("GET /console/traces/{trace}", c.only(c.trace))
	mux.HandleFunc("GET /console/orders/{order}", c.only(c.order))
	return mux, nil
}

// only lets operators in, and tells the page which mode they may see.
func (c *console) only(page func(w http.ResponseWriter, r *http.Request, mode string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, key, given := r.BasicAuth()
		if given {
			if mode, ok := c.Operator(r.Context(), key); ok {
				page(w, r, mode)
				return
			}
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="lendgate operator: any name, an operator's key as the password"`)
		http.Error(w, "an operator's key is needed, as the password", http.StatusUnauthorized)
	}
}

// shown is how many traces the list shows.
const shown = 100

type listPage struct {
	Chapters []telemetry.Chapter
	Others   bool
	Search   string
}

func (c *console) list(w http.ResponseWriter, r *http.Request, mode string) {
	others := r.URL.Query().Get("show") == "other"
	search := strings.TrimSpace(r.URL.Query().Get("for"))
	if search != "" {
		to := "/console/orders/"
		if len(search) == 32 && !strings.Contains(search, "_") {
			to = "/console/traces/"
		}
		http.Redirect(w, r, to+template.URLQueryEscaper(search), http.StatusSeeOther)
		return
	}
	c.show(w, http.StatusOK, "list.html", listPage{inMode(c.Recorder.Last(shown, others), mode), others, search})
}

type storyPage struct {
	Title    string
	Chapters []chapter
	Link     string
	Order    string
}

func (c *console) trace(w http.ResponseWriter, r *http.Request, mode string) {
	id := r.PathValue("trace")
	page := storyPage{Title: "Trace " + id, Chapters: tell(inMode(c.Recorder.Story(id), mode))}
	if c.Link != "" {
		page.Link = strings.ReplaceAll(c.Link, "{trace_id}", template.URLQueryEscaper(id))
	}
	for _, chapter := range page.Chapters {
		for _, order := range chapter.Orders {
			page.Order = order
		}
	}
	c.story(w, page)
}

func (c *console) order(w http.ResponseWriter, r *http.Request, mode string) {
	id := r.PathValue("order")
	c.story(w, storyPage{Title: "Order " + id, Chapters: tell(inMode(c.Recorder.OfOrder(id), mode))})
}

func (c *console) story(w http.ResponseWriter, page storyPage) {
	status := http.StatusOK
	if len(page.Chapters) == 0 {
		status = http.StatusNotFound
	}
	c.show(w, status, "story.html", page)
}

// inMode leaves out what a key of another mode has done.
func inMode(chapters []telemetry.Chapter, mode string) []telemetry.Chapter {
	return slices.DeleteFunc(chapters, func(c telemetry.Chapter) bool { return c.Mode != "" && c.Mode != mode })
}

func (c *console) show(w http.ResponseWriter, status int, layout string, page any) {
	var text bytes.Buffer
	if err := c.layouts.ExecuteTemplate(&text, layout, page); err != nil {
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", policy)
	w.WriteHeader(status)
	_, _ = w.Write(text.Bytes())
}
