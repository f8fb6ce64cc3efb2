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
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// Amounts carry no currency: all of them are dollars.
const currency = "USD"

// second is the path prefix of the second generation.
const second = "/v2"

// style is what encoders and decoders go by.
type style struct {
	definition *adapters.Definition
	settings   adapters.Values
	second     bool // the second generation of the API
}

func (s style) encodeCreate(cmd canonical.Command) (any, error) {
	order := newOrder{
		CompanyID:       cmd.Order.Customer.Reference,
		Amount:          s.definition.Figure(cmd.Amount),
		MerchantOrderID: cmd.Reference,
	}
	if !s.second {
		order.CaptureDate, order.External = s.chosen(cmd.Options)
		return order, nil
	}
	if s.settings.Text("create_status") == authorized {
		order.Status = authorized
	}
	if cmd.Order.Shipping != nil {
		order.ShippingAddress = addressOf(cmd.Order.Shipping.Address)
	}
	order.BillingAddress = addressOf(billing(cmd.Order.Customer.Addresses))
	var err error
	order.Items, err = s.items(cmd.Order.Lines)
	return order, err
}

func (s style) encodeAuthorize(cmd canonical.Command) (any, error) {
	change := orderChange{Status: authorized}
	if !s.second {
		change.Installments = installments(cmd.Order.Plan)
	}
	return change, nil
}

func (s style) encodeUpdate(cmd canonical.Command) (any, error) { return s.changed(cmd) }

// changed is what of a change the lender keeps.
func (s style) changed(cmd canonical.Command) (body orderChange, err error) {
	change := cmd.Change
	if change.Amount != nil {
		body.Amount = s.definition.Figure(*change.Amount)
	}
	if change.Reference != nil {
		body.MerchantOrderID = cmd.Reference
	}
	if change.Shipping != nil {
		body.ShippingAddress = addressOf(change.Shipping.Address)
	}
	if !s.second {
		body.Installments = installments(change.Plan)
		body.CaptureDate, body.External = s.chosen(cmd.Options)
	}
	body.Items, err = s.items(change.Lines)
	return body, err
}

func (s style) encodeCapture(cmd canonical.Command) (any, error) {
	change := orderChange{Status: captured}
	if s.settings.Flag("capture_sets_merchant_order_id") {
		change.MerchantOrderID = cmp.Or(cmd.Order.ProviderOrder.Reference, cmd.Reference)
	}
	return change, nil
}

func (s style) encodeCancel(canonical.Command) (any, error) {
	return orderChange{Status: canceled}, nil
}

// encodeCancelPart gives back a part by lowering the amount, which frees the difference.
func (s style) encodeCancelPart(cmd canonical.Command) (any, error) {
	net := cmd.Order.Totals.Net()
	if net.Less(cmd.Amount.Value) {
		return nil, errors.New("the amount is more than is authorized")
	}
	return orderChange{Amount: s.definition.Figure(cmd.Amount.With(net.Sub(cmd.Amount.Value)))}, nil
}

func (s style) encodeRefund(cmd canonical.Command) (any, error) {
	return wireRefund{s.definition.Figure(cmd.Amount)}, nil
}

// chosen are the options of the first generation.
func (s style) chosen(options canonical.Values) (captureDate string, external *bool) {
	if flag, set := options.Bool("externally_managed_payments"); set {
		external = &flag
	}
	return options.Text("capture_date"), external
}

func installments(plan *canonical.Plan) int {
	if plan == nil {
		return 0
	}
	return plan.Installments
}

// items are the goods. Where a price of one is not exact, the line is one item.
// ASSUMED: an item can not cost less than nothing, so discounts show in the amount alone.
func (s style) items(lines []canonical.Line) ([]item, error) {
	var list []item
	for i, line := range lines {
		if line.Kind == canonical.LineDiscount {
			continue
		}
		total, err := canonical.LinesTotal([]canonical.Line{line}, currency)
		if err != nil {
			return nil, canonical.Invalid(fmt.Sprintf("/lines/%d", i), err.Error())
		}
		one := item{Name: line.Name, SKU: line.SKU, Quantity: 1, Price: s.definition.Figure(total)}
		count, whole := line.Quantity.Scaled(0)
		if unit, exact := line.UnitAmount.Scaled(2); whole && exact && !count.IsZero() && line.Discount == nil {
			one.Quantity, one.Price = count.Decimal().IntPart(), s.definition.Figure(total.With(unit))
		}
		list = append(list, one)
	}
	return list, nil
}

func billing(addresses []canonical.Address) *canonical.Address {
	i := slices.IndexFunc(addresses, func(a canonical.Address) bool { return a.Kind != "shipping" })
	if i < 0 {
		return nil
	}
	return &addresses[i]
}

func addressOf(a *canonical.Address) *address {
	if a == nil {
		return nil
	}
	name := strings.Fields(a.Name)
	last := max(0, len(name)-1)
	return &address{
		FirstName: strings.Join(name[:last], " "), LastName: strings.Join(name[last:], ""), CompanyName: a.Company, Email: a.Email,
		Address1: a.Line1, Address2: a.Line2, City: a.City, State: a.Region, Zip: a.PostalCode, Phone: phone(a.Phone),
	}
}

func phone(number string) string {
	kept := strings.Map(func(r rune) rune {
		if (r < '0' || r > '9') && r != '-' {
			return -1
		}
		return r
	}, number)
	return strings.Trim(kept, "-")
}

