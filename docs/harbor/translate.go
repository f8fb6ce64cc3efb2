package harbor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// style is what encoders and decoders go by.
type style struct{ definition *adapters.Definition }

func (s style) money(m canonical.Money) money { return money{s.definition.Figure(m), m.Currency} }

func (s style) encodeCreate(cmd canonical.Command) (any, error) {
	o := cmd.Order
	body := newOrder{
		MerchantRef: cmd.Reference, Total: s.money(cmd.Amount), ReturnURL: o.ReturnURL,
		Buyer: buyer{Email: o.Customer.Email, Name: o.Customer.Name, Country: o.Customer.Country},
	}
	for _, l := range o.Lines {
		body.Lines = append(body.Lines, line{l.Name, json.RawMessage(l.Quantity.String()), s.money(o.Amount.With(l.UnitAmount))})
	}
	return body, nil
}

func (s style) encodeMovement(cmd canonical.Command) (any, error) {
	return newMovement{s.money(cmd.Amount), cmd.Reference}, nil
}

// amount reads money of an order in a currency.
func (s style) amount(m *money, currency string) (amount canonical.Amount, err error) {
	switch {
	case m == nil:
		return amount, errors.New("money is missing")
	case m.Currency != currency:
		return amount, errors.New("money is in another currency than the order's")
	}
	return s.definition.Amount(m.Value, currency)
}

// decodeOrder reads an order; the one asked about, where known, must be the one answered.
func (s style) decodeOrder(asked string, body []byte) (w wireOrder, seen *canonical.Sighting, err error) {
	err = json.Unmarshal(body, &w)
	switch {
	case err != nil:
		return w, nil, err
	case w.ID == "" && w.State == "":
		return w, nil, adapters.ErrSilent
	case w.ID == "" || w.State == "" || w.Total == nil:
		return w, nil, errors.New("the order has no id, state or total")
	case asked != "" && asked != w.ID:
		return w, nil, errors.New("the reply is about another order")
	}
	total, err := s.amount(w.Total, w.Total.Currency)
	return w, &canonical.Sighting{ID: w.ID, Reference: w.MerchantRef, Word: w.State, Amount: &canonical.Money{Value: total, Currency: w.Total.Currency}}, err
}

// decodeWhole reads an order with all that happened to it.
func (s style) decodeWhole(asked string, body []byte) (*canonical.Sighting, error) {
	w, seen, err := s.decodeOrder(asked, body)
	if err != nil {
		return nil, err
	}
	if w.Captures == nil || w.Refunds == nil {
		return nil, errors.New("the order does not list its captures and refunds")
	}
	open, err := s.amount(w.Open, w.Total.Currency)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	captured, err := s.list(seen, canonical.OpCapture, w.Captures)
	if err != nil {
		return nil, err
	}
	refunded, err := s.list(seen, canonical.OpRefund, w.Refunds)
	if err != nil {
		return nil, err
	}
	net := open.Add(captured)
	seen.Net, seen.Captured, seen.Refunded = &net, &captured, &refunded
	return seen, nil
}

var none = json.RawMessage("0")

// list adds movements to a sighting, and their sum.
func (s style) list(seen *canonical.Sighting, kind canonical.OperationKind, all []movement) (sum canonical.Amount, err error) {
	if sum, err = s.definition.Amount(none, seen.Amount.Currency); err != nil {
		return sum, err
	}
	for _, m := range all {
		amount, err := s.amount(m.Amount, seen.Amount.Currency)
		if err != nil {
			return sum, fmt.Errorf("%s: %w", kind, err)
		}
		sum = sum.Add(amount)
		one := canonical.Seen{Kind: kind, Amount: seen.Amount.With(amount), Reference: m.Ref, LenderReference: m.CaptureID}
		if kind == canonical.OpRefund {
			one.LenderReference, one.Capture = m.RefundID, m.CaptureID
		}
		seen.Seen = append(seen.Seen, one)
	}
	return sum, nil
}

