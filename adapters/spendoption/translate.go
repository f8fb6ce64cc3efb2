package spendoption

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// What later requests need.
const (
	keptSCA   = "sca"            // the word of the latest Initiate
	keptToken = "sca_token"      // the token of an exempt customer
	keptOffer = "provider_offer" // the spend option the order was made from
)

// pence is how many decimals the lender takes. ASSUMED: its samples show no more.
const pence = 2

func (s *spendoption) encodeInitiate(cmd canonical.Command) (any, error) {
	picked, err := s.picked(cmd)
	if err != nil {
		return nil, err
	}
	override, _ := option(cmd).Bool("override_exemption")
	return initiate{write(cmd.Amount), reference(cmd), picked, override}, nil
}

func (s *spendoption) encodeAuthorize(cmd canonical.Command) (any, error) {
	picked, err := s.picked(cmd)
	if err != nil {
		return nil, err
	}
	given := option(cmd)
	return authorise{write(cmd.Amount), reference(cmd), picked, given.Text("description"), given.Text("verification_id")}, nil
}

// encodeDescribed takes the description of this call alone: the order's own is of all the goods.
func encodeDescribed(cmd canonical.Command) (any, error) {
	description := cmd.Options.Text("description")
	if description == "" {
		description = cmd.Message
	}
	return described{write(cmd.Amount), description}, nil
}

func encodeCancel(cmd canonical.Command) (any, error) {
	return described{Amount: write(cmd.Amount)}, nil
}

func write(m canonical.Money) money {
	return money{adapters.MajorNumber.Write(m, pence), m.Currency}
}

// option gives the options of the order, those of the call before them.
func option(cmd canonical.Command) canonical.Values {
	all := canonical.Values{}
	maps.Copy(all, cmd.Order.ProviderOptions)
	maps.Copy(all, cmd.Options)
	return all
}

// reference is the lender's number of the order: Initiate and Authorise must agree in it.
func reference(cmd canonical.Command) string {
	if known := cmd.Order.ProviderOrder.Reference; known != "" {
		return known
	}
	return cmd.Reference
}

// picked names the spend option the order was made from; without one it is plain revolving credit.
func (s *spendoption) picked(cmd canonical.Command) (choice, error) {
	offer := cmd.Order.Hidden.Kept[keptOffer]
	if offer == "" || s.settings.Text("dialect") != legacy {
		return choice{SpendOptionID: offer}, nil
	}
	treatment, spendType, both := strings.Cut(offer, "/")
	if !both {
		return choice{}, canonical.Invalid("/offer", "the offer was made in another dialect of the lender's API")
	}
	return choice{TreatmentID: treatment, SpendType: spendType}, nil
}

func decodeRegistered(cmd canonical.Command, _ adapters.Reply) (canonical.Outcome, error) {
	return canonical.Outcome{Sighting: &canonical.Sighting{
		Reference: reference(cmd), Phase: canonical.Created, WaitingFor: canonical.ForMerchant,
	}}, nil
}

func decodeWithdrawn(canonical.Command, adapters.Reply) (canonical.Outcome, error) {
	return canonical.Outcome{Sighting: &canonical.Sighting{Phase: canonical.Ended, EndedBy: canonical.ByCancel}}, nil
}

func decodeInitiate(cmd canonical.Command, reply adapters.Reply) (o canonical.Outcome, err error) {
	var said initiated
	if err := json.Unmarshal(reply.Body, &said); err != nil {
		return o, err
	}
	s := &canonical.Sighting{Reference: reference(cmd), Word: said.Status}
	o.Sighting = s
	switch {
	case said.Status == "":
		return o, errors.New("initiate without a status")
	case strings.EqualFold(said.Status, exempt):
		s.Kept = map[string]string{keptSCA: exempt, keptToken: said.ScaToken}
		if cmd.Order.Phase == canonical.Pending { // an order does not go back to created
			s.Phase, s.WaitingFor = canonical.Pending, canonical.ForMerchant
		}
	case strings.EqualFold(said.Status, required) && said.WidgetURL == "":
		return o, errors.New("initiate demands authentication and names no widget")
	case strings.EqualFold(said.Status, required):
		s.Kept = map[string]string{keptSCA: required, keptToken: ""}
		s.Action = &canonical.Action{Kind: "widget", URL: widget(said.WidgetURL, cmd.Order.ReturnURL)}
	}
	return o, nil
}

// widget gives the widget the address it posts its result to, where the lender left that out.
func widget(address, returnURL string) string {
	u, err := url.Parse(address)
	if err != nil || returnURL == "" || u.Query().Has("redirect_uri") {
		return address
	}
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += "redirect_uri=" + url.QueryEscape(returnURL)
	return u.String()
}