// errOther: the reply is about another order.
var errOther = errors.New("the reply is about another order")

// decodeOrder reads an order. The one asked about, where known, must be the one answered.
func decodeOrder(asked string, reply adapters.Reply) (w wireOrder, err error) {
	if err := json.Unmarshal(reply.Body, &w); err != nil {
		return w, err
	}
	switch {
	case w.Key == "":
		return w, errors.New("the order has no key")
	case asked != "" && asked != w.Key:
		return w, errOther
	}
	return w, nil
}

// sighted turns an order into a sighting.
func (s style) sighted(known *canonical.Order, w wireOrder) (*canonical.Sighting, error) {
	sighting := &canonical.Sighting{
		ID: w.Key, Reference: w.MerchantOrderID, Word: w.Status,
		Plan: planOf(known.Plan, w.Installments), Details: detailsOf(w), CreatedAt: timeOf(w.CreatedAt),
	}
	if len(w.Amount) > 0 && string(w.Amount) != "null" {
		figure, err := s.definition.Amount(w.Amount, currency)
		if err != nil {
			return nil, fmt.Errorf("amount: %w", err)
		}
		sighting.Amount = &canonical.Money{Value: figure, Currency: currency}
	}
	if is(w.Status, authorized, captured, returned) && sighting.Amount != nil {
		sighting.Net = &sighting.Amount.Value
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

// planOf keeps what is known of the plan and adds what the lender says of it.
func planOf(known *canonical.Plan, said json.Number) *canonical.Plan {
	count, err := strconv.Atoi(said.String())
	if err != nil || count < 1 || count == installments(known) {
		return nil
	}
	plan := canonical.Plan{Interval: "month"}
	if known != nil {
		plan = *known
	}
	plan.Installments = count
	return &plan
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

func timeOf(text string) *time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil
	}
	at = at.UTC()
	return &at
}

// decodeStatus reads the reply to a request that names no amount of its own.
func (s style) decodeStatus(cmd canonical.Command, reply adapters.Reply) (outcome canonical.Outcome, err error) {
	w, err := decodeOrder(cmd.Order.ProviderOrder.ID, reply)
	if err == nil && w.Status == "" {
		err = errors.New("the order has no status")
	}
	if err != nil {
		return outcome, err
	}
	outcome.Sighting, err = s.sighted(&cmd.Order, w)
	return outcome, err
}

// decodeWhole reads the reply to a request whose amount is that of the order.
func (s style) decodeWhole(cmd canonical.Command, reply adapters.Reply) (canonical.Outcome, error) {
	outcome, err := s.decodeStatus(cmd, reply)
	if err == nil {
		outcome.Moved = outcome.Sighting.Amount
	}
	return outcome, err
}

// decodeCreate needs the key alone: no more is promised of the reply.
func (s style) decodeCreate(cmd canonical.Command, reply adapters.Reply) (canonical.Outcome, error) {
	outcome, err := s.decodeWhole(cmd, reply)
	w, unkeyed := decodeOrder("", reply)
	if err == nil || unkeyed != nil || w.Status != "" || !s.definition.Traits.CreateReservesNothing {
		return outcome, err
	}
	outcome.Sighting, err = s.sighted(&cmd.Order, w)
	if err != nil {
		return outcome, err
	}
	outcome.Sighting.Phase, outcome.Sighting.WaitingFor = canonical.Created, canonical.ForMerchant
	outcome.Moved = outcome.Sighting.Amount
	return outcome, nil
}

// decodeCancelPart: what was given back is what the amount is lower by.
func (s style) decodeCancelPart(cmd canonical.Command, reply adapters.Reply) (canonical.Outcome, error) {
	outcome, err := s.decodeStatus(cmd, reply)
	if err != nil || outcome.Sighting.Amount == nil {
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
	return canonical.Report{Finding: canonical.Found, Sighting: outcome.Sighting}, err
}

// refusal reads an error body. The code is the reason word, where there is one.
func refusal(reply adapters.Reply) (code, message string) {
	var w wireRefusal
	if json.Unmarshal(reply.Body, &w) != nil {
		return "", ""
	}
	said := canonical.Values{"message": w.Message}
	message = cmp.Or(said.Text("message"), strings.Join(said.List("message"), "; "), w.Result)
	tokens := strings.FieldsFunc(message, func(r rune) bool { return r != '_' && (r < 'A' || r > 'Z') })
	for _, r := range reasons {
		if slices.Contains(tokens, r.word) {
			return r.word, message
		}
	}
	return "", message
}

func token(v adapters.Values) *adapters.Token {
	return &adapters.Token{
		Path: "/auth/login",
		Body: func() any { return wireLogin{v.Text("client_id"), v.Text("client_secret")} },
		Lead: 5 * time.Minute, // as the lender's own client does
		Decode: func(reply adapters.Reply, now time.Time) (string, time.Time, error) {
			var w wireToken
			if err := json.Unmarshal(reply.Body, &w); err != nil {
				return "", now, err
			}
			if w.AccessToken == "" {
				return "", now, errors.New("the token endpoint sent no token")
			}
			issued := time.Unix(cmp.Or(w.CreatedAt, now.Unix()), 0)
			return w.AccessToken, issued.Add(time.Duration(w.ExpiresIn) * time.Second), nil
		},
	}
}
