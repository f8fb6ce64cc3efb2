package declared_test

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/declared"
	"github.com/lendgate/lendgate/canonical"
)

const plainSync = `  sync: {request: "GET /orders/{id}", absent: [{status: 404}], reply: order}`

// answers are the replies of a lender by method and path; what it was asked is gathered.
type answers struct {
	by    map[string]adapters.Reply
	asked []string
}

func (l *answers) call(_ context.Context, method, path string) (adapters.Reply, error) {
	l.asked = append(l.asked, method+" "+path)
	said, known := l.by[method+" "+path]
	if !known {
		return adapters.Reply{}, canonical.Errorf(canonical.ProviderUnavailable, "nothing is at "+path)
	}
	return said, nil
}

const chained = `  sync:
    request: "GET /orders/{found/orders/0/id}?of={me/shop}"
    first:
      - {as: me, request: GET /me}
      - {as: found, request: "GET /orders?ref={reference}", absent: [{status: 404}, {if: 'count(rows("/orders"), true) == 0'}]}
      - {as: more, request: "GET /more/{found/orders/0/id}", if: 'flag(me, "/more")'}
    absent: [{status: 404}]
    reply:
      id: /id
      word: /status
      reference: '=text(pick(rows(found, "/orders"), "/id", text("/id")), "/ref")'
      captured: '=has(more, "/captured") ? money(more, "/captured") : zero'
      seen: [{kind: capture, each: /captures, amount: /amount, reference: /ref}]`

