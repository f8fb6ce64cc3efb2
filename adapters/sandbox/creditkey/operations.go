package creditkey

import (
	"encoding/json"
	"net/http"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// create answers 201. ASSUMED: the contract promises a successful reply with the key, no more.
func (l *Lender) create(c call) lender.Reply {
	sent, complaints := read(c.r.Body, l.dialect.create)
	if complaints != nil {
		return refuse(http.StatusBadRequest, complaints)
	}
	o := order{status: created, termNeeded: l.dialect.termNeeded, createdAt: c.now}
	o.companyID = json.Number(sent.text("company_id"))
	err := o.edit(sent)
	if err == nil && sent.text("status") == authorized {
		err = o.move(authorized, c.now)
	}
	if err != nil {
		return refusedAs(err)
	}
	l.add(c.now, &o)
	return answer(http.StatusCreated, o.wire())
}

func (l *Lender) show(c call) lender.Reply { return answer(http.StatusOK, c.order.wire()) }

// update changes everything that was sent, or nothing.
// ASSUMED: fields and a status may come together, and what is absent stays; the reference only lists
// all of them as optional in one body.
func (l *Lender) update(c call) lender.Reply {
	sent, complaints := read(c.r.Body, l.dialect.update)
	if complaints == nil && len(sent) == 0 {
		complaints = []string{"body must name something to change"} // ASSUMED: an empty update is a mistake
	}
	if complaints != nil {
		return refuse(http.StatusBadRequest, complaints)
	}
	next := *c.order
	err := next.edit(sent)
	if err == nil && sent.has("status") {
		err = next.move(sent.text("status"), c.now)
	}
	if err != nil {
		return refusedAs(err)
	}
	l.save(c.now, c.order, next)
	return answer(http.StatusOK, next.wire())
}

// refund answers with the order, 201 to POST as its reference says.
// ASSUMED: 200 and the order to PATCH; the reply is not described.
func (l *Lender) refund(c call) lender.Reply {
	sent, complaints := read(c.r.Body, refundFields)
	if complaints != nil {
		return refuse(http.StatusBadRequest, complaints)
	}
	next := *c.order
	if err := next.refund(sent.money("amount")); err != nil {
		return refusedAs(err)
	}
	l.save(c.now, c.order, next)
	status := http.StatusOK
	if c.r.Method == http.MethodPost {
		status = http.StatusCreated
	}
	return answer(status, next.wire())
}

// edit takes over every field but the status.
func (o *order) edit(sent object) error {
	if !o.open() && (len(sent) > 1 || !sent.has("status")) {
		return refusal{because: "order is " + o.status + " and can not be changed any more"}
	}
	if sent.has("amount") {
		if err := o.reprice(sent.money("amount")); err != nil {
			return err
		}
	}
	if sent.has("installments") {
		if err := o.choose(sent.count("installments")); err != nil {
			return err
		}
	}
	o.describe(sent)
	return nil
}

func (o *order) describe(sent object) {
	if sent.has("merchant_order_id") {
		o.merchantOrderID = sent.text("merchant_order_id")
	}
	if sent.has("externally_managed_payments") {
		o.external = string(sent["externally_managed_payments"]) == "true"
	}
	if sent.has("items") {
		o.items = sent["items"]
	}
	if sent.has("shipping_address") {
		o.address = sent["shipping_address"]
	}
}
