package workshop

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lendgate/lendgate/adapters/declared"
	"github.com/lendgate/lendgate/canonical"
)

// readings writes one line for each value that was read.
func (p *page) readings() {
	switch {
	case len(p.Calls) == 0 && p.Message == nil, p.Outcome == nil && p.Report == nil && p.Notice == nil:
		return
	case p.Lender.Contract == nil:
		p.title("read  by Go: how each value is read is in adapters/%s", p.Lender.Adapter.Name)
		return
	case len(p.Readings) == 0:
		p.title("read  nothing")
		return
	}
	p.title("read")
	wide, broad := 0, 0
	for _, r := range p.Readings {
		wide, broad = max(wide, len(label(r.At))), max(broad, min(len(p.seal.text(p.value(r))), mostValue))
	}
	for _, r := range p.Readings {
		from, more := p.source(r)
		p.line("  %-*s  %-*s  <- %s  line %d", wide, label(r.At), broad, p.seal.text(p.value(r)), from, r.Line)
		for _, place := range more {
			p.line("  %*s     %s", wide+broad+2, "", place)
		}
	}
}

// mostValue is how wide the column of values grows.
const mostValue = 40

var section = regexp.MustCompile(`^(readings\.[^.\[]+|operations\.[^.\[]+(\[\d+\])?\.reply(\.order)?|reads\.[^.\[]+(\[\d+\])?(\.reply)?|notifications|auth)\.`)

// label is the key of a value without where it stands.
func label(at string) string {
	name := section.ReplaceAllString(at, "")
	switch {
	case strings.HasSuffix(name, ".is"):
		name, _, _ = strings.Cut(name, "[")
	case strings.HasPrefix(name, "same["):
		name = "same"
	}
	return name
}

// value is what was read, and of a word what it means.
func (p *page) value(r declared.Reading) string {
	switch {
	case r.Err != nil:
		return "cannot be read: " + r.Err.Error()
	case r.Condition && r.Value == "true":
		return "holds"
	case r.Condition:
		return "does not hold"
	case r.Value == "":
		return "nothing"
	}
	if label(r.At) == "word" {
		return r.Value + ", " + p.meaning(r.Value)
	}
	return r.Value
}

// meaning is what the contract says that a word of the lender's means.
func (p *page) meaning(quoted string) string {
	said, _ := strconv.Unquote(quoted)
	at := slices.IndexFunc(p.words, func(w canonical.Word) bool {
		return w.Word == said || (p.row.FoldWords && strings.EqualFold(w.Word, said))
	})
	if at < 0 {
		return "which `words` does not have: add it"
	}
	w := p.words[at]
	meaning := "means phase " + string(w.Phase)
	switch {
	case w.EndedBy != "":
		meaning += ", by " + string(w.EndedBy)
	case w.WaitingFor != "":
		meaning += ", waiting for the " + string(w.WaitingFor)
	}
	return meaning
}

// source is where a value comes from, and what stands in the places that an expression looks at.
func (p *page) source(r declared.Reading) (said string, more []string) {
	said = r.Written
	for _, one := range r.Looked {
		switch place := p.held(one); {
		case one.Pointer == r.Written:
			said = place
		case !slices.Contains(more, place):
			more = append(more, place)
		}
	}
	if r.Form != "" {
		said += " (" + r.Form + ")"
	}
	if r.Case != "" {
		said += "; " + r.Case
	}
	if r.Wanted != "" {
		said += ", must be " + r.Wanted
	}
	return said, more
}

// mostHeld is how much of what stands in one place is shown.
const mostHeld = 60

func (p *page) held(one declared.Looked) string {
	switch holds := p.seal.text(one.Holds); {
	case holds == "":
		return one.Pointer + ": nothing stands there"
	case len(holds) > mostHeld:
		return fmt.Sprintf("%s %s...", one.Pointer, strings.ToValidUTF8(holds[:mostHeld], ""))
	default:
		return one.Pointer + " " + holds
	}
}
