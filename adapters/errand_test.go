package adapters_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

var (
	newWork  = adapters.Errand{Class: adapters.MoneyCall}
	recovery = adapters.Errand{Class: adapters.ReadCall, Recovering: true}
)

// crowd is how many calls of one kind a gate lets in before any has left.
func crowd(t *testing.T, g *adapters.LocalGate, e adapters.Errand) int {
	t.Helper()
	for n := range 100 {
		if _, err := g.Enter(t.Context(), e); err != nil {
			return n
		}
	}
	t.Fatal("a hundred calls passed")
	return 0
}

func TestNewWorkAndRecoveryKeepPlacesForEachOther(t *testing.T) {
	for _, row := range []struct {
		inFlight            int
		first, second       adapters.Errand
		wantFirst, wantRest int
	}{
		{64, newWork, recovery, 48, 16}, {64, recovery, newWork, 48, 16},
		{10, newWork, recovery, 8, 2}, {4, newWork, recovery, 3, 1}, {4, recovery, newWork, 3, 1},
		{3, newWork, recovery, 2, 1}, {2, newWork, recovery, 1, 1},
		{1, newWork, recovery, 1, 1}, {1, recovery, newWork, 1, 1}, // one more than the limit: a lost reply must not wait for a call that hangs
	} {
		t.Run(fmt.Sprintf("%d, recovery first %t", row.inFlight, row.first.Recovering), func(t *testing.T) {
			g := adapters.NewLocalGate("test", limits(func(l *adapters.Limits) { l.InFlight = row.inFlight }))
			first, rest := crowd(t, g, row.first), crowd(t, g, row.second)
			if first != row.wantFirst || rest != row.wantRest {
				t.Errorf("%d and then %d of the other kind passed, want %d and %d", first, rest, row.wantFirst, row.wantRest)
			}
		})
	}
}

// hanging is a lender on which captures hang, but for a repeat of one, and everything else is answered.
func hanging(release <-chan struct{}) *wires {
	key := shop().Exchanges[0].Key.Header
	return &wires{answer: func(_ int, w adapters.Wire) (adapters.Reply, adapters.Reach) {
		if w.Class == adapters.MoneyCall && w.Header[key][0] != "repeat" {
			<-release
		}
		return said(200, `{"Status":"PAID"}`), adapters.Replied
	}}
}

func TestHangingOrdersDoNotKeepRecoveryOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		gate := adapters.NewLocalGate("test", limits(func(l *adapters.Limits) { l.InFlight = 4 }))
		client := newClient(shop(), hanging(release), gate)
		var orders sync.WaitGroup
		for range 4 {
			orders.Go(func() { _, _ = send(t, client, canonical.OpCapture, false) })
		}
		synctest.Wait()

		attempt := canonical.Attempt{ID: "att_1", Kind: canonical.OpCapture}
		if report, err := client.Read(t.Context(), canonical.Query{Read: "sync", Order: openOrder(), Attempt: &attempt}); err != nil || report.Finding != canonical.Found {
			t.Errorf("a look for an attempt in doubt: %q %v", report.Finding, err)
		}
		cmd := command(canonical.OpCapture)
		cmd.Key = "repeat"
		request, err := client.Prepare(cmd)
		if err != nil {
			t.Fatal(err)
		}
		request.Repeat = true
		if outcome, err := client.Send(t.Context(), cmd, request); err != nil || outcome.State != canonical.Succeeded {
			t.Errorf("a repeat: %q %v", outcome.State, err)
		}
		if _, err := client.Read(t.Context(), canonical.Query{Read: "sync", Order: openOrder()}); canonical.KindOf(err) != canonical.ProviderUnavailable {
			t.Errorf("a read that ends no doubt took a place kept for those that do: %v", err)
		}
		close(release)
		orders.Wait()
	})
}

// flood keeps so many callers of one kind at a gate until ctx is done, and counts those that pass.
type flood struct {
	passed  atomic.Int64
	callers sync.WaitGroup
}

