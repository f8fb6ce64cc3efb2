package state_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/statetest"
)

// kept is a database with records in every table, and three orders with what belongs to them.
func kept(t *testing.T) *statetest.Cluster {
	t.Helper()
	cluster := statetest.NewCluster(nil)
	s := cluster.Gateway("one")
	do := func(f func(state.Tx) error) {
		if err := s.Update(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	do(func(tx state.Tx) error { return statetest.Everything(tx, "9") })
	for _, id := range []string{"ord_1", "ord_2", "ord_3"} {
		order := canonical.Order{ID: id, Merchant: "acme", Mode: canonical.Test, Provider: "ecster-se", ProviderOrder: canonical.ProviderOrder{Reference: "lg/" + id}}
		do(func(tx state.Tx) error { return tx.Orders().Insert(id, order) })
		operation := startedOperation(canonical.Started)
		operation.ID = "op_" + id
		do(func(tx state.Tx) error { return tx.Operations().Insert(operation.ID, operation) })
		do(func(tx state.Tx) error {
			return errors.Join(tx.Append(sealed(id, 1)), tx.Timers().Insert("poll/"+id, state.Timer{ID: "poll/" + id, Subject: id, Owner: "node"}))
		})
	}
	do(func(tx state.Tx) error {
		return errors.Join(tx.Append(sealed("ord_1", 2)), tx.Append(sealed("ord_1", 3)))
	})
	return cluster
}

func sealed(order string, sequence int) canonical.SealedEvent {
	return canonical.SealedEvent{Order: order, Merchant: "acme", Mode: canonical.Test, Sequence: sequence, Body: []byte(`{}`)}
}

func audit(t *testing.T, cluster *statetest.Cluster, bounds state.Bounds) state.Audited {
	t.Helper()
	audited, err := cluster.Audit(bounds)
	if err != nil {
		t.Fatal(err)
	}
	return audited
}

// The positions of events: that of order 9 is the first.
const (
	firstOfOne  = "0000000000000002"
	firstOfTwo  = "0000000000000003"
	thirdOfOne  = "0000000000000006"
	afterAll    = "0000000000000007"
	feedOfAll   = "~feed/"
	feedOfAcme  = "~feed.of/acme/test/"
	eventOfTwo  = "event/ord_2/00000001"
	firstEvent  = "event/ord_1/00000001"
	secondEvent = "event/ord_1/00000002"
	thirdEvent  = "event/ord_1/00000003"
)

func put(key, value string) state.Write { return state.Write{Key: key, Value: []byte(value)} }

func gone(key string) state.Write { return state.Write{Key: key, Delete: true} }

func TestAnAuditOfWhatIsSoundFindsNothing(t *testing.T) {
	want := state.Audited{Records: 28, Entries: 27, Places: 12}
	if diff := cmp.Diff(want, audit(t, kept(t), state.Bounds{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnAuditNamesDamage(t *testing.T) {
	cases := []struct {
		name   string
		damage []state.Write
		want   []string // of each finding, in order
	}{
		{"a record is not listed", []state.Write{gone("~orders/acme/test/ord_1")}, []string{"order/ord_1 is not listed under ~orders/acme/test/ord_1"}},
		{"a reference does not find its order", []state.Write{gone("~given/ecster-se/lg%2ford_1/ord_1")}, []string{"order/ord_1 is not listed under ~given/"}},
		{"an entry names another record", []state.Write{put("~orders/acme/test/ord_1", "order/ord_2")},
			[]string{"order/ord_1 is not listed", "~orders/acme/test/ord_1 names order/ord_2, which is no longer listed under it"}},
		{"a record is gone and its entries are not", []state.Write{gone("timer/poll/ord_1")},
			[]string{"~due/00010101000000.000000000/poll/ord_1 names timer/poll/ord_1, which is not there", "~lease/node/poll/ord_1 names"}},
		{"an entry is left of what a record was", []state.Write{put("~unresolved/op_9", "operation/op_9")}, []string{"~unresolved/op_9 names operation/op_9, which is no longer"}},
		{"an entry names what has no index", []state.Write{put("~orders/acme/test/x", "secret/fingerprint9")}, []string{"~orders/acme/test/x names \"secret/fingerprint9\""}},
		{"an entry is of an index nobody knows", []state.Write{put("~old/x", "order/ord_1")}, []string{"~old/x names order/ord_1, which is no longer"}},
		{"a record cannot be decoded", []state.Write{put("offer/off_9", "{")}, []string{"offer/off_9 cannot be read"}},
		{"an indexed record cannot be decoded", []state.Write{put("timer/poll/ord_1", "{")}, []string{"timer/poll/ord_1 cannot be read", "~due/", "~lease/"}},
		{"an event cannot be decoded", []state.Write{put(eventOfTwo, "{")}, []string{eventOfTwo + " cannot be read", feedOfAcme + firstOfTwo, feedOfAll + firstOfTwo}},
		{"a key belongs to no table", []state.Write{put("orders/ord_1", "{}")}, []string{"orders/ord_1 belongs to no table"}},

		{"an event is in no feed", []state.Write{gone(feedOfAll + firstOfTwo), gone(feedOfAcme + firstOfTwo)}, []string{eventOfTwo + " has no place in the feeds"}},
		{"an event is not in its merchant's feed", []state.Write{gone(feedOfAcme + firstOfTwo)}, []string{feedOfAll + firstOfTwo + " has no like in " + feedOfAcme}},
		{"an event is not in everyone's feed", []state.Write{gone(feedOfAll + firstOfTwo)}, []string{feedOfAcme + firstOfTwo + " has no like in " + feedOfAll, eventOfTwo + " has no place"}},
		{"an event is gone", []state.Write{gone(eventOfTwo)}, []string{feedOfAcme + firstOfTwo + " names the event", feedOfAll + firstOfTwo + " names the event"}},
		{"an event has two places", []state.Write{put(feedOfAll+afterAll, eventOfTwo), put(feedOfAcme+afterAll, eventOfTwo)}, []string{feedOfAll + afterAll + ": event 1 of ord_2 comes after event 1"}},
		{"events of an order are in the wrong order", []state.Write{
			put(feedOfAll+firstOfOne, thirdEvent), put(feedOfAcme+firstOfOne, thirdEvent), put(feedOfAll+thirdOfOne, firstEvent), put(feedOfAcme+thirdOfOne, firstEvent),
		}, []string{": event 2 of ord_1 comes after event 3", ": event 1 of ord_1 comes after event 3"}},
		{"one event has the place of another", []state.Write{put(feedOfAll+firstOfTwo, secondEvent), put(feedOfAcme+firstOfTwo, secondEvent)},
			[]string{": event 2 of ord_1 comes after event 2", eventOfTwo + " has no place"}},
		{"an event is in another merchant's feed", []state.Write{put("~feed.of/bits/test/"+firstOfTwo, eventOfTwo)}, []string{"~feed.of/bits/test/" + firstOfTwo + " names " + eventOfTwo + ", which belongs into other feeds"}},
		{"a place has no number", []state.Write{put(feedOfAll+"last", eventOfTwo)}, []string{feedOfAll + "last is no place"}},
		{"a place names what is no event", []state.Write{put(feedOfAll+afterAll, "order/ord_1")}, []string{feedOfAll + afterAll + " names \"order/ord_1\", which is no event"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			cluster := kept(t)
			for _, w := range c.damage {
				cluster.Damage(w)
			}
			got := audit(t, cluster, state.Bounds{})
			if got.Found != len(c.want) || len(got.Findings) != len(c.want) {
				t.Fatalf("found %d:\n%s\nwant %d", got.Found, strings.Join(got.Findings, "\n"), len(c.want))
			}
			for i, want := range c.want {
				if !strings.Contains(got.Findings[i], want) {
					t.Errorf("got  %s\nwant %s", got.Findings[i], want)
				}
			}
		})
	}
}

// indexKeys are the keys of all index entries and places in feeds, without those of order 9, whose
// records are not those of a real order.
func indexKeys(cluster *statetest.Cluster) (keys []string) {
	for key := range cluster.Contents() {
		if strings.HasPrefix(key, "~") && !strings.HasSuffix(key, "9") {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

func TestAnAuditMissesNoKeyThatIsGone(t *testing.T) {
	keys := indexKeys(kept(t))
	if len(keys) < 30 {
		t.Fatalf("only %d keys", len(keys))
	}
	for _, key := range keys {
		cluster := kept(t)
		cluster.Damage(gone(key))
		if got := audit(t, cluster, state.Bounds{}); got.Found == 0 {
			t.Errorf("%s is gone and nothing is found", key)
		}
	}
}

func TestAnAuditKeepsAHundredLinesAndCountsAll(t *testing.T) {
	cluster := kept(t)
	for n := range 150 {
		cluster.Damage(put("lost/"+strings.Repeat("x", n+1), ""))
	}
	if got := audit(t, cluster, state.Bounds{}); got.Found != 150 || len(got.Findings) != 100 {
		t.Errorf("found %d, with %d lines", got.Found, len(got.Findings))
	}
}

func TestAnAuditGoesOnWhereItStopped(t *testing.T) {
	cluster := kept(t)
	cluster.Damage(gone("~orders/acme/test/ord_2"))
	cluster.Damage(gone("timer/poll/ord_1"))
	want := audit(t, cluster, state.Bounds{})
	for _, keys := range []int{1, 2, 7, 1000} {
		var got state.Audited
		parts := 0
		for next := ""; parts == 0 || next != ""; parts++ {
			part := audit(t, cluster, state.Bounds{From: next, Keys: keys})
			if looked := part.Records + part.Entries + part.Places; looked > keys {
				t.Fatalf("looked at %d keys, may at %d", looked, keys)
			}
			got.Records, got.Entries, got.Places = got.Records+part.Records, got.Entries+part.Entries, got.Places+part.Places
			got.Found, got.Findings = got.Found+part.Found, append(got.Findings, part.Findings...)
			next = part.Next
		}
		if diff := cmp.Diff(want, got); diff != "" || keys == 1 && parts < 50 {
			t.Errorf("%d keys at a time, %d parts (-want +got):\n%s", keys, parts, diff)
		}
	}
}

func TestAnAuditStopsWhenItIsTold(t *testing.T) {
	asked := 0
	got := audit(t, kept(t), state.Bounds{Stop: func() bool { asked++; return asked > 5 }})
	if looked := got.Records + got.Entries + got.Places; looked != 5 || got.Next == "" {
		t.Errorf("looked at %d keys, stopped at %q", looked, got.Next)
	}
}

func TestMendMakesTheIndexesAnew(t *testing.T) {
	sound := kept(t).Contents()
	damages := map[string][]state.Write{
		"nothing":          nil,
		"an entry of ours": {put("~unresolved/op_9", "operation/op_9"), put("~old/x", "order/ord_1"), put("~given/a/b/ord_1", "order/ord_1")},
		"a wrong name":     {put("~orders/acme/test/ord_1", "order/ord_2"), put("~given/ecster-se/lg%2ford_3/ord_3", "order/none")},
		"all entries":      nil,
	}
	for _, key := range indexKeys(kept(t)) {
		if !strings.HasPrefix(key, "~feed") {
			damages["all entries"] = append(damages["all entries"], gone(key))
		}
	}
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			cluster := kept(t)
			for _, w := range damage {
				cluster.Damage(w)
			}
			if err := cluster.Mend(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(sound, cluster.Contents()); diff != "" {
				t.Errorf("(-sound +mended):\n%s", diff)
			}
		})
	}
}

func TestMendLeavesTheFeedsAlone(t *testing.T) {
	cluster := kept(t)
	cluster.Damage(gone(feedOfAll + firstOfTwo))
	before := cluster.Contents()
	if err := cluster.Mend(); err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(before, cluster.Contents()) {
		t.Error("a sound index was changed, or a feed")
	}
}

func TestMendFailsWhereARecordCannotBeRead(t *testing.T) {
	cluster := kept(t)
	cluster.Damage(put("order/ord_1", "{"))
	if err := cluster.Mend(); err == nil || !strings.Contains(err.Error(), "order/ord_1") {
		t.Errorf("got %v", err)
	}
}
