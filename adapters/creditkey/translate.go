package creditkey

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// Amounts carry no currency: all of them are dollars.
const currency = "USD"

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
	options := cmd.Options
	if options == nil {
		options = cmd.Order.ProviderOptions
	}
	order.CaptureDate, order.External = chosen(options)
	return order, nil
}

// encodeAuthorize sends the term with the status. ASSUMED: one request may do both.
func (s style) encodeAuthorize(cmd canonical.Command) (any, error) {
	return orderChange{Status: authorized, Installments: s.installments(cmd.Order.Plan)}, nil
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
	body.Installments = s.installments(change.Plan)
	body.CaptureDate, body.External = chosen(cmd.Options)
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

// encodeCancelPart gives back a part by lowering the amount.
// ASSUMED: the order stays AUTHORIZED and the difference is freed.
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

// chosen are the options. The second generation has none, and its definition says so.
func chosen(options canonical.Values) (captureDate string, external *bool) {
	if flag, set := options.Bool("externally_managed_payments"); set {
		external = &flag
	}
	return options.Text("capture_date"), external
}

// installments are not for the second generation to choose.
func (s style) installments(plan *canonical.Plan) int {
	if s.second {
		return 0
	}
	return installments(plan)
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
