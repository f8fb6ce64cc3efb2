package workshop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/canonical"
)

// page is a result as text.
type page struct {
	*Result
	text bytes.Buffer
}

// WriteTo writes what was tried, for people.
func (r *Result) WriteTo(w io.Writer) (int64, error) {
	p := &page{Result: r}
	p.head()
	p.rows()
	p.arrived()
	for _, call := range r.Calls {
		if call.Class != adapters.TokenCall || !r.recorded {
			p.call(call)
		}
	}
	p.readings()
	p.verdict()
	p.after()
	n, err := w.Write(p.text.Bytes())
	return int64(n), err
}

// line writes one line. Secrets are sealed whatever it is about.
func (p *page) line(format string, args ...any) {
	p.text.WriteString(strings.TrimRight(printable(p.seal.text(fmt.Sprintf(format, args...))), " ") + "\n")
}

func (p *page) title(format string, args ...any) {
	p.line("")
	p.line(format, args...)
}

func (p *page) head() {
	what := p.What
	if p.Command != nil {
		what += " of " + p.Command.Amount.String()
	}
	p.line("%s: %s", p.Lender.Named, what)
	if p.Message == nil {
		p.line("order %s", standingOf(&p.Order))
	}
	if p.recorded && p.Message == nil {
		p.line("nobody is asked: recorded replies are played")
	}
	if len(p.Invented) > 0 {
		p.line("settings that were not given are invented: %s", strings.Join(p.Invented, ", "))
	}
}

// standingOf is an order in one line.
func standingOf(o *canonical.Order) string {
	id := o.ProviderOrder.ID
	if id == "" {
		id = "without an id of the lender"
	}
	t := &o.Totals
	said := fmt.Sprintf("%s: %s, phase %s, amount %s", id, o.Status, o.Phase, o.Amount)
	if !t.Authorized.IsZero() {
		said += fmt.Sprintf(", authorized %s, captured %s, canceled %s, refunded %s", t.Authorized, t.Captured, t.Canceled, t.Refunded)
	}
	return said
}

func (p *page) rows() {
	if p.Command == nil {
		return
	}
	p.title("rows of %s", p.Command.Kind)
	wide := 0
	for _, row := range p.Rows {
		wide = max(wide, len(row.Name))
	}
	for _, row := range p.Rows {
		mark := "     "
		if row.Taken {
			mark = "taken"
		}
		p.line("  %s  %-*s  %s", mark, wide, row.Name, row.Says)
	}
	if len(p.Rows) == 0 {
		p.line("  none")
	}
}

func (p *page) arrived() {
	if p.Message == nil {
		return
	}
	p.title("arrived")
	p.headers(p.Message.Header)
	p.body(p.Message.Body)
}

func (p *page) call(c Call) {
	what := "request"
	if c.Class == adapters.TokenCall {
		what = "request for a token"
	}
	p.title("%s", what)
	p.line("  %s %s", c.Method, strings.TrimPrefix(c.URL, adaptertest.BaseURL))
	p.headers(c.Wire.Header)
	p.body(c.Wire.Body)
	switch {
	case p.dry:
	case c.Reach == adapters.Replied:
		p.title("reply  %d %s", c.Status, http.StatusText(c.Status))
		p.headers(c.Reply.Header)
		p.body(c.Reply.Body)
	case c.Reach == adapters.NotSent:
		p.title("not sent: %v", c.Err)
	default:
		p.title("sent, and no reply: %v", c.Err)
	}
}

func (p *page) headers(all http.Header) {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, value := range all[name] {
			p.line("  %s: %s", name, p.seal.header(name, value))
		}
	}
}

// mostShown is how much of a body is shown.
const mostShown = 8 << 10

func (p *page) body(text []byte) {
	if len(text) == 0 {
		return
	}
	var pretty bytes.Buffer
	if json.Indent(&pretty, text, "", "  ") == nil {
		text = pretty.Bytes()
	}
	text = []byte(p.seal.text(string(text))) // before it is cut, so that no half of a secret is left
	more := ""
	if len(text) > mostShown {
		more = fmt.Sprintf("... and %d bytes more", len(text)-mostShown)
		text = bytes.ToValidUTF8(text[:mostShown], nil)
	}
	for one := range strings.SplitSeq(strings.TrimRight(string(text)+"\n"+more, "\n"), "\n") {
		p.line("  %s", one)
	}
}

// printable leaves out what would move the cursor of a terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return ' '
		case r < ' ' && r != '\t', r == 0x7f:
			return '?'
		}
		return r
	}, text)
}

func (p *page) after() {
	for _, wrong := range p.Wrong {
		p.line("  %s", wrong)
	}
	if p.Changed {
		p.title("order now")
		p.line("  %s", standingOf(&p.After))
	}
}
