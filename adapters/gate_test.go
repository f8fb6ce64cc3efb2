package adapters_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// breaking is a gate with a breaker for tests: three in a row, or half of at least ten.
func breaking() *adapters.LocalGate {
	return adapters.NewLocalGate("test", limits(func(l *adapters.Limits) {
		l.Breaker = adapters.Breaker{InARow: 3, RatioPercent: 50, MinimumCalls: 10, Window: time.Minute, OpenFor: 10 * time.Second}
	}))
}

// pass lets one call of new work through, with what it showed; the error says that it may not.
func pass(g *adapters.LocalGate, class adapters.Class, shown adapters.Health) error {
	leave, err := g.Enter(context.Background(), adapters.Errand{Class: class})
	if err == nil {
		leave(adapters.Shown{Health: shown})
	}
	return err
}

func TestWhenABreakerOpens(t *testing.T) {
	const up, down, none = adapters.Healthy, adapters.Unhealthy, adapters.Neutral
	for _, row := range []struct {
		name  string
		calls []adapters.Health
		want  canonical.CircuitState
	}{
		{"two failures in a row", []adapters.Health{down, down}, "closed"},
		{"three in a row", []adapters.Health{down, down, down}, "open"},
		{"a success between them", []adapters.Health{down, down, up, down, down}, "closed"},
		{"a neutral call between them hides nothing", []adapters.Health{down, down, none, down}, "open"},
		{"neutral calls alone", []adapters.Health{none, none, none, none}, "closed"},
		{"half of ten", []adapters.Health{down, up, down, up, down, up, down, up, up, down}, "open"},
		{"half of nine is too few", []adapters.Health{down, up, down, up, down, up, up, down, down}, "closed"},
		{"neutral calls do not make ten", []adapters.Health{none, none, none, none, up, up, down, down, up, down}, "closed"},
		{"neutral calls do not thin out a half", []adapters.Health{none, none, none, down, up, down, up, down, up, down, up, up, down}, "open"},
		{"less than half of ten", []adapters.Health{down, up, up, down, up, up, down, up, up, down}, "closed"},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := breaking()
			for i, shown := range row.calls {
				if err := pass(g, adapters.MoneyCall, shown); err != nil {
					t.Fatalf("call %d: %v", i+1, err)
				}
			}
			if got := g.State(adapters.MoneyCall); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
		})
	}
}

func open(t *testing.T, g *adapters.LocalGate, class adapters.Class) {
	t.Helper()
	for range 3 {
		if err := pass(g, class, adapters.Unhealthy); err != nil {
			t.Fatal(err)
		}
	}
	if pass(g, class, adapters.Healthy) == nil {
		t.Fatal("a call passed an open breaker")
	}
}

func TestEachClassHasABreakerAndHarmlessWritesShareThatOfMoney(t *testing.T) {
	g := breaking()
	open(t, g, adapters.MoneyCall)
	for _, row := range []struct {
		class  adapters.Class
		passes bool
	}{{adapters.Harmless, false}, {adapters.ReadCall, true}, {adapters.TokenCall, true}} {
		if got := pass(g, row.class, adapters.Healthy) == nil; got != row.passes {
			t.Errorf("%s passes: %t, want %t", row.class, got, row.passes)
		}
	}
}

func TestAnOpenBreakerLetsOneCallTryAfterAWhile(t *testing.T) {
	for _, row := range []struct {
		name  string
		shown adapters.Health
		want  canonical.CircuitState
	}{
		{"it went well", adapters.Healthy, "closed"}, {"it failed", adapters.Unhealthy, "open"}, {"it said nothing: the next may try", adapters.Neutral, "half_open"},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := breaking()
				open(t, g, adapters.ReadCall)
				time.Sleep(11 * time.Second)
				leave, err := g.Enter(t.Context(), adapters.Errand{Class: adapters.ReadCall})
				if err != nil {
					t.Fatal(err)
				}
				if pass(g, adapters.ReadCall, adapters.Healthy) == nil {
					t.Error("a second call passed beside the one that tries")
				}
				leave(adapters.Shown{Health: row.shown})
				if got := g.State(adapters.ReadCall); got != row.want {
					t.Errorf("%s, want %s", got, row.want)
				}
				if passes := pass(g, adapters.ReadCall, adapters.Healthy) == nil; passes != (row.want != "open") {
					t.Errorf("the next call passes: %t", passes)
				}
			})
		})
	}
}

func TestFailuresAreForgottenAfterTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := breaking()
		for _, shown := range []adapters.Health{adapters.Unhealthy, adapters.Healthy, adapters.Unhealthy, adapters.Healthy, adapters.Unhealthy, adapters.Healthy, adapters.Unhealthy, adapters.Healthy, adapters.Healthy} {
			if err := pass(g, adapters.MoneyCall, shown); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(2 * time.Minute)
		if err := pass(g, adapters.MoneyCall, adapters.Unhealthy); err != nil {
			t.Fatal(err)
		}
		if got := g.State(adapters.MoneyCall); got != "closed" {
			t.Errorf("%s: old failures made ten with the new one", got)
		}
	})
}

