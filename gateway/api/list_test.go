package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// walk reads every page of a list and returns the ids, and how many there were on each page.
func (k *kit) walk(path, list string, query url.Values) (ids []string, pages []int) {
	k.t.Helper()
	for len(pages) < 100 {
		got := k.get(path + "?" + query.Encode()).wants(http.StatusOK)
		items := got.at(list).([]any)
		pages = append(pages, len(items))
		for _, item := range items {
			ids = append(ids, fmt.Sprint(item.(map[string]any)["id"]))
		}
		cursor := got.text("cursor")
		if cursor == "" || (list == "events" && len(items) == 0) {
			return ids, pages
		}
		query.Set("cursor", cursor)
	}
	k.t.Fatal("the list has no end")
	return nil, nil
}

func newestFirst(ids []string) []string {
	sorted := slices.Clone(ids)
	slices.Sort(sorted)
	slices.Reverse(sorted)
	return sorted
}

func TestListsGoPageByPageToTheEnd(t *testing.T) {
	k := newKit(t)
	var orders, operations []string
	for range 7 {
		made := k.post("/v1/orders", simpleOrder).wants(http.StatusCreated)
		orders, operations = append(orders, made.text("id")), append(operations, made.text("operation/id"))
	}
	k.do(request{method: http.MethodPost, path: "/v1/orders", body: simpleOrder, as: "other"}).wants(http.StatusCreated)
	for limit, wantPages := range map[string][]int{"1": {1, 1, 1, 1, 1, 1, 1}, "3": {3, 3, 1}, "7": {7}, "200": {7}} {
		ids, pages := k.walk("/v1/orders", "orders", url.Values{"limit": {limit}})
		if !slices.Equal(ids, newestFirst(orders)) || !slices.Equal(pages, wantPages) {
			t.Errorf("limit %s: got orders %v on pages of %v", limit, ids, pages)
		}
		ids, pages = k.walk("/v1/operations", "operations", url.Values{"limit": {limit}})
		if !slices.Equal(ids, newestFirst(operations)) || !slices.Equal(pages, wantPages) {
			t.Errorf("limit %s: got operations %v on pages of %v", limit, ids, pages)
		}
	}
}

func TestAnOrderMadeMeanwhileDoesNotShiftThePages(t *testing.T) {
	k := newKit(t)
	var orders []string
	for range 4 {
		orders = append(orders, k.created())
	}
	first := k.get("/v1/orders?limit=2").wants(http.StatusOK)
	k.created()
	second := k.get("/v1/orders?limit=2&cursor=" + first.text("cursor")).wants(http.StatusOK)
	if second.text("orders/0/id") != orders[1] || second.text("orders/1/id") != orders[0] {
		t.Errorf("got %s", second.body)
	}
}

func TestListsAreFiltered(t *testing.T) {
	k := newKit(t)
	k.post("/v1/orders", `{"provider": "alpha", "reference": "R-1", "amount": {"value": "1.00", "currency": "USD"}}`).wants(http.StatusCreated)
	open := k.order()
	doubtful := k.order()
	k.lender.tell(canonical.Outcome{State: canonical.Doubtful, Sends: 1}, nil)
	lost := k.post("/v1/orders/"+doubtful+"/capture", "").wants(http.StatusAccepted).text("operation/id")
	cases := []struct {
		path, list string
		query      url.Values
		want       int
		has        string
	}{
		{"/v1/orders", "orders", url.Values{}, 3, open},
		{"/v1/orders", "orders", url.Values{"status": {"authorized"}}, 2, open},
		{"/v1/orders", "orders", url.Values{"status": {"failed"}}, 0, ""},
		{"/v1/orders", "orders", url.Values{"provider": {"alpha"}}, 3, open},
		{"/v1/orders", "orders", url.Values{"provider": {"beta"}}, 0, ""},
		{"/v1/orders", "orders", url.Values{"reference": {"R-1"}}, 1, ""},
		{"/v1/orders", "orders", url.Values{"in_doubt": {"true"}}, 1, doubtful},
		{"/v1/orders", "orders", url.Values{"in_doubt": {"false"}, "status": {"authorized"}}, 1, open},
		{"/v1/orders", "orders", url.Values{"created_after": {"2026-11-21T00:00:00Z"}}, 3, open},
		{"/v1/orders", "orders", url.Values{"created_before": {"2026-11-21T10:00:00+02:00"}}, 0, ""},
		{"/v1/operations", "operations", url.Values{"state": {"in_doubt"}}, 1, lost},
		{"/v1/operations", "operations", url.Values{"state": {"succeeded"}}, 5, ""},
		{"/v1/operations", "operations", url.Values{"order": {doubtful}}, 3, lost},
		{"/v1/operations", "operations", url.Values{"order": {doubtful}, "state": {"in_doubt"}}, 1, lost},
		{"/v1/operations", "operations", url.Values{"provider": {"beta"}}, 0, ""},
	}
	for _, c := range cases {
		t.Run(c.path+"?"+c.query.Encode(), func(t *testing.T) {
			k.t = t
			ids, _ := k.walk(c.path, c.list, c.query)
			if len(ids) != c.want || (c.has != "" && !slices.Contains(ids, c.has)) {
				t.Errorf("got %v, want %d with %s", ids, c.want, c.has)
			}
		})
	}
}

