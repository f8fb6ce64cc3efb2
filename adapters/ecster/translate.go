package ecster

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// The types of a transaction. typeAnnulGuide is how the annul guide spells its request.
const (
	typeDebit      = "DEBIT"
	typeCredit     = "CREDIT"
	typeAnnul      = "ANNUL"
	typeAnnulGuide = "ANNULL"
)

// kinds says what a type of transaction is here. ORIGINAL, the order itself, is no movement.
var kinds = map[string]canonical.OperationKind{
	typeDebit: canonical.OpCapture, typeCredit: canonical.OpRefund, typeAnnul: canonical.OpCancel, typeAnnulGuide: canonical.OpCancel,
}

const (
	keptMethod  = "method"
	methodSwish = "SWISH"
)

func (e *ecster) encodeCart(cmd canonical.Command) (any, error) {
	rows, err := e.cartRows(cmd)
	if err != nil {
		return nil, err
	}
	language, country := e.place(cmd.Order.Customer)
	kind := "B2C"
	if cmd.Order.Customer.Type == "company" {
		kind = "B2B"
	}
	notify := cmd.NotifyURL
	if secret := e.settings.Text("notification_path_secret"); notify != "" && secret != "" {
		notify = strings.TrimRight(notify, "/") + "/" + url.PathEscape(secret)
	}
	return cartRequest{
		Locale: locale{language, country}, CountryCode: country,
		Parameters: parameters{
			ShopTermsURL: e.settings.Text("shop_terms_url"), ReturnURL: cmd.Order.ReturnURL,
			DefaultDeliveryCountry: country, PurchaseType: purchaseType{kind},
		},
		Cart:           basket{Amount: e.definition.Figure(cmd.Amount), Currency: cmd.Amount.Currency, Message: cmd.Message, Rows: rows},
		OrderReference: cmd.Reference, Consumer: consumerOf(cmd.Order.Customer), NotificationURL: notify,
	}, nil
}

// place is the language and country of the checkout: the customer's, else those of the settings.
func (e *ecster) place(c canonical.Customer) (language, country string) {
	language, country, _ = strings.Cut(e.settings.Text("locale"), "-")
	theirLanguage, theirCountry, _ := strings.Cut(c.Locale, "-")
	if theirLanguage != "" {
		language = theirLanguage
	}
	if theirCountry != "" {
		country = theirCountry
	}
	if c.Country != "" {
		country = c.Country
	}
	return language, country
}

// consumerOf fills in the checkout with what is known; nil where that is nothing.
func consumerOf(c canonical.Customer) *consumer {
	var known consumer
	// ASSUMED: the last word of a name is the family's. The customer sees it and may correct it.
	if first := strings.LastIndexByte(c.Name, ' '); first > 0 {
		known.Name = &personName{FirstName: c.Name[:first], LastName: c.Name[first+1:]}
	}
	for _, a := range c.Addresses {
		if known.Address == nil || a.Kind == "billing" {
			known.Address = &address{Line1: a.Line1, Line2: a.Line2, City: a.City, Zip: a.PostalCode, Country: a.Country}
		}
	}
	if c.Email != "" || c.Phone != "" {
		known.ContactInfo = &contactInfo{Email: c.Email}
	}
	if c.Phone != "" {
		known.ContactInfo.Cellular = &phoneNumber{c.Phone}
	}
	if known == (consumer{}) {
		return nil
	}
	return &known
}

func (e *ecster) decodeCart(cmd canonical.Command, reply adapters.Reply) (o canonical.Outcome, err error) {
	var said cartReply
	if err := json.Unmarshal(reply.Body, &said); err != nil {
		return o, err
	}
	if said.CheckoutCart.Key == "" {
		return o, errors.New("cart without a key")
	}
	expires := cmd.Order.CreatedAt.Add(e.settings.Duration("cart_ttl"))
	o.Sighting = &canonical.Sighting{
		Reference: cmd.Reference, Phase: canonical.Created, WaitingFor: canonical.ForCustomer,
		Action:    &canonical.Action{Kind: "widget", ExpiresAt: &expires, Details: canonical.Values{}.With("cart_key", said.CheckoutCart.Key)},
		Deadlines: canonical.Deadlines{OrderExpiresAt: &expires},
	}
	return o, nil
}

func encodeReference(cmd canonical.Command) (any, error) {
	return referenceRequest{cmd.Reference}, nil
}

