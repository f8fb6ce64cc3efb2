package adaptertest

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// judgeEvil says what is wrong with what came of an answer.
func (s *suite) judgeEvil(one sample, was played, answers []answer, repeat bool) []string {
	if was.panicked != nil {
		return complain("%s", was)
	}
	answers = answers[:min(len(answers), len(was.wires))] // the others were not asked for
	if report, is := was.gives.(canonical.Report); is {
		return s.judgeReport(one, was, report, answers)
	}
	last := answers[0].reply
	if one.money() {
		if wrong := s.judgeMoney(one, was, last, repeat); len(wrong) > 0 {
			return wrong
		}
	}
	outcome := was.gives.(canonical.Outcome)
	if was.err != nil || outcome.Sighting == nil {
		return nil
	}
	return append(invented(one, *outcome.Sighting, answers), s.inventedFigures(one, *outcome.Sighting, answers)...)
}

func (s *suite) judgeMoney(one sample, was played, last adapters.Reply, repeat bool) []string {
	outcome, yes := was.gives.(canonical.Outcome), s.yesOf(one.row)
	asked := s.asked(one.from.command, repeat)
	two := last.Status >= 200 && last.Status <= 299
	replays := repeat && one.row.Key.ReplaysRefusals
	var f findings
	switch {
	case was.err != nil:
		f.when(two, "certainly not done, by a 2xx: %v", was.err)
		f.when(repeat && !(replays && canonical.KindOf(was.err) == canonical.Refused), "a repeat proves that it was not done: %v", was.err)
	case outcome.State == canonical.Succeeded:
		f.when(outcome.Moved != nil && !outcome.Moved.Equal(asked.Amount), "succeeded, and moved %s", outcome.Moved)
		if missing := yes.lacks(asked, one.row, last, true); len(missing) > 0 {
			f.when(true, "succeeded, and the answer does not say so at %q", missing)
		}
		f.when(outcome.Reference != "" && !mentions([]answer{{reply: last}}, outcome.Reference), "the movement is called %q, which the answer does not", outcome.Reference)
	case outcome.State == canonical.Waiting:
		if missing := yes.lacks(asked, one.row, last, false); len(missing) > 0 {
			f.when(true, "pending, and the answer does not say so at %q", missing)
		}
	case outcome.State == canonical.Declined:
		f.when(!slices.Contains(ofCustomers, one.row.Kind), "a no to %s is no decline", one.row.Kind)
		f.when(two && !yes.declines(last), "declined by a 2xx that does not decline")
		f.when(repeat && !replays, "a repeat proves a decline")
	default:
		f.when(outcome.State != canonical.Doubtful, "the outcome is %q", outcome.State)
	}
	return f
}

// mentions says whether a text stands anywhere in answers.
func mentions(answers []answer, text string) bool {
	return slices.ContainsFunc(answers, func(a answer) bool {
		n, err := readNode(a.reply.Body)
		return err == nil && slices.ContainsFunc(n.leaves(), func(leaf *node) bool { return leaf.value() == text })
	})
}

// invented: what an order is called is what the answer calls it, or what we do.
func invented(one sample, seen canonical.Sighting, answers []answer) []string {
	var f findings
	for _, name := range []string{seen.ID, seen.Reference} {
		f.when(name != "" && !slices.Contains(one.names(), name) && !mentions(answers, name), "the order is called %q, which the answer does not", name)
	}
	return f
}

// inventedFigures: a figure is one that an answer has, or our books, or a sum or difference of two.
func (s *suite) inventedFigures(one sample, seen canonical.Sighting, answers []answer) []string {
	all := s.figures(one, answers)
	var f findings
	check := func(name string, amount *canonical.Amount) {
		if amount == nil {
			return
		}
		known := slices.ContainsFunc(all, func(a decimal.Decimal) bool {
			return slices.ContainsFunc(all, func(b decimal.Decimal) bool {
				return amount.Decimal().Equal(a.Add(b)) || amount.Decimal().Equal(a.Sub(b))
			})
		})
		f.when(!known, "%s is %s, which neither the answer nor the books have", name, amount)
	}
	if seen.Amount != nil {
		check("the amount", &seen.Amount.Value)
	}
	check("what stands of it", seen.Net)
	check("what was captured", seen.Captured)
	check("what was refunded", seen.Refunded)
	check("what the lender added", seen.Fees)
	return f
}

