package declared

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/lendgate/lendgate/config"
)

// loops go through a list. They are the library's.
var loops = []string{"filter", "count", "any", "all", "none"}

var operators = []string{"==", "!=", "<", "<=", ">", ">=", "+", "-", "and", "or", "&&", "||", "contains", "startsWith", "endsWith"}

// walk refuses what is not in the language, and notes what an expression uses.
func (p *parsing) walk(n ast.Node) {
	if p.nodes++; p.nodes > mostNodes {
		if p.nodes == mostNodes+1 {
			p.refuse(n, "has more than %d parts: split it", mostNodes)
		}
		return
	}
	switch n := n.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.BoolNode:
	case *ast.FloatNode:
		p.refuse(n, "a number with a point is not exact: this language has no fractions")
	case *ast.IdentifierNode, *ast.MemberNode, *ast.PointerNode:
		p.name(n)
	case *ast.UnaryNode:
		p.unary(n)
	case *ast.BinaryNode:
		p.binary(n)
	case *ast.ConditionalNode:
		if !n.Ternary {
			p.stranger(n, "if")
		}
		p.walk(n.Cond)
		p.walk(n.Exp1)
		p.walk(n.Exp2)
	case *ast.CallNode:
		callee, is := n.Callee.(*ast.IdentifierNode)
		if !is {
			p.stranger(n, "a call of a field")
			return
		}
		p.call(n, callee.Value, n.Arguments)
	case *ast.BuiltinNode:
		p.call(n, n.Name, n.Arguments)
	default:
		p.stranger(n, strangers[reflect.TypeOf(n)])
	}
}

// strangers are what the library has and the language has not.
var strangers = map[reflect.Type]string{
	reflect.TypeFor[*ast.NilNode](): "nil", reflect.TypeFor[*ast.ChainNode](): "?.", reflect.TypeFor[*ast.SliceNode](): "[:]",
	reflect.TypeFor[*ast.ArrayNode](): "[]", reflect.TypeFor[*ast.MapNode](): "{}", reflect.TypeFor[*ast.VariableDeclaratorNode](): "let",
	reflect.TypeFor[*ast.SequenceNode](): ";", reflect.TypeFor[*ast.PredicateNode](): "a condition by itself", reflect.TypeFor[*ast.BytesNode](): "bytes",
}

func (p *parsing) stranger(n ast.Node, what string) {
	p.refuse(n, "%s is not part of this language: use names, comparisons, + and -, and its functions", what)
}

func (p *parsing) unary(n *ast.UnaryNode) {
	if n.Operator != "not" && n.Operator != "!" {
		p.stranger(n, n.Operator+" of one value")
	}
	p.walk(n.Node)
}

func (p *parsing) binary(n *ast.BinaryNode) {
	if n.Operator == "in" {
		p.walk(n.Left)
		listed, is := n.Right.(*ast.ArrayNode)
		if !is || slices.ContainsFunc(listed.Nodes, func(one ast.Node) bool { _, text := one.(*ast.StringNode); return !text }) {
			p.refuse(n, `in is written: text in ["a", "b"]`)
			return
		}
		p.nodes += len(listed.Nodes)
		return
	}
	switch {
	case n.Operator == "*" || n.Operator == "/":
		p.refuse(n, "%s is not part of this language: money.form says how amounts are written, and minor(amount), number(amount) and plain(amount) write them in another form", n.Operator)
		return
	case !slices.Contains(operators, n.Operator):
		p.stranger(n, n.Operator)
		return
	}
	p.walk(n.Left)
	p.walk(n.Right)
	p.closed(n.Left, n.Right)
	p.closed(n.Right, n.Left)
	p.contrary(n)
}

// dotted is a chain of names as it is written; "" where it is anything else.
func dotted(n ast.Node) (name string, from ast.Node) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return n.Value, n
	case *ast.PointerNode:
		return "#" + n.Name, n
	case *ast.MemberNode:
		before, root := dotted(n.Node)
		if property, is := n.Property.(*ast.StringNode); is && before != "" && !n.Optional && !n.Method {
			return before + "." + property.Value, root
		}
	}
	return "", n
}

func (p *parsing) name(n ast.Node) {
	name, from := dotted(n)
	if name == "" {
		p.stranger(n, "this way to a field")
		return
	}
	root, rest, _ := strings.Cut(name, ".")
	switch in, is := declaredRoots[root]; {
	case root == "#":
		p.element(from, rest)
		return
	case root == "item":
		p.item(from, name, rest)
		return
	case is:
		p.declaredName(from, root, rest, in)
		return
	case slices.Contains(p.in.earlier, root):
		if rest != "" {
			p.refuse(from, `%s is a reply: read it with text(%s, "/%s")`, root, root, strings.ReplaceAll(rest, ".", "/"))
		}
		return
	}
	if _, known := scopeNames[name]; !known {
		p.refuse(from, "%s is not known; %s", name, near(name, scopeNames))
		return
	}
	if in := realmOf(name); in&p.in.realm != in {
		p.refuse(from, "%s is not known here: %s", name, elsewhere[in])
		return
	}
	p.out.names = append(p.out.names, name)
	p.out.uses.lines = p.out.uses.lines || root == "lines" || name == "order.lines"
	p.out.uses.taxed = p.out.uses.taxed || root == "taxed"
}

