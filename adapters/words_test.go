package adapters_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

func TestASightingGetsTheMeaningOfItsWord(t *testing.T) {
	net := canonical.MustMoney("50.00", "EUR").Value
	words := []canonical.Word{
		{Word: "WAIT", Phase: canonical.Pending, WaitingFor: canonical.ForLender},
		{Word: "CAPTURED", Phase: canonical.Open, Captured: true}, {Word: "RETURNED", Phase: canonical.Open, Captured: true, Refunded: true},
		{Word: "GONE", Phase: canonical.Ended, EndedBy: canonical.ByTime},
	}
	for _, row := range []struct {
		name string
		fold bool
		says canonical.Sighting
		want canonical.Sighting
	}{
		{"a word", false, canonical.Sighting{Word: "WAIT"}, canonical.Sighting{Word: "WAIT", Phase: canonical.Pending, WaitingFor: canonical.ForLender}},
		{"who is waited for was said already", false, canonical.Sighting{Word: "WAIT", WaitingFor: canonical.ForCustomer}, canonical.Sighting{Word: "WAIT", Phase: canonical.Pending, WaitingFor: canonical.ForCustomer}},
		{"captured in full", false, canonical.Sighting{Word: "CAPTURED", Net: &net}, canonical.Sighting{Word: "CAPTURED", Phase: canonical.Open, Net: &net, Captured: &net}},
		{"refunded in full", false, canonical.Sighting{Word: "RETURNED", Net: &net}, canonical.Sighting{Word: "RETURNED", Phase: canonical.Open, Net: &net, Captured: &net, Refunded: &net}},
		{"an end", false, canonical.Sighting{Word: "GONE"}, canonical.Sighting{Word: "GONE", Phase: canonical.Ended, EndedBy: canonical.ByTime}},
		{"an unheard word", false, canonical.Sighting{Word: "HUH"}, canonical.Sighting{Word: "HUH", Unknown: true}},
		{"another case is another word", false, canonical.Sighting{Word: "gone"}, canonical.Sighting{Word: "gone", Unknown: true}},
		{"unless the lender's words are folded", true, canonical.Sighting{Word: "gone"}, canonical.Sighting{Word: "gone", Phase: canonical.Ended, EndedBy: canonical.ByTime}},
		{"a phase that is said already", false, canonical.Sighting{Word: "HUH", Phase: canonical.Created}, canonical.Sighting{Word: "HUH", Phase: canonical.Created}},
		{"no word", false, canonical.Sighting{ID: "L-1"}, canonical.Sighting{ID: "L-1"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			seen := row.says
			d := adapters.Definition{Words: words, FoldWords: row.fold, Exchanges: []adapters.Exchange{{
				Name: "sync", Class: adapters.ReadCall, Method: "GET", Path: "/o",
				Read: func(canonical.Query, adapters.Reply) (canonical.Report, error) {
					return canonical.Report{Finding: canonical.Found, Sighting: &seen, Orders: []canonical.Sighting{row.says}}, nil
				},
			}}}
			report, err := newClient(d, always(200, `{}`), wideGate()).Read(t.Context(), canonical.Query{Read: "sync"})
			if err != nil {
				t.Fatal(err)
			}
			for _, got := range []canonical.Sighting{*report.Sighting, report.Orders[0]} {
				if diff := cmp.Diff(row.want, got); diff != "" {
					t.Errorf("(- want, + got)\n%s", diff)
				}
			}
			if !report.AsOf.Equal(noon) {
				t.Errorf("as of %s", report.AsOf)
			}
		})
	}
}

func TestANotificationIsReadOnlyAfterItVerified(t *testing.T) {
	read := 0
	d := shop()
	if _, err := newClient(d, always(200, ""), wideGate()).Notice(canonical.Message{}); canonical.KindOf(err) != canonical.NotFound {
		t.Errorf("a style without notifications: %v", err)
	}
	d.Notifications = &adapters.Notifications{
		Verify: func(m canonical.Message) bool { return m.Secret == "s" },
		Read: func(canonical.Message) (canonical.Notice, error) {
			read++
			return canonical.Notice{ID: "1"}, nil
		},
	}
	client := newClient(d, always(200, ""), wideGate())
	if _, err := client.Notice(canonical.Message{Secret: "x"}); canonical.KindOf(err) != canonical.Unauthenticated || read != 0 {
		t.Errorf("%v after %d reads", err, read)
	}
	if notice, err := client.Notice(canonical.Message{Secret: "s"}); err != nil || notice.ID != "1" {
		t.Errorf("%+v %v", notice, err)
	}
}
