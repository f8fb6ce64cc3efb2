package gateway_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// hangingSlots is limits.in_flight of the provider that hangs, as providers.yaml leaves it.
const hangingSlots = 64

// BenchmarkOthersWhileOneHangs asks for a quarter of the capacity at one lender, at first alone and then while all
// the slots of another one are taken by calls that are not answered, and reports what the first one's merchants notice.
func BenchmarkOthersWhileOneHangs(b *testing.B) {
	l := newRush(b)
	l.closed(loadCallers, *loadFor/2)
	b.ResetTimer()
	for range b.N {
		peak := l.closed(loadCallers, *loadFor)
		everybody := func(n int) int { return n % loadMerchants }
		alone, _ := l.open(peak/4, *loadFor, everybody)
		let := l.hang()
		beside, _ := l.open(peak/4, *loadFor, everybody)
		let()
		b.ReportMetric(peak, "peak/s")
		b.ReportMetric(count(beside, answeredAfter.refused), "beside-refused")
		for _, share := range []float64{0.5, 0.99} {
			before, now := quantile(alone, share, after, answeredAfter.good), quantile(beside, share, after, answeredAfter.good)
			name := fmt.Sprintf("p%.0f", 100*share)
			b.ReportMetric(before, "alone-"+name+"-ms")
			b.ReportMetric(now, "beside-"+name+"-ms")
			b.ReportMetric(now/before, name+"-ratio")
		}
	}
}

// hang takes every slot of a lender with calls that hang. They end when let is called.
func (l *rush) hang() (let func()) {
	l.b.Helper()
	l.fault("ecster", "create", "hang", 1_000_000)
	before := l.arrived("ecster", "create")
	var hanging sync.WaitGroup
	var refused atomic.Int64 // some slots are recovery's
	for i := range hangingSlots {
		hanging.Go(func() {
			body := tradeAt("ecster-se").newOrder(fmt.Sprintf("HANG-%d-%d", before, i), "100.00")
			r, err := http.NewRequest(http.MethodPost, "http://"+l.address+"/v1/orders", strings.NewReader(body))
			if err != nil {
				l.b.Error(err)
				return
			}
			r.Header = http.Header{"Authorization": {"Bearer " + l.keys[i%loadMerchants]}, "Content-Type": {"application/json"}, "Idempotency-Key": {l.newKey()}}
			if response, err := l.client.Do(r); err == nil {
				_ = response.Body.Close()
				refused.Add(1)
			}
		})
	}
	l.until("every slot of the lender is taken", func() bool { return l.arrived("ecster", "create")-before+int(refused.Load()) >= hangingSlots })
	return func() {
		l.control(http.MethodDelete, "faults", "", nil)
		hanging.Wait()
	}
}
