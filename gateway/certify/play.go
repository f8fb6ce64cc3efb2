package certify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

// How long a life is followed: until nothing is open any more, and at most so long.
const (
	longestDoubt = 5 * 24 * time.Hour
	mostTicks    = 5000
)

// play lets one step happen, and waits until all is quiet.
func (w *world) play(s *scene) error {
	w.scene = s
	var err error
	if s.By != "" && w.real != nil {
		return w.await(s)
	}
	if s.By != "" {
		w.lender.happen(w.now, s)
		w.notify(messageOf(s))
		w.settle(w.patience())
	} else {
		err = w.ask(s)
		if s.sent == nil {
			w.lender.happen(w.now, s)
		}
		if w.real == nil && (w.network.fault == nil || w.network.fault.name != noticeFirst) {
			w.notify(messageOf(s))
		}
		w.settle(w.patience())
	}
	if w.real == nil {
		w.pass(w.block.ShowsWithin)
	}
	w.sync()
	return err
}

func messageOf(s *scene) *canonical.Message {
	if s.notice == nil {
		return nil
	}
	return s.notice.Message
}

// ask asks the engine for what a case records.
func (w *world) ask(s *scene) error {
	w.serial++
	call, cmd := w.call, s.command
	call.Key = fmt.Sprintf("certify-%d-%d", s.number, w.serial)
	call.Meaning = []byte(call.Key)
	var answer engine.Answer
	var err error
	if cmd.Kind == canonical.OpCreate {
		answer, err = w.engine.Create(context.Background(), call, newOrder(w.client.Describe().ID, cmd))
	} else {
		answer, err = w.engine.Submit(context.Background(), call, w.order, w.asked(s))
	}
	if answer.Order.ID != "" {
		w.order = answer.Order.ID
	}
	var problem *canonical.Error
	if w.order == "" && errors.As(err, &problem) {
		w.order = problem.Order
	}
	return err
}

func newOrder(provider string, cmd *canonical.Command) engine.NewOrder {
	o := &cmd.Order
	amount := o.Amount
	return engine.NewOrder{
		Reference: o.Reference, Provider: provider, Amount: &amount, Customer: o.Customer, Lines: o.Lines, Shipping: o.Shipping,
		ReturnURL: o.ReturnURL, CancelURL: o.CancelURL, Plan: o.Plan, Options: cmd.Options, Metadata: o.Metadata,
	}
}

func (w *world) asked(s *scene) engine.Ask {
	cmd := s.command
	ask := engine.Ask{
		Kind: cmd.Kind, Lines: cmd.Lines, Final: cmd.Final, Message: cmd.Message, Reason: cmd.Reason, Shipping: cmd.Shipping,
		Options: cmd.Options, Change: cmd.Change,
	}
	if s.Ask == canonical.OpAuthorize {
		ask.Plan = &canonical.Plan{Installments: 12} // some lenders want to know
	}
	if s.Ask == canonical.OpUpdate {
		amount := s.amount()
		ask.Change = &canonical.Change{Amount: &amount}
	}
	all := s.Ask != "" && s.Amount == ""
	if amount := s.amount(); all {
		return ask
	} else if cmd.Kind == canonical.OpCapture || cmd.Kind == canonical.OpRefund || (cmd.Kind == canonical.OpCancel && cmd.Order.Phase == canonical.Open) {
		ask.Amount = &amount
	}
	return ask
}

// amount is what a step asks for: what its case records, or another.
func (s *scene) amount() canonical.Money {
	amount := s.command.Amount
	if s.Amount != "" {
		if other, err := canonical.ParseMoney(s.Amount, amount.Currency); err == nil {
			return other
		}
	}
	return amount
}

// notify delivers a notification.
func (w *world) notify(m *canonical.Message) {
	if m == nil {
		return
	}
	message := *m
	message.At = w.now
	w.refused = w.engine.Receive(context.Background(), w.client.Describe().ID, message)
}

// tick does what is due now.
func (w *world) tick() {
	for range mostTicks {
		if done, err := w.engine.Tick(context.Background()); done == 0 || err != nil {
			return
		}
	}
}

// settle lets time pass until nothing is open, at most so long.
func (w *world) settle(most time.Duration) {
	until := w.time().Add(most)
	for range mostTicks {
		next, waits := w.next()
		if !waits || next.After(until) || w.over() {
			return
		}
		w.until(next)
		w.tick()
	}
}

// next is when something happens that a doubt or a hint waits for.
func (w *world) next() (at time.Time, waits bool) {
	if len(w.due) > 0 {
		at, waits = w.due[0].at, true
	}
	if !w.unsettled() {
		return at, waits
	}
	due, any, err := w.engine.NextDue(context.Background())
	if err == nil && any && (!waits || due.Before(at)) {
		at, waits = due, true
	}
	return at, waits
}

// unsettled says whether something is open that time alone can settle.
func (w *world) unsettled() bool {
	for _, op := range w.operations() {
		later := op.State == canonical.Waiting && w.scene.ends() == endsLater
		if op.State.Unresolved() && op.State != canonical.HandedOver && !later {
			return true
		}
	}
	order, err := w.engine.Order(context.Background(), w.call, w.order)
	watch := order.Hidden.Watch
	return err == nil && watch != nil && watch.Hinted != nil && order.Phase != canonical.Ended
}

// operations are all there are, oldest first.
func (w *world) operations() []canonical.Operation {
	if w.order == "" {
		return nil
	}
	all, err := w.engine.Operations(context.Background(), w.call, false, engine.Page{Before: "~", Limit: 1000}, nil)
	if err != nil {
		return nil
	}
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	return all
}

// sync reads the lender once more, as a merchant would.
func (w *world) sync() {
	if w.order == "" {
		return
	}
	if _, err := w.engine.Sync(context.Background(), w.call, w.order); err == nil {
		w.settle(min(time.Hour, w.patience()))
	}
	if order, err := w.engine.Order(context.Background(), w.call, w.order); err == nil {
		w.lender.knows(order)
	}
}
