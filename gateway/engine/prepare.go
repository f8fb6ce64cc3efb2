package engine

import (
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// intent is an operation that is ready to begin: nothing of it has been written or sent.
type intent struct {
	order    canonical.Order // as the operation will find it, holding nothing yet
	op       canonical.Operation
	commands []canonical.Command // one for each attempt
	requests []canonical.Request // likewise
	provider Provider
	key      *state.Key // what the idempotency key pointed to when we looked
	fresh    bool       // the order is not stored yet
	passed   bool       // it had begun, and others have gone on with it
	takes    takes
}

// takes is what of the caller's merchant the operation claims as it begins.
type takes struct {
	reference string            // the merchant's number
	withdraws string            // a queued operation that a cancel withdraws
	waits     bool              // a cancel that waits for the operation under way
	gives     bool              // a cancel that gives up an order on which nothing can be reserved yet
	here      *canonical.Change // a change that no lender has to hear of
	over      *takenOver        // what happened before to an order that is adopted
	elsewhere *elsewhere        // a movement that happened without us
}

// prepare checks what is asked of an order and builds the requests. It writes nothing and calls nothing.
func (e *Engine) prepare(call Call, order canonical.Order, ask Ask) (*intent, error) {
	provider, err := e.providers.For(order.Provider, order.Merchant)
	if err != nil {
		return nil, err
	}
	it := &intent{order: order, provider: provider}
	it.op = e.operation(call, &order, ask.Kind)
	switch {
	case ask.Elsewhere:
		return it, e.prepareRecord(call, it, ask)
	case ask.Kind == canonical.OpUpdate:
		return it, e.prepareUpdate(it, ask)
	}
	if blocked := order.Blocked(ask.Kind); blocked != nil {
		return nil, withAlternatives(happensThere(blocked, &order, ask.Kind, provider), &order, ask, provider)
	}
	if err := checkOptions(provider.Describe(), ask.Kind, ask.Options); err != nil {
		return nil, err
	}
	if ask.Kind == canonical.OpCancel && order.Hidden.Open != nil {
		return it, e.prepareYielding(it, ask)
	}
	amount, err := askedAmount(&order, ask)
	if err != nil {
		return nil, withAlternatives(err, &order, ask, provider)
	}
	if order.Most(ask.Kind) != nil {
		it.op.Amount = &amount
	}
	if ask.Kind == canonical.OpAuthorize && ask.Plan != nil {
		it.op.Recovery.Change = &canonical.Change{Plan: ask.Plan}
	}
	steps := canonical.Steps(&order, canonical.Ask{Kind: ask.Kind, Amount: amount, Capture: ask.Capture, Final: ask.Final}, provider.Describe().Traits)
	if err := e.prepareSteps(it, ask, steps); err != nil {
		return nil, withAlternatives(err, &order, ask, provider)
	}
	return it, nil
}

func (e *Engine) operation(call Call, order *canonical.Order, kind canonical.OperationKind) canonical.Operation {
	op := canonical.Operation{
		ID: e.rt.NewID("op"), Kind: kind, Order: order.ID, Merchant: order.Merchant, Mode: order.Mode, Provider: order.Provider,
		State: canonical.Started, Origin: canonical.FromAPI, TraceID: call.TraceID, CreatedAt: e.rt.Now(),
	}
	if call.Role == state.RoleOperator {
		op.Origin = canonical.FromOperator
	}
	op.Recovery.Key, op.Recovery.Actor = call.Key, call.Actor
	return op
}

// prepareSteps builds the request of every attempt, each on the order as the ones before it will leave it.
func (e *Engine) prepareSteps(it *intent, ask Ask, steps []canonical.Step) error {
	later := it.order.Clone()
	for i, step := range steps {
		attempt := step.Attempt(&later, e.rt.NewID("att"))
		cmd := command(&later, &attempt, step, ask, it.provider.Describe().Reference)
		request, err := it.provider.Prepare(cmd)
		if err != nil {
			return err
		}
		attempt.Reference, attempt.Key, attempt.Config = cmd.Reference, cmd.Key, it.provider.Describe().Config
		it.op.Attempts = append(it.op.Attempts, attempt)
		if step.Change != nil {
			it.op.Recovery.Change = step.Change
		}
		it.commands, it.requests = append(it.commands, cmd), append(it.requests, request)
		if i < len(steps)-1 {
			if err := foresee(&later, &it.op, &attempt, step); err != nil {
				return err
			}
		}
	}
	return nil
}

// foresee books a step on the copy of the order that the next step is prepared on.
func foresee(later *canonical.Order, op *canonical.Operation, attempt *canonical.Attempt, step canonical.Step) error {
	if movement, moves := movementOf(later, attempt, step.Change); moves {
		if err := later.Book(movement, canonical.Entry{Operation: op.ID, Attempt: attempt.ID, Capture: attempt.Capture}); err != nil {
			return canonical.Errorf(canonical.OperationNotAllowed, err.Error())
		}
	}
	if step.Change != nil && step.Change.Amount != nil {
		later.Amount = *step.Change.Amount
	}
	later.Refresh()
	return nil
}

// command is what the provider may know of an attempt.
func command(order *canonical.Order, attempt *canonical.Attempt, step canonical.Step, ask Ask, form canonical.ReferenceForm) canonical.Command {
	cmd := canonical.Command{
		Kind: step.Kind, Order: *order, Attempt: attempt.ID, Amount: step.Amount, Final: step.Final, Change: step.Change,
		Lines: ask.Lines, Message: ask.Message, Reason: ask.Reason, Shipping: ask.Shipping, Options: ask.Options,
		Reference: attempt.ID, Key: keyFor(attempt.ID),
	}
	if ask.Plan != nil {
		cmd.Order.Plan = ask.Plan
	}
	if capture, named := order.Capture(attempt.Capture); named {
		cmd.Capture = capture
	}
	switch {
	case step.Kind == canonical.OpCreate:
		cmd.Reference = order.ProviderOrder.Reference
	case step.Change != nil && step.Change.Reference != nil:
		cmd.Reference = canonical.LenderReference(*step.Change.Reference, order.ID, form)
	}
	return cmd
}
