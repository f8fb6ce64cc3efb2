package declared

import (
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

const (
	mostReadings = 16
	mostWords    = 200
)

// contract compiles the whole file.
func (c *compiler) contract() {
	s := newSection(c.root, &contractForm, c.noted)
	if at := s.ask("contract"); at.kind != absent && (at.kind != number || at.text != "1") {
		at.note(c.noted, "is the version of the language: 1 is the only one")
	}
	m := c.made
	m.name, m.title, m.docs = s.text("name"), s.text("title"), s.text("docs")
	if !plainName.MatchString(m.name) && m.name != "" {
		s.ask("name").note(c.noted, "must be letters, digits, - and _")
	}
	c.settings(s)
	c.money(s)
	c.reference(s.section("reference"))
	c.traits(s.section("traits"))
	m.foldWords = s.flag("fold_words")
	c.words(s.section("words"))
	m.options, m.details = c.options(s.section("options")), c.options(s.section("details"))
	c.declaredNames()
	c.auth()
	c.errors(s.section("errors"))
	s.section("parts")
	if at := s.section("readings").at; len(at.entries) > mostReadings {
		at.note(c.noted, "holds more than %d readings", mostReadings)
	}
	c.reads()
	c.operations()
	c.notifications()
	c.assumptions(s.sections("assumed"))
	m.lender = Block{c.root.file, s.ask(lenderKey).raw}
	s.close()
	c.check()
}

func (c *compiler) settings(top *section) {
	all := top.section("settings")
	for _, e := range all.at.entries {
		s := all.section(e.name)
		one := adapters.Setting{
			Name: e.name, Kind: adapters.SettingKind(s.choice("kind")), Help: s.text("help"), Default: s.text("default"), Example: s.text("example"),
			Choices: s.texts("choices"), Required: s.flag("required"), Secret: s.flag("secret"), Identity: s.flag("identity"), Assumed: s.flag("assumed"),
		}
		if one.Kind == "" {
			one.Kind = adapters.TextSetting
		}
		switch {
		case one.Default != "" && (one.Secret || one.Required):
			s.ask("default").note(c.noted, "stands beside secret or required: such a setting has none")
		case one.Kind == adapters.ChoiceSetting && !slices.Contains(one.Choices, one.Default):
			s.ask("default").note(c.noted, "must be one of choices")
		}
		s.close()
		c.made.settings = append(c.made.settings, one)
	}
}

func (c *compiler) money(top *section) {
	m := c.made
	m.currencies = top.texts("currencies")
	for i, at := range top.many("currencies") {
		if _, known := canonical.Digits(at.text); !known && at.kind == text {
			at.note(c.noted, "is no currency: write codes such as EUR")
		}
		if i > 0 && slices.Contains(m.currencies[:min(i, len(m.currencies))], at.text) {
			at.note(c.noted, "is listed twice")
		}
	}
	s := top.section("money")
	m.tender = tender{form: adapters.AmountForm(s.choice("form")), currencies: m.currencies}
	if s.ask("object").kind != absent {
		o := s.section("object")
		m.tender.amount, m.tender.currency = o.text("amount"), o.text("currency")
		o.close()
	}
	own := s.section("digits")
	for _, e := range own.at.entries {
		digits, known := canonical.Digits(e.name)
		if m.tender.digits == nil {
			m.tender.digits = make(map[string]int)
		}
		m.tender.digits[e.name] = own.whole(e.name)
		switch {
		case !known || !slices.Contains(m.currencies, e.name):
			e.key.note(c.noted, "is none of the currencies")
		case m.tender.digits[e.name] > digits:
			e.node.note(c.noted, "%s has %d decimals and no more: write fewer, or leave it out", e.name, digits)
		}
	}
	s.close()
}

func (c *compiler) reference(s *section) {
	c.made.reference = canonical.ReferenceForm{Max: s.whole("max"), Alphabet: s.text("alphabet")}
	s.close()
}

func (c *compiler) traits(s *section) {
	c.made.traits = canonical.Traits{
		CreateReservesNothing: s.flag("create_reserves_nothing"), Unreadable: s.flag("unreadable"), ForgetsCanceled: s.flag("forgets_canceled"),
		Final: canonical.FinalCapture(s.choice("final")),
	}
	c.made.holdLife, c.made.offerLife = s.duration("hold_life"), s.duration("offer_life")
	s.close()
}

func (c *Contract) same(a, b string) bool { return a == b || (c.foldWords && strings.EqualFold(a, b)) }

func (c *compiler) words(all *section) {
	if len(all.at.entries) > mostWords {
		all.at.note(c.noted, "holds more than %d words", mostWords)
		return
	}
	for i, e := range all.at.entries {
		s := all.section(e.name)
		w := canonical.Word{
			Word: e.name, Phase: canonical.Phase(s.choice("phase")), EndedBy: canonical.EndedBy(s.choice("by")),
			WaitingFor: canonical.Party(s.choice("waiting_for")), Captured: s.flag("captured"), Refunded: s.flag("refunded"), Note: s.text("note"),
		}
		waits := w.Phase == canonical.Created || w.Phase == canonical.Pending || w.Phase == canonical.Approved
		switch {
		case w.Phase == canonical.Ended && s.ask("by").kind == absent:
			s.ask("by").note(c.noted, "is missing: who or what ended it?")
		case w.Phase != canonical.Ended && w.Phase != "" && w.EndedBy != "":
			s.ask("by").note(c.noted, "stands beside a phase that is not the end")
		case waits && s.ask("waiting_for").kind == absent:
			s.ask("waiting_for").note(c.noted, "is missing: who must act next?")
		}
		for _, earlier := range all.at.entries[:i] {
			if c.made.same(earlier.name, e.name) {
				e.key.note(c.noted, "is mapped twice, first on line %d (upper and lower case are the same here)", earlier.key.line)
			}
		}
		s.close()
		c.made.words = append(c.made.words, w)
	}
}

func (c *compiler) options(all *section) (made []canonical.Option) {
	for _, e := range all.at.entries {
		s := all.section(e.name)
		o := canonical.Option{
			Name: e.name, Type: canonical.OptionType(s.choice("type")), Help: s.text("help"), Values: s.texts("values"),
			Offers: s.flag("offers"), Secret: s.flag("secret"),
		}
		kinds := s.formOf("operations").choices()
		for _, one := range s.many("operations") {
			if !slices.Contains(kinds, one.text) {
				one.note(c.noted, "%s", meant(one.text, kinds))
			}
			o.Operations = append(o.Operations, canonical.OperationKind(one.text))
		}
		if s.form.name == optionForm.name && s.ask("operations").kind == absent && !o.Offers {
			s.ask("operations").note(c.noted, "is missing: the operations it can be given with, such as [create], or offers: true")
		}
		s.close()
		made = append(made, o)
	}
	return made
}

// declaredNames is what expressions may look up by name, and how.
func (c *compiler) declaredNames() {
	setting, option, kept := map[string]string{}, map[string]string{}, map[string]string{}
	for _, s := range c.made.settings {
		setting[s.Name] = map[adapters.SettingKind]string{adapters.FlagSetting: "flag", adapters.IntegerSetting: "whole", adapters.ListSetting: ""}[s.Kind]
		if s.Kind == adapters.TextSetting || s.Kind == adapters.ChoiceSetting || s.Kind == adapters.DurationSetting {
			setting[s.Name] = "text"
		}
	}
	for _, o := range c.made.options {
		option[o.Name] = map[canonical.OptionType]string{canonical.TextOption: "text", canonical.BooleanOption: "flag", canonical.IntegerOption: "whole", canonical.ListOption: "list"}[o.Type]
	}
	c.keeps(c.root, kept)
	c.declared = map[string]map[string]string{"setting": setting, "option": option, "kept": kept}
}

// keeps gathers what readings keep, wherever they stand: in readings, or in the reply of a row.
func (c *compiler) keeps(at *node, into map[string]string) {
	for _, e := range at.entries {
		if e.name == "kept" && at.step != ".body" {
			for _, one := range e.node.entries {
				into[one.name] = "text"
			}
		}
		c.keeps(e.node, into)
	}
	for _, item := range at.items {
		c.keeps(item, into)
	}
}

// errors reads how the lender says no.
func (c *compiler) errors(s *section) {
	in := place{realm: ofReply}
	for _, at := range s.many("code") {
		c.made.code = append(c.made.code, c.leaf(at, in, textShape))
	}
	for _, at := range s.many("message") {
		c.made.message = append(c.made.message, c.leaf(at, in, textShape))
	}
	c.made.failures = c.failures(s, "rows", "")
	s.close()
}

func (c *compiler) assumptions(all []*section) {
	for _, s := range all {
		a := Assumption{s.text("at"), s.text("what"), s.text("why")}
		if a.At != "" && !c.root.leads(a.At) {
			s.ask("at").note(c.noted, "names no key of this contract")
		}
		s.close()
		c.made.assumed = append(c.made.assumed, a)
	}
}

// leads says whether a path such as operations.capture.key stands in the file.
func (n *node) leads(path string) bool {
	first, rest, more := strings.Cut(path, ".")
	if n.kind == list {
		return slices.ContainsFunc(n.items, func(one *node) bool { return one.leads(path) })
	}
	e := n.find(first)
	return e != nil && (!more || e.node.leads(rest))
}
