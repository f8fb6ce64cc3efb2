package cryptopay_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/cryptopay"
	"github.com/lendgate/lendgate/canonical"
)

// scripted answers every request alike, by path where it is told, and counts them.
type scripted struct {
	status int
	body   string
	paths  map[string]string // bodies of single paths
	wires  []adapters.Wire
}

func (s *scripted) Send(_ context.Context, w adapters.Wire) (adapters.Reply, adapters.Reach, error) {
	s.wires = append(s.wires, w)
	body := s.body
	for path, own := range s.paths {
		if strings.HasSuffix(w.URL, path) {
			body = own
		}
	}
	return adapters.Reply{Status: s.status, Body: []byte(body)}, adapters.Replied, nil
}

// passing is a gate that stops nothing.
type passing struct{}

func (passing) Enter(context.Context, adapters.Errand) (func(adapters.Shown), error) {
	return func(adapters.Shown) {}, nil
}
func (passing) Alone(_ context.Context, f func() error) error { return f() }
func (passing) Stamp(_ []byte, now time.Time) time.Time       { return now }

func scriptedClient(t *testing.T, given adapters.Values, s *scripted) *adapters.Client {
	t.Helper()
	return adapters.NewClient(adapters.ClientOptions{
		Adapter: cryptopay.Adapter, Define: defined(t, given), BaseURL: "https://pay.fluxa.cash", Transport: s, Gate: passing{},
		Now: func() time.Time { return noon },
	})
}

// paidOrder is a custodial order of 125.40 that was paid; 10 of it are refunded.
func paidOrder() canonical.Order {
	o := canonical.Order{
		ID: "ord_01jx4t9m6q0000abcdefgh", Reference: "7f31", Amount: canonical.MustMoney("125.40", "USDT"), Phase: canonical.Open,
		ProviderOrder: canonical.ProviderOrder{ID: "ord_9", Reference: "7f31-abcdefgh"},
		Hidden:        canonical.Hidden{Kept: map[string]string{"settlement_mode": "custodial"}},
		CreatedAt:     noon,
	}
	o.Totals.Authorized, o.Totals.Captured, o.Totals.Refunded = o.Amount.Value, o.Amount.Value, canonical.MustMoney("10", "USDT").Value
	o.Refresh()
	return o
}

func command(kind canonical.OperationKind) canonical.Command {
	cmd := canonical.Command{Kind: kind, Order: paidOrder(), Amount: canonical.MustMoney("25.40", "USDT"), Attempt: "att_1", Reference: "att_1"}
	if kind == canonical.OpCreate {
		cmd.Order = canonical.Order{ID: cmd.Order.ID, Reference: "7f31", Amount: cmd.Order.Amount, Phase: canonical.Created, ProviderOrder: canonical.ProviderOrder{Reference: "7f31-abcdefgh"}}
		cmd.Amount, cmd.Reference = cmd.Order.Amount, "7f31-abcdefgh"
	}
	return cmd
}
