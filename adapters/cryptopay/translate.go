package cryptopay

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// What a refund needs to know.
const (
	keptMode    = "settlement_mode"
	keptRefunds = "supports_refund" // of the channel
	custodial   = "custodial"
)

// channel is what the caller asks for, else what is configured; "" where a network is.
func (c *cryptopay) channel(cmd canonical.Command) string {
	for _, given := range []canonical.Values{cmd.Options, cmd.Order.ProviderOptions} {
		if channel := given.Text("channel"); channel != "" {
			return channel
		}
	}
	return c.settings.Text("channel")
}

func (c *cryptopay) encodeCreate(cmd canonical.Command) (any, error) {
	seconds := int(c.settings.Duration("expires_in") / time.Second)
	for _, given := range []canonical.Values{cmd.Order.ProviderOptions, cmd.Options} {
		if asked := given.Integer("expires_in"); asked > 0 {
			seconds = asked
		}
	}
	body := charge{
		MerchantOrderID: cmd.Reference, Amount: c.definition.Figure(cmd.Amount), Currency: cmd.Amount.Currency,
		Channel: c.channel(cmd), Subject: cmd.Order.Reference,
		ReturnURL: cmd.Order.ReturnURL, CancelURL: cmd.Order.CancelURL, ExpiresInSeconds: seconds,
	}
	if body.Channel == "" {
		body.Network = c.settings.Text("network")
	}
	return body, nil
}

func (c *cryptopay) encodeRefund(cmd canonical.Command) (any, error) {
	reason := cmd.Reason
	if reason == "" {
		reason = cmd.Reference // a person who looks for this refund finds it by that
	}
	return refund{c.definition.Figure(cmd.Amount), reason}, nil
}

func (c *cryptopay) decodeCreate(cmd canonical.Command, reply adapters.Reply) (o canonical.Outcome, err error) {
	var said charged
	if err := json.Unmarshal(reply.Body, &said); err != nil {
		return o, err
	}
	s, err := c.sight(said.Order)
	if err != nil {
		return doubt(err)
	}
	if broken := c.otherTerms(cmd, said.Order); broken != "" {
		return canonical.Outcome{State: canonical.Doubtful, Alarm: broken}, nil
	}
	s.Reference = cmd.Reference
	s.Action = act(said.Instruction, s.Deadlines.OrderExpiresAt)
	s.Details = s.Details.WithJSON("payment", said.Payment)
	return canonical.Outcome{Moved: s.Amount, Sighting: s, Existed: said.Idempotent}, nil
}

// otherTerms says what of the order is not what was asked for, beside amount and currency.
func (c *cryptopay) otherTerms(cmd canonical.Command, o order) string {
	asked := c.channel(cmd)
	switch {
	case o.MerchantOrderID != "" && o.MerchantOrderID != cmd.Reference:
		return "the charge answers with the order of another reference"
	case asked != "" && o.ChannelCode != "" && o.ChannelCode != asked:
		return fmt.Sprintf("the charge answers with channel %.40q, asked for was %.40q", o.ChannelCode, asked)
	}
	return ""
}

// errMode: an order of the other mode is applied to nothing.
var errMode = errors.New("the order is not of the key's mode: is_test is wrong")

// doubt is a reply to a money call that cannot be taken.
func doubt(err error) (canonical.Outcome, error) {
	if errors.Is(err, errMode) {
		return canonical.Outcome{State: canonical.Doubtful, Alarm: err.Error()}, nil
	}
	return canonical.Outcome{}, err
}

// act is what the customer must do; nil where the instruction asks for nothing we know.
func act(told instruction, expires *time.Time) *canonical.Action {
	action := &canonical.Action{ExpiresAt: expires}
	switch told.Type {
	case "redirect":
		action.Kind, action.URL = "redirect", told.RedirectURL
	case "crypto_address":
		action.Kind = "transfer"
		action.Details = canonical.Values(nil).With("deposit_address", told.DepositAddress).With("amount_due", told.AmountDue).
			With("chain", told.Chain).With("asset", told.Asset).WithJSON("required_confirmations", told.RequiredConfirmations)
	case "client_secret":
		action.Kind, action.Details = "widget", canonical.Values(nil).With("client_secret", told.ClientSecret)
	default:
		return nil
	}
	return action
}

