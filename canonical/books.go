package canonical

import (
	"errors"
	"maps"
	"slices"
	"time"
)

// Entry says which operation a booked movement belongs to.
type Entry struct {
	Operation string
	Attempt   string
	Capture   string // of a refund: the capture it belongs to; "" is oldest first
	Reference string // the lender's
	At        time.Time
}

// Book applies a movement to the order and enters it into its captures or refunds.
// On an error the order is unchanged.
func (o *Order) Book(m Movement, e Entry) error {
	position, err := o.Position().Apply(m)
	if err != nil {
		return err
	}
	if m.Move == Refund && e.Capture != "" {
		capture, known := o.Capture(e.Capture)
		if !known || capture.refundable().Less(m.Amount) {
			return errors.New("refund exceeds its capture")
		}
	}
	o.stand(position)
	switch m.Move {
	case Capture:
		o.Captures = append(o.Captures, CaptureEntry{ID: e.Operation, Amount: o.money(m.Amount), Refunded: o.money(Amount{}), Reference: e.Reference, At: e.At})
	case Refund:
		o.enterRefund(m.Amount, e)
	}
	return nil
}

func (o *Order) stand(p Position) {
	o.Phase, o.EndedBy, o.Totals.Ledger = p.Phase, p.EndedBy, p.Ledger
}

func (o *Order) money(a Amount) Money { return o.Amount.With(a) }

func (c *CaptureEntry) refundable() Amount { return c.Amount.Value.Sub(c.Refunded.Value) }

func (o *Order) enterRefund(amount Amount, e Entry) {
	for _, share := range o.shares(amount, e.Capture) {
		capture, _ := o.Capture(share.Capture)
		capture.Refunded = o.money(capture.Refunded.Value.Add(share.Amount))
		o.Refunds = append(o.Refunds, RefundEntry{ID: e.Attempt, Operation: e.Operation, Capture: share.Capture, Amount: o.money(share.Amount), Reference: e.Reference, At: e.At})
	}
}

// Share is the part of a refund that falls on one capture.
type Share struct {
	Capture string
	Amount  Amount
}

// shares spreads a refund over the captures, oldest first, or puts it on the one named.
func (o *Order) shares(amount Amount, capture string) []Share {
	var shares []Share
	for i := range o.Captures {
		c := &o.Captures[i]
		if (capture != "" && c.ID != capture) || c.refundable().IsZero() || amount.IsZero() {
			continue
		}
		part := c.refundable().Least(amount)
		amount = amount.Sub(part)
		shares = append(shares, Share{c.ID, part})
	}
	return shares
}

// Learn takes over what a lender says of an order beside phase and money. Of a sighting whose word is
// unknown it takes the word itself and what names the order, and nothing else.
func (o *Order) Learn(s *Sighting, at time.Time) {
	if s == nil {
		return
	}
	o.learnProviderOrder(s, at)
	if s.Unknown {
		return
	}
	if s.WaitingFor != "" {
		o.WaitingFor = s.WaitingFor
	}
	if s.Reason != "" {
		o.Reason = s.Reason
	}
	if s.Action != nil {
		o.Action = s.Action
	}
	if s.Plan != nil {
		o.Plan = s.Plan
	}
	if len(s.Settled) > 0 {
		o.Settlements = s.Settled
	}
	if s.Fees != nil {
		o.Totals.LenderFees = o.money(*s.Fees).Value
	}
	o.learnDeadlines(s.Deadlines)
	for _, name := range slices.Sorted(maps.Keys(s.Details)) {
		o.ProviderDetails = o.ProviderDetails.WithJSON(name, s.Details[name])
	}
}

func (o *Order) learnProviderOrder(s *Sighting, at time.Time) {
	if o.ProviderOrder.ID == "" {
		o.ProviderOrder.ID = s.ID
	}
	if s.Reference != "" {
		o.ProviderOrder.Reference = s.Reference
	}
	if s.Word != "" && s.Word != o.ProviderOrder.Status {
		o.ProviderOrder.Status, o.ProviderOrder.UpdatedAt = s.Word, &at
	}
	if len(s.Kept) > 0 && o.Hidden.Kept == nil {
		o.Hidden.Kept = make(map[string]string)
	}
	maps.Copy(o.Hidden.Kept, s.Kept)
}

func (o *Order) learnDeadlines(d Deadlines) {
	if d.AuthorizationExpiresAt != nil {
		o.Deadlines.AuthorizationExpiresAt = d.AuthorizationExpiresAt
	}
	if d.OrderExpiresAt != nil {
		o.Deadlines.OrderExpiresAt = d.OrderExpiresAt
	}
}

// Refresh computes everything of the order that follows from the rest. It is called once after every change.
func (o *Order) Refresh() {
	position := o.Position()
	o.Status = position.Standing().Status
	ledger := &o.Totals.Ledger
	for _, amount := range []*Amount{&ledger.Authorized, &ledger.Captured, &ledger.Canceled, &ledger.Refunded, &o.Totals.LenderFees} {
		*amount = o.money(*amount).Value
	}
	o.Totals.Capturable = o.money(position.Remaining().Sub(o.held(position.Remaining(), OpCapture, OpCancel, OpUpdate))).Value
	o.Totals.Refundable = o.money(ledger.Refundable().Sub(o.held(ledger.Refundable(), OpRefund))).Value
	if o.WaitingFor != ForOperator {
		o.Hidden.WaitedFor = o.WaitingFor
	}
	o.WaitingFor = o.waitingFor(position)
	if position.Phase == Open || position.Phase == Ended {
		o.Action = nil
	}
}

// held is the money of the unresolved operation, where it is one of these kinds, at most all there is.
func (o *Order) held(most Amount, kinds ...OperationKind) Amount {
	open := o.Hidden.Open
	if open == nil || !contains(kinds, open.Kind) {
		return Amount{}
	}
	if open.Closes {
		return most
	}
	return open.Held.Least(most)
}

func (o *Order) waitingFor(p Position) Party {
	switch {
	case o.InDoubt != nil && o.Hidden.Open != nil && o.Hidden.Open.State == HandedOver:
		return ForOperator
	case o.Drift != nil:
		return ForOperator
	case p.Phase == Open && !p.Remaining().IsZero():
		return ForMerchant
	case p.Phase == Open || p.Phase == Ended:
		return ""
	}
	return o.Hidden.WaitedFor
}

// Hold makes an operation the one that holds the order, or frees the order of it once it is resolved.
func (o *Order) Hold(op *Operation) {
	if !op.State.Unresolved() {
		if o.Hidden.Open != nil && o.Hidden.Open.ID == op.ID {
			o.Hidden.Open, o.InDoubt = nil, nil
		}
		return
	}
	o.Hidden.Open = &OpenOperation{ID: op.ID, Kind: op.Kind, State: op.State, Held: op.Unsettled(), Closes: op.closes(), Since: op.CreatedAt, Amount: op.Amount}
	o.InDoubt = nil
	if op.State.Uncertain() {
		o.InDoubt = &InDoubt{Operation: op.ID, Kind: op.Kind, Amount: op.Amount, Since: op.CreatedAt}
	}
}
