package creditkey

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

var (
	errOther    = errors.New("the reply is about another order")
	errNoAmount = errors.New("the order has no amount")
)

// decodeOrder reads an order. The one asked about, where known, must be the one answered.
func decodeOrder(asked string, reply adapters.Reply) (w wireOrder, err error) {
	err = json.Unmarshal(reply.Body, &w)
	switch {
	case err != nil:
		return w, err
	case w.Key == "" && w.Status == "":
		return w, adapters.ErrSilent
	case w.Key == "":
		return w, errors.New("the order has no key")
	case asked != "" && asked != w.Key:
		return w, errOther
	}
	return w, nil
}

// sighted turns an order into a sighting.
func (s style) sighted(cmd canonical.Command, w wireOrder) (*canonical.Sighting, error) {
	sighting := &canonical.Sighting{
		ID: w.Key, Reference: w.MerchantOrderID, Word: w.Status,
		Plan: planOf(cmd, w.Installments), Details: detailsOf(w), CreatedAt: adapters.Moment(w.CreatedAt),
	}
	if adapters.Given(w.Amount) {
		figure, err := s.definition.Amount(w.Amount, currency)
		if err != nil {
			return nil, fmt.Errorf("amount: %w", err)
		}
		sighting.Amount = &canonical.Money{Value: figure, Currency: currency}
	}
	if is(w.Status, authorized, captured, returned) && sighting.Amount != nil {
		sighting.Net = &sighting.Amount.Value
	}
	if is(w.Status, authorized) {
		sighting.Captured = &canonical.Amount{} // a capture takes the whole order and would show
	}
	if is(w.Status, created, pending, authorized) && sighting.CreatedAt != nil {
		expires := sighting.CreatedAt.AddDate(0, 0, s.settings.Integer("authorization_days"))
		sighting.Deadlines.AuthorizationExpiresAt = &expires
	}
	return sighting, nil
}

func is(word string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, word) })
}

// planOf is the number of installments, where it is another than ours: then what we knew of the terms
// no longer holds.
func planOf(cmd canonical.Command, said json.Number) *canonical.Plan {
	known := cmd.Order.Plan
	if cmd.Change != nil && cmd.Change.Plan != nil {
		known = cmd.Change.Plan
	}
	count, err := strconv.Atoi(said.String())
	if err != nil || count < 1 || count == installments(known) {
		return nil
	}
	return &canonical.Plan{Installments: count, Interval: "month"}
}

func detailsOf(w wireOrder) canonical.Values {
	var shown canonical.Values
	shown = shown.With("capture_date", w.CaptureDate)
	if flag := string(w.External); flag == "true" || flag == "false" {
		shown = shown.WithJSON("externally_managed_payments", w.External)
	}
	if given := (canonical.Values{"reasons": w.Reasons}); given.List("reasons") != nil {
		shown = shown.WithJSON("reasons", w.Reasons)
	}
	return shown
}

// decodeStatus reads the reply to a request that names no amount of its own.
func (s style) decodeStatus(cmd canonical.Command, reply adapters.Reply) (canonical.Outcome, error) {
	w, err := decodeOrder(cmd.Order.ProviderOrder.ID, reply)
	if err != nil {
		return canonical.Outcome{}, err
	}
	return s.outcome(cmd, w)
}

func (s style) outcome(cmd canonical.Command, w wireOrder) (outcome canonical.Outcome, err error) {
	switch {
	case w.Status == "":
		return outcome, adapters.ErrSilent
	case renumbered(cmd, w):
		return outcome, errors.New("the order carries another number than asked")
	}
	outcome.Sighting, err = s.sighted(cmd, w)
	return outcome, err
}

// renumbered: the request gave the order a number, and the reply has another.
func renumbered(cmd canonical.Command, w wireOrder) bool {
	numbers := cmd.Kind == canonical.OpCreate || (cmd.Change != nil && cmd.Change.Reference != nil)
	return numbers && w.MerchantOrderID != "" && w.MerchantOrderID != cmd.Reference
}

