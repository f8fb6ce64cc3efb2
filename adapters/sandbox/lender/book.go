package lender

import (
	"time"

	"github.com/shopspring/decimal"
)

// Effect is one thing that really happened to money at a lender.
type Effect struct {
	Lender    string          `json:"lender"`
	Order     string          `json:"order"`     // the lender's id
	Reference string          `json:"reference"` // what the caller called this movement, where it said so
	Key       string          `json:"key"`       // the caller's idempotency key, where it sent one
	Kind      string          `json:"kind"`      // authorize, capture, cancel, refund
	Amount    decimal.Decimal `json:"amount"`    // major units
	Currency  string          `json:"currency"`
	At        time.Time       `json:"at"`
}

// Book is the ledger of truth: every effect, in order, never changed afterwards.
type Book struct{ effects []Effect }

// Enter adds an effect.
func (b *Book) Enter(e Effect) { b.effects = append(b.effects, e) }

// Effects returns all effects, oldest first. The slice is a copy.
func (b *Book) Effects() []Effect { return append([]Effect(nil), b.effects...) }

// Since returns the effects that came after the first n, oldest first. The slice is a copy.
func (b *Book) Since(n int) []Effect { return append([]Effect(nil), b.effects[n:]...) }

// Len is the number of effects so far.
func (b *Book) Len() int { return len(b.effects) }

// Of returns the effects on one order, oldest first.
func (b *Book) Of(order string) []Effect {
	var found []Effect
	for _, e := range b.effects {
		if e.Order == order {
			found = append(found, e)
		}
	}
	return found
}

// Sum adds up one kind of effect on one order.
func (b *Book) Sum(order, kind string) decimal.Decimal {
	sum := decimal.Zero
	for _, e := range b.Of(order) {
		if e.Kind == kind {
			sum = sum.Add(e.Amount)
		}
	}
	return sum
}
