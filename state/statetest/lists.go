package statetest

import (
	"errors"
	"slices"
	"testing"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// listRules are about lists that follow from records.
var listRules = []rule{
	{"orders are listed newest first, in their scope alone", ordersInScope},
	{"a page of orders begins below the id it is given", ordersByPage},
	{"a list keeps what it is asked to keep, up to its limit", ordersKept},
	{"a replaced order is listed once and as it is now, a deleted one is not listed", ordersFollow},
	{"merchants whose names begin alike, or hold separators, do not see each other", namesApart},
	{"operations are listed newest first, in their scope alone", operationsInScope},
	{"an unresolved operation is listed as such until it is resolved", unresolvedOnly},
	{"an index follows a record through several changes in one transaction", indexInOneTransaction},
	{"an order is found by the reference its provider knows it by, and by no other", ordersGiven},
	{"an order is found by its reference of now, and by none once it has none", givenFollows},
	{"a reference that holds separators is found as a whole alone", givenWhole},
	{"orders of one provider that share a reference are all found", givenTwice},
	{"a message is listed under the order it is about, once that is known", messagesFollow},
	{"all API keys are listed", allAPIKeys},
	{"all quarantines are listed, ended ones too", allQuarantines},
	{"all records of providers are listed", allProviderRecords},
}

func insertOrders(t *testing.T, s state.Store, scope state.Scope, ids ...string) {
	t.Helper()
	update(t, s, func(tx state.Tx) error {
		var failed error
		for _, id := range ids {
			failed = errors.Join(failed, tx.Orders().Insert(id, order(scope, id)))
		}
		return failed
	})
}

// wantOrders reads a list and compares its ids.
func wantOrders(t *testing.T, s state.Store, read func(state.Reader) ([]canonical.Order, error), want ...string) {
	t.Helper()
	var got []string
	for _, o := range view(t, s, read) {
		got = append(got, o.ID)
	}
	wantSame(t, got, want)
}

func ordersOf(scope state.Scope) func(state.Reader) ([]canonical.Order, error) {
	return func(r state.Reader) ([]canonical.Order, error) { return r.Orders(scope, "", 100, nil) }
}

func ordersInScope(t *testing.T, s state.Store) {
	live, other := state.Scope{Merchant: "acme", Mode: canonical.Live}, state.Scope{Merchant: "bits", Mode: canonical.Test}
	insertOrders(t, s, acme, "ord_1", "ord_4")
	insertOrders(t, s, live, "ord_2")
	insertOrders(t, s, other, "ord_3")
	wantOrders(t, s, ordersOf(acme), "ord_4", "ord_1")
	wantOrders(t, s, ordersOf(live), "ord_2")
	wantOrders(t, s, ordersOf(other), "ord_3")
	wantOrders(t, s, ordersOf(state.Scope{}), "ord_4", "ord_3", "ord_2", "ord_1")
	wantOrders(t, s, ordersOf(state.Scope{Merchant: "nobody", Mode: canonical.Test}))
}

func ordersByPage(t *testing.T, s state.Store) {
	insertOrders(t, s, acme, "ord_1", "ord_2", "ord_3", "ord_4", "ord_5")
	for _, scope := range []state.Scope{acme, {}} {
		page := func(before string, limit int) func(state.Reader) ([]canonical.Order, error) {
			return func(r state.Reader) ([]canonical.Order, error) { return r.Orders(scope, before, limit, nil) }
		}
		wantOrders(t, s, page("", 2), "ord_5", "ord_4")
		wantOrders(t, s, page("ord_4", 2), "ord_3", "ord_2")
		wantOrders(t, s, page("ord_2", 2), "ord_1")
		wantOrders(t, s, page("ord_1", 2))
		wantOrders(t, s, page("ord_35", 1), "ord_3")
		wantOrders(t, s, page("", 0))
	}
}

func ordersKept(t *testing.T, s state.Store) {
	insertOrders(t, s, acme, "ord_1", "ord_2", "ord_3", "ord_4", "ord_5")
	odd := func(o *canonical.Order) bool { return slices.Contains([]string{"ord_1", "ord_3", "ord_5"}, o.ID) }
	wantOrders(t, s, func(r state.Reader) ([]canonical.Order, error) { return r.Orders(acme, "", 2, odd) }, "ord_5", "ord_3")
	wantOrders(t, s, func(r state.Reader) ([]canonical.Order, error) { return r.Orders(acme, "ord_5", 9, odd) }, "ord_3", "ord_1")
}

func ordersFollow(t *testing.T, s state.Store) {
	insertOrders(t, s, acme, "ord_1", "ord_2")
	update(t, s, func(tx state.Tx) error {
		changed := order(acme, "ord_1")
		changed.Version = 2
		return errors.Join(tx.Orders().Replace("ord_1", changed), tx.Orders().Delete("ord_2"))
	})
	got := view(t, s, ordersOf(acme))
	if len(got) != 1 || got[0].Version != 2 {
		t.Errorf("got %+v, want the second version of ord_1 alone", got)
	}
}

func namesApart(t *testing.T, s state.Store) {
	names := []string{"a", "aa", "a/test", "a/test/", "a%2ftest", "*", "", "ä"}
	for i, name := range names {
		scope, id := state.Scope{Merchant: name, Mode: canonical.Test}, string(rune('a'+i))
		insertOrders(t, s, scope, id)
		update(t, s, func(tx state.Tx) error {
			return errors.Join(tx.Append(event(scope, id, 1)), tx.Keys().Insert(state.KeyID{Merchant: name, Mode: canonical.Test, Key: "k"}, state.Key{Order: id}))
		})
	}
	for i, name := range names {
		scope, id := state.Scope{Merchant: name, Mode: canonical.Test}, string(rune('a'+i))
		wantOrders(t, s, ordersOf(scope), id)
		wantFeed(t, s, scope, 0, "evt_"+id+"_1")
	}
	wantSame(t, len(feed(t, s, state.Scope{}, 0, 100)), len(names))
}

func operationsInScope(t *testing.T, s state.Store) {
	other := state.Scope{Merchant: "bits", Mode: canonical.Test}
	update(t, s, func(tx state.Tx) error {
		return errors.Join(
			tx.Operations().Insert("op_1", operation(acme, "op_1", canonical.Succeeded)),
			tx.Operations().Insert("op_2", operation(other, "op_2", canonical.Started)),
			tx.Operations().Insert("op_3", operation(acme, "op_3", canonical.Doubtful)))
	})
	wantOperations(t, s, acme, false, "op_3", "op_1")
	wantOperations(t, s, other, false, "op_2")
	wantOperations(t, s, state.Scope{}, false, "op_3", "op_2", "op_1")
	wantOperations(t, s, acme, true, "op_3")
	wantOperations(t, s, state.Scope{}, true, "op_3", "op_2")
	got := view(t, s, func(r state.Reader) ([]canonical.Operation, error) {
		return r.Operations(state.Scope{}, false, "op_3", 1, nil)
	})
	wantSame(t, got, []canonical.Operation{operation(other, "op_2", canonical.Started)})
}

func wantOperations(t *testing.T, s state.Store, scope state.Scope, unresolved bool, want ...string) {
	t.Helper()
	var got []string
	for _, op := range view(t, s, func(r state.Reader) ([]canonical.Operation, error) {
		return r.Operations(scope, unresolved, "", 100, nil)
	}) {
		got = append(got, op.ID)
	}
	wantSame(t, got, want)
}

func unresolvedOnly(t *testing.T, s state.Store) {
	update(t, s, func(tx state.Tx) error {
		return tx.Operations().Insert("op_1", operation(acme, "op_1", canonical.Started))
	})
	for _, in := range canonical.OperationStates {
		update(t, s, func(tx state.Tx) error {
			present, err := tx.Operations().Get("op_1")
			present.State = in
			return errors.Join(err, tx.Operations().Replace("op_1", present))
		})
		var want []string
		if in.Unresolved() {
			want = []string{"op_1"}
		}
		wantOperations(t, s, acme, true, want...)
		wantOperations(t, s, state.Scope{}, true, want...)
		wantOperations(t, s, acme, false, "op_1")
	}
}

func indexInOneTransaction(t *testing.T, s state.Store) {
	started, done := operation(acme, "op_1", canonical.Started), operation(acme, "op_1", canonical.Succeeded)
	update(t, s, func(tx state.Tx) error {
		ops := tx.Operations()
		return errors.Join(ops.Insert("op_1", started), ops.Replace("op_1", done), ops.Replace("op_1", started))
	})
	wantOperations(t, s, acme, true, "op_1")
	update(t, s, func(tx state.Tx) error {
		ops := tx.Operations()
		return errors.Join(ops.Delete("op_1"), ops.Insert("op_1", started), ops.Replace("op_1", done))
	})
	wantOperations(t, s, acme, true)
	wantOperations(t, s, acme, false, "op_1")
}

func given(id, provider, reference string) canonical.Order {
	o := order(acme, id)
	o.Provider, o.ProviderOrder.Reference = provider, reference
	return o
}

func insertGiven(t *testing.T, s state.Store, orders ...canonical.Order) {
	t.Helper()
	update(t, s, func(tx state.Tx) error {
		var failed error
		for _, o := range orders {
			failed = errors.Join(failed, tx.Orders().Insert(o.ID, o))
		}
		return failed
	})
}

func wantGiven(t *testing.T, s state.Store, provider, reference string, want ...string) {
	t.Helper()
	wantOrders(t, s, func(r state.Reader) ([]canonical.Order, error) { return r.OrdersGiven(provider, reference) }, want...)
}

func ordersGiven(t *testing.T, s state.Store) {
	insertGiven(t, s, given("ord_1", "ecster-se", "10"), given("ord_2", "ecster-se", "1"), given("ord_3", "iwoca-uk", "10"), given("ord_4", "ecster-se", ""))
	wantGiven(t, s, "ecster-se", "10", "ord_1")
	wantGiven(t, s, "ecster-se", "1", "ord_2")
	wantGiven(t, s, "iwoca-uk", "10", "ord_3")
	wantGiven(t, s, "iwoca-uk", "1")
	wantGiven(t, s, "ecster", "10")
	wantGiven(t, s, "ecster-se", "")
	wantSame(t, view(t, s, func(r state.Reader) ([]canonical.Order, error) { return r.OrdersGiven("iwoca-uk", "10") }),
		[]canonical.Order{given("ord_3", "iwoca-uk", "10")})
}

func givenFollows(t *testing.T, s state.Store) {
	insertGiven(t, s, given("ord_1", "ecster-se", "old"))
	replace := func(reference string) {
		update(t, s, func(tx state.Tx) error { return tx.Orders().Replace("ord_1", given("ord_1", "ecster-se", reference)) })
	}
	replace("new")
	wantGiven(t, s, "ecster-se", "old")
	wantGiven(t, s, "ecster-se", "new", "ord_1")
	replace("")
	wantGiven(t, s, "ecster-se", "new")
	wantGiven(t, s, "ecster-se", "")
	replace("last")
	wantGiven(t, s, "ecster-se", "last", "ord_1")
	update(t, s, func(tx state.Tx) error { return tx.Orders().Delete("ord_1") })
	wantGiven(t, s, "ecster-se", "last")
}

func givenWhole(t *testing.T, s state.Store) {
	references := []string{"a", "a/b", "a/", "/a", "a%2fb", "a%", "a b", "ä"}
	for i, reference := range references {
		insertGiven(t, s, given(string(rune('a'+i)), "ecster-se", reference), given(string(rune('A'+i)), "ecster-se/a", reference))
	}
	for i, reference := range references {
		wantGiven(t, s, "ecster-se", reference, string(rune('a'+i)))
		wantGiven(t, s, "ecster-se/a", reference, string(rune('A'+i)))
	}
	wantGiven(t, s, "ecster-se", "b")
}

func givenTwice(t *testing.T, s state.Store) {
	insertGiven(t, s, given("ord_2", "ecster-se", "10"), given("ord_1", "ecster-se", "10"))
	wantGiven(t, s, "ecster-se", "10", "ord_1", "ord_2")
	update(t, s, func(tx state.Tx) error { return tx.Orders().Delete("ord_1") })
	wantGiven(t, s, "ecster-se", "10", "ord_2")
}

func messagesFollow(t *testing.T, s state.Store) {
	about := func(order string) state.Message {
		return state.Message{ID: "ecster-se/1/a", Provider: "ecster-se", Order: order, At: noon}
	}
	other := state.Message{ID: "ecster-se/2", Provider: "ecster-se", Order: "ord_1/b", At: noon}
	listed := func(order string) []state.Message {
		return view(t, s, func(r state.Reader) ([]state.Message, error) { return r.MessagesOf(order) })
	}
	update(t, s, func(tx state.Tx) error {
		return errors.Join(tx.Messages().Insert("ecster-se/1/a", about("")), tx.Messages().Insert(other.ID, other))
	})
	wantSame(t, listed("ord_1"), nil)
	wantSame(t, listed(""), nil)
	wantSame(t, listed("ord_1/b"), []state.Message{other})
	update(t, s, func(tx state.Tx) error { return tx.Messages().Replace("ecster-se/1/a", about("ord_1")) })
	wantSame(t, listed("ord_1"), []state.Message{about("ord_1")})
	update(t, s, func(tx state.Tx) error { return tx.Messages().Delete("ecster-se/1/a") })
	wantSame(t, listed("ord_1"), nil)
}

func allProviderRecords(t *testing.T, s state.Store) {
	want := []state.ProviderRecord{
		{Provider: "a/b", Chain: canonical.ProviderChain{Events: 2, LastHash: "h"}},
		{Provider: "ecster-se", Forced: []canonical.Forced{{Class: canonical.ReadsBreaker, To: canonical.CircuitOpen, Reason: "r"}}},
	}
	wantSame(t, view(t, s, state.Reader.AllProviderRecords), nil)
	update(t, s, func(tx state.Tx) error {
		return errors.Join(tx.ProviderRecords().Insert("ecster-se", want[1]), tx.ProviderRecords().Insert("a/b", want[0]))
	})
	wantSame(t, view(t, s, state.Reader.AllProviderRecords), want)
}

func allQuarantines(t *testing.T, s state.Store) {
	ended := noon
	want := []state.Quarantine{{Provider: "a/b", Since: noon, EndedAt: &ended}, {Provider: "ecster-se", Since: noon, Listed: true}}
	wantSame(t, view(t, s, state.Reader.AllQuarantines), nil)
	update(t, s, func(tx state.Tx) error {
		return errors.Join(tx.Quarantines().Insert("ecster-se", want[1]), tx.Quarantines().Insert("a/b", want[0]))
	})
	wantSame(t, view(t, s, state.Reader.AllQuarantines), want)
	update(t, s, func(tx state.Tx) error { return tx.Quarantines().Delete("a/b") })
	wantSame(t, view(t, s, state.Reader.AllQuarantines), want[1:])
}

func allAPIKeys(t *testing.T, s state.Store) {
	want := []state.APIKey{{ID: "key_1", Role: state.RoleMerchant, Merchant: "acme"}, {ID: "key_2", Role: state.RoleOperator}}
	update(t, s, func(tx state.Tx) error {
		return errors.Join(tx.APIKeys().Insert("key_2", want[1]), tx.APIKeys().Insert("key_1", want[0]))
	})
	wantSame(t, view(t, s, state.Reader.AllAPIKeys), want)
}
