package spendoption_test

import (
	"context"
	"maps"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/spendoption"
	"github.com/lendgate/lendgate/canonical"
)

const (
	holdID  = "c2a4d7f8-6f0b-4b6a-9d64-51c2be1f3f10"
	planID  = "9c1f6a0e-74c2-4f0f-8f0d-0c6a54d1b9a3"
	firstID = "1e7b60c9-50dc-4e6e-8a39-0a4a2f3d9c01"
)

// heldOrder is an authorized order of 640, of which 400 are captured.
func heldOrder() canonical.Order {
	o := canonical.Order{
		ID: "ord_01jx4t9m6q0000abcdefgh", Amount: canonical.MustMoney("640.00", "GBP"), Phase: canonical.Open,
		Customer:      canonical.Customer{Reference: "CUST 40817"},
		ProviderOrder: canonical.ProviderOrder{ID: holdID, Reference: "GW-10077-abcdefgh"},
		Hidden:        canonical.Hidden{Kept: map[string]string{"sca": "Exempt", "sca_token": "sca-exempt"}},
		Captures:      []canonical.CaptureEntry{{ID: "op_1", Amount: canonical.MustMoney("400.00", "GBP"), Refunded: canonical.MustMoney("0", "GBP"), Reference: firstID}},
	}
	o.Totals.Authorized, o.Totals.Captured = o.Amount.Value, canonical.MustMoney("400.00", "GBP").Value
	o.Refresh()
	return o
}

// newOrder is one that has only been initiated.
func newOrder(kept map[string]string) canonical.Order {
	o := heldOrder()
	o.Phase, o.ProviderOrder.ID, o.Captures, o.Totals = canonical.Created, "", nil, canonical.Totals{}
	o.Hidden.Kept, o.ReturnURL = kept, "https://shop.example/back"
	return o
}

// scripted answers every request alike and remembers the last.
type scripted struct {
	status int
	body   string
	wire   adapters.Wire
}

func (s *scripted) Send(_ context.Context, w adapters.Wire) (adapters.Reply, adapters.Reach, error) {
	s.wire = w
	return adapters.Reply{Status: s.status, Body: []byte(s.body)}, adapters.Replied, nil
}

// passing is a gate that stops nothing.
type passing struct{}

func (passing) Enter(context.Context, adapters.Errand) (func(adapters.Shown), error) {
	return func(adapters.Shown) {}, nil
}
func (passing) Alone(_ context.Context, f func() error) error { return f() }
func (passing) Stamp(_ []byte, now time.Time) time.Time       { return now }
func (p passing) client(t *testing.T, given adapters.Values, s *scripted) *adapters.Client {
	t.Helper()
	values := spendoption.Adapter.Defaults(sandboxed)
	maps.Copy(values, given)
	define, err := spendoption.Adapter.Define(values)
	if err != nil {
		t.Fatal(err)
	}
	return adapters.NewClient(adapters.ClientOptions{
		Adapter: spendoption.Adapter, Define: define, BaseURL: "https://lender.example/", Transport: s, Gate: p,
		Now: func() time.Time { return noon },
	})
}
