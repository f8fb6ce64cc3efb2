package engine_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/statetest"
)

// configuredAt is the scripted provider at a lender; more are merchants at others, in pairs.
func configuredAt(lender, hash string, more ...string) []engine.Configured {
	c := engine.Configured{Provider: "scripted", Mode: canonical.Test, Hashes: map[string]string{"": hash}, Lenders: map[string]string{"": "id=" + lender}}
	for i := 0; i+1 < len(more); i += 2 {
		c.Hashes[more[i]], c.Lenders[more[i]] = hash+more[i], "id="+more[i+1]
	}
	return []engine.Configured{c}
}

// noted is a kit whose scripted provider is at lender A, with one order that is open there.
func noted(t *testing.T) (*kit, *scripted, canonical.Order) {
	t.Helper()
	k, p, order := newScripted(t)
	p.lender = "id=A"
	k.configure(configuredAt("A", "1"), "")
	return k, p, order
}

// configure wants a configuration to be taken, or to be refused with a word of the reason.
func (k *kit) configure(all []engine.Configured, want string) {
	k.Helper()
	clashes, err := k.engine.Reconfigure(k.Context(), all, nil)
	var got []string
	for _, c := range clashes {
		got = append(got, c.Detail())
	}
	if err != nil || (want == "") != (len(got) == 0) || !strings.Contains(strings.Join(got, "\n"), want) {
		k.Errorf("got %q and %v, want %q", got, err, want)
	}
}

func (k *kit) accept() {
	k.Helper()
	if err := k.engine.AcceptChange(k.Context(), k.operator(), "scripted", "they have moved"); err != nil {
		k.Fatal(err)
	}
}

func TestWhichConfigurationsOpenOrdersForbid(t *testing.T) {
	const another = "an order is open that was made with another id (ord_"
	more := configuredAt("A", "1")
	more[0].Lenders[""] += " account=7"
	end := func(k *kit, o canonical.Order) { k.do(o.ID, cancel(nil)) }
	for _, row := range []struct {
		name string
		do   func(*kit, canonical.Order) // before it
		to   []engine.Configured
		want string
	}{
		{"the same", nil, configuredAt("A", "1"), ""},
		{"another hash alone", nil, configuredAt("A", "2"), ""},
		{"a release that looks at more", nil, more, ""},
		{"another lender", nil, configuredAt("B", "2"), another},
		{"without the provider", nil, nil, "not in the configuration any more"},
		{"another lender, and the order has ended", end, configuredAt("B", "2"), ""},
		{"without the provider, and the order has ended", end, nil, ""},
		{"another lender, and the order is captured: it can be refunded", func(k *kit, o canonical.Order) { k.do(o.ID, capture(nil)) }, configuredAt("B", "2"), another},
		{"another lender for a merchant without orders", nil, configuredAt("A", "2", "acme", "B"), ""},
		{"another lender for the order's merchant", nil, configuredAt("A", "2", "demo", "B"), another},
		{"another lender for all but the order's merchant", nil, configuredAt("B", "2", "demo", "A"), ""},
		{"another lender by an operator's word", func(k *kit, _ canonical.Order) { k.accept() }, configuredAt("B", "2"), ""},
		{"without the provider by an operator's word", func(k *kit, _ canonical.Order) { k.accept() }, nil, ""},
		{"another lender by a word of an hour ago", func(k *kit, _ canonical.Order) { k.accept(); k.pass(time.Hour) }, configuredAt("B", "2"), another},
	} {
		t.Run(row.name, func(t *testing.T) {
			k, _, order := noted(t)
			if row.do != nil {
				row.do(k, order)
			}
			k.configure(row.to, row.want)
			if row.want != "" { // it is as it was
				k.configure(configuredAt("A", "1"), "")
			}
			k.wantVerified()
		})
	}
}

func TestAWordIsForOneChange(t *testing.T) {
	k, _, _ := noted(t)
	k.accept()
	k.configure(configuredAt("A", "2"), "") // needs no word, and leaves it
	k.configure(configuredAt("B", "3"), "")
	k.configure(configuredAt("A", "2"), "an order is open")
	err := k.engine.AcceptChange(t.Context(), k.operator(), "nobody", "they have moved")
	if canonical.KindOf(err) != canonical.NotFound {
		t.Errorf("a word for nobody: %v", err)
	}
	if err := k.engine.AcceptChange(t.Context(), k.operator(), "scripted", ""); canonical.KindOf(err) != canonical.InvalidRequest {
		t.Errorf("a word without a reason: %v", err)
	}
}