// decodeWhole reads the reply to a request whose amount is that of the order.
func (s style) decodeWhole(cmd canonical.Command, reply adapters.Reply) (canonical.Outcome, error) {
	outcome, err := s.decodeStatus(cmd, reply)
	switch {
	case err != nil:
		return outcome, err
	case outcome.Sighting.Amount == nil:
		return outcome, errNoAmount
	}
	outcome.Moved = outcome.Sighting.Amount
	return outcome, nil
}

// decodeCreate needs the key alone: no more is promised of the reply.
// ASSUMED: an order whose status is not told is CREATED. Nothing is reserved for it in the first
// generation, and losing its key would be worse.
func (s style) decodeCreate(cmd canonical.Command, reply adapters.Reply) (canonical.Outcome, error) {
	w, err := decodeOrder("", reply)
	if err != nil {
		return canonical.Outcome{}, err
	}
	if w.Status == "" && !s.second {
		w.Status = created
	}
	outcome, err := s.outcome(cmd, w)
	if err == nil {
		outcome.Moved = outcome.Sighting.Amount
	}
	return outcome, err
}

// decodeCancelPart: what was given back is what the amount is lower by.
func (s style) decodeCancelPart(cmd canonical.Command, reply adapters.Reply) (canonical.Outcome, error) {
	outcome, err := s.decodeWhole(cmd, reply)
	if err != nil {
		return outcome, err
	}
	var given canonical.Amount
	if net, left := cmd.Order.Totals.Net(), outcome.Sighting.Amount.Value; left.Less(net) {
		given = net.Sub(left)
	}
	moved := cmd.Amount.With(given)
	outcome.Moved = &moved
	return outcome, nil
}

// decodeRefund: the row takes a 2xx without an order for a yes, but not one with another order.
func (s style) decodeRefund(cmd canonical.Command, reply adapters.Reply) (canonical.Outcome, error) {
	outcome, err := s.decodeStatus(cmd, reply)
	if errors.Is(err, errOther) {
		return canonical.Outcome{State: canonical.Doubtful, Alarm: "a refund was answered with another order"}, nil
	}
	return outcome, err
}

func (s style) decodeRead(q canonical.Query, reply adapters.Reply) (canonical.Report, error) {
	if reply.Status == http.StatusNotFound {
		return canonical.Report{Finding: canonical.Absent}, nil
	}
	outcome, err := s.decodeStatus(canonical.Command{Order: q.Order}, reply)
	if err != nil {
		return canonical.Report{}, err
	}
	if seen := outcome.Sighting; seen.Net == nil && is(seen.Word, authorized, captured, returned) {
		return canonical.Report{}, errNoAmount
	}
	return canonical.Report{Finding: canonical.Found, Sighting: outcome.Sighting}, nil
}

// readProbe: an order that nobody has made is asked for, and Credit Key says that there is none.
// ASSUMED: in JSON, or without a word; only the status is known.
func readProbe(_ canonical.Query, reply adapters.Reply) (canonical.Report, error) {
	if reply.Status != http.StatusNotFound || (len(reply.Body) > 0 && !json.Valid(reply.Body)) {
		return canonical.Report{}, errors.New("not Credit Key's word for an order that nobody has made")
	}
	return canonical.Report{Finding: canonical.Mute}, nil
}

// sentence is a text, or several in a list. Whatever else has something in it is an error all the same.
func sentence(said json.RawMessage) string {
	v := canonical.Values{"it": said}
	text := cmp.Or(v.Text("it"), strings.Join(v.List("it"), "; "))
	if text == "" && len(said) > 2 && (said[0] == '{' || said[0] == '[') {
		return "an error that cannot be read"
	}
	return text
}

// refusal reads an error body. The code is the reason word, where there is one.
func refusal(reply adapters.Reply) (code, message string) {
	var w wireRefusal
	if json.Unmarshal(reply.Body, &w) != nil {
		return "", ""
	}
	message = cmp.Or(sentence(w.Message), sentence(w.Error), w.Result)
	tokens := strings.FieldsFunc(message, func(r rune) bool { return r != '_' && (r < 'A' || r > 'Z') })
	for _, r := range reasons {
		if slices.Contains(tokens, r.word) {
			return r.word, message
		}
	}
	return "", message
}
