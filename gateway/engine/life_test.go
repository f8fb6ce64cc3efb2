package engine_test

import (
	"testing"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

func TestEcsterInParts(t *testing.T) {
	s := ecsterStyle
	k, order := s.reserved(t, "1000.00")
	k.wantStatus(order, canonical.StatusAuthorized)
	k.do(order.ID, engine.Ask{Kind: canonical.OpCapture, Amount: s.money("300.00")})
	k.do(order.ID, engine.Ask{Kind: canonical.OpCapture, Amount: s.money("200.00")})
	split := k.do(order.ID, engine.Ask{Kind: canonical.OpRefund, Amount: s.money("400.00")})
	if len(split.Operation.Attempts) != 2 {
		t.Fatalf("a refund over two captures made %d attempts", len(split.Operation.Attempts))
	}
	last := k.do(order.ID, engine.Ask{Kind: canonical.OpCapture, Amount: s.money("100.00"), Final: true})
	k.wantStatus(last.Order, canonical.StatusPartiallyRefunded)
	k.wantStatus(k.do(order.ID, engine.Ask{Kind: canonical.OpRefund}).Order, canonical.StatusRefunded)
	k.wantEqualBooks(s, k.sync(order.ID))
	k.wantRules(k.order(order.ID))
}
