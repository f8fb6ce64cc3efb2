package gateway_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// trade is what merchants and customers do at one kind of lender.
type trade struct {
	provider, lender string
	currency         string
	terms            string   // members of a new order beside provider, reference and amount
	finishes         []string // what the customer does; the likely ways come several times; none where the merchant authorizes
	books            []string // the movements that the lender's ledger has
	person           []string // operations whose lost reply only a person can settle, by the definition
}

var trades = []trade{
	{
		provider: "creditkey-us", lender: "creditkey", currency: "USD", terms: `"customer":{"reference":"4021","type":"company"},"plan":{"installments":6}`,
		books: allMovements, person: []string{"create", "refund"},
	},
	{
		provider: "newday-uk", lender: "spendoption", currency: "GBP", terms: `"customer":{"reference":"CUST-40817","type":"person"}`,
		books: allMovements,
	},
	{
		provider: "ecster-se", lender: "ecster", currency: "SEK", terms: `"return_url":"https://shop.example/thanks"`,
		finishes: []string{"complete", "complete", "complete_card", "complete_with_fee", "await_signature", "leave"}, books: allMovements,
	},
	{
		provider: "iwoca-uk", lender: "iwocapay", currency: "GBP", terms: `"customer":{"type":"company"},"return_url":"https://shop.example/thanks"`,
		finishes: []string{"complete", "complete", "begin", "decline", ""}, books: []string{"capture"},
	},
	{
		provider: "fluxa", lender: "cryptopay", currency: "USDT", terms: `"metadata":{"till":"7"}`,
		finishes: []string{"pay", "pay", "pay", "seen", "leave"}, books: []string{"capture", "refund"},
	},
}

var allMovements = []string{"authorize", "capture", "cancel", "refund"}

// tradeAt is the trade with a provider.
func tradeAt(provider string) *trade {
	i := slices.IndexFunc(trades, func(t trade) bool { return t.provider == provider })
	return &trades[i]
}

// newOrder is the body of a request for an order.
func (t *trade) newOrder(reference, value string) string {
	return fmt.Sprintf(`{"provider":%q,"reference":%q,"amount":{"value":%q,"currency":%q},%s}`, t.provider, reference, value, t.currency, t.terms)
}

// place makes an order and fails where that is not simply done.
func (s *site) place(provider, reference, value string) answered {
	s.t.Helper()
	return s.must(http.StatusCreated, "POST", "/v1/orders", tradeAt(provider).newOrder(reference, value))
}

// order is an order of ours, as far as these tests look.
type order struct {
	ID            string
	Merchant      string
	Provider      string
	Status        string
	Phase         string
	Reference     string
	Totals        map[string]string
	ProviderOrder struct{ ID, Reference, Status string } `json:"provider_order"`
	InDoubt       *struct {
		Operation, Kind string
		Amount          *struct{ Value string }
	} `json:"in_doubt"`
	Drift             *struct{ Seen string }
	AllowedOperations []allowed `json:"allowed_operations"`
	Deadlines         struct {
		AuthorizationExpiresAt *time.Time `json:"authorization_expires_at"`
		OrderExpiresAt         *time.Time `json:"order_expires_at"`
	}
	Captures []struct {
		ID               string
		Amount, Refunded struct{ Value string }
	}
	EndedBy string `json:"ended_by"`
}

// allowed is what may be asked of an order.
type allowed struct {
	Kind           string
	Partial, Final bool
	Max            string
}

func (o *order) total(kind string) decimal.Decimal {
	return decimal.RequireFromString(o.Totals[map[string]string{"authorize": "authorized", "capture": "captured", "cancel": "canceled", "refund": "refunded"}[kind]])
}

// operation is one of ours, as far as these tests look.
type operation struct {
	ID, Kind, Order, Provider, State, Origin string
	FoundBy                                  string `json:"found_by"`
	Amount                                   *struct{ Value string }
	Attempts                                 []struct {
		ID, Kind, State, Reference, Key string
		Sends                           int
		StartedAt                       *time.Time `json:"started_at"`
		CallEndsAt                      *time.Time `json:"call_ends_at"`
	}
}

func (op operation) unresolved() bool {
	return slices.Contains([]string{"started", "queued", "pending", "in_doubt", "handed_over"}, op.State)
}

// listOf reads every page of a list.
func listOf[T any](s *site, path string, page func() (into any, items func() []T, cursor func() string)) []T {
	s.t.Helper()
	var all []T
	cursor := ""
	for {
		into, items, next := page()
		s.readAs(s.operator, path+"?limit=200"+cursor, into)
		all = append(all, items()...)
		if next() == "" {
			return all
		}
		cursor = "&cursor=" + url.QueryEscape(next())
	}
}

// readAs reads something as whoever has the API key.
func (s *site) readAs(who, path string, into any) {
	s.t.Helper()
	r, err := s.send(who, s.newKey(), http.MethodGet, path, "")
	if err == nil && r.status == http.StatusOK {
		err = json.Unmarshal(r.body, into)
	}
	if err != nil || r.status != http.StatusOK {
		s.t.Fatalf("GET %s: status %d %s error %v", path, r.status, r.body, err)
	}
}

