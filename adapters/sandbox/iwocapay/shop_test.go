package iwocapay_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lendgate/lendgate/adapters/sandbox/iwocapay"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

const (
	token  = "seller-access-token-example-0001"
	seller = "2f0c6f5e-0d5b-4b1e-9a63-5c2b7f6d1a90"

	createPath     = "/api/lending/edge/ecommerce/seller/" + seller + "/order/"
	connectionPath = "/api/iwocapay/ecommerce/seller/" + seller + "/connection_check/"
)

func older(id string) string { return "/api/lending/edge/ecommerce/order/" + id + "/" }
func newer(id string) string {
	return "/api/iwocapay/ecommerce/seller/" + seller + "/order/" + id + "/"
}

var opening = time.Date(2026, 6, 3, 9, 12, 44, 0, time.UTC)

// shop is a merchant with a token at a lender of his own.
type shop struct {
	t      *testing.T
	lender *iwocapay.Lender
}

func open(t *testing.T, change func(*iwocapay.Settings)) *shop {
	t.Helper()
	s := iwocapay.Settings{SellerToken: token, SupplierUUID: seller}
	if change != nil {
		change(&s)
	}
	return &shop{t, iwocapay.New(s)}
}

func request(method, path, body string) lender.Request {
	return lender.Request{
		Method: method, Path: path, MountedPath: "/iwocapay" + path, Body: []byte(body),
		Header: http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}},
	}
}

func (s *shop) send(method, path, body string) lender.Reply {
	return s.lender.Serve(opening, request(method, path, body))
}

// data checks the status and unwraps the body, numbers as text.
func (s *shop) data(status int, r lender.Reply) map[string]any {
	s.t.Helper()
	if r.Status != status {
		s.t.Fatalf("status %d, want %d: %s", r.Status, status, r.Body)
	}
	return unwrap(s.t, r.Body)
}

func unwrap(t *testing.T, raw []byte) map[string]any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber()
	var body struct{ Data map[string]any }
	if err := decoder.Decode(&body); err != nil || body.Data == nil {
		t.Fatalf("no data in %s (%v)", raw, err)
	}
	return body.Data
}

// wantRefused checks an error in the lender's shape.
func wantRefused(t *testing.T, r lender.Reply, status int, details ...string) {
	t.Helper()
	if r.Status != status {
		t.Fatalf("status %d, want %d: %s", r.Status, status, r.Body)
	}
	var body struct{ Errors []struct{ Detail string } }
	if err := json.Unmarshal(r.Body, &body); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range body.Errors {
		got = append(got, e.Detail)
	}
	if diff := cmp.Diff(details, got); diff != "" {
		t.Errorf("details (-want +got):\n%s", diff)
	}
}

const sample = `{"data":{"amount":1480.50,"reference":"INV-2207","webhook_url":"https://gw.example/hooks/k3"}}`

func (s *shop) order(body string) string {
	s.t.Helper()
	return s.data(http.StatusCreated, s.send("POST", createPath, body))["id"].(string)
}

func (s *shop) act(order, do string) {
	s.t.Helper()
	if err := s.lender.Act(opening, lender.Act{Order: order, Do: do}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) wantStatus(id, status string) {
	s.t.Helper()
	if got := s.data(http.StatusOK, s.send("GET", older(id), ""))["status"]; got != status {
		s.t.Errorf("status is %v, want %s", got, status)
	}
}

// wantBook compares the order's entries, each written "kind amount reference".
func (s *shop) wantBook(id string, want ...string) {
	s.t.Helper()
	var got []string
	for _, e := range s.lender.Book().Of(id) {
		got = append(got, e.Kind+" "+e.Amount.StringFixed(2)+" "+e.Reference)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("book of %s (-want +got):\n%s", id, diff)
	}
}

// wantText compares a body byte for byte.
func wantText(t *testing.T, got []byte, want string) {
	t.Helper()
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}
