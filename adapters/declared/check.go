package declared

import (
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// check is what only the whole contract shows.
func (c *compiler) check() {
	c.checkReads()
	for _, o := range c.made.operations {
		c.checkNamed(o)
		c.checkIDs(o)
		for _, way := range o.row.Lost {
			c.checkWay(o, way)
		}
		c.checkYes(o)
	}
	c.checkReached()
	c.checkRefunds()
	c.checkWords()
	c.checkUsed()
}

func (c *compiler) checkReads() {
	reads, at := &c.made.reads, c.root.field("reads")
	switch {
	case c.made.traits.Unreadable && len(reads.sync) > 0:
		at.field("sync").note(c.noted, "stands beside traits.unreadable: can this lender be read?")
	case !c.made.traits.Unreadable && len(reads.sync) == 0:
		at.field("sync").note(c.noted, "is missing: how is an order read? A lender that cannot be read says so: traits: {unreadable: true}")
	case reads.find != nil && reads.find.movement && len(reads.sync) == 0:
		at.field("find").note(c.noted, "looks in what sync shows, and there is none")
	}
}

func (c *compiler) checkNamed(o *operation) {
	rows := c.made.operations
	first := slices.IndexFunc(rows, func(other *operation) bool { return other.row.Name == o.row.Name })
	if rows[first] != o {
		o.at.field("name").note(c.noted, "is %s, as another row on line %d: give each a name of its own", o.row.Name, rows[first].at.line)
	}
	switch {
	case !o.row.Fresh:
	case o.row.Kind == canonical.OpCreate:
		o.at.field("fresh").note(c.noted, "stands on a create: there is no order to read before it")
	case len(c.made.reads.sync) == 0:
		o.at.field("fresh").note(c.noted, "reads the order just before, and there is no reads.sync")
	}
	if o.row.Class == adapters.Harmless && slices.Contains(ofMoney, o.row.Kind) && o.row.By == "" && !o.row.Local {
		o.at.field("class").note(c.noted, "is harmless, and %s moves money, whatever else it is", o.row.Kind)
	}
}

// ofMoney are the operations that move money at every lender.
var ofMoney = []canonical.OperationKind{canonical.OpAuthorize, canonical.OpCapture, canonical.OpRefund}

// checkIDs: a path may only name what is known by then.
func (c *compiler) checkIDs(o *operation) {
	if !slices.Contains(o.path.names, "id") {
		return
	}
	kinds := ofCustomers
	switch o.row.Kind {
	case canonical.OpCreate:
		kinds = nil
	case canonical.OpAuthenticate, canonical.OpAuthorize:
		kinds = []canonical.OperationKind{canonical.OpCreate}
	}
	given := slices.ContainsFunc(c.made.operations, func(other *operation) bool {
		return slices.Contains(kinds, other.row.Kind) && other.reply != nil && other.reply.order != nil && other.reply.order.id.stands()
	})
	// A read that needs no id can give it.
	given = given || (kinds != nil && slices.ContainsFunc(c.made.reads.sync, func(r *read) bool {
		return r.order != nil && r.order.id.stands() && !slices.Contains(r.path.names, "id")
	}))
	if !given {
		o.path.at.note(c.noted, "{id} is used by %s, and nothing before it gives an id: a reply of %s must have one", o.row.Name, strings.Join(orNothing(kinds), ", "))
	}
}

func orNothing(kinds []canonical.OperationKind) []string {
	if len(kinds) == 0 {
		return []string{"an earlier operation"}
	}
	return wordsOf(kinds)
}

// checkWay: what is declared for a lost reply must be possible.
func (c *compiler) checkWay(o *operation, way canonical.Recovery) {
	reads, at := &c.made.reads, o.at.field("lost")
	money := o.row.Class == adapters.MoneyCall
	create := o.row.Kind == canonical.OpCreate
	sync := func(shows func(*reading) bool) bool {
		return slices.ContainsFunc(reads.sync, func(r *read) bool { return r.order == nil || shows(r.order) }) // nil: it is wrong, and that is noted
	}
	switch {
	case way == canonical.RepeatSameKey && !o.row.Key.Honored():
		at.note(c.noted, "repeat_same_key, and the row has no key")
	case way == canonical.SendAgain && money:
		at.note(c.noted, "send_again on a money row: a second one would move money again")
	case (way == canonical.ReadAndCompare || way == canonical.CompareTotals) && len(reads.sync) == 0:
		at.note(c.noted, "%s, and there is no reads.sync", way)
	case way == canonical.ReadAndCompare && !sync(func(r *reading) bool { return len(r.word) > 0 || r.net.stands() || r.captured.stands() }):
		at.note(c.noted, "read_and_compare, and sync reads no word, net or captured")
	case way == canonical.CompareTotals && !sync(totals[o.row.Kind].read):
		at.note(c.noted, "compare_totals, and sync does not read %s", totals[o.row.Kind].name)
	case way == canonical.FindByReference && reads.find == nil:
		at.note(c.noted, "find_by_reference, and there is no reads.find")
	case way == canonical.FindByReference && create && reads.find.create == nil:
		at.note(c.noted, "find_by_reference, and reads.find finds no create")
	case way == canonical.FindByReference && !create && !sync(func(r *reading) bool { return r.finds(o.row.Kind) }):
		at.note(c.noted, "find_by_reference, and sync lists no %s with a reference under seen", o.row.Kind)
	case way == canonical.FindByReference && !slices.Contains(o.names, "=reference"):
		at.note(c.noted, "find_by_reference, and the body does not hold =reference: what is not sent as it is cannot be found again")
	}
}

func (r *reading) finds(kind canonical.OperationKind) bool {
	return slices.ContainsFunc(r.seen, func(one seenReading) bool { return one.kind == kind && one.reference.stands() })
}

type totalRead struct {
	name string
	read func(*reading) bool
}

// totals says which total shows that a movement happened.
var totals = map[canonical.OperationKind]totalRead{
	canonical.OpCreate:       {"a total of it", func(*reading) bool { return false }},
	canonical.OpAuthenticate: {"a total of it", func(*reading) bool { return false }},
	canonical.OpUpdate:       {"amount", func(r *reading) bool { return r.amount.stands() }},
	canonical.OpAuthorize:    {"net", func(r *reading) bool { return r.net.stands() }},
	canonical.OpCancel:       {"net", func(r *reading) bool { return r.net.stands() }},
	canonical.OpCapture:      {"captured", func(r *reading) bool { return r.captured.stands() }},
	canonical.OpRefund:       {"refunded", func(r *reading) bool { return r.refunded.stands() }},
}

func (c *compiler) checkYes(o *operation) {
	for _, word := range o.row.Yes {
		if !c.made.knows(word) {
			o.at.field("yes").note(c.noted, "names %s, which is no word of words; %s", word, meant(word, c.root.field("words").names()))
		}
	}
	if len(o.row.Yes) > 0 && (o.reply == nil || o.reply.order == nil || len(o.reply.order.word) == 0) {
		o.at.field("yes").note(c.noted, "is never heard: the reply reads no order with a word")
	}
}

// checkReached: of several rows of a kind the first that fits is sent.
func (c *compiler) checkReached() {
	for i, o := range c.made.operations {
		if at := o.at.field("when"); at.text == "false" && o.when != nil {
			at.note(c.noted, "is never true: remove the row")
		}
		earlier := slices.IndexFunc(c.made.operations[:i], func(other *operation) bool {
			all := other.row.By != "" || other.row.Partial || !o.row.Partial
			condition := other.at.field("when")
			always := condition.kind == absent || condition.text == "true" || condition.text == o.at.field("when").text
			return other.row.Kind == o.row.Kind && all && always
		})
		if earlier >= 0 {
			o.at.note(c.noted, "is never reached: the row on line %d takes every %s first; give it a when, or put it last", c.made.operations[earlier].at.line, o.row.Kind)
		}
	}
}

// checkWords: without words no state of the lender's means anything.
func (c *compiler) checkWords() {
	if len(c.made.words) > 0 {
		return
	}
	reads := func(r *reading) bool { return r != nil && len(r.word) > 0 }
	if slices.ContainsFunc(c.made.reads.sync, func(r *read) bool { return reads(r.order) }) {
		c.root.field("words").note(c.noted, "is missing: what do the lender's words for the state of an order mean?")
	}
}

// checkRefunds: where a refund names its capture, a capture must have a name.
func (c *compiler) checkRefunds() {
	names := func(o *operation) bool {
		return slices.ContainsFunc(o.names, func(name string) bool { return name == "capture" || strings.HasPrefix(name, "capture.") })
	}
	gives := false
	for _, o := range c.made.operations {
		if o.row.Kind == canonical.OpRefund && names(o) {
			c.made.traits.RefundNamesCapture = true
		}
		gives = gives || (o.row.Kind == canonical.OpCapture && (o.row.By != "" || (o.reply != nil && o.reply.movement.stands())))
	}
	for _, r := range c.made.reads.sync {
		gives = gives || (r.order != nil && slices.ContainsFunc(r.order.seen, func(one seenReading) bool {
			return one.kind == canonical.OpCapture && one.lenderReference.stands()
		}))
	}
	if c.made.traits.RefundNamesCapture && !gives {
		c.root.field("operations").field("refund").note(c.noted, "names its capture, and capture's reply has no movement and no seen gives lender_reference")
	}
}

// checkUsed: what nothing refers to is a mistake, mostly of spelling.
func (c *compiler) checkUsed() {
	for _, one := range []struct{ key, what string }{
		{"settings", "setting"}, {"options", "option"}, {"parts", "part"}, {"readings", "reading"}, {"details", "detail"},
	} {
		for _, e := range c.root.field(one.key).entries {
			if !c.uses[one.what+" "+e.name] {
				e.key.note(c.noted, "is used nowhere: remove it")
			}
		}
	}
}
