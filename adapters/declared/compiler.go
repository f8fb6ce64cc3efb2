package declared

import (
	"slices"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/config"
)

// compiler turns the tree of one file into a contract.
type compiler struct {
	root     *node
	noted    *config.Mistakes
	made     *Contract
	declared map[string]map[string]string // option, kept, setting -> name -> how it is looked up; "" where it is not
	uses     map[string]bool              // "setting api_key": what something refers to
	shared   map[string]*reading
	leaves   int      // of bodies, so far
	terms    int      // expressions so far
	names    []string // of the language, as used since it was last emptied
}

func (c *compiler) used(root, name string) { c.uses[root+" "+name] = true }

// reading compiles what is written under a key: the name of a shared reading, or a reading. nil where
// nothing is.
func (c *compiler) reading(at *node, in place) *reading {
	switch at.kind {
	case absent, broken:
		return nil
	case text:
		return c.sharedReading(at, in)
	}
	return c.readingOf(at, in)
}

// sharedReading compiles a reading the first time it is named. Reads come first, so that one that is
// used by both knows only what both have.
func (c *compiler) sharedReading(at *node, in place) *reading {
	known := c.root.field("readings")
	one := known.find(at.text)
	if one == nil {
		at.note(c.noted, "names no reading; %s", meant(at.text, known.names()))
		return nil
	}
	c.used("reading", at.text)
	if c.shared[at.text] == nil {
		c.shared[at.text] = c.readingOf(one.node, in)
	}
	return c.shared[at.text]
}

func (c *compiler) readingOf(at *node, in place) *reading {
	s := newSection(at, &readingForm, c.noted)
	leaf := func(name string, wanted ...shape) *leaf { return c.leaf(s.ask(name), in, wanted...) }
	r := &reading{
		id: c.told(s.ask("id"), in), reference: c.told(s.ask("reference"), in), currency: leaf("currency", textShape), reason: leaf("reason", textShape),
		amount: leaf("amount", moneyShape), net: leaf("net", moneyShape), captured: leaf("captured", moneyShape),
		refunded: leaf("refunded", moneyShape), fees: leaf("fees", moneyShape),
		created: leaf("created_at", timeShape), holdEnds: leaf("authorization_expires_at", timeShape), orderEnds: leaf("order_expires_at", timeShape),
	}
	r.phase = canonical.Phase(s.choice("phase"))
	r.waitingFor = canonical.Party(s.choice("waiting_for"))
	r.word = c.word(s.ask("word"), in)
	r.kept = c.namedLeaves(s.section("kept"), in)
	r.details = c.details(s.section("details"), in)
	if s.ask("action").kind != absent {
		r.action = c.action(s.section("action"), in)
	}
	for _, one := range s.sections("seen") {
		r.seen = append(r.seen, c.seen(one, in))
	}
	for _, one := range s.many("requires") {
		if p := c.pointer(one); p != nil {
			r.requires = append(r.requires, *p)
		}
	}
	s.close()
	c.checkReading(r, s)
	return r
}

func (c *compiler) checkReading(r *reading, s *section) {
	switch {
	case s.at.kind != object:
	case len(r.word) > 0 && r.phase != "":
		s.ask("phase").note(c.noted, "stands beside word: the word says the phase")
	case len(r.word) == 0 && r.phase == "":
		s.ask("word").note(c.noted, "is missing: add it, or phase where the reply begins an order and has no word")
	case r.phase == "" && !r.id.stands():
		s.ask("id").note(c.noted, "is missing: add it; only a reading with phase can do without")
	}
	waits := r.phase == canonical.Created || r.phase == canonical.Pending || r.phase == canonical.Approved
	if waits && r.waitingFor == "" {
		s.ask("waiting_for").note(c.noted, "is missing: who must act next?")
	}
}

// word reads a leaf, or a list of cases.
func (c *compiler) word(at *node, in place) []wordCase {
	if at.kind == absent || at.kind == broken {
		return nil
	}
	if at.kind != list {
		return []wordCase{{is: c.wordLeaf(at, in)}}
	}
	var cases []wordCase
	for i, item := range at.items {
		s := newSection(item, &caseForm, c.noted)
		one := wordCase{when: c.condition(s.ask("if"), in), is: c.wordLeaf(s.ask("is"), in)}
		if s.ask("if").kind == absent && i < len(at.items)-1 {
			item.note(c.noted, "has no if: only the last case goes without")
		}
		s.close()
		cases = append(cases, one)
	}
	if len(cases) > 0 && at.items[len(at.items)-1].field("if").kind != absent {
		at.note(c.noted, "the last case has an if: what is the word where none holds?")
	}
	return cases
}

// wordLeaf: a word that is written out must be in the vocabulary.
func (c *compiler) wordLeaf(at *node, in place) *leaf {
	l := c.leaf(at, in, textShape)
	if word, is := l.constant(); is && !c.made.knows(word) {
		at.note(c.noted, "can be %q, which words does not map: add it", word)
	}
	return l
}

func (c *compiler) namedLeaves(s *section, in place) (all []named) {
	for _, e := range s.at.entries {
		all = append(all, named{e.name, c.leaf(s.ask(e.name), in, textShape)})
	}
	return all
}

// details are facts that are shown. What is shown is declared.
func (c *compiler) details(s *section, in place) (all []named) {
	for _, e := range s.at.entries {
		if !slices.ContainsFunc(c.made.details, func(o canonical.Option) bool { return o.Name == e.name }) {
			e.key.note(c.noted, "is not declared: add it under details, with type and help")
		}
		c.used("detail", e.name)
		all = append(all, named{e.name, c.leaf(s.ask(e.name), in, textShape, flagShape, wholeShape, moneyShape)})
	}
	return all
}

func (c *compiler) action(s *section, in place) *actionReading {
	a := &actionReading{kind: s.choice("kind"), url: c.leaf(s.ask("url"), in, textShape), ends: c.leaf(s.ask("expires_at"), in, timeShape)}
	more := s.section("details")
	for _, e := range more.at.entries {
		a.details = append(a.details, named{e.name, c.leaf(more.ask(e.name), in, textShape, flagShape, wholeShape, moneyShape)})
	}
	s.close()
	return a
}

func (c *compiler) seen(s *section, in place) seenReading {
	in.item = rowItem
	one := seenReading{
		kind: canonical.OperationKind(s.choice("kind")), when: c.condition(s.ask("if"), in),
		amount: c.leaf(s.ask("amount"), in, moneyShape), reference: c.told(s.ask("reference"), in),
		lenderReference: c.told(s.ask("lender_reference"), in), capture: c.told(s.ask("capture"), in),
	}
	if each := c.pointer(s.ask("each")); each != nil {
		one.each = *each
	}
	s.close()
	return one
}
