package workshop

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/lendgate/lendgate/canonical"
)

// command is what is asked.
func (b *bench) command() (cmd canonical.Command, err error) {
	if b.Case != nil {
		return *b.Case.Command, nil
	}
	kind := canonical.OperationKind(b.What)
	o, err := b.order(kind, b.currency())
	if err != nil {
		return cmd, err
	}
	if cmd.Options, err = b.options(kind); err != nil {
		return cmd, err
	}
	attempt := b.NewID("att")
	cmd.Kind, cmd.Attempt, cmd.Reference, cmd.Final, cmd.Message, cmd.Reason = kind, attempt, attempt, b.Final, b.Message, b.Reason
	cmd.Key = uuid.NewSHA1(uuid.NameSpaceOID, []byte(attempt)).String()
	if kind == canonical.OpCreate {
		o.ProviderOrder.Reference = cmp.Or(b.Reference, canonical.LenderReference(o.Reference, o.ID, b.definition.Reference))
		o.ProviderOptions = cmd.Options
		cmd.Reference = o.ProviderOrder.Reference
	}
	cmd.Order = o
	if cmd.Amount, err = b.amount(&o, kind); err != nil {
		return cmd, err
	}
	if kind == canonical.OpUpdate {
		amount := cmd.Amount
		cmd.Change = &canonical.Change{Amount: &amount}
	}
	cmd.Lines = basket(cmd.Amount)
	cmd.Reference, cmd.Key = cmp.Or(b.Reference, cmd.Reference), cmp.Or(b.Key, cmd.Key)
	return cmd, b.capture(&cmd)
}

func (b *bench) currency() string {
	switch {
	case b.Order != nil:
		return b.Order.Amount.Currency
	case b.Currency != "":
		return b.Currency
	case len(b.definition.Currencies) > 0:
		return b.definition.Currencies[0]
	}
	return "EUR"
}

// amount is what shall move: what was said, or all there is.
func (b *bench) amount(o *canonical.Order, kind canonical.OperationKind) (canonical.Money, error) {
	if b.Amount != "" {
		amount, err := canonical.ParseMoney(b.Amount, o.Amount.Currency)
		if err != nil {
			return amount, fmt.Errorf("--amount: %w", err)
		}
		return amount, nil
	}
	if most := o.Most(kind); most != nil && kind != canonical.OpAuthorize {
		return o.Amount.With(*most), nil
	}
	return o.Amount, nil
}

// capture names the capture that a refund belongs to, where the lender wants to know.
func (b *bench) capture(cmd *canonical.Command) error {
	if cmd.Kind != canonical.OpRefund {
		return nil
	}
	for i := range cmd.Order.Captures {
		entry := cmd.Order.Captures[i]
		left := entry.Amount.Value.Sub(entry.Refunded.Value)
		named := b.Capture == "" || entry.Reference == b.Capture || entry.ID == b.Capture
		if named && !left.Less(cmd.Amount.Value) {
			cmd.Capture = &entry
			break
		}
	}
	if b.definition.Traits.RefundNamesCapture && (cmd.Capture == nil || cmd.Capture.Reference == "") {
		return errors.New("a refund names its capture at this lender, and none of the order has room for it: give --capture with the lender's id of one, or a smaller --amount")
	}
	return nil
}

// options are what the lender takes beyond every order.
func (b *bench) options(kind canonical.OperationKind) (values canonical.Values, err error) {
	for _, one := range b.Options {
		name, text, _ := strings.Cut(one, "=")
		at := slices.IndexFunc(b.definition.Options, func(o canonical.Option) bool { return o.Name == name })
		if at < 0 {
			return nil, fmt.Errorf("--option %s: %s has no such option for %s", name, b.Adapter.Name, kind)
		}
		written, err := spelled(b.definition.Options[at].Type, text)
		if err != nil {
			return nil, fmt.Errorf("--option %s: %w", name, err)
		}
		values = values.WithJSON(name, written)
	}
	return values, nil
}

// query is what is read.
func (b *bench) query() (canonical.Query, error) {
	if b.Case != nil {
		return *b.Case.Query, nil
	}
	kind := canonical.OpSync
	if b.What == "find" {
		kind = canonical.OperationKind(cmp.Or(b.Attempt, string(canonical.OpCreate)))
	}
	o, err := b.order(kind, b.currency())
	if err != nil {
		return canonical.Query{}, err
	}
	q := canonical.Query{Read: b.What, Order: o, Amount: o.Amount, Customer: o.Customer, Limit: 10}
	if q.Options, err = b.options(kind); err != nil {
		return q, err
	}
	if b.Reference != "" && (b.What != "find" || kind == canonical.OpCreate) {
		q.Order.ProviderOrder.Reference = b.Reference
	}
	if b.What == "find" {
		q.Attempt = &canonical.Attempt{ID: "att_sought", Kind: kind, Reference: cmp.Or(b.Reference, o.ProviderOrder.Reference), State: canonical.Doubtful}
		if b.Amount != "" {
			amount, err := canonical.ParseMoney(b.Amount, o.Amount.Currency)
			if err != nil {
				return q, fmt.Errorf("--amount: %w", err)
			}
			q.Attempt.Amount = &amount
		}
	}
	return q, nil
}

// spelled is an option's value as JSON.
func spelled(kind canonical.OptionType, text string) (json.RawMessage, error) {
	switch kind {
	case canonical.BooleanOption:
		if text != "true" && text != "false" {
			return nil, errors.New("must be true or false")
		}
		return json.RawMessage(text), nil
	case canonical.IntegerOption:
		if _, err := strconv.Atoi(text); err != nil {
			return nil, errors.New("must be a whole number")
		}
		return json.RawMessage(text), nil
	case canonical.ListOption:
		return json.Marshal(strings.Split(text, ","))
	}
	return json.Marshal(text)
}
