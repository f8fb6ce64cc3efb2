package adapters

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/canonical"
)

// Described is a style with the definition its default settings give.
type Described struct {
	Adapter    Adapter
	Definition Definition
	Contract   bool       // it is described in YAML
	Assumed    [][]string // a contract's guesses: where, what, why
}

// Render writes what the styles can do, say and take, from their definitions.
func Render(styles []Described) []byte {
	p := &page{}
	p.line("<!-- rendered from the definitions in adapters, do not edit -->")
	p.line("# Providers")
	p.line("")
	p.line("What each lender that comes with Lendgate can do, what its words mean here, and what it takes: the styles that are built in, then the contracts. Everything on this page is read off the definitions that drive the engine; `make generate` writes it.")
	p.matrix(styles)
	p.lost(styles)
	for _, s := range styles {
		p.style(s)
	}
	return []byte(p.text.String())
}

type page struct{ text strings.Builder }

func (p *page) line(format string, args ...any) {
	if len(args) == 0 {
		p.text.WriteString(format + "\n")
		return
	}
	fmt.Fprintf(&p.text, format+"\n", args...)
}

// table writes a Markdown table, or nothing where it has no rows.
func (p *page) table(head []string, rows [][]string) {
	if len(rows) == 0 {
		p.line("None.")
		return
	}
	p.row(head)
	p.line("%s", "|"+strings.Repeat(" --- |", len(head)))
	for _, row := range rows {
		p.row(row)
	}
}

func (p *page) row(cells []string) {
	p.line("%s", strings.ReplaceAll("| "+strings.Join(cells, " | ")+" |", "\n", " "))
}

func (p *page) matrix(styles []Described) {
	p.section("What they can do", "A blank cell is an operation the lender does not have: asked for, it is refused with what can be done instead.")
	rows := p.perOperation(styles, ability)
	p.table(p.heads("operation", styles), slices.Insert(rows, 1, adoption(styles)))
}

// adoption: an order that exists at the lender is taken over by reading it.
func adoption(styles []Described) []string {
	row := []string{"create with `provider_order_id`"}
	for _, s := range styles {
		read := slices.ContainsFunc(s.Definition.Exchanges, func(x Exchange) bool { return x.Name == "sync" })
		row = append(row, map[bool]string{true: "read"}[read])
	}
	return row
}

func (p *page) lost(styles []Described) {
	p.section("What settles a lost reply", "When nobody knows whether a call arrived, these are tried in order; only evidence ends the doubt.")
	p.table(p.heads("lost at", styles), p.perOperation(styles, func(x Exchange) string {
		var steps []string
		for _, step := range x.Lost {
			steps = append(steps, string(step))
		}
		return strings.Join(steps, ", then ")
	}))
}

func (p *page) section(title, text string) {
	p.line("")
	p.line("## " + title)
	p.line("")
	p.line("%s", text)
	p.line("")
}

func (p *page) heads(first string, styles []Described) []string {
	heads := []string{first}
	for _, s := range styles {
		heads = append(heads, s.Adapter.Name)
	}
	return heads
}

// readOperations are the reads that stand in the tables beside the kinds of operation.
var readOperations = []string{"offers", "customer_offers", "find", "list"}

func (p *page) perOperation(styles []Described, cell func(Exchange) string) [][]string {
	var rows [][]string
	for _, kind := range canonical.OperationKinds {
		rows = append(rows, p.operationRow(string(kind), styles, cell))
	}
	for _, read := range readOperations {
		rows = append(rows, p.operationRow(read, styles, cell))
	}
	return said(rows)
}

// said leaves out rows in which no style says anything.
func said(rows [][]string) [][]string {
	var kept [][]string
	for _, row := range rows {
		if strings.Join(row[1:], "") != "" {
			kept = append(kept, row)
		}
	}
	return kept
}

func (p *page) operationRow(operation string, styles []Described, cell func(Exchange) string) []string {
	row := []string{operation}
	for _, s := range styles {
		var says []string
		for _, x := range s.Definition.Exchanges {
			if text := cell(x); (string(x.Kind) == operation || (x.Kind == "" && x.Name == operation)) && text != "" && !slices.Contains(says, text) {
				says = append(says, text)
			}
		}
		row = append(row, strings.Join(says, "; "))
	}
	return row
}

