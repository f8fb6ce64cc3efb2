package iwocapay

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// Amounts carry no currency: all of them are pounds.
const currency = "GBP"

// style is what encoders and decoders go by.
type style struct {
	definition *adapters.Definition
	settings   adapters.Values
	keys       []string
}

func (s style) encodeCreate(cmd canonical.Command) (any, error) {
	order := newOrder{Amount: s.definition.Figure(cmd.Amount), Reference: cmd.Reference}
	order.AllowedPaymentTerms = cmd.Options.List("allowed_payment_terms")
	if cmd.Options == nil {
		order.AllowedPaymentTerms = cmd.Order.ProviderOptions.List("allowed_payment_terms")
	}
	if s.settings.Flag("send_webhook_url") {
		order.WebhookURL = cmd.NotifyURL
	}
	if s.settings.Flag("send_redirect_url") {
		order.RedirectURL = cmd.Order.ReturnURL
	}
	return envelope[newOrder]{order}, nil
}

// decodeOrder reads an order; the one asked about, where known, must be the one answered.
func (s style) decodeOrder(asked string, body []byte) (wireOrder, *canonical.Sighting, error) {
	var w envelope[wireOrder]
	if err := json.Unmarshal(body, &w); err != nil {
		return w.Data, nil, err
	}
	order := w.Data
	switch {
	case asked != "" && order.ID != "" && !strings.EqualFold(asked, order.ID):
		return order, nil, errors.New("the reply is about another order")
	case order.Status == "":
		return order, nil, adapters.ErrSilent
	case order.ID == "":
		return order, nil, errors.New("the order has no id")
	}
	figure, err := s.definition.Amount(order.Amount, currency)
	if err != nil {
		return order, nil, fmt.Errorf("amount: %w", err)
	}
	sighting := &canonical.Sighting{
		ID: order.ID, Reference: order.Reference, Word: order.Status,
		Amount: &canonical.Money{Value: figure, Currency: currency}, Details: detailsOf(order),
	}
	if order.Status == successful {
		sighting.Net = &figure
	}
	return order, sighting, nil
}

func detailsOf(w wireOrder) canonical.Values {
	var shown canonical.Values
	if given := (canonical.Values{"terms": w.AllowedPaymentTerms}); given.List("terms") != nil {
		shown = shown.WithJSON("allowed_payment_terms", w.AllowedPaymentTerms)
	}
	if adapters.Given(w.Pricing) {
		shown = shown.WithJSON("pricing", w.Pricing)
	}
	return shown.With("pay_link_id", w.PayLinkID).With("seller_name", w.SellerName)
}

// decodeCreate needs the address for the buyer: it is never shown again.
func (s style) decodeCreate(cmd canonical.Command, reply adapters.Reply) (canonical.Outcome, error) {
	order, sighting, err := s.decodeOrder("", reply.Body)
	switch {
	case err != nil:
		return canonical.Outcome{}, err
	case order.OrderURL == "":
		return canonical.Outcome{}, errors.New("the order has no order_url")
	case order.Reference != "" && order.Reference != cmd.Reference:
		return canonical.Outcome{}, errors.New("the order carries another reference than asked")
	}
	sighting.Action = &canonical.Action{Kind: "redirect", URL: order.OrderURL}
	return canonical.Outcome{Moved: sighting.Amount, Sighting: sighting}, nil
}

// decodeCancel reads the order, where the lender sends it back. An order we canceled was not turned
// down by the lender, though the lender has one word for both.
func (s style) decodeCancel(cmd canonical.Command, reply adapters.Reply) (canonical.Outcome, error) {
	_, sighting, err := s.decodeOrder(cmd.Order.ProviderOrder.ID, reply.Body)
	if err == nil && sighting.Word == unsuccessful {
		sighting.Phase, sighting.EndedBy = canonical.Ended, canonical.ByCancel
	}
	return canonical.Outcome{Sighting: sighting}, err
}

func (s style) decodeRead(q canonical.Query, reply adapters.Reply) (canonical.Report, error) {
	if err := s.genuine(reply); err != nil {
		return canonical.Report{}, err
	}
	if reply.Status == http.StatusNotFound {
		return canonical.Report{Finding: canonical.Absent}, nil
	}
	_, sighting, err := s.decodeOrder(q.Order.ProviderOrder.ID, reply.Body)
	return canonical.Report{Finding: canonical.Found, Sighting: sighting}, err
}

// decodeProbe: a 404 says the same as a refused token, a wrong supplier or environment.
// ASSUMED: what answers otherwise is JSON or nothing; only the 200 is known.
func (s style) decodeProbe(_ canonical.Query, reply adapters.Reply) (canonical.Report, error) {
	report := canonical.Report{Finding: canonical.Mute}
	switch {
	case reply.Status == http.StatusNotFound:
		return report, canonical.Errorf(canonical.ProviderMisconfigured, "iwoca knows no such supplier")
	case len(reply.Body) > 0 && !json.Valid(reply.Body):
		return report, errors.New("the credential check answered with something else")
	}
	return report, s.genuine(reply)
}

// genuine checks the signature of a reply to a read, as far as the settings ask for it.
func (s style) genuine(reply adapters.Reply) error {
	wanted := s.settings.Text("verify_response_hmac")
	absent := reply.Header.Get(signatureHeader) == ""
	if wanted == "off" || (wanted == "if_present" && absent) || s.signed(reply.Header, reply.Body) {
		return nil
	}
	return errors.New("the reply is not signed by iwoca")
}

// refusal reads an error body: sentences, without codes.
func refusal(reply adapters.Reply) (code, message string) {
	var w wireRefusal
	if json.Unmarshal(reply.Body, &w) != nil || len(w.Errors) == 0 {
		return "", ""
	}
	var list []wireError
	if json.Unmarshal(w.Errors, &list) != nil {
		return "", "errors that cannot be read"
	}
	var sentences []string
	for _, e := range list {
		sentences = append(sentences, e.Detail)
	}
	message = strings.Join(sentences, "; ")
	// ASSUMED: the words stay; they are known from the lender's own module alone.
	if strings.Contains(strings.ToLower(message), "terminal state") {
		code = terminal
	}
	return code, message
}
