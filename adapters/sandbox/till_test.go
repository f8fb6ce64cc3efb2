package sandbox_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

var noon = time.Date(2026, 5, 6, 12, 0, 0, 0, time.UTC)

// till is the smallest lender there is: a POST takes the amount in its body, GET /settle pays one
// refund, any other GET tells how much was taken. Staff can only ring.
type till struct {
	name    string
	book    lender.Book
	heard   []lender.Request
	rung    int
	notices []lender.Notice
}

func (t *till) Name() string { return t.name }

func (t *till) Serve(now time.Time, r lender.Request) lender.Reply {
	t.heard = append(t.heard, r)
	amount, err := decimal.NewFromString(string(r.Body))
	switch {
	case r.Method == http.MethodPost && err == nil:
		t.book.Enter(lender.Effect{Lender: t.name, Order: r.Path, Kind: "capture", Amount: amount, Currency: "SEK", At: now})
		t.notices = append(t.notices, lender.Notice{Header: http.Header{"X-Till": {"ding"}}, Body: []byte(amount.String())})
	case r.Path == "/settle":
		t.book.Enter(lender.Effect{Lender: t.name, Order: r.Path, Kind: "refund", Amount: decimal.NewFromInt(1), Currency: "SEK", At: now})
	}
	body := fmt.Sprintf(`{"taken":%d}`, t.book.Len())
	return lender.Reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body)}
}

func (t *till) Operation(r lender.Request) (operation, amount string) {
	switch {
	case r.Method == http.MethodGet:
		return "read", ""
	case strings.HasPrefix(r.Path, "/new"):
		return "create", strings.TrimSpace(string(r.Body))
	}
	return "capture", string(r.Body)
}

func (t *till) Act(_ time.Time, a lender.Act) error {
	if a.Do != "ring" {
		return errors.New("possible: ring")
	}
	t.rung++
	return nil
}

func (t *till) Orders() []lender.Order {
	return []lender.Order{{Lender: t.name, ID: "rung", Status: fmt.Sprint(t.rung)}}
}

func (t *till) Book() *lender.Book { return &t.book }

func (t *till) Notices(time.Time) []lender.Notice {
	waiting := t.notices
	t.notices = nil
	return waiting
}

// newWorld is a world that tells its notifications to nobody, unless change says otherwise.
func newWorld(t *testing.T, lenders []lender.Lender, change func(*sandbox.Options)) *sandbox.World {
	t.Helper()
	options := sandbox.Options{Now: func() time.Time { return noon }, Lenders: lenders, Deliver: func([]lender.Notice) {}}
	if change != nil {
		change(&options)
	}
	w, err := sandbox.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func post(path, amount string) lender.Request {
	return lender.Request{Method: http.MethodPost, Path: path, Body: []byte(amount)}
}

func get(path string) lender.Request { return lender.Request{Method: http.MethodGet, Path: path} }

func setFault(t *testing.T, w *sandbox.World, f sandbox.Fault) {
	t.Helper()
	if err := w.SetFault(f); err != nil {
		t.Fatal(err)
	}
}
