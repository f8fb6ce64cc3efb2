package adapters_test

import (
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// TestAReadIsAsOfBeforeTheLenderWasAsked: what came about while the answer was on its way may be missing in it.
func TestAReadIsAsOfBeforeTheLenderWasAsked(t *testing.T) {
	now := noon
	slow := &wires{answer: func(int, adapters.Wire) (adapters.Reply, adapters.Reach) {
		now = now.Add(7 * time.Second)
		return said(200, `{"status":"PAID"}`), adapters.Replied
	}}
	client := adapters.NewClient(adapters.ClientOptions{
		Provider: canonical.Provider{ID: "shop", Mode: canonical.Test}, Define: shop(), BaseURL: "https://lender.test",
		Timeouts: adapters.Timeouts{Write: 25 * time.Second, Read: 8 * time.Second}, Transport: slow, Gate: wideGate(),
		Now: func() time.Time { return now },
	})
	report, err := client.Read(t.Context(), canonical.Query{Read: "sync", Order: openOrder()})
	if err != nil || !report.AsOf.Equal(noon) {
		t.Errorf("a read of %s is as of %s: %v", noon, report.AsOf, err)
	}
}
