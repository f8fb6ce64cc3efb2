package lender

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// Fact is what an answer can say wrongly.
type Fact string

// The facts. A status is any word of the lender's that tells how something stands.
const (
	Status   Fact = "status"
	Amount   Fact = "amount"
	Currency Fact = "currency"
)

// StrangeWord is a word that no lender knows.
const StrangeWord = "UNHEARD_OF"

// Lie is one place where answers name a fact, and what can be said there instead.
type Lie struct {
	Of    []string // the operations whose answers have the place
	Fact  Fact
	Path  string   // names of members from the outside in, with dots between; a number is an element of a list
	Words []string // those the lender uses there; none for an amount
}

// Tell returns the body with the n-th wrong thing said at the place. It is false where the body has
// no such place, or a status that is not among the words.
func (l Lie) Tell(body []byte, n int) (told []byte, possible bool) {
	if l.Fact == Amount {
		return change(body, l.path(), func(raw json.RawMessage) (json.RawMessage, bool) { return otherAmount(raw, n) })
	}
	return change(body, l.path(), func(raw json.RawMessage) (json.RawMessage, bool) {
		said, known := l.word(raw)
		others := slices.DeleteFunc(slices.Clone(l.Words), func(word string) bool { return word == said })
		if !known || len(others) == 0 {
			return nil, false
		}
		return quote(others[n%len(others)]), true
	})
}

// Strange returns the body with StrangeWord said at the place, where Tell would be possible.
func (l Lie) Strange(body []byte) (told []byte, possible bool) {
	return change(body, l.path(), func(raw json.RawMessage) (json.RawMessage, bool) {
		_, known := l.word(raw)
		return quote(StrangeWord), known
	})
}

func (l Lie) path() []string { return strings.Split(l.Path, ".") }

// word reads what is said and says whether it is something that this lie is about. Places of several
// meanings are told apart by their words; there are more currencies than any list names.
func (l Lie) word(raw json.RawMessage) (said string, known bool) {
	if json.Unmarshal(raw, &said) != nil || said == "" {
		return "", false
	}
	return said, l.Fact == Currency || slices.Contains(l.Words, said)
}

func quote(word string) json.RawMessage { return json.RawMessage(strconv.Quote(word)) }

// otherAmount is one unit of the last whole place more, or for odd n less, spelled alike.
func otherAmount(raw json.RawMessage, n int) (json.RawMessage, bool) {
	text := strings.Trim(string(raw), `"`)
	said, err := decimal.NewFromString(text)
	if err != nil {
		return nil, false
	}
	other := said.Add(decimal.NewFromInt(1))
	if less := said.Sub(decimal.NewFromInt(1)); n%2 == 1 && less.IsPositive() {
		other = less
	}
	return json.RawMessage(strings.Replace(string(raw), text, other.StringFixed(-said.Exponent()), 1)), true
}

// change puts something else at a path of a JSON value. Members on the way are written in the order of
// their names.
func change(raw json.RawMessage, path []string, to func(json.RawMessage) (json.RawMessage, bool)) (json.RawMessage, bool) {
	if len(path) == 0 {
		return to(raw)
	}
	if i, err := strconv.Atoi(path[0]); err == nil {
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil || i >= len(list) {
			return nil, false
		}
		inner, possible := change(list[i], path[1:], to)
		list[i] = inner
		return written(list, possible)
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil || members[path[0]] == nil {
		return nil, false
	}
	inner, possible := change(members[path[0]], path[1:], to)
	members[path[0]] = inner
	return written(members, possible)
}

func written(whole any, possible bool) (json.RawMessage, bool) {
	if !possible {
		return nil, false
	}
	text, err := json.Marshal(whole)
	return text, err == nil
}
