package engine_test

import (
	"slices"
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

func backlog(t *testing.T, k *kit) engine.Backlog {
	t.Helper()
	b, err := k.engine.Backlog(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTheBacklogTellsOfAuthorizationsThatEndSoon(t *testing.T) {
	s := expiring()
	k, order := s.reserved(t, "1000.00")
	k.later(3 * day)
	if got := backlog(t, k).Deadlines; len(got) != 0 {
		t.Errorf("got %v four days before the end, want nothing yet", got)
	}
	k.later(2 * day)
	got := backlog(t, k).Deadlines
	if len(got) != 1 || got[0].Provider != order.Provider || got[0].Count != 1 || !got[0].Soonest.Equal(*order.Deadlines.AuthorizationExpiresAt) {
		t.Errorf("got %v two days before the end at %v", got, order.Deadlines.AuthorizationExpiresAt)
	}
}

func TestTheBacklogTellsOfMoneyInDoubtAndSinceWhen(t *testing.T) {
	k, p, order := newScripted(t)
	if got := backlog(t, k).Operations; len(got) != 0 {
		t.Errorf("got %v, want nothing unresolved", got)
	}
	p.sends(doubt(), nil)
	op := k.do(order.ID, hundred()).Operation
	got := backlog(t, k).Operations
	if len(got) != 1 || got[0].State != canonical.Doubtful || got[0].Count != 1 || got[0].Provider != order.Provider ||
		len(got[0].Amounts) != 1 || !got[0].Amounts[0].Equal(*money("100.00", "EUR")) || !got[0].Oldest.Equal(op.CreatedAt) {
		t.Errorf("got %+v", got)
	}
	k.pass(time.Minute)
	if due := backlog(t, k).Due; len(due) != 1 || due[0].Kind != "recover" || due[0].Count != 1 || due[0].Oldest.After(k.clock()) {
		t.Errorf("got %+v due", due)
	}
}

// TestMoneyInDoubtIsAddedUp: each currency by itself, as a provider shows it and as the figures tell it.
func TestMoneyInDoubtIsAddedUp(t *testing.T) {
	k, p, order := newScripted(t)
	orders := []canonical.Order{order}
	for reference, currency := range map[string]string{"ORD-2": "EUR", "ORD-3": "SEK"} {
		created := k.create(engine.NewOrder{Provider: "scripted", Reference: reference, Amount: money("1000.00", currency)}).Order
		k.do(created.ID, engine.Ask{Kind: canonical.OpAuthorize})
		orders = append(orders, created)
	}
	p.sends(doubt(), nil)
	for _, o := range orders {
		k.do(o.ID, capture(money("100.00", o.Amount.Currency)))
	}
	views, err := k.engine.ProviderViews(t.Context(), k.operator())
	got := backlog(t, k).Operations
	if err != nil || len(views) != 1 || views[0].InDoubt.Operations != 3 || len(got) != 1 || got[0].Count != 3 {
		t.Fatalf("got %+v and %+v, %v", got, views, err)
	}
	for _, sums := range [][]canonical.Money{got[0].Amounts, views[0].InDoubt.Amounts} {
		text := make([]string, 0, len(sums))
		for _, sum := range sums {
			text = append(text, sum.Value.String()+" "+sum.Currency)
		}
		slices.Sort(text)
		if want := []string{"100.00 SEK", "200.00 EUR"}; !slices.Equal(text, want) {
			t.Errorf("in doubt are %q, want %q", text, want)
		}
	}
}
