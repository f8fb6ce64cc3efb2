package declared

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

const mostFirst = 3

var (
	nameOfReply  = regexp.MustCompile(nameOfReplyForm)
	wordsOfTerms = []string{"true", "false", "nil", "not", "and", "or", "in", "contains", "startsWith", "endsWith", "matches", "let", "if", "else"}
)

// ask is one request that moves nothing.
type ask struct {
	when   *term
	method string
	path   template
	absent []absence
}

// preceding is a request before the one that reads, and what its reply is called.
type preceding struct {
	ask
	as string
}

// absence is a reply that says that there is nothing.
type absence struct {
	status int
	when   *term
}

// asked is a query, and what it is asked with.
type asked struct {
	contract *Contract
	settings adapters.Values
	canonical.Query
	given map[string]string // what else a path may name
}

// scope is what is known before anything is asked.
func (a asked) scope() *scope {
	order := a.Order
	if order.Customer.Reference == "" {
		order.Customer = a.Customer
	}
	return a.contract.orderScope(a.settings, &order, a.Options)
}

// value is what a name in a path stands for; "" where it is not known.
func (a asked) value(name string, s *scope) (string, error) {
	if as, at, is := strings.Cut(name, "/"); is {
		to, err := parsePointer("/" + at)
		if err != nil {
			return "", err
		}
		return s.Earlier.of(as).name(to)
	}
	root, rest, _ := strings.Cut(name, ".")
	switch root {
	case "id":
		return s.Order.ID, nil
	case "reference":
		return s.Order.Reference, nil
	case "customer":
		return s.Order.Customer.Reference, nil
	case "kept":
		return s.Kept.values[rest], nil
	case "option":
		return s.Options.plain(rest), nil
	}
	return a.given[name], nil
}

// address fills in a path. Of a read that is not about one order, parameters of the query that come out
// empty are left out.
func (a asked) address(t template, s *scope) (string, error) {
	before, query, asks := strings.Cut(t.address(a.settings), "?")
	path, hole, err := a.fill(before, url.PathEscape, s)
	if asks && err == nil && !hole {
		var parameters []string
		for _, parameter := range strings.Split(query, "&") {
			filled, empty, wrong := a.fill(parameter, url.QueryEscape, s)
			switch {
			case wrong != nil:
				return "", wrong
			case empty && a.given == nil:
				hole = true
			case !empty:
				parameters = append(parameters, filled)
			}
		}
		if path += "?" + strings.Join(parameters, "&"); parameters == nil {
			path = strings.TrimSuffix(path, "?")
		}
	}
	if hole {
		return "", &canonical.Error{Kind: canonical.OperationUnsupported, Detail: errHole.Error()}
	}
	return path, err
}

func (a asked) fill(text string, escape func(string) string, s *scope) (filled string, hole bool, err error) {
	filled = inBraces.ReplaceAllStringFunc(text, func(name string) string {
		value, wrong := a.value(strings.Trim(name, "{}"), s)
		if wrong != nil {
			err = plainly(wrong)
		}
		hole = hole || value == ""
		return escape(value)
	})
	return filled, hole, err
}

// send asks, and reads the reply into the scope. gone: the reply says that there is nothing.
func (k *ask) send(ctx context.Context, call adapters.Caller, a asked, s *scope) (gone bool, err error) {
	path, err := a.address(k.path, s)
	if err != nil {
		return false, err
	}
	said, err := call(ctx, k.method, path)
	if err != nil {
		return false, err
	}
	return k.hear(said, s)
}

// hear takes a reply into the scope.
func (k *ask) hear(said adapters.Reply, s *scope) (gone bool, err error) {
	d, unread := readDocument(said.Body)
	s.Status, s.Header, s.Reply = said.Status, headers{said.Header}, row{d, s.Purse}
	for _, one := range k.absent {
		if one.status != 0 && one.status != said.Status {
			continue
		}
		if one.when != nil && unread != nil {
			return false, unread
		}
		if gone, err := one.when.holds(s); err != nil || gone {
			return gone, plainly(err)
		}
	}
	if said.Status == http.StatusNotFound {
		return false, errors.New("the lender says that there is nothing, and the contract does not say what that means")
	}
	return false, unread
}

// ask compiles a request of a read. names are those that its path may use.
func (c *compiler) ask(s *section, in place, names ...string) (k ask) {
	for _, as := range in.earlier {
		names = append(names, as+"/")
	}
	k.method, k.path = c.request(s.ask("request"), readMethods, names...)
	for _, one := range s.sections("absent") {
		a := absence{status: one.whole("status"), when: c.condition(one.ask("if"), in)}
		if one.ask("status").kind == absent && one.ask("if").kind == absent {
			one.at.note(c.noted, "is every reply: add a status or an if")
		}
		one.close()
		k.absent = append(k.absent, a)
	}
	return k
}

// first compiles the requests before the one that reads, and says what it and its reading know by them.
func (c *compiler) first(s *section, in place, names ...string) (steps []*preceding, known place) {
	for i, at := range s.sections("first") {
		if i == mostFirst {
			at.at.note(c.noted, "is one request too many: at most %d come before a read", mostFirst)
			return steps, in
		}
		one := &preceding{ask: c.ask(at, in, names...), as: at.text("as")}
		one.when = c.condition(at.ask("if"), in)
		if why := c.unnamable(one.as, in); why != "" && one.as != "" {
			at.ask("as").note(c.noted, "%s", why)
		}
		at.close()
		in.earlier = append(slices.Clone(in.earlier), one.as)
		steps = append(steps, one)
	}
	return steps, in
}

// unnamable says why a reply cannot be called so; "" where it can.
func (c *compiler) unnamable(as string, in place) string {
	_, declared := declaredRoots[as]
	known := slices.ContainsFunc(slices.Collect(maps.Keys(scopeNames)), func(name string) bool {
		root, _, _ := strings.Cut(name, ".")
		return root == as
	})
	switch {
	case !nameOfReply.MatchString(as):
		return "must be small letters, digits and _, such as found"
	case declared || known || as == "item" || functionNamed(as) != nil || slices.Contains(loops, as) || slices.Contains(wordsOfTerms, as):
		return "is a word of this language: call the reply something else, such as found"
	case slices.Contains(in.earlier, as):
		return "is what an earlier reply is called: give each a name of its own"
	}
	return ""
}
