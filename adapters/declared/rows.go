package declared

import (
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

const mostRowsDeclared = 64

var (
	recoveries = wordsOf(canonical.Recoveries)
	meanings   = []string{
		string(adapters.MeansDeclined), string(adapters.MeansRefused), string(adapters.MeansState), string(adapters.MeansBusy), string(adapters.MeansMisconfigured),
		string(adapters.MeansAlreadyDone), string(adapters.MeansInDoubt), string(adapters.MeansAbsent),
	}
	ofCustomers = []canonical.OperationKind{canonical.OpCreate, canonical.OpAuthenticate, canonical.OpAuthorize}
	inCommand   = place{realm: ofOrder | ofCommand | ofMaking}
	inReply     = place{realm: ofOrder | ofCommand | ofReply}
	inRead      = place{realm: ofOrder | ofReply}
)

// operations compiles every row, in the order of the file.
func (c *compiler) operations() {
	s := newSection(c.root.field("operations"), c.noted)
	kinds := slices.DeleteFunc(wordsOf(canonical.OperationKinds), func(kind string) bool { return kind == string(canonical.OpSync) })
	for _, kind := range kinds {
		for _, row := range s.sections(kind) {
			if len(c.made.operations) == mostRowsDeclared {
				row.at.note(c.noted, "is one row too many: a contract has at most %d", mostRowsDeclared)
				return
			}
			c.made.operations = append(c.made.operations, c.operation(row, canonical.OperationKind(kind)))
		}
	}
	s.close()
}

func (c *compiler) operation(s *section, kind canonical.OperationKind) *operation {
	o := &operation{at: s.at, row: adapters.Exchange{Kind: kind, Name: string(kind), Class: adapters.MoneyCall}, when: c.condition(s.ask("when"), inCommand)}
	if name := s.text("name"); name != "" {
		o.row.Name = name
	}
	if class := s.choice("class", string(adapters.MoneyCall), string(adapters.Harmless)); class != "" {
		o.row.Class = adapters.Class(class)
	}
	o.row.By = canonical.Party(s.choice("by", string(canonical.ForCustomer), string(canonical.ForLender)))
	o.row.Local = s.flag("local")
	if o.row.By == "" && !o.row.Local {
		c.sent(o, s)
	}
	s.close()
	return o
}

// sent reads all that only a row with a request has.
func (c *compiler) sent(o *operation, s *section) {
	x := &o.row
	s.require("request")
	c.names = nil
	x.Method, o.path = c.request(s.ask("request"), methods, plainNames...)
	x.Partial, x.Bare, x.Timeout = s.flag("partial"), s.flag("bare"), s.duration("timeout")
	o.headers = c.headers(newSection(s.ask("headers"), c.noted))
	if at := s.ask("body"); at.kind != absent {
		trees := &bodies{compiler: c, in: inCommand}
		o.body = trees.tree(at)
		o.needs = trees.needs
	}
	for _, one := range s.sections("needs") {
		o.needs = append(o.needs, c.need(one))
	}
	o.names = append(slices.Clone(c.names), o.path.names...)
	for _, h := range o.headers {
		o.names = append(o.names, h.value.names...)
	}
	x.Key = c.key(o, s)
	c.recovery(x, s)
	x.Before = c.statuses(s, "before")
	x.Failures = c.failures(s, "errors", x.Kind)
	x.Yes = s.texts("yes")
	if s.flag("fresh") {
		s.ask("fresh").note(c.noted, "is not done yet: nothing reads the order just before a request")
	}
	o.reply = c.reply(o, s.ask("reply"))
	switch {
	case o.reply == nil && !x.Bare:
		s.ask("reply").note(c.noted, "is missing: say what the reply tells, or bare: true where a 2xx alone is the lender's yes")
	case o.reply != nil && o.unconfirmed():
		s.ask("reply").note(c.noted, "confirms nothing: any reply about the order would be a yes; add moved, movement, same or yes")
	case x.Bare && x.Class != adapters.MoneyCall:
		s.ask("bare").note(c.noted, "stands on a harmless row: what moves nothing must tell something, or be of class money")
	case o.reply != nil && x.Bare && len(o.reply.later) > 0:
		s.ask("bare").note(c.noted, "stands beside later: is an empty reply done, or not yet?")
	}
}

// unconfirmed: nothing that the reply says is about this movement.
func (o *operation) unconfirmed() bool {
	moves := o.row.Class == adapters.MoneyCall && !slices.Contains(ofBeginnings, o.row.Kind)
	says := o.reply.moved.stands() || o.reply.movement.stands() || len(o.reply.same) > 0 || len(o.row.Yes) > 0
	return moves && !says && !o.row.Bare
}

// ofBeginnings are the operations whose whole reply is about them: an order that is there.
var ofBeginnings = []canonical.OperationKind{canonical.OpCreate, canonical.OpAuthenticate}

// key reads where the idempotency key goes.
func (c *compiler) key(o *operation, s *section) (key adapters.KeyPlace) {
	if s.ask("key").kind == absent {
		return key
	}
	k := s.section("key")
	k.require("life")
	key = adapters.KeyPlace{Header: strings.ToLower(k.text("header")), TTL: k.duration("life"), ReplaysRefusals: k.flag("replays_refusals")}
	key.InBody = key.Header == "" && slices.Contains(o.names, "=key")
	if key.Header == "" && !key.InBody {
		k.at.note(c.noted, "names no header, and the body does not hold =key")
	}
	k.close()
	return key
}

// recovery reads how a lost reply is settled.
func (c *compiler) recovery(x *adapters.Exchange, s *section) {
	if x.Class == adapters.MoneyCall {
		s.require("lost")
		if s.ask("horizon").kind == absent {
			s.ask("horizon").note(c.noted, "is missing: how late may a request that was sent still take effect?")
		}
	}
	for _, one := range s.many("lost") {
		switch {
		case one.kind == broken:
		case one.kind != text || !slices.Contains(recoveries, one.text):
			one.note(c.noted, "%s", meant(one.text, recoveries))
		default:
			x.Lost = append(x.Lost, canonical.Recovery(one.text))
		}
	}
	x.Horizon = s.duration("horizon")
}

func (c *compiler) need(s *section) need {
	s.require("pointer", "help", "missing")
	n := need{help: s.text("help"), missing: c.condition(s.ask("missing"), inCommand)}
	if p := c.pointer(s.ask("pointer")); p != nil {
		n.pointer = p.written
	}
	s.close()
	return n
}

// headers of one request: a template, or a map with more about it.
func (c *compiler) headers(s *section) (all []headerRow) {
	for _, e := range s.at.entries {
		at := s.ask(e.name)
		h := headerRow{name: e.name}
		if at.kind == object {
			more := newSection(at, c.noted)
			more.require("value")
			h.value, h.optional, h.sealed = c.template(more.ask("value"), plainNames...), more.flag("optional"), more.flag("sealed")
			more.close()
		} else {
			h.value = c.template(at, plainNames...)
		}
		all = append(all, h)
	}
	return all
}

func (c *compiler) statuses(s *section, name string) (all []int) {
	for _, one := range s.many(name) {
		status, ok := statusOf(one)
		if !ok && one.kind != broken {
			one.note(c.noted, "must be a status between 100 and 599")
		}
		all = append(all, status)
	}
	return all
}

func statusOf(n *node) (int, bool) {
	status := 0
	for _, digit := range n.text {
		if digit < '0' || digit > '9' || status > 599 {
			return 0, false
		}
		status = 10*status + int(digit-'0')
	}
	return status, n.kind == number && status >= 100 && status <= 599
}

// failures reads a table of errors. kind is "" for those of all rows.
func (c *compiler) failures(s *section, name string, kind canonical.OperationKind) (all []adapters.Failure) {
	for _, one := range s.sections(name) {
		one.require("means")
		f := adapters.Failure{Status: one.whole("status", 100, 599), Code: one.text("code"), Means: adapters.Meaning(one.choice("means", meanings...)), Reason: one.text("reason"), Note: one.text("note")}
		switch {
		case f.Status == 0 && f.Code == "":
			one.at.note(c.noted, "fits every reply: add a status or a code")
		case f.Means == adapters.MeansDeclined && !slices.Contains(ofCustomers, kind):
			one.ask("means").note(c.noted, "only the lender's no to the customer is a decline (a row of create, authenticate, authorize): means: refused or state")
		case slices.ContainsFunc(all, func(earlier adapters.Failure) bool { return covers(earlier, f) }):
			one.at.note(c.noted, "is never reached: an earlier row takes it")
		}
		one.close()
		all = append(all, f)
	}
	return all
}

// covers says whether a row takes every reply another would.
func covers(a, b adapters.Failure) bool {
	return (a.Status == 0 || a.Status == b.Status) && (a.Code == "" || strings.EqualFold(a.Code, b.Code))
}

// withShared adds the errors of the whole contract to a row's own.
func withShared(own, shared []adapters.Failure) []adapters.Failure {
	all := slices.Clone(own)
	for _, f := range shared {
		if !slices.ContainsFunc(own, func(earlier adapters.Failure) bool { return covers(earlier, f) }) {
			all = append(all, f)
		}
	}
	return all
}

// reply reads how a row's reply is read; nil where nothing is said of it.
func (c *compiler) reply(o *operation, at *node) *reply {
	r := &reply{}
	switch at.kind {
	case absent, broken:
		return nil
	case text:
		r.order = c.reading(at, inReply)
	default:
		c.replyOf(r, o, newSection(at, c.noted))
	}
	r.pointers = append(r.pointers, r.looked()...)
	return r
}

func (c *compiler) replyOf(r *reply, o *operation, s *section) {
	r.order, r.begins = c.reading(s.ask("order"), inReply), c.pointer(s.ask("at"))
	r.moved, r.movement = c.leaf(s.ask("moved"), inReply, moneyShape), c.leaf(s.ask("movement"), inReply, textShape)
	r.declined, r.later = c.condition(s.ask("declined"), inReply), c.statuses(s, "later")
	r.code = c.leaf(s.ask("code"), inReply, textShape)
	if at := s.ask("reason"); at.kind == object {
		r.reasons = c.namedLeaves(at, inReply)
	} else {
		r.reason = c.leaf(at, inReply, textShape)
	}
	for _, one := range s.many("same") {
		r.same = append(r.same, c.pair(one))
	}
	if r.declined != nil && !slices.Contains(ofCustomers, o.row.Kind) {
		s.ask("declined").note(c.noted, "only the lender's no to the customer is a decline (create, authenticate, authorize)")
	}
	if r.declined == nil && (r.code.stands() || r.reason.stands() || r.reasons != nil) {
		s.at.note(c.noted, "tells why it was declined and never says when: add declined")
	}
	s.close()
}

func (c *compiler) pair(at *node) (p pair) {
	if at.kind != list || len(at.items) != 2 || at.items[1].kind != text {
		at.note(c.noted, "must be a pair: [/pointer, expression]")
		return p
	}
	p.want = c.term(at.items[1], 0, inReply, textShape, moneyShape)
	wanted := textShape
	if p.want != nil {
		wanted = p.want.shape
	}
	p.says = c.leaf(at.items[0], inReply, wanted)
	return p
}

// looked are the places of a whole reply that are looked at.
func (r *reply) looked() (all []pointer) {
	for _, l := range []*leaf{r.moved, r.movement, r.code, r.reason} {
		all = append(all, l.pointers()...)
	}
	if r.declined != nil {
		all = append(all, r.declined.pointers...)
	}
	for _, one := range r.same {
		all = append(all, one.says.pointers()...)
	}
	if r.order == nil {
		return all
	}
	for _, p := range r.order.pointers() {
		if r.begins != nil {
			p = pointer{r.begins.written + p.written, slices.Concat(r.begins.steps, p.steps)}
		}
		all = append(all, p)
	}
	return all
}
