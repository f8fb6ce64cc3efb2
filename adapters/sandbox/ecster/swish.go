package ecster

import (
	"net/http"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

const (
	refundOngoing = "ONGOING"
	refundSuccess = "SUCCESS"
	refundFailed  = "FAILED" // ASSUMED: clients take anything but the two above as failed
)

var refundStatuses = []string{refundOngoing, refundSuccess, refundFailed}

// refund is the latest refund of a Swish order.
type refund struct {
	status string
	asked  movement
	debit  *transaction
}

// startRefund serves POST .../refunds: the money moves later.
func (l *Lender) startRefund(c call) (lender.Reply, error) {
	o, err := l.order(c.id)
	if err != nil {
		return lender.Reply{}, err
	}
	var sent refundRequest
	if err := decode(c.body, &sent); err != nil {
		return lender.Reply{}, err
	}
	if sent.Amount == nil || *sent.Amount <= 0 {
		return lender.Reply{}, invalid("amount is missing or not above 0")
	}
	asked := movement{amount: *sent.Amount, message: text(sent.Message), debit: text(sent.DebitTransaction)}
	if err := l.begin(o, asked); err != nil {
		return lender.Reply{}, err
	}
	// ASSUMED: 201 as for transactions.
	return answer(http.StatusCreated, map[string]string{"status": o.refund.status})
}

// begin checks a refund and leaves it ONGOING. ASSUMED: one at a time, as only the latest can be read.
func (l *Lender) begin(o *order, asked movement) error {
	debit := o.debitBy(asked.debit)
	switch {
	case o.method != methodSwish || o.status != fullyDelivered:
		return wrongState("only Swish orders are refunded here")
	case o.refund != nil && o.refund.status == refundOngoing:
		return wrongState("a refund is ongoing")
	case debit == nil:
		return invalid("debitTransaction is no debit of this order")
	case asked.amount > debit.creditable:
		return invalid("amount is above what is left of the debit, %d", debit.creditable)
	}
	asked.rows = []row{oneRow("Refund", asked.amount, false)}
	o.refund = &refund{status: refundOngoing, asked: asked, debit: debit}
	return nil
}

// readRefund serves the status of the latest refund. The look itself finds an ongoing one done.
func (l *Lender) readRefund(c call) (lender.Reply, error) {
	o, err := l.order(c.id)
	if err != nil {
		return lender.Reply{}, err
	}
	if o.refund == nil {
		return lender.Reply{}, notFound("no refund on this order")
	}
	l.finish(c.now, o)
	return answer(http.StatusOK, map[string]string{"status": o.refund.status})
}

// finish moves the money of an ongoing refund.
func (l *Lender) finish(now time.Time, o *order) {
	if o.refund.status != refundOngoing {
		return
	}
	o.refund.status = refundSuccess
	made := l.giveBack(now, o, o.refund.debit, o.refund.asked)
	l.notify(now, o, "CREDIT", made.ID)
}