func TestTheTimeOfCreationBoundsAList(t *testing.T) {
	k := newKit(t)
	var at []string
	for range 3 {
		at = append(at, k.post("/v1/orders", simpleOrder).wants(http.StatusCreated).text("created_at"))
	}
	after, _ := k.walk("/v1/orders", "orders", url.Values{"created_after": {at[0]}})
	before, _ := k.walk("/v1/orders", "orders", url.Values{"created_before": {at[2]}, "limit": {"1"}})
	both, _ := k.walk("/v1/orders", "orders", url.Values{"created_after": {at[0]}, "created_before": {at[2]}})
	if len(after) != 2 || len(before) != 2 || len(both) != 1 {
		t.Errorf("got %d after the first, %d before the last, %d between", len(after), len(before), len(both))
	}
}

func TestARareFilterIsAnsweredInShortPages(t *testing.T) {
	store := memory(t)
	k := newKitWith(t, kitOptions{store: store})
	const many = 2500
	for first := 0; first < many; first += 500 {
		err := store.Update(t.Context(), func(tx state.Tx) error {
			for i := first; i < first+500; i++ {
				order := oldOrder(i)
				if i == 1 {
					order.Reference = "rare"
				}
				if err := tx.Orders().Insert(order.ID, order); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	ids, pages := k.walk("/v1/orders", "orders", url.Values{"reference": {"rare"}})
	if len(ids) != 1 || !slices.Equal(pages, []int{0, 1}) {
		t.Errorf("got %v on pages of %v", ids, pages)
	}
	all, _ := k.walk("/v1/orders", "orders", url.Values{"limit": {"200"}})
	if len(all) != many {
		t.Errorf("got %d orders, want %d", len(all), many)
	}
}

func oldOrder(i int) canonical.Order {
	return canonical.Order{
		ID: fmt.Sprintf("ord_%026d", 900000+i), Merchant: "demo", Mode: canonical.Test, Provider: "alpha", Status: canonical.StatusCreated, Phase: canonical.Created,
		Amount: canonical.MustMoney("1.00", "USD"), Next: canonical.Next{Action: canonical.NextNone}, CreatedAt: time.Unix(int64(i), 0).UTC(),
	}
}

func TestEventsAreReadFromACursorOn(t *testing.T) {
	k := newKit(t)
	if got := k.get("/v1/events").wants(http.StatusOK); got.text("events") != "[]" || got.text("cursor") != "" {
		t.Errorf("got %s", got.body)
	}
	id := k.order()
	k.do(request{method: http.MethodPost, path: "/v1/orders", body: simpleOrder, as: "other"}).wants(http.StatusCreated)
	ids, _ := k.walk("/v1/events", "events", url.Values{"limit": {"1"}})
	history := k.get("/v1/orders/" + id + "/events?limit=200").wants(http.StatusOK)
	var want []string
	for i := range history.at("events").([]any) {
		want = append(want, history.text(fmt.Sprintf("events/%d/id", i)))
	}
	if len(want) < 2 || !slices.Equal(ids, want) {
		t.Errorf("got events %v, want %v", ids, want)
	}
	last := k.get("/v1/events?limit=200").wants(http.StatusOK)
	end := k.get("/v1/events?cursor=" + last.text("cursor")).wants(http.StatusOK)
	if end.text("events") != "[]" || end.text("cursor") != last.text("cursor") {
		t.Errorf("at the end the cursor stays: %s", end.body)
	}
}

func TestACursorBelongsToItsList(t *testing.T) {
	k := newKit(t)
	k.created()
	k.created()
	cursor := k.get("/v1/orders?limit=1").wants(http.StatusOK).text("cursor")
	for _, path := range []string{"/v1/operations?cursor=" + cursor, "/v1/events?cursor=" + cursor, "/v1/orders?cursor=" + cursor + "A", "/v1/orders?cursor=" + cursor[:len(cursor)-1] + "-"} {
		if at := k.get(path).problem(canonical.InvalidRequest).pointers(); !slices.Equal(at, []string{"cursor"}) {
			t.Errorf("%s: got mistakes at %v", path, at)
		}
	}
}

func TestTheLendersOwnListShowsWhatIsKnown(t *testing.T) {
	k := newKit(t)
	k.lender.tell(canonical.Outcome{State: canonical.Succeeded, Sends: 1, Sighting: &canonical.Sighting{ID: "L1", Word: "NEW", Phase: canonical.Created}}, nil)
	id := k.created()
	k.lender.show(canonical.Report{Finding: canonical.Found, Cursor: "page/2", Orders: []canonical.Sighting{{ID: "L1", Word: "NEW", Phase: canonical.Created}, {ID: "L2"}}}, nil)
	list := request{method: http.MethodGet, path: "/v1/providers/alpha/orders?limit=2&status=NEW", as: "operator"}
	got := k.do(list).wants(http.StatusOK)
	if got.text("orders/0/order") != id || got.text("orders/0/known") != "true" || got.text("orders/1/known") != "false" {
		t.Errorf("got %s", got.body)
	}
	list.path += "&cursor=" + got.text("cursor")
	k.do(list).wants(http.StatusOK)
	if asked := k.lender.asked[len(k.lender.asked)-1]; asked.Cursor != "page/2" || asked.Status != "NEW" || asked.Limit != 2 {
		t.Errorf("the lender was asked %+v", asked)
	}
}
