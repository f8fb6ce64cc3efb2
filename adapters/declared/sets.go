package declared

import (
	"slices"

	"github.com/expr-lang/expr/ast"
)

// sets are what some names can be: a comparison with anything else never holds.
var sets = map[string][]string{
	"order.phase": phases, "order.customer.type": {"person", "company"}, "item.kind": kindsOfLine, "#.kind": kindsOfLine,
}

var kindsOfLine = []string{"", "goods", "shipping", "fee", "discount"}

func (p *parsing) closed(name, with ast.Node) {
	known, _ := dotted(name)
	text, is := with.(*ast.StringNode)
	if set := sets[known]; is && set != nil && !slices.Contains(set, text.Value) {
		p.refuse(with, "%s is never that; %s", known, meant(text.Value, set))
	}
}

// contrary refuses a condition that wants two different texts of one name.
func (p *parsing) contrary(n *ast.BinaryNode) {
	wanted := map[string]string{}
	var gather func(ast.Node)
	gather = func(n ast.Node) {
		both, is := n.(*ast.BinaryNode)
		switch {
		case !is:
		case both.Operator == "and" || both.Operator == "&&":
			gather(both.Left)
			gather(both.Right)
		case both.Operator == "==":
			name, _ := dotted(both.Left)
			text, is := both.Right.(*ast.StringNode)
			other, twice := wanted[name]
			if name == "" || !is {
				return
			}
			if twice && other != text.Value {
				p.refuse(both.Right, "is never true: %s is not %q and %q at once", name, other, text.Value)
			}
			wanted[name] = text.Value
		}
	}
	if n.Operator == "and" || n.Operator == "&&" {
		gather(n)
	}
}