func ability(x Exchange) string {
	switch {
	case x.By != "":
		return "by the " + string(x.By)
	case x.Local:
		return "recorded here"
	case x.Kind == "":
		return "yes"
	case x.Partial:
		return x.Method + ", in parts"
	}
	return x.Method
}

func (p *page) style(s Described) {
	p.line("")
	p.line("## %s", s.Adapter.Title)
	p.line("")
	named := "style: " + s.Adapter.Name
	if s.Contract {
		named = "style: declared` and `contract: " + s.Adapter.Name
	}
	p.line("`%s` · currencies %s · documentation: %s", named, orAny(s.Definition.Currencies), s.Adapter.Docs)
	p.heading("Vocabulary")
	p.table([]string{"word", "phase", "ended by", "waits for", "note"}, wordRows(s.Definition.Words))
	p.heading("Settings")
	p.table([]string{"setting", "type", "default", "what it is"}, settingRows(s.Adapter.Settings))
	p.heading("provider_options")
	p.table([]string{"option", "type", "with", "what it is"}, optionRows(s.Definition.Options))
	p.heading("provider_details")
	p.table([]string{"detail", "type", "what it is"}, detailRows(s.Definition.Details))
	p.heading("Refusals")
	p.table([]string{"exchange", "status", "code", "means", "note"}, failureRows(s.Definition.Exchanges))
	if s.Contract {
		p.heading("Assumed")
		p.table([]string{"at", "what", "why"}, s.Assumed)
	}
}

func (p *page) heading(title string) {
	p.line("")
	p.line("### " + title)
	p.line("")
}

func orAny(list []string) string {
	if len(list) == 0 {
		return "any"
	}
	return strings.Join(list, ", ")
}

func wordRows(words []canonical.Word) [][]string {
	var rows [][]string
	for _, w := range words {
		phase := string(w.Phase)
		if w.Captured {
			phase += ", captured in full"
		}
		if w.Refunded {
			phase += ", refunded in full"
		}
		rows = append(rows, []string{"`" + w.Word + "`", phase, string(w.EndedBy), string(w.WaitingFor), w.Note})
	}
	return rows
}

func settingRows(settings []Setting) [][]string {
	var rows [][]string
	for _, s := range settings {
		kind := string(s.Kind)
		for _, mark := range []struct {
			is   bool
			word string
		}{{s.Required, "required"}, {s.Secret, "secret"}, {s.Identity, "identity"}, {s.Assumed, "ASSUMED"}} {
			if mark.is {
				kind += ", " + mark.word
			}
		}
		help := s.Help
		if len(s.Choices) > 0 {
			help += " One of " + strings.Join(s.Choices, ", ") + "."
		}
		rows = append(rows, []string{"`" + s.Name + "`", kind, s.Default, help})
	}
	return rows
}

func optionRows(options []canonical.Option) [][]string {
	var rows [][]string
	for _, o := range options {
		var with []string
		for _, kind := range o.Operations {
			with = append(with, string(kind))
		}
		if o.Offers {
			with = append(with, "offers")
		}
		kind := string(o.Type)
		if o.Secret {
			kind += ", secret"
		}
		if len(o.Values) > 0 {
			kind += ": " + strings.Join(o.Values, ", ")
		}
		rows = append(rows, []string{"`" + o.Name + "`", kind, strings.Join(with, ", "), o.Help})
	}
	return rows
}

func detailRows(details []canonical.Option) [][]string {
	var rows [][]string
	for _, d := range details {
		rows = append(rows, []string{"`" + d.Name + "`", string(d.Type), d.Help})
	}
	return rows
}

func failureRows(exchanges []Exchange) [][]string {
	var rows [][]string
	for _, x := range exchanges {
		for _, f := range x.Failures {
			status := "any"
			if f.Status != 0 {
				status = fmt.Sprint(f.Status)
			}
			rows = append(rows, []string{x.Name, status, f.Code, string(f.Means), f.Note})
		}
	}
	return rows
}