func (s *suite) figures(one sample, answers []answer) []decimal.Decimal {
	order, currency := canonical.Order{}, ""
	if q := one.from.query; q != nil {
		order = q.Order
	}
	all := []decimal.Decimal{decimal.Zero}
	if cmd := one.from.command; cmd != nil {
		order, currency = cmd.Order, cmd.Amount.Currency
		all = append(all, cmd.Amount.Value.Decimal())
	}
	if currency == "" {
		currency = s.definition.Currencies[0]
	}
	ledger := order.Totals.Ledger
	all = append(all, order.Amount.Value.Decimal(), ledger.Authorized.Decimal(), ledger.Captured.Decimal(), ledger.Canceled.Decimal(), ledger.Refunded.Decimal())
	for _, a := range answers {
		n, err := readNode(a.reply.Body)
		if err != nil {
			continue
		}
		for _, leaf := range n.leaves() {
			if figure, is := figureOf(leaf.value(), s.definition.Amounts, s.definition.CurrencyDigits(currency)); is {
				all = append(all, figure)
			}
		}
	}
	return all
}

// judgeReport: a read is about the order that was asked about, and shows no absence of what is there.
func (s *suite) judgeReport(one sample, was played, report canonical.Report, answers []answer) []string {
	var f findings
	if was.err != nil {
		f.when(canonical.KindOf(was.err) == canonical.Internal, "%s", was)
		return f
	}
	q := one.from.query
	if seen := report.Sighting; seen != nil {
		order := q.Order.ProviderOrder
		f.when(order.ID != "" && !sameID(seen.ID, order.ID, s.FoldIDs), "asked for %q, told of %q", order.ID, seen.ID)
		ours := seen.Reference == order.Reference || (seen.Reference == "" && mentions(answers, order.Reference))
		f.when(order.ID == "" && order.Reference != "" && !ours, "asked for number %q, told of %q", order.Reference, seen.Reference)
		currency := q.Order.Amount.Currency
		f.when(seen.Amount != nil && currency != "" && seen.Amount.Currency != currency, "told of %s, the order is in %s", seen.Amount, currency)
		f = append(f, invented(one, *seen, answers)...)
		f = append(f, s.inventedFigures(one, *seen, answers)...)
	}
	if seen := report.Seen; seen != nil {
		f.when(seen.Reference != q.Attempt.Reference || seen.Kind != q.Attempt.Kind, "looked for %s %q, found %s %q", q.Attempt.Kind, q.Attempt.Reference, seen.Kind, seen.Reference)
	}
	if report.Finding == canonical.Absent {
		f.when(!s.showsAbsence(one, answers), "absent, and the answers do not show it")
	}
	return f
}

// showsAbsence: an order is absent by a 404, or by a list without its number; a movement by a list without its reference.
func (s *suite) showsAbsence(one sample, answers []answer) bool {
	name, number := s.Number, one.from.query.Order.ProviderOrder.Reference
	if attempt := one.from.query.Attempt; attempt != nil && attempt.Kind != canonical.OpCreate {
		name, number = s.Mark, attempt.Reference
	}
	for _, a := range answers {
		n, err := readNode(a.reply.Body)
		switch {
		case a.reply.Status == 404:
			return true
		case err != nil:
			return false
		}
		listed := false
		n.walk(func(n *node) {
			listed = listed || n.look(name) == number
		})
		if listed {
			return false
		}
	}
	return true
}
