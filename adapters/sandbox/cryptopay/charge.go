package cryptopay

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

type charged struct {
	Order       wireOrder   `json:"order"`
	Payment     payment     `json:"payment"`
	Instruction instruction `json:"instruction"`
	Idempotent  bool        `json:"idempotent"`
}

// wanted is a charge that has been read.
type wanted struct {
	terms
	sent    string
	amount  decimal.Decimal
	channel channel
}

func (l *Lender) readCharge(body []byte) (wanted, *refusal) {
	f := readBody(body)
	w := wanted{terms: terms{
		merchantID:  f.shaped("merchant_order_id", merchantForm, true),
		currency:    f.shaped("currency", currencyForm, true),
		subject:     f.text("subject"),
		description: f.text("description"),
		metadata:    f.object("metadata"),
		returnURL:   f.link("return_url"),
		cancelURL:   f.link("cancel_url"),
		expiresIn:   f.seconds("expires_in_seconds"),
	}}
	w.sent, w.amount = f.amount(true)
	code, network := f.text("channel"), f.text("network")
	if no := f.refused(); no != nil {
		return w, no
	}
	ch, no := pick(code, network, l.live())
	switch {
	case no != nil:
		return w, no
	case !ch.prices(w.currency):
		return w, invalid("currency is not one of the channel's")
	case !fits(w.amount, w.currency):
		return w, invalid("amount has more decimals than the currency")
	}
	w.channel, w.channelCode = ch, ch.Code
	return w, nil
}

// charge makes an order, or shows the one its merchant_order_id made before, dead or alive.
func (l *Lender) charge(c call) (int, any, *refusal) {
	w, no := l.readCharge(c.request.Body)
	if no != nil {
		return 0, nil, no
	}
	if o := l.byMerchant[w.merchantID]; o != nil {
		// ASSUMED: 409 for other terms; the processor does not say.
		if o.terms != w.terms || !o.amount.Equal(w.amount) {
			return 0, nil, conflict("merchant_order_id exists with other data")
		}
		return 200, l.shown(o, c.now, true), nil // ASSUMED: 200, where the first is 201
	}
	return 201, l.shown(l.make(w, c.now), c.now, false), nil
}

func (l *Lender) make(w wanted, now time.Time) *order {
	o := &order{
		id: "ord_" + l.ids.Hex(16), terms: w.terms, sent: w.sent, amount: w.amount, channel: w.channel,
		live: l.live(), createdAt: now, standing: created, paymentID: "pay_" + l.ids.Hex(12),
	}
	life := time.Duration(w.expiresIn) * time.Second
	if life == 0 {
		life = l.settings.DefaultExpiry
	}
	if life > 0 {
		o.expiresAt = now.Add(life)
	}
	o.instruction = l.instruct(o)
	l.await(o)
	l.orders = append(l.orders, o)
	l.byID[o.id], l.byMerchant[o.merchantID] = o, o
	return o
}

// await puts an order in its place among those that will expire.
func (l *Lender) await(o *order) {
	if o.expiresAt.IsZero() {
		return
	}
	i, _ := slices.BinarySearchFunc(l.ending, o, func(a, b *order) int {
		if a.expiresAt.After(b.expiresAt) {
			return 1
		}
		return -1
	})
	l.ending = slices.Insert(l.ending, i, o)
}

func (l *Lender) shown(o *order, now time.Time, again bool) charged {
	return charged{o.whole(now), o.payment(now), o.instruction, again}
}
