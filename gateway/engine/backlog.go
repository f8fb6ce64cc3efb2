package engine

import (
	"context"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// How much a look at the backlog visits at most. It is made often, and a count that stops there says enough.
const (
	mostUnresolved = 20000
	mostTimers     = 20000
	mostDeadlines  = 2000
)

// Backlog is what is left to do, of everyone and in both modes.
type Backlog struct {
	Operations []Unresolved
	Due        []Due
	Deadlines  []Deadline
}

// Unresolved are the operations of one provider that stand in one state.
type Unresolved struct {
	Provider string
	State    canonical.OperationState
	Count    int
	Oldest   time.Time
	Amounts  []canonical.Money // what they may have moved, one for each currency
}

// Due is the work of one kind that has fallen due and is not done.
type Due struct {
	Kind   string
	Count  int
	Oldest time.Time // when it fell due
}

// Deadline is one provider's authorizations that end soon with money left to capture.
type Deadline struct {
	Provider string
	Count    int
	Soonest  time.Time
}

// Backlog looks at what is left to do.
func (e *Engine) Backlog(ctx context.Context) (b Backlog, err error) {
	now := e.rt.Now()
	err = e.store.View(ctx, func(r state.Reader) error {
		ops, err := r.Operations(state.Scope{}, true, "", mostUnresolved, func(*canonical.Operation) bool { return true })
		if err != nil {
			return err
		}
		for i := range ops {
			b.add(&ops[i])
		}
		due, err := r.TimersDue(now, mostTimers)
		if err != nil {
			return err
		}
		for _, timer := range due {
			b.wait(timer)
		}
		return b.ends(r, now)
	})
	return b, err
}

func (b *Backlog) add(op *canonical.Operation) {
	at := -1
	for i, u := range b.Operations {
		if u.Provider == op.Provider && u.State == op.State {
			at = i
		}
	}
	if at < 0 {
		b.Operations = append(b.Operations, Unresolved{Provider: op.Provider, State: op.State, Oldest: op.CreatedAt})
		at = len(b.Operations) - 1
	}
	u := &b.Operations[at]
	u.Count++
	if op.CreatedAt.Before(u.Oldest) {
		u.Oldest = op.CreatedAt
	}
	u.Amounts = withUnsettled(u.Amounts, op)
}

func (b *Backlog) wait(timer state.Timer) {
	for i := range b.Due {
		if b.Due[i].Kind == timer.Kind {
			b.Due[i].Count++ // they come oldest first
			return
		}
	}
	b.Due = append(b.Due, Due{timer.Kind, 1, timer.Due})
}

// ends looks for authorizations that end soon: each order's watch falls at its deadline at the latest.
func (b *Backlog) ends(r state.Reader, now time.Time) error {
	timers, err := r.TimersDue(now.Add(warnBefore), mostDeadlines)
	if err != nil {
		return err
	}
	for _, timer := range timers {
		if timer.Kind != watchTimer {
			continue
		}
		order, err := r.Order(timer.Subject)
		if err != nil {
			return err
		}
		ends := order.Deadlines.AuthorizationExpiresAt
		if ends != nil && order.Phase == canonical.Open && !order.Totals.Remaining().IsZero() && ends.Before(now.Add(warnBefore)) {
			b.end(order.Provider, *ends)
		}
	}
	return nil
}

func (b *Backlog) end(provider string, at time.Time) {
	for i := range b.Deadlines {
		d := &b.Deadlines[i]
		if d.Provider != provider {
			continue
		}
		d.Count++
		if at.Before(d.Soonest) {
			d.Soonest = at
		}
		return
	}
	b.Deadlines = append(b.Deadlines, Deadline{provider, 1, at})
}
