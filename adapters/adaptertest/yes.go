package adaptertest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// Yes is what a reply must say to be a row's yes: the lender's documents once more, told apart from the
// code that reads the reply.
type Yes struct {
	Row  string
	Says []Said
	Also func(Asked, Look) bool // what no single place says beside the word; nil: nothing
	No   func(Look) bool        // a 2xx may say that the lender declines; nil: it may not
}

// Said is what stands in one place of a reply.
type Said struct {
	At  string // such as /order/amount
	Is  Claim
	May bool // it may be missing, null or empty
}

// Asked is what a reply is about.
type Asked struct {
	canonical.Command
	Repeat bool
	fold   bool
	form   adapters.AmountForm
	digits int
}

// Look returns what stands at a path: a text, a json.Number, a bool; nil where nothing does.
type Look func(path string) any

// Claim says whether a place of a reply says what it must.
type Claim struct {
	word  bool
	holds func(Asked, *node) bool
}

// claim is one about a leaf.
func claim(holds func(Asked, any) bool) Claim {
	return Claim{holds: func(a Asked, n *node) bool { return n.leaf() && holds(a, n.value()) }}
}

// The claims.
var (
	TheOrder     = claim(func(a Asked, leaf any) bool { return sameID(leaf, a.Order.ProviderOrder.ID, a.fold) })
	TheReference = claim(func(a Asked, leaf any) bool { return leaf == a.Reference })
	TheCapture   = claim(func(a Asked, leaf any) bool { return a.Capture != nil && leaf == a.Capture.Reference })
	TheCurrency  = claim(func(a Asked, leaf any) bool { return leaf == a.Amount.Currency })
	TheAmount    = Figure(func(a Asked) canonical.Amount { return a.Amount.Value })
	AText        = claim(func(_ Asked, leaf any) bool { text, is := leaf.(string); return is && text != "" })
	AnyFigure    = claim(func(a Asked, leaf any) bool { _, is := figureOf(leaf, a.form, a.digits); return is })
	NotBefore    = claim(func(a Asked, leaf any) bool { return a.Repeat || leaf == false })
	NoComplaint  = Claim{holds: func(_ Asked, n *node) bool { return !n.complains() }}
)

// complains says whether a place meant for errors holds any: a sentence, or a list of them.
func (n *node) complains() bool {
	text, _ := n.value().(string)
	sentence := func(m member) bool { return !m.value.object && m.value.complains() }
	detail := func(m member) bool {
		return m.value.object && m.value.at("/detail") != nil && m.value.at("/detail").complains()
	}
	return text != "" || (n.list && (slices.ContainsFunc(n.members, sentence) || slices.ContainsFunc(n.members, detail)))
}

func sameID(leaf any, id string, fold bool) bool {
	text, is := leaf.(string)
	return is && (text == id || (fold && strings.EqualFold(text, id)))
}

// Figure is an amount as the lender writes it.
func Figure(of func(Asked) canonical.Amount) Claim {
	return claim(func(a Asked, leaf any) bool { return a.IsFigure(leaf, of(a)) })
}

// IsFigure says whether a leaf is an amount as the lender writes it.
func (a Asked) IsFigure(leaf any, amount canonical.Amount) bool {
	want := amount.Decimal()
	if a.form == adapters.MinorInteger {
		want = want.Shift(int32(a.digits))
	}
	return leaf != nil && isFigure(want.String())(leaf)
}

// Exactly is one of these values.
func Exactly(values ...any) Claim {
	return claim(func(_ Asked, leaf any) bool { return slices.Contains(values, leaf) })
}

// Word is one of the lender's words, in any case: whether case matters the vocabulary says.
func Word(words ...string) Claim {
	c := claim(func(_ Asked, leaf any) bool {
		text, is := leaf.(string)
		return is && slices.ContainsFunc(words, func(word string) bool { return strings.EqualFold(word, text) })
	})
	c.word = true
	return c
}

func (s *suite) asked(cmd *canonical.Command, repeat bool) Asked {
	return Asked{*cmd, repeat, s.FoldIDs, s.definition.Amounts, s.definition.CurrencyDigits(cmd.Amount.Currency)}
}

func (s *suite) yesOf(row *adapters.Exchange) *Yes {
	for i := range s.Yes {
		if s.Yes[i].Row == row.Name {
			return &s.Yes[i]
		}
	}
	return nil
}

func (s *suite) checkDeclaredYes() []string {
	return s.each(func(one sample) []string {
		var f findings
		yes := s.yesOf(one.row)
		if one.from.command == nil || one.row.Local {
			return nil
		}
		f.when(yes == nil, "the harness does not tell what its yes is")
		if yes != nil {
			answers, done := one.from.replies(), one.was.gives.(canonical.Outcome).State == canonical.Succeeded
			f = append(f, yes.lacks(s.asked(one.from.command, one.from.Repeat), one.row, answers[len(answers)-1].reply, done)...)
		}
		return f
	})
}

// lacks lists what a reply does not say that a yes must. words is false where it need not be the yes.
func (y *Yes) lacks(asked Asked, row *adapters.Exchange, reply adapters.Reply, words bool) []string {
	if reply.Status < 200 || reply.Status > 299 {
		return []string{http.StatusText(reply.Status)}
	}
	if silent := strings.TrimSpace(string(reply.Body)) == ""; silent && (row.Bare || len(y.Says) == 0) {
		return nil
	}
	said, err := readNode(reply.Body)
	if err != nil {
		return []string{"JSON"}
	}
	if said.twice() {
		return []string{"one meaning of each name"}
	}
	var missing []string
	for _, one := range y.Says {
		found := said.at(one.At)
		absent := found == nil || found.text == "null" || found.text == `""`
		switch {
		case absent && (one.May || row.Bare), one.Is.word && !words:
		case absent, !one.Is.holds(asked, found):
			missing = append(missing, one.At)
		}
	}
	if words && y.Also != nil && !y.Also(asked, said.look) {
		missing = append(missing, "the rest")
	}
	return missing
}

func (n *node) look(path string) any {
	found := n.at(path)
	if found == nil || !found.leaf() {
		return nil
	}
	return found.value()
}

// declines says whether a reply is one in which the lender says no with a 2xx.
func (y *Yes) declines(reply adapters.Reply) bool {
	said, err := readNode(reply.Body)
	return y.No != nil && err == nil && y.No(said.look)
}

// figureOf reads a leaf that is a plain figure.
func figureOf(leaf any, form adapters.AmountForm, digits int) (decimal.Decimal, bool) {
	text := strings.Trim(string(written(leaf)), `"`)
	if len(text) > 60 || strings.ContainsAny(text, "eE") {
		return decimal.Zero, false
	}
	figure, err := decimal.NewFromString(text)
	if form == adapters.MinorInteger {
		figure = figure.Shift(int32(-digits))
	}
	return figure, err == nil
}
