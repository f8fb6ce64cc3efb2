package engine

import (
	"github.com/lendgate/lendgate/canonical"
)

// withdrew is the reason of an order that the lender ended after it had promised.
const withdrew = "lender_withdrew"

// own makes operations of their own from what a lender did without our asking: one for each single
// movement it lists, so that a later refund can name its capture.
func (c *change) own(movements []canonical.Movement, seen []canonical.Seen, by canonical.FoundBy) {
	for _, movement := range movements {
		for _, single := range c.singles(movement, seen) {
			c.ownOne(single, by)
		}
	}
}

// single is one movement a lender made, with what it calls it.
type single struct {
	canonical.Movement
	reference string // the lender's
	capture   string // ours, of a refund
}

// singles splits a movement into those the lender lists and our books do not hold, where they add up to it.
func (c *change) singles(m canonical.Movement, seen []canonical.Seen) []single {
	var found []single
	var sum canonical.Amount
	for _, s := range seen {
		if string(s.Kind) != string(m.Move) || s.LenderReference == "" || c.booked(s.LenderReference) {
			continue
		}
		one := single{Movement: m, reference: s.LenderReference, capture: c.captureNamed(s.Capture)}
		one.Amount = s.Amount.Value
		found, sum = append(found, one), sum.Add(s.Amount.Value)
	}
	if len(found) == 0 || !sum.Equal(m.Amount) {
		return []single{{Movement: m}}
	}
	return found
}

// booked says whether our books hold a movement by the lender's reference.
func (c *change) booked(reference string) bool {
	for _, capture := range c.order.Captures {
		if capture.Reference == reference {
			return true
		}
	}
	for _, refund := range c.order.Refunds {
		if refund.Reference == reference {
			return true
		}
	}
	return false
}

// captureNamed is the id of the capture that the lender calls so, "" where there is none.
func (c *change) captureNamed(reference string) string {
	for _, capture := range c.order.Captures {
		if reference != "" && capture.Reference == reference {
			return capture.ID
		}
	}
	return ""
}

func (c *change) ownOne(s single, by canonical.FoundBy) {
	op := c.operation(canonical.OperationKind(s.Move), canonical.FromProvider)
	op.State, op.FoundBy, op.Next, op.FinishedAt = canonical.Succeeded, by, canonical.Next{Action: canonical.NextNone}, &c.at
	entry := canonical.Entry{Operation: op.ID, Attempt: op.ID, Capture: s.capture, Reference: s.reference, At: c.at}
	if err := c.order.Book(c.timely(s.Movement), entry); err != nil {
		c.drift("the lender did what our books cannot hold: " + err.Error())
		return
	}
	if s.Move == canonical.Await || s.Move == canonical.End {
		c.tell(standing[c.order.Position().Standing().Status], nil, "")
		return
	}
	amount := c.order.Amount.With(s.Amount)
	op.Amount = &amount
	c.tell(c.happenedThere(op.Kind), &op, "")
	c.add(&op, nil)
}

// timely: a lender's cancel that nobody asked for is the end of its patience where that was known to be over.
func (c *change) timely(m canonical.Movement) canonical.Movement {
	ends := m.Move == canonical.Cancel || m.Move == canonical.End
	deadline := c.order.Deadlines.AuthorizationExpiresAt
	if c.order.Totals.Authorized.IsZero() {
		deadline = c.order.Deadlines.OrderExpiresAt
	}
	if ends && m.EndedBy == canonical.ByCancel && deadline != nil && !c.at.Before(*deadline) {
		m.EndedBy = canonical.ByTime
	}
	return m
}

// happenedThere is the event of a movement at the lender, which may have ended the order.
func (c *change) happenedThere(kind canonical.OperationKind) canonical.EventType {
	if c.order.Phase != canonical.Ended || kind != canonical.OpCancel {
		return happened(kind)
	}
	if c.order.EndedBy == canonical.ByLender && c.order.Reason == "" {
		c.order.Reason = withdrew
	}
	return standing[c.order.Position().Standing().Status]
}

// happened is the event of an operation that succeeded.
func happened(kind canonical.OperationKind) canonical.EventType {
	switch kind {
	case canonical.OpCreate:
		return canonical.OrderCreated
	case canonical.OpAuthorize:
		return canonical.OrderAuthorized
	case canonical.OpCapture:
		return canonical.OrderCaptured
	case canonical.OpCancel:
		return canonical.OrderCanceled
	case canonical.OpRefund:
		return canonical.OrderRefunded
	}
	return canonical.OrderUpdated
}

// standing is the event of an order that came to a status without money moving.
var standing = map[canonical.Status]canonical.EventType{
	canonical.StatusDeclined: canonical.OrderDeclined,
	canonical.StatusFailed:   canonical.OrderFailed,
	canonical.StatusExpired:  canonical.OrderExpired,
	canonical.StatusCanceled: canonical.OrderCanceled,
	canonical.StatusPending:  canonical.OrderPending,
	canonical.StatusApproved: canonical.OrderApproved,
	canonical.StatusCreated:  canonical.OrderUpdated,
}
