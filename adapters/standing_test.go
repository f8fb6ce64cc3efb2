package adapters_test

import (
	"testing"
	"testing/synctest"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

func TestTheCauseOfABreakerIsWhatItWasOpenedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := watched()
		cause := func() canonical.BreakerCause { return g.Standing().Breakers[1].Cause }
		if cause() != "" {
			t.Errorf("a closed breaker has the cause %s", cause())
		}
		trip(t, g, adapters.ReadCall)
		stays(g, adapters.ReadCall)
		_ = pass(g, adapters.ReadCall, adapters.Unhealthy)
		if cause() != canonical.CauseInARow {
			t.Errorf("failed again when it was tried: got %s", cause())
		}
		g.Force(canonical.ReadsBreaker, &canonical.Forced{To: canonical.CircuitOpen, Reason: "they say so"})
		if cause() != canonical.CauseForced {
			t.Errorf("forced: got %s", cause())
		}
	})
}

func TestOnlyReadsAskWhetherALenderIsBack(t *testing.T) {
	g, _ := watched()
	_ = pass(g, adapters.MoneyCall, adapters.Healthy)
	leave, err := g.Enter(t.Context(), adapters.Errand{Class: adapters.ReadCall})
	if err != nil {
		t.Fatal(err)
	}
	if all, underWay := g.Asked(); all != 1 || underWay != 1 {
		t.Errorf("got %d and %d under way, want 1 and 1", all, underWay)
	}
	leave(adapters.Shown{Health: adapters.Unhealthy})
	if all, underWay := g.Asked(); all != 1 || underWay != 0 {
		t.Errorf("got %d and %d under way, want 1 and 0", all, underWay)
	}
}
