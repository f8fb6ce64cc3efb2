package adapters_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// slowGate holds a call up for so long before it lets it pass.
type slowGate struct {
	adapters.Gate
	hold func()
}

func (g slowGate) Enter(ctx context.Context, e adapters.Errand) (func(adapters.Shown), error) {
	g.hold()
	return g.Gate.Enter(ctx, e)
}

// Whoever looks for the truth of a call counts with three time-outs until its last byte has left. A call
// that was held up at the gate must not leave after that.
func TestACallThatWaitedTooLongIsNeverSent(t *testing.T) {
	for _, row := range []struct {
		name string
		held time.Duration
		sent int
	}{{"two time-outs", 2 * time.Second, 1}, {"longer", 2*time.Second + time.Millisecond, 0}} {
		t.Run(row.name, func(t *testing.T) {
			now, w := noon, always(200, `{"Status":"PAID"}`)
			client := adapters.NewClient(adapters.ClientOptions{
				Define: shop(), BaseURL: "https://lender.test", Timeouts: adapters.Timeouts{Write: time.Second, Read: time.Second},
				Transport: w, Gate: slowGate{wideGate(), func() { now = now.Add(row.held) }}, Now: func() time.Time { return now },
			})
			_, err := send(t, client, canonical.OpCapture, false)
			if w.count(adapters.MoneyCall) != row.sent {
				t.Errorf("sent %d times, want %d", w.count(adapters.MoneyCall), row.sent)
			}
			if row.sent == 0 && canonical.KindOf(err) != canonical.ProviderUnavailable {
				t.Errorf("what was never sent ended with %v", err)
			}
		})
	}
}

func TestACallFarDownTheRateLimitIsRefusedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := adapters.NewLocalGate("test", limits(func(l *adapters.Limits) { l.InFlight, l.Rate = 1, rate.Limit(0.1) }))
		for range 2 { // a common turn, and one of new work's own
			if err := pass(g, adapters.ReadCall, adapters.Healthy); err != nil {
				t.Fatal(err)
			}
		}
		begun := time.Now()
		if err := pass(g, adapters.ReadCall, adapters.Healthy); err == nil || time.Since(begun) != 0 {
			t.Errorf("a call ten seconds from its turn ended after %s with %v", time.Since(begun), err)
		}
	})
}
