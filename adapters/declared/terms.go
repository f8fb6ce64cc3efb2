package declared

import (
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

const (
	longestTerm = 500 // characters
	mostNodes   = 100
	mostTerms   = 500 // of a contract
)

// term is an expression that was checked and compiled. It is only read afterwards.
type term struct {
	program  *vm.Program
	shape    shape
	fixed    string // of a text that stands in the contract
	isFixed  bool
	pointers []pointer // into the reply
	names    []string  // of the language, as used
	uses     uses
	at       *node
}

// place is where an expression stands, and what it can know there.
type place struct {
	realm   realm
	item    itemKind
	earlier []string // what the replies of earlier requests are called
}

// itemKind is what item is.
type itemKind string

const (
	noItem   itemKind = ""
	lineItem itemKind = "_line"
	rowItem  itemKind = "_row"
)

// parsing is one expression being compiled.
type parsing struct {
	*compiler
	at     *node
	offset int // of the expression in its scalar
	in     place
	looped bool
	nodes  int
	bad    bool
	out    *term
}

// term compiles an expression; nil where it is wrong, which is noted. offset is where it begins in the
// text of its node.
func (c *compiler) term(at *node, offset int, in place, wanted ...shape) *term {
	source := at.text[offset:]
	if c.terms++; c.terms > mostTerms {
		if c.terms == mostTerms+1 {
			at.note(c.noted, "is one expression too many: a contract has at most %d", mostTerms)
		}
		return nil
	}
	if utf8.RuneCountInString(source) > longestTerm {
		at.note(c.noted, "is longer than %d characters: split it into cases of word, or into readings", longestTerm)
		return nil
	}
	p := &parsing{compiler: c, at: at, offset: offset, in: in, out: &term{at: at}}
	if offset == 0 && strings.HasPrefix(strings.TrimSpace(source), "=") {
		p.refuseAt(0, "is always an expression here: leave out the =")
		return nil
	}
	if from := piped(source); from >= 0 {
		p.refuseAt(from, "| is not part of this language: write the call around the value, such as lower(text)")
		return nil
	}
	tree, err := parser.Parse(source)
	if err != nil {
		p.complain(fmt.Errorf("cannot be read: %w", err))
		return nil
	}
	p.walk(tree.Node)
	if p.bad {
		return nil
	}
	switch whole := tree.Node.(type) {
	case *ast.StringNode:
		p.out.fixed, p.out.isFixed = whole.Value, true
	case *ast.IdentifierNode: // "=reference" says that it is sent as it is
		p.out.names = append(p.out.names, "="+whole.Value)
	}
	program, err := expr.Compile(source, p.options()...)
	if err != nil && !p.bad {
		p.complain(err)
	}
	if p.bad {
		return nil
	}
	p.out.program = program
	root := program.Node()
	ast.Walk(&root, typed{p, true})
	p.out.shape = shapeOf(root.Type())
	if !p.bad && !slices.Contains(wanted, p.out.shape) {
		p.refuse(tree.Node, "must be %s and is %s%s", wanted[0], p.out.shape, advice(wanted[0], p.out.shape))
	}
	if p.bad {
		return nil
	}
	c.names = append(c.names, p.out.names...)
	return p.out
}

func advice(wanted, is shape) string {
	if wanted == moneyShape && is == textShape {
		return `: read it with money("/amount")`
	}
	return ""
}

// options are the library's: nothing that is not named here is to be had.
func (p *parsing) options() []expr.Option {
	all := []expr.Option{expr.Env(&scope{}), expr.DisableAllBuiltins(), expr.MaxNodes(mostNodes + 1), expr.Optimize(false), expr.Patch(rewriting{p})}
	for _, name := range loops {
		all = append(all, expr.EnableBuiltin(name))
	}
	for _, f := range functions {
		all = append(all, expr.Function(f.name, func(args ...any) (any, error) { return f.call(args) }, f.types...))
	}
	for _, o := range overloads {
		all = append(all, expr.Operator(o.operator, o.function))
	}
	return append(all, expr.Patch(typed{parsing: p}), expr.Patch(forgetting{}))
}

func (p *parsing) refuse(n ast.Node, format string, args ...any) {
	p.refuseAt(n.Location().From, format, args...)
}

func (p *parsing) refuseAt(from int, format string, args ...any) {
	p.bad = true
	at := *p.at
	if at.lead >= 0 {
		at.column += at.lead + p.offset + from
	}
	at.note(p.noted, format, args...)
}

// piped finds a lone | outside of texts: the library makes a call of it before anything can be seen.
func piped(source string) int {
	var within rune
	all := []rune(source)
	for i := 0; i < len(all); i++ {
		switch c := all[i]; {
		case within != 0 && c == '\\' && within != '`':
			i++
		case within != 0 && c == within:
			within = 0
		case within != 0:
		case c == '"' || c == '\'' || c == '`':
			within = c
		case c == '|' && i+1 < len(all) && all[i+1] == '|':
			i++
		case c == '|':
			return i
		}
	}
	return -1
}

var wrongArgument = regexp.MustCompile(`^cannot use (.+) as argument \(type (.+)\) to call (\w+)`)

// complain puts an error of the library into our words.
func (p *parsing) complain(err error) {
	var wrong *file.Error
	if !errors.As(err, &wrong) {
		p.refuseAt(0, "%s", firstLine(err.Error()))
		return
	}
	said := strings.TrimSpace(ofTypes.Replace(wrong.Message))
	if strings.Contains(said, `Operator("=")`) {
		p.refuseAt(wrong.From, "= alone is not part of this language: == compares")
		return
	}
	if prefix := "cannot be read: "; strings.HasPrefix(err.Error(), prefix) {
		said = prefix + said
	}
	if found := wrongArgument.FindStringSubmatch(said); found != nil {
		if f := functionNamed(found[3]); f != nil {
			said = fmt.Sprintf("%s takes %s and not %s: it is written %s", f.name, found[2], found[1], f.shows)
		}
	}
	p.refuseAt(wrong.From, "%s", said)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// run works the expression out.
func (t *term) run(s *scope) (any, error) {
	if t.isFixed {
		return t.fixed, nil
	}
	if err := s.fill(t.uses); err != nil {
		return nil, err
	}
	value, err := expr.Run(t.program, s)
	if err == nil {
		return value, nil
	}
	// The library wraps what a function says, and what panicked, in a picture of the expression.
	var wrapped *file.Error
	if errors.As(err, &wrapped) && wrapped.Prev != nil {
		err = wrapped.Prev
	}
	var fault runtime.Error
	if errors.As(err, &fault) || errors.As(err, &wrapped) {
		return nil, errors.New("an expression of the contract cannot be worked out")
	}
	return nil, err
}

// holds works out an expression that is true or false.
func (t *term) holds(s *scope) (bool, error) {
	switch {
	case t == nil:
		return true, nil
	case s.note != nil:
		return s.traceCondition(t)
	}
	value, err := t.run(s)
	if err != nil {
		return false, err
	}
	return value.(bool), nil
}