var elsewhere = map[realm]string{
	ofCommand: "it is of a command, and this is also read without one: order, kept and setting are there",
	ofReply:   "it is of a reply, and there is none yet",
	ofOrder:   "it is of an order, and this is about none",
	ofRequest: "it is of auth.sign",
	ofMaking:  "it is only known while a request is made, and replies may be read again later",
}

// element is # inside a loop: a row as it is, or a field of a line.
func (p *parsing) element(n ast.Node, rest string) {
	_, known := lineNames["item."+rest]
	switch {
	case !p.looped:
		p.refuse(n, "# is what a loop goes through, and there is none here")
	case rest != "" && !known:
		p.refuse(n, "#.%s is not known; %s", rest, near("item."+rest, lineNames))
	}
}

func (p *parsing) item(n ast.Node, name, rest string) {
	_, known := lineNames[name]
	switch {
	case p.in.item == noItem:
		p.refuse(n, "item is one of a list: it is known under $each and in seen")
	case p.in.item == rowItem && rest != "":
		p.refuse(n, `item is a row of the reply: read it with text(item, "/%s")`, strings.ReplaceAll(rest, ".", "/"))
	case p.in.item == lineItem && !known:
		p.refuse(n, "%s is not known; %s", name, near(name, lineNames))
	}
}

// declaredName is a setting, an option, or something kept.
func (p *parsing) declaredName(n ast.Node, root, name string, in realm) {
	known := p.declared[root]
	switch kind, is := known[name]; {
	case name == "" || strings.Contains(name, "."):
		p.refuse(n, "%s is followed by the name of one: %s.name", root, root)
	case in&p.in.realm != in:
		p.refuse(n, "%s.%s is not known here: %s", root, name, elsewhere[in])
	case !is && root == "kept":
		p.refuse(n, "kept.%s is used here, and no reading keeps %s: add kept: {%s: /pointer} to a reading used by create", name, name, name)
	case !is:
		p.refuse(n, "%s.%s is not declared: %s", root, name, declare(root, name, known))
	case kind == "":
		p.refuse(n, "%s.%s is a list, and a list is not used in expressions", root, name)
	default:
		p.used(root, name)
		p.out.names = append(p.out.names, root+"."+name)
	}
}

func declare(root, name string, known map[string]string) string {
	if close := config.Closest(name, slices.Sorted(maps.Keys(known))); close != "" {
		return "did you mean " + root + "." + close + "?"
	}
	return "add it under " + root + "s"
}

func (p *parsing) call(n ast.Node, name string, args []ast.Node) {
	if slices.Contains(loops, name) {
		p.loop(n, name, args)
		return
	}
	f := functionNamed(name)
	switch {
	case f == nil || f.shows == "":
		p.refuse(n, "%s is no function here; %s", name, nearFunction(name))
		return
	case f.realm&p.in.realm != f.realm:
		p.refuse(n, "%s means nothing here: %s", name, elsewhere[f.realm])
		return
	case !f.takes(len(args)):
		p.refuse(n, "%s is written: %s", name, f.shows)
		return
	}
	for i, arg := range args {
		switch {
		case f.pointer > 0 && i == len(args)-f.pointer:
			p.pointer(f, arg, len(args))
		case f.words.of != nil && i == f.words.at:
			p.oneOf(arg, f.words.of)
		default:
			p.walk(arg)
		}
	}
}

func nearFunction(name string) string {
	var known []string
	for _, f := range functions {
		if f.shows != "" {
			known = append(known, f.name)
		}
	}
	return meant(name, append(known, loops...))
}

// takes says whether a function can be written with so many arguments.
func (f *function) takes(written int) bool {
	of := reflect.TypeOf(f.types[0]).Elem()
	least := of.NumIn()
	if f.hidden != "" {
		least--
	}
	if of.IsVariadic() {
		return written >= least-1
	}
	return written == least || written == f.whole
}

func (p *parsing) pointer(f *function, arg ast.Node, args int) {
	text, is := arg.(*ast.StringNode)
	if !is {
		p.refuse(arg, "a pointer is written out: %s", f.shows)
		return
	}
	to, err := parsePointer(text.Value)
	if err != nil {
		p.refuse(arg, "%v", err)
		return
	}
	if f.hidden == "_reply" && args == 1 {
		p.out.pointers = append(p.out.pointers, to)
	}
}

func (p *parsing) oneOf(arg ast.Node, words []string) {
	text, is := arg.(*ast.StringNode)
	switch {
	case !is:
		p.refuse(arg, "must be one of %s, written out", strings.Join(words, ", "))
	case !slices.Contains(words, text.Value):
		p.refuse(arg, "%s", meant(text.Value, words))
	}
}

// loop: one in another is refused, since what it costs has no bound.
func (p *parsing) loop(n ast.Node, name string, args []ast.Node) {
	if len(args) != 2 {
		p.refuse(n, `%s is written: %s(rows("/list"), text(#, "/a") == "b")`, name, name)
		return
	}
	p.walk(args[0])
	condition, is := args[1].(*ast.PredicateNode)
	switch {
	case !is:
		p.refuse(args[1], "must be a condition with #")
	case p.looped:
		p.refuse(n, "a loop inside a loop is not bounded: add a field to the reading and use it")
	default:
		p.looped = true
		p.walk(condition.Node)
		p.looped = false
	}
}
