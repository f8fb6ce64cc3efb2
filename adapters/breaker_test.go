package adapters_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/time/rate"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// watched is a gate like breaking's whose open time grows to a minute, and what it tells.
func watched() (*adapters.LocalGate, *[]string) {
	g := adapters.NewLocalGate("test", limits(func(l *adapters.Limits) {
		l.Breaker = adapters.Breaker{InARow: 3, RatioPercent: 50, MinimumCalls: 10, Window: 10 * time.Minute, OpenFor: 10 * time.Second, OpenForAtMost: time.Minute}
	}))
	told := &[]string{}
	g.Listen(func(c adapters.Change) {
		*told = append(*told, fmt.Sprintf("%s %s%s to %s: %s", c.Class, c.Credential, c.From, c.To, c.Reason))
	})
	return g, told
}

// trip opens a class's breaker.
func trip(t *testing.T, g *adapters.LocalGate, class adapters.Class) {
	t.Helper()
	for g.State(class) != canonical.CircuitOpen {
		if err := pass(g, class, adapters.Unhealthy); err != nil {
			t.Fatal(err)
		}
	}
}

// stays is how long a class's breaker is open.
func stays(g *adapters.LocalGate, class adapters.Class) time.Duration {
	begun := time.Now()
	for g.State(class) == canonical.CircuitOpen {
		time.Sleep(100 * time.Millisecond)
	}
	return time.Since(begun)
}

func TestAnOpenBreakerWaitsLongerEachTimeTheLenderFailsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := watched()
		trip(t, g, adapters.ReadCall)
		for i, want := range []time.Duration{10 * time.Second, 20 * time.Second, 40 * time.Second, time.Minute, time.Minute} {
			got := stays(g, adapters.ReadCall)
			if got > want+time.Second || got < want*8/10-time.Second {
				t.Errorf("time %d: open for %s, want %s or up to a fifth less", i+1, got, want)
			}
			if err := pass(g, adapters.ReadCall, adapters.Unhealthy); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestALenderThatFlapsIsLeftAloneLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := watched()
		trip(t, g, adapters.ReadCall)
		calls, begun := 0, time.Now()
		for time.Since(begun) < 6*time.Minute { // ten seconds up, ten seconds down
			shown := adapters.Healthy
			if int(time.Since(begun)/(10*time.Second))%2 == 0 {
				shown = adapters.Unhealthy
			}
			if pass(g, adapters.ReadCall, shown) == nil && shown == adapters.Unhealthy {
				calls++
			}
			time.Sleep(100 * time.Millisecond)
		}
		if calls > 36 { // of 1800: three each time, at most twelve times
			t.Errorf("%d calls were let through to a lender that was down", calls)
		}
	})
}

func TestAfterAQuietWhileTheFirstPauseIsShortAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := watched()
		trip(t, g, adapters.ReadCall)
		stays(g, adapters.ReadCall)
		trip(t, g, adapters.ReadCall)
		stays(g, adapters.ReadCall)
		for range 4 {
			if err := pass(g, adapters.ReadCall, adapters.Healthy); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(11 * time.Minute)
		trip(t, g, adapters.ReadCall)
		if got := stays(g, adapters.ReadCall); got > 11*time.Second {
			t.Errorf("open for %s, want ten seconds", got)
		}
	})
}

func TestAWriteNeverAsksWhetherTheLenderIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, told := watched()
		trip(t, g, adapters.MoneyCall)
		early, err := g.Enter(t.Context(), adapters.Errand{Class: adapters.ReadCall})
		if err != nil {
			t.Fatal(err)
		}
		stays(g, adapters.MoneyCall)
		for _, e := range []adapters.Errand{{Class: adapters.MoneyCall}, {Class: adapters.Harmless}, {Class: adapters.MoneyCall, Recovering: true}} {
			if _, err := g.Enter(t.Context(), e); err == nil {
				t.Errorf("%+v passed a half-open breaker", e)
			}
		}
		early(adapters.Shown{Health: adapters.Healthy})
		if got := g.State(adapters.MoneyCall); got != canonical.CircuitHalfOpen {
			t.Errorf("a read that began before the breaker was half open made it %s", got)
		}
		if err := pass(g, adapters.ReadCall, adapters.Healthy); err != nil {
			t.Fatal(err)
		}
		if err := pass(g, adapters.MoneyCall, adapters.Healthy); err != nil {
			t.Errorf("after a good read: %v", err)
		}
		want := []string{
			"writes closed to open: 3 calls in a row failed", "writes open to half_open: the lender is asked whether it is back",
			"writes half_open to closed: the lender answers again",
		}
		if diff := cmp.Diff(want, *told); diff != "" {
			t.Error(diff)
		}
	})
}

func TestALenderThatCannotBeReadGetsOneWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := watched()
		trip(t, g, adapters.MoneyCall)
		g.Grant("")
		if pass(g, adapters.MoneyCall, adapters.Healthy) == nil {
			t.Error("a write passed while the breaker was open")
		}
		stays(g, adapters.MoneyCall)
		g.Grant("")
		leave, err := g.Enter(t.Context(), adapters.Errand{Class: adapters.MoneyCall})
		if err != nil {
			t.Fatal(err)
		}
		if pass(g, adapters.MoneyCall, adapters.Healthy) == nil {
			t.Error("a second write passed beside it")
		}
		leave(adapters.Shown{Health: adapters.Unhealthy})
		if got := g.State(adapters.MoneyCall); got != canonical.CircuitOpen {
			t.Errorf("%s after it failed", got)
		}
	})
}

func TestALenderThatIsBackGetsFewCallsAtFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := watched()
		trip(t, g, adapters.MoneyCall)
		stays(g, adapters.MoneyCall)
		if err := pass(g, adapters.ReadCall, adapters.Healthy); err != nil {
			t.Fatal(err)
		}
		for _, want := range []int{1, 2, 3} {
			var leaves []func(adapters.Shown)
			for range 10 {
				if leave, err := g.Enter(t.Context(), newWork); err == nil {
					leaves = append(leaves, leave)
				}
			}
			if len(leaves) != want {
				t.Errorf("%d calls at once, want %d", len(leaves), want)
			}
			for i, leave := range leaves { // one tells, the others say nothing
				leave(adapters.Shown{Health: map[bool]adapters.Health{true: adapters.Healthy, false: adapters.Neutral}[i == 0]})
			}
		}
		if got := crowd(t, g, newWork); got != 48 {
			t.Errorf("%d at once when it is trusted again, want 48", got)
		}
	})
}

func TestALenderThatIsHalfDownIsStoppedAgainByOneWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := watched()
		trip(t, g, adapters.MoneyCall)
		writes, begun := 0, time.Now()
		for time.Since(begun) < 6*time.Minute { // reads work, writes do not
			if err := pass(g, adapters.ReadCall, adapters.Healthy); err != nil {
				t.Fatalf("a read: %v", err)
			}
			if pass(g, adapters.MoneyCall, adapters.Unhealthy) == nil {
				writes++
			}
			time.Sleep(time.Second)
		}
		if writes > 14 { // three, and one each time
			t.Errorf("%d writes were tried in six minutes, want a few", writes)
		}
	})
}

func TestWhatARefusalSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := watched()
		trip(t, g, adapters.MoneyCall)
		_, err := g.Enter(t.Context(), newWork)
		var refusal *adapters.Refusal
		if !errors.As(err, &refusal) || refusal.After < 8*time.Second || refusal.After > 10*time.Second || !strings.Contains(refusal.Reason, "3 calls in a row failed") {
			t.Errorf("%+v", err)
		}
	})
}

func TestAnOperatorForcesABreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, told := watched()
		time.Sleep(time.Hour)
		g.Force(canonical.WritesBreaker, &canonical.Forced{To: canonical.CircuitOpen, Reason: "the lender asked for it"})
		if since := g.Standing().Breakers[0].Since; !since.Equal(time.Now()) {
			t.Errorf("it is open since %v, want since it was forced", since)
		}
		if pass(g, adapters.MoneyCall, adapters.Healthy) == nil {
			t.Error("a write passed a breaker that was forced open")
		}
		if err := pass(g, adapters.ReadCall, adapters.Healthy); err != nil {
			t.Errorf("a read: %v", err)
		}
		g.Force(canonical.WritesBreaker, &canonical.Forced{To: canonical.CircuitClosed, Reason: "they say it works"})
		for range 20 {
			if err := pass(g, adapters.MoneyCall, adapters.Unhealthy); err != nil {
				t.Errorf("a breaker that was forced closed: %v", err)
			}
		}
		g.Force(canonical.WritesBreaker, nil)
		if got := g.State(adapters.MoneyCall); got != canonical.CircuitClosed {
			t.Errorf("%s: what failed while it was forced counts", got)
		}
		trip(t, g, adapters.MoneyCall)
		want := []string{
			"writes closed to open: the lender asked for it", "writes open to closed: they say it works", "writes closed to open: 3 calls in a row failed",
		}
		if diff := cmp.Diff(want, *told); diff != "" {
			t.Error(diff)
		}
	})
}

