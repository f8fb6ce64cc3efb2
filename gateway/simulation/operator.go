package simulation

import (
	"context"
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
)

// mostRounds is how often an operator goes through what is left: a plan may have several attempts.
const mostRounds = 4

// conclude has an operator, who has asked the lenders, end what nobody else can know.
func (r *run) conclude() {
	for range mostRounds {
		var open []*undertaking
		for _, u := range r.mirror.begun {
			if u.op.State.Uncertain() {
				open = append(open, u)
			}
		}
		if len(open) == 0 {
			return
		}
		for _, u := range open {
			r.resolve(u)
		}
		r.quiet(24 * time.Hour)
	}
}

// resolve tells the gateway what the lender's book says of an attempt.
func (r *run) resolve(u *undertaking) {
	a, open := u.op.Current()
	if !open {
		return
	}
	said := engine.Resolution{Attempt: a.ID, Outcome: canonical.Failed, Reason: "the lender was asked"}
	if done, reference := r.truth(u, a); done {
		said.Outcome, said.Reference = canonical.Succeeded, reference
	}
	r.tell("operator", "says that %s %s", a.ID, said.Outcome)
	r.operate(func(ctx context.Context, e *engine.Engine, call engine.Call) error {
		_, err := e.Resolve(ctx, call, u.op.ID, said)
		return err
	})
}

// truth says whether an attempt happened, and what the lender calls it.
func (r *run) truth(u *undertaking, a *canonical.Attempt) (done bool, reference string) {
	s, order := r.sendings[a.ID], &u.standing.order
	if a.Kind == canonical.OpCreate {
		for _, o := range r.ordersAt(order.Provider, a.Reference) {
			reference = o.ID
		}
		return reference != "", reference
	}
	if s == nil || len(s.deeds) == 0 {
		return s != nil && s.endedThere(r, order), ""
	}
	return true, s.name()
}

// endedThere: a cancel before anything was reserved moves nothing; the lender's word tells.
func (s *sending) endedThere(r *run, o *canonical.Order) bool {
	if s.kind != canonical.OpCancel || !o.Totals.Authorized.IsZero() {
		return false
	}
	for _, there := range r.ordersAt(o.Provider, o.ProviderOrder.Reference) {
		switch there.Status {
		case "CANCELED", "UNSUCCESSFUL", "ANNULLED":
			return true
		}
	}
	return false
}

// name is what the lender called the movement in its answer, heard or not.
func (s *sending) name() string {
	var said struct {
		TransactionID string `json:"transactionId"`
		Transaction   struct{ ID string }
	}
	_ = json.Unmarshal(s.answer, &said)
	switch {
	case s.kind == canonical.OpAuthorize:
		return s.deeds[0].Order
	case said.TransactionID != "":
		return said.TransactionID
	case said.Transaction.ID != "":
		return said.Transaction.ID
	}
	return "as the lender told"
}

// enterAll has an operator book what people did at lenders that do not show it.
func (r *run) enterAll() {
	for _, s := range r.mirror.listed {
		deeds := r.book.of(s.order.Provider, s.order.ProviderOrder.ID)
		for _, kind := range []canonical.OperationKind{canonical.OpCapture, canonical.OpCancel, canonical.OpRefund} {
			missing := sum(deeds, kind).Sub(s.booked(kind))
			if missing.IsPositive() && r.unseen(s, deeds, kind).GreaterThanOrEqual(missing) {
				r.enterThere(s, kind, missing)
			}
		}
	}
}

func (r *run) enterThere(s *standing, kind canonical.OperationKind, missing decimal.Decimal) {
	amount := s.order.Amount.With(canonical.AmountOf(missing))
	r.tell("operator", "records %s of %s on %s", kind, amount, s.order.ID)
	r.operate(func(ctx context.Context, e *engine.Engine, call engine.Call) error {
		_, err := e.Submit(ctx, call, s.order.ID, engine.Ask{Kind: kind, Amount: &amount, Elsewhere: true, Reason: "seen at the lender"})
		return err
	})
}

// operate makes a request of an operator's, until there is an answer.
func (r *run) operate(f func(context.Context, *engine.Engine, engine.Call) error) {
	call := engine.Call{Mode: canonical.Test, Role: state.RoleOperator, Actor: "key_operator"}
	for range tries {
		r.up()
		p, done, ended := r.someProcess(), false, &signal{}
		var err error
		r.kernel.spawn(p, "request", func() {
			err = f(context.Background(), p.engine, call)
			done = true
			r.kernel.raise(ended)
		})
		if r.kernel.wait(time.Minute, ended, &p.death); done {
			r.tell("operator", "is told: %v", err)
			return
		}
	}
}
