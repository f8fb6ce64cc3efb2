package engine

import (
	"context"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// parkedFor is how long a message waits for the order it is about: it may overtake the answer to the
// create. Then it is a matter for a person.
const parkedFor = 24 * time.Hour

// parkMessage writes a message and sets its one timer: while its order is not certain it is looked for, later
// the message is forgotten.
func (e *Engine) parkMessage(tx state.Tx, m state.Message, write func(string, state.Message) error) error {
	if err := write(m.ID, m); err != nil {
		return err
	}
	due := e.messageDue(m)
	if due == nil {
		return tx.Timers().Delete(messageTimerID(m.ID))
	}
	return e.put(tx, state.Timer{ID: messageTimerID(m.ID), Kind: messageTimer, Subject: m.ID, Due: *due})
}

func (e *Engine) messageDue(m state.Message) *time.Time {
	if m.Order == "" && !m.GivenUp {
		return after(e.rt.Now(), schedules[min(m.Tries, len(schedules)-1)])
	}
	if e.set.KeepBodies == 0 {
		return nil
	}
	return after(m.At, e.set.KeepBodies)
}

// deliver looks for the order of a message again, or forgets a message that is old.
func (e *Engine) deliver(ctx context.Context, id string) error {
	var m state.Message
	var found addressee
	err := e.store.View(ctx, func(r state.Reader) (err error) {
		if m, err = r.Message(id); err == nil && m.Order == "" && !m.GivenUp {
			found, err = e.addressed(r, &m)
		}
		return err
	})
	switch {
	case err == state.ErrNotFound:
		return e.commit(ctx, func(tx state.Tx) error { return tx.Timers().Delete(messageTimerID(id)) })
	case err != nil:
		return err
	case m.Order != "" || m.GivenUp:
		return e.forgetMessage(ctx, id)
	case found.orphan:
		return e.takeOrphan(ctx, m, found.order)
	}
	return e.redeliver(ctx, m, found)
}

// redeliver writes what another look for a message's order has found.
func (e *Engine) redeliver(ctx context.Context, m state.Message, found addressee) error {
	return e.alter(ctx, func(tx state.Tx) (*change, error) {
		present, err := tx.Messages().Get(m.ID)
		if err != nil || present.Order != "" {
			return nil, err
		}
		present.Tries = m.Tries + 1
		if !found.certain && !e.rt.Now().Before(present.At.Add(parkedFor)) {
			present.GivenUp = true
			e.log.Error("a notification is about no order of ours", "message", m.ID, "provider", m.Provider, "event", m.Event)
		}
		return e.hand(tx, present, found, tx.Messages().Replace)
	})
}

// forgetMessage deletes a message whose time has come. Where somebody else has just found its order, its timer is
// another already.
func (e *Engine) forgetMessage(ctx context.Context, id string) error {
	return e.commit(ctx, func(tx state.Tx) error {
		m, err := tx.Messages().Get(id)
		if err == state.ErrNotFound {
			return tx.Timers().Delete(messageTimerID(id))
		}
		if err != nil {
			return err
		}
		if due := e.messageDue(m); due == nil || due.After(e.rt.Now()) {
			return e.parkMessage(tx, m, tx.Messages().Replace)
		}
		if err := tx.Messages().Delete(id); err != nil {
			return err
		}
		return tx.Timers().Delete(messageTimerID(id))
	})
}

// settleMessage notes which order a message was about.
func (e *Engine) settleMessage(tx state.Tx, m state.Message, order string) error {
	m.Order = order
	return e.parkMessage(tx, m, tx.Messages().Replace)
}

// takeOrphan turns to a lender's order that has our reference and is not the one that our order became: a
// create that was repeated left it behind. It is booked as an order of its own and canceled there.
func (e *Engine) takeOrphan(ctx context.Context, m state.Message, twinID string) error {
	twin, err := e.orderByID(ctx, twinID)
	if err != nil {
		return err
	}
	provider, err := e.providers.For(twin.Provider, twin.Merchant)
	if err != nil {
		return err
	}
	it := e.orphan(twin, m.LenderID, provider)
	report, err := provider.Read(ctx, canonical.Query{Read: "sync", Order: it.order})
	switch {
	case err != nil || report.Finding == canonical.Mute || (report.Sighting != nil && report.Sighting.Unknown):
		return e.redeliver(ctx, m, addressee{})
	case report.Finding == canonical.Absent || report.Sighting.Reference != m.Reference:
		return e.commit(ctx, func(tx state.Tx) error { return e.settleMessage(tx, m, twinID) })
	}
	it.order.Learn(report.Sighting, e.rt.Now())
	return e.bookOrphan(ctx, m, it, report.Sighting)
}
