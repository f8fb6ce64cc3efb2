package engine

import (
	"context"

	"github.com/lendgate/lendgate/canonical"
)

// ask reads an order whose operation the lender decides later.
func (e *Engine) ask(ctx context.Context, d *doubt, by canonical.FoundBy) (settlement, error) {
	if found, conclusive := e.compare(ctx, d); conclusive && found.err == nil {
		return e.conclude(ctx, d, found, by)
	}
	return d.settlement, e.reschedule(ctx, d.op.ID)
}

// compare reads the order at the lender and takes what it says as evidence about the attempt.
func (e *Engine) compare(ctx context.Context, d *doubt) (finding, bool) {
	report, err := d.provider.Read(ctx, canonical.Query{Read: "sync", Order: d.order, Attempt: &d.attempt})
	if err != nil || report.Finding == canonical.Mute {
		return finding{}, false
	}
	if report.Finding == canonical.Absent {
		return e.absent(d, report)
	}
	return e.weigh(d, report, judge(d, *report.Sighting))
}

func judge(d *doubt, s canonical.Sighting) canonical.Finding {
	switch d.attempt.Kind {
	case canonical.OpUpdate:
		if d.op.Recovery.Change == nil {
			return canonical.Mute
		}
		return canonical.JudgeChange(&d.order, *d.op.Recovery.Change, d.attempt.Reference, s)
	case canonical.OpCreate:
		return canonical.Found
	}
	return canonical.Judge(d.order.Position(), d.attempt, s)
}

// find looks for the attempt itself, by our reference.
func (e *Engine) find(ctx context.Context, d *doubt) (finding, bool) {
	report, err := d.provider.Read(ctx, canonical.Query{Read: "find", Order: d.order, Attempt: &d.attempt})
	if err != nil || report.Finding == canonical.Mute {
		return finding{}, false
	}
	if report.Finding == canonical.Absent {
		return e.absent(d, report)
	}
	if report.Seen != nil && d.attempt.Amount != nil && !report.Seen.Amount.Equal(*d.attempt.Amount) {
		return e.weigh(d, report, canonical.Contrary)
	}
	return e.weigh(d, report, canonical.Found)
}

// weigh turns a judgement into what is now known of the attempt.
func (e *Engine) weigh(d *doubt, report canonical.Report, judged canonical.Finding) (finding, bool) {
	switch judged {
	case canonical.Found:
		outcome := canonical.Outcome{State: canonical.Succeeded, Sighting: report.Sighting, Sends: d.attempt.Sends}
		if report.Seen != nil {
			outcome.Reference = report.Seen.LenderReference
		}
		return finding{outcome: outcome}, true
	case canonical.Absent:
		return e.absent(d, report)
	case canonical.Contrary:
		e.log.Error("what the lender shows fits neither outcome", "operation", d.op.ID, "order", d.order.ID, "provider", d.op.Provider)
	}
	return finding{}, false
}

// absent counts a read that did not show the attempt. It proves something only after no late arrival
// is possible, and together with a second one some time later.
func (e *Engine) absent(d *doubt, report canonical.Report) (finding, bool) {
	if d.attempt.CallEndsAt == nil || report.AsOf.Before(d.attempt.CallEndsAt.Add(d.evidence.Horizon)) {
		return finding{}, false
	}
	recovery := &d.op.Recovery
	if recovery.AbsentSince == nil {
		recovery.AbsentSince, recovery.Absences = &report.AsOf, 1
		return finding{}, false
	}
	if report.AsOf.Sub(*recovery.AbsentSince) < absentGap {
		return finding{}, false
	}
	recovery.Absences++
	return finding{err: &canonical.Error{Kind: canonical.NotDone, Detail: "the lender shows that it did not happen"}, outcome: canonical.Outcome{Sends: d.attempt.Sends}}, true
}
