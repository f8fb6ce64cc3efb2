package certify

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/canonical"
)

func (t *teller) refuse(status int) adapters.Reply {
	return t.story.block.refusal()(status, strconv.Itoa(status))
}

// act does what a step says, as far as the order allows it, and answers.
func (t *teller) act(now time.Time, a arrival, acc *account, s *scene, why cause) adapters.Reply {
	if acc == nil || (s.number == 1 && acc.done > 0) {
		acc = t.open()
	}
	if s.ends() == endsDone && s.does != nothing {
		amount, currency, refusal := t.asked(a, acc, s)
		if refusal == 0 && !t.names(a, acc, s) {
			refusal = http.StatusUnprocessableEntity
		}
		if refusal != 0 {
			return t.refuse(refusal)
		}
		t.enter(acc, &deed{kind: s.does, amount: amount, currency: currency, at: now, attempt: a.by.attempt, row: s.row, why: why, late: a.late})
	} else if s.ends() == endsDone && why != asAsked {
		t.odd = append(t.odd, "a second "+s.row)
	}
	acc.turn(now, s.number)
	return t.replyOf(s, acc, s.sent.Reply)
}

// open begins an order at the lender.
func (t *teller) open() *account {
	acc := &account{}
	if n := len(t.accounts); n > 0 {
		acc.suffix = "-" + strconv.Itoa(n+1)
	}
	t.accounts = append(t.accounts, acc)
	return acc
}

// enter writes what happened. What is paid is reserved and taken.
func (t *teller) enter(acc *account, d *deed) {
	if d.kind == pay {
		taken := *d
		d.kind, taken.kind, taken.attempt = canonical.OpAuthorize, canonical.OpCapture, ""
		defer t.enter(acc, &taken)
	}
	acc.deeds = append(acc.deeds, d)
	t.deeds = append(t.deeds, d)
}

func (acc *account) turn(now time.Time, number int) {
	if number > acc.done {
		acc.done = number
		acc.past = append(acc.past, turn{now, number})
	}
}

// moved is what moved of an order in one way.
func (acc *account) moved(kind canonical.OperationKind) decimal.Decimal {
	return (&book{deeds: acc.deeds}).sum(kind)
}

// left is what can still move in one way.
func (t *teller) left(acc *account, kind canonical.OperationKind) decimal.Decimal {
	switch kind {
	case canonical.OpCapture, canonical.OpCancel:
		return acc.moved(canonical.OpAuthorize).Sub(acc.moved(canonical.OpCapture)).Sub(acc.moved(canonical.OpCancel))
	case canonical.OpRefund:
		return acc.moved(canonical.OpCapture).Sub(acc.moved(canonical.OpRefund))
	}
	return t.story.amount().Value.Decimal()
}

// amount is what the order is about, as recorded.
func (s *story) amount() canonical.Money { return s.scenes[0].command.Order.Amount }

// asked is how much a request is about, read as the lender reads it. A status: the lender refuses it.
func (t *teller) asked(a arrival, acc *account, s *scene) (amount decimal.Decimal, currency string, refusal int) {
	left, currency, body := t.left(acc, s.does), t.story.amount().Currency, parsed(a.Body)
	if s.fact.Currency != "" {
		if said, there := at(body, s.fact.Currency); there {
			currency, _ = said.(string)
		}
	}
	said, there := at(body, s.fact.Amount)
	whole := s.fact.Amount == "" || !there || (s.fact.Partial != nil && !*s.fact.Partial)
	if whole && !left.IsPositive() {
		t.no = "there is nothing left to " + string(s.does)
		return left, currency, http.StatusUnprocessableEntity
	}
	if whole {
		return left, currency, 0
	}
	amount, readable := figure(said, t.story.block.Form, currency)
	if s.fact.Is == "total" {
		amount = amount.Sub(acc.moved(s.does))
	}
	if !readable || !amount.IsPositive() || amount.GreaterThan(left) {
		t.no = fmt.Sprintf("at %s it reads %s, which is a %s of %s in the form that the lender block names (%s), and %s can move", s.fact.Amount, written(said), s.does, amount, t.story.block.Form, left)
		return amount, currency, http.StatusUnprocessableEntity
	}
	return amount, currency, 0
}

// names says whether a request names the capture that its step is about, where the lender wants it named.
func (t *teller) names(a arrival, acc *account, s *scene) bool {
	if s.fact.Capture == "" || s.command.Capture == nil {
		return true
	}
	said, there := at(parsed(a.Body), s.fact.Capture)
	called := t.name(s.command.Capture.Reference, s, acc, true)
	if there && called != "" && strings.Trim(string(written(said)), `"`) == called {
		return true
	}
	t.no = fmt.Sprintf("the capture is called %q, and at %s it reads %s", called, s.fact.Capture, written(said))
	return false
}

// figure reads an amount in the form of the lender.
func figure(said any, form adapters.AmountForm, currency string) (decimal.Decimal, bool) {
	text := strings.Trim(string(written(said)), `"`)
	amount, err := decimal.NewFromString(text)
	if err != nil || len(text) > 40 || strings.ContainsAny(text, "eE") {
		return decimal.Zero, false
	}
	if form == adapters.MinorInteger || form == minorString {
		digits, _ := canonical.Digits(currency)
		return amount.Shift(int32(-digits)), amount.IsInteger()
	}
	return amount, true
}

