package declared

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// operation is a row of operations: what of it does not depend on settings, and how it is done.
type operation struct {
	at      *node
	row     adapters.Exchange
	when    *term
	path    template
	headers []headerRow
	body    *body
	needs   []need
	names   []string // what its body and path use
	reply   *reply
}

type headerRow struct {
	name             string
	value            template
	optional, sealed bool
}

// exchange is the row of a provider with these settings.
func (o *operation) exchange(c *Contract, v adapters.Values) adapters.Exchange {
	x := o.row
	x.Path = o.path.address(v)
	for _, h := range o.headers {
		x.Headers = append(x.Headers, adapters.Header{Name: h.name, Value: h.value.settled(v, raw), Optional: h.optional, Sealed: h.sealed})
	}
	if o.when != nil {
		x.When = func(cmd canonical.Command) bool {
			holds, err := o.when.holds(c.commandScope(v, &cmd))
			return err == nil && holds
		}
	}
	if x.By != "" || x.Local {
		return x
	}
	for _, n := range o.needs {
		x.Needs = append(x.Needs, adapters.Need{Pointer: n.pointer, Help: n.help, Missing: func(cmd canonical.Command) bool {
			return n.lacks(c.commandScope(v, &cmd))
		}})
	}
	if o.body != nil {
		x.Encode = func(cmd canonical.Command) (any, error) { return o.encode(c.commandScope(v, &cmd)) }
	}
	x.Decode = func(cmd canonical.Command, r adapters.Reply) (canonical.Outcome, error) {
		return o.decode(c.commandScope(v, &cmd), &cmd, r)
	}
	return x
}

// lacks says whether what is needed is not there. What cannot be told is told when the body is written.
func (n need) lacks(s *scope) bool {
	for _, condition := range n.within {
		if holds, err := condition.holds(s); err != nil || !holds {
			return false
		}
	}
	if n.missing != nil {
		missing, err := n.missing.holds(s)
		return err == nil && missing
	}
	written, err := n.of.value(s)
	return err == nil && written == nil
}

func (o *operation) encode(s *scope) (any, error) {
	written, err := o.body.write(s)
	switch {
	case err != nil:
		return nil, err
	case written == nil:
		return struct{}{}, nil
	}
	return written, nil
}

// decode reads a reply with status 2xx.
func (o *operation) decode(s *scope, cmd *canonical.Command, said adapters.Reply) (canonical.Outcome, error) {
	var outcome canonical.Outcome
	if o.reply != nil && slices.Contains(o.reply.later, said.Status) {
		return canonical.Outcome{State: canonical.Waiting}, nil
	}
	if strings.TrimSpace(string(said.Body)) == "" {
		return outcome, adapters.ErrSilent
	}
	d, err := readDocument(said.Body)
	if err != nil {
		return outcome, err
	}
	s.Reply, s.Header, s.Status = row{d, s.Purse}, headers{said.Header}, said.Status
	if o.reply == nil || o.reply.silent(s.Reply) {
		return outcome, adapters.ErrSilent
	}
	outcome, err = o.reply.read(s)
	if err == nil {
		err = o.checkOwn(cmd, outcome.Sighting)
	}
	if err != nil {
		return canonical.Outcome{}, plainly(err)
	}
	if sighted := outcome.Sighting; sighted != nil && outcome.Moved == nil && cmd.Kind == canonical.OpCreate {
		outcome.Moved = sighted.Amount
	}
	return outcome, nil
}

// checkOwn refuses a reply about another order. Where a reply is said to carry our reference, it must.
func (o *operation) checkOwn(cmd *canonical.Command, s *canonical.Sighting) error {
	if s == nil {
		return nil
	}
	own := &cmd.Order.ProviderOrder
	reference := own.Reference
	if cmd.Kind == canonical.OpCreate {
		reference = cmd.Reference
	}
	switch {
	case own.ID != "" && s.ID != "" && own.ID != s.ID:
		return errors.New("the reply is about another order")
	case reference != "" && reference != s.Reference && o.reply.order.reference.written() && cmd.Kind != canonical.OpUpdate:
		return errors.New("the reply does not name the order by our reference")
	}
	return nil
}

var methods = []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// request takes "POST /path" apart.
func (c *compiler) request(at *node, allowed []string, names ...string) (method string, path template) {
	if at.kind != text {
		if at.kind != absent && at.kind != broken {
			at.note(c.noted, "must be a method and a path, such as POST /v1/orders, and is %s", at.kind)
		}
		return "", template{}
	}
	method, rest, _ := strings.Cut(at.text, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case method == http.MethodGet && !slices.Contains(allowed, method):
		at.note(c.noted, "GET moves nothing: it belongs under reads")
	case !slices.Contains(allowed, method):
		at.note(c.noted, "must begin with one of %s", strings.Join(allowed, ", "))
	case !strings.HasPrefix(rest, "/"):
		at.note(c.noted, "the path begins with /: write %s /path; the host is the provider's base_url", method)
	}
	path = c.template(&node{file: at.file, line: at.line, column: at.column, parent: at.parent, step: at.step, kind: text, text: rest}, names...)
	return method, path
}