func TestTheBulkheadRefusesTheCallTooMany(t *testing.T) {
	g := adapters.NewLocalGate("test", limits(func(l *adapters.Limits) { l.InFlight = 3 }))
	var leaves []func(adapters.Shown)
	for range 2 {
		leave, err := g.Enter(t.Context(), adapters.Errand{Class: adapters.MoneyCall})
		if err != nil {
			t.Fatal(err)
		}
		leaves = append(leaves, leave)
	}
	if pass(g, adapters.ReadCall, adapters.Healthy) == nil {
		t.Error("a third call of new work passed: all classes share the bulkhead")
	}
	for _, leave := range leaves { // one from the common places, one from those of new work
		leave(adapters.Shown{Health: adapters.Healthy})
		if err := pass(g, adapters.ReadCall, adapters.Healthy); err != nil {
			t.Errorf("after one left: %v", err)
		}
	}
}

// TestACallThatTheBreakerRefusesHoldsNoPlace opens the breaker while a call waits for its turn.
func TestACallThatTheBreakerRefusesHoldsNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := adapters.NewLocalGate("test", limits(func(l *adapters.Limits) { l.InFlight, l.Rate = 1, rate.Limit(1) }))
		for range 2 { // the turn that all share, and that of new work
			if err := pass(g, adapters.ReadCall, adapters.Healthy); err != nil {
				t.Fatal(err)
			}
		}
		refused := make(chan error)
		go func() { refused <- pass(g, adapters.MoneyCall, adapters.Healthy) }()
		synctest.Wait()
		g.Force(canonical.WritesBreaker, &canonical.Forced{Class: canonical.WritesBreaker, To: canonical.CircuitOpen, Reason: "r"})
		if err := <-refused; err == nil {
			t.Error("a write passed an open breaker")
		}
		if err := pass(g, adapters.ReadCall, adapters.Healthy); err != nil {
			t.Errorf("a read after a refused write: %v", err)
		}
	})
}

func TestTheRateLimitMakesCallsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := adapters.NewLocalGate("test", limits(func(l *adapters.Limits) { l.InFlight, l.Rate = 1, rate.Limit(10) }))
		begun := time.Now()
		for range 11 {
			if err := pass(g, adapters.ReadCall, adapters.Healthy); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(begun); took != time.Second {
			t.Errorf("eleven calls at ten a second took %s, want 1s", took)
		}
		hurried, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if _, err := g.Enter(hurried, adapters.Errand{Class: adapters.ReadCall}); err == nil {
			t.Error("a call that cannot wait passed")
		}
	})
}

func TestAStampIsNeverRepeatedForTheSameBytes(t *testing.T) {
	g := wideGate()
	at := noon.Add(300 * time.Millisecond)
	for i, row := range []struct {
		bytes string
		now   time.Time
		want  time.Time
	}{
		{"a", at, noon}, {"a", at, noon.Add(time.Second)}, {"b", at, noon}, {"a", at, noon.Add(2 * time.Second)},
		{"a", noon.Add(time.Minute), noon.Add(time.Minute)}, {"a", noon, noon.Add(61 * time.Second)},
	} {
		if got := g.Stamp([]byte(row.bytes), row.now); !got.Equal(row.want) {
			t.Errorf("stamp %d: %s, want %s", i+1, got, row.want)
		}
	}
}

func TestStampsOfManyCallersAllDiffer(t *testing.T) {
	g := wideGate()
	stamps := make(chan time.Time, 100)
	var callers sync.WaitGroup
	for range cap(stamps) {
		callers.Go(func() { stamps <- g.Stamp([]byte("same"), noon) })
	}
	callers.Wait()
	close(stamps)
	seen := map[time.Time]bool{}
	for stamp := range stamps {
		if seen[stamp] {
			t.Errorf("%s was given twice", stamp)
		}
		seen[stamp] = true
	}
}

func TestOldStampsAreForgottenAndFreshOnesAreNot(t *testing.T) {
	g := wideGate()
	for i := range 10001 {
		g.Stamp(fmt.Append(nil, i), noon)
	}
	if got := g.Stamp([]byte("7"), noon); !got.Equal(noon.Add(time.Second)) {
		t.Errorf("a stamp was forgotten while its lender may remember it: %s", got)
	}
	later := noon.Add(time.Hour)
	g.Stamp([]byte("fresh"), later)
	g.Stamp([]byte("another"), later)
	if got := g.Stamp([]byte("fresh"), later); !got.Equal(later.Add(time.Second)) {
		t.Errorf("a fresh stamp was forgotten: %s", got)
	}
	if got := g.Stamp([]byte("7"), noon); !got.Equal(noon) {
		t.Errorf("an hour-old stamp is still kept: %s", got)
	}
}

func TestAloneIsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := wideGate()
		inside, most := 0, 0
		var callers sync.WaitGroup
		for range 8 {
			callers.Go(func() {
				err := g.Alone(t.Context(), func() error {
					inside++
					most = max(most, inside)
					time.Sleep(time.Second)
					inside--
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		callers.Wait()
		if most != 1 {
			t.Errorf("%d at once", most)
		}
	})
}

func TestWhoWaitsToBeAloneMayGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := wideGate()
		failure := errors.New("as it ended")
		go func() {
			_ = g.Alone(context.Background(), func() error { time.Sleep(time.Minute); return nil })
		}()
		synctest.Wait()
		hurried, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := g.Alone(hurried, func() error { return failure }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v, want to give up", err)
		}
		time.Sleep(2 * time.Minute)
		if err := g.Alone(t.Context(), func() error { return failure }); err != failure {
			t.Errorf("%v, want what f returned", err)
		}
	})
}
