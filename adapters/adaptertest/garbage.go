package adaptertest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/canonical"
)

// trash is bodies that no lender means.
var trash = []struct {
	name    string
	body    func(whole []byte) []byte
	notJSON bool
}{
	{"nothing", func([]byte) []byte { return nil }, false},
	{"null", func([]byte) []byte { return []byte("null") }, false},
	{"an empty object", func([]byte) []byte { return []byte("{}") }, false},
	{"a list", func([]byte) []byte { return []byte(`[null,7,"x",[],{}]`) }, false},
	{"text", func([]byte) []byte { return []byte(`"yes"`) }, false},
	{"a number", func([]byte) []byte { return []byte("7") }, false},
	{"half of it", func(whole []byte) []byte { return whole[:len(whole)/2] }, true},
	{"HTML", func([]byte) []byte { return []byte("<!doctype html><title>Sign in</title>") }, true},
	{"bytes", func([]byte) []byte { return []byte{0xff, 0xfe, 0x00, 0x7b} }, true},
	{"a deep nest", func([]byte) []byte { return []byte(strings.Repeat(`{"a":[`, 50000)) }, true},
	{"a megabyte", func([]byte) []byte { return []byte(strings.Repeat("a", 1<<20)) }, true},
	{"a long number", func([]byte) []byte { return []byte(strings.Repeat("9", 1<<16)) }, false},
}

func (s *suite) checkGarbage() []string {
	return s.each(func(one sample) []string {
		var all []string
		for i, a := range one.from.replies() {
			for _, garbage := range trash {
				answers := one.from.replies()
				answers[i].reply.Body = garbage.body(a.reply.Body)
				if garbage.notJSON && len(answers[i].reply.Body) == 0 {
					continue // half of nothing
				}
				all = append(all, one.judgeGarbage(s.again(one, answers...), garbage.name, garbage.notJSON)...)
			}
		}
		return all
	})
}

func (one sample) judgeGarbage(was played, name string, notJSON bool) []string {
	switch {
	case was.panicked != nil:
		return complain("%s: %s", name, was)
	case one.money() && one.row.Bare && !notJSON:
		return nil // a 2xx alone is this lender's yes
	case one.money():
		return doubtful(was, name)
	case was.err != nil || notJSON:
		return failing(was, canonical.ProviderGarbled, name)
	}
	if report, is := was.gives.(canonical.Report); is && (report.Finding == canonical.Found || report.Finding == canonical.Absent) {
		return complain("%s: %s, and it says nothing", name, was)
	}
	return nil
}

// bentText may be what an id happens to be.
const bentText = "x"

// bends is what a piece of a reply may turn into.
var bends = []any{nil, "", bentText, json.Number("-1"), json.Number("1e999999999"), json.Number(strings.Repeat("9", 400)), true, []any{}, map[string]any{"a": nil}}

func (s *suite) checkPieces() []string {
	return s.each(func(one sample) []string {
		var all []string
		for i, a := range one.from.replies() {
			body := parsed(a.reply.Body)
			if body == nil {
				continue
			}
			for _, bend := range bends {
				bent := variants(body, bend)
				for _, path := range slices.Sorted(maps.Keys(bent)) {
					answers := one.from.replies()
					answers[i].reply.Body = written(bent[path])
					all = append(all, one.judgePiece(s.again(one, answers...), fmt.Sprintf("%s is %.20v", path, bend))...)
				}
			}
		}
		return all
	})
}

// judgePiece: a result that still confirms says all that the whole reply said of the movement.
func (one sample) judgePiece(was played, when string) []string {
	if was.panicked != nil {
		return complain("%s: %s", when, was)
	}
	if was.err != nil {
		kind := canonical.KindOf(was.err)
		if one.money() || kind != canonical.ProviderGarbled {
			return complain("%s: %s", when, was)
		}
		return nil
	}
	now, is := was.gives.(canonical.Outcome)
	if !is || !one.money() || now.State == canonical.Doubtful {
		return nil
	}
	before := one.was.gives.(canonical.Outcome)
	var f findings
	f.when(now.Reference != before.Reference && now.Reference != bentText, "%s: %s with reference %q", when, was, now.Reference)
	f.when(wordOf(now) != wordOf(before), "%s: %s with word %q", when, was, wordOf(now))
	f.when(now.Moved != nil && (before.Moved == nil || !now.Moved.Equal(*before.Moved)), "%s: %s of another amount", when, was)
	return f
}

func wordOf(o canonical.Outcome) string {
	if o.Sighting == nil {
		return ""
	}
	return o.Sighting.Word
}

func (s *suite) checkFigures() []string {
	return s.each(func(one sample) []string {
		all := s.checkOwnOrder(one)
		outcome, is := one.was.gives.(canonical.Outcome)
		if !is || !one.money() {
			return all
		}
		cmd := one.from.command
		if outcome.Moved != nil {
			tenth := cmd.Amount.With(canonical.AmountOf(cmd.Amount.Value.Decimal().Shift(-1)))
			all = append(all, s.other(one, isFigure(string(s.definition.Figure(cmd.Amount))), parsed(s.definition.Figure(tenth)), "another amount")...)
		}
		all = append(all, s.other(one, isText(cmd.Amount.Currency), "XCG", "another currency")...)
		return append(all, s.other(one, isText(cmd.Reference), "another-reference", "another reference")...)
	})
}

// other plays a sample with something other than asked, where its replies name it.
func (s *suite) other(one sample, fits func(any) bool, by any, what string) []string {
	answers, changed := one.with(fits, by)
	if changed == 0 {
		return nil
	}
	return doubtful(s.again(one, answers...), what)
}

// checkOwnOrder: a read that is answered with another order than asked for is garbled.
func (s *suite) checkOwnOrder(one sample) []string {
	if one.from.query == nil || one.from.query.Order.ProviderOrder.ID == "" {
		return nil
	}
	answers, changed := one.with(isText(one.from.query.Order.ProviderOrder.ID), "another-order")
	if changed == 0 {
		return nil
	}
	return failing(s.again(one, answers...), canonical.ProviderGarbled, "another order")
}