// decodeReference: ASSUMED: a 2xx is a yes, with or without a body; the documents show none.
func decodeReference(cmd canonical.Command, reply adapters.Reply) (canonical.Outcome, error) {
	if len(reply.Body) > 0 && !json.Valid(reply.Body) {
		return canonical.Outcome{}, errors.New("no JSON")
	}
	return canonical.Outcome{Sighting: &canonical.Sighting{Reference: cmd.Reference}}, nil
}

func (e *ecster) encodeCapture(cmd canonical.Command) (any, error) {
	rows, err := e.captureRows(cmd)
	return transactionRequest{
		Type: typeDebit, Amount: e.definition.Figure(cmd.Amount), TransactionReference: cmd.Reference,
		CloseDebit: &cmd.Final, Rows: rows, Message: cmd.Message,
	}, err
}

func (e *ecster) encodeRefund(cmd canonical.Command) (any, error) {
	debit, err := debitOf(cmd)
	if err != nil {
		return nil, err
	}
	rows, err := e.refundRows(cmd)
	return transactionRequest{
		Type: typeCredit, Amount: e.definition.Figure(cmd.Amount), TransactionReference: cmd.Reference,
		DebitTransaction: debit, Rows: rows, Message: cmd.Message,
	}, err
}

func (e *ecster) encodeSwishRefund(cmd canonical.Command) (any, error) {
	debit, err := debitOf(cmd)
	return refundRequest{Amount: e.definition.Figure(cmd.Amount), DebitTransaction: debit, Message: cmd.Message}, err
}

func debitOf(cmd canonical.Command) (string, error) {
	if cmd.Capture == nil || cmd.Capture.Reference == "" {
		return "", canonical.Errorf(canonical.OperationNotAllowed, "Ecster refunds one capture at a time, and this one has no id there yet")
	}
	return cmd.Capture.Reference, nil
}

func (e *ecster) encodeCancel(cmd canonical.Command) (any, error) {
	request := transactionRequest{Type: e.settings.Text("annul_type"), TransactionReference: cmd.Reference, Message: cmd.Message}
	if e.settings.Text("annul_body") != "full" {
		return request, nil
	}
	rows, err := e.captureRows(cmd)
	request.Amount, request.Rows = e.definition.Figure(cmd.Amount), rows
	return request, err
}

// decodeCancel: the transaction of an annul has the amount 0, whatever was asked.
func (e *ecster) decodeCancel(cmd canonical.Command, reply adapters.Reply) (canonical.Outcome, error) {
	outcome, err := e.decodeTransaction(cmd, reply)
	outcome.Moved = nil
	return outcome, err
}

func (e *ecster) decodeTransaction(cmd canonical.Command, reply adapters.Reply) (o canonical.Outcome, err error) {
	var said transactionReply
	if err := json.Unmarshal(reply.Body, &said); err != nil {
		return o, err
	}
	t := said.Transaction
	switch {
	case said.OrderStatus == "" || t.ID == "":
		return o, errors.New("transaction without id or status")
	case kinds[t.Type] != cmd.Kind:
		return o, fmt.Errorf("transaction is a %.20q", t.Type)
	case t.TransactionReference != "" && t.TransactionReference != cmd.Reference:
		return o, errors.New("transaction has another reference")
	case t.DebitTransaction != "" && cmd.Capture != nil && t.DebitTransaction != cmd.Capture.Reference:
		return o, errors.New("transaction is about another debit")
	}
	amount, err := e.definition.Amount(t.Amount, cmd.Amount.Currency)
	if err != nil {
		return o, err
	}
	moved := cmd.Amount.With(amount)
	o.Moved, o.Reference, o.Sighting = &moved, t.ID, &canonical.Sighting{Word: said.OrderStatus}
	return o, nil
}

// decodeSwishRefund: any word but the two known ones means it failed, says a client's code. That is
// too little to call money unmoved: totals will tell.
func decodeSwishRefund(_ canonical.Command, reply adapters.Reply) (o canonical.Outcome, err error) {
	var said refundReply
	if err := json.Unmarshal(reply.Body, &said); err != nil {
		return o, err
	}
	switch said.Status {
	case "":
		return o, errors.New("refund without a status")
	case refundOngoing:
		o.State = canonical.Waiting
	case refundDone:
		o.State = canonical.Succeeded
	default:
		o.State, o.Code, o.ReadBack = canonical.Doubtful, said.Status, true
	}
	return o, nil
}
