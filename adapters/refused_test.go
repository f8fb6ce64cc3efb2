package adapters_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// TestOfManyWhoseTokenIsRefusedTogetherOneFetches has all of them on the wire before the first is refused.
func TestOfManyWhoseTokenIsRefusedTogetherOneFetches(t *testing.T) {
	const callers = 8
	var issued atomic.Int64
	var sent, done sync.WaitGroup
	sent.Add(callers)
	w := &wires{answer: func(_ int, w adapters.Wire) (adapters.Reply, adapters.Reach) {
		if w.Class == adapters.TokenCall {
			return said(200, fmt.Sprintf(`{"Token":"t%d"}`, issued.Add(1))), adapters.Replied
		}
		if w.Header.Get("Authorization") == "Bearer t1" {
			sent.Done()
			sent.Wait()
			return said(401, `{}`), adapters.Replied
		}
		return said(200, `{"Status":"PAID"}`), adapters.Replied
	}}
	client := newClient(tokened(), w, wideGate())
	for range callers {
		done.Go(func() {
			if _, err := client.Read(t.Context(), canonical.Query{Read: "sync", Order: openOrder()}); err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	if got := issued.Load(); got != 2 {
		t.Errorf("%d tokens were fetched, want 2", got)
	}
}
