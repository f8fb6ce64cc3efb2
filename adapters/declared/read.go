package declared

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// read is one way to ask a lender something.
type read struct {
	when   *term
	method string
	path   template
	errors []adapters.Failure
	absent []absence
	order  *reading
	begins *pointer
}

// absence is a reply that says that there is no such order.
type absence struct {
	status int
	when   *term
}

// find is how an attempt is looked for.
type find struct {
	create   []*read // how the order itself is; nil: it is not
	movement bool    // whether movements are, in what sync shows
}

// reads are the rows of a contract that move nothing.
type reads struct {
	sync  []*read
	probe *read
	find  *find
}

func (r *reads) exchanges(c *Contract, v adapters.Values) (rows []adapters.Exchange) {
	if len(r.sync) > 0 {
		rows = append(rows, c.reading("sync", v, r.sync))
	}
	if r.find != nil {
		x := adapters.Exchange{Name: "find", Class: adapters.ReadCall, Failures: withShared(r.sync[0].errors, c.failures)}
		x.Collect = func(ctx context.Context, call adapters.Caller, q canonical.Query) (canonical.Report, error) {
			return r.search(ctx, call, asked{c, v, q})
		}
		rows = append(rows, x)
	}
	if r.probe != nil {
		rows = append(rows, adapters.Exchange{
			Name: "probe", Class: adapters.ReadCall, Method: r.probe.method, Path: r.probe.path.address(v), Failures: withShared(r.probe.errors, c.failures),
			Read: func(_ canonical.Query, said adapters.Reply) (canonical.Report, error) { return r.probe.probed(said) },
		})
	}
	return rows
}

// reading is a row that reads an order: in one request where there is one way.
func (c *Contract) reading(name string, v adapters.Values, ways []*read) adapters.Exchange {
	x := adapters.Exchange{Name: name, Class: adapters.ReadCall, Failures: withShared(ways[0].errors, c.failures)}
	if len(ways) == 1 && ways[0].when == nil {
		x.Method, x.Path = ways[0].method, ways[0].path.address(v)
		x.Read = func(q canonical.Query, said adapters.Reply) (canonical.Report, error) {
			report, _, err := ways[0].report(asked{c, v, q}, said)
			return report, err
		}
		return x
	}
	x.Collect = func(ctx context.Context, call adapters.Caller, q canonical.Query) (canonical.Report, error) {
		report, _, err := choose(ctx, call, asked{c, v, q}, ways)
		return report, err
	}
	return x
}

// asked is a query, and what it is asked with.
type asked struct {
	contract *Contract
	settings adapters.Values
	canonical.Query
}

func (a asked) scope() *scope { return a.contract.orderScope(a.settings, &a.Order, a.Options) }

// looked is a reply that was read.
type looked struct {
	by    *read
	whole row
}

// choose asks in the first way that fits.
func choose(ctx context.Context, call adapters.Caller, a asked, ways []*read) (canonical.Report, looked, error) {
	for _, way := range ways {
		fits, err := way.when.holds(a.scope())
		if err != nil {
			return canonical.Report{}, looked{}, err
		}
		if !fits {
			continue
		}
		path, err := way.path.path(a.settings, &a.Order, a.Options)
		if err != nil {
			return canonical.Report{}, looked{}, err
		}
		said, err := call(ctx, way.method, path)
		if err != nil {
			return canonical.Report{}, looked{}, err
		}
		return way.report(a, said)
	}
	return canonical.Report{}, looked{}, &canonical.Error{Kind: canonical.OperationUnsupported, Detail: errHole.Error()}
}

// report reads an order, or that there is none.
func (r *read) report(a asked, said adapters.Reply) (report canonical.Report, seen looked, err error) {
	s := a.scope()
	s.Status, s.Header = said.Status, headers{said.Header}
	d, unread := readDocument(said.Body)
	s.Reply = row{d, s.Purse}
	for _, one := range r.absent {
		if one.status != 0 && one.status != said.Status {
			continue
		}
		if one.when != nil && unread != nil {
			return report, seen, unread
		}
		gone, err := one.when.holds(s)
		if err != nil {
			return report, seen, plainly(err)
		}
		if gone {
			return canonical.Report{Finding: canonical.Absent}, seen, nil
		}
	}
	switch {
	case said.Status == http.StatusNotFound:
		return report, seen, errors.New("the lender says that there is nothing, and the contract does not say what that means")
	case unread != nil:
		return report, seen, unread
	}
	if r.begins != nil {
		s.Reply = s.Reply.under(*r.begins)
	}
	sighted, err := r.order.sight(s)
	if err != nil {
		return report, seen, plainly(err)
	}
	if r.another(&a.Order.ProviderOrder, sighted) {
		return report, seen, errors.New("the reply is about another order")
	}
	return canonical.Report{Finding: canonical.Found, Sighting: sighted}, looked{r, s.Reply}, nil
}

// another says whether a reply is about another order than asked for: by the lender's id, or by our
// number where the id is not known yet.
func (r *read) another(own *canonical.ProviderOrder, said *canonical.Sighting) bool {
	if own.ID != "" {
		return said.ID != "" && own.ID != said.ID
	}
	return own.Reference != "" && own.Reference != said.Reference && r.order.reference.written()
}

