package declared

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/expr-lang/expr/ast"
)

// rewriting gives functions what a contract does not write: the reply, the form of money.
type rewriting struct{ *parsing }

// Visit comes by after the arguments of a call.
func (r rewriting) Visit(n *ast.Node) {
	switch node := (*n).(type) {
	case *ast.IdentifierNode:
		switch {
		case node.Value == "item":
			ast.Patch(n, &ast.IdentifierNode{Value: string(r.in.item)})
		case slices.Contains(r.in.earlier, node.Value):
			ast.Patch(n, &ast.CallNode{
				Callee:    &ast.IdentifierNode{Value: "_earlier_row"},
				Arguments: []ast.Node{&ast.IdentifierNode{Value: "_earlier"}, &ast.StringNode{Value: node.Value}},
			})
		}
	case *ast.MemberNode:
		r.declared(n, node)
	case *ast.CallNode:
		if callee, is := node.Callee.(*ast.IdentifierNode); is {
			functionNamed(callee.Value).complete(node)
		}
	}
}

func (f *function) complete(call *ast.CallNode) {
	if f == nil {
		return
	}
	if f.pointer > 0 {
		at := &call.Arguments[len(call.Arguments)-f.pointer]
		to, err := parsePointer((*at).(*ast.StringNode).Value)
		if err == nil {
			ast.Patch(at, &ast.ConstantNode{Value: to})
		}
	}
	if f.hidden != "" && (f.whole == 0 || len(call.Arguments) < f.whole) {
		call.Arguments = append([]ast.Node{&ast.IdentifierNode{Value: f.hidden}}, call.Arguments...)
	}
}

// declared makes a look-up of what the contract declares, typed as it is declared.
func (r rewriting) declared(n *ast.Node, member *ast.MemberNode) {
	root, is := member.Node.(*ast.IdentifierNode)
	name, text := member.Property.(*ast.StringNode)
	if !is || !text || r.compiler.declared[root.Value] == nil {
		return
	}
	kind := r.compiler.declared[root.Value][name.Value]
	ast.Patch(n, &ast.CallNode{
		Callee:    &ast.IdentifierNode{Value: fmt.Sprintf("_%s_%s", root.Value, kind)},
		Arguments: []ast.Node{&ast.IdentifierNode{Value: "_" + root.Value}, &ast.StringNode{Value: name.Value}},
	})
}

// forgetting has the library check every call once more at the end. It takes a call whose type it
// knows for checked, arguments and all, and it knows the type of one whose arguments are wrong.
type forgetting struct{}

// Reset has nothing to forget.
func (forgetting) Reset() {}

// ShouldRepeat says no, and having it at all makes this the last to come by.
func (forgetting) ShouldRepeat() bool { return false }

// Visit makes the library forget what it knows of a call.
func (forgetting) Visit(n *ast.Node) {
	if call, is := (*n).(*ast.CallNode); is {
		call.SetType(reflect.TypeFor[any]())
	}
}

// typed refuses what the library would compare or add, and we do not.
type typed struct {
	*parsing
	final bool // every type is known
}

// Reset has nothing to forget.
func (typed) Reset() {}

// ShouldRepeat says no: it changes nothing.
func (typed) ShouldRepeat() bool { return false }

// Visit looks at a node whose type is known.
func (t typed) Visit(n *ast.Node) {
	if t.bad {
		return
	}
	switch node := (*n).(type) {
	case *ast.BinaryNode:
		t.operands(node)
	case *ast.ConditionalNode:
		if a, b := shapeOf(node.Exp1.Type()), shapeOf(node.Exp2.Type()); a != b && t.sure(a, b) {
			t.refuse(node.Exp2, "must be %s as what stands before the colon and is %s", a, b)
		}
	case *ast.CallNode:
		for _, arg := range node.Arguments {
			if filtered, is := arg.(*ast.BuiltinNode); is && filtered.Name == "filter" && through(filtered) != rowsShape && t.sure(through(filtered)) {
				t.refuse(filtered, "must be a list of rows and is %s", through(filtered))
			}
		}
	}
}

// through is what the innermost of nested filters goes through.
func through(filter *ast.BuiltinNode) shape {
	if inner, is := filter.Arguments[0].(*ast.BuiltinNode); is {
		return through(inner)
	}
	return shapeOf(filter.Arguments[0].Type())
}

// alike says what both sides of an operator may be. Money has become a call where both sides are.
var alike = map[string][]shape{
	"==": {textShape, flagShape, wholeShape}, "!=": {textShape, flagShape, wholeShape},
	"<": {wholeShape}, "<=": {wholeShape}, ">": {wholeShape}, ">=": {wholeShape}, "+": {textShape},
	"and": {flagShape}, "or": {flagShape}, "&&": {flagShape}, "||": {flagShape},
	"contains": {textShape}, "startsWith": {textShape}, "endsWith": {textShape},
}

func (t typed) operands(n *ast.BinaryNode) {
	left, right := shapeOf(n.Left.Type()), shapeOf(n.Right.Type())
	switch {
	case !t.sure(left, right):
	case left == right && left == moneyShape && !t.final: // becomes a call
	case n.Operator == "in" && left != textShape:
		t.refuse(n.Left, `in is for text: text in ["a", "b"]`)
	case n.Operator == "in":
	case left != right && (left == moneyShape || right == moneyShape):
		t.refuse(n, "%s", t.mixed(n, left, right))
	case left != right:
		t.refuse(n, "%s and %s cannot stand beside %s", left, right, n.Operator)
	case !slices.Contains(alike[n.Operator], left):
		t.refuse(n, "%s is not for %s", n.Operator, left)
	}
}

// sure says whether types can be judged: what is not checked yet may still become known.
func (t typed) sure(known ...shape) bool { return t.final || !slices.Contains(known, otherShape) }

func (t typed) mixed(n *ast.BinaryNode, left, right shape) string {
	other, with := left, n.Left
	if left == moneyShape {
		other, with = right, n.Right
	}
	if number, is := with.(*ast.IntegerNode); is {
		return fmt.Sprintf("money does not go with %d: write money of the order, or zero: amounts are never constants here", number.Value)
	}
	if n.Operator == "+" && other == textShape {
		return "money does not go with text: plain(amount) is its text"
	}
	return fmt.Sprintf("money does not go with %s%s", other, advice(moneyShape, other))
}
