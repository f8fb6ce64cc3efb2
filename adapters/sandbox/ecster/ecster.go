package ecster

import (
	"encoding/json"
	"mime"
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// Settings says whom the simulated Ecster serves and how it signs its notifications.
type Settings struct {
	APIKey      string // x-api-key
	MerchantKey string // x-merchant-key
	MerchantID  string // the merchant's number in replies; it differs from the key
	NoticeName  string // the static header agreed for notifications; "" sends none
	NoticeValue string
	Seed        string // of the ids it hands out
}

// Lender is the simulated Ecster.
type Lender struct {
	settings Settings
	ids      lender.IDs
	orders   []*order // oldest first; carts are orders to be
	book     lender.Book
	notices  []lender.Notice
}

var (
	_ lender.Lender   = (*Lender)(nil)
	_ lender.Liar     = (*Lender)(nil)
	_ lender.Forger   = (*Lender)(nil)
	_ lender.Rewinder = (*Lender)(nil)
)

// New returns an Ecster without any orders.
func New(s Settings) *Lender {
	return &Lender{settings: s, ids: lender.IDs{Seed: "ecster/" + s.Seed}}
}

// Name is the path segment Ecster is mounted under.
func (l *Lender) Name() string { return "ecster" }

// Rewound is an Ecster without any orders.
func (l *Lender) Rewound() lender.Lender { return New(l.settings) }

// Book is what really happened to money.
func (l *Lender) Book() *lender.Book { return &l.book }

// Orders lists carts and orders, oldest first.
func (l *Lender) Orders() []lender.Order {
	var list []lender.Order
	for _, o := range l.orders {
		id := o.id
		if id == "" {
			id = o.cart
		}
		list = append(list, lender.Order{
			Lender: l.Name(), ID: id, Reference: o.reference, Status: o.status, Currency: o.currency,
			Amount: inMajor(o.amount), Captured: inMajor(o.debited), Refunded: inMajor(o.credited), Canceled: inMajor(o.released),
		})
	}
	return list
}

// Serve answers one request.
func (l *Lender) Serve(now time.Time, r lender.Request) lender.Reply {
	if err := l.authenticate(r); err != nil {
		return refuse(err)
	}
	found, id, err := find(r)
	if err != nil {
		return refuse(err)
	}
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); len(r.Body) > 0 && media != "application/json" {
		return refuse(&refusal{Status: http.StatusUnsupportedMediaType, Title: "Unsupported Media Type", Message: "send application/json"})
	}
	reply, err := found.serve(l, call{now: now, id: id, query: r.RawQuery, body: r.Body})
	if err != nil {
		return refuse(err)
	}
	return reply
}

func (l *Lender) authenticate(r lender.Request) error {
	if r.Header.Get("x-api-key") == l.settings.APIKey && r.Header.Get("x-merchant-key") == l.settings.MerchantKey {
		return nil
	}
	// ASSUMED: 401 in the shape without a number; Ecster's error table is not public.
	return &refusal{Status: http.StatusUnauthorized, Title: "Unauthorized", Message: "unknown x-api-key or x-merchant-key"}
}

func answer(status int, body any) (lender.Reply, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return lender.Reply{}, err
	}
	return lender.Reply{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: text}, nil
}

// major turns minor units into the amount in kronor. All of Ecster's currencies have two decimals.
func major(minor int64) decimal.Decimal { return decimal.New(minor, -2) }

func inMajor(minor int64) string { return major(minor).StringFixed(2) }
