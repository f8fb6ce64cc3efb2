package adaptertest

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"strings"

	"github.com/lendgate/lendgate/canonical"
)

// evil makes answers that no honest lender gives, out of recorded ones.
type evil struct {
	*rand.Rand
	suite *suite
	one   sample
	ids   []string // what the question names the order and the movement by
}

// leaves are those of a value that are neither object nor list.
func (n *node) leaves() (all []*node) {
	n.walk(func(n *node) {
		if n.leaf() {
			all = append(all, n)
		}
	})
	return all
}

// parents are the objects and lists that have something in them.
func (n *node) parents() (all []*node) {
	n.walk(func(n *node) {
		if len(n.members) > 0 {
			all = append(all, n)
		}
	})
	return all
}

func pick[T any](e *evil, from []T) T { return from[e.IntN(len(from))] }

// bend is a way to change what an answer says.
type bend struct {
	name string
	bend func(e *evil, n *node) // n has something in it
}

// twists are the bends. Each leaves JSON; what does not is a tear.
var twists = []bend{
	{"leaf", func(e *evil, n *node) { e.leaf(n).text = e.text(n) }},
	{"figure", func(e *evil, n *node) { e.figure(n) }},
	{"word", func(e *evil, n *node) { e.leaf(n).text = quoted(e.word()) }},
	{"type", func(e *evil, n *node) { *e.leaf(n) = e.otherType() }},
	{"another order", func(e *evil, n *node) { e.rename(n) }},
	{"swap", func(e *evil, n *node) { a, b := e.leaf(n), e.leaf(n); *a, *b = *b, *a }},
	{"gone", func(e *evil, n *node) {
		p, i := e.place(n)
		p.members = append(p.members[:i:i], p.members[i+1:]...)
	}},
	{"renamed", func(e *evil, n *node) {
		p, i := e.place(n)
		p.members[i].name = pick(e, []string{strings.ToUpper(p.members[i].name), p.members[i].name + "_", "x", ""})
	}},
	{"twice", func(e *evil, n *node) { e.twice(n) }},
	{"wrapped", func(e *evil, n *node) {
		p, i := e.place(n)
		p.members[i].value = &node{object: e.IntN(2) == 0, list: true, members: []member{{pick(e, []string{"data", "order", "x"}), p.members[i].value}}}
	}},
	{"unwrapped", func(e *evil, n *node) { p, i := e.place(n); *n = *p.members[i].value }},
	{"repeated", func(e *evil, n *node) { e.repeat(n) }},
	{"error beside it", func(e *evil, n *node) {
		name := pick(e, []string{"error", "errors", "message", "code", "title"})
		value := pick(e, []string{`"refused"`, `[{"detail":"refused"}]`, `["refused"]`, `{"code":"refused","message":"no"}`, "4424"})
		n.members = append(n.members, member{name, &node{text: value}})
	}},
}

func quoted(text string) string { return string(written(text)) }

func (e *evil) leaf(n *node) *node {
	all := n.leaves()
	if len(all) == 0 {
		return &node{}
	}
	return pick(e, all)
}

func (e *evil) place(n *node) (parent *node, at int) {
	parent = pick(e, n.parents())
	return parent, e.IntN(len(parent.members))
}

// text is some text in place of another.
func (e *evil) text(n *node) string {
	return pick(e, []func() string{
		func() string {
			return pick(e, []string{`""`, `" "`, `"x"`, `"\u0000"`, `"\ufeff"`, "\"\xff\"", `"null"`, `"../.."`})
		},
		func() string { return quoted(strings.Repeat("9", 1<<e.IntN(14))) },
		func() string { return quoted(pick(e, e.ids)) },
		func() string { return quoted(e.near(pick(e, e.ids))) },
		func() string { return e.leaf(n).text },
		func() string { return quoted(pick(e, []string{"USD", "EUR", "GBP", "SEK", "USDT", "usd", "XXX", ""})) },
	})()
}

// near is a text that a careless eye takes for another.
func (e *evil) near(text string) string {
	return pick(e, []string{text + " ", " " + text, strings.ToUpper(text), strings.ToLower(text), text + "\u200b", text + "0", strings.TrimSuffix(text, text[max(0, len(text)-1):]), "other-" + text})
}

func (e *evil) word() string {
	words := e.suite.definition.Words
	word := unheard
	if len(words) > 0 && e.IntN(4) > 0 {
		word = pick(e, words).Word
	}
	if e.IntN(4) == 0 {
		word = e.near(word)
	}
	return word
}

func (e *evil) otherType() node {
	return pick(e, []node{{text: "null"}, {text: "true"}, {text: "false"}, {text: "0"}, {text: "-1"}, {text: "7"}, {object: true}, {list: true},
		{text: strings.Repeat("9", 400)}, {text: "1e999999999"}, {text: "1e-9"}, {text: strings.Repeat("[", 500) + strings.Repeat("]", 500)}})
}

