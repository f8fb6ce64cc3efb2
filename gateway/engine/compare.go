package engine

import (
	"context"
	"time"

	"github.com/lendgate/lendgate/canonical"
)

// absentGap is how far apart two reads must be that are to prove absence.
const absentGap = 30 * time.Second

// compare reads the order at the lender and takes what it says as evidence about the attempt.
func (e *Engine) compare(ctx context.Context, d *doubt) (finding, bool) {
	asked := findable(d.order)
	report, err := d.provider.Read(ctx, canonical.Query{Read: "sync", Order: asked, Attempt: &d.attempt})
	d.answered = d.answered || err == nil
	wrong := hinted(d.order, asked) && (report.Sighting == nil || another(d.order, *report.Sighting))
	if err != nil || wrong {
		return finding{}, false
	}
	switch {
	case report.Finding == canonical.Found && report.Sighting != nil:
		return d.weigh(report, d.judge(*report.Sighting))
	case report.Finding == canonical.Absent && d.attempt.Kind == canonical.OpCreate:
		return d.weigh(report, canonical.Absent)
	case report.Finding == canonical.Absent && d.attempt.Kind == canonical.OpCancel && d.provider.Describe().Traits.ForgetsCanceled && d.absent(report.AsOf):
		return d.weigh(report, canonical.Found)
	}
	// An order that is not there says nothing of its money: more likely the credentials are another's.
	return finding{}, false
}

func (d *doubt) judge(s canonical.Sighting) canonical.Finding {
	if d.attempt.Kind != canonical.OpUpdate {
		return canonical.Judge(d.order.Position(), d.attempt, s)
	}
	if d.op.Recovery.Change == nil {
		return canonical.Mute
	}
	return canonical.JudgeChange(&d.order, *d.op.Recovery.Change, d.attempt.Reference, s)
}

// find looks for the attempt itself, by our reference.
func (e *Engine) find(ctx context.Context, d *doubt) (finding, bool) {
	report, err := d.provider.Read(ctx, canonical.Query{Read: "find", Order: d.order, Attempt: &d.attempt})
	d.answered = d.answered || err == nil
	if err != nil {
		return finding{}, false
	}
	if report.Seen != nil && d.attempt.Amount != nil && !report.Seen.Amount.Equal(*d.attempt.Amount) {
		report.Finding = canonical.Contrary
	}
	return d.weigh(report, report.Finding)
}

// weigh turns a judgement into what is now known of the attempt.
func (d *doubt) weigh(report canonical.Report, judged canonical.Finding) (finding, bool) {
	outcome := canonical.Outcome{State: canonical.Succeeded, Sighting: report.Sighting, Sends: d.attempt.Sends}
	switch {
	case judged == canonical.Found:
		if report.Seen != nil {
			outcome.Reference = report.Seen.LenderReference
		}
		return finding{outcome: outcome}, true
	case judged == canonical.Absent && d.refusedThere(report.Sighting):
		outcome.State, outcome.Reason, outcome.Code = canonical.Declined, report.Sighting.Reason, report.Sighting.Word
		return finding{outcome: outcome}, true
	case judged == canonical.Absent && d.absent(report.AsOf):
		return finding{outcome: outcome, err: &canonical.Error{Kind: canonical.NotDone, Detail: "the lender shows that it did not happen"}}, true
	case judged == canonical.Mute && d.deciding(report.Sighting):
		outcome.State = canonical.Waiting
		return finding{outcome: outcome}, true
	case judged == canonical.Contrary:
		d.contrary = "what it shows fits neither that the " + string(d.attempt.Kind) + " happened nor that it did not"
	}
	return finding{}, false
}

// deciding: the lender makes up its mind about what it was asked, or about the order before it can be asked.
func (d *doubt) deciding(s *canonical.Sighting) bool {
	return d.attempt.Kind == canonical.OpAuthorize && d.attempt.State != canonical.Waiting && s != nil && s.Deciding()
}

// refusedThere: the lender itself ended the order before anything was reserved, which is its no.
func (d *doubt) refusedThere(s *canonical.Sighting) bool {
	switch d.attempt.Kind {
	case canonical.OpCreate, canonical.OpAuthenticate, canonical.OpAuthorize:
	default:
		return false
	}
	return s != nil && s.Phase == canonical.Ended && s.EndedBy == canonical.ByLender && d.order.Totals.Authorized.IsZero()
}

// absent counts a read that did not show the attempt. It proves something only after no late arrival is
// possible, and together with a second one some time later.
func (d *doubt) absent(asOf time.Time) bool {
	recovery := &d.op.Recovery
	recovery.Absences++
	final := d.attempt.CallEndsAt.Add(d.evidence.Horizon)
	switch {
	case asOf.Before(final):
		recovery.Again = &final
		return false
	case recovery.AbsentSince == nil:
		recovery.AbsentSince = &asOf
		return false
	}
	return asOf.Sub(*recovery.AbsentSince) >= absentGap
}
