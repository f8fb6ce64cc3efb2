package declared

import (
	"net/http"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// scope is what expressions can know. The tags are the names of the language; those that begin with
// an underscore are ours, and a contract cannot write them.
type scope struct {
	Order      orderNames    `expr:"order"`
	Zero       money         `expr:"zero"`
	Amount     money         `expr:"amount"`
	Rest       money         `expr:"rest"`
	Cumulative money         `expr:"cumulative"`
	Lines      []line        `expr:"lines"`
	Taxed      taxedNames    `expr:"taxed"`
	Capture    captureNames  `expr:"capture"`
	Reference  string        `expr:"reference"`
	Key        string        `expr:"key"`
	Message    string        `expr:"message"`
	Reason     string        `expr:"reason"`
	Attempt    string        `expr:"attempt"`
	NotifyURL  string        `expr:"notify_url"`
	Final      bool          `expr:"final"`
	Shipping   shippingNames `expr:"shipping"`
	Change     changeNames   `expr:"change"`
	Status     int           `expr:"status"`
	Request    requestNames  `expr:"request"`

	Options  options  `expr:"_option"`
	Kept     kept     `expr:"_kept"`
	Settings settings `expr:"_setting"`
	Reply    row      `expr:"_reply"`
	Header   headers  `expr:"_header"`
	Earlier  earlier  `expr:"_earlier"`
	Line     line     `expr:"_line"` // item, where lines are gone through
	Row      row      `expr:"_row"`  // item, where rows of a reply are
	Purse    *purse   `expr:"_purse"`

	command *canonical.Command
	note    func(Reading)
}

// money is canonical.Money as expressions see it: a value without fields.
type money struct{ is canonical.Money }

type orderNames struct {
	ID         string        `expr:"id"`
	Reference  string        `expr:"reference"`
	Number     string        `expr:"number"`
	Currency   string        `expr:"currency"`
	Phase      string        `expr:"phase"`
	Status     string        `expr:"status"`
	ReturnURL  string        `expr:"return_url"`
	CancelURL  string        `expr:"cancel_url"`
	Country    string        `expr:"country"`
	Locale     string        `expr:"locale"`
	CreatedAt  time.Time     `expr:"created_at"`
	Amount     money         `expr:"amount"`
	Authorized money         `expr:"authorized"`
	Captured   money         `expr:"captured"`
	Canceled   money         `expr:"canceled"`
	Refunded   money         `expr:"refunded"`
	Net        money         `expr:"net"`
	Capturable money         `expr:"capturable"`
	Refundable money         `expr:"refundable"`
	Fees       money         `expr:"fees"`
	Customer   customerNames `expr:"customer"`
	Billing    addressNames  `expr:"billing"`
	Shipping   addressNames  `expr:"shipping"`
	Lines      []line        `expr:"lines"`
	Plan       planNames     `expr:"plan"`
}

type customerNames struct {
	Reference string `expr:"reference"`
	Type      string `expr:"type"`
	Name      string `expr:"name"`
	FirstName string `expr:"first_name"`
	LastName  string `expr:"last_name"`
	Email     string `expr:"email"`
	Phone     string `expr:"phone"`
	Company   string `expr:"company"`
}

type addressNames struct {
	Name       string `expr:"name"`
	Company    string `expr:"company"`
	Line1      string `expr:"line1"`
	Line2      string `expr:"line2"`
	City       string `expr:"city"`
	Region     string `expr:"region"`
	PostalCode string `expr:"postal_code"`
	Country    string `expr:"country"`
	Phone      string `expr:"phone"`
	Email      string `expr:"email"`
}

type planNames struct {
	Installments int `expr:"installments"`
}

type captureNames struct {
	Reference string `expr:"reference"`
	Amount    money  `expr:"amount"`
	Refunded  money  `expr:"refunded"`
}

type shippingNames struct {
	Carrier  string `expr:"carrier"`
	Tracking string `expr:"tracking"`
}

type changeNames struct {
	Amount    money  `expr:"amount"`
	Reference string `expr:"reference"`
}

type requestNames struct {
	Method string    `expr:"method"`
	Path   string    `expr:"path"`
	Query  string    `expr:"query"`
	Body   string    `expr:"body"`
	At     time.Time `expr:"at"`
}

// What is looked up by a name that the contract declares. A name is checked when the contract is read.
type (
	kept     struct{ values map[string]string }
	settings struct{ values adapters.Values }
	headers  struct{ values http.Header }
	options  struct{ call, order canonical.Values }
	earlier  struct{ replies map[string]row } // of the requests before the one that reads
)

// of is the reply of an earlier request; nothing of one that was not sent.
func (e earlier) of(as string) row { return e.replies[as] }

// of is an option as it was given: with this call, or else with the order.
func (o options) of(name string) canonical.Values {
	if _, given := o.call[name]; given {
		return o.call
	}
	return o.order
}

// plain is an option as a path holds it: text, true or false, or a whole number.
func (o options) plain(name string) string {
	given := o.of(name)
	if text := given.Text(name); text != "" {
		return text
	}
	written := string(given[name])
	if _, is := given.Bool(name); is || ordinal(written) {
		return written
	}
	return ""
}

// commandScope is what is known of a command.
func (c *Contract) commandScope(v adapters.Values, cmd *canonical.Command) *scope {
	o := &cmd.Order
	s := c.orderScope(v, o, cmd.Options)
	s.command = cmd
	s.Amount, s.Reference, s.Key, s.Message = money{cmd.Amount}, cmd.Reference, cmd.Key, cmd.Message
	s.Reason, s.Attempt, s.NotifyURL, s.Final = cmd.Reason, cmd.Attempt, cmd.NotifyURL, cmd.Final
	s.Rest, s.Cumulative = standing(cmd)
	if entry := cmd.Capture; entry != nil {
		s.Capture = captureNames{entry.Reference, money{entry.Amount}, money{entry.Refunded}}
	}
	if shipped := cmd.Shipping; shipped != nil {
		s.Shipping = shippingNames{shipped.Carrier, shipped.Tracking}
	}
	s.Change = changeNames{Amount: s.Order.Amount}
	if cmd.Change != nil && cmd.Change.Amount != nil {
		s.Change.Amount = money{*cmd.Change.Amount}
	}
	if cmd.Change != nil && cmd.Change.Reference != nil {
		s.Change.Reference = *cmd.Change.Reference
	}
	return s
}

// standing is what stays by the books after a movement, and what will have moved with it.
func standing(cmd *canonical.Command) (rest, cumulative money) {
	books, amount := &cmd.Order.Totals.Ledger, cmd.Amount.Value
	moved, given := books.Captured, books.Captured.Add(books.Canceled)
	most := books.Authorized
	switch cmd.Kind {
	case canonical.OpCancel:
		moved = books.Canceled
	case canonical.OpRefund:
		moved, given, most = books.Refunded, books.Refunded, books.Captured
	}
	var left canonical.Amount
	if after := given.Add(amount); after.Less(most) {
		left = most.Sub(after)
	}
	return money{cmd.Amount.With(left)}, money{cmd.Amount.With(moved.Add(amount))}
}

// orderScope is what is known of an order.
func (c *Contract) orderScope(v adapters.Values, o *canonical.Order, given canonical.Values) *scope {
	in := func(a canonical.Amount) money { return money{o.Amount.With(a)} }
	totals := &o.Totals
	s := &scope{
		Zero: money{canonical.Zero(o.Amount.Currency)}, Settings: settings{v}, Kept: kept{o.Hidden.Kept},
		Options: options{given, o.ProviderOptions}, Purse: &purse{tender: &c.tender, currency: o.Amount.Currency}, Earlier: earlier{map[string]row{}}, note: c.note,
		Order: orderNames{
			ID: o.ProviderOrder.ID, Reference: o.ProviderOrder.Reference, Number: o.Reference, Currency: o.Amount.Currency,
			Phase: string(o.Phase), Status: string(o.Status), ReturnURL: o.ReturnURL, CancelURL: o.CancelURL,
			Country: o.Customer.Country, Locale: o.Customer.Locale, CreatedAt: o.CreatedAt, Amount: money{o.Amount},
			Authorized: in(totals.Authorized), Captured: in(totals.Captured), Canceled: in(totals.Canceled), Refunded: in(totals.Refunded),
			Capturable: in(totals.Capturable), Refundable: in(totals.Refundable), Fees: in(totals.LenderFees), Net: in(netOf(totals)),
			Customer: customerOf(&o.Customer), Billing: addressOf(o, "billing"), Shipping: addressOf(o, "shipping"),
		},
	}
	if o.Plan != nil {
		s.Order.Plan.Installments = o.Plan.Installments
	}
	return s
}

func netOf(t *canonical.Totals) canonical.Amount {
	if t.Authorized.Less(t.Canceled) {
		return canonical.Amount{}
	}
	return t.Net()
}

func customerOf(c *canonical.Customer) customerNames {
	names := customerNames{Reference: c.Reference, Type: c.Type, Name: c.Name, Email: c.Email, Phone: c.Phone, Company: c.Company, FirstName: c.Name}
	// ASSUMED: the last word of a name is the family's.
	if first := strings.LastIndexByte(c.Name, ' '); first > 0 {
		names.FirstName, names.LastName = c.Name[:first], c.Name[first+1:]
	}
	return names
}

func addressOf(o *canonical.Order, kind string) addressNames {
	var found canonical.Address
	for _, a := range o.Customer.Addresses {
		if a.Kind == kind || (a.Kind == "" && kind == "billing" && found == canonical.Address{}) {
			found = a
		}
	}
	if kind == "shipping" && o.Shipping != nil && o.Shipping.Address != nil {
		found = *o.Shipping.Address
	}
	return addressNames{found.Name, found.Company, found.Line1, found.Line2, found.City, found.Region, found.PostalCode, found.Country, found.Phone, found.Email}
}