// figure changes a figure of an answer, or puts what was asked for where another stands.
func (e *evil) figure(n *node) {
	var all []*node
	for _, leaf := range n.leaves() {
		if bytes.ContainsAny([]byte(leaf.text), "0123456789") && !bytes.ContainsAny([]byte(leaf.text), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:_") {
			all = append(all, leaf)
		}
	}
	if len(all) == 0 {
		return
	}
	one := pick(e, all)
	text := strings.Trim(one.text, `"`)
	if cmd := e.one.from.command; cmd != nil && e.IntN(3) == 0 {
		text = string(e.suite.definition.Figure(pick(e, []canonical.Money{cmd.Amount, cmd.Order.Amount, cmd.Amount.With(cmd.Order.Totals.Net())})))
		text = strings.Trim(text, `"`)
	}
	text = pick(e, []string{text, text + "0", text + "000000000", text + "1", text + ".0", text + ".01", "0" + text, "-" + text, "+" + text, text + "e0", text + "e1",
		"1" + text, strings.Replace(text, ".", ",", 1), strings.Replace(text, ".", "", 1), text[:max(1, len(text)-1)], " " + text, text + " " + text, strings.Repeat(text, 30), "0x" + text})
	if one.text = text; e.IntN(2) == 0 || !json.Valid([]byte(text)) {
		one.text = quoted(text)
	}
}

// rename tells, all through, of another order, another movement or another customer.
func (e *evil) rename(n *node) {
	from := quoted(pick(e, e.ids))
	to := quoted(e.near(pick(e, e.ids)))
	for _, leaf := range n.leaves() {
		if leaf.text == from {
			leaf.text = to
		}
	}
}

// twice says a thing twice in one object, in two ways.
func (e *evil) twice(n *node) {
	p, i := e.place(n)
	again := p.members[i]
	again.value = &node{text: e.text(n)}
	if p.object && e.IntN(2) == 0 {
		again.name = pick(e, []string{strings.ToUpper(again.name), strings.ToTitle(again.name), strings.ReplaceAll(again.name, "s", "ſ")})
	}
	at := e.IntN(len(p.members) + 1)
	p.members = append(p.members[:at:at], append([]member{again}, p.members[at:]...)...)
}

// repeat gives a list one of its values once more, with something about it changed.
func (e *evil) repeat(n *node) {
	for _, p := range n.parents() {
		if !p.list || e.IntN(2) == 0 {
			continue
		}
		copied, err := readNode(pick(e, p.members).value.write())
		if err != nil {
			return
		}
		if e.IntN(2) == 0 {
			e.figure(copied)
		}
		p.members = append(p.members, member{"", copied})
		return
	}
}

// tear is a way to spoil an answer's bytes.
type tear struct {
	name string
	tear func(e *evil, text []byte) []byte
}

var tears = []tear{
	{"cut", func(e *evil, text []byte) []byte { return text[:e.IntN(len(text)+1)] }},
	{"flipped", func(e *evil, text []byte) []byte {
		other := bytes.Clone(text)
		for range 1 + e.IntN(3) {
			other[e.IntN(len(other))] ^= 1 << e.IntN(8)
		}
		return other
	}},
	{"more behind it", func(e *evil, text []byte) []byte {
		return append(bytes.Clone(text), pick(e, []string{" ", "\n", "{}", "x", string(text), "\x00"})...)
	}},
	{"more before it", func(e *evil, text []byte) []byte {
		return append([]byte(pick(e, []string{" ", "\ufeff", "{", ")]}',\n", "<html>"})), text...)
	}},
	{"trash", func(e *evil, text []byte) []byte { return pick(e, trash[:9]).body(text) }},
	{"spaces", func(_ *evil, text []byte) []byte { return append(bytes.Repeat([]byte(" \r\n\t"), 1000), text...) }},
}

// strange are statuses beside the recorded one.
var strange = []int{0, 100, 199, 200, 201, 202, 204, 206, 226, 299, 300, 301, 302, 304, 307, 308, 400, 401, 402, 403, 404, 405, 408, 409, 410, 418, 422, 425, 429, 451, 500, 501, 502, 503, 504, 599, 600, 999}

// answer makes an answer out of a recorded one, and says what was done to it.
func (e *evil) answer(from answer) (answer, []string) {
	var did []string
	to := answer{from.reach, from.reply}
	to.reply.Header = from.reply.Header.Clone()
	for e.IntN(10) > 2 && len(did) < 4 {
		n, err := readNode(to.reply.Body)
		if err != nil || len(n.members) == 0 {
			break
		}
		twist := pick(e, twists)
		twist.bend(e, n)
		to.reply.Body = n.write()
		did = append(did, twist.name)
	}
	if len(to.reply.Body) > 0 && e.IntN(8) == 0 {
		torn := pick(e, tears)
		to.reply.Body = torn.tear(e, to.reply.Body)
		did = append(did, torn.name)
	}
	if e.IntN(6) == 0 {
		to.reply.Status = pick(e, strange)
		did = append(did, "status")
	}
	if to.reply.Header == nil {
		to.reply.Header = http.Header{}
	}
	return to, did
}
