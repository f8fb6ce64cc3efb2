package engine

import (
	"context"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// perform sends what has begun and waits for it, at most as long as the settings say; slow work goes on
// without the caller.
func (e *Engine) perform(ctx context.Context, it *intent) (Answer, error) {
	if it.op.State != canonical.Started {
		return e.answer(settlement{order: it.order, op: it.op}, it.provider)
	}
	result := settlement{order: it.order, op: it.op}
	var failure error
	wait := e.rt.Start("operation", func(ctx context.Context) {
		result, failure = e.run(ctx, it)
	})
	if !wait(ctx, e.set.Wait) {
		return e.answer(settlement{order: it.order, op: it.op}, it.provider)
	}
	if failure != nil {
		return Answer{}, failure
	}
	return e.answer(result, it.provider)
}

// run sends the attempts of a plan in order, until one does not succeed.
func (e *Engine) run(ctx context.Context, it *intent) (settlement, error) {
	s := settlement{order: it.order, op: it.op}
	for i, request := range it.requests {
		attempt := &it.op.Attempts[i]
		it.commands[i].Order = s.order
		outcome, err := e.send(ctx, it.provider, it.commands[i], request)
		s, err = e.settle(ctx, it.op.ID, attempt.ID, finding{outcome, err, canonical.ByReply})
		if err != nil {
			return s, err
		}
		if outcome.ReadBack && s.op.State == canonical.Doubtful {
			return e.recover(ctx, s.op.ID, canonical.ByRecovery)
		}
		if s.op.State != canonical.Started {
			return s, nil
		}
	}
	return s, nil
}

// send makes one attempt. What is harmless is sent once more where it was lost.
func (e *Engine) send(ctx context.Context, p Provider, cmd canonical.Command, request canonical.Request) (canonical.Outcome, error) {
	outcome, err := p.Send(ctx, cmd, request)
	lost := canonical.KindOf(err) == canonical.ProviderUnavailable && outcome.Sends > 0
	if err == nil || !request.Harmless || !lost {
		return outcome, err
	}
	again, err := p.Send(ctx, cmd, request)
	again.Sends += outcome.Sends
	return again, err
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
	if err == nil {
		e.Present(&answer.Order)
	}
	return answer, err
}