func TestCredentialsThatAreRefusedAreHeldAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, told := watched()
		use := func(class adapters.Class, credential string, shown adapters.Shown) error {
			leave, err := g.Enter(t.Context(), adapters.Errand{Class: class, Credential: credential})
			if err == nil {
				leave(shown)
			}
			return err
		}
		denied, healthy := adapters.Shown{Health: adapters.Denied, Why: "status 401"}, adapters.Shown{Health: adapters.Healthy}
		if err := use(adapters.MoneyCall, "acme", denied); err != nil {
			t.Fatal(err)
		}
		for _, row := range []struct {
			class      adapters.Class
			credential string
			passes     bool
		}{{adapters.MoneyCall, "acme", false}, {adapters.ReadCall, "acme", false}, {adapters.MoneyCall, "", true}, {adapters.MoneyCall, "other", true}} {
			if err := use(row.class, row.credential, adapters.Shown{Health: adapters.Neutral}); (err == nil) != row.passes {
				t.Errorf("%+v: %v", row, err)
			}
		}
		if got := g.State(adapters.MoneyCall); got != canonical.CircuitClosed {
			t.Errorf("the breaker of all is %s", got)
		}
		time.Sleep(11 * time.Second)
		if err := use(adapters.MoneyCall, "acme", healthy); err == nil {
			t.Error("a write asked whether the credentials are good again")
		}
		if err := use(adapters.ReadCall, "acme", denied); err != nil {
			t.Errorf("a read may ask after a while: %v", err)
		}
		if err := use(adapters.ReadCall, "acme", healthy); err == nil {
			t.Error("a second read asked at once")
		}
		time.Sleep(21 * time.Second)
		if err := use(adapters.ReadCall, "acme", healthy); err != nil {
			t.Errorf("the next read: %v", err)
		}
		if err := use(adapters.MoneyCall, "acme", healthy); err != nil {
			t.Errorf("after a good read: %v", err)
		}
		want := []string{"credential acmeclosed to open: status 401", "credential acmeopen to closed: the lender takes them again"}
		if diff := cmp.Diff(want, *told); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAnOperatorEndsAHold(t *testing.T) {
	g, _ := watched()
	if err := pass(g, adapters.MoneyCall, adapters.Denied); err != nil {
		t.Fatal(err)
	}
	if got := len(g.Standing().Holds); got != 1 || g.Shut("") == nil || g.Shut("acme") != nil {
		t.Errorf("%d holds, %v %v", got, g.Shut(""), g.Shut("acme"))
	}
	if !g.Release("", "rotated") || g.Release("", "again") {
		t.Error("a hold ends once")
	}
	if err := pass(g, adapters.MoneyCall, adapters.Healthy); err != nil {
		t.Error(err)
	}
}

func TestALenderThatAsksForAPauseGetsOne(t *testing.T) {
	for _, row := range []struct {
		name    string
		pause   time.Duration
		passes  bool
		waits   time.Duration
		remains bool // a minute and a second later it is still left alone
	}{
		{"a second: the next call waits", time.Second, true, time.Second, false},
		{"half a minute: the next call is refused", 30 * time.Second, false, 0, false},
		{"a day is taken for a minute", 24 * time.Hour, false, 0, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g, _ := watched()
				leave, err := g.Enter(t.Context(), newWork)
				if err != nil {
					t.Fatal(err)
				}
				leave(adapters.Shown{Health: adapters.Neutral, Pause: row.pause})
				begun := time.Now()
				err = pass(g, adapters.MoneyCall, adapters.Healthy)
				if (err == nil) != row.passes || time.Since(begun) != row.waits {
					t.Errorf("%v after %s", err, time.Since(begun))
				}
				time.Sleep(61 * time.Second)
				if err := pass(g, adapters.MoneyCall, adapters.Healthy); (err != nil) != row.remains {
					t.Errorf("later: %v", err)
				}
			})
		})
	}
}

