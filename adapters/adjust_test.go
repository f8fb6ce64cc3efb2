package adapters_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// rules are those of watched with one thing changed.
func rules(change func(*adapters.Limits)) adapters.Limits {
	return limits(func(l *adapters.Limits) {
		l.Breaker = adapters.Breaker{InARow: 3, RatioPercent: 50, MinimumCalls: 10, Window: 10 * time.Minute, OpenFor: 10 * time.Second, OpenForAtMost: time.Minute}
		change(l)
	})
}

func TestOtherLimitsLeaveTheBreakersAsTheyAre(t *testing.T) {
	g, told := watched()
	trip(t, g, adapters.MoneyCall)
	before := fmt.Sprintf("%+v", g.Standing().Breakers[0].Since)
	*told = nil
	g.Adjust(rules(func(l *adapters.Limits) { l.InFlight, l.Rate = 7, 9 }))
	view := g.Standing()
	if got := fmt.Sprintf("%+v", view.Breakers[0].Since); got != before || view.Breakers[0].State != canonical.CircuitOpen || view.Limits.InFlight != 7 {
		t.Errorf("got %+v, since %s, before %s", view, got, before)
	}
	if len(*told) > 0 {
		t.Errorf("told %q", *told)
	}
}

func TestABreakerWithOtherRulesBeginsAnewAndGetsFewCallsAtFirst(t *testing.T) {
	g, told := watched()
	trip(t, g, adapters.MoneyCall)
	if _, err := g.Enter(t.Context(), adapters.Errand{Class: adapters.ReadCall}); err != nil { // under way for good
		t.Fatal(err)
	}
	*told = nil
	g.Adjust(rules(func(l *adapters.Limits) { l.Breaker.InARow = 5 }))
	if got, want := fmt.Sprint(*told), "[writes open to closed: its settings were changed]"; got != want {
		t.Errorf("told %s, want %s", got, want)
	}
	leave, err := g.Enter(t.Context(), adapters.Errand{Class: adapters.MoneyCall})
	if err != nil {
		t.Fatal(err)
	}
	if pass(g, adapters.MoneyCall, adapters.Healthy) == nil {
		t.Error("a second call passed before the first showed anything")
	}
	leave(adapters.Shown{Health: adapters.Unhealthy})
	if got := g.State(adapters.MoneyCall); got != canonical.CircuitOpen {
		t.Errorf("after a failure it is %s, want open", got)
	}
	for range 4 { // the breaker for reads was closed, and counts by the new rules
		if err := pass(g, adapters.ReadCall, adapters.Unhealthy); err != nil {
			t.Fatal(err)
		}
	}
	if got := g.State(adapters.ReadCall); got != canonical.CircuitClosed {
		t.Errorf("after four failures of five the one for reads is %s", got)
	}
}

// TestACallThatBeganUnderOtherRulesDecidesNothing: neither what it showed nor that it is over counts by the new ones.
func TestACallThatBeganUnderOtherRulesDecidesNothing(t *testing.T) {
	g, _ := watched()
	var leaves []func(adapters.Shown)
	for range 3 {
		leave, err := g.Enter(t.Context(), adapters.Errand{Class: adapters.MoneyCall})
		if err != nil {
			t.Fatal(err)
		}
		leaves = append(leaves, leave)
	}
	g.Adjust(rules(func(l *adapters.Limits) { l.Breaker.InARow = 2 }))
	for _, leave := range leaves {
		leave(adapters.Shown{Health: adapters.Unhealthy})
	}
	if b := g.Standing().Breakers[0]; b.State != canonical.CircuitClosed || b.Calls != 0 {
		t.Errorf("got %+v", b)
	}
}

// TestACallThatBeganUnderOtherRulesTakesNoTrialsPlace: a lender that is back gets few calls at first, and one of
// them is under way when the rules change.
func TestACallThatBeganUnderOtherRulesTakesNoTrialsPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := watched()
		trip(t, g, adapters.ReadCall)
		stays(g, adapters.ReadCall)
		if err := pass(g, adapters.ReadCall, adapters.Healthy); err != nil { // the lender is back
			t.Fatal(err)
		}
		leave, err := g.Enter(t.Context(), adapters.Errand{Class: adapters.ReadCall})
		if err != nil {
			t.Fatal(err)
		}
		g.Adjust(rules(func(l *adapters.Limits) { l.Breaker.InARow = 4 }))
		leave(adapters.Shown{Health: adapters.Healthy})
		for range 5 {
			if err := pass(g, adapters.ReadCall, adapters.Healthy); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestAdjustedLimitsHoldAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := adapters.NewLocalGate("test", limits(func(l *adapters.Limits) { l.InFlight = 3 }))
		enter := func() (func(adapters.Shown), error) {
			return g.Enter(t.Context(), adapters.Errand{Class: adapters.MoneyCall})
		}
		leave, err := enter()
		if err != nil {
			t.Fatal(err)
		}
		g.Adjust(limits(func(l *adapters.Limits) { l.InFlight = 8 }))
		leave(adapters.Shown{Health: adapters.Healthy}) // of the places there were
		var leaves []func(adapters.Shown)
		for leave, err := enter(); err == nil; leave, err = enter() {
			leaves = append(leaves, leave)
		}
		if len(leaves) != 6 { // of eight, two are for work that ends doubts
			t.Errorf("%d calls passed, want 6", len(leaves))
		}
		for _, leave := range leaves {
			leave(adapters.Shown{Health: adapters.Healthy})
		}
		g.Adjust(limits(func(l *adapters.Limits) { l.InFlight, l.Rate = 1, rate.Limit(10) }))
		begun := time.Now()
		for range 11 {
			if err := pass(g, adapters.ReadCall, adapters.Healthy); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(begun); took != time.Second {
			t.Errorf("eleven calls at ten a second took %s, want 1s", took)
		}
	})
}

func TestHoldsPausesAndStampsOutliveOtherLimits(t *testing.T) {
	g, _ := watched()
	leave, err := g.Enter(t.Context(), adapters.Errand{Class: adapters.MoneyCall, Credential: "acme"})
	if err != nil {
		t.Fatal(err)
	}
	leave(adapters.Shown{Health: adapters.Denied, Pause: 30 * time.Second})
	first := g.Stamp([]byte("bytes"), noon)
	g.Adjust(rules(func(l *adapters.Limits) { l.InFlight, l.Breaker.InARow = 9, 9 }))
	if view := g.Standing(); len(view.Holds) != 1 || view.PausedUntil == nil {
		t.Errorf("got %+v", view)
	}
	if second := g.Stamp([]byte("bytes"), noon); !second.After(first) {
		t.Errorf("the same bytes were stamped %s and %s", first, second)
	}
}
