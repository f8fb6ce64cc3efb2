package cryptopay

import (
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// Settings are the credentials the processor accepts and the variants of its API.
type Settings struct {
	Key           string // X-Api-Key; pk_live_... makes live orders, anything else test orders
	Secret        string // signs requests
	WebhookSecret string // signs and encrypts notifications

	// UnsignedPrefix is the part of the path that clients do not sign, where something between
	// them and the processor adds it. "" where the whole path as sent is signed.
	UnsignedPrefix string

	// MockInstruction is what a charge on the mock channel tells the payer to do: redirect
	// (also for ""), client_secret or none.
	MockInstruction string
	CheckoutURL     string // the hosted checkout of redirects; "" for an invented address

	// DefaultExpiry is the life of an order whose charge names none; 0 for no end.
	DefaultExpiry time.Duration

	WebhookEvents   []string // the events the merchant asked for; empty for all
	EncryptWebhooks bool
}

// Lender is the simulated processor. Make one with New.
type Lender struct {
	settings   Settings
	ids        lender.IDs
	book       lender.Book
	guard      guard
	orders     []*order
	ending     []*order // those that can still expire unseen, soonest first
	byID       map[string]*order
	byMerchant map[string]*order
	outbox     []event
	now        time.Time // the latest time anybody mentioned
}

var (
	_ lender.Lender   = (*Lender)(nil)
	_ lender.Timed    = (*Lender)(nil)
	_ lender.Liar     = (*Lender)(nil)
	_ lender.Forger   = (*Lender)(nil)
	_ lender.Rewinder = (*Lender)(nil)
)

// New returns a processor without orders.
func New(s Settings) *Lender {
	if s.CheckoutURL == "" {
		s.CheckoutURL = "https://checkout.cryptopay.example/c"
	}
	if s.MockInstruction == "" {
		s.MockInstruction = redirect
	}
	return &Lender{
		settings: s, ids: lender.IDs{Seed: "cryptopay"}, guard: guard{used: map[string]bool{}},
		byID: map[string]*order{}, byMerchant: map[string]*order{},
	}
}

// Name is the processor's mount.
func (l *Lender) Name() string { return "cryptopay" }

// Rewound is the processor without orders.
func (l *Lender) Rewound() lender.Lender { return New(l.settings) }

// Book is what really happened to money here.
func (l *Lender) Book() *lender.Book { return &l.book }

func (l *Lender) live() bool { return strings.HasPrefix(l.settings.Key, "pk_live_") }

func (l *Lender) heard(now time.Time) {
	if now.After(l.now) {
		l.now = now
	}
}

// Due is when the next unpaid order expires. Nobody is told, but the order list shows it from then on.
func (l *Lender) Due() (at time.Time, waiting bool) {
	for len(l.ending) > 0 {
		if o := l.ending[0]; o.unpaid() && l.now.Before(o.expiresAt) {
			return o.expiresAt, true
		}
		l.ending = l.ending[1:]
	}
	return time.Time{}, false
}

// Wake lets the time come.
func (l *Lender) Wake(now time.Time) { l.heard(now) }

// route is one operation of the API, with the canonical word for it.
type route struct {
	operation string
	method    string
	path      string
	query     bool
	serve     func(*Lender, call) (int, any, *refusal)
}

var routes = []route{
	{"create", "POST", "/api/v1/charges", false, (*Lender).charge},
	{"read", "GET", "/api/v1/orders", true, (*Lender).list},
	{"read", "GET", "/api/v1/orders/{id}", false, (*Lender).get},
	{"refund", "POST", "/api/v1/orders/{id}/refund", false, (*Lender).refund},
	{"read", "GET", "/api/v1/me", false, (*Lender).me},
	{"read", "GET", "/api/v1/channels", false, (*Lender).channels},
}

// call is one verified request.
type call struct {
	now     time.Time
	request lender.Request
	id      string // of the order in the path
}

// Serve answers one request.
func (l *Lender) Serve(now time.Time, r lender.Request) lender.Reply {
	l.heard(now)
	status, said, no := l.answer(now, r)
	if no != nil {
		status, said = no.status, no.body()
	}
	return answerJSON(now, status, said)
}

func (l *Lender) answer(now time.Time, r lender.Request) (int, any, *refusal) {
	if no := l.verify(now, r); no != nil {
		return 0, nil, no
	}
	found, id, no := match(r)
	switch {
	case no != nil:
		return 0, nil, no
	case r.RawQuery != "" && !found.query:
		return 0, nil, invalid("the query is not known here")
	case len(r.Body) > 0 && !sendsJSON(r):
		return 0, nil, invalid("Content-Type must be application/json") // ASSUMED: samples only show it
	}
	return found.serve(l, call{now, r, id})
}

func match(r lender.Request) (route, string, *refusal) {
	fitting := false
	for _, candidate := range routes {
		id, fits := candidate.id(r.Path)
		if fits && candidate.method == r.Method {
			return candidate, id, nil
		}
		fitting = fitting || fits
	}
	if fitting {
		return route{}, "", &refusal{405, "method_not_allowed", "the path takes another method"}
	}
	return route{}, "", notFound("no such path")
}

// id reads the order's id out of a path, and says whether the path is this route's.
func (candidate route) id(path string) (string, bool) {
	want, sent := strings.Split(candidate.path, "/"), strings.Split(path, "/")
	if len(want) != len(sent) {
		return "", false
	}
	id := ""
	for i, segment := range want {
		value, err := url.PathUnescape(sent[i])
		variable := segment == "{id}"
		if err != nil || (variable && value == "") || (!variable && value != segment) {
			return "", false
		}
		if variable {
			id = value
		}
	}
	return id, true
}

// Operation names the request in canonical words.
func (l *Lender) Operation(r lender.Request) (operation, amount string) {
	found, _, no := match(r)
	if no != nil {
		return "read", ""
	}
	var body struct {
		Amount json.RawMessage `json:"amount"`
	}
	if err := json.Unmarshal(r.Body, &body); err != nil {
		return found.operation, ""
	}
	var text string
	if err := json.Unmarshal(body.Amount, &text); err != nil || !amountForm.MatchString(text) {
		return found.operation, ""
	}
	return found.operation, text
}
