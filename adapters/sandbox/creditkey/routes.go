package creditkey

import (
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// route is one row of the lender's API.
type route struct {
	method    string
	path      string // {key} stands for one segment
	operation string
	access    access
	body      bool
	serve     func(*Lender, call) lender.Reply
}

// access is what a row wants to see before it answers.
type access int

const (
	byToken access = iota
	byLogin        // the body itself holds the credentials
	byKeys         // public key and shared secret in the query
)

func routesOf(s Settings) []route {
	prefix := strings.TrimSuffix(s.Prefix, "/")
	rows := []route{
		{"POST", "/auth/login", "token", byLogin, true, (*Lender).login},
		{"POST", prefix + "/order", "create", byToken, true, (*Lender).create},
		{"GET", prefix + "/order/{key}", "read", byToken, false, (*Lender).show},
		{"PATCH", prefix + "/order/{key}", "update", byToken, true, (*Lender).update},
		{s.RefundMethod, prefix + "/order/{key}/refund", "refund", byToken, true, (*Lender).refund},
	}
	if s.PublicKey != "" && s.SharedSecret != "" {
		rows = append(rows, route{"GET", lookUpPath, "read", byKeys, false, (*Lender).lookUp})
	}
	return rows
}

// call is a request on its way through a row.
type call struct {
	now   time.Time
	r     lender.Request
	order *order // where the path names one
}

// Serve answers as the order API does.
func (l *Lender) Serve(now time.Time, r lender.Request) lender.Reply {
	l.Wake(now)
	row, key, found := l.route(r)
	if !found {
		return refuse(http.StatusNotFound, "Cannot "+r.Method+" "+r.Path)
	}
	if row.access == byToken && !l.holdsToken(now, r.Header) {
		return unauthorized()
	}
	if complaint := misshapen(row, r); complaint != "" {
		return refuse(http.StatusBadRequest, complaint)
	}
	c := call{now: now, r: r, order: l.byKey[key]}
	if key != "" && c.order == nil {
		return refuse(http.StatusNotFound, "Order not found")
	}
	return row.serve(l, c)
}

func (l *Lender) route(r lender.Request) (row route, key string, found bool) {
	for _, row := range l.routes {
		if key, fits := match(row.path, r.Path); fits && row.method == r.Method {
			return row, key, true
		}
	}
	return route{}, "", false
}

func match(pattern, path string) (key string, fits bool) {
	before, after, open := strings.Cut(pattern, "{key}")
	if !open {
		return "", pattern == path
	}
	rest, begins := strings.CutPrefix(path, before)
	key, ends := strings.CutSuffix(rest, after)
	return key, begins && ends && key != "" && !strings.Contains(key, "/")
}

func misshapen(row route, r lender.Request) string {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case row.access != byKeys && r.RawQuery != "":
		return "query parameters are not accepted here"
	case !row.body && len(r.Body) > 0:
		return "a body is not accepted here"
	case row.body && (err != nil || media != "application/json"):
		return "Content-Type must be application/json"
	}
	return ""
}

// asked names the operation behind each status a PATCH may ask for.
var asked = []struct{ status, operation string }{
	{authorized, "authorize"},
	{captured, "capture"},
	{canceled, "cancel"},
	{returned, "refund"},
}

// Operation names what a request asks for. A PATCH is told apart by the status in it.
func (l *Lender) Operation(r lender.Request) (operation, amount string) {
	row, _, found := l.route(r)
	if !found {
		return "", ""
	}
	sent, _ := read(r.Body, nil)
	if named := sent.money("amount"); named.IsPositive() {
		amount = named.StringFixed(2)
	}
	for _, a := range asked {
		if row.operation == "update" && sent.text("status") == a.status {
			return a.operation, amount
		}
	}
	return row.operation, amount
}
