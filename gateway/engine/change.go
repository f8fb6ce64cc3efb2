package engine

import (
	"context"
	"errors"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// change is what one commit does to one order. It is written last, by publish: every event of a commit
// shows the order as that commit leaves it, which is also what a repeat of the request is answered with.
type change struct {
	order    *canonical.Order
	provider Provider
	at       time.Time
	newID    func(prefix string) string
	fresh    bool // the order is not stored yet
	entries  []entry
	lines    []line
	alarms   []string
	drifted  bool   // drift was seen that the order did not have before
	fell     bool   // the order's own timer fell, and must be set anew
	tidied   bool   // the bodies of its calls were thrown away
	sender   string // who sends the attempt that the change may start
	leased   bool   // its unresolved operation stays with whoever makes the change
}

func (e *Engine) change(order *canonical.Order, provider Provider) *change {
	return &change{order: order, provider: provider, at: e.rt.Now(), newID: e.rt.NewID}
}

// entry is an operation that the change writes.
type entry struct {
	op       *canonical.Operation
	fresh    bool
	requests []canonical.Request // of its attempts, where they are new too
}

// line is one event of the order's history. Without an operation it speaks of the order alone.
type line struct {
	kind   canonical.EventType
	op     *canonical.Operation
	detail string
	by     *word // where it is not the operation's own
}

// operation begins an operation that nobody asked for.
func (c *change) operation(kind canonical.OperationKind, origin canonical.Origin) canonical.Operation {
	return canonical.Operation{
		ID: c.newID("op"), Kind: kind, Order: c.order.ID, Merchant: c.order.Merchant, Mode: c.order.Mode,
		Provider: c.order.Provider, Origin: origin, CreatedAt: c.at,
	}
}

// write has an operation written that is stored already, add one that is new.
func (c *change) write(op *canonical.Operation) { c.entries = append(c.entries, entry{op: op}) }

func (c *change) add(op *canonical.Operation, requests []canonical.Request) {
	c.entries = append(c.entries, entry{op, true, requests})
}

func (c *change) tell(kind canonical.EventType, op *canonical.Operation, detail string) {
	c.lines = append(c.lines, line{kind, op, detail, nil})
}

// tellBy tells that a doubt has ended, and by whose word where it was an operator's.
func (c *change) tellBy(by *word, op *canonical.Operation) {
	detail := op.Recovery.Detail
	if by != nil {
		detail = by.reason
	}
	c.lines = append(c.lines, line{canonical.OperationResolved, op, detail, by})
}

// alarm is for the log, once the change is durable.
func (c *change) alarm(text string) { c.alarms = append(c.alarms, text) }

// drift notes that the lender's report contradicts our books.
func (c *change) drift(seen string) {
	if c.order.Drift == nil {
		c.order.Drift, c.drifted = &canonical.Drift{Seen: seen, Since: c.at}, true
		c.alarm("the lender's report contradicts our books: " + seen)
	}
}

// learn takes over what a lender says of the order beside phase and money.
func (c *change) learn(s *canonical.Sighting) {
	before := c.order.ProviderOrder.Status
	c.order.Learn(s, c.at)
	if s != nil && s.Unknown && s.Word != before {
		c.tell(canonical.VocabularyDrift, nil, "the lender says "+s.Word)
	}
}

// alter makes one change of one order in one commit. make runs until the store says how the commit
// ended, and returns nil where there is nothing to write.
func (e *Engine) alter(ctx context.Context, make func(state.Tx) (*change, error)) error {
	var made *change
	err := e.commit(ctx, func(tx state.Tx) (err error) {
		if made, err = make(tx); err != nil || made == nil {
			return err
		}
		return e.publish(tx, made)
	})
	if err != nil || made == nil {
		return err
	}
	e.told(ctx, made)
	for _, alarm := range made.alarms {
		e.log.ErrorContext(ctx, alarm, made.about()...)
	}
	return nil
}

// about says in a log line what an alarm is about: the order, and the operation that holds it.
func (c *change) about() []any {
	about := []any{"order", c.order.ID, "provider", c.order.Provider}
	if open := c.order.Hidden.Open; open != nil {
		about = append(about, "operation", open.ID, "kind", open.Kind, "state", open.State)
	}
	return about
}

// How often a commit is tried whose answer was lost, and the pause before the next try.
const (
	commitTries = 5
	commitPause = 100 * time.Millisecond
)

// commit is the store's Update for functions that recognize what they wrote themselves: they run again
// where the answer was lost. ErrUncertain: it stayed lost.
func (e *Engine) commit(ctx context.Context, f func(state.Tx) error) (err error) {
	for range commitTries {
		err = e.store.Update(ctx, f)
		if !errors.Is(err, state.ErrUncertain) {
			break
		}
		_ = e.rt.Sleep(ctx, commitPause)
	}
	if errors.Is(err, state.ErrContended) {
		return &canonical.Error{Kind: canonical.Overloaded, Detail: "others keep changing the same order", Err: err}
	}
	return err
}

// publish writes a change: the order's timer, history, operations with their timers, order. One of which nothing is told
// makes no new version.
func (e *Engine) publish(tx state.Tx, c *change) error {
	if c.drifted {
		c.tell(canonical.OrderDrift, nil, c.order.Drift.Seen)
	}
	if len(c.lines) > 0 {
		c.order.Version++
		c.order.UpdatedAt = c.at
	}
	c.order.Refresh()
	if err := e.attend(tx, c); err != nil {
		return err
	}
	if err := e.record(tx, c); err != nil {
		return err
	}
	for _, entry := range c.entries {
		if err := e.enter(tx, c, entry); err != nil {
			return err
		}
	}
	if c.fresh {
		return tx.Orders().Insert(c.order.ID, *c.order)
	}
	return tx.Orders().Replace(c.order.ID, *c.order)
}

// record adds the events to the order's history, with all that a reader of the order sees.
func (e *Engine) record(tx state.Tx, c *change) error {
	e.present(c.order, c.provider)
	for _, l := range c.lines {
		event := canonical.Event{ID: c.newID("evt"), Type: l.kind, At: c.at, Detail: l.detail, Origin: canonical.FromProvider, Next: c.order.Next}
		if l.op != nil {
			op := *l.op
			event.Operation, event.Origin, event.Actor, event.TraceID, event.Next = &op, op.Origin, op.Recovery.Actor, op.TraceID, op.Next
			l.op.Recovery.Event = c.order.Hidden.Events + 1
		}
		if l.by != nil {
			event.Origin, event.Actor, event.TraceID = l.by.origin, l.by.actor, l.by.traceID
		}
		sealed, err := c.order.Record(event)
		if err != nil {
			return err
		}
		if err := tx.Append(sealed); err != nil {
			return err
		}
	}
	c.order.AllowedOperations = nil
	return nil
}

// enter writes an operation, the requests that are new with it, and the timer that looks after it.
func (e *Engine) enter(tx state.Tx, c *change, n entry) error {
	for i, request := range n.requests {
		attempt := n.op.Attempts[i].ID
		stored, err := e.sealed(attempt, request)
		if err != nil {
			return err
		}
		if err := tx.Requests().Insert(attempt, stored); err != nil {
			return err
		}
	}
	if err := e.lookLater(tx, c, n.op); err != nil {
		return err
	}
	if n.fresh {
		return tx.Operations().Insert(n.op.ID, *n.op)
	}
	return tx.Operations().Replace(n.op.ID, *n.op)
}

// lookLater sets the timer of an operation that the change writes.
func (e *Engine) lookLater(tx state.Tx, c *change, op *canonical.Operation) error {
	if c.leased && op.State.Unresolved() {
		return e.put(tx, e.leased(op.ID, c.at))
	}
	return e.schedule(tx, op, c.at)
}
