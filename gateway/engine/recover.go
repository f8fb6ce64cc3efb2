package engine

import (
	"context"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// absentGap is how far apart two reads must be that are to prove absence.
const absentGap = 30 * time.Second

// recover looks for the truth of an operation now, unless it is being worked on already.
func (e *Engine) recover(ctx context.Context, opID string, by canonical.FoundBy) (settlement, error) {
	taken, err := e.lease(ctx, opID)
	if err != nil {
		return settlement{}, err
	}
	if !taken {
		return e.standing(ctx, opID)
	}
	return e.work(ctx, opID, by)
}

func (e *Engine) standing(ctx context.Context, opID string) (s settlement, err error) {
	err = e.store.View(ctx, func(r state.Reader) (err error) {
		if s.op, err = r.Operation(opID); err == nil {
			s.order, err = r.Order(s.op.Order)
		}
		return err
	})
	return s, err
}

// doubt is an attempt whose truth is looked for.
type doubt struct {
	settlement
	attempt  canonical.Attempt
	request  canonical.Request
	command  canonical.Command
	provider Provider
	evidence canonical.Evidence
}

// work does what an unresolved operation needs next. Its timer is leased by the caller.
func (e *Engine) work(ctx context.Context, opID string, by canonical.FoundBy) (settlement, error) {
	s, err := e.standing(ctx, opID)
	if err != nil || !s.op.State.Unresolved() {
		return s, err
	}
	attempt, open := s.op.Current()
	if !open {
		return e.workWaiting(ctx, s)
	}
	d := doubt{settlement: s, attempt: *attempt}
	if err := e.gather(ctx, &d); err != nil {
		return s, err
	}
	switch attempt.State {
	case canonical.Queued:
		return e.sendQueued(ctx, &d)
	case canonical.Started:
		return e.lost(ctx, &d, by)
	case canonical.Waiting:
		return e.ask(ctx, &d, by)
	}
	return e.seek(ctx, &d, by)
}

// gather reads what the attempt was made of.
func (e *Engine) gather(ctx context.Context, d *doubt) (err error) {
	if d.provider, err = e.providers.For(d.op.Provider, d.op.Merchant); err != nil {
		return err
	}
	err = e.store.View(ctx, func(r state.Reader) (err error) {
		d.request, err = r.Request(d.attempt.ID)
		return err
	})
	if err != nil {
		return err
	}
	d.evidence = d.provider.Evidence(d.request.Exchange)
	d.command = commandAgain(&d.order, &d.op, &d.attempt)
	return nil
}

// commandAgain is the command of an attempt as far as reading its reply needs it.
func commandAgain(order *canonical.Order, op *canonical.Operation, attempt *canonical.Attempt) canonical.Command {
	cmd := canonical.Command{Kind: attempt.Kind, Order: *order, Attempt: attempt.ID, Amount: order.Amount, Final: attempt.Final,
		Reference: attempt.Reference, Key: attempt.Key, Options: order.ProviderOptions}
	if attempt.Amount != nil {
		cmd.Amount = *attempt.Amount
	}
	if attempt.Kind == canonical.OpUpdate {
		cmd.Change = op.Recovery.Change
		if cmd.Change != nil && cmd.Change.Amount != nil {
			cmd.Amount = *cmd.Change.Amount
		}
	}
	if capture, named := order.Capture(attempt.Capture); named {
		cmd.Capture = capture
	}
	return cmd
}

// lost: nobody knows what became of a call that can no longer be under way. What is harmless is sent
// again; what was never meant to leave is done now; everything else is in doubt from here on.
func (e *Engine) lost(ctx context.Context, d *doubt, by canonical.FoundBy) (settlement, error) {
	if d.attempt.CallEndsAt != nil && d.attempt.CallEndsAt.After(e.rt.Now()) {
		return d.settlement, nil
	}
	if d.request.Local || d.request.Harmless {
		return e.sendRest(ctx, d)
	}
	s, err := e.settle(ctx, d.op.ID, d.attempt.ID, finding{outcome: canonical.Outcome{State: canonical.Doubtful, Sends: 1}, by: by})
	if err != nil || s.op.State != canonical.Doubtful {
		return s, err
	}
	d.settlement = s
	return e.seek(ctx, d, by)
}

// seek goes through what the definition declares, each step while it can be used.
func (e *Engine) seek(ctx context.Context, d *doubt, by canonical.FoundBy) (settlement, error) {
	for _, step := range d.evidence.Lost {
		found, conclusive := e.step(ctx, d, step)
		if conclusive {
			return e.conclude(ctx, d, found, by)
		}
	}
	return e.postpone(ctx, d)
}

// step takes one step. It is conclusive where it found what became of the attempt.
func (e *Engine) step(ctx context.Context, d *doubt, step canonical.Recovery) (finding, bool) {
	switch step {
	case canonical.RepeatSameKey:
		life := d.evidence.KeyLife
		if life > 0 && d.attempt.StartedAt != nil && e.rt.Now().Sub(*d.attempt.StartedAt) > life-life/10 {
			return finding{}, false
		}
		return e.repeat(ctx, d)
	case canonical.SendAgain:
		return e.repeat(ctx, d)
	case canonical.ReadAndCompare, canonical.CompareTotals:
		return e.compare(ctx, d)
	case canonical.FindByReference:
		return e.find(ctx, d)
	}
	return finding{}, false
}

// repeat sends the stored bytes again.
func (e *Engine) repeat(ctx context.Context, d *doubt) (finding, bool) {
	d.request.Repeat = true
	outcome, err := d.provider.Send(ctx, d.command, d.request)
	outcome.Sends += d.attempt.Sends
	if err != nil {
		if d.request.Harmless || canonical.KindOf(err) == canonical.Refused {
			return finding{outcome: outcome, err: err}, canonical.KindOf(err) == canonical.Refused
		}
		return finding{}, false
	}
	return finding{outcome: outcome}, outcome.State != canonical.Doubtful
}

// conclude settles the attempt and goes on with the rest of the plan.
func (e *Engine) conclude(ctx context.Context, d *doubt, f finding, by canonical.FoundBy) (settlement, error) {
	f.by = by
	s, err := e.settle(ctx, d.op.ID, d.attempt.ID, f)
	if err != nil || s.op.State != canonical.Started {
		return s, err
	}
	return e.goOn(ctx, s)
}

// goOn sends the attempts that follow in the plan: settling the one before has started them.
func (e *Engine) goOn(ctx context.Context, s settlement) (settlement, error) {
	for s.op.State == canonical.Started {
		attempt, open := s.op.Current()
		if !open {
			return s, nil
		}
		d := doubt{settlement: s, attempt: *attempt}
		if err := e.gather(ctx, &d); err != nil {
			return s, err
		}
		outcome, err := e.send(ctx, d.provider, d.command, d.request)
		if s, err = e.settle(ctx, d.op.ID, d.attempt.ID, finding{outcome, err, canonical.ByReply}); err != nil {
			return s, err
		}
	}
	return s, nil
}

// sendRest sends a started attempt that is harmless to send again, and what follows it.
func (e *Engine) sendRest(ctx context.Context, d *doubt) (settlement, error) {
	outcome, err := e.send(ctx, d.provider, d.command, d.request)
	s, err := e.settle(ctx, d.op.ID, d.attempt.ID, finding{outcome, err, canonical.ByRecovery})
	if err != nil {
		return s, err
	}
	return e.goOn(ctx, s)
}

// postpone writes that a round of recovery found nothing: the next one is due later, or a person decides.
func (e *Engine) postpone(ctx context.Context, d *doubt) (s settlement, err error) {
	err = e.store.Update(ctx, func(tx state.Tx) error {
		s = d.settlement
		if s.op, err = tx.Operations().Get(d.op.ID); err != nil || !s.op.State.Uncertain() {
			return err
		}
		if s.order, err = tx.Orders().Get(s.op.Order); err != nil {
			return err
		}
		now := e.rt.Now()
		s.op.Recovery.Tries++
		s.op.Recovery.Absences, s.op.Recovery.AbsentSince = d.op.Recovery.Absences, d.op.Recovery.AbsentSince
		spent := s.op.Recovery.Tries >= len(schedules) || onlyAPerson(d.evidence)
		if spent && s.op.State == canonical.Doubtful {
			if err := e.handOver(tx, &s, now); err != nil {
				return err
			}
		}
		if err := e.schedule(tx, &s.op, now); err != nil {
			return err
		}
		return tx.Operations().Replace(s.op.ID, s.op)
	})
	return s, err
}

func onlyAPerson(evidence canonical.Evidence) bool {
	for _, step := range evidence.Lost {
		if step != canonical.AskAPerson {
			return false
		}
	}
	return true
}

// handOver leaves the operation to a person, loudly. Its money stays held.
func (e *Engine) handOver(tx state.Tx, s *settlement, now time.Time) error {
	for i := range s.op.Attempts {
		if s.op.Attempts[i].State == canonical.Doubtful {
			s.op.Attempts[i].State = canonical.HandedOver
		}
	}
	s.op.State = canonical.StateOfPlan(s.op.Attempts)
	s.order.Hold(&s.op)
	touch(&s.order, &s.op, now)
	if err := e.record(tx, &s.order, &s.op, canonical.OperationHandedOver, "recovery could not learn what became of it"); err != nil {
		return err
	}
	e.log.Error("an operation in doubt is handed over", "operation", s.op.ID, "order", s.order.ID, "provider", s.op.Provider)
	return tx.Orders().Replace(s.order.ID, s.order)
}
