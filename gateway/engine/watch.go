package engine

import (
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// Every order has at most one timer of its own, its watch. When it falls is read off the order: the
// earliest time of any cause below. Each commit of the order puts it there.

func watchID(order string) string { return watchTimer + ":" + order }

// The rhythm of looking at the lender for orders that wait.
const (
	hintGap       = 2 * time.Second // between two reads that notifications ask for
	longestPoll   = time.Hour
	warnBefore    = 72 * time.Hour // or a quarter of the authorization's life, where that is less
	warnFraction  = 4
	pollFraction  = 10 // the longer an order has waited, the more seldom it is read
	failurePauses = 3  // how far into the schedule the pauses after failed reads grow
)

// waiting is an order and its watch.
type waiting struct {
	order    *canonical.Order
	watch    *canonical.Watch
	provider canonical.Provider
	keep     time.Duration // bodies of calls; 0: for good
}

// cause is a reason to look after an order.
type cause struct {
	reads bool // the lender is read for it: not while that fails, and never where it cannot be read
	at    func(waiting) *time.Time
}

// causes are all reasons there are.
var causes = []cause{
	{true, waiting.hint},     // a notification came
	{true, waiting.absence},  // the lender did not show the order, and a second look may be proof
	{true, waiting.poll},     // it is time to ask again
	{true, waiting.deadline}, // the lender's word ends the order, not the clock
	{true, waiting.closing},  // the customer's time is over
	{false, waiting.warning}, // the authorization is about to end
	{false, waiting.overdue}, // it has ended, and the lender cannot be asked
	{false, waiting.tidying}, // the bodies of its calls are not needed any more
}

// attend computes the order's watch anew, and moves its timer where that has changed.
func (e *Engine) attend(tx state.Tx, c *change) error {
	var before *time.Time
	if c.order.Hidden.Watch != nil {
		before = c.order.Hidden.Watch.Due
	}
	w := e.watch(c)
	c.order.Hidden.Watch = w
	switch {
	case w.Due == nil && (before != nil || c.fell):
		return tx.Timers().Delete(watchID(c.order.ID))
	case w.Due == nil || (before != nil && before.Equal(*w.Due) && !c.fell):
		return nil
	}
	return e.put(tx, state.Timer{ID: watchID(c.order.ID), Kind: watchTimer, Subject: c.order.ID, Due: *w.Due})
}

func (e *Engine) watch(c *change) *canonical.Watch {
	w := canonical.Watch{}
	if c.order.Hidden.Watch != nil {
		w = *c.order.Hidden.Watch
	}
	if c.tidied {
		w.Tidied = c.order.Version
	}
	if what := waitsFor(c.order); w.For != what || w.Since.IsZero() {
		w.For, w.Since, w.Failure, w.Retry = what, c.at, 0, nil
	}
	w.Due = waiting{c.order, &w, c.provider.Describe(), e.set.KeepBodies}.due(c.at)
	return &w
}

// waitsFor names what an order waits for; "" is nothing.
func waitsFor(o *canonical.Order) string {
	switch {
	case o.Drift != nil:
		return "agreement"
	case o.Phase == canonical.Open && !o.Totals.Remaining().IsZero():
		return string(canonical.Open)
	case o.Phase == canonical.Open || o.Phase == canonical.Ended:
		return ""
	}
	return string(o.Phase) + " " + string(o.WaitingFor)
}

// due is the earliest time of any cause, at once where that has passed.
func (w waiting) due(now time.Time) *time.Time {
	var first *time.Time
	for _, cause := range causes {
		at := w.timeOf(cause)
		if at != nil && at.Before(now) {
			at = &now
		}
		if at != nil && (first == nil || at.Before(*first)) {
			first = at
		}
	}
	return first
}

func (w waiting) timeOf(c cause) *time.Time {
	if c.reads && w.provider.Traits.Unreadable {
		return nil
	}
	at := c.at(w)
	if at != nil && c.reads && w.watch.Retry != nil && at.Before(*w.watch.Retry) {
		return w.watch.Retry
	}
	return at
}

// reads says whether a cause to read the lender has come.
func (w waiting) reads(now time.Time) bool {
	for _, cause := range causes {
		if at := w.timeOf(cause); cause.reads && at != nil && !at.After(now) {
			return true
		}
	}
	return false
}

func (w waiting) busy() bool { return w.order.Hidden.Open != nil }

// unfunded: nothing is reserved yet, and somebody has to act.
func (w waiting) unfunded() bool {
	return w.order.Phase != canonical.Open && w.order.Phase != canonical.Ended
}

func (w waiting) hint() *time.Time {
	hinted := w.watch.Hinted
	if hinted == nil || w.watch.Looked == nil {
		return hinted
	}
	return latest(*hinted, w.watch.Looked.Add(hintGap))
}

func (w waiting) absence() *time.Time {
	if w.watch.Absent == nil || w.busy() {
		return nil
	}
	if w.lookedSince(*w.watch.Absent) {
		return after(*w.watch.Looked, absentGap)
	}
	return after(*w.watch.Absent, absentGap)
}

// poll: who waits for the merchant is read daily, who waits for others ever more seldom as time goes by,
// and daily in the end.
func (w waiting) poll() *time.Time {
	polling := w.provider.Polling
	if w.watch.For == "" || polling.After == 0 || w.busy() {
		return nil
	}
	last := w.watch.Since
	if w.watch.Looked != nil {
		last = *latest(last, *w.watch.Looked)
	}
	age := last.Sub(w.since(last))
	patient := w.watch.For == string(canonical.Open) || w.order.WaitingFor == canonical.ForMerchant
	if patient || age >= polling.Until {
		return after(last, daily)
	}
	return after(last, max(polling.After, min(age/pollFraction, longestPoll)))
}

// since is when the present wait began: a deadline that has passed begins it anew.
func (w waiting) since(last time.Time) time.Time {
	since := w.watch.Since
	for _, deadline := range w.deadlines() {
		if !deadline.After(last) {
			since = *latest(since, deadline)
		}
	}
	return since
}

// deadlines are those of the lender's that something still depends on.
func (w waiting) deadlines() []time.Time {
	var all []time.Time
	if at := w.order.Deadlines.OrderExpiresAt; at != nil && w.unfunded() {
		all = append(all, *at)
	}
	if at := w.order.Deadlines.AuthorizationExpiresAt; at != nil && w.order.Phase != canonical.Ended && (w.unfunded() || !w.order.Totals.Remaining().IsZero()) {
		all = append(all, *at)
	}
	return all
}

func (w waiting) deadline() *time.Time {
	if w.busy() {
		return nil
	}
	var first *time.Time
	for _, at := range w.deadlines() {
		if w.lookedSince(at) || (first != nil && first.Before(at)) {
			continue
		}
		first = &at
	}
	return first
}

func (w waiting) lookedSince(at time.Time) bool {
	return w.watch.Looked != nil && !w.watch.Looked.Before(at)
}

func (w waiting) closing() *time.Time {
	if w.provider.CloseAfter == 0 || !w.unfunded() || w.busy() {
		return nil
	}
	at := after(w.order.CreatedAt, w.provider.CloseAfter)
	if w.lookedSince(*at) {
		return nil // the next poll tries again
	}
	return at
}

// warning comes while something is done about an authorization too: what is only queued may be too late.
func (w waiting) warning() *time.Time {
	end := w.order.Deadlines.AuthorizationExpiresAt
	if end == nil || w.watch.Warned || w.order.Phase != canonical.Open || w.order.Totals.Remaining().IsZero() {
		return nil
	}
	return after(*end, -min(warnBefore, end.Sub(w.order.CreatedAt)/warnFraction))
}

func (w waiting) overdue() *time.Time {
	if !w.provider.Traits.Unreadable || w.watch.Overdue || w.order.Phase != canonical.Open || w.order.Totals.Remaining().IsZero() {
		return nil
	}
	return w.order.Deadlines.AuthorizationExpiresAt
}

func (w waiting) tidying() *time.Time {
	if w.keep == 0 || w.watch.For != "" || w.busy() || w.watch.Tidied >= w.order.Version {
		return nil
	}
	return after(w.order.UpdatedAt, w.keep)
}

func after(at time.Time, d time.Duration) *time.Time {
	at = at.Add(d)
	return &at
}

func latest(a, b time.Time) *time.Time {
	if a.Before(b) {
		return &b
	}
	return &a
}