// decodeRefund: the reply tells the total. What of it is new is what this refund moved.
func (c *cryptopay) decodeRefund(cmd canonical.Command, reply adapters.Reply) (o canonical.Outcome, err error) {
	var said got
	if err := json.Unmarshal(reply.Body, &said); err != nil {
		return o, err
	}
	if o.Sighting, err = c.own(cmd.Order, said.Order); err != nil {
		return doubt(err)
	}
	total, before := o.Sighting.Refunded, cmd.Order.Totals.Refunded
	switch {
	case total == nil || o.Sighting.Word == paid: // the word is no yes
	case !before.Less(*total):
		return o, errors.New("the total refunded is no more than before")
	default:
		moved := cmd.Amount.With(total.Sub(before))
		o.Moved = &moved
	}
	return o, nil
}

// decodeOrder reads the reply to a read of one order.
func (c *cryptopay) decodeOrder(known canonical.Order, reply adapters.Reply) (*canonical.Sighting, error) {
	var said got
	if err := json.Unmarshal(reply.Body, &said); err != nil {
		return nil, err
	}
	s, err := c.own(known, said.Order)
	if err != nil {
		return nil, err
	}
	s.Details = s.Details.WithJSON("payment", said.Payment).With("checkout_url", said.CheckoutURL)
	for _, one := range said.Settlements {
		s.Settled = append(s.Settled, canonical.Settlement{ID: one.ID, Status: one.Status, Amount: one.Amount, Fee: one.Fee, Reference: one.TxHash})
	}
	if said.CheckoutURL != "" && known.Action == nil {
		s.Action = &canonical.Action{Kind: "redirect", URL: said.CheckoutURL, ExpiresAt: s.Deadlines.OrderExpiresAt}
	}
	return s, nil
}

// own reads the order that was asked about.
func (c *cryptopay) own(known canonical.Order, o order) (*canonical.Sighting, error) {
	s, err := c.sight(o)
	switch currency := known.Amount.Currency; {
	case err != nil:
		return nil, err
	case o.ID != known.ProviderOrder.ID:
		return nil, errors.New("another order than asked for")
	case currency != "" && currency != o.Currency:
		return nil, errors.New("another currency than the order's")
	}
	return s, nil
}

// sight reads an order.
func (c *cryptopay) sight(o order) (*canonical.Sighting, error) {
	if o.ID == "" || o.Status == "" || o.Currency == "" {
		return nil, errors.New("order without id, status or currency")
	}
	if o.IsTest != nil && *o.IsTest != c.test {
		return nil, errMode
	}
	if _, known := canonical.Digits(o.Currency); !known {
		return nil, fmt.Errorf("unknown currency %.10q", o.Currency)
	}
	amount, err := c.definition.Amount(o.Amount, o.Currency)
	if err != nil {
		return nil, fmt.Errorf("amount: %w", err)
	}
	total := canonical.Zero(o.Currency).With(amount)
	s := &canonical.Sighting{
		ID: o.ID, Reference: o.MerchantOrderID, Word: o.Status, Amount: &total, CreatedAt: adapters.Moment(o.CreatedAt),
		Deadlines: canonical.Deadlines{OrderExpiresAt: adapters.Moment(o.ExpiresAt)}, Kept: map[string]string{},
		Details: canonical.Values(nil).With("channel", o.ChannelCode).With("settlement_mode", o.SettlementMode),
	}
	if o.SettlementMode != "" {
		s.Kept[keptMode] = o.SettlementMode
	}
	return s, c.sightMoney(o, s)
}

// sightMoney fills in what was paid and refunded, once it was. An absent refunded_amount is nothing,
// but for the statuses that say there is one; one that is given says the same as the status.
func (c *cryptopay) sightMoney(o order, s *canonical.Sighting) error {
	whole, given := s.Amount.Value, canonical.Amount{}
	switch {
	case o.Status != paid && o.Status != partiallyRefunded && o.Status != refunded:
		return nil
	case adapters.Given(o.RefundedAmount):
		var err error
		if given, err = c.definition.Amount(o.RefundedAmount, o.Currency); err != nil {
			return fmt.Errorf("refunded_amount: %w", err)
		}
	case o.Status == refunded:
		given = whole
	}
	switch {
	case o.Status == refunded && !given.Equal(whole):
		return errors.New("refunded, with a refunded_amount that is not all")
	case o.Status == partiallyRefunded && (given.IsZero() || !given.Less(whole)):
		return errors.New("refunded in part, with a refunded_amount that is no part")
	}
	s.Net, s.Refunded = &s.Amount.Value, &given
	return nil
}

func refusal(reply adapters.Reply) (code, message string) {
	var said wireRefusal
	if json.Unmarshal(reply.Body, &said) != nil {
		return "", ""
	}
	return said.Error.Code, said.Error.Message
}