// orders are those of all merchants.
func (s *site) orders() []order {
	s.t.Helper()
	return listOf(s, "/v1/orders", func() (any, func() []order, func() string) {
		var page struct {
			Orders []order
			Cursor string
		}
		return &page, func() []order { return page.Orders }, func() string { return page.Cursor }
	})
}

func (s *site) operations() []operation {
	s.t.Helper()
	return listOf(s, "/v1/operations", func() (any, func() []operation, func() string) {
		var page struct {
			Operations []operation
			Cursor     string
		}
		return &page, func() []operation { return page.Operations }, func() string { return page.Cursor }
	})
}

func (s *site) order(id string) order {
	s.t.Helper()
	var o order
	s.readAs(s.operator, "/v1/orders/"+id, &o)
	return o
}

func (s *site) operation(id string) operation {
	s.t.Helper()
	var op operation
	s.readAs(s.operator, "/v1/operations/"+id, &op)
	return op
}

// event is a line of an order's history.
type event struct {
	Type  string
	Order order
}

func (s *site) history(order string) []string {
	s.t.Helper()
	var page struct{ Events []event }
	s.readAs(s.operator, "/v1/orders/"+order+"/events?limit=200", &page)
	var types []string
	for _, e := range page.Events {
		types = append(types, e.Type)
	}
	return types
}

// effect is a line of the lenders' ledger of truth.
type effect struct {
	Lender, Order, Reference, Key, Kind, Amount, At string
}

func (s *site) effects() []effect {
	s.t.Helper()
	var effects []effect
	s.control("GET", "ledger", "", &effects)
	return effects
}

// moved adds up what really happened to money at the lender of an order.
func moved(effects []effect, o *order, kind string) decimal.Decimal {
	sum := decimal.Zero
	for _, e := range effects {
		if e.Lender == tradeAt(o.Provider).lender && e.Order == o.ProviderOrder.ID && e.Kind == kind {
			sum = sum.Add(decimal.RequireFromString(e.Amount))
		}
	}
	return sum
}

// wantEqualBooks holds every order of ours against the lenders' ledger: each total is the lender's, but for
// what a person has to find out, which happened or did not; no movement is there twice; and no money moved
// on a lender's order that is not ours.
func (s *site) wantEqualBooks() {
	s.t.Helper()
	effects := s.effects()
	known := make(map[string]bool)
	for _, o := range s.orders() {
		t := tradeAt(o.Provider)
		known[t.lender+" "+o.ProviderOrder.ID] = true
		for _, kind := range t.books {
			ours, theirs := o.total(kind), moved(effects, &o, kind)
			most := ours.Add(o.doubtful(kind))
			if theirs.LessThan(ours) || theirs.GreaterThan(most) {
				s.t.Errorf("%s of order %s at %s: we have %s (and %s in doubt), the lender %s; drift %v, history %v",
					kind, o.ID, o.Provider, ours, o.doubtful(kind), theirs, o.Drift, s.history(o.ID))
			}
		}
	}
	once := make(map[string]bool)
	for _, e := range effects {
		if !known[e.Lender+" "+e.Order] {
			s.t.Errorf("%s of %s at %s on order %s, which is not ours", e.Kind, e.Amount, e.Lender, e.Order)
		}
		// Where the lender keeps what we called a movement, that is there once.
		name := cmp.Or(e.Key, e.Reference)
		id := strings.Join([]string{e.Lender, e.Order, e.Kind, name}, " ")
		if name != "" && once[id] {
			s.t.Errorf("two times %s %s of %s at %s on order %s", e.Kind, name, e.Amount, e.Lender, e.Order)
		}
		once[id] = true
	}
}

// doubtful is what of a kind of movement may have happened, and a person has to find out.
func (o *order) doubtful(kind string) decimal.Decimal {
	if o.InDoubt == nil || o.InDoubt.Kind != kind || o.InDoubt.Amount == nil {
		return decimal.Zero
	}
	return decimal.RequireFromString(o.InDoubt.Amount.Value)
}

// wantNothingOpen: every operation ended, or waits for a person where its lender's definition says that
// nobody else can know. It returns how many wait.
func (s *site) wantNothingOpen() (handedOver int64) {
	s.t.Helper()
	for _, op := range s.operations() {
		switch {
		case !op.unresolved():
		case op.State == "handed_over" && slices.Contains(tradeAt(op.Provider).person, op.Kind):
			handedOver++
		default:
			o := s.order(op.Order)
			s.t.Errorf("the %s %s of order %s at %s is still %s, the lender says %s; drift %v, history %v", op.Kind, op.ID, op.Order, op.Provider, op.State, o.ProviderOrder.Status, o.Drift, s.history(op.Order))
		}
	}
	return handedOver
}