func flooding(ctx context.Context, g *adapters.LocalGate, e adapters.Errand, callers int) *flood {
	f := new(flood)
	for range callers {
		f.callers.Go(func() {
			for ctx.Err() == nil {
				leave, err := g.Enter(ctx, e)
				if err != nil {
					time.Sleep(100 * time.Millisecond)
					continue
				}
				leave(adapters.Shown{Health: adapters.Healthy})
				f.passed.Add(1)
			}
		})
	}
	return f
}

func paced(inFlight int, perSecond rate.Limit) *adapters.LocalGate {
	return adapters.NewLocalGate("test", limits(func(l *adapters.Limits) { l.InFlight, l.Rate = inFlight, perSecond }))
}

func TestARateThatNewWorkHasUsedUpLeavesRecoveryItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := paced(4, 8)
		ctx, cancel := context.WithCancel(t.Context())
		orders := flooding(ctx, g, newWork, 100)
		time.Sleep(10 * time.Second)
		for n := range 5 {
			begun := time.Now()
			leave, err := g.Enter(ctx, recovery)
			if err != nil {
				t.Fatalf("look-up %d: %v", n+1, err)
			}
			leave(adapters.Shown{Health: adapters.Healthy})
			if waited := time.Since(begun); waited > 500*time.Millisecond {
				t.Errorf("look-up %d waited %s, with two a second of its own", n+1, waited)
			}
		}
		cancel()
		orders.callers.Wait()
	})
}

func TestFloodsOfBothKindsShareTheRateAndKeepToIt(t *testing.T) {
	for _, row := range []struct {
		name              string
		fresh, recovering int // callers
		least, most       [2]int64
	}{
		{"new work alone has all of it", 100, 0, [2]int64{80, 0}, [2]int64{84, 0}},
		{"recovery alone has all of it", 0, 100, [2]int64{0, 80}, [2]int64{0, 84}},
		{"much new work, some recovery", 200, 4, [2]int64{20, 20}, [2]int64{64, 64}},
		{"much recovery, some new work", 4, 200, [2]int64{20, 20}, [2]int64{64, 64}},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := paced(4, 8)
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				floods := []*flood{flooding(ctx, g, newWork, row.fresh), flooding(ctx, g, recovery, row.recovering)}
				all := int64(0)
				for i, kind := range []string{"new", "recovering"} {
					floods[i].callers.Wait()
					got := floods[i].passed.Load()
					if all += got; got < row.least[i] || got > row.most[i] {
						t.Errorf("%d %s calls in ten seconds, want %d to %d", got, kind, row.least[i], row.most[i])
					}
				}
				if all > 10*8+4+2 { // one of each kind may go before a common turn that is already given
					t.Errorf("%d calls in ten seconds are more than eight a second, four at once, and one of each kind ahead", all)
				}
			})
		})
	}
}

// A call that has its place must find a token, or a full house would never open again.
func TestTheTokenOfACallThatPassedNeedsNoPlaceOfItsOwn(t *testing.T) {
	w := issuing("")
	client := newClient(tokened(), w, paced(1, 1))
	if _, err := send(t, client, canonical.OpCapture, false); err != nil || w.count(adapters.TokenCall) != 1 {
		t.Errorf("%v, %d tokens", err, w.count(adapters.TokenCall))
	}
}

func TestThereAreConnectionsForAllThatTheGateLetsIn(t *testing.T) {
	for _, requests := range []int{1, 4} {
		t.Run(fmt.Sprint(requests), func(t *testing.T) {
			gate := paced(requests, rate.Inf)
			calls := crowd(t, gate, newWork) + crowd(t, gate, recovery)
			var here sync.WaitGroup
			here.Add(calls)
			server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				here.Done()
				here.Wait() // answers only once all are here
			}))
			defer server.Close()
			transport, err := adapters.NewHTTPTransport(adapters.TransportOptions{Connect: 2 * time.Second, Requests: requests})
			if err != nil {
				t.Fatal(err)
			}
			defer transport.Close()
			var callers sync.WaitGroup
			for range calls {
				callers.Go(func() {
					if _, reach, err := transport.Send(t.Context(), post(server.URL, "{}")); reach != adapters.Replied {
						t.Errorf("%s: %v", reach, err)
					}
				})
			}
			callers.Wait()
		})
	}
}
