package declared

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// read is one way to ask a lender something.
type read struct {
	ask
	first  []*preceding
	errors []adapters.Failure
	begins *pointer
	order  *reading
	pages  *pages // of a list
	offers *offerReading
}

// reads are the rows of a contract that move nothing.
type reads struct {
	sync, list             []*read
	offers, customerOffers []*read
	probe                  *ask
	probeErrors            []adapters.Failure
	find                   *find
}

func (r *reads) exchanges(c *Contract, v adapters.Values) (rows []adapters.Exchange) {
	if len(r.sync) > 0 {
		rows = append(rows, c.reading("sync", v, r.sync))
	}
	if r.find != nil {
		x := adapters.Exchange{Name: "find", Class: adapters.ReadCall, Failures: withShared(r.find.errors(r), c.failures)}
		x.Collect = func(ctx context.Context, call adapters.Caller, q canonical.Query) (canonical.Report, error) {
			return r.search(ctx, call, asked{contract: c, settings: v, Query: q})
		}
		rows = append(rows, x)
	}
	for _, one := range []struct {
		name string
		ways []*read
	}{{"list", r.list}, {"offers", r.offers}, {"customer_offers", r.customerOffers}} {
		if len(one.ways) > 0 {
			rows = append(rows, c.listing(one.name, v, one.ways))
		}
	}
	if r.probe != nil {
		rows = append(rows, adapters.Exchange{
			Name: "probe", Class: adapters.ReadCall, Method: r.probe.method, Path: r.probe.path.address(v), Failures: withShared(r.probeErrors, c.failures),
			Read: func(_ canonical.Query, said adapters.Reply) (canonical.Report, error) { return probed(said) },
		})
	}
	return rows
}

// reading is a row that reads an order: in one request where there is one way, and nothing before it.
func (c *Contract) reading(name string, v adapters.Values, ways []*read) adapters.Exchange {
	x := adapters.Exchange{Name: name, Class: adapters.ReadCall, Failures: withShared(ways[0].errors, c.failures)}
	if one := ways[0]; len(ways) == 1 && one.when == nil && one.first == nil {
		x.Method, x.Path = one.method, one.path.address(v)
		x.Read = func(q canonical.Query, said adapters.Reply) (canonical.Report, error) {
			a := asked{contract: c, settings: v, Query: q}
			s := a.scope()
			gone, err := one.hear(said, s)
			report, _, err := one.report(a, s, gone, err)
			return report, err
		}
		return x
	}
	x.Collect = func(ctx context.Context, call adapters.Caller, q canonical.Query) (canonical.Report, error) {
		report, _, err := choose(ctx, call, asked{contract: c, settings: v, Query: q}, ways)
		return report, err
	}
	return x
}

// looked is a reply that was read.
type looked struct {
	by    *read
	whole row
}

// choose reads an order in the first way that fits.
func choose(ctx context.Context, call adapters.Caller, a asked, ways []*read) (canonical.Report, looked, error) {
	way, err := fitting(a, ways)
	if err != nil {
		return canonical.Report{}, looked{}, err
	}
	s, gone, err := way.fetch(ctx, call, a)
	return way.report(a, s, gone, err)
}

// fitting is the first way whose condition holds.
func fitting(a asked, ways []*read) (*read, error) {
	for _, way := range ways {
		if fits, err := way.when.holds(a.scope()); err != nil || fits {
			return way, err
		}
	}
	return nil, &canonical.Error{Kind: canonical.OperationUnsupported, Detail: errHole.Error()}
}

// fetch sends what comes before, and the request itself.
func (r *read) fetch(ctx context.Context, call adapters.Caller, a asked) (s *scope, gone bool, err error) {
	s = a.scope()
	for _, one := range r.first {
		wanted, err := one.when.holds(s)
		if err != nil {
			return s, false, plainly(err)
		}
		if !wanted {
			continue
		}
		if gone, err := one.send(ctx, call, a, s); err != nil || gone {
			return s, gone, err
		}
		s.Earlier.replies[one.as] = s.Reply
	}
	gone, err = r.send(ctx, call, a, s)
	return s, gone, err
}

// report reads an order, or that there is none.
func (r *read) report(a asked, s *scope, gone bool, err error) (report canonical.Report, seen looked, _ error) {
	switch {
	case err != nil:
		return report, seen, err
	case gone:
		return canonical.Report{Finding: canonical.Absent}, seen, nil
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

// probed: what answers with JSON or with nothing is the lender.
func probed(said adapters.Reply) (canonical.Report, error) {
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
	s, made := newSection(c.root.field("reads"), &readsForm, c.noted), &c.made.reads
	made.sync = c.ways(s, "sync", c.orderRead)
	if s.ask("probe").kind != absent {
		probe := s.section("probe")
		made.probe = &ask{}
		made.probe.method, made.probe.path = c.request(probe.ask("request"), readMethods)
		made.probeErrors = c.failures(probe, "errors", "")
		probe.close()
	}
	if s.ask("find").kind != absent {
		c.find(s.section("find"))
	}
	made.list = c.ways(s, "list", c.listRead)
	made.offers = c.ways(s, "offers", c.offersRead)
	made.customerOffers = c.ways(s, "customer_offers", c.offersRead)
	s.close()
}

// ways compiles the rows of a read.
func (c *compiler) ways(s *section, name string, how func(*section) *read) (all []*read) {
	for i, one := range s.sections(name) {
		if len(all) == mostRowsDeclared {
			one.at.note(c.noted, "is one row too many: a read has at most %d", mostRowsDeclared)
			return all
		}
		all = append(all, how(one))
		if at := one.ask("errors"); i > 0 && at.kind != absent {
			at.note(c.noted, "stands on a later row: those of the first row count for all, write them there")
		}
	}
	return all
}

// namesOfOne are what the path of a read of one order may name, beside what is declared.
var namesOfOne = []string{"id", "reference", "customer"}

func (c *compiler) orderRead(s *section) *read {
	r, in := c.asking(s, namesOfOne...)
	r.order = c.reading(s.ask("reply"), in)
	if r.order != nil && slices.Contains(r.path.names, "reference") && !r.order.reference.stands() {
		s.ask("reply").note(c.noted, "must read reference: a lender that is asked for our number must say which order it found")
	}
	s.close()
	return r
}

// asking compiles what all reads have in common, and says what their readings know.
func (c *compiler) asking(s *section, names ...string) (*read, place) {
	r := &read{errors: c.failures(s, "errors", "")}
	steps, in := c.first(s, inRead, names...)
	r.first, r.ask = steps, c.ask(s, in, names...)
	r.when, r.begins = c.condition(s.ask("when"), place{realm: ofOrder}), c.pointer(s.ask("at"))
	return r, in
}
