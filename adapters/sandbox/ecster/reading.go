package ecster

import (
	"net/http"
	"net/url"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// orderSummary is an order in a search.
type orderSummary struct {
	ID             string     `json:"id"`
	MerchantID     string     `json:"merchantId"`
	Status         string     `json:"status"`
	Properties     properties `json:"properties"`
	Created        string     `json:"created"`
	Amount         int64      `json:"amount"`
	Currency       string     `json:"currency"`
	DebitedAmount  int64      `json:"debitedAmount"`
	CreditedAmount int64      `json:"creditedAmount"`
	OrderReference string     `json:"orderReference,omitempty"`
	Consumer       consumer   `json:"consumer"`
}

type orderView struct {
	orderSummary
	Transactions  []*transaction `json:"transactions"`
	Tags          []string       `json:"tags"`
	LocalizedInfo []string       `json:"localizedInfo"`
}

type properties struct {
	Method     string `json:"method"`
	Submethod  string `json:"submethod,omitempty"`
	InvoiceFee *int64 `json:"invoiceFee,omitempty"`
	StartFee   *int64 `json:"startFee,omitempty"`
	DueDays    int    `json:"dueDays,omitempty"`
}

func (l *Lender) summary(o *order) orderSummary {
	return orderSummary{
		ID: o.id, MerchantID: l.settings.MerchantID, Status: o.status, Properties: o.properties(), Created: stamp(o.created),
		Amount: o.amount, Currency: o.currency, DebitedAmount: o.debited, CreditedAmount: o.credited,
		OrderReference: o.reference, Consumer: o.consumer,
	}
}

func (o *order) properties() properties {
	switch o.method {
	case methodInvoice:
		return properties{Method: o.method, Submethod: "INVOICE_SE_1", InvoiceFee: &o.fee, DueDays: 14}
	case methodPartPayment:
		return properties{Method: o.method, Submethod: "PARTPAYMENT_SE_1", StartFee: new(int64)}
	}
	return properties{Method: o.method}
}

// stamp writes a time as Ecster does, with an offset. ASSUMED: one offset the whole year.
func stamp(at time.Time) string {
	return at.In(time.FixedZone("", 60*60)).Format(time.RFC3339)
}

func (l *Lender) read(c call) (lender.Reply, error) {
	o, err := l.order(c.id)
	if err != nil {
		return lender.Reply{}, err
	}
	return answer(http.StatusOK, orderView{l.summary(o), o.transactions, []string{}, []string{}})
}

// rename changes the merchant's reference, any number of times. ASSUMED: answered with 204.
func (l *Lender) rename(c call) (lender.Reply, error) {
	o, err := l.order(c.id)
	if err != nil {
		return lender.Reply{}, err
	}
	var sent referenceRequest
	if err := decode(c.body, &sent); err != nil {
		return lender.Reply{}, err
	}
	to := text(sent.OrderReference)
	if to == "" || utf8.RuneCountInString(to) > maxReference {
		return lender.Reply{}, invalid("orderReference is missing or longer than %d", maxReference)
	}
	o.reference = to
	return lender.Reply{Status: http.StatusNoContent}, nil
}

// search answers with a bare list, oldest first. Carts are not found, and nothing is paged.
func (l *Lender) search(c call) (lender.Reply, error) {
	asked, err := newFilter(c.query)
	if err != nil {
		return lender.Reply{}, err
	}
	found := []orderSummary{}
	for _, o := range l.orders {
		if o.id != "" && asked.fits(o, l.settings.MerchantID) {
			found = append(found, l.summary(o))
		}
	}
	return answer(http.StatusOK, found)
}

// filter is the query of a search; an empty field asks for nothing.
type filter struct {
	reference, merchant, person, method, status string
	from, to                                    time.Time
}

func newFilter(raw string) (filter, error) {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return filter{}, invalid("query: %v", err)
	}
	var f filter
	fields := []struct {
		name  string
		value *string
		among []string
	}{
		{"orderReference", &f.reference, nil},
		{"merchantId", &f.merchant, nil},
		{"nationalId", &f.person, nil},
		{"paymentMethod", &f.method, methods},
		{"status", &f.status, statuses},
	}
	for _, field := range fields {
		*field.value = query.Get(field.name)
		if field.among != nil && *field.value != "" && !slices.Contains(field.among, *field.value) {
			return f, invalid("%s is unknown", field.name)
		}
		query.Del(field.name)
	}
	if utf8.RuneCountInString(f.reference) > maxReference {
		return f, invalid("orderReference is longer than %d", maxReference)
	}
	return f.within(query)
}

// within reads the window of time and refuses what is left.
func (f filter) within(query url.Values) (filter, error) {
	windows := []struct {
		name string
		at   *time.Time
	}{{"from", &f.from}, {"to", &f.to}}
	for _, window := range windows {
		if !query.Has(window.name) {
			continue
		}
		at, err := time.Parse(time.RFC3339, query.Get(window.name))
		if err != nil {
			return f, invalid("%s is no time", window.name)
		}
		*window.at = at
		query.Del(window.name)
	}
	if len(query) > 0 {
		return f, invalid("the query holds an unknown parameter")
	}
	return f, nil
}

func (f filter) fits(o *order, merchant string) bool {
	return (f.reference == "" || f.reference == o.reference) &&
		(f.merchant == "" || f.merchant == merchant) &&
		(f.person == "" || f.person == o.consumer.NationalID) &&
		(f.method == "" || f.method == o.method) &&
		(f.status == "" || f.status == o.status) &&
		(f.from.IsZero() || !o.created.Before(f.from)) &&
		(f.to.IsZero() || !o.created.After(f.to))
}
