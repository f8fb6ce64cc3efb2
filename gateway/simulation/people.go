package simulation

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
)

// visit is what the customer does at the lender, once the order shows the way there.
func (d *deal) visit() {
	r := d.run
	dice := r.chance.dice(d.name+" customer", 0)
	way := pick(dice, d.style.finishes...)
	d.until(func(o *canonical.Order) bool { return d.place(o) != "" })
	for i, do := range way {
		r.kernel.sleep(dice.anywhere(time.Second, 20*time.Minute))
		if do == "late_pay" {
			r.kernel.sleep(time.Hour)
		}
		if r.takes(d.name + " customer " + strconv.Itoa(i)) {
			if o := d.stands(); o != nil {
				r.act(d.style.name(), lender.Act{Order: d.place(o), Do: do})
			}
		}
	}
}

// until waits until the order is as wanted, or the run is calm.
func (d *deal) until(wanted func(*canonical.Order) bool) {
	for !d.run.swarm.calm {
		if o := d.stands(); o != nil && wanted(o) {
			return
		}
		d.run.kernel.wait(-1, &d.run.changed)
	}
}

// place is where the customer finds the order at the lender; "" while there is none.
func (d *deal) place(o *canonical.Order) string {
	if o.ProviderOrder.ID != "" {
		return o.ProviderOrder.ID
	}
	if o.Action == nil {
		return ""
	}
	return cmp.Or(o.Action.Details.Text("cart_key"), o.ProviderOrder.Reference)
}

// meddle is what staff does in the lender's own dashboard, behind our back.
func (d *deal) meddle() {
	r := d.run
	dice := r.chance.dice(d.name+" staff", 0)
	if len(d.style.staff) == 0 || !dice.happens(r.meddling) {
		return
	}
	d.until(func(o *canonical.Order) bool { return o.Phase == canonical.Open })
	for i := range 1 + dice.below(2) {
		r.kernel.sleep(dice.anywhere(time.Second, 4*r.plan.pause))
		act := pick(dice, d.style.staff...)
		a := lender.Act{Do: act.do}
		if act.amount {
			a.Amount = strconv.Itoa(10*(1+dice.below(40))) + ".00"
		}
		if o := d.stands(); o != nil && r.takes(d.name+" staff "+strconv.Itoa(i)) {
			a.Order = o.ProviderOrder.ID
			r.act(d.style.name(), a)
		}
	}
}

// token is what the lender's widget handed to the customer's browser.
func (d *deal) token() string {
	o := d.stands()
	if o == nil || d.style.name() != "spendoption" {
		return ""
	}
	for _, row := range slices.Backward(d.run.ordersAt(d.style.name(), o.ProviderOrder.Reference)) {
		if token, is := strings.CutPrefix(row.Status, "Authenticated, sca-token "); is {
			return token
		}
	}
	return ""
}
