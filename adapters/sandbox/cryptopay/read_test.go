package cryptopay_test

import (
	"encoding/json"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// filled is a processor with orders gw-1 to gw-5; gw-2 and gw-4 are paid.
func filled(t *testing.T) *shop {
	t.Helper()
	s := open(t, settings())
	for i := 1; i <= 5; i++ {
		id := s.charged("gw-"+strconv.Itoa(i), "100", "mock")
		if i%2 == 0 {
			s.act("pay", id)
		}
	}
	return s
}

func TestTheListIsNewestFirstAndPaged(t *testing.T) {
	tests := []struct {
		name, query string
		later       time.Duration
		want        []string
		total       int
		limit       int
	}{
		{"all", "", 0, []string{"gw-5", "gw-4", "gw-3", "gw-2", "gw-1"}, 5, 20},
		{"the first page", "?limit=2", 0, []string{"gw-5", "gw-4"}, 5, 2},
		{"the second page", "?limit=2&offset=2", 0, []string{"gw-3", "gw-2"}, 5, 2},
		{"past the end", "?limit=200&offset=5", 0, nil, 5, 200},
		{"paid ones", "?status=paid", 0, []string{"gw-4", "gw-2"}, 2, 20},
		{"the second paid one", "?offset=1&status=paid&limit=1", 0, []string{"gw-2"}, 2, 1},
		{"expired ones before their time", "?status=expired", 0, nil, 0, 20},
		{"expired ones after their time", "?status=expired", time.Hour, []string{"gw-5", "gw-3", "gw-1"}, 3, 20},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := filled(t)
			s.now = s.now.Add(test.later)
			page := s.ask(200, "GET", orders+test.query, "")
			var got []string
			for _, o := range page.Data {
				got = append(got, o.MerchantOrderID)
			}
			if diff := cmp.Diff(test.want, got); diff != "" || page.Total != test.total || page.Limit != test.limit {
				t.Errorf("total %d, limit %d %s", page.Total, page.Limit, diff)
			}
		})
	}
}

func TestAQueryThatIsWrongIsRefused(t *testing.T) {
	tests := []struct{ name, path string }{
		{"a status nobody knows", orders + "?status=cancelled"},
		{"no rows", orders + "?limit=0"},
		{"too many rows", orders + "?limit=201"},
		{"a limit that is no number", orders + "?limit=all"},
		{"a negative offset", orders + "?offset=-1"},
		{"a search by our number", orders + "?merchant_order_id=gw-1"},
		{"two statuses", orders + "?status=paid&status=failed"},
		{"a query where there is none", "/api/v1/me?verbose=1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			open(t, settings()).ask(400, "GET", test.path, "")
		})
	}
}

func TestTheSingleReadLeavesOutWhatTheSampleLeavesOut(t *testing.T) {
	s := open(t, settings())
	id := s.charged("gw-1", "100", "usdt_trc20")
	reply := s.lender.Serve(s.now, s.request("GET", orders+"/"+id, ""))
	var got map[string]json.RawMessage
	if err := json.Unmarshal(reply.Body, &got); err != nil {
		t.Fatal(err)
	}
	want := `{"id":"` + id + `","channel_code":"usdt_trc20","amount":"100","currency":"USDT","status":"created"}`
	if diff := cmp.Diff(want, string(got["order"])); diff != "" {
		t.Error(diff)
	}
	if string(got["settlements"]) != "[]" || string(got["checkout_url"]) != `""` {
		t.Errorf("settlements %s, checkout_url %s", got["settlements"], got["checkout_url"])
	}
}

func TestTheAccountAndItsChannelsCanBeRead(t *testing.T) {
	s := open(t, settings())
	s.ask(200, "GET", "/api/v1/me", "")
	var codes []string
	for _, ch := range s.ask(200, "GET", "/api/v1/channels", "").Data {
		codes = append(codes, ch.Code)
	}
	if diff := cmp.Diff([]string{"usdt_trc20", "usdc_base", "mock"}, codes); diff != "" {
		t.Error(diff)
	}
}

func TestPathsNobodyKnowsAreRefused(t *testing.T) {
	tests := []struct {
		name, method, path string
		status             int
	}{
		{"an order nobody made", "GET", orders + "/ord_1", 404},
		{"a cancel", "POST", orders + "/ord_1/cancel", 404},
		{"an order without an id", "GET", orders + "/", 404},
		{"a list by another method", "POST", orders, 405},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := open(t, settings()).ask(test.status, test.method, test.path, "").Error; got.Code == "" || got.Message == "" {
				t.Errorf("got %+v", got)
			}
		})
	}
}