// search looks for an attempt: for the order where it was a create, else for our reference among the
// movements the lender lists.
func (r *reads) search(ctx context.Context, call adapters.Caller, a asked) (canonical.Report, error) {
	mute := canonical.Report{Finding: canonical.Mute}
	create := a.Query.Attempt == nil || a.Query.Attempt.Kind == canonical.OpCreate
	switch {
	case create && r.find.create != nil:
		report, _, err := choose(ctx, call, a, r.find.create)
		return report, err
	case create || !r.find.movement:
		return mute, nil
	}
	report, seen, err := choose(ctx, call, a, r.sync)
	if err != nil || report.Finding != canonical.Found {
		return mute, err
	}
	return among(report, seen, a.Query.Attempt), nil
}

// among is what a list of movements says of an attempt.
func among(report canonical.Report, seen looked, attempt *canonical.Attempt) canonical.Report {
	var ours []canonical.Seen
	contrary, nameless := false, false
	for _, one := range report.Sighting.Seen {
		nameless = nameless || (one.Kind == attempt.Kind && one.Reference == "") // it may be ours
		if one.Reference == "" || one.Reference != attempt.Reference {
			continue
		}
		ours = append(ours, one)
		contrary = contrary || one.Kind != attempt.Kind || !one.Amount.Equal(ours[0].Amount)
	}
	switch {
	case contrary:
		report.Finding = canonical.Contrary
	case len(ours) > 0:
		report.Seen = &ours[0]
	case !nameless && !seen.whole.mentions(attempt.Reference) && seen.by.order.lists(attempt.Kind, seen.whole) && listsAll(report.Sighting, attempt.Kind):
		report.Finding = canonical.Absent
	default:
		report.Finding = canonical.Mute
	}
	return report
}

// listsAll says whether the movements of a kind come to what the lender says has moved in all. A list
// that lacks some of it proves nothing.
func listsAll(s *canonical.Sighting, kind canonical.OperationKind) bool {
	sum, total := decimal.Zero, movedOf(s, kind)
	for _, one := range s.Seen {
		if one.Kind == kind {
			sum = sum.Add(one.Amount.Value.Decimal())
		}
	}
	return total != nil && sum.Equal(total.Decimal())
}

// probed: what answers with JSON or with nothing is the lender.
func (r *read) probed(said adapters.Reply) (canonical.Report, error) {
	report := canonical.Report{Finding: canonical.Mute}
	if said.Status == http.StatusNotFound {
		return report, canonical.Errorf(canonical.ProviderMisconfigured, "the lender knows no such address")
	}
	if strings.TrimSpace(string(said.Body)) == "" {
		return report, nil
	}
	_, err := readDocument(said.Body)
	return report, err
}

// reads compiles what moves nothing.
func (c *compiler) reads() {
	s := newSection(c.root.field("reads"), c.noted)
	for _, one := range s.sections("sync") {
		c.made.reads.sync = append(c.made.reads.sync, c.read(one, "sync"))
	}
	if at := s.ask("probe"); at.kind != absent {
		c.made.reads.probe = c.read(newSection(at, c.noted), "probe")
	}
	if at := s.ask("find"); at.kind != absent {
		c.find(newSection(at, c.noted))
	}
	for _, later := range []string{"list", "offers", "customer_offers"} {
		if at := s.ask(later); at.kind != absent {
			at.note(c.noted, "is not read by declared contracts yet")
		}
	}
	s.close()
}

func (c *compiler) read(s *section, name string) *read {
	r := &read{}
	s.require("request")
	r.method, r.path = c.request(s.ask("request"), []string{http.MethodGet, http.MethodPost}, "id", "reference", "customer")
	r.errors = c.failures(s, "errors", "")
	if name == "probe" {
		s.close()
		return r
	}
	s.require("reply")
	r.when = c.condition(s.ask("when"), place{realm: ofOrder})
	r.order, r.begins = c.reading(s.ask("reply"), inRead), c.pointer(s.ask("at"))
	for _, one := range s.sections("absent") {
		a := absence{status: one.whole("status", 200, 404), when: c.condition(one.ask("if"), inRead)}
		if a.status == 0 && a.when == nil {
			one.at.note(c.noted, "is every reply: add a status or an if")
		}
		one.close()
		r.absent = append(r.absent, a)
	}
	if r.order != nil && slices.Contains(r.path.names, "reference") && !r.order.reference.stands() {
		s.ask("reply").note(c.noted, "must read reference: a lender that is asked for our number must say which order it found")
	}
	if at := s.ask("first"); at.kind != absent {
		at.note(c.noted, "is not read by declared contracts yet: a read is one request")
	}
	s.close()
	return r
}

func (c *compiler) find(s *section) {
	f := &find{}
	c.made.reads.find = f
	s.require("create", "movement")
	if at := s.ask("create"); at.kind != text || at.text != "none" {
		for _, one := range s.sections("create") {
			f.create = append(f.create, c.read(one, "find"))
		}
	}
	f.movement = s.choice("movement", "sync", "none") == "sync"
	if f.movement && !slices.ContainsFunc(c.made.reads.sync, func(r *read) bool { return r.order != nil && len(r.order.seen) > 0 }) {
		s.ask("movement").note(c.noted, "looks in what sync shows, and no sync lists movements under seen")
	}
	s.close()
}