// happen has somebody do something at the lender.
func (t *teller) happen(now time.Time, s *scene) {
	acc := t.accounts[0]
	for _, other := range t.accounts {
		if id := t.order.ProviderOrder.ID; other.suffix != "" && strings.HasSuffix(id, other.suffix) {
			acc = other
		}
	}
	if s.ends() == endsDone && s.does != nothing {
		amount := t.left(acc, s.does)
		if s.Amount != "" {
			amount, _ = decimal.NewFromString(s.Amount)
		}
		t.enter(acc, &deed{kind: s.does, amount: amount, currency: t.story.amount().Currency, at: now})
	}
	acc.turn(now, s.number)
}

// replyOf is a recorded reply as it is given today.
func (t *teller) replyOf(s *scene, acc *account, recorded adapters.Reply) adapters.Reply {
	return t.retold(recorded, s, acc, reading{With: s.With, Without: s.Without}, true)
}

func (t *teller) retold(recorded adapters.Reply, s *scene, acc *account, change reading, shown bool) adapters.Reply {
	reply := adapters.Reply{Status: recorded.Status, Header: recorded.Header.Clone(), Body: recorded.Body}
	tree := parsed(recorded.Body)
	if tree == nil {
		return reply
	}
	tree = change.applied(tree)
	reply.Body = written(mapped(tree, func(text string) string { return t.placed(text, s, acc, shown) }))
	return reply
}

// applied is a tree with what a reading changes.
func (r reading) applied(tree any) any {
	for _, pointer := range sortedKeys(r.With) {
		tree, _ = put(tree, pointerSteps(pointer), copyOf(r.With[pointer].tree))
	}
	for _, pointer := range r.Without {
		tree = drop(tree, pointerSteps(pointer))
	}
	return tree
}

func copyOf(tree any) any { return mapped(tree, func(text string) string { return text }) }

// again is the reply of the case that answers a second request.
func (s *story) again(name string) adapters.Reply { return s.secondly[name] }

// read answers a read: as the order was when the lender last showed what it knew.
func (t *teller) read(now time.Time, a arrival) adapters.Reply {
	acc := t.named(a.path)
	if acc == nil || !t.addressed(acc, a) {
		return t.elsewhere(a)
	}
	for n := acc.visible(now.Add(-t.story.block.ShowsWithin)); n > 0; n-- {
		s := &t.story.scenes[n-1]
		if s.gone {
			return t.story.absent
		}
		if len(s.shows) > 0 {
			return t.show(s, acc, a)
		}
	}
	return t.story.absent
}

// addressed: reads are answered at the addresses that are recorded, and nowhere else.
func (t *teller) addressed(acc *account, a arrival) bool {
	last := &t.story.scenes[max(acc.done, 1)-1]
	return slices.ContainsFunc(t.story.others, func(one adaptertest.Recording) bool {
		return slices.ContainsFunc(one.Wire, func(c adaptertest.Crossing) bool { return t.renamed(c.Path, last, acc) == a.path })
	})
}

// visible is how many steps reads showed at a time.
func (acc *account) visible(at time.Time) (done int) {
	for _, turn := range acc.past {
		if !turn.at.After(at) {
			done = turn.done
		}
	}
	return done
}

// show answers with the recorded read of the same address, or with the first.
func (t *teller) show(s *scene, acc *account, a arrival) adapters.Reply {
	first := s.shows[0]
	crossing := first.crossings[0]
	for _, one := range s.shows {
		i := slices.IndexFunc(one.crossings, func(c adaptertest.Crossing) bool { return t.renamed(c.Path, s, acc) == a.path })
		if i >= 0 {
			first, crossing = one, one.crossings[i]
			break
		}
	}
	return t.retold(crossing.Reply, s, acc, first.reading, false)
}

// named finds the order that an address names: by the lender's ids, or by our number where the lender can search.
func (t *teller) named(path string) *account {
	words := strings.FieldsFunc(path, func(c rune) bool { return strings.ContainsRune("/?&=:", c) })
	for _, acc := range slices.Backward(t.accounts) {
		for _, id := range t.story.ids {
			if id != t.story.reference() && slices.Contains(words, id+acc.suffix) {
				return acc
			}
		}
	}
	number := t.order.ProviderOrder.Reference
	if len(t.accounts) > 0 && number != "" && slices.Contains(words, number) && (t.story.block.Searchable || slices.Contains(t.story.ids, t.story.reference())) {
		return t.accounts[0]
	}
	return nil
}

// elsewhere answers reads that are about no order, such as a probe, as recorded.
func (t *teller) elsewhere(a arrival) adapters.Reply {
	for _, other := range t.story.others {
		for _, c := range other.Wire {
			if c.Path == a.path && c.Method == a.Method && other.Query.Read == "probe" {
				return c.Reply
			}
		}
	}
	return t.story.absent
}
