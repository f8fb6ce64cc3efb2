package declared

import (
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

const mostRowsDeclared = 64

var (
	ofCustomers = []canonical.OperationKind{canonical.OpCreate, canonical.OpAuthenticate, canonical.OpAuthorize}
	inCommand   = place{realm: ofOrder | ofCommand | ofMaking}
	inReply     = place{realm: ofOrder | ofCommand | ofReply}
	inRead      = place{realm: ofOrder | ofReply}
)

// operations compiles every row, in the order of the file.
func (c *compiler) operations() {
	s := newSection(c.root.field("operations"), &operationsForm, c.noted)
	for _, kind := range operationKinds {
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
	if class := s.choice("class"); class != "" {
		o.row.Class = adapters.Class(class)
	}
	o.row.By = canonical.Party(s.choice("by"))
	o.row.Local = s.flag("local")
	if o.row.By == "" && !o.row.Local {
		c.sent(o, s)
	} else {
		s.form = &elsewhereForm
	}
	s.close()
	return o
}

// sent reads all that only a row with a request has.
func (c *compiler) sent(o *operation, s *section) {
	x := &o.row
	if s.ask("request").kind == absent {
		s.ask("request").note(c.noted, "is missing: write the method and the path, or by or local where no request of ours is sent")
	}
	c.names = nil
	x.Method, o.path = c.request(s.ask("request"), methods, plainNames...)
	x.Partial, x.Bare, x.Timeout = s.flag("partial"), s.flag("bare"), s.duration("timeout")
	o.headers = c.headers(s.section("headers"))
	if at := s.ask("body"); at.kind != absent {
		trees := &bodies{compiler: c, in: inCommand}
		o.body = trees.tree(at)
		if l := o.body.leaf; l != nil && l.fixed != nil {
			at.note(c.noted, "is text: write the tree itself, such as {amount: =amount}")
		}
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
	x.Fresh = s.flag("fresh")
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
		if s.ask("lost").kind == absent {
			s.ask("lost").note(c.noted, "is missing: how is it learned what became of a request whose reply was lost?")
		}
		if s.ask("horizon").kind == absent {
			s.ask("horizon").note(c.noted, "is missing: how late may a request that was sent still take effect?")
		}
	}
	if at := s.ask("lost"); at.kind == list && len(at.items) == 0 {
		at.note(c.noted, "is empty: where nothing else can be done a person finds out: [ask_a_person]")
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
			more := newSection(at, &headerForm, c.noted)
			h.value, h.optional, h.sealed = c.template(more.ask("value"), plainNames...), more.flag("optional"), more.flag("sealed")
			more.close()
		} else {
			h.value = c.template(at, plainNames...)
		}
		if at := h.value.at; at.kind == text && len(h.value.names) == 0 && proves(e.name) {
			at.note(c.noted, "holds a literal: contracts carry no secrets; what proves who we are stands under auth, and comes from a setting (secret: true)")
		}
		all = append(all, h)
	}
	return all
}

// proves says whether a header sounds like one that proves who we are.
func proves(header string) bool {
	return slices.ContainsFunc([]string{"authorization", "api-key", "apikey", "secret", "token", "password"}, func(word string) bool {
		return strings.Contains(strings.ToLower(header), word)
	})
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