// decodeAuthorize: a decline is a 2xx too, and may carry an id. A declineReason alone is no decline:
// the portal's sample shows one beside Authorised.
func decodeAuthorize(_ canonical.Command, reply adapters.Reply) (o canonical.Outcome, err error) {
	var said authorisation
	if err := json.Unmarshal(reply.Body, &said); err != nil {
		return o, err
	}
	result, err := said.result()
	if err != nil {
		return o, err
	}
	id := said.AuthorisationID
	switch {
	case id == "" && (strings.EqualFold(result, authorised) || (result == "" && said.DeclineReason == "")):
		return o, errors.New("authorisation without an id")
	case id == "" || strings.EqualFold(result, declined):
		return refused(result, said.DeclineReason), nil
	}
	o.Reference, o.Sighting = id, &canonical.Sighting{ID: id, Word: result}
	if result == "" { // legacy: the id alone is the yes
		o.Sighting.Phase = canonical.Open
	}
	return o, nil
}

// result is "" where the reply has none at all.
func (a authorisation) result() (result string, err error) {
	if a.Result == nil {
		return "", nil
	}
	err = json.Unmarshal(a.Result, &result)
	if err == nil && result == "" {
		err = errors.New("authorisation with an empty result")
	}
	return result, err
}

// refused is the lender's no. ASSUMED: a result nobody knows, without an id, is one too.
func refused(result, why string) canonical.Outcome {
	const reason = "not_approved"
	o := canonical.Outcome{
		State: canonical.Declined, Code: why, Reason: reason,
		Sighting: &canonical.Sighting{
			Word: result, Phase: canonical.Ended, EndedBy: canonical.ByLender, Reason: reason,
			Details: canonical.Values(nil).With("decline_reason", why),
		},
	}
	if why == "" {
		o.Code = result
	}
	if result != "" && !strings.EqualFold(result, declined) {
		o.Alarm = fmt.Sprintf("authorisation has no id and an unknown result %.40q: taken for a no", result)
	}
	return o
}

func (s *spendoption) decodeCapture(cmd canonical.Command, reply adapters.Reply) (o canonical.Outcome, err error) {
	var said settled
	if err := json.Unmarshal(reply.Body, &said); err != nil {
		return o, err
	}
	if said.TransactionID == "" {
		return o, errors.New("settle without a transactionId")
	}
	o.Reference = said.TransactionID
	if s.settings.Flag("capture_releases_rest") {
		captured := cmd.Order.Totals.Captured.Add(cmd.Amount.Value)
		o.Sighting = &canonical.Sighting{Phase: canonical.Open, Net: &captured}
	}
	return o, nil
}

// decodeCancel: what is still held and what was captured is what of the authorization stands.
func decodeCancel(cmd canonical.Command, reply adapters.Reply) (o canonical.Outcome, err error) {
	var said reversed
	if err := json.Unmarshal(reply.Body, &said); err != nil {
		return o, err
	}
	if said.AuthorisationReversalID == "" {
		return o, errors.New("reverse without an authorisationReversalId")
	}
	o.Reference = said.AuthorisationReversalID
	if said.RemainingFloat == nil {
		return o, nil
	}
	remaining, err := said.RemainingFloat.read()
	if err == nil && remaining.Currency != cmd.Amount.Currency {
		err = errors.New("another currency than asked for")
	}
	if err != nil {
		return o, fmt.Errorf("remainingFloat: %w", err)
	}
	net := cmd.Order.Totals.Captured.Add(remaining.Value)
	o.Sighting = &canonical.Sighting{Phase: canonical.Open, Net: &net}
	if net.IsZero() {
		o.Sighting.Phase, o.Sighting.EndedBy = canonical.Ended, canonical.ByCancel
	}
	return o, nil
}

func decodeRefund(_ canonical.Command, reply adapters.Reply) (o canonical.Outcome, err error) {
	var said refunded
	if err := json.Unmarshal(reply.Body, &said); err != nil {
		return o, err
	}
	if said.RefundTransactionID == "" {
		return o, errors.New("refund without a refundTransactionId")
	}
	o.Reference = said.RefundTransactionID
	return o, nil
}

func (m money) read() (canonical.Money, error) {
	value, err := adapters.MajorNumber.Parse(m.Value, pence)
	if err != nil {
		return canonical.Money{}, err
	}
	return canonical.MoneyOf(value, m.CurrencyCode)
}

// refusal reads an error body. A title says more than a type that says nothing.
func refusal(reply adapters.Reply) (code, message string) {
	var said problem
	if json.Unmarshal(reply.Body, &said) != nil {
		return "", ""
	}
	code, message = said.Title, said.Detail
	if said.Type != "" && said.Type != "about:blank" {
		code = said.Type
	}
	for _, field := range slices.Sorted(maps.Keys(said.Errors)) {
		message += "; " + field + ": " + strings.Join(said.Errors[field], ", ")
	}
	if message == "" {
		message = said.Message
	}
	return code, strings.TrimPrefix(message, "; ")
}
