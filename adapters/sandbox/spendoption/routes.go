package spendoption

import (
	"mime"
	"net/url"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// route is one operation of the API.
type route struct {
	name      string // the lender's word
	operation string // the canonical word
	method    string
	path      string
	status    int // ASSUMED: 200 for reads and initiate, 201 for what moves money
	serve     func(*Lender, call) (any, *refusal)
}

var routes = []route{
	{"spend-options", "offers", "GET", "/merchant/spend-options", 200, (*Lender).productOptions},
	{"spend-options", "offers", "GET", "/merchant/{customerRef}/spend-options", 200, (*Lender).customerOptions},
	{"initiate", "authenticate", "POST", "/merchant/{customerRef}/initiate", 200, (*Lender).initiate},
	{"authorisation", "authorize", "POST", "/merchant/{customerRef}/authorisation", 201, (*Lender).authorize},
	{"reverse", "cancel", "POST", "/merchant/{customerRef}/authorisation/{id}/reverse", 201, (*Lender).reverse},
	{"settle", "capture", "POST", "/merchant/{customerRef}/authorisation/{id}/settle", 201, (*Lender).settle},
	{"refund", "refund", "POST", "/merchant/{customerRef}/transaction/{id}/refund", 201, (*Lender).refund},
}

// call is one admitted request.
type call struct {
	now      time.Time
	request  lender.Request
	route    route
	customer string // from the path
	id       string // of the authorisation or transaction in the path
}

func (c call) key() string { return c.request.Header.Get("idempotency-key") }

func (c call) sendsJSON() bool {
	kind, _, err := mime.ParseMediaType(c.request.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}

func match(r lender.Request) (route, map[string]string, *refusal) {
	allowed := ""
	for _, candidate := range routes {
		values, fits := candidate.values(r.Path)
		if fits && candidate.method == r.Method {
			return candidate, values, nil
		}
		if fits {
			allowed = candidate.method
		}
	}
	if allowed != "" {
		return route{}, nil, &refusal{status: 405, title: "Method not allowed", detail: "use " + allowed, allow: allowed}
	}
	return route{}, nil, notFound("path")
}

// values reads the variables out of a path, and says whether the path is this route's.
func (candidate route) values(path string) (map[string]string, bool) {
	want, sent := strings.Split(candidate.path, "/"), strings.Split(path, "/")
	if len(want) != len(sent) {
		return nil, false
	}
	values := map[string]string{}
	for i, segment := range want {
		name, variable := strings.CutPrefix(segment, "{")
		value, err := url.PathUnescape(sent[i])
		if err != nil || (variable && value == "") || (!variable && value != segment) {
			return nil, false
		}
		if variable {
			values[strings.TrimSuffix(name, "}")] = value
		}
	}
	return values, true
}
