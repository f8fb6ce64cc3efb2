package engine

import (
	"context"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// unreachable is how long an order is left alone whose provider is switched off.
const unreachable = 15 * time.Minute

// lookAfter does what an order's watch fell for.
func (e *Engine) lookAfter(ctx context.Context, orderID string) error {
	order, err := e.orderByID(ctx, orderID)
	if err != nil {
		return err
	}
	concerns(ctx, &order)
	provider, err := e.providers.For(order.Provider, order.Merchant)
	if err != nil {
		return e.putOff(ctx, orderID)
	}
	l := looked{began: e.rt.Now()}
	if order.Hidden.Watch != nil {
		w := waiting{&order, order.Hidden.Watch, provider.Describe(), e.set.KeepBodies}
		if l.tried = w.reads(l.began); l.tried {
			if l.found, err = e.askLender(ctx, &order); err != nil {
				return err
			}
			l.name = order.Hidden.Watch.Lender
		}
		if at := w.tidying(); at != nil && !at.After(l.began) {
			l.tidies = true
			if l.tidy, err = e.bodies(ctx, orderID); err != nil {
				return err
			}
		}
	}
	err = e.attended(ctx, orderID, provider, l)
	if w := order.Hidden.Watch; err == nil && w != nil && w.Hinted != nil && l.found.Heard {
		e.heard(order.Provider, *w.Hinted)
	}
	return err
}

// askLender reads the lender for an order.
func (e *Engine) askLender(ctx context.Context, order *canonical.Order) (Synced, error) {
	by := canonical.ByPoll
	if order.Hidden.Watch.Hinted != nil {
		by = canonical.ByNotification
	}
	return untilFresh(func() (Synced, error) { return e.sync(ctx, order.ID, by) })
}

// looked is what came of a fall of the watch.
type looked struct {
	began time.Time
	tried bool   // the lender was asked
	found Synced // what it said
	name  string // by which it was asked, where only a notification has given one

	tidies bool
	tidy   []string // attempts whose bodies can go
}

// attended writes what came of it, and what time itself brings about: the timer is set anew with it.
func (e *Engine) attended(ctx context.Context, orderID string, provider Provider, l looked) error {
	return e.alter(ctx, func(tx state.Tx) (*change, error) {
		order, err := tx.Orders().Get(orderID)
		if err != nil {
			return nil, err
		}
		c := e.change(&order, provider)
		c.fell = true
		if order.Hidden.Watch == nil {
			return c, nil
		}
		w := waiting{&order, order.Hidden.Watch, provider.Describe(), e.set.KeepBodies}
		if l.tried {
			w.note(l, c.at)
		}
		c.warn(w)
		e.close(c, w)
		return c, e.tidy(tx, c, l)
	})
}

// note remembers a read, or that it failed.
func (w waiting) note(l looked, now time.Time) {
	if l.found.Heard && l.name == w.watch.Lender {
		w.watch.Lender = "" // it was tried, and is known by now or was wrong
	}
	if !l.found.Heard {
		w.watch.Retry = after(now, schedules[min(w.watch.Failure, failurePauses)])
		w.watch.Failure++
		return
	}
	w.watch.Failure, w.watch.Retry = 0, nil
	if w.watch.Hinted != nil && w.watch.Hinted.Before(l.began) {
		w.watch.Hinted = nil
	}
	if w.watch.Hinted != nil { // it came while the lender was read
		w.watch.Retry = after(now, hintGap)
	}
	if l.found.Read {
		w.watch.Looked = &l.began
	}
}

// warn tells in time that an authorization is about to end, and of one that has ended where the lender
// cannot be asked.
func (c *change) warn(w waiting) {
	if at := w.warning(); at != nil && !at.After(c.at) {
		w.watch.Warned = true
		c.tell(canonical.AuthorizationExpires, nil, "at "+c.order.Deadlines.AuthorizationExpiresAt.Format(time.RFC3339))
		if open := c.order.Hidden.Open; open != nil && open.State == canonical.Queued {
			c.warnQueued()
		}
	}
	if at := w.overdue(); at != nil && !at.After(c.at) {
		w.watch.Overdue = true
		c.alarm("an authorization has ended at a lender that cannot be read: record what became of it")
	}
}

// close cancels at the lender what the customer has not finished in time.
func (e *Engine) close(c *change, w waiting) {
	closes := w.provider.CloseAfter > 0 && w.unfunded() && !c.at.Before(c.order.CreatedAt.Add(w.provider.CloseAfter))
	if !closes || w.busy() || c.order.Drift != nil {
		return
	}
	op := c.operation(canonical.OpCancel, canonical.FromEngine)
	op.Recovery.Expires = true
	it, err := e.cancelOf(c, c.order.Clone(), op)
	if err != nil {
		return // the next poll tries again
	}
	c.order.Hold(&it.op)
	it.op.Next = canonical.NextOf(&it.op, "", false)
	c.tell(canonical.OperationQueued, &it.op, "the customer's time to finish the order is over")
	c.add(&it.op, it.requests)
}

// bodies lists the attempts of an order's operations that are resolved.
func (e *Engine) bodies(ctx context.Context, orderID string) (attempts []string, err error) {
	err = e.store.View(ctx, func(r state.Reader) error {
		ops, err := operationsOf(r, orderID)
		attempts = attemptsOf(ops)
		return err
	})
	return attempts, err
}

func attemptsOf(ops []canonical.Operation) (attempts []string) {
	for _, op := range ops {
		if op.State.Unresolved() {
			continue
		}
		for _, attempt := range op.Attempts {
			attempts = append(attempts, attempt.ID)
		}
	}
	return attempts
}

// tidy throws the bodies of an order's calls away: what was asked and what came of it stays in the history.
func (e *Engine) tidy(tx state.Tx, c *change, l looked) error {
	if !l.tidies || c.order.Hidden.Open != nil {
		return nil
	}
	for _, attempt := range l.tidy {
		if err := tx.Requests().Delete(attempt); err != nil {
			return err
		}
	}
	c.tidied = true
	return nil
}

// putOff moves the watch of an order whose provider is switched off.
func (e *Engine) putOff(ctx context.Context, orderID string) error {
	return e.commit(ctx, func(tx state.Tx) error {
		order, err := tx.Orders().Get(orderID)
		if err != nil || order.Hidden.Watch == nil {
			return err
		}
		due := e.rt.Now().Add(unreachable)
		order.Hidden.Watch.Due = &due
		if err := e.put(tx, state.Timer{ID: watchID(orderID), Kind: watchTimer, Subject: orderID, Due: due}); err != nil {
			return err
		}
		return tx.Orders().Replace(orderID, order)
	})
}