func TestAReadMayTakeSeveralRequests(t *testing.T) {
	const me, search, order, more = "GET /me", "GET /orders?ref=S-1-AB", "GET /orders/o%2F1?of=shop+1", "GET /more/o%2F1"
	found, shop := says(200, `{"orders":[{"id":"o/1","ref":"S-1-AB"}]}`), says(200, `{"shop":"shop 1"}`)
	for _, row := range []struct {
		name  string
		by    map[string]adapters.Reply
		asked []string
		want  string
	}{
		{"by what the ones before it said", map[string]adapters.Reply{me: shop, search: found, order: says(200, `{"id":"o/1","status":"OPEN"}`)}, []string{me, search, order}, "found OPEN S-1-AB captured 0.00"},
		{"one more where it is wanted", map[string]adapters.Reply{me: says(200, `{"shop":"shop 1","more":true}`), search: found, more: says(200, `{"captured":12.50}`), order: says(200, `{"id":"o/1","status":"OPEN"}`)},
			[]string{me, search, more, order}, "found OPEN S-1-AB captured 12.50"},
		{"none, said by the search", map[string]adapters.Reply{me: shop, search: says(200, `{"orders":[]}`)}, []string{me, search}, "absent"},
		{"none, said by a status of the search", map[string]adapters.Reply{me: shop, search: says(404, ``)}, []string{me, search}, "absent"},
		{"none, said at the end", map[string]adapters.Reply{me: shop, search: found, order: says(404, ``)}, []string{me, search, order}, "absent"},
		{"a search that does not say", map[string]adapters.Reply{me: shop, search: says(200, `{}`)}, []string{me, search}, "error"},
		{"a first reply without what is needed", map[string]adapters.Reply{me: says(200, `{}`), search: found}, []string{me, search}, "error"},
		{"a first reply of another type", map[string]adapters.Reply{me: says(200, `{"shop":[]}`), search: found}, []string{me, search}, "error"},
		{"a first request that fails", map[string]adapters.Reply{}, []string{me}, "error"},
		{"a first status that nothing is said about", map[string]adapters.Reply{me: says(404, ``)}, []string{me}, "error"},
		{"another order than was searched for", map[string]adapters.Reply{me: shop, search: found, order: says(200, `{"id":"o2","status":"OPEN"}`)}, []string{me, search, order}, "error"},
	} {
		t.Run(row.name, func(t *testing.T) {
			lender := &answers{by: row.by}
			query := canonical.Query{Order: asked(canonical.OpSync, "30").Order}
			query.Order.ProviderOrder.ID = ""
			report, err := exchange(t, defined(t, keyed, plainSync, chained, "[find_by_reference, compare_totals]", "[compare_totals]"), "sync").Collect(t.Context(), lender.call, query)
			if diff := cmp.Diff(row.asked, lender.asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
			got := string(report.Finding)
			if s := report.Sighting; s != nil {
				got += " " + s.Word + " " + s.Reference + " captured " + euros(s.Captured.String()).Value.Decimal().StringFixed(2)
			}
			if err != nil {
				got = "error"
			}
			if got != row.want {
				t.Errorf("%s %v, want %s", got, err, row.want)
			}
		})
	}
}

func TestMistakesOfReads(t *testing.T) {
	const first = `{request: "GET /orders/{found/id}", first: [{as: found, request: "GET /orders?ref={reference}"}], reply: order}`
	const list = `{request: "GET /orders?after={cursor}", rows: /orders, reply: order, next: /next}`
	with := func(pairs ...string) string {
		text := changed(t, plainSync, "  sync: "+first+"\n  list: "+list)
		for i := 0; i < len(pairs); i += 2 {
			if !strings.Contains(text, pairs[i]) {
				t.Fatalf("the contract has no %q", pairs[i])
			}
			text = strings.Replace(text, pairs[i], pairs[i+1], 1)
		}
		return text
	}
	if _, mistakes := declared.Read("c.yaml", []byte(with())); mistakes != nil {
		t.Fatal(mistakes.Error())
	}
	for _, row := range []struct{ name, old, new, want string }{
		{"a reply that is called otherwise", "{found/id}", "{foudn/id}", `c.yaml:37:19: reads.sync.request: {foudn/id} is of an earlier reply, and none before it is called foudn: a read adds it under first, as {as: foudn, request: GET /path}; an operation uses what a reading keeps`},
		{"a reply in an operation", "POST /orders/{id}/captures", "POST /orders/{found/id}/captures", `c.yaml:31:14: operations.capture.request: {found/id} is of an earlier reply, and none before it is called found: a read adds it under first, as {as: found, request: GET /path}; an operation uses what a reading keeps`},
		{"a pointer that is none", "{found/id}", "{found//id}", `c.yaml:37:19: reads.sync.request: {found//id}: a pointer has no empty step: remove the second /`},
		{"a request that reads itself", `"GET /orders?ref={reference}"`, `"GET /orders?ref={found/id}"`, `c.yaml:37:74: reads.sync.first[0].request: {found/id} is of an earlier reply, and none before it is called found: a read adds it under first, as {as: found, request: GET /path}; an operation uses what a reading keeps`},
		{"a word of the language", "as: found", "as: order", "c.yaml:37:19: reads.sync.request: {found/id} is of an earlier reply, and none before it is called found: a read adds it under first, as {as: found, request: GET /path}; an operation uses what a reading keeps\nc.yaml:37:58: reads.sync.first[0].as: is a word of this language: call the reply something else, such as found"},
		{"a function", "as: found", "as: text", "c.yaml:37:19: reads.sync.request: {found/id} is of an earlier reply, and none before it is called found: a read adds it under first, as {as: found, request: GET /path}; an operation uses what a reading keeps\nc.yaml:37:58: reads.sync.first[0].as: is a word of this language: call the reply something else, such as found"},
		{"a name that is none", "as: found", "as: Found-1", "c.yaml:37:19: reads.sync.request: {found/id} is of an earlier reply, and none before it is called found: a read adds it under first, as {as: found, request: GET /path}; an operation uses what a reading keeps\nc.yaml:37:58: reads.sync.first[0].as: must be small letters, digits and _, such as found"},
		{"a name twice", "[{as: found", "[{as: found, request: GET /me}, {as: found", `c.yaml:37:89: reads.sync.first[1].as: is what an earlier reply is called: give each a name of its own`},
		{"four of them", "[{as: found", "[{as: a, request: GET /a}, {as: b, request: GET /b}, {as: c, request: GET /c}, {as: found", "c.yaml:37:19: reads.sync.request: {found/id} is of an earlier reply, and none before it is called found: a read adds it under first, as {as: found, request: GET /path}; an operation uses what a reading keeps\nc.yaml:37:131: reads.sync.first[3]: is one request too many: at most 3 come before a read"},
		{"a write", `"GET /orders?ref={reference}"`, `DELETE /orders`, `c.yaml:37:74: reads.sync.first[0].request: must begin with one of GET, POST`},
		{"a field of a reply", "captured: /captured", "captured: =found.captured", `c.yaml:20:16: readings.order.captured: found is a reply: read it with text(found, "/captured")`},
		{"a reply where it is not known", "reply: {movement: /id}", `reply: {movement: '=text(found, "/id")'}`, `c.yaml:33:30: operations.capture.reply.movement: found is not known; use one of amount, attempt, capture, change, cumulative, final, key, lines, message, notify_url, order, reason, reference, request, rest, shipping, status, taxed, zero`},
		{"a list without its pages", ", next: /next", "", `c.yaml:38:9: reads.list.next: is missing: how is the next page asked for? Write next, or total where pages are asked for by number, or next: none where there is one page`},
		{"a list with pages in two ways", ", next: /next", ", next: /next, total: /n", `c.yaml:38:98: reads.list.total: stands beside next: keep the one by which the lender is asked for the next page`},
		{"a page that is always the same", "next: /next", "next: more", `c.yaml:38:84: reads.list.next: is always the same text: write a pointer such as /next, an expression, or none`},
		{"a page that is not asked for", "?after={cursor}", "", `c.yaml:38:19: reads.list.request: does not name {cursor}: the first page would be read again and again`},
		{"an id of ours in a list", "reply: order, next", "reply: {id: =order.id, word: /status}, next", `c.yaml:38:71: reads.list.reply: reads the id from our order, and a list is read without one: its id must stand in the row`},
		{"an order in the path of a list", "/orders?after", "/orders/{id}?after", `c.yaml:38:19: reads.list.request: {id} is not known here; use one of cursor, limit, setting.name, status`},
		{"offers without the time between payments", "  list: " + list, `  offers: {request: GET /offers, rows: /offers, name: /name, installments: /n}`, `c.yaml:38:11: reads.offers.interval: is missing: what is the time between installments?`},
	} {
		t.Run(row.name, func(t *testing.T) {
			c, mistakes := declared.Read("c.yaml", []byte(with(row.old, row.new)))
			if c != nil || mistakes == nil {
				t.Fatal("it was read")
			}
			if got := mistakes.Error(); got != row.want {
				t.Errorf("mistakes are\n%s\nwant\n%s", got, row.want)
			}
		})
	}
}

func listed(t *testing.T, read string, lender *answers, query canonical.Query) (canonical.Report, error) {
	t.Helper()
	d := defined(t, keyed, plainSync, plainSync+"\n  list: "+read, "currencies: [EUR]", "currencies: [EUR, SEK]", "    word: /status\n", "    word: /status\n    currency: /currency\n    amount: /amount\n")
	return exchange(t, d, "list").Collect(t.Context(), lender.call, query)
}

func TestAListIsReadPageByPage(t *testing.T) {
	const byCursor = `{request: "GET /orders?after={cursor}&most={limit}&status={status}&key={setting.api_key}", at: /data, rows: /orders, reply: order, next: /next, page: 50}`
	const byCount = `{request: "GET /orders?offset={cursor}", rows: /orders, reply: order, total: /total}`
	const two = `[{"id":"o1","status":"OPEN","amount":1.50,"currency":"EUR"},{"id":"o2","status":"DONE","amount":2.00,"currency":"SEK"}]`
	for _, row := range []struct {
		name, read, path, body string
		query                  canonical.Query
		want                   string
	}{
		{"the first", byCursor, "/orders?most=50&key=k-1", `{"data":{"orders":` + two + `,"next":"p 2"}}`, canonical.Query{}, "o1 1.50 EUR o2 2.00 SEK next p 2"},
		{"the next", byCursor, "/orders?after=p+2&most=20&status=OPEN&key=k-1", `{"data":{"orders":[],"next":null}}`, canonical.Query{Cursor: "p 2", Limit: 20, Status: "OPEN"}, "next "},
		{"a page that is a number", byCursor, "/orders?most=50&key=k-1", `{"data":{"orders":[],"next":2}}`, canonical.Query{Limit: 900}, "next 2"},
		{"a page that leads to itself", byCursor, "/orders?after=2&most=50&key=k-1", `{"data":{"orders":[],"next":2}}`, canonical.Query{Cursor: "2"}, "error"},
		{"no list", byCursor, "/orders?most=50&key=k-1", `{"data":{}}`, canonical.Query{}, "error"},
		{"a row that cannot be read", byCursor, "/orders?most=50&key=k-1", `{"data":{"orders":[{"id":"o1","status":"OPEN"},{"id":"o2"}]}}`, canonical.Query{}, "error"},
		{"the first by count", byCount, "/orders", `{"orders":` + two + `,"total":3}`, canonical.Query{}, "o1 1.50 EUR o2 2.00 SEK next 2"},
		{"the last by count", byCount, "/orders?offset=2", `{"orders":[{"id":"o3","status":"OPEN"}],"total":3}`, canonical.Query{Cursor: "2"}, "o3 next "},
		{"an empty page by count", byCount, "/orders?offset=2", `{"orders":[],"total":3}`, canonical.Query{Cursor: "2"}, "next "},
		{"a count that is not there", byCount, "/orders", `{"orders":[]}`, canonical.Query{}, "error"},
		{"one page", `{request: GET /orders, rows: /orders, reply: order, next: none}`, "/orders", `{"orders":[]}`, canonical.Query{}, "next "},
	} {
		t.Run(row.name, func(t *testing.T) {
			report, err := listed(t, row.read, &answers{by: map[string]adapters.Reply{"GET " + row.path: says(200, row.body)}}, row.query)
			var got strings.Builder
			for _, s := range report.Orders {
				got.WriteString(s.ID + " ")
				if s.Amount != nil {
					got.WriteString(s.Amount.String() + " ")
				}
			}
			got.WriteString("next " + report.Cursor)
			if err != nil {
				got.Reset()
				got.WriteString("error")
			}
			if got.String() != row.want {
				t.Errorf("%s %v, want %s", got.String(), err, row.want)
			}
		})
	}
}

const offering = `
  offers: {request: "GET /offers?amount={amount}&currency={currency}&promo={option.promo}", absent: [{status: 404}], rows: /offers, name: /name}
  customer_offers:
    request: GET /customers/{customer}/offers?amount={amount}
    rows: /offers
    if: 'not flag("/over")'
    id: /id
    name: =upper(text(item, "/name"))
    description: /text
    installments: /months
    interval: month
    interest_rate: /rate
    installment_amount: /monthly
    total_payable: /total
    interest_to_pay: /interest
    expires_at: /until
    details: {kind: /kind}`

func offersOf(t *testing.T, read, path, body string, query canonical.Query) (canonical.Report, error) {
	t.Helper()
	d := defined(t, keyed, plainSync, plainSync+offering, "operations:\n", "options: {promo: {type: boolean, help: Promotions alone., offers: true}}\noperations:\n")
	lender := &answers{by: map[string]adapters.Reply{path: says(200, body)}}
	return exchange(t, d, read).Collect(t.Context(), lender.call, query)
}

func TestOffersAreRead(t *testing.T) {
	wish := canonical.Query{Amount: euros("120.50"), Customer: canonical.Customer{Reference: "c 1"}}
	report, err := offersOf(t, "customer_offers", "GET /customers/c%201/offers?amount=120.50",
		`{"offers":[{"id":"f1","name":"slow","text":"Pay later","months":12,"rate":14.90,"monthly":11.00,"total":132.00,"interest":11.50,"until":"2026-03-02T12:00:00Z","kind":"A"},{"over":true},{"name":"now"}]}`, wish)
	if err != nil {
		t.Fatal(err)
	}
	monthly, total, interest := euros("11.00"), euros("132.00"), euros("11.50")
	want := []canonical.Offer{
		{
			ProviderOffer: "f1", Name: "SLOW", Description: "Pay later", Amount: wish.Amount, Choosable: true, ExpiresAt: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC),
			Plan:         canonical.Plan{Installments: 12, Interval: "month", InterestRate: "14.9", InstallmentAmount: &monthly, TotalPayable: &total},
			Illustration: canonical.Illustration{InterestToPay: &interest, TotalPayable: &total}, Details: canonical.Values{"kind": json.RawMessage(`"A"`)},
		},
		{Name: "NOW", Amount: wish.Amount},
	}
	if diff := cmp.Diff(want, report.Offers, cmp.Comparer(func(a, b canonical.Money) bool { return a.Equal(b) })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOffersThatCannotBeRead(t *testing.T) {
	for _, row := range []struct{ name, body string }{
		{"no list", `{}`}, {"no name", `{"offers":[{"id":"f1"}]}`}, {"months of another type", `{"offers":[{"name":"a","months":"x"}]}`}, {"months below zero", `{"offers":[{"name":"a","months":-1}]}`},
		{"a rate that is none", `{"offers":[{"name":"a","rate":"much"}]}`}, {"money that is none", `{"offers":[{"name":"a","total":"much"}]}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			if report, err := offersOf(t, "customer_offers", "GET /customers/c/offers?amount=1.00", row.body, canonical.Query{Amount: euros("1.00"), Customer: canonical.Customer{Reference: "c"}}); err == nil {
				t.Errorf("%+v", report.Offers)
			}
		})
	}
}

func TestOffersAreAskedForWithWhatIsGiven(t *testing.T) {
	for _, row := range []struct {
		name    string
		options canonical.Values
		want    url.Values
	}{
		{"an option", canonical.Values{"promo": json.RawMessage("true")}, url.Values{"amount": {"1.00"}, "currency": {"EUR"}, "promo": {"true"}}},
		{"none", nil, url.Values{"amount": {"1.00"}, "currency": {"EUR"}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			report, err := offersOf(t, "offers", "GET /offers?"+row.want.Encode(), `{"offers":[{"name":"a"}]}`, canonical.Query{Amount: euros("1.00"), Options: row.options})
			if err != nil || len(report.Offers) != 1 || report.Offers[0].Choosable {
				t.Errorf("%+v, %v", report.Offers, err)
			}
		})
	}
}
