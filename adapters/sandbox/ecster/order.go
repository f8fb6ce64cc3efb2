package ecster

import (
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// The words for an order's status. inCart and cartExpired are ours: Ecster shows no carts.
const (
	inCart             = "CART"
	cartExpired        = "CART_EXPIRED"
	pendingPayment     = "PENDING_PAYMENT"
	pendingDecision    = "PENDING_DECISION"
	pendingSignature   = "PENDING_SIGNATURE"
	pendingProcessing  = "PENDING_PROCESSING"
	manualProcessing   = "MANUAL_PROCESSING"
	ready              = "READY"
	partiallyDelivered = "PARTIALLY_DELIVERED"
	fullyDelivered     = "FULLY_DELIVERED"
	annulled           = "ANNULLED"
	denied             = "DENIED"
	failed             = "FAILED"
	aborted            = "ABORTED"
	expired            = "EXPIRED"
	blocked            = "BLOCKED"
)

// pending are the statuses in which somebody has yet to do something.
var pending = []string{pendingPayment, pendingDecision, pendingSignature, pendingProcessing, manualProcessing}

// statuses are all that a search may ask for.
var statuses = append([]string{ready, partiallyDelivered, fullyDelivered, annulled, denied, failed, aborted, expired, blocked}, pending...)

const (
	methodInvoice     = "INVOICE"
	methodPartPayment = "PARTPAYMENT"
	methodCard        = "CARD"
	methodSwish       = "SWISH"
)

var methods = []string{methodInvoice, methodPartPayment, methodCard, methodSwish}

// order is a purchase: a cart until the customer finishes the checkout. Amounts are in minor units.
type order struct {
	cart      string // key
	id        string // "" while it is a cart
	reference string
	status    string
	method    string
	currency  string
	notifyURL string
	consumer  consumer
	created   time.Time

	asked        int64 // what the merchant asked for
	fee          int64 // what Ecster added
	amount       int64 // asked and fee
	debited      int64
	credited     int64
	released     int64 // annulled, expired, or let go by the closing debit
	rows         []row
	transactions []*transaction
	refund       *refund // the latest at Swish
}

// residual is what may still be debited.
// ASSUMED: the amount less what was debited, while the order is open.
func (o *order) residual() int64 {
	if o.status != ready && o.status != partiallyDelivered {
		return 0
	}
	return o.amount - o.debited
}

// order finds an order by the id in a path.
func (l *Lender) order(id string) (*order, error) {
	for _, o := range l.orders {
		if o.id == id {
			return o, nil
		}
	}
	return nil, notFound("no such order")
}

// enter writes one movement of money into the book.
func (l *Lender) enter(now time.Time, o *order, m movement) {
	l.book.Enter(lender.Effect{
		Lender: l.Name(), Order: o.id, Reference: m.reference, Kind: m.kind,
		Amount: major(m.amount), Currency: o.currency, At: now,
	})
}

// movement is one change to an order's money, asked for over the wire or by staff.
type movement struct {
	kind       string // authorize, capture, cancel, refund
	amount     int64
	reference  string
	message    string
	debit      string // id of the debit that a credit gives back
	closeDebit bool
	rows       []row
}

// become moves an order to another status: what READY reserves and EXPIRED lets go is entered.
func (l *Lender) become(now time.Time, o *order, status, event string) {
	before := o.status
	o.status = status
	if status == ready {
		l.enter(now, o, movement{kind: "authorize", amount: o.amount, reference: o.reference})
	}
	if before == ready && status == expired {
		l.release(now, o, o.amount, "")
	}
	l.notify(now, o, event, "")
}

func (l *Lender) release(now time.Time, o *order, amount int64, reference string) {
	o.released += amount
	l.enter(now, o, movement{kind: "cancel", amount: amount, reference: reference})
}
