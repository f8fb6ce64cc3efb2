package ecster

import (
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

const (
	typeOriginal = "ORIGINAL"
	typeDebit    = "DEBIT"
	typeCredit   = "CREDIT"
	typeAnnul    = "ANNUL"
	// typeAnnulGuide is how the request in the annul guide spells it; replies never do.
	typeAnnulGuide = "ANNULL"
)

// transaction is one entry in an order's list.
type transaction struct {
	ID                   string `json:"id"`
	TransactionReference string `json:"transactionReference,omitempty"`
	Type                 string `json:"type"`
	Created              string `json:"created"`
	Amount               int64  `json:"amount"`
	Rows                 []row  `json:"rows"`
	Message              string `json:"message,omitempty"`
	MerchantID           string `json:"merchantId"`

	creditable int64 // what credits may still give back of a debit
}

// add appends a transaction to the order.
func (l *Lender) add(now time.Time, o *order, kind string, m movement) *transaction {
	rows := m.rows
	if rows == nil {
		rows = []row{}
	}
	t := &transaction{
		ID: l.ids.Hex(20), TransactionReference: m.reference, Type: kind, Created: stamp(now),
		Amount: m.amount, Rows: rows, Message: m.message, MerchantID: l.settings.MerchantID,
	}
	o.transactions = append(o.transactions, t)
	return t
}

// transact serves POST .../transactions. A reference that was used before is accepted again:
// Ecster documents no idempotency.
func (l *Lender) transact(c call) (lender.Reply, error) {
	o, err := l.order(c.id)
	if err != nil {
		return lender.Reply{}, err
	}
	var sent transactionRequest
	if err := decode(c.body, &sent); err != nil {
		return lender.Reply{}, err
	}
	m, err := sent.movement()
	if err != nil {
		return lender.Reply{}, err
	}
	var made *transaction
	switch *sent.Type {
	case typeDebit:
		made, err = l.debit(c.now, o, m)
	case typeCredit:
		made, err = l.credit(c.now, o, m)
	default:
		made, err = l.annul(c.now, o, m)
	}
	if err != nil {
		return lender.Reply{}, err
	}
	return answer(http.StatusCreated, map[string]any{"orderStatus": o.status, "transaction": made})
}

// movement checks the shape of a transaction.
func (s transactionRequest) movement() (movement, error) {
	if s.Type == nil {
		return movement{}, invalid("type is missing")
	}
	m := movement{
		reference: text(s.TransactionReference), message: text(s.Message), debit: text(s.DebitTransaction),
		closeDebit: s.CloseDebit != nil && *s.CloseDebit,
	}
	if utf8.RuneCountInString(m.reference) > maxReference {
		// ASSUMED: as long as an order reference may be.
		return m, invalid("transactionReference is longer than %d", maxReference)
	}
	if s.Amount != nil {
		if *s.Amount <= 0 {
			return m, invalid("amount is not above 0")
		}
		m.amount = *s.Amount
	}
	return s.byType(m)
}

func (s transactionRequest) byType(m movement) (movement, error) {
	annul := *s.Type == typeAnnul || *s.Type == typeAnnulGuide
	switch {
	case !annul && *s.Type != typeDebit && *s.Type != typeCredit:
		return m, invalid("type is not DEBIT, CREDIT or ANNUL")
	case *s.Type == typeCredit && m.debit == "":
		return m, invalid("debitTransaction is mandatory for CREDIT")
	case *s.Type != typeCredit && s.DebitTransaction != nil:
		// ASSUMED: refused, so that nobody believes it chooses anything.
		return m, invalid("debitTransaction belongs to CREDIT only")
	case annul && s.CloseDebit != nil:
		return m, invalid("closeDebit does not belong to ANNUL")
	case !annul && s.Amount == nil:
		return m, invalid("amount is missing")
	case annul && len(s.Rows) == 0:
		return m, nil
	}
	rows, err := newRows(s.Rows, m.amount)
	m.rows = rows
	return m, err
}

// debit takes money from the reservation.
func (l *Lender) debit(now time.Time, o *order, m movement) (*transaction, error) {
	if o.status != ready && o.status != partiallyDelivered {
		return nil, wrongState("an order in " + o.status + " takes no debit")
	}
	if m.amount > o.residual() {
		return nil, invalid("amount is above the residual %d", o.residual())
	}
	made := l.add(now, o, typeDebit, m)
	made.creditable = m.amount
	o.debited += m.amount
	m.kind = "capture"
	l.enter(now, o, m)
	event := "PARTIAL_DEBIT" // ASSUMED: by analogy with FULL_DEBIT
	if o.residual() == 0 || m.closeDebit {
		l.closeDebit(now, o, m.reference)
		event = "FULL_DEBIT"
	} else {
		o.status = partiallyDelivered
	}
	l.notify(now, o, event, made.ID)
	return made, nil
}

// closeDebit ends debiting; what was not taken is let go. ASSUMED: FULLY_DELIVERED also then.
func (l *Lender) closeDebit(now time.Time, o *order, reference string) {
	if left := o.residual(); left > 0 {
		l.release(now, o, left, reference)
	}
	o.status = fullyDelivered
}

// credit gives back part of one debit. ASSUMED: it never changes the status, nor raises the
// residual; closeDebit does what the guide says of it, here as well.
func (l *Lender) credit(now time.Time, o *order, m movement) (*transaction, error) {
	if o.status != partiallyDelivered && o.status != fullyDelivered {
		return nil, wrongState("an order in " + o.status + " takes no credit")
	}
	if o.method == methodSwish {
		return nil, wrongState("Swish is refunded at /refunds")
	}
	debit := o.debitBy(m.debit)
	if debit == nil {
		return nil, invalid("debitTransaction is no debit of this order")
	}
	if m.amount > debit.creditable {
		return nil, invalid("amount is above what is left of the debit, %d", debit.creditable)
	}
	made := l.giveBack(now, o, debit, m)
	if m.closeDebit {
		l.closeDebit(now, o, m.reference)
	}
	l.notify(now, o, "CREDIT", made.ID)
	return made, nil
}

func (l *Lender) giveBack(now time.Time, o *order, debit *transaction, m movement) *transaction {
	made := l.add(now, o, typeCredit, m)
	debit.creditable -= m.amount
	o.credited += m.amount
	m.kind = "refund"
	l.enter(now, o, m)
	return made
}

// debitBy finds a debit of the order by its id.
func (o *order) debitBy(id string) *transaction {
	for _, t := range o.transactions {
		if t.ID == id && t.Type == typeDebit {
			return t
		}
	}
	return nil
}

// annul releases a whole reservation. The transaction it leaves has the amount 0.
// ASSUMED: only while nothing was debited, and an amount, where sent, is the order's.
func (l *Lender) annul(now time.Time, o *order, m movement) (*transaction, error) {
	if o.status != ready {
		return nil, wrongState("an order in " + o.status + " cannot be annulled")
	}
	if m.amount != 0 && m.amount != o.amount {
		return nil, invalid("an annul is about the whole order, %d", o.amount)
	}
	m.amount = 0
	made := l.add(now, o, typeAnnul, m)
	o.status = annulled
	l.release(now, o, o.amount, m.reference)
	l.notify(now, o, "ANNUL", made.ID)
	return made, nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
