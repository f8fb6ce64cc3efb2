package ecster

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// call is one request after authentication and routing.
type call struct {
	now   time.Time
	id    string // of the order, where the path names one
	query string
	body  []byte
}

// route is one row of what Ecster understands. path and the request's path are compared segment by
// segment; {id} takes any.
type route struct {
	method, path string
	serve        func(*Lender, call) (lender.Reply, error)
	operation    func(body []byte) (string, *int64)
}

var routes = []route{
	{"POST", "/v1/carts", (*Lender).createCart, ofCart},
	{"GET", "/v1/orders/", (*Lender).search, reading},
	{"GET", "/v1/orders/{id}", (*Lender).read, reading},
	{"PUT", "/v1/orders/{id}/orderReference", (*Lender).rename, renaming},
	{"POST", "/v1/orders/{id}/transactions", (*Lender).transact, ofTransaction},
	{"POST", "/v1/orders/{id}/refunds", (*Lender).startRefund, ofRefund},
	{"GET", "/v1/orders/{id}/refunds/latest/status", (*Lender).readRefund, reading},
}

// find picks the row for a request and the order id in its path.
func find(r lender.Request) (route, string, error) {
	known := false
	for _, candidate := range routes {
		id, ok := match(candidate.path, r.Path)
		if ok && candidate.method == r.Method {
			return candidate, id, nil
		}
		known = known || ok
	}
	if known {
		return route{}, "", &refusal{Status: http.StatusMethodNotAllowed, Title: "Method Not Allowed", Message: r.Method + " is not supported here"}
	}
	return route{}, "", notFound("no such resource")
}

func match(pattern, path string) (id string, ok bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return "", false
	}
	for i := range want {
		segment, err := url.PathUnescape(got[i])
		switch {
		case err != nil:
			return "", false
		case want[i] == "{id}" && segment != "":
			id = segment
		case want[i] != segment:
			return "", false
		}
	}
	return id, true
}

// Operation names what a request asks for and its amount in kronor.
func (l *Lender) Operation(r lender.Request) (operation, amount string) {
	found, _, err := find(r)
	if err != nil {
		return "", ""
	}
	operation, minor := found.operation(r.Body)
	if minor == nil {
		return operation, ""
	}
	return operation, inMajor(*minor)
}

func reading([]byte) (string, *int64)  { return "read", nil }
func renaming([]byte) (string, *int64) { return "update", nil }

func ofCart(body []byte) (string, *int64) {
	var sent struct{ Cart struct{ Amount *int64 } }
	if json.Unmarshal(body, &sent) != nil {
		return "create", nil
	}
	return "create", sent.Cart.Amount
}

func ofRefund(body []byte) (string, *int64) {
	var sent struct{ Amount *int64 }
	if json.Unmarshal(body, &sent) != nil {
		return "refund", nil
	}
	return "refund", sent.Amount
}

func ofTransaction(body []byte) (string, *int64) {
	var sent struct {
		Type   string
		Amount *int64
	}
	if json.Unmarshal(body, &sent) != nil {
		return "", nil
	}
	switch sent.Type {
	case typeDebit:
		return "capture", sent.Amount
	case typeCredit:
		return "refund", sent.Amount
	case typeAnnul, typeAnnulGuide:
		return "cancel", sent.Amount
	}
	return "", sent.Amount
}
