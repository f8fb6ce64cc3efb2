package workshop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/lendgate/lendgate/canonical"
)

// Saved is an order as a file holds it between two trials.
type Saved struct {
	canonical.Order
	Kept map[string]string `json:"kept,omitempty"` // what an earlier reply left for later requests
}

// ReadOrder reads a file that Save has written.
func ReadOrder(file string) (*Saved, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	s := &Saved{}
	if err := decoder.Decode(s); err != nil {
		return nil, fmt.Errorf("%s is no saved order: %w", file, err)
	}
	s.Hidden.Kept = s.Kept
	s.Refresh()
	return s, nil
}

// SaveOrder writes an order for the next trial. It may hold what only its own lender is to see: nobody else can read it.
func SaveOrder(file string, o canonical.Order) error {
	text, err := json.MarshalIndent(Saved{o, o.Hidden.Kept}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o600)
}

// Facts is what is known of an order that no file describes, and of what is asked of it.
type Facts struct {
	ID       string            // the lender's id of the order
	Phase    string            // "": what the operation needs
	Kept     map[string]string // what a later path needs
	Amount   string            // of the order where it is created, else of the movement
	Currency string
	Capture  string // the lender's id of the capture that a refund belongs to
	Options  []string
	Message  string
	Reason   string
	Final    bool
	Country  string

	Reference string // what the lender shall call it, or what is looked for
	Key       string
	Attempt   string // of find: the kind that is looked for
}

// sampleAmount is what a sample order is for.
const sampleAmount = "100"

// sample is an order of a person who does not exist.
func (f Facts) sample(currency string, now time.Time, newID func(string) string) (canonical.Order, error) {
	amount, err := canonical.ParseMoney(sampleAmount, currency)
	if err != nil {
		return canonical.Order{}, err
	}
	country := f.Country
	if country == "" {
		country = "SE"
	}
	id := newID("ord")
	o := canonical.Order{
		ID: id, Mode: canonical.Test, Merchant: "sample", Reference: "TRY-" + id[max(0, len(id)-6):], Provider: "sample",
		Phase: canonical.Created, Amount: amount, ReturnURL: "https://shop.example.com/thanks", CancelURL: "https://shop.example.com/cart",
		CreatedAt: now, Customer: person(country),
	}
	return o, nil
}

// person is nobody.
func person(country string) canonical.Customer {
	at := func(kind string) canonical.Address {
		return canonical.Address{
			Kind: kind, Name: "Alva Maria Sandlund", Line1: "Example Street 1", City: "Sampletown", PostalCode: "11122", Country: country,
			Phone: "+46700000012", Email: "alva@example.com",
		}
	}
	return canonical.Customer{
		Reference: "10001", Type: "person", Name: "Alva Maria Sandlund", Email: "alva@example.com", Phone: "+46700000012",
		Company: "Sandlund Joinery", Country: country, Addresses: []canonical.Address{at("billing"), at("shipping")},
	}
}

// basket is one line that comes to an amount.
func basket(amount canonical.Money) []canonical.Line {
	one, _ := canonical.ParseAmount("1")
	rate, _ := canonical.ParseAmount("25")
	return []canonical.Line{{Name: "Desk lamp", Quantity: one, UnitAmount: amount.Value, TaxRate: &rate, SKU: "LMP-22", Unit: "pcs"}}
}

// stand brings a sample order to where an operation can be asked of it.
func (f Facts) stand(o *canonical.Order, kind canonical.OperationKind, now time.Time) {
	o.Phase = standing[kind]
	if f.Phase != "" {
		o.Phase = canonical.Phase(f.Phase)
	}
	o.ProviderOrder.ID, o.Hidden.Kept = f.ID, f.Kept
	if o.Phase != canonical.Open {
		o.Hidden.WaitedFor = canonical.ForCustomer
		return
	}
	books := &o.Totals.Ledger
	books.Authorized = o.Amount.Value
	if kind == canonical.OpRefund {
		books.Captured = o.Amount.Value
		o.Captures = []canonical.CaptureEntry{{ID: "op_sample", Amount: o.Amount, Refunded: canonical.Zero(o.Amount.Currency), Reference: f.Capture, At: now}}
	}
}

// standing is the phase in which an order takes an operation.
var standing = map[canonical.OperationKind]canonical.Phase{
	canonical.OpCreate: canonical.Created, canonical.OpAuthenticate: canonical.Pending, canonical.OpAuthorize: canonical.Pending,
	canonical.OpUpdate: canonical.Pending, canonical.OpCapture: canonical.Open, canonical.OpCancel: canonical.Open,
	canonical.OpRefund: canonical.Open, canonical.OpSync: canonical.Pending,
}

// order is what a trial begins with: the saved one, or a sample.
func (t *Trial) order(kind canonical.OperationKind, currency string) (canonical.Order, error) {
	if t.Order != nil {
		return t.Order.Clone(), nil
	}
	o, err := t.sample(currency, t.at(), t.NewID)
	if err != nil {
		return o, err
	}
	if t.Amount != "" {
		given, err := canonical.ParseMoney(t.Amount, currency)
		if err != nil {
			return o, fmt.Errorf("--amount: %w", err)
		}
		if kind == canonical.OpCreate || o.Amount.Value.Less(given.Value) {
			o.Amount = given
		}
	}
	o.Lines = basket(o.Amount)
	t.stand(&o, kind, t.at())
	o.Refresh()
	return o, nil
}
