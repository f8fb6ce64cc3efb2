package adapters

import (
	"cmp"

	"github.com/lendgate/lendgate/canonical"
)

// Able says what the provider can do with an order as it stands: the kinds for which an exchange fits.
func (c *Client) Able(o canonical.Order) []canonical.Ability {
	var abilities []canonical.Ability
	for _, kind := range canonical.OperationKinds {
		if ability, able := c.ableTo(kind, &o); able {
			abilities = append(abilities, ability)
		}
	}
	return abilities
}

func (c *Client) ableTo(kind canonical.OperationKind, o *canonical.Order) (ability canonical.Ability, able bool) {
	cmd := canonical.Command{Kind: kind, Order: *o, Options: o.ProviderOptions, Amount: o.Amount}
	if most := o.Most(kind); most != nil {
		cmd.Amount = o.Amount.With(*most)
	}
	ability.Kind = kind
	for i := range c.definition.Exchanges {
		x := &c.definition.Exchanges[i]
		if x.Kind != kind || !x.fits(&cmd) {
			continue
		}
		if !able {
			ability.By, ability.Needs = x.By, x.pointers(&cmd)
		}
		able = true
		ability.Partial = ability.Partial || x.Partial
	}
	return ability, able
}

func (x *Exchange) fits(cmd *canonical.Command) bool { return x.When == nil || x.When(*cmd) }

func (x *Exchange) pointers(cmd *canonical.Command) []string {
	var pointers []string
	for _, need := range x.Needs {
		if need.Missing(*cmd) {
			pointers = append(pointers, need.Pointer)
		}
	}
	return pointers
}

// choose picks the exchange for a command: the first of its kind that fits, and takes the amount.
func (c *Client) choose(cmd *canonical.Command) (*Exchange, error) {
	known, whole := false, false
	closes := cmd.Kind == canonical.OpCapture && !cmd.Final && c.definition.Traits.Final == canonical.FinalAlways
	for i := range c.definition.Exchanges {
		x := &c.definition.Exchanges[i]
		if x.Kind != cmd.Kind {
			continue
		}
		known = true
		switch {
		case !x.fits(cmd):
		case x.By != "":
			return nil, happensThere(cmd, x.By)
		case (!x.Partial || closes) && c.isPart(cmd):
			whole = true
		default:
			return x, nil
		}
	}
	if whole && closes {
		return nil, canonical.Errorf(canonical.OperationUnsupported, "a capture of a part gives back the rest at this provider: it must be final")
	}
	return nil, unfit(cmd.Kind, known, whole)
}

func unfit(kind canonical.OperationKind, known, whole bool) error {
	switch {
	case !known:
		return canonical.Errorf(canonical.OperationUnsupported, "this provider has no "+string(kind))
	case whole:
		return canonical.Errorf(canonical.OperationUnsupported, "this provider takes only the whole amount for "+string(kind))
	}
	return canonical.Errorf(canonical.OperationNotAllowed, "this provider allows no "+string(kind)+" for the order as it stands")
}

// happensThere: the customer or the lender does it; before that, wait, and afterwards there is nothing to do.
func happensThere(cmd *canonical.Command, by canonical.Party) error {
	next := canonical.Next{Action: canonical.NextWait, After: 5}
	if cmd.Order.Phase == canonical.Open || cmd.Order.Phase == canonical.Ended {
		next = canonical.Next{Action: canonical.NextNone}
	}
	return &canonical.Error{Kind: canonical.OperationNotAllowed, Detail: string(cmd.Kind) + " is done by the " + string(by) + " at this provider", Next: &next}
}

// isPart says whether the command asks for less than all there is.
func (c *Client) isPart(cmd *canonical.Command) bool {
	switch cmd.Kind {
	case canonical.OpCapture, canonical.OpCancel, canonical.OpRefund:
		most := cmd.Order.Most(cmd.Kind)
		if cmd.Kind == canonical.OpRefund && cmd.Capture != nil && c.definition.Traits.RefundNamesCapture {
			left := cmd.Capture.Amount.Value.Sub(cmd.Capture.Refunded.Value)
			most = &left
		}
		return most != nil && cmd.Amount.Value.Less(*most)
	}
	return false
}

// describe fills a provider's description from its style and definition.
func describe(p canonical.Provider, a Adapter, d *Definition) canonical.Provider {
	p.Style, p.Title, p.Docs = cmp.Or(p.Style, a.Name), a.Title, a.Docs
	p.Words, p.Options, p.Details, p.Traits, p.Reference = d.Words, d.Options, d.Details, d.Traits, d.Reference
	if len(p.Accepts.Currencies) == 0 {
		p.Accepts.Currencies = d.Currencies
	}
	for _, x := range d.Exchanges {
		operation := string(x.Kind)
		if operation == "" {
			operation = x.Name
		}
		p.Capabilities = append(p.Capabilities, canonical.Capability{Operation: operation, Partial: x.Partial, By: x.By, Local: x.Local, Lost: x.Lost, Fresh: x.Fresh})
	}
	return p
}
