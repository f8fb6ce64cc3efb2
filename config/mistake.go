package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Mistake is one thing that is wrong in a file. Text continues the path into a sentence and says
// what to do; it never repeats a value of the file, which might be a secret in the wrong place.
type Mistake struct {
	File         string
	Line, Column int    // both count from 1; 0 where no file is involved
	Path         string // such as providers[0].timeouts.write; "" is the whole file
	Text         string
}

// Error is the mistake on one line: file:line:column: path: text.
func (m Mistake) Error() string {
	var b strings.Builder
	if m.File != "" {
		fmt.Fprintf(&b, "%s:%d:%d: ", m.File, m.Line, m.Column)
	}
	if m.Path != "" {
		b.WriteString(m.Path + ": ")
	}
	b.WriteString(m.Text)
	return b.String()
}

// Mistakes is everything that is wrong. The zero value is ready to use.
type Mistakes []Mistake

// Error lists the mistakes, one per line, sorted by place.
func (m Mistakes) Error() string {
	lines := make([]string, 0, len(m))
	for _, mistake := range m.sorted() {
		lines = append(lines, mistake.Error())
	}
	return strings.Join(lines, "\n")
}

// Add notes a mistake at a place of the file.
func (m *Mistakes) Add(at Value, format string, args ...any) {
	mistake := Mistake{Text: fmt.Sprintf(format, args...)}
	if at.node != nil {
		mistake.File, mistake.Line, mistake.Column = at.node.file, at.node.line, at.node.column
		mistake.Path = at.node.path()
	}
	*m = append(*m, mistake)
}

// Include takes over the mistakes of err; any other error becomes one mistake without a place.
func (m *Mistakes) Include(err error) {
	var others Mistakes
	switch {
	case err == nil:
	case errors.As(err, &others):
		*m = append(*m, others...)
	default:
		*m = append(*m, Mistake{Text: err.Error()})
	}
}

// Under returns the mistakes at a place or below it, such as those of one provider.
func (m Mistakes) Under(at Value) Mistakes {
	var under Mistakes
	for _, mistake := range m {
		if at.covers(mistake) {
			under = append(under, mistake)
		}
	}
	return under.sorted()
}

// Err returns the mistakes sorted by place, each once, as a Mistakes; nil if there are none.
func (m Mistakes) Err() error {
	if len(m) == 0 {
		return nil
	}
	return m.sorted()
}

func (m Mistakes) sorted() Mistakes {
	sorted := slices.Clone(m)
	slices.SortStableFunc(sorted, func(a, b Mistake) int {
		return cmp.Or(
			cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Text, b.Text))
	})
	return slices.Compact(sorted)
}