func TestRetryAfterIsHonored(t *testing.T) {
	for _, row := range []struct {
		name   string
		status int
		header http.Header
		want   string
	}{
		{"seconds", 429, http.Header{"Retry-After": {"40"}}, "the lender asked for a pause"},
		{"a date", 503, http.Header{"Retry-After": {"Mon, 02 Mar 2026 12:00:40 GMT"}, "Date": {"Mon, 02 Mar 2026 12:00:00 GMT"}}, "the lender asked for a pause"},
		{"not where all is well", 200, http.Header{"Retry-After": {"40"}}, ""},
		{"nonsense", 503, http.Header{"Retry-After": {"soon"}}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			answers := []adapters.Reply{{Status: row.status, Header: row.header, Body: []byte(`{"Status":"PAID"}`)}, said(200, `{"Status":"PAID"}`)}
			w := &wires{answer: func(n int, _ adapters.Wire) (adapters.Reply, adapters.Reach) { return answers[n-1], adapters.Replied }}
			client := newClient(shop(), w, wideGate())
			_, _ = send(t, client, canonical.OpCapture, false)
			_, err := send(t, client, canonical.OpCapture, false)
			got := ""
			var problem *canonical.Error
			if errors.As(err, &problem) {
				got = problem.Detail
			}
			if got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
			if row.want != "" && (problem.Next == nil || problem.Next.After < 39 || problem.Next.After > 40) {
				t.Errorf("next %+v", problem.Next)
			}
		})
	}
}

func TestACallerThatGoesAwaySaysNothingOfTheLender(t *testing.T) {
	g, _ := watched()
	ctx, leaves := context.WithCancel(t.Context())
	w := &wires{answer: func(int, adapters.Wire) (adapters.Reply, adapters.Reach) {
		leaves()
		return adapters.Reply{}, adapters.Sent
	}}
	client := newClient(shop(), w, g)
	for range 5 {
		if _, err := client.Read(ctx, canonical.Query{Read: "sync", Order: openOrder()}); err == nil {
			t.Fatal("a read without an answer went well")
		}
	}
	if got := g.State(adapters.ReadCall); got != canonical.CircuitClosed {
		t.Errorf("the breaker is %s", got)
	}
}

func TestRepeatsHaveAQuarterOfTheLendersRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := adapters.NewLocalGate("test", limits(func(l *adapters.Limits) { l.InFlight, l.Rate = 8, rate.Limit(100) }))
		repeats, begun := 0, time.Now()
		for time.Since(begun) < 10*time.Second {
			if leave, err := g.Enter(t.Context(), adapters.Errand{Class: adapters.MoneyCall, Recovering: true}); err == nil {
				leave(adapters.Shown{Health: adapters.Healthy})
				repeats++
			}
		}
		if repeats < 250 || repeats > 255 {
			t.Errorf("%d repeats in ten seconds, want 25 a second", repeats)
		}
	})
}

func TestRepeatsHaveAQuarterOfTheLendersPlaces(t *testing.T) {
	if got := crowd(t, wideGate(), adapters.Errand{Class: adapters.MoneyCall, Recovering: true}); got != 16 {
		t.Errorf("%d repeats at once, want 16 of 64", got)
	}
}

func TestHowAGateStands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := watched()
		for _, shown := range []adapters.Health{adapters.Healthy, adapters.Unhealthy, adapters.Healthy, adapters.Neutral, adapters.Unhealthy} {
			if err := pass(g, adapters.ReadCall, shown); err != nil {
				t.Fatal(err)
			}
		}
		leave, err := g.Enter(t.Context(), newWork)
		if err != nil {
			t.Fatal(err)
		}
		defer leave(adapters.Shown{Health: adapters.Neutral})
		now, view := time.Now(), g.Standing()
		want := canonical.Gate{
			Breakers: []canonical.Breaker{
				{Class: canonical.WritesBreaker, State: canonical.CircuitClosed, Since: &now},
				{Class: canonical.ReadsBreaker, State: canonical.CircuitClosed, Since: &now, Calls: 4, Failures: 2, Percent: 50},
				{Class: canonical.TokenBreaker, State: canonical.CircuitClosed, Since: &now},
			},
			Limits: canonical.GateLimits{InFlight: 64, UnderWay: 1}, LastSuccess: &now,
		}
		if diff := cmp.Diff(want, view); diff != "" {
			t.Error(diff)
		}
	})
}
