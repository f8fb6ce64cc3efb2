package engine

import (
	"context"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

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

// doubt is an attempt that is sent, or whose truth is looked for.
type doubt struct {
	settlement
	attempt  canonical.Attempt
	provider Provider
	request  canonical.Request
	command  canonical.Command
	evidence canonical.Evidence
	contrary string // what the lender shows that fits neither that it happened nor that it did not
	helpless bool   // there is no way left to find out
	shut     bool   // the provider is in quarantine: it is read, and nothing is sent
	answered bool   // the lender answered in this round
}

// doubtOf gathers what the operation's unsettled attempt was made of.
func (e *Engine) doubtOf(ctx context.Context, s settlement) (*doubt, error) {
	attempt, _ := s.op.Current()
	d := &doubt{settlement: s, attempt: *attempt}
	var err error
	if d.provider, err = e.providers.For(s.op.Provider, s.op.Merchant); err != nil {
		return d, err
	}
	err = e.store.View(ctx, func(r state.Reader) (err error) {
		if d.request, err = r.Request(attempt.ID); err == nil {
			d.shut, err = quarantined(r.Quarantine, s.op.Provider)
		}
		return err
	})
	if err != nil {
		return d, err
	}
	d.request, err = e.opened(attempt.ID, d.request)
	d.evidence = d.provider.Evidence(d.request.Exchange)
	d.command = commandAgain(&d.order, &d.op, &d.attempt)
	return d, err
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

// work does what an unresolved operation needs next. Its timer is leased by the caller.
func (e *Engine) work(ctx context.Context, opID string, by canonical.FoundBy) (settlement, error) {
	s, err := e.standing(ctx, opID)
	if err != nil || !s.op.State.Unresolved() {
		return s, err
	}
	comesFrom(ctx, &s.op)
	if _, open := s.op.Current(); !open { // a cancel that waits for another operation, which will wake it
		return s, e.reschedule(ctx, opID)
	}
	d, err := e.doubtOf(ctx, s)
	if err != nil {
		return s, err
	}
	switch {
	case d.shut && (d.attempt.State == canonical.Queued || d.request.Harmless):
		return s, e.waitOut(ctx, opID)
	case d.attempt.State == canonical.Queued:
		if held, err := e.holdBack(ctx, d); held || err != nil {
			return s, err
		}
		return e.sendQueued(ctx, d)
	case d.attempt.State == canonical.Started:
		return e.lost(ctx, d, by)
	}
	return e.seek(ctx, d, by)
}

// lost: nobody knows what became of a call that can no longer be under way. What is harmless is sent
// again; everything else is in doubt from here on.
func (e *Engine) lost(ctx context.Context, d *doubt, by canonical.FoundBy) (settlement, error) {
	if ends := d.attempt.CallEndsAt; ends != nil && ends.After(e.rt.Now()) {
		return d.settlement, e.reschedule(ctx, d.op.ID)
	}
	if d.request.Local || d.request.Harmless {
		return e.sendAnew(ctx, d)
	}
	s, err := e.settle(ctx, d, finding{outcome: canonical.Outcome{State: canonical.Doubtful, Sends: max(d.attempt.Sends, 1)}, by: by, sought: true})
	if err != nil || s.op.State != canonical.Doubtful {
		return s, err
	}
	if d, err = e.doubtOf(ctx, s); err != nil {
		return s, err
	}
	return e.seek(ctx, d, by)
}

// seek goes through what the definition declares, each step while it can be used.
func (e *Engine) seek(ctx context.Context, d *doubt, by canonical.FoundBy) (settlement, error) {
	steps := d.steps(e.rt.Now())
	for _, step := range steps {
		found, conclusive, err := e.step(ctx, d, step)
		if err == errStale {
			return e.standing(ctx, d.op.ID)
		}
		if err != nil {
			return d.settlement, err
		}
		if conclusive {
			found.by = by
			return e.conclude(ctx, d, found)
		}
	}
	d.helpless, d.answered = len(steps) == 0 && !d.shut, d.answered || len(steps) == 0
	return e.postpone(ctx, d, by)
}

// steps are the ways to the truth that can be used now. What the lender has taken and decides later is
// only read; so is what a read did not show, because a repeat would keep that from being proof.
func (d *doubt) steps(now time.Time) []canonical.Recovery {
	if d.attempt.State == canonical.Waiting || d.op.Recovery.Taken {
		return []canonical.Recovery{canonical.ReadAndCompare}
	}
	if d.attempt.Kind == canonical.OpCreate && findable(d.order).ProviderOrder.ID != "" {
		return []canonical.Recovery{canonical.ReadAndCompare} // a notification has named the order
	}
	life := d.evidence.KeyLife
	forgotten := life > 0 && now.Sub(*d.attempt.StartedAt) > life-life/10
	var steps []canonical.Recovery
	for _, step := range d.evidence.Lost {
		switch {
		case step == canonical.AskAPerson:
		case d.shut && (step == canonical.RepeatSameKey || step == canonical.SendAgain):
		case step == canonical.RepeatSameKey && (forgotten || d.op.Recovery.Absences > 0):
		case step == canonical.SendAgain && d.op.Recovery.Absences > 0:
		default:
			steps = append(steps, step)
		}
	}
	if d.shut && len(steps) == 0 && has(d.provider, "find") {
		steps = append(steps, canonical.FindByReference) // slower than to ask again, and sends nothing
	}
	return steps
}

// step takes one step. It is conclusive where it found what became of the attempt.
func (e *Engine) step(ctx context.Context, d *doubt, step canonical.Recovery) (f finding, conclusive bool, err error) {
	ctx, span := e.tracer.Start(ctx, string(step))
	defer func() {
		sought(span, d, f, conclusive)
		span.End()
	}()
	switch step {
	case canonical.RepeatSameKey, canonical.SendAgain:
		return e.repeat(ctx, d)
	case canonical.FindByReference:
		f, conclusive = e.find(ctx, d)
	default:
		f, conclusive = e.compare(ctx, d)
	}
	return f, conclusive, nil
}

// repeat sends the stored bytes again. That they may leave again, and how long, is durable before.
func (e *Engine) repeat(ctx context.Context, d *doubt) (f finding, conclusive bool, err error) {
	if err := e.prolong(ctx, d); err != nil {
		return f, false, err
	}
	d.request.Repeat = true
	outcome, failure := d.provider.Send(ctx, d.command, d.request)
	ended := e.rt.Now()
	d.attempt.CallEndsAt = &ended
	d.attempt.Sends += outcome.Sends
	outcome.Sends = d.attempt.Sends
	d.answered = d.answered || (failure == nil && (outcome.State != canonical.Doubtful || outcome.Code != ""))
	if failure != nil {
		// Whatever else a repeat is refused with says nothing of the request it repeats.
		return finding{outcome: outcome, err: failure}, canonical.KindOf(failure) == canonical.Refused, nil
	}
	return finding{outcome: outcome}, outcome.State != canonical.Doubtful, nil
}

// prolong writes that bytes of the attempt may leave again, and keeps others away from it meanwhile.
func (e *Engine) prolong(ctx context.Context, d *doubt) error {
	return e.commit(ctx, func(tx state.Tx) error {
		s, err := stored(tx, d.op.ID)
		if err != nil {
			return err
		}
		attempt := attemptOf(&s.op, d.attempt.ID)
		if attempt == nil || attempt.State != d.attempt.State {
			return errStale
		}
		ends := callEnds(d.request.Timeout, e.rt.Now(), e.set.CallMargin)
		attempt.CallEndsAt = &ends
		timer := state.Timer{ID: timerID(s.op.ID), Kind: recoveryTimer, Subject: s.op.ID, Owner: e.set.Node, Due: ends.Add(leaseFor)}
		if err := e.put(tx, timer); err != nil {
			return err
		}
		return tx.Operations().Replace(s.op.ID, s.op)
	})
}

// conclude settles the attempt and goes on with the rest of the plan.
func (e *Engine) conclude(ctx context.Context, d *doubt, f finding) (settlement, error) {
	s, err := e.settle(ctx, d, f)
	if err != nil || !s.sends {
		return s, err
	}
	next, err := e.doubtOf(ctx, s)
	if err != nil {
		return s, err
	}
	return e.carryOut(ctx, next, canonical.ByReply)
}