func (s style) decodeCreate(cmd canonical.Command, reply adapters.Reply) (canonical.Outcome, error) {
	w, seen, err := s.decodeOrder("", reply.Body)
	switch {
	case err != nil:
		return canonical.Outcome{}, err
	case w.PayURL == "":
		return canonical.Outcome{}, errors.New("the order has no pay_url")
	case w.MerchantRef != cmd.Reference:
		return canonical.Outcome{}, errors.New("the order carries another reference than asked")
	}
	seen.Action = &canonical.Action{Kind: "redirect", URL: w.PayURL}
	return canonical.Outcome{Moved: seen.Amount, Sighting: seen}, nil
}

// decodeMovement reads the reply to a capture or a refund.
func (s style) decodeMovement(cmd canonical.Command, reply adapters.Reply) (canonical.Outcome, error) {
	var m movement
	if err := json.Unmarshal(reply.Body, &m); err != nil {
		return canonical.Outcome{}, err
	}
	reference := m.CaptureID
	if cmd.Kind == canonical.OpRefund {
		reference = m.RefundID
	}
	switch {
	case reference == "" && m.Ref == "" && m.Amount == nil:
		return canonical.Outcome{}, adapters.ErrSilent
	case reference == "" || m.Ref != cmd.Reference:
		return canonical.Outcome{}, errors.New("the reply is about another movement")
	}
	amount, err := s.amount(m.Amount, cmd.Amount.Currency)
	moved := cmd.Amount.With(amount)
	return canonical.Outcome{Moved: &moved, Reference: reference}, err
}

func (s style) decodeCancel(cmd canonical.Command, reply adapters.Reply) (canonical.Outcome, error) {
	seen, err := s.decodeWhole(cmd.Order.ProviderOrder.ID, reply.Body)
	switch {
	case err != nil:
	case seen.Amount.Currency != cmd.Amount.Currency:
		err = errors.New("the order is in another currency")
	case !seen.Net.Equal(*seen.Captured):
		err = errors.New("something is still open")
	}
	return canonical.Outcome{Sighting: seen}, err
}

func (s style) decodeRead(q canonical.Query, reply adapters.Reply) (canonical.Report, error) {
	if reply.Status == http.StatusNotFound {
		return canonical.Report{Finding: canonical.Absent}, nil
	}
	seen, err := s.decodeWhole(q.Order.ProviderOrder.ID, reply.Body)
	return canonical.Report{Finding: canonical.Found, Sighting: seen}, err
}

// find looks for a create by our number, and for a movement among those that its order lists.
func (s style) find(ctx context.Context, call adapters.Caller, q canonical.Query) (canonical.Report, error) {
	if q.Attempt != nil && q.Attempt.Kind == canonical.OpCreate {
		return s.findOrder(ctx, call, q)
	}
	report, err := s.ask(ctx, call, q, "/v1/orders/"+url.PathEscape(q.Order.ProviderOrder.ID))
	if err != nil || report.Finding != canonical.Found || q.Attempt == nil {
		return canonical.Report{Finding: canonical.Mute}, err // an order that is gone says nothing of its money
	}
	at := slices.IndexFunc(report.Sighting.Seen, func(m canonical.Seen) bool {
		return m.Kind == q.Attempt.Kind && m.Reference == q.Attempt.Reference
	})
	if at < 0 {
		return canonical.Report{Finding: canonical.Absent, Sighting: report.Sighting}, nil
	}
	report.Seen = &report.Sighting.Seen[at]
	return report, nil
}

func (s style) findOrder(ctx context.Context, call adapters.Caller, q canonical.Query) (canonical.Report, error) {
	report, err := s.ask(ctx, call, q, "/v1/orders/ref/"+url.PathEscape(q.Attempt.Reference))
	if err == nil && report.Finding == canonical.Found && report.Sighting.Reference != q.Attempt.Reference {
		err = errors.New("the reply is about another order")
	}
	return report, err
}

func (s style) ask(ctx context.Context, call adapters.Caller, q canonical.Query, path string) (canonical.Report, error) {
	reply, err := call(ctx, http.MethodGet, path)
	if err != nil {
		return canonical.Report{}, err
	}
	return s.decodeRead(q, reply)
}

func refusal(reply adapters.Reply) (code, message string) {
	var w wireRefusal
	if json.Unmarshal(reply.Body, &w) != nil {
		return "", ""
	}
	return w.Error.Code, w.Error.Message
}
