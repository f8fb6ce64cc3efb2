package engine

import (
	"context"
	"slices"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// postpone writes what a round of recovery that found nothing has learned: the next one is due later, or
// a person decides. Rounds that somebody asked for do not use up the schedule.
func (e *Engine) postpone(ctx context.Context, d *doubt, by canonical.FoundBy) (s settlement, err error) {
	err = e.alter(ctx, func(tx state.Tx) (*change, error) {
		if s, err = stored(tx, d.op.ID); err != nil {
			return nil, err
		}
		attempt := attemptOf(&s.op, d.attempt.ID)
		if attempt == nil || attempt.State != d.attempt.State {
			return nil, nil
		}
		attempt.Sends, attempt.CallEndsAt = max(attempt.Sends, d.attempt.Sends), d.attempt.CallEndsAt
		s.op.Recovery.Absences, s.op.Recovery.AbsentSince, s.op.Recovery.Again = d.op.Recovery.Absences, d.op.Recovery.AbsentSince, d.op.Recovery.Again
		c := e.change(&s.order, d.provider)
		c.write(&s.op)
		switch {
		case !d.answered:
			s.op.Recovery.Unreached++
		case by == canonical.ByRecovery:
			s.op.Recovery.Tries, s.op.Recovery.Unreached = s.op.Recovery.Tries+1, 0
		default:
			s.op.Recovery.Unreached = 0
		}
		c.despair(d, &s.op, attempt)
		return c, nil
	})
	s.heard = d.answered
	return s, err
}

// despair leaves the operation to a person, loudly, where recovery has no way left or what the lender
// shows fits neither outcome. Its money stays held, and evidence still counts.
func (c *change) despair(d *doubt, op *canonical.Operation, attempt *canonical.Attempt) {
	if d.contrary != "" {
		c.drift(d.contrary)
	}
	old := d.attempt.StartedAt != nil && c.at.Sub(*d.attempt.StartedAt) >= giveUpAfter
	spent := op.Recovery.Tries >= len(schedules) || old || d.helpless
	// A lender may take its time, but not say two things; and its end must be one that can be read.
	unseen := d.provider.Describe().Traits.Unreadable || slices.Contains(d.evidence.Lost, canonical.AskAPerson)
	switch {
	case attempt.State == canonical.Doubtful && (spent || d.contrary != ""):
	case attempt.State == canonical.Waiting && (d.contrary != "" || (spent && unseen)):
	default:
		return
	}
	attempt.State = canonical.HandedOver
	op.State = canonical.StateOfPlan(op.Attempts)
	op.Next = canonical.NextOf(op, "", true)
	if open := c.order.Hidden.Open; open != nil && open.ID == op.ID {
		c.order.Hold(op)
		c.order.Next = op.Next
	}
	c.tell(canonical.OperationHandedOver, op, "recovery could not learn what became of it")
	c.alarm("operation " + op.ID + " in doubt is handed over to a person")
}