func TestManyOpenOrdersAreCountedAndTenAreNamed(t *testing.T) {
	k, _, _ := noted(t)
	for i := range 12 {
		k.create(engine.NewOrder{Provider: "scripted", Reference: fmt.Sprint("MORE-", i), Amount: money("10.00", "EUR")})
	}
	clashes, err := k.engine.Clashes(t.Context(), configuredAt("B", "2"), nil)
	if err != nil || len(clashes) != 1 || clashes[0].Count != 13 || len(clashes[0].Orders) != 10 || !strings.Contains(clashes[0].Detail(), " and 3 more)") {
		t.Errorf("got %+v %v", clashes, err)
	}
	if clashes, err := k.engine.Clashes(t.Context(), configuredAt("B", "2"), []string{"scripted"}); err != nil || clashes != nil {
		t.Errorf("of one that is held: %+v %v", clashes, err)
	}
}

// TestAnOrderThatBeginsWhileItIsLooked is found after the note was written, and the note is taken back.
func TestAnOrderThatBeginsWhileItIsLooked(t *testing.T) {
	k, _, order := noted(t)
	k.do(order.ID, cancel(nil))
	var begun canonical.Order
	k.hook = func(_ string, moment statetest.Moment) bool {
		if moment == statetest.BeforeCommit {
			k.hook = nil
			begun = k.create(engine.NewOrder{Provider: "scripted", Reference: "BETWEEN", Amount: money("10.00", "EUR")}).Order
		}
		return false
	}
	clashes, err := k.engine.Reconfigure(t.Context(), configuredAt("B", "2"), nil)
	if err != nil || len(clashes) != 1 || !cmp.Equal(clashes[0].Orders, []string{begun.ID}) {
		t.Errorf("got %+v %v, want order %s", clashes, err, begun.ID)
	}
	k.create(engine.NewOrder{Provider: "scripted", Reference: "AFTER", Amount: money("10.00", "EUR")}) // at lender A, as it is noted again
	k.wantVerified()
}

// TestANewOrderAtALenderThatIsLeft finds its provider stale, and goes to the one that takes its place.
func TestANewOrderAtALenderThatIsLeft(t *testing.T) {
	k, p, order := noted(t)
	k.do(order.ID, cancel(nil))
	for _, to := range [][]engine.Configured{configuredAt("B", "2"), nil} {
		k.configure(to, "")
		p.lender = "id=A"
		_, err := k.engine.Create(t.Context(), k.call(), engine.NewOrder{Provider: "scripted", Amount: money("10.00", "EUR")})
		var problem *canonical.Error
		if !errors.As(err, &problem) || problem.Kind != canonical.Overloaded {
			t.Errorf("at a lender that is left: %v, want overloaded", err)
		}
	}
	k.configure(configuredAt("B", "2"), "")
	tries := 0
	k.hook = func(_ string, moment statetest.Moment) bool {
		if moment == statetest.BeforeRun {
			if tries++; tries == 3 {
				p.lender = "id=B"
			}
		}
		return false
	}
	k.create(engine.NewOrder{Provider: "scripted", Amount: money("10.00", "EUR")})
	if tries < 3 {
		t.Errorf("it began after %d tries", tries)
	}
	k.wantVerified()
}

func TestChangesOfTheConfigurationStandInTheHistoryOfTheProvider(t *testing.T) {
	k, _, order := noted(t)
	k.configure(configuredAt("A", "1"), "")
	k.configure(configuredAt("A", "2", "acme", "C"), "")
	k.configure(configuredAt("A", "2"), "")
	k.accept()
	k.configure(configuredAt("B", "3"), "")
	k.do(order.ID, cancel(nil))
	k.configure(nil, "")
	k.configure(nil, "")
	k.configure(configuredAt("A", "4"), "") // it is new again: nothing to compare with
	var got []string
	err := k.cluster.Gateway("one").View(t.Context(), func(r state.Reader) error {
		sealed, err := r.History(canonical.ProviderHistory("scripted"), 0, 100)
		for _, event := range k.read(sealed) {
			got = append(got, fmt.Sprintf("%s by %s: %s", event.Type, event.Origin, event.Detail))
		}
		return err
	})
	want := []string{
		"provider.configured by engine: the configuration was 1 and is 2, that of merchant acme was none and is 2acme",
		"provider.configured by engine: that of merchant acme was 2acme and is none",
		"provider.change_accepted by operator: the next configuration may speak to another lender: they have moved",
		"provider.configured by engine: the configuration was 2 and is 3; its orders stay, by an operator's word: they have moved",
		"provider.configured by engine: removed from the configuration; it was 3",
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("(-want +got) %v:\n%s", err, diff)
	}
	k.wantVerified()
}
