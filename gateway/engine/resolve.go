package engine

import (
	"context"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// Resolution is what an operator says became of an attempt in doubt.
type Resolution struct {
	Attempt   string                   // which one, where several are open; "" is the first
	Outcome   canonical.OperationState // Succeeded or Failed
	Amount    *canonical.Money         // what moved, where an authorization was raised by the lender's fees
	Reference string                   // the lender's: of the order (create), or of the movement
	Reason    string                   // how it is known
}

// Resolve ends a doubt by an operator's word. What the lender shows against it later is applied where it
// goes forward, else it is drift; an alarm either way. Errors: not_found, invalid_request,
// operation_not_allowed where nothing is in doubt.
func (e *Engine) Resolve(ctx context.Context, call Call, operation string, said Resolution) (Answer, error) {
	op, err := e.Operation(ctx, call, operation)
	if err != nil {
		return Answer{}, err
	}
	s, err := e.standing(ctx, op.ID)
	if err != nil {
		return Answer{}, err
	}
	if !s.op.State.Uncertain() {
		return Answer{}, &canonical.Error{Kind: canonical.OperationNotAllowed, Operation: s.op.ID, Order: s.op.Order, Next: &canonical.Next{Action: canonical.NextNone},
			Detail: "the operation is " + string(s.op.State) + ": only what is in_doubt or handed_over is resolved"}
	}
	d, err := e.doubtOf(ctx, s)
	if err != nil {
		return Answer{}, err
	}
	if err := said.check(d); err != nil {
		return Answer{}, err
	}
	if err := e.free(ctx, d, said); err != nil {
		return Answer{}, err
	}
	if s, err = e.settle(ctx, d, said.finding(d, call)); err != nil {
		return Answer{}, err
	}
	e.goOn(s)
	e.present(&s.order, d.provider)
	return Answer{Order: s.order, Operation: s.op}, nil
}

// free refuses the name of a lender's order that belongs to another order of ours.
func (e *Engine) free(ctx context.Context, d *doubt, said Resolution) error {
	if !said.names(d) {
		return nil
	}
	return e.store.View(ctx, func(r state.Reader) error {
		present, err := r.ProviderOrder(providerOrderID(d.provider, said.Reference))
		if err == state.ErrNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		return taken(present, &d.order)
	})
}

// names says whether the reference is what the lender calls the order.
func (r Resolution) names(d *doubt) bool {
	made := d.attempt.Kind == canonical.OpCreate || d.attempt.Kind == canonical.OpAuthorize
	return r.Outcome == canonical.Succeeded && made && d.order.ProviderOrder.ID == ""
}

// goOn carries out what is left of a plan, apart from whoever settled the attempt before.
func (e *Engine) goOn(s settlement) {
	if !s.sends {
		return
	}
	e.rt.Start("rest of a plan", func(ctx context.Context) {
		next, err := e.doubtOf(ctx, s)
		if err == nil {
			_, err = e.carryOut(ctx, next, canonical.ByReply)
		}
		if err != nil {
			e.log.ErrorContext(ctx, "rest of a plan", "operation", s.op.ID, "order", s.op.Order, "error", err)
		}
	})
}

// check says what is wrong with a resolution of a doubt.
func (r Resolution) check(d *doubt) error {
	switch {
	case r.Attempt != "" && r.Attempt != d.attempt.ID:
		return canonical.Invalid("/attempt", "the attempt in doubt is "+d.attempt.ID)
	case r.Reason == "":
		return canonical.Invalid("/reason", "say how it is known")
	case r.Outcome != canonical.Succeeded && r.Outcome != canonical.Failed:
		return canonical.Invalid("/outcome", "must be succeeded or failed")
	case r.Outcome == canonical.Succeeded && r.Reference == "" && named(d.attempt.Kind):
		return canonical.Invalid("/reference", "give the lender's id of it: later calls need it")
	}
	return r.checkAmount(d)
}

// named: the lender gives these a name that later calls need.
func named(kind canonical.OperationKind) bool {
	return kind == canonical.OpCreate || kind == canonical.OpAuthorize || kind == canonical.OpCapture
}

// checkAmount: a movement is what was asked, or did not happen; only a lender's fees raise an authorization.
func (r Resolution) checkAmount(d *doubt) error {
	asked := d.attempt.Amount
	switch {
	case r.Amount == nil:
		return nil
	case asked == nil || r.Outcome != canonical.Succeeded:
		return canonical.Invalid("/amount", "no money moves by it")
	case r.Amount.Currency != asked.Currency:
		return canonical.Invalid("/amount/currency", "must be "+asked.Currency)
	}
	if err := r.Amount.Check(); err != nil {
		return canonical.Invalid("/amount/value", err.Error())
	}
	raised := d.attempt.Kind == canonical.OpAuthorize && asked.Value.Less(r.Amount.Value)
	if !raised && !r.Amount.Equal(*asked) {
		return canonical.Invalid("/amount/value", "the lender was asked for "+asked.String()+": where another amount moved, say failed and record what did")
	}
	return nil
}

// finding is what the operator's word makes known of the attempt.
func (r Resolution) finding(d *doubt, call Call) finding {
	f := finding{by: canonical.ByOperator, word: &word{origin: canonical.FromOperator, actor: call.Actor, reason: r.Reason, traceID: call.TraceID}}
	f.outcome = canonical.Outcome{State: canonical.Succeeded, Sends: d.attempt.Sends, Reference: r.Reference, Sighting: r.sighting(d)}
	if r.Outcome == canonical.Failed {
		f.outcome.Sighting, f.err = nil, canonical.Errorf(canonical.NotDone, "an operator found that it did not happen")
	}
	return f
}

// sighting is what the word says of the order beyond the movement.
func (r Resolution) sighting(d *doubt) *canonical.Sighting {
	s := &canonical.Sighting{}
	if r.names(d) {
		s.ID = r.Reference
	}
	if d.attempt.Kind == canonical.OpAuthorize && r.Amount != nil {
		s.Phase, s.Net = canonical.Open, &r.Amount.Value
	}
	return s
}

// word is whose a line of the history is, and why, where it is not that of the operation it tells of.
type word struct {
	origin                 canonical.Origin
	actor, reason, traceID string
}
