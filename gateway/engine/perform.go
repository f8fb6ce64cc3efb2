package engine

import (
	"context"

	"go.opentelemetry.io/otel/trace"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// performNew begins what was prepared, and performs it.
func (e *Engine) performNew(ctx context.Context, call Call, it *intent) (Answer, error) {
	if err := e.begin(ctx, call, it); err != nil {
		return Answer{}, err
	}
	return e.perform(ctx, it)
}

// perform sends what has begun and waits for it, at most as long as the settings say; slow work goes on
// without the caller. From here on there is no error but a problem that says that nothing moved: what
// could not be written down is found by recovery, and the caller is told to wait.
func (e *Engine) perform(ctx context.Context, it *intent) (Answer, error) {
	begun := settlement{order: it.order, op: it.op}
	if it.op.State != canonical.Started || it.passed {
		return e.answer(begun, it.provider)
	}
	first := &doubt{settlement: begun, attempt: it.op.Attempts[0], provider: it.provider, request: it.requests[0], command: it.commands[0]}
	first.command.Order = begun.order
	var result settlement
	var failure error
	_, span := e.tracer.Start(ctx, string(it.op.Kind))
	describeOperation(span, &it.op)
	wait := e.rt.Start("operation", func(apart context.Context) {
		defer span.End()
		result, failure = e.carryOut(trace.ContextWithSpan(apart, span), first, canonical.ByReply)
	})
	if !wait(ctx, e.set.Wait) {
		return e.answer(begun, it.provider)
	}
	if failure != nil {
		e.log.ErrorContext(ctx, "operation", "operation", it.op.ID, "order", it.order.ID, "error", failure)
		return e.answer(begun, it.provider)
	}
	return e.answer(result, it.provider)
}

// carryOut sends an attempt and those that follow it in the plan, until one does not succeed. Settling
// one has started the next.
func (e *Engine) carryOut(ctx context.Context, d *doubt, by canonical.FoundBy) (settlement, error) {
	for {
		outcome, failure := e.send(ctx, d)
		s, err := e.settle(ctx, d, finding{outcome: outcome, err: failure, by: by, call: true})
		switch {
		case err != nil:
			return s, err
		case outcome.ReadBack && s.op.State == canonical.Doubtful:
			return e.recover(ctx, s.op.ID, canonical.ByRecovery)
		case !s.sends:
			return s, nil
		}
		if d, err = e.doubtOf(ctx, s); err != nil {
			return s, err
		}
	}
}

// send makes one attempt. What is harmless is sent once more where it was lost. A process that was held
// up for so long that others may take the call for lost sends nothing.
func (e *Engine) send(ctx context.Context, d *doubt) (outcome canonical.Outcome, err error) {
	if latest := d.attempt.StartedAt.Add(e.set.CallMargin); e.rt.Now().After(latest) {
		return canonical.Outcome{}, canonical.Errorf(canonical.ProviderUnavailable, "the gateway was held up and sent nothing")
	}
	ctx, span := e.tracer.Start(ctx, "attempt")
	defer span.End()
	defer func() { judged(span, d.attempt.ID, outcome, err) }()
	outcome, err = d.provider.Send(ctx, d.command, d.request)
	lost := canonical.KindOf(err) == canonical.ProviderUnavailable && outcome.Sends > 0
	if callEnds(d.request.Timeout, e.rt.Now(), 0).After(*d.attempt.CallEndsAt) {
		return outcome, err // there is no time left for a second try
	}
	if err == nil || !d.request.Harmless || !lost {
		return outcome, err
	}
	before, again := outcome.Sends, d.request
	again.Repeat = true // it has the repeats' share of the lender's limits, and no more
	outcome, err = d.provider.Send(ctx, d.command, again)
	outcome.Sends += before
	return outcome, err
}

// answer is what a caller gets: the order as it stands with what may be asked of it, and the operation;
// or the problem, where the operation certainly did not happen.
func (e *Engine) answer(s settlement, p Provider) (Answer, error) {
	if s.op.State == canonical.Failed {
		return Answer{}, problemOf(&s.op)
	}
	e.present(&s.order, p)
	return Answer{Order: s.order, Operation: s.op}, nil
}

func problemOf(op *canonical.Operation) *canonical.Error {
	next := op.Next
	return &canonical.Error{
		Kind: op.Recovery.Problem, Detail: op.Recovery.Detail, Operation: op.ID, Order: op.Order,
		Provider: op.Provider, ProviderCode: op.ProviderCode, Next: &next,
	}
}

// present fills in what a reader of the order wants to know and what is not stored.
func (e *Engine) present(order *canonical.Order, p Provider) {
	order.AllowedOperations = canonical.AllowedNow(order, p.Describe(), p.Able(*order))
}

// Present is present for an order that was read from the store.
func (e *Engine) Present(order *canonical.Order) {
	if p, err := e.providers.For(order.Provider, order.Merchant); err == nil {
		e.present(order, p)
	}
}

// settled answers with an operation that was performed before: as first settled, or as it stands.
func (e *Engine) settled(ctx context.Context, op *canonical.Operation) (Answer, error) {
	if op.State == canonical.Failed {
		return Answer{}, problemOf(op)
	}
	answer := Answer{Operation: *op}
	err := e.store.View(ctx, func(r state.Reader) (err error) {
		answer.Order, err = e.orderAfter(r, op)
		return err
	})
	return answer, err
}
