package ecster

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

func (e *ecster) decodeOrder(body []byte) (canonical.Sighting, order, error) {
	var said order
	if err := json.Unmarshal(body, &said); err != nil {
		return canonical.Sighting{}, said, err
	}
	seen, err := e.sight(said)
	return seen, said, err
}

// sight reads an order. Figures that are not there are not said; one that cannot be read is an error.
func (e *ecster) sight(o order) (s canonical.Sighting, err error) {
	if _, known := canonical.Digits(o.Currency); o.ID == "" || o.Status == "" || !known {
		return s, errors.New("order without id, status or known currency")
	}
	s = canonical.Sighting{
		ID: o.ID, Reference: o.OrderReference, Word: o.Status, CreatedAt: adapters.Moment(o.Created),
		Details: canonical.Values{}.With("payment_method", o.Properties.Method).With("payment_submethod", o.Properties.Submethod),
	}
	if o.Properties.Method != "" {
		s.Kept = map[string]string{keptMethod: o.Properties.Method}
	}
	if err := e.sightMoney(o, &s); err != nil {
		return s, err
	}
	s.Seen, err = e.seen(o)
	return s, err
}

// sightMoney reads the figures. The order's amount at Ecster has the fee in it, ours has not.
// ASSUMED: what was not debited when an order is FULLY_DELIVERED was let go.
func (e *ecster) sightMoney(o order, s *canonical.Sighting) error {
	var total *canonical.Amount
	for _, figure := range []struct {
		name string
		text json.RawMessage
		into **canonical.Amount
	}{
		{"amount", o.Amount, &total}, {"invoiceFee", o.Properties.InvoiceFee, &s.Fees},
		{"debitedAmount", o.DebitedAmount, &s.Captured}, {"creditedAmount", o.CreditedAmount, &s.Refunded},
	} {
		if !adapters.Given(figure.text) {
			continue
		}
		amount, err := e.definition.Amount(figure.text, o.Currency)
		if err != nil {
			return fmt.Errorf("%s: %w", figure.name, err)
		}
		*figure.into = &amount
	}
	if total == nil || (s.Fees != nil && total.Less(*s.Fees)) {
		return errors.New("order without an amount, or with one below its fee")
	}
	asked := canonical.Zero(o.Currency).With(*total)
	if s.Fees != nil {
		asked = asked.With(total.Sub(*s.Fees))
	}
	s.Amount = &asked
	switch o.Status {
	case ready, partiallyDelivered:
		s.Net = total
	case fullyDelivered:
		s.Net = s.Captured
	}
	return nil
}

// seen lists debits and credits. An annul tells no amount and is left out.
func (e *ecster) seen(o order) ([]canonical.Seen, error) {
	var all []canonical.Seen
	for _, t := range o.Transactions {
		if t.Type != typeDebit && t.Type != typeCredit {
			continue
		}
		amount, err := e.definition.Amount(t.Amount, o.Currency)
		if err != nil {
			return nil, fmt.Errorf("transaction: %w", err)
		}
		all = append(all, canonical.Seen{
			Kind: kinds[t.Type], Amount: canonical.Zero(o.Currency).With(amount),
			Reference: t.TransactionReference, LenderReference: t.ID, Capture: t.DebitTransaction,
		})
	}
	return all, nil
}
