package iwocapay

import (
	"cmp"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// route is one row of the lender's API.
type route struct {
	method    string
	path      string // {seller} and {order} stand for one segment each
	operation string
	query     []string // parameters it may have
	signed    bool
	serve     func(*Lender, call) lender.Reply
}

const (
	createPath     = "/api/lending/edge/ecommerce/seller/{seller}/order/"
	olderPath      = "/api/lending/edge/ecommerce/order/{order}/"
	newerPath      = "/api/iwocapay/ecommerce/seller/{seller}/order/{order}/"
	connectionPath = "/api/iwocapay/ecommerce/seller/{seller}/connection_check/"
)

var routes = []route{
	{"POST", createPath, "create", nil, false, (*Lender).create},
	{"GET", olderPath, "read", nil, false, (*Lender).show},
	{"DELETE", olderPath, "cancel", nil, false, (*Lender).cancel},
	{"GET", newerPath, "read", nil, true, (*Lender).show},
	{"DELETE", newerPath, "cancel", nil, false, (*Lender).cancel},
	{"GET", connectionPath, "read", []string{"integration_name", "integration_version"}, true, (*Lender).checkConnection},
}

// call is a request on its way through a row.
type call struct {
	now           time.Time
	r             lender.Request
	seller, order string // as the path names them; "" where it does not
}

// Serve answers as the e-commerce API does.
func (l *Lender) Serve(now time.Time, r lender.Request) lender.Reply {
	if misses(r.Path) {
		return redirect(r)
	}
	row, c, status := pick(now, r)
	if status != http.StatusOK {
		return refuse(status, http.StatusText(status)+": "+r.Method+" "+r.Path)
	}
	if !l.holdsToken(r.Header) {
		return refuse(http.StatusUnauthorized, "the bearer token is missing or not known")
	}
	reply := l.answer(row, c)
	if row.signed {
		reply.Header.Set(signatureHeader, Sign(l.settings.SellerToken, reply.Body))
	}
	return reply
}

func (l *Lender) answer(row route, c call) lender.Reply {
	if c.seller != "" && c.seller != l.settings.SupplierUUID {
		return wrongSeller(c)
	}
	if complaint := misshapen(row, c.r); complaint != "" {
		return refuse(http.StatusBadRequest, complaint)
	}
	return row.serve(l, c)
}

// wrongSeller hides orders and refuses the rest.
// ASSUMED: 403; of the credential check only 200 is told, of an order of another seller 404.
func wrongSeller(c call) lender.Reply {
	if c.order != "" {
		return unknownOrder()
	}
	return refuse(http.StatusForbidden, "the token belongs to another seller")
}

func (l *Lender) holdsToken(h http.Header) bool {
	values := h.Values("Authorization")
	return l.settings.SellerToken != "" && len(values) == 1 && values[0] == "Bearer "+l.settings.SellerToken
}

// misses tells whether only the closing slash keeps a path from being one of the lender's.
func misses(path string) bool {
	return slices.ContainsFunc(routes, func(row route) bool {
		_, fits := match(row.path, path+"/")
		return fits
	})
}

// redirect is what a client that forgets the slash meets; one that follows turns its POST into a GET.
// ASSUMED: the documents only say to end paths with a slash.
func redirect(r lender.Request) lender.Reply {
	target := cmp.Or(r.MountedPath, r.Path) + "/"
	if r.RawQuery != "" {
		target += "?" + r.RawQuery
	}
	return lender.Reply{Status: http.StatusMovedPermanently, Header: http.Header{"Location": {target}}}
}

// pick finds the row for a request, or says with which status there is none.
func pick(now time.Time, r lender.Request) (route, call, int) {
	status := http.StatusNotFound
	for _, row := range routes {
		named, fits := match(row.path, r.Path)
		if fits && row.method == r.Method {
			return row, call{now: now, r: r, seller: named["{seller}"], order: named["{order}"]}, http.StatusOK
		}
		if fits {
			status = http.StatusMethodNotAllowed
		}
	}
	return route{}, call{}, status
}

// match returns the segments that stand where the pattern has names.
func match(pattern, path string) (named map[string]string, fits bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	named = map[string]string{}
	for i, segment := range want {
		switch {
		case strings.HasPrefix(segment, "{") && got[i] != "":
			named[segment] = got[i]
		case segment != got[i]:
			return nil, false
		}
	}
	return named, true
}

func misshapen(row route, r lender.Request) string {
	query, err := url.ParseQuery(r.RawQuery)
	for _, name := range row.query {
		query.Del(name)
	}
	media, _, noMedia := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err != nil || len(query) > 0:
		return "query parameters that are not known here"
	case r.Method != http.MethodPost && len(r.Body) > 0:
		return "a body is not accepted here"
	case r.Method == http.MethodPost && (noMedia != nil || media != "application/json"):
		return "Content-Type must be application/json"
	}
	return ""
}

// Operation names what a request asks for; only a create names an amount.
func (l *Lender) Operation(r lender.Request) (operation, amount string) {
	row, _, status := pick(time.Time{}, r)
	if status != http.StatusOK {
		return "", ""
	}
	sent, _ := readOrder(r.Body)
	if named := money(sent["amount"]); named.IsPositive() {
		amount = named.StringFixed(2)
	}
	return row.operation, amount
}
