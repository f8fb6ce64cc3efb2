package spendoption

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// Settings are the credentials the lender accepts and the variants of its API.
type Settings struct {
	MerchantID string // context-merchantId
	TenantID   string // context-tenantId

	SubscriptionKey string // Ocp-Apim-Subscription-Key; "" where the lender asks for none
	ClientCert      string // subject of the client certificate; "" where it asks for none

	Customers []string // the customer references it knows; empty for any

	// Legacy is the older dialect: options and requests name a plan by treatmentId and spendType,
	// and an authorisation is answered with its id only.
	Legacy bool

	RefusesPartSettle  bool
	RefusesPartReverse bool
	RefusesPartRefund  bool
	SettleReleasesRest bool // a part settlement gives the rest of the hold back

	// IgnoresKeyOn lists the operations (initiate, authorisation, settle, reverse, refund) that
	// act again when an idempotency-key is repeated.
	IgnoresKeyOn []string

	WidgetURL string // where customers authenticate; "" for an invented address
}

// Lender is the simulated lender. Make one with New.
type Lender struct {
	settings     Settings
	ids          lender.IDs
	book         lender.Book
	answers      map[string]answer       // by idempotency key
	tokens       map[string]*session     // by either sca-token
	latest       map[purchaseOf]*session // the newest initiate of each purchase
	holds        map[string]*hold        // by authorisationId, approved ones
	transactions map[string]*transaction
	rows         []row
}

var (
	_ lender.Lender = (*Lender)(nil)
	_ lender.Liar   = (*Lender)(nil)
)

// New returns a lender without customers' orders.
func New(s Settings) *Lender {
	if s.WidgetURL == "" {
		s.WidgetURL = "https://identity.spendoption.example/sandbox/identity"
	}
	return &Lender{
		settings: s, ids: lender.IDs{Seed: "spendoption"}, answers: map[string]answer{},
		tokens: map[string]*session{}, latest: map[purchaseOf]*session{},
		holds: map[string]*hold{}, transactions: map[string]*transaction{},
	}
}

// Name is the lender's mount.
func (l *Lender) Name() string { return "spendoption" }

// Book is what really happened to money here.
func (l *Lender) Book() *lender.Book { return &l.book }

// Notices returns nil: this lender notifies nobody.
func (l *Lender) Notices(time.Time) []lender.Notice { return nil }

// Serve answers one request.
func (l *Lender) Serve(now time.Time, r lender.Request) lender.Reply {
	c := call{now: now, request: r}
	if no := l.stranger(r); no != nil {
		return no.reply(c)
	}
	found, values, no := match(r)
	if no != nil {
		return no.reply(c)
	}
	c.route, c.customer, c.id = found, values["customerRef"], values["id"]
	if no := l.admit(c); no != nil {
		return no.reply(c)
	}
	if r.Method == "GET" {
		return l.act(c)
	}
	return l.once(c)
}

func (l *Lender) act(c call) lender.Reply {
	said, no := c.route.serve(l, c)
	if no != nil {
		return no.reply(c)
	}
	return answerJSON(c.route.status, said)
}

// stranger is what the transport and the key gateway in front of the API refuse.
func (l *Lender) stranger(r lender.Request) *refusal {
	if want := l.settings.ClientCert; want != "" && r.ClientCert != want {
		return &refusal{status: 403, title: "Client certificate required", detail: "the certificate is missing or its subject is not registered"}
	}
	if want := l.settings.SubscriptionKey; want != "" && r.Header.Get("Ocp-Apim-Subscription-Key") != want {
		return &refusal{status: 401, gateway: true, detail: "Access denied due to missing or invalid subscription key."}
	}
	return nil
}

// admit is what the API refuses before it looks at the body.
func (l *Lender) admit(c call) *refusal {
	// ASSUMED: both context headers are required on every call and a wrong one is a 401.
	if c.request.Header.Get("context-merchantId") != l.settings.MerchantID {
		return &refusal{status: 401, title: "Unauthorized", detail: "context-merchantId is missing or unknown"}
	}
	if c.request.Header.Get("context-tenantId") != l.settings.TenantID {
		return &refusal{status: 401, title: "Unauthorized", detail: "context-tenantId is missing or unknown"}
	}
	if c.request.Method == "POST" && !c.sendsJSON() {
		return &refusal{status: 415, title: "Unsupported media type", detail: "Content-Type must be application/json"}
	}
	if c.customer != "" && len(l.settings.Customers) > 0 && !slices.Contains(l.settings.Customers, c.customer) {
		return notFound("customerRef")
	}
	return nil
}

// Operation names the request in canonical words.
func (l *Lender) Operation(r lender.Request) (operation, amount string) {
	found, _, no := match(r)
	if no != nil {
		return "read", ""
	}
	if found.operation == "offers" {
		return found.operation, queryAmount(r.RawQuery)
	}
	var body struct {
		Amount struct {
			Value json.RawMessage `json:"value"`
		} `json:"amount"`
	}
	if err := json.Unmarshal(r.Body, &body); err != nil {
		return found.operation, ""
	}
	value := string(body.Amount.Value)
	if !amountForm.MatchString(value) {
		return found.operation, ""
	}
	return found.operation, value
}

func queryAmount(raw string) string {
	for piece := range strings.SplitSeq(raw, "&") {
		if value, ok := strings.CutPrefix(piece, "basketAmount="); ok && amountForm.MatchString(value) {
			return value
		}
	}
	return ""
}
