package gateway_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// pure lists the packages that wait only through what is handed to them, and the files that are the
// hand. Everything else in them must be fit for a simulation that drives it on one goroutine.
var pure = []struct {
	pattern string
	hands   []string
}{
	{"./canonical", nil},
	{"./gateway/engine", nil},
	{"./adapters", []string{"transport.go", "gate.go", "breaker.go", "holds.go", "standing.go", "telemetry.go"}},
	{"./adapters/creditkey", nil},
	{"./adapters/spendoption", nil},
	{"./adapters/ecster", nil},
	{"./adapters/iwocapay", nil},
	{"./adapters/cryptopay", nil},
	{"./adapters/declared", nil},
	{"./adapters/sandbox/lender", nil},
	{"./adapters/sandbox/creditkey", nil},
	{"./adapters/sandbox/spendoption", nil},
	{"./adapters/sandbox/ecster", nil},
	{"./adapters/sandbox/iwocapay", nil},
	{"./adapters/sandbox/cryptopay", nil},
}

// forbidden are the names that would let time, chance or another goroutine in.
var forbidden = map[string]string{
	"time.Now": "the time comes in by argument", "time.Since": "the time comes in by argument", "time.Until": "the time comes in by argument",
	"time.Sleep": "waiting is the runtime's", "time.After": "waiting is the runtime's", "time.NewTimer": "waiting is the runtime's",
	"time.NewTicker": "waiting is the runtime's", "time.Tick": "waiting is the runtime's", "time.AfterFunc": "waiting is the runtime's",
	"context.WithTimeout": "a time-out is a value the transport enforces", "context.WithDeadline": "a time-out is a value the transport enforces",
}

var forbiddenPackages = map[string]string{
	"math/rand": "chance comes in by argument", "math/rand/v2": "chance comes in by argument", "crypto/rand": "chance comes in by argument",
	"sync": "nothing here waits", "sync/atomic": "nothing here is shared",
}

func TestSeams(t *testing.T) {
	var patterns []string
	hands := make(map[string][]string)
	for _, row := range pure {
		patterns = append(patterns, row.pattern)
		hands[module+strings.TrimPrefix(row.pattern, "./")] = row.hands
	}
	for _, p := range load(t, patterns) {
		for i, file := range p.Syntax {
			if name := filepath.Base(p.CompiledGoFiles[i]); !within(name, hands[p.PkgPath]) {
				checkSeams(t, p, file)
			}
		}
	}
}

func load(t *testing.T, patterns []string) []*packages.Package {
	t.Helper()
	config := &packages.Config{Dir: "..", Mode: packages.NeedName | packages.NeedCompiledGoFiles | packages.NeedSyntax |
		packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports | packages.NeedExportFile}
	found, err := packages.Load(config, patterns...)
	if err != nil || packages.PrintErrors(found) > 0 {
		t.Fatalf("load %v: %v", patterns, err)
	}
	return found
}

func checkSeams(t *testing.T, p *packages.Package, file *ast.File) {
	at := func(node ast.Node) string { return p.Fset.Position(node.Pos()).String() }
	for _, spec := range file.Imports {
		if why, is := forbiddenPackages[strings.Trim(spec.Path.Value, `"`)]; is {
			t.Errorf("%s: imports %s: %s", at(spec), spec.Path.Value, why)
		}
	}
	ast.Inspect(file, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.GoStmt:
			t.Errorf("%s: starts a goroutine", at(n))
		case *ast.SelectStmt:
			t.Errorf("%s: selects", at(n))
		case *ast.SendStmt, *ast.ChanType:
			t.Errorf("%s: uses a channel", at(n))
		case *ast.RangeStmt:
			checkRange(t, p, n, at(n))
		case *ast.SelectorExpr:
			if why, is := forbidden[called(p, n)]; is {
				t.Errorf("%s: uses %s: %s", at(n), called(p, n), why)
			}
		}
		return true
	})
}

// checkRange refuses a range over a map whose order can show. A body that only writes into another
// map by the same key, or deletes from it, shows none.
func checkRange(t *testing.T, p *packages.Package, n *ast.RangeStmt, at string) {
	if _, is := p.TypesInfo.TypeOf(n.X).Underlying().(*types.Map); is && !orderless(n) {
		t.Errorf("%s: ranges over a map, whose order is chance", at)
	}
}

func orderless(n *ast.RangeStmt) bool {
	if len(n.Body.List) != 1 {
		return false
	}
	switch s := n.Body.List[0].(type) {
	case *ast.AssignStmt:
		_, index := s.Lhs[0].(*ast.IndexExpr)
		_, field := s.Lhs[0].(*ast.SelectorExpr)
		return index || field
	case *ast.ExprStmt:
		return true
	}
	return false
}

func called(p *packages.Package, n *ast.SelectorExpr) string {
	ident, is := n.X.(*ast.Ident)
	if !is {
		return ""
	}
	name, is := p.TypesInfo.Uses[ident].(*types.PkgName)
	if !is {
		return ""
	}
	return name.Imported().Path() + "." + n.Sel.Name
}

// The figures every file and function of the repository keeps to.
const (
	mostFileLines     = 450
	mostFunctionLines = 80
	mostParameters    = 5 // besides a context; receivers do not count
)

func TestSizes(t *testing.T) {
	eachFile(t, func(path string, _ []string) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		text := source(t, path)
		if lines := strings.Count(text, "\n"); lines > mostFileLines {
			t.Errorf("%s has %d lines, at most %d", path, lines, mostFileLines)
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			if f, is := declaration.(*ast.FuncDecl); is {
				checkSize(t, set, f, path)
			}
		}
	})
}

func checkSize(t *testing.T, set *token.FileSet, f *ast.FuncDecl, path string) {
	if lines := set.Position(f.End()).Line - set.Position(f.Pos()).Line + 1; lines > mostFunctionLines {
		t.Errorf("%s: %s has %d lines, at most %d", path, f.Name.Name, lines, mostFunctionLines)
	}
	parameters := f.Type.Params.NumFields()
	if parameters > mostParameters+1 {
		t.Errorf("%s: %s has %d parameters", path, f.Name.Name, parameters)
	}
}
