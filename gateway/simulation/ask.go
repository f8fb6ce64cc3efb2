package simulation

import (
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/canonical"
)

// ask draws what to ask of the order: mostly what it allows, sometimes what it does not.
func (c *client) ask(a *asked) {
	look := &asked{who: c.name, order: c.order}
	c.run.request(look, time.Minute)
	kind := pick(c.dice, c.style.asks...)
	if allowed := c.allowed(look.seen); len(allowed) > 0 && c.dice.happens(0.85) {
		kind = pick(c.dice, allowed...)
	}
	a.kind, a.ask.Kind = kind, kind
	switch kind {
	case canonical.OpUpdate:
		a.ask.Change = c.drawChange(look.seen)
	case canonical.OpAuthorize:
		a.ask.Plan = &canonical.Plan{Installments: 12}
		c.authenticated(a)
	default:
		c.drawAmount(a, look.seen)
	}
	a.key = c.name + "-" + strconv.Itoa(c.step)
	a.meaning = a.key + " " + a.String()
}

// allowed is what the order says may be asked of it.
func (c *client) allowed(o canonical.Order) []canonical.OperationKind {
	var kinds []canonical.OperationKind
	for _, one := range o.AllowedOperations {
		if one.Kind != canonical.OpSync {
			kinds = append(kinds, one.Kind)
		}
	}
	return kinds
}

// drawAmount asks for all there is, for a part, or for too much.
func (c *client) drawAmount(a *asked, o canonical.Order) {
	most := o.Most(a.kind)
	a.ask.Final = a.kind == canonical.OpCapture && c.dice.happens(0.2)
	if a.kind == canonical.OpRefund && len(o.Captures) > 0 && c.dice.happens(0.25) {
		a.ask.Capture = pick(c.dice, o.Captures...).ID
	}
	x := c.dice.fraction()
	if most == nil || x < 0.3 {
		return
	}
	tens := int(most.Decimal().Div(decimal.NewFromInt(10)).IntPart())
	switch {
	case x < 0.36:
		a.ask.Amount = c.money(strconv.Itoa((tens+1+c.dice.below(5))*10) + ".00")
	case tens > 0:
		a.ask.Amount = c.money(strconv.Itoa((1+c.dice.below(tens))*10) + ".00")
	}
}

// drawChange wants less money, another number, or only a note.
func (c *client) drawChange(o canonical.Order) *canonical.Change {
	switch x := c.dice.fraction(); {
	case x < 0.6:
		tens := max(1, int(o.Totals.Capturable.Decimal().Div(decimal.NewFromInt(10)).IntPart()))
		return &canonical.Change{Amount: c.money(strconv.Itoa((1+c.dice.below(tens))*10) + ".00")}
	case x < 0.8:
		reference := c.style.name() + "-new-" + strconv.Itoa(c.step)
		return &canonical.Change{Reference: &reference}
	}
	return &canonical.Change{Metadata: canonical.Metadata{"step": strconv.Itoa(c.step)}}
}

// authenticated hands over the token that the customer got in the lender's widget, where there is one.
func (c *client) authenticated(a *asked) {
	if token := c.token(); token != "" {
		a.ask.Options = canonical.Values{}.With("authentication_token", token)
	}
}
