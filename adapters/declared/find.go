package declared

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// find is how an attempt is looked for.
type find struct {
	create   []*read // how the order itself is; nil: it is not
	movement bool    // whether movements are, in what sync shows
}

// errors are those of the read that it begins with.
func (f *find) errors(r *reads) []adapters.Failure {
	if ways := slices.Concat(r.sync, f.create); len(ways) > 0 {
		return ways[0].errors
	}
	return nil
}

// search looks for an attempt: for the order where it was a create, else for our reference among the
// movements the lender lists.
func (r *reads) search(ctx context.Context, call adapters.Caller, a asked) (canonical.Report, error) {
	mute := canonical.Report{Finding: canonical.Mute}
	create := a.Query.Attempt == nil || a.Query.Attempt.Kind == canonical.OpCreate
	switch {
	case create && r.find.create != nil:
		report, _, err := choose(ctx, call, a, r.find.create)
		return report, err
	case create || !r.find.movement:
		return mute, nil
	}
	report, seen, err := choose(ctx, call, a, r.sync)
	if err != nil || report.Finding != canonical.Found {
		return mute, err
	}
	return among(report, seen, &a.Query), nil
}

// among is what a list of movements says of an attempt.
func among(report canonical.Report, seen looked, q *canonical.Query) canonical.Report {
	attempt := q.Attempt
	var ours []canonical.Seen
	contrary, nameless := false, false
	for _, one := range report.Sighting.Seen {
		nameless = nameless || (one.Kind == attempt.Kind && one.Reference == "") // it may be ours
		if one.Reference == "" || one.Reference != attempt.Reference {
			continue
		}
		ours = append(ours, one)
		contrary = contrary || one.Kind != attempt.Kind || !one.Amount.Equal(ours[0].Amount)
	}
	switch {
	case contrary:
		report.Finding = canonical.Contrary
	case len(ours) > 0:
		report.Seen = &ours[0]
	case !nameless && !seen.whole.mentions(attempt.Reference) && seen.by.order.lists(attempt.Kind, seen.whole) && listsAll(report.Sighting, &q.Order, attempt.Kind):
		report.Finding = canonical.Absent
	default:
		report.Finding = canonical.Mute
	}
	return report
}

// listsAll says whether the movements of a kind come to what the lender says has moved in all. A list
// that lacks some of it proves nothing.
func listsAll(s *canonical.Sighting, o *canonical.Order, kind canonical.OperationKind) bool {
	sum, total := decimal.Zero, movedOf(s, kind)
	if kind == canonical.OpCancel {
		total = givenBack(s, o)
	}
	for _, one := range s.Seen {
		if one.Kind == kind {
			sum = sum.Add(one.Amount.Value.Decimal())
		}
	}
	return total != nil && sum.Equal(total.Decimal())
}

// givenBack is what is missing of the authorization as our books have it; nil where the lender does not say.
func givenBack(s *canonical.Sighting, o *canonical.Order) *canonical.Amount {
	if s.Net == nil || o.Totals.Authorized.Less(*s.Net) {
		return nil
	}
	missing := o.Totals.Authorized.Sub(*s.Net)
	return &missing
}

func (c *compiler) find(s *section) {
	f := &find{}
	c.made.reads.find = f
	if at := s.ask("create"); at.kind != text || at.text != "none" {
		f.create = c.ways(s, "create", c.orderRead)
	}
	f.movement = s.choice("movement") == "sync"
	if f.movement && !slices.ContainsFunc(c.made.reads.sync, func(r *read) bool { return r.order == nil || len(r.order.seen) > 0 }) {
		s.ask("movement").note(c.noted, "looks in what sync shows, and no sync lists movements under seen")
	}
	s.close()
}
