// Package declared reads lenders described in YAML. A contract compiles into the same adapters.Adapter
// a Go style makes, so that client, verdict table, recovery and conformance suite know no difference.
//
// A contract carries no secrets and no arithmetic but plus and minus of money. What begins with / is a
// pointer into a reply, what begins with = is an expression, anything else stands for itself. All
// mistakes are found when the file is read, and told with file, line and column.
//
// Expressions are those of expr-lang/expr, checked and run by that library, with most of it taken away:
// an allow-list over the syntax tree (walk.go), one over the types (typed.go), and names and functions of
// our own (scope.go, functions.go). Money is a type with its own operators, exact, of one currency, and
// never below zero. A program is compiled once; what it cannot work out is an error and never a panic.
//
// What may stand in a contract is a table of forms (form.go, grammar.go, grammar_rows.go): the reader takes
// no key that has none, and the JSON Schema for editors (Schema) is made of the same table.
//
// What a reply does not say stays unsaid where it is optional. What a row declares of its movement must be
// there, or the reply is unreadable; absence is concluded only from whole lists that do not mention us.
//
// The names to know: Read and Contract, Shipped (contracts/*.yaml, which ship in the binary), node (the file
// as a tree with places), section (one map of it, read by name), compiler, term (an expression), leaf
// (constant, pointer or expression), body, reading (an order out of a reply), operation, ask (one request of
// a read; preceding ones come before it), read, pages, notices. The block lender is not read here: Lender
// gives it to those who certify a contract.
//
// It imports adapters, canonical, config, expr, YAML and the standard library.
package declared
